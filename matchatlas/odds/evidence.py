"""How much a characteristic tells about the outcome, from counts by band and from group figures.

Along a characteristic x the log odds of matching are alpha + beta . phi(x), where phi is linear in
pieces: in the score, below and above the group's centre; in the logarithm of a count, for ranks
with bends at 3 and at 8. What is fitted to are people: those counted by band where a publication
counts them, and the two laws of matched and not matched (`laws`) where it prints quartiles and means.
beta of one specialty is drawn towards all others' by a normal prior, whose mean and covariance are
fitted by expectation and maximization (Laird and Ware, Biometrics 38, 1982); so the bends that
only the old counts show are a prior which today's figures move. alpha is such that the average
over the group's own people is the group's rate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit, logit

from matchatlas.odds.laws import Law
from matchatlas.odds.pooling import shrink

SCORES = frozenset({"step2_ck"})
RANKS = "contiguous_ranks"
RANK_KNOTS = np.log([3.0, 8.0])


def basis(measure: str, x, center: float = 0.0, stretch: float = 1.0) -> np.ndarray:
    """phi(x): the scale on which a characteristic acts, linear in pieces.

    A score bends at the group's centre, the logarithm of ranks at 3 and 8; counts of anything else
    act by the logarithm of one more.

    Parameters
    ----------
    measure : str
        The characteristic: of SCORES, RANKS, or another count.
    x : array_like, shape (...)
        Points of a score, or a count.
    center : float
        The group's centre of a score, in points.
    stretch : float
        How much longer lists are than those counted: rank 1 stays 1, every further one counts 1 / stretch.

    Returns
    -------
    ndarray, shape (..., k)
        k is 2 for a score (per ten points below and above), 3 for ranks, 1 for counts.

    Examples
    --------
    >>> basis("step2_ck", [240, 260], center=250)
    array([[-1.,  0.],
           [ 0.,  1.]])
    >>> basis("contiguous_ranks", [1, 3]).round(2)
    array([[0. , 0. , 0. ],
           [1.1, 0. , 0. ]])
    """
    x = np.asarray(x, float)
    if measure in SCORES:
        off = (x - center) / 10
        return np.stack([np.minimum(off, 0), np.maximum(off, 0)], axis=-1)
    if measure == RANKS:
        log = np.log1p((np.maximum(x, 1) - 1) / stretch)
        low, high = RANK_KNOTS
        return np.stack(
            [np.minimum(log, low), np.clip(log - low, 0, high - low), np.maximum(log - high, 0)], axis=-1
        )
    return np.log1p(x)[..., None]


@dataclass(frozen=True)
class People:
    """Counted people: of `n` at each row of phi (m, k), `y` matched; one intercept for them all."""

    phi: np.ndarray
    y: np.ndarray
    n: np.ndarray


def people_of(matched: Law, unmatched: Law, n1: float, n0: float, phi) -> People:
    """The people that two laws stand for, as if they had been counted at each value.

    Parameters
    ----------
    matched, unmatched : Law
        Of the characteristic, in each outcome.
    n1, n0 : float
        People matched and not matched.
    phi : callable
        x -> basis, shape (m, k).

    Returns
    -------
    People
        At every value that either law gives weight.

    Examples
    --------
    >>> one, zero = Law(np.array([1.0, 2.0]), np.array([0.5, 0.5])), Law(np.array([1.0]), np.array([1.0]))
    >>> people = people_of(one, zero, 10, 5, lambda x: x[:, None])
    >>> people.y, people.n
    (array([5., 5.]), array([10.,  5.]))
    """
    x = np.union1d(matched.x, unmatched.x)
    y, rest = np.zeros(x.size), np.zeros(x.size)
    y[np.searchsorted(x, matched.x)] = n1 * matched.p
    rest[np.searchsorted(x, unmatched.x)] = n0 * unmatched.p
    some = y + rest > 1e-4
    return People(phi(x[some]), y[some], (y + rest)[some])


@dataclass(frozen=True)
class Shape:
    """Prior of beta: mean (k,) and covariance (k, k) over specialties."""

    mean: np.ndarray
    covariance: np.ndarray


def fit_cell(sources: Sequence[People], shape: Shape) -> tuple[np.ndarray, np.ndarray]:
    """The curve of one cell from its people and the prior, by penalized likelihood.

    Parameters
    ----------
    sources : sequence of People
        Each with an intercept of its own: who was counted twice is not, but levels may differ.
    shape : Shape
        The prior of beta over specialties.

    Returns
    -------
    beta : ndarray, shape (k,)
        Log odds per unit of the basis.
    covariance : ndarray, shape (k, k)

    Examples
    --------
    >>> bands = People(np.array([[-1.0], [0.0], [1.0]]), np.array([20.0, 50.0, 80.0]), np.full(3, 100.0))
    >>> beta, _ = fit_cell([bands], Shape(np.zeros(1), 100 * np.eye(1)))
    >>> beta.round(1)
    array([1.4])
    """
    k = shape.mean.size
    design = np.concatenate([s.phi for s in sources])
    y, n = (np.concatenate([getattr(s, name) for s in sources]) for name in ("y", "n"))
    intercepts = np.zeros((len(design), len(sources)))
    start = 0
    for place, source in enumerate(sources):
        intercepts[start : start + len(source.y), place] = 1
        start += len(source.y)
    design = np.hstack([design, intercepts])
    penalty = np.zeros((design.shape[1],) * 2)
    penalty[:k, :k] = np.linalg.inv(shape.covariance)
    # Half a person each way keeps an intercept finite where everybody matched.
    penalty[k:, k:] = 0.01 * np.eye(len(sources))
    aim = np.append(shape.mean, np.zeros(len(sources)))
    theta = aim.copy()
    for _ in range(30):
        p = expit(design @ theta)
        weight = n * p * (1 - p)
        information = (design * weight[:, None]).T @ design + penalty
        step = np.linalg.solve(information, design.T @ (y - n * p) - penalty @ (theta - aim))
        step /= max(1.0, np.abs(step).max() / 2)
        theta += step
        if np.abs(step).max() < 1e-7:
            break
    return theta[:k], np.linalg.inv(information)[:k, :k]


def fit_shape(
    cells: Sequence[Sequence[People]], around: Shape, scale: float
) -> tuple[Shape, list[np.ndarray]]:
    """The prior that cells together show, by expectation and maximization [1]_, and their betas under it.

    Parameters
    ----------
    cells : sequence of sequences of People
        One a specialty.
    around : Shape
        What their mean is drawn towards: the measure over all applicant types.
    scale : float
        A first guess of how far betas differ between specialties, worth two cells.

    Returns
    -------
    shape : Shape
        Mean and covariance of beta over specialties.
    betas : list of ndarray, shape (k,)
        Each cell's.

    References
    ----------
    .. [1] Laird and Ware, Random-Effects Models for Longitudinal Data, Biometrics 38 (1982).

    Examples
    --------
    >>> def counted(low, high):
    ...     return [People(np.array([[-1.0], [1.0]]), np.array([low, high]), np.full(2, 100.0))]
    >>> shape, betas = fit_shape([counted(30.0, 70.0), counted(20.0, 80.0)], Shape(np.zeros(1), np.eye(1)), 0.5)
    >>> bool(betas[0] < shape.mean < betas[1])
    True
    """
    k = around.mean.size
    mean, covariance = around.mean, scale**2 * np.eye(k)
    firm = np.linalg.inv(around.covariance)
    betas: list[np.ndarray] = []
    for _ in range(25):
        found = [fit_cell(cell, Shape(mean, covariance)) for cell in cells]
        betas = [beta for beta, _ in found]
        precise = np.linalg.inv(covariance)
        new = np.linalg.solve(
            firm + len(cells) * precise, firm @ around.mean + precise @ np.sum(betas, axis=0)
        )
        off = np.array(betas) - new
        total = sum(doubt for _, doubt in found) + off.T @ off + 2 * (scale / 2) ** 2 * np.eye(k)
        moved = np.abs(new - mean).max()
        mean, covariance = new, total / (len(cells) + 2)
        if moved < 1e-3 * scale:
            break
    return Shape(mean, covariance), betas


def misfit(cells: Sequence[People], betas: Sequence[np.ndarray]) -> float:
    """What curves miss in the bands they were fitted to, beyond chance.

    Parameters
    ----------
    cells : sequence of People
        Bands of counted people; those of fewer than ten are passed over.
    betas : sequence of ndarray, shape (k,)
        The curve fitted to each.

    Returns
    -------
    float
        A variance, in log odds; 0 where no band is large enough.

    Examples
    --------
    >>> misfit([], [])
    0.0
    """
    rest, variance = [], []
    for people, beta in zip(cells, betas, strict=True):
        off = people.phi @ beta
        alpha = _intercept(off, people.n / people.n.sum(), people.y.sum() / people.n.sum())
        enough = people.n >= 10
        y, n = people.y[enough] + 0.5, people.n[enough] + 1
        rest.append(logit(y / n) - off[enough] - alpha)
        variance.append(1 / y + 1 / (n - y))
    if not rest:
        return 0.0
    return shrink(np.concatenate(rest), np.concatenate(variance)).tau2


def _intercept(off: np.ndarray, share: np.ndarray, rate: float) -> float:
    """alpha such that expit(alpha + off), averaged with weights `share`, is `rate`."""
    rate = min(max(rate, 1e-6), 1 - 1e-6)
    low, high = logit(rate) - off.max() - 1, logit(rate) - off.min() + 1
    return brentq(lambda alpha: share @ expit(alpha + off) - rate, low, high, xtol=1e-10)


@dataclass(frozen=True)
class Term:
    """One characteristic for one applicant type and specialty.

    beta, covariance: of the curve (k,), (k, k); center, stretch: see `basis`; alpha: intercept less
    the group's log odds; tilt (k,): the mean of phi over those whose outcome is in the balance, on
    which the intercept turns when beta moves; strength: standard deviation of the curve within
    an outcome, in log odds; misfit: variance, in log odds, of what such curves miss; low, high: the
    range the figures cover; typical: the group's mean; n: people behind it; gain: whether it moves as
    it does elsewhere (if not it moves nothing: no gain seen here); borrowed: whose figures stand in,
    or ""; edition: of the figures; misses: published figures that no law honours together; ordered: whether
    applicant types keep the order of their rates along it.
    """

    measure: str
    beta: np.ndarray
    covariance: np.ndarray
    center: float
    stretch: float
    alpha: float
    tilt: np.ndarray
    strength: float
    misfit: float
    low: float
    high: float
    typical: float
    n: int
    gain: bool
    borrowed: str
    edition: str
    source_ids: tuple[str, ...]
    misses: tuple[str, ...] = ()
    ordered: bool = True

    def phi(self, x) -> np.ndarray:
        """The curve's scale at x, shape (..., k)."""
        return basis(self.measure, x, self.center, self.stretch)

    def evidence(self, x) -> np.ndarray:
        """Log odds that x adds to the group's rate (the logarithm of the likelihood ratio)."""
        return self.alpha + self.phi(x) @ self.beta if self.gain else np.zeros(np.shape(x))

    def beyond(self, x) -> np.ndarray:
        """Log odds gained outside the range that the figures cover, without sign."""
        inside = np.clip(x, self.low, self.high)
        return np.abs(self.evidence(x) - self.evidence(inside))


def make_term(
    measure: str,
    beta: np.ndarray,
    covariance: np.ndarray,
    laws: tuple[Law | None, Law | None],
    rate: float,
    usual: np.ndarray,
    center: float,
    stretch: float,
    **told,
) -> Term:
    """A term whose average over the group's people gives their rate back.

    Parameters
    ----------
    measure : str
        The characteristic.
    beta, covariance : ndarray, shapes (k,) and (k, k)
        Of the curve; see `fit_cell`.
    laws : tuple of two Law or None
        Of matched and not matched; one may be missing, which beta and the other then imply.
    rate : float
        Of the group, a share.
    usual : ndarray, shape (k,)
        beta's mean over specialties, which a specialty's own must not contradict.
    center, stretch : float
        See `basis`.
    **told
        What else a `Term` tells: low, high, n, misfit, borrowed, edition, source_ids.

    Returns
    -------
    Term
    """
    one, zero = laws
    known = [law for law in laws if law is not None]
    x = known[0].x if len(known) == 1 else np.union1d(known[0].x, known[1].x)
    # The people stand on the scale they were counted on; only who is asked about is stretched.
    phi = basis(measure, x, center)
    off = phi @ beta

    def spread(law: Law) -> np.ndarray:
        p = np.zeros(x.size)
        p[np.searchsorted(x, law.x)] = law.p
        return p

    def tilted(p: np.ndarray, by: np.ndarray) -> np.ndarray:
        q = p * np.exp(by - by.max())
        return q / q.sum()

    if one is not None and zero is not None:
        p1, p0 = spread(one), spread(zero)
    elif one is not None:
        p1 = spread(one)
        p0 = tilted(p1, -off)
    else:
        p0 = spread(known[0])
        p1 = tilted(p0, off)
    between = p1 @ phi - p0 @ phi
    gain = bool((between @ beta) * (between @ usual) >= 0 or between @ usual == 0)
    share = rate * p1 + (1 - rate) * p0
    alpha = _intercept(off, share, rate) - logit(rate)
    odds = expit(alpha + logit(rate) + off)
    balance = share * odds * (1 - odds)
    within = [p @ (off - p @ off) ** 2 for p in (p1, p0)]
    return Term(
        measure=measure,
        beta=beta,
        covariance=covariance,
        center=center,
        stretch=stretch,
        alpha=alpha,
        tilt=balance @ phi / balance.sum(),
        gain=gain,
        strength=float(np.sqrt(np.mean(within))) if gain else 0.0,
        typical=float(x[0] + (share @ x - x[0]) * stretch),
        misses=tuple(m for law in known for m in law.misses),
        **told,
    )
