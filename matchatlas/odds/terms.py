"""Every characteristic's term for every applicant type and specialty that publishes figures of its own.

For each measure: whose figures there are (`_Group`), the shape over specialties (`evidence.fit_shape`),
then one term a specialty. A type without figures of its own gets no term: not known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pandas as pd
from scipy.special import logit, ndtr

from matchatlas.odds.base_rates import BaseRates
from matchatlas.odds.evidence import (
    RANKS,
    SCORES,
    People,
    Shape,
    Term,
    basis,
    fit_cell,
    fit_shape,
    make_term,
    misfit,
    people_of,
)
from matchatlas.odds.laws import Law, law

FIGURES = ("n", "min", "q1", "median", "q3", "max", "mean", "sd")
# A first guess of beta: its size, and how far it differs between specialties (log odds a unit of phi).
SCALE = {"step2_ck": 0.5, RANKS: 0.7}
FROM_ONE = frozenset({RANKS, "specialties_ranked"})
SCORE_RANGE = np.arange(150, 301)
MEASURES = (
    "step2_ck",
    RANKS,
    "specialties_ranked",
    "research",
    "publications",
    "abstracts_presentations_publications",
    "work",
    "volunteer",
)


@dataclass(frozen=True)
class _Group:
    """What is published of one measure in one type and specialty.

    people: what beta is fitted to; counted: those of them counted by band; laws: of matched and not
    matched; center, stretch: see `basis`.
    """

    people: list[People]
    counted: People | None
    laws: tuple[Law | None, Law | None]
    center: float
    stretch: float
    low: float
    high: float
    n: int
    edition: str
    source_ids: tuple[str, ...]


def all_terms(tables, rates: BaseRates) -> dict[tuple[str, str, str], Term]:
    """The terms of every (applicant type, specialty, measure) that `EstimatorTables` let count."""
    terms: dict[tuple[str, str, str], Term] = {}
    for measure in MEASURES:
        by_type = _groups(tables, measure)
        size = SCALE.get(measure, 0.4)
        k = basis(measure, np.ones(1)).shape[-1]
        wide = Shape(np.zeros(k), (3 * size) ** 2 * np.eye(k))
        fitted = [g.people for groups in by_type.values() for g in groups.values() if g.people]
        if not fitted:
            continue
        overall, _ = fit_shape(fitted, wide, size)
        missed = _missed(by_type, overall)
        for applicant_type, groups in by_type.items():
            own = [group.people for group in groups.values() if group.people]
            shape = fit_shape(own, overall, size)[0] if own else overall
            for specialty, group in groups.items():
                if (applicant_type, specialty) in rates.cells:
                    rate = rates.cells[applicant_type, specialty].center
                    terms[applicant_type, specialty, measure] = _term(measure, group, shape, rate, missed)
    return terms | _unordered(terms, rates)


def _unordered(terms: dict, rates: BaseRates) -> dict:
    """Rank terms of specialties in which types do not keep the order of their rates at every length of
    list: the figures are of other years and of few people, so how types compare is not known."""
    found: dict[tuple[str, str, str], Term] = {}
    lengths = np.arange(1, 21)
    for specialty in {s for _, s, measure in terms if measure == RANKS}:
        keys = [key for key in terms if key[1:] == (specialty, RANKS)]
        keys.sort(key=lambda key: rates.cells[key[:2]].center)
        odds = [logit(rates.cells[k[:2]].center) + terms[k].evidence(lengths) for k in keys]
        if any((high < low).any() for low, high in pairwise(odds)):
            found |= {key: replace(terms[key], ordered=False) for key in keys}
    return found


def _missed(by_type, overall: Shape) -> float:
    counted = [g.counted for groups in by_type.values() for g in groups.values() if g.counted]
    return misfit(counted, [fit_cell([people], overall)[0] for people in counted])


def _term(measure: str, group: _Group, shape: Shape, rate: float, missed: float) -> Term:
    beta, covariance = fit_cell(group.people, shape) if group.people else (shape.mean, shape.covariance)
    if group.stretch != 1:
        # Lists of another time: what differs between specialties may differ as much since then.
        covariance = covariance + shape.covariance
    borrowed = "" if group.people else "the other specialties"
    return make_term(
        measure,
        beta,
        covariance,
        group.laws,
        rate,
        shape.mean,
        group.center,
        group.stretch,
        misfit=missed,
        low=group.low,
        high=group.high,
        n=group.n,
        borrowed=borrowed,
        edition=group.edition,
        source_ids=group.source_ids,
    )


def _groups(tables, measure: str) -> dict[str, dict[str, _Group]]:
    """By type and specialty: the newest figures, and the newest counts by band."""
    figures = tables.figures[tables.figures["measure"] == measure]
    bands = tables.outcome_bands[tables.outcome_bands["measure"] == measure]
    numbers = ["low", "high", "matched", "unmatched", "total", "match_rate"]
    bands = bands.assign(**bands[numbers].astype(float))
    found: dict[str, dict[str, _Group]] = {}
    for applicant_type in sorted({*figures["applicant_type"], *bands["applicant_type"]}):
        of_type = figures[figures["applicant_type"] == applicant_type]
        counts = _newest(bands[bands["applicant_type"] == applicant_type])
        counted = {name: rows for name, rows in counts.groupby("specialty")}
        usual = _usual(measure, counted, of_type)
        lengths = tables.rank_lengths[tables.rank_lengths["applicant_type"] == applicant_type]
        groups = {}
        for specialty in sorted({*of_type["specialty"], *counted}):
            own = of_type[of_type["specialty"] == specialty]
            group = _group(measure, own, counted.get(specialty), usual, lengths)
            if group is not None:
                groups[specialty] = group
        found[applicant_type] = groups
    return found


def _newest(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["edition"] == rows["edition"].max()] if len(rows) else rows


def _stretch(lengths: pd.DataFrame, measure: str, edition: str) -> float:
    """How much longer a type's lists are in the newest Match than in the edition's."""
    matches = lengths.sort_values("match_year")
    if measure != RANKS or edition not in set(matches["match_year"].astype(str)):
        return 1.0
    ranks = matches["matched"] * matches["mean_ranks_matched"]
    ranks += matches["unmatched"] * matches["mean_ranks_unmatched"]
    mean = (ranks / (matches["matched"] + matches["unmatched"])).to_numpy()
    return float(mean[-1] / mean[(matches["match_year"].astype(str) == edition).to_numpy()][0])


def _usual(measure: str, counted: Mapping[str, pd.DataFrame], figures: pd.DataFrame) -> dict:
    """What stands in for figures a specialty lacks: a type's usual spread of scores ("sd"), and
    how its counted ranks are spread by outcome (Law)."""
    if measure in SCORES:
        spreads = (figures["q3"] - figures["q1"]) / 1.349
        spreads = spreads.fillna(figures["sd"]).groupby(figures["edition"]).median().dropna()
        newest = str(next(iter(counted.values()))["edition"].iloc[0]) if counted else ""
        if counted and (spreads.empty or newest > spreads.index[-1]):
            return {"sd": float(np.median([_moments(_people(b))[1] for b in counted.values()]))}
        return {"sd": float(spreads.iloc[-1])} if len(spreads) else {}
    if measure != RANKS or not counted:
        return {}
    together = pd.concat(counted.values())
    together = together.groupby(["low", "high"], dropna=False, as_index=False)[["matched", "unmatched"]].sum()
    return {"matched": _counted_law(together, "matched"), "not_matched": _counted_law(together, "unmatched")}


def _group(measure, own: pd.DataFrame, bands: pd.DataFrame | None, usual, lengths) -> _Group | None:
    own = _newest(own.dropna(subset=["mean", "median"], how="all"))
    rows = own.set_index("outcome")
    laws = (_law(measure, rows, "matched", usual), _law(measure, rows, "not_matched", usual))
    people, counted, sources = [], None, list(own["source_id"])
    edition = str(own["edition"].iloc[0]) if len(own) else ""
    if bands is not None:
        counted, center = _counted(measure, bands)
        people.append(counted)
        sources += list(bands["source_id"])
        if not len(own) or (str(bands["edition"].iloc[0]) >= edition and bands["matched"].notna().all()):
            # Counts of people say all that figures of the same people say.
            edition = str(bands["edition"].iloc[0])
        if measure not in SCORES and edition == str(bands["edition"].iloc[0]):
            laws = (_counted_law(bands, "matched"), _counted_law(bands, "unmatched"))
    one, zero = laws
    if one is None and zero is None:
        return None
    n1, n0 = (float(rows["n"].get(o, 0) or 0) for o in ("matched", "not_matched"))
    middle = [law.mean() for law in laws if law is not None]
    weights = [n1, n0] if len(middle) == 2 and n1 + n0 > 0 else None
    center = float(np.average(middle, weights=weights)) if measure in SCORES else 0.0
    from_figures = bands is None or edition != str(bands["edition"].iloc[0])
    if from_figures and one is not None and zero is not None and n1 and n0:
        people.append(people_of(one, zero, n1, n0, lambda x: basis(measure, x, center)))
    stretch = _stretch(lengths, measure, edition)
    low, high = _range(rows, laws, bands, measure, stretch)
    n = int(n1 + n0 if bands is None or from_figures else bands["total"].sum())
    return _Group(
        people, counted, laws, center, stretch, low, high, n, edition, tuple(dict.fromkeys(sources))
    )


def _law(measure: str, rows: pd.DataFrame, outcome: str, usual) -> Law | None:
    """The law of one outcome's figures; None where too few people for any to be printed."""
    if outcome not in rows.index:
        return None
    figures = {name: rows.at[outcome, name] for name in FIGURES}
    middle = figures["mean"] if pd.notna(figures["mean"]) else figures["median"]
    if pd.isna(middle):
        return None
    if measure in SCORES:
        spread = _spread(figures)
        if not spread:
            other = rows.drop(index=outcome)
            spread = _spread(dict(other.iloc[0])) if len(other) else None
            spread = spread or usual.get("sd")
        if not spread:
            return None
        return law(figures, SCORE_RANGE, -(((SCORE_RANGE - middle) / spread) ** 2) / 2, 1.0)
    if pd.isna(figures["mean"]):
        if outcome not in usual:
            return None
        reference = usual[outcome]
        return law(figures, reference.x, np.log(reference.p + 1e-12), 0.1)
    top = figures["max"] if pd.notna(figures["max"]) else 10 * middle + 20
    x = np.arange(1 if measure in FROM_ONE else 0, int(top) + 1)
    return law(figures, x, np.zeros(x.size), 0.1)


def _spread(figures: Mapping) -> float | None:
    if pd.notna(figures["sd"]):
        return max(float(figures["sd"]), 1.0)
    if pd.notna(figures["q1"]) and pd.notna(figures["q3"]):
        return float(figures["q3"] - figures["q1"]) / 1.349
    return None


def _counted(measure: str, bands: pd.DataFrame) -> tuple[People, float]:
    """People counted by band, each band at a value that stands for it; and the group's centre."""
    bands = _people(bands)
    n = bands["total"].to_numpy(float)
    # Where a rounded percent stands for the count, it is used as printed.
    y = bands["matched"].astype(float).fillna(bands["match_rate"] * bands["total"]).to_numpy(float)
    x, center = band_values(measure, bands)
    return People(basis(measure, x, center), y, n), center


def _people(bands: pd.DataFrame) -> pd.DataFrame:
    """The bands with people in them and a bound ("score unknown" has none)."""
    return bands[(bands["total"] > 0) & ~(bands["low"].isna() & bands["high"].isna())]


def band_values(measure: str, bands: pd.DataFrame) -> tuple[np.ndarray, float]:
    """A value that stands for each band (columns low, high, total), and the group's mean score (0 for
    counts). A score's is the mean within the band, were scores normal; an open band of ranks
    stands two ranks above its beginning."""
    if measure in SCORES:
        center, spread = _moments(bands)
        return _within(*_edges(bands), center, spread)[0], center
    low = bands["low"].to_numpy(float)
    return np.where(bands["high"].isna(), low + 2, low), 0.0


def published_laws(tables, measure: str) -> dict[tuple[str, str], dict[str, Law]]:
    """The laws of matched and not matched that the figures of each (type, specialty) give: by outcome,
    where known."""
    return {
        (applicant_type, specialty): {
            outcome: one
            for outcome, one in zip(("matched", "not_matched"), group.laws, strict=True)
            if one is not None
        }
        for applicant_type, groups in _groups(tables, measure).items()
        for specialty, group in groups.items()
    }


def _edges(bands: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    low, high = (bands[side].to_numpy(float, na_value=np.nan) for side in ("low", "high"))
    return np.where(np.isnan(low), -1e4, low - 0.5), np.where(np.isnan(high), 1e4, high + 0.5)


def _within(low, high, center: float, spread: float) -> tuple[np.ndarray, np.ndarray]:
    """Mean and variance of a normal score within bands."""
    low, high = (low - center) / spread, (high - center) / spread
    at_low, at_high = (np.exp(-(edge**2) / 2) / np.sqrt(2 * np.pi) for edge in (low, high))
    share = np.maximum(ndtr(high) - ndtr(low), 1e-12)
    first = (at_low - at_high) / share
    second = 1 + (low * at_low - high * at_high) / share
    return center + spread * first, spread**2 * np.maximum(second - first**2, 1e-3)


def _moments(bands: pd.DataFrame) -> tuple[float, float]:
    """Mean and standard deviation of scores counted by band (a normal law, fitted by iteration)."""
    n = bands["total"].to_numpy(float)
    low, high = _edges(bands)
    center, spread = 240.0, 15.0
    for _ in range(60):
        x, variance = _within(low, high, center, spread)
        center = n @ x / n.sum()
        spread = float(np.sqrt(n @ (variance + (x - center) ** 2) / n.sum()))
    return float(center), spread


def _counted_law(bands: pd.DataFrame, column: str) -> Law:
    """The law of people counted at each rank; those of the open band thin out from it on."""
    places: list[np.ndarray] = []
    people: list[np.ndarray] = []
    for low, high, count in bands[["low", "high", column]].itertuples(index=False):
        inside = np.arange(low, low + 12) if pd.isna(high) else np.arange(low, high + 1)
        weight = 0.75 ** np.arange(inside.size) if pd.isna(high) else np.ones(inside.size)
        places.append(inside)
        people.append(float(count) * weight / weight.sum())
    x, p = np.concatenate(places).astype(float), np.concatenate(people)
    order = np.argsort(x)
    return Law(x[order], p[order] / max(p.sum(), 1e-9))


def _range(rows, laws, bands, measure, stretch) -> tuple[float, float]:
    """What the figures cover: the printed minimum and maximum, else all but the outermost
    two hundredths of the people (counted bands: all that have people)."""
    low = float(np.nanmin(rows["min"])) if rows["min"].notna().any() else np.nan
    high = float(np.nanmax(rows["max"])) if rows["max"].notna().any() else np.nan
    if low == low and high == high:
        return low, high
    known = [one for one in laws if one is not None]
    ends = [np.interp([0.01, 0.99], np.cumsum(one.p), one.x) for one in known]
    low, high = min(e[0] for e in ends), max(e[1] for e in ends)
    if bands is not None:
        some = bands[bands["total"] >= 5]
        low = np.fmin(low, some["low"].min())
        high = np.fmax(high, some["high"].max())
    if measure == RANKS:
        low, high = 1.0, 1 + (high - 1) * stretch
    return float(np.round(low)), float(np.round(high))
