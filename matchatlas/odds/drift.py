"""How a match rate wanders from Match to Match, and so what an old count is worth.

A rate is followed on the scale asin(sqrt(rate)), on which people counted from a few programs vary
alike wherever the rate lies. From Match to Match it moves by a normal step; the size of the step is
a specialty's own, drawn from what specialties of its applicant type show (log-normal, fitted by
marginal likelihood on the panel that repeats over years). So a quiet specialty is sharp, a shaken
one wide, and one shock does not set the doubt of all: over unknown step sizes the law of the
next rate has heavy tails. Over several years steps add up less than independent ones would
(PERSISTENCE). Everything is computed on a grid of rates with exact binomial likelihoods (a hidden
Markov model; Rabiner, Proceedings of the IEEE 77, 1989): no normal approximation where all matched.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.optimize import minimize
from scipy.stats import norm

SCALE = np.linspace(0.02, np.pi / 2 - 0.012, 200)
RATES = np.sin(SCALE) ** 2
STEPS = np.array([0.004, 0.008, 0.013, 0.02, 0.03, 0.045, 0.065, 0.09, 0.13, 0.19])
# Between Matches one, two, three and 12 to 17 years apart MD seniors' published rates by specialty
# differ by 0.044, 0.071, 0.071 and 0.10 to 0.12 on this scale (chance taken off); steps that keep 0.84
# of their variance each further year say 0.044, 0.060, 0.071 and 0.10 to 0.11.
PERSISTENCE = 0.84
# What a single year strays and takes back, beside a lasting step: with it the panel's years are
# predicted best from those before.
STRAY = 0.4
# A first guess of a type's step sizes, worth a few specialties: logs of their median and spread,
# each with its own doubt.
FIRST_GUESS = (np.log(0.03), 0.5, np.log(0.6), 0.2)


@dataclass(frozen=True)
class Series:
    """Counts of one cell over Matches, in the order of the years: years, matched, total (T,)."""

    years: tuple[int, ...]
    matched: tuple[float, ...]
    total: tuple[float, ...]


@lru_cache(256)
def _moves(step: float) -> np.ndarray:
    """Probabilities (from, to) of a normal step on the grid."""
    density = norm.pdf((SCALE[None, :] - SCALE[:, None]) / step)
    return density / density.sum(axis=1, keepdims=True)


def _stray(mass: np.ndarray) -> np.ndarray:
    """Mass (STEPS, RATES) of one year's rate, given its lasting level's; symmetric either way."""
    return np.stack([m @ _moves(float(STRAY * step)) for m, step in zip(mass, STEPS, strict=True)])


def _after(mass: np.ndarray, years: int) -> np.ndarray:
    """Mass (STEPS, RATES) after some years of steps of each size."""
    grown = np.sqrt((1 - PERSISTENCE**years) / (1 - PERSISTENCE))
    return np.stack([m @ _moves(float(step * grown)) for m, step in zip(mass, STEPS, strict=True)])


def beta_mass(a: float, b: float) -> np.ndarray:
    """A beta law of the rate as mass on the grid RATES.

    Parameters
    ----------
    a, b : float
        The beta law's parameters.

    Returns
    -------
    ndarray, shape (RATES,)
        Adds up to 1.

    Examples
    --------
    >>> mass = beta_mass(6.0, 4.0)
    >>> round(float(mass @ RATES), 2)
    0.6
    """
    # On the grid's scale the density carries sin(2 x), the derivative of the rate.
    log = (a - 0.5) * np.log(RATES) + (b - 0.5) * np.log1p(-RATES)
    mass = np.exp(log - log.max())
    return mass / mass.sum()


def follow(series: Series, prior: np.ndarray, match_year: int) -> tuple[np.ndarray, np.ndarray]:
    """Follow one rate through the years, for every size of step at once.

    A hidden Markov model [1]_ on the grid of rates, with exact binomial likelihoods.

    Parameters
    ----------
    series : Series
        Counts by Match; an empty one leaves the prior.
    prior : ndarray, shape (RATES,)
        Mass of the rate in the series' first year.
    match_year : int
        The Match whose rate is asked for.

    Returns
    -------
    log_likelihood : ndarray, shape (STEPS,)
        Of the series, under each size of step.
    mass : ndarray, shape (STEPS, RATES)
        The law of the rate in `match_year`, under each size of step.

    References
    ----------
    .. [1] Rabiner, A Tutorial on Hidden Markov Models, Proceedings of the IEEE 77 (1989).

    Examples
    --------
    The further ahead, the wider:

    >>> counts = series_of([(2024, 58, 100), (2025, 60, 100)])
    >>> spread = []
    >>> for year in (2026, 2036):
    ...     _, mass = follow(counts, beta_mass(1, 1), year)
    ...     low, high = quantile(mass[5], [0.025, 0.975])
    ...     spread.append(high - low)
    >>> bool(spread[0] < spread[1])
    True
    """
    mass = np.tile(prior, (STEPS.size, 1))
    if not series.years:
        return np.zeros(STEPS.size), mass
    log_likelihood = np.zeros(STEPS.size)
    for place, (year, y, n) in enumerate(zip(series.years, series.matched, series.total, strict=True)):
        if place:
            mass = _after(mass, year - series.years[place - 1])
        log = y * np.log(RATES) + (n - y) * np.log1p(-RATES)
        mass = mass * _stray(np.tile(np.exp(log - log.max()), (STEPS.size, 1)))
        total = mass.sum(axis=1)
        log_likelihood += np.log(total)
        mass /= total[:, None]
    ahead = match_year - series.years[-1]
    return log_likelihood, _stray(_after(mass, ahead) if ahead > 0 else mass)


@dataclass(frozen=True)
class Wander:
    """Step sizes: weights (STEPS,) of a type's specialties in general, and of single cells."""

    of_type: Mapping[str, np.ndarray]
    of_cell: Mapping[tuple[str, str], np.ndarray]
    in_general: np.ndarray

    def weights(self, applicant_type: str, specialty: str) -> np.ndarray:
        """A cell's own weights where a panel shows it, else its type's, else everybody's."""
        general = self.of_type.get(applicant_type, self.in_general)
        return self.of_cell.get((applicant_type, specialty), general)


def fit_wander(panel: Mapping[tuple[str, str], Series], priors: Mapping[str, np.ndarray]) -> Wander:
    """Fit the sizes of steps by applicant type to a panel that repeats over years, by marginal likelihood.

    Parameters
    ----------
    panel : mapping of (applicant type, specialty) to Series
        A cell of fewer than two years says nothing of steps.
    priors : mapping of applicant type to ndarray, shape (RATES,)
        Mass of a rate in the first year.

    Returns
    -------
    Wander
        Weights of STEPS by type, by cell and in general.

    Examples
    --------
    A rate that jumps to and fro takes larger steps than one that stands still:

    >>> flat = {"T": beta_mass(1, 1)}
    >>> still = series_of([(year, 500, 1000) for year in range(2016, 2026)])
    >>> jumping = series_of([(year, 400 + 200 * (year % 2), 1000) for year in range(2016, 2026)])
    >>> found = fit_wander({("T", "still"): still, ("T", "jumping"): jumping}, flat)
    >>> bool(found.weights("T", "still") @ STEPS < found.weights("T", "jumping") @ STEPS)
    True
    """
    cells = [cell for cell, series in panel.items() if len(series.years) > 1]
    types = sorted({t for t, _ in cells})
    if not cells:
        return Wander({}, {}, _lognormal(FIRST_GUESS[0], FIRST_GUESS[2]))
    logs = np.array([follow(panel[c], priors[c[0]], panel[c].years[-1])[0] for c in cells])
    likelihood = np.exp(logs - logs.max(axis=1, keepdims=True))
    of = np.array([types.index(t) for t, _ in cells])

    def loss(theta: np.ndarray) -> float:
        weights = np.array([_lognormal(middle, theta[-1]) for middle in theta[:-1]])
        unlike = ((theta[:-1] - FIRST_GUESS[0]) / FIRST_GUESS[1]) ** 2
        wide = ((theta[-1] - FIRST_GUESS[2]) / FIRST_GUESS[3]) ** 2
        told = np.log((weights[of] * likelihood).sum(axis=1)).sum()
        return -told + 0.5 * (unlike.sum() + wide)

    start = np.append(np.full(len(types), FIRST_GUESS[0]), FIRST_GUESS[2])
    best = minimize(loss, start, method="L-BFGS-B").x
    of_type = {t: _lognormal(middle, best[-1]) for t, middle in zip(types, best, strict=False)}
    own = np.array([of_type[t] for t, _ in cells]) * likelihood
    own /= own.sum(axis=1, keepdims=True)
    return Wander(of_type, dict(zip(cells, own, strict=True)), np.mean(list(of_type.values()), axis=0))


def _lognormal(middle: float, log_spread: float) -> np.ndarray:
    weight = norm.pdf((np.log(STEPS) - middle) / np.exp(log_spread)) + 1e-9
    return weight / weight.sum()


def quantile(mass: np.ndarray, share) -> np.ndarray:
    """Rates below which a share of the mass lies.

    Parameters
    ----------
    mass : ndarray, shape (RATES,)
        A law on the grid.
    share : float or array_like
        0 to 1.

    Returns
    -------
    float or ndarray
        Rates as shares, 0 to 1.

    Examples
    --------
    >>> round(float(quantile(beta_mass(50, 50), 0.5)), 2)
    0.5
    """
    return np.sin(np.interp(share, np.cumsum(mass) - mass / 2, SCALE)) ** 2


def series_of(rows: Sequence[tuple[int, float, float]]) -> Series:
    """A series from published counts; those of one year are added.

    Parameters
    ----------
    rows : sequence of (year, matched, total)
        In any order.

    Returns
    -------
    Series
        In the order of the years, without those of nobody.

    Examples
    --------
    >>> series_of([(2025, 3, 4), (2024, 1, 2), (2025, 1, 1)])
    Series(years=(2024, 2025), matched=(1.0, 4.0), total=(2.0, 5.0))
    """
    by_year: dict[int, list[float]] = {}
    for year, y, n in rows:
        sums = by_year.setdefault(int(year), [0.0, 0.0])
        sums[0] += y
        sums[1] += n
    years = sorted(year for year, (_, n) in by_year.items() if n > 0)
    return Series(tuple(years), tuple(by_year[y][0] for y in years), tuple(by_year[y][1] for y in years))
