"""How much a characteristic tells about the outcome, from published group figures.

A characteristic enters an estimate as a log-odds term, slope x (g(value) - center), where g is the
identity for scores, log(1 + x) for counts and -1 / (1 + x) for ranks (each further rank adds less;
of the scales tried, the one that predicts held-out bands best), and center is the group's average. Two ways to the
slope, after what is published:

- quartiles of matched and not matched: the two distributions are rebuilt from minimum, quartiles
  and maximum, and a logistic curve is fitted to them (weighted maximum likelihood);
- means alone: the slope of two Gaussians with one spread, (mu1 - mu0) / sigma^2 (linear
  discriminant analysis; Efron, JASA 70, 1975), with the spread borrowed from a group that
  publishes it, and the doubt about that in the variance.

Slopes are kept per standard deviation of the characteristic, so that they can be pooled over
specialties (`pooling.shrink`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from matchatlas.pooling import shrink

SCORES = frozenset({"step2_ck"})
QUANTILES = ("min", "q1", "median", "q3", "max")
POINTS = 60
# A spread taken from another group may be off by a quarter: relative variance of such a slope.
BORROWED_SPREAD = 0.25**2


def g(measure: str, value):
    """The scale on which a characteristic acts; see the module's text."""
    value = np.asarray(value, dtype=float)
    if measure in SCORES:
        return value
    return -1 / (1 + value) if measure == "contiguous_ranks" else np.log1p(value)


def g_inverse(measure: str, scaled: float) -> float:
    """The value in the measure's own unit that g leads to `scaled`."""
    if measure in SCORES:
        return float(scaled)
    return float(-1 / scaled - 1 if measure == "contiguous_ranks" else np.expm1(scaled))


@dataclass(frozen=True)
class Term:
    """One characteristic for one applicant type and specialty.

    slope, variance: log odds per unit of g(value), and its variance; misfit: variance, in log odds,
    of what one slope misses; center: the group's average
    on g's scale; low, high: the published range in the measure's own unit (NaN where not
    published); n: people behind it; gain: whether the published means point the pooled way (if
    not, slope is 0: no gain seen here); borrowed: whose figures stand in, or "".
    """

    measure: str
    slope: float
    variance: float
    misfit: float
    center: float
    low: float
    high: float
    n: int
    gain: bool
    borrowed: str
    source_id: str


def rebuilt(row: pd.Series, measure: str) -> np.ndarray:
    """A distribution as POINTS equally likely values on g's scale, from its five quantiles."""
    quantiles = row[list(QUANTILES)].to_numpy(float)
    # Counts are skewed: between two quantiles their logarithm is taken as uniform.
    knots = quantiles if measure in SCORES else np.log1p(quantiles)
    values = np.interp((np.arange(POINTS) + 0.5) / POINTS, [0, 0.25, 0.5, 0.75, 1], knots)
    # Nobody has half a rank or half a point.
    return g(measure, np.round(values if measure in SCORES else np.expm1(values)))


@dataclass(frozen=True)
class Band:
    """Applicants of one quarter by a characteristic: how many (n, matched), and how far their mean
    lies from the group's average on g's scale."""

    n: int
    matched: int
    distance: float


def bands(own: pd.DataFrame, measure: str) -> list[Band]:
    """The quarters that one specialty's published quartiles imply; those under 5 people left out.

    own: rows indexed by outcome, with the five quantiles and n.
    """
    x = {outcome: rebuilt(own.loc[outcome], measure) for outcome in ("matched", "not_matched")}
    each = [own.loc[outcome, "n"] / POINTS for outcome in x]
    pooled, weights = np.concatenate(list(x.values())), np.repeat(each, POINTS).astype(float)
    is_matched = np.repeat([True, False], POINTS)
    # People with the same value stand in the same band, by the middle of their shared ranks.
    _, group = np.unique(pooled, return_inverse=True)
    people = np.bincount(group, weights)
    quarter = ((np.cumsum(people) - people / 2) / weights.sum() * 4).astype(int)[group]
    center, found = np.average(pooled, weights=weights), []
    for number in range(4):
        inside = quarter == number
        n = round(weights[inside].sum())
        if n >= 5:
            matched = min(round(weights[inside & is_matched].sum()), n)
            mean = np.average(pooled[inside], weights=weights[inside])
            found.append(Band(n, matched, float(mean - center)))
    return found


def misfits(characteristics: pd.DataFrame, fitted: pd.DataFrame) -> dict[str, float]:
    """By measure: variance, in log odds, of what a curve with one slope misses in the bands.

    characteristics: rows of one type and edition with quantiles; fitted: their `fitted_terms`.
    """
    complete = characteristics.dropna(subset=list(QUANTILES))
    found = {}
    for measure, terms in fitted.groupby("measure"):
        rest, variance = [], []
        for term in terms.itertuples():
            own = complete[
                (complete["specialty"] == term.specialty) & (complete["measure"] == measure)
            ]
            own = own.set_index("outcome")
            base = logit(own.loc["matched", "n"] / own["n"].sum())
            for band in bands(own, measure):
                odds = logit((band.matched + 0.5) / (band.n + 1))
                rest.append(odds - base - term.slope * band.distance)
                variance.append(1 / (band.matched + 0.5) + 1 / (band.n - band.matched + 0.5))
        found[measure] = shrink(np.array(rest), np.array(variance)).tau2 if rest else 0.0
    return found


def logistic_slope(x1: np.ndarray, x0: np.ndarray, n1: int, n0: int) -> tuple[float, float]:
    """Slope of the logistic curve between two samples of equal weights, and its variance.

    x1, x0: values of matched and not matched; n1, n0: how many people each sample stands for.
    """
    x = np.concatenate([x1, x0])
    y = np.repeat([1.0, 0.0], [x1.size, x0.size])
    weight = np.repeat([n1 / x1.size, n0 / x0.size], [x1.size, x0.size])
    shift, scale = np.average(x, weights=weight), max(x.std(), 1e-9)
    design = np.column_stack([np.ones_like(x), (x - shift) / scale])
    beta = np.array([np.log((n1 + 0.5) / (n0 + 0.5)), 0.0])
    for _ in range(25):
        p = expit(design @ beta)
        information = (design * (weight * p * (1 - p))[:, None]).T @ design + 0.05 * np.eye(2)
        gradient = design.T @ (weight * (y - p)) - 0.05 * np.array([0, beta[1]])
        step = np.linalg.solve(information, gradient)
        beta += step
        if np.abs(step).max() < 1e-8:
            break
    variance = np.linalg.inv(information)[1, 1]
    return float(beta[1] / scale), float(variance / scale**2)


def fitted_terms(characteristics: pd.DataFrame, spreads: pd.DataFrame | None) -> pd.DataFrame:
    """Slopes of every specialty and measure of one applicant type, not yet pooled.

    characteristics: rows of one type and edition. spreads: measure, specialty, sd (on g's scale)
    borrowed where no quantiles are published; None where this type publishes its own.
    Returns specialty, measure, slope, variance, sd, center, low, high, n, direction, source_id.
    """
    found = []
    wide = characteristics.dropna(subset=["mean"]).set_index(["specialty", "measure", "outcome"])
    for specialty, measure in wide.index.droplevel(2).unique():
        try:
            one, zero = (
                wide.loc[(specialty, measure, "matched")],
                wide.loc[(specialty, measure, "not_matched")],
            )
        except KeyError:
            continue
        n1, n0 = int(one["n"]), int(zero["n"])
        if min(n1, n0) < 2:
            continue
        if pd.notna(one["q1"]) and pd.notna(zero["q1"]):
            x1, x0 = rebuilt(one, measure), rebuilt(zero, measure)
            slope, variance = logistic_slope(x1, x0, n1, n0)
            sd = np.sqrt((n1 * x1.var() + n0 * x0.var()) / (n1 + n0))
            means = x1.mean(), x0.mean()
        else:
            sd = _borrowed_sd(spreads, measure, specialty)
            if sd is None:
                continue
            # log(1 + mean) overstates the mean of log(1 + x) alike in both groups.
            means = tuple(g(measure, value["mean"]) for value in (one, zero))
            slope = (means[0] - means[1]) / sd**2
            variance = (1 / n1 + 1 / n0) / sd**2 + BORROWED_SPREAD * slope**2
        sd = max(sd, 1e-6)
        found.append({
            "specialty": specialty, "measure": measure, "slope": slope, "variance": variance, "sd": sd,
            "center": (n1 * means[0] + n0 * means[1]) / (n1 + n0),
            "low": np.fmin(one["min"], zero["min"]), "high": np.fmax(one["max"], zero["max"]),
            "n": n1 + n0, "direction": np.sign(one["mean"] - zero["mean"]), "source_id": one["source_id"],
        })  # fmt: skip
    return pd.DataFrame(found)


def _borrowed_sd(spreads: pd.DataFrame | None, measure: str, specialty: str) -> float | None:
    if spreads is None:
        return None
    rows = spreads[spreads["measure"] == measure]
    if rows.empty:
        return None
    own = rows[rows["specialty"] == specialty]
    return float((own if len(own) else rows)["sd"].median())


def pooled_terms(
    fitted: pd.DataFrame, specialties: list[str], borrowed: str = "", misfit: dict | None = None
) -> dict[tuple[str, str], Term]:
    """Terms of each (specialty, measure), slopes shrunk towards the mean over specialties.

    A specialty without figures of its own gets the mean with the spread between specialties.
    borrowed: named where the figures are another applicant type's; the spread between specialties
    is then added once more, for what one type does to a slope may differ in another.
    """
    terms = {}
    for measure, rows in fitted.groupby("measure"):
        rows = rows.set_index("specialty")
        rows = rows.reindex(sorted({*rows.index, *specialties}))
        standard = (rows["slope"] * rows["sd"]).to_numpy()
        variance = (rows["variance"] * rows["sd"] ** 2).to_numpy()
        pooled = shrink(standard, variance)
        typical = rows.median(numeric_only=True)
        for specialty in specialties:
            place = rows.index.get_loc(specialty)
            row = rows.iloc[place]
            own = bool(np.isfinite(standard[place]))
            sd = row["sd"] if own else typical["sd"]
            against = own and row["direction"] * np.sign(pooled.mean) < 0
            extra = pooled.tau2 if borrowed else 0.0
            terms[specialty, measure] = Term(
                measure=measure,
                slope=0.0 if against else float(pooled.values[place] / sd),
                variance=0.0 if against else float((pooled.variances[place] + extra) / sd**2),
                misfit=(misfit or {}).get(measure, 0.0),
                center=float(row["center"] if own else typical["center"]),
                low=float(row["low"] if own else rows["low"].min()),
                high=float(row["high"] if own else rows["high"].max()),
                n=int(row["n"]) if own else 0,
                gain=not against,
                borrowed=borrowed or ("" if own else "the other specialties"),
                source_id=rows["source_id"].dropna().iloc[0],
            )
    return terms
