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
    """A beta law of the rate as mass on the grid."""
    # On the grid's scale the density carries sin(2 x), the derivative of the rate.
    log = (a - 0.5) * np.log(RATES) + (b - 0.5) * np.log1p(-RATES)
    mass = np.exp(log - log.max())
    return mass / mass.sum()


def follow(series: Series, prior: np.ndarray, match_year: int) -> tuple[np.ndarray, np.ndarray]:
    """Log likelihood (STEPS,) of a series, and the law of its rate in `match_year` (STEPS, RATES).

    prior: mass of the rate in the series' first year. An empty series leaves the prior.
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
    """Fit step sizes by type to a panel: (type, specialty) -> series; priors: mass by type."""
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
    """Rates below which a share of `mass` (RATES,) lies."""
    return np.sin(np.interp(share, np.cumsum(mass) - mass / 2, SCALE)) ** 2


def series_of(rows: Sequence[tuple[int, float, float]]) -> Series:
    """A series from rows of year, matched, total; rows of one year are added."""
    by_year: dict[int, list[float]] = {}
    for year, y, n in rows:
        sums = by_year.setdefault(int(year), [0.0, 0.0])
        sums[0] += y
        sums[1] += n
    years = sorted(year for year, (_, n) in by_year.items() if n > 0)
    return Series(tuple(years), tuple(by_year[y][0] for y in years), tuple(by_year[y][1] for y in years))
