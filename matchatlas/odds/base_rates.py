"""Base rates by applicant type and specialty: published counts, pooled, followed over the years.

A cell's prior comes from the type's other specialties, moved by signals that are published for
the specialty elsewhere (how seniors who ranked only it fared, how much of it IMGs fill), with
coefficients and precision fitted by marginal likelihood (`pooling.fit_pool`). Its own counts are then
followed from Match to Match (`drift`), each by its own age, to the Match that is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy.special import expit, logit
from scipy.stats import norm

from matchatlas.odds.drift import RATES, Series, Wander, beta_mass, fit_wander, follow, quantile, series_of
from matchatlas.odds.pooling import fit_pool, shrink

SENIORS = ("US MD Senior", "US DO Senior")
# Types whose outcomes by specialty are not published, and the type they are derived from.
DERIVED_FROM = {"US IMG": "Non-US IMG"}
NORMAL_POINTS = norm.ppf((np.arange(40) + 0.5) / 40)
# Rates are printed to a tenth of a percent: one of 0 or 100 stands for what is rounded to it.
ROUNDED = 0.0005


class NoEstimate(ValueError):
    """A profile that published figures do not let one estimate; str() says why.

    source_id: the publication that says so, "" where it is that none says anything.
    """

    def __init__(self, reason: str, source_id: str = ""):
        super().__init__(reason)
        self.source_id = source_id


@dataclass(frozen=True)
class Cell:
    """The base rate of one applicant type and specialty, for one Match to come.

    center, low, high: median and 95 % interval (shares); matched, n: published counts (0 where
    derived); editions: their years; kind: "published", "pooled" (own signals, no counts) or "derived"
    (from another type); mass: the whole law, on `drift.RATES`.
    """

    applicant_type: str
    specialty: str
    matched: int
    n: int
    editions: tuple[int, ...]
    kind: str
    notes: tuple[str, ...]
    source_ids: tuple[str, ...]
    center: float
    low: float
    high: float
    mass: np.ndarray = field(repr=False, compare=False)

    def draws(self, stream: np.random.Generator, count: int) -> np.ndarray:
        """Draws of the rate: one from each of `count` equal shares of its law, in random order."""
        shares = (np.arange(count) + 0.5) / count
        return quantile(self.mass, stream.permutation(shares))


@dataclass(frozen=True)
class BaseRates:
    """Every cell that can be estimated, for `match_year`."""

    cells: Mapping[tuple[str, str], Cell]
    match_year: int

    def cell(self, applicant_type: str, specialty: str) -> Cell:
        """One cell. Raises NoEstimate, saying why and what is there instead."""
        if (applicant_type, specialty) in self.cells:
            return self.cells[applicant_type, specialty]
        if not any(t == applicant_type for t, _ in self.cells):
            raise NoEstimate(
                f"No table tells the outcomes of {applicant_type}s by specialty, and none of another "
                "applicant type can honestly stand for them."
            )
        raise NoEstimate(f"No table tells how {applicant_type}s who preferred {specialty} fared.")


def fit(tables, match_year: int | None = None) -> BaseRates:
    """Fit the base rate of every applicant type and specialty.

    Parameters
    ----------
    tables : EstimatorTables
        The published counts.
    match_year : int, optional
        The Match that rates are for; the one after the newest counts by default.

    Returns
    -------
    BaseRates
    """
    outcomes = tables.preferred_outcomes
    outcomes = outcomes[(outcomes["cohort"] != "unstated") & (outcomes["total"] > 0)]
    match_year = match_year or int(outcomes["edition"].max()) + 1
    panel = one_specialty_panel(tables.one_specialty_outcomes)
    by_type = [(t, rows) for t, rows in outcomes.groupby("applicant_type") if len(rows) >= 10]
    wander = _wander(panel, by_type, tables.applicants)
    signals = specialty_signals(tables, panel)
    cells: dict[tuple[str, str], Cell] = {}
    for applicant_type, rows in by_type:
        cells |= _published(applicant_type, rows, signals.get(applicant_type), wander, match_year)
    for applicant_type, lender in DERIVED_FROM.items():
        cells |= _derived(applicant_type, lender, cells, tables, outcomes)
    return BaseRates(cells, match_year)


def one_specialty_panel(outcomes: pd.DataFrame) -> pd.DataFrame:
    """Applicants who ranked one specialty only: the rows that repeat over several Matches."""
    rows = outcomes[outcomes["specialty"] != "All specialties"]
    return rows[rows["total"] > 0]


def _wander(panel: pd.DataFrame, by_type, applicants: pd.DataFrame) -> Wander:
    """Step sizes from the panel, and from specialties whose own counts span several editions.

    Where no specialty of a type repeats, the type's overall match rate is followed in their place.
    """
    series: dict[tuple[str, str], Series] = {}
    sources = [(t, rows, "edition") for t, rows in by_type]
    sources += [(t, rows, "match_year") for t, rows in panel.groupby("applicant_type")]
    for applicant_type, rows, year in sources:
        for specialty, own in rows.groupby("specialty"):
            found = series_of(own[[year, "matched", "total"]].itertuples(index=False))
            kept = series.get((applicant_type, specialty))
            if kept is None or len(found.years) > len(kept.years):
                series[applicant_type, specialty] = found
    for applicant_type in {t for t, _ in by_type}:
        if all(len(s.years) < 2 for (t, _), s in series.items() if t == applicant_type):
            own = applicants[applicants["applicant_type"] == applicant_type].dropna(
                subset=["active", "match_rate"]
            )
            counts = zip(own["match_year"], own["active"] * own["match_rate"], own["active"], strict=True)
            series[applicant_type, "All specialties"] = series_of(list(counts))
    priors = {}
    for applicant_type in {t for t, _ in series}:
        own = [s for (t, _), s in series.items() if t == applicant_type and s.years]
        y, n = (np.array([getattr(s, name)[0] for s in own]) for name in ("matched", "total"))
        a, b = fit_pool(y, n, np.zeros((len(n), 0))).prior(np.zeros((1, 0)))
        priors[applicant_type] = beta_mass(a[0], b[0])
    return fit_wander(series, priors)


def specialty_signals(tables, panel: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Standardized signals of each specialty by applicant type; 0 where not published.

    Seniors: the log odds of their own kind who ranked only this specialty. IMGs: the log of
    first-choice applicants per position, and the log odds that a position is filled by an IMG
    (of the sets tried, the one that predicts held-out specialties best).
    """
    # Of the panel its newest five Matches: what older ones say, the newer ones say better.
    recent = panel[panel["match_year"] > panel["match_year"].max() - 5]
    counts = recent.groupby(["applicant_type", "specialty"])[["matched", "total"]].sum()
    odds = logit((counts["matched"] + 1) / (counts["total"] + 2))
    fills = tables.fills
    latest = fills[fills["match_year"] == fills["match_year"].max()]
    imgs = latest[latest["applicant_type"].isin(["US IMG", "Non-US IMG"])].groupby("specialty")
    share = logit((imgs["filled_by_type"].sum() + 1) / (imgs["filled_total"].first() + 2))
    signals = {
        kind: pd.DataFrame({"own": odds.loc[kind]}) for kind in SENIORS if kind in odds.index.levels[0]
    }
    choice = tables.first_choice
    choice = choice[choice["match_year"] == choice["match_year"].max()].set_index("specialty")
    demand = np.log(choice["applicants"] / choice["offered"])
    signals["Non-US IMG"] = pd.DataFrame({"demand": demand, "share": share})
    return {kind: (table - table.mean()) / table.std() for kind, table in signals.items()}


def _published(applicant_type, rows, signals, wander, match_year) -> dict[tuple[str, str], Cell]:
    found = set(rows["specialty"])
    if signals is None:
        signals = pd.DataFrame(index=sorted(found))
    elif applicant_type in SENIORS:
        found |= set(signals.index)
    names = sorted(found)
    x = signals.reindex(names).fillna(0.0).to_numpy()
    newest = rows.sort_values("edition").groupby("specialty").tail(1).set_index("specialty")
    y, n = (newest[column].reindex(names).fillna(0).to_numpy(float) for column in ("matched", "total"))
    a, b = fit_pool(y[n > 0], n[n > 0], x[n > 0]).prior(x)
    cells = {}
    for place, name in enumerate(names):
        own = rows[rows["specialty"] == name]
        series = series_of(own[["edition", "matched", "total"]].itertuples(index=False))
        _, laws = follow(series, beta_mass(a[place], b[place]), match_year)
        notes = []
        if (own["cohort"] == "consented").any():
            notes.append("Counts cover applicants who consented to research, not all.")
        if own.empty:
            notes.append(
                "No count of this specialty's own: from seniors who ranked only it, and "
                "from the other specialties."
            )
        cells[applicant_type, name] = _cell(
            applicant_type,
            name,
            wander.weights(applicant_type, name) @ laws,
            own,
            "pooled" if own.empty else "published",
            notes,
            rows["source_id"],
        )
    return cells


def _cell(applicant_type, name, mass, own, kind, notes, all_sources) -> Cell:
    sources = own["source_id"] if len(own) else all_sources
    low, center, high = quantile(mass, [0.025, 0.5, 0.975])
    return Cell(
        applicant_type,
        name,
        int(own["matched"].sum()),
        int(own["total"].sum()),
        tuple(sorted(map(int, own["edition"].unique()))),
        kind,
        tuple(notes),
        tuple(dict.fromkeys(sources)),
        float(center),
        float(low),
        float(high),
        mass,
    )


def _derived(applicant_type, lender, cells, tables, outcomes) -> dict[tuple[str, str], Cell]:
    """The lender's cells, moved by what is published of both types: their overall match rates,
    and how the two fared among all who ranked the specialty (`_contrasts`)."""
    rates = tables.applicants[tables.applicants["applicant_type"].isin([applicant_type, lender])]
    pairs = rates.pivot(index="match_year", columns="applicant_type", values="match_rate").dropna()
    lent = [cell for (kind, _), cell in cells.items() if kind == lender]
    if pairs.empty or not lent:
        return {}
    last = pairs.iloc[-1]
    odds_of = logit(last.clip(ROUNDED, 1 - ROUNDED))
    gap = odds_of[applicant_type] - odds_of[lender]
    found = _contrasts(tables.applicants_ranking, outcomes, applicant_type, lender)
    if found is None:
        return {}
    contrasts, spread = found
    of_overall = rates[rates["match_year"] == pairs.index[-1]]["source_id"]
    of_ranking = tables.applicants_ranking["source_id"].drop_duplicates()
    derived = {}
    for cell in lent:
        own, variance = contrasts.get(cell.specialty, (0.0, spread**2))
        odds = logit(RATES)[:, None] + gap + own + np.sqrt(variance) * NORMAL_POINTS
        places = np.searchsorted(RATES, expit(odds)).clip(0, RATES.size - 1)
        weight = np.repeat(cell.mass[:, None] / NORMAL_POINTS.size, NORMAL_POINTS.size, axis=1)
        mass = np.bincount(places.ravel(), weight.ravel(), minlength=RATES.size)
        note = (
            f"Derived: no table tells the outcomes of {applicant_type}s by specialty. This is the rate "
            f"of {lender}s in {cell.specialty}, moved by the gap between the two types' overall match "
            f"rates in {pairs.index[-1]}"
            + (
                ", and by how both fared among all who ranked the specialty"
                if cell.specialty in contrasts
                else ""
            )
            + "; the wide interval says so."
        )
        nothing = pd.DataFrame({"matched": [], "total": [], "edition": [], "source_id": []})
        derived[applicant_type, cell.specialty] = _cell(
            applicant_type,
            cell.specialty,
            mass,
            nothing,
            "derived",
            [note],
            pd.Series([*cell.source_ids, *of_overall, *of_ranking]),
        )
    return derived


def _contrasts(ranking, outcomes, applicant_type, lender) -> tuple[dict, float] | None:
    """How far a specialty's gap between two types stands off their overall gap, in log odds.

    Two published things speak: the spread of that gap between MD and DO seniors, whose outcomes by
    preferred specialty are both known; and, of the two types themselves, matched among all who
    ranked the specialty, whose contrast predicts the other only in part (how well, MD and DO
    seniors show). Returns specialty -> (mean, variance), and the spread where nothing is published;
    None where too few specialties have both seniors' outcomes to tell.
    """
    newest = outcomes[outcomes["applicant_type"].isin(SENIORS)]
    newest = newest.sort_values("edition").groupby(["applicant_type", "specialty"]).tail(1)
    preferred, doubt = _gaps(newest.rename(columns={"total": "n"}), *SENIORS)
    if len(preferred) < 3:
        return None
    spread2 = shrink(preferred.to_numpy(), doubt.to_numpy()).tau2
    counted = ranking.dropna(subset=["matched"])
    counted = counted.rename(columns={"applicants_ranking_specialty": "n"})
    proxy, proxy_doubt = _gaps(counted, *SENIORS)
    both = preferred.index.intersection(proxy.index)
    own, own_doubt = _gaps(counted, applicant_type, lender)
    if len(both) < 3 or own.empty:
        return {}, float(np.sqrt(spread2))
    off = (preferred[both] - proxy[both]).to_numpy()
    miss2 = shrink(off, (doubt[both] + proxy_doubt[both]).to_numpy()).tau2
    middle = np.average(own, weights=1 / (own_doubt + miss2 + spread2))
    trust = spread2 / (spread2 + miss2 + own_doubt)
    found = {
        name: (float(trust[name] * (own[name] - middle)), float((1 - trust[name]) * spread2))
        for name in own.index
    }
    return found, float(np.sqrt(spread2))


def _gaps(counts: pd.DataFrame, one: str, other: str) -> tuple[pd.Series, pd.Series]:
    """Log odds of `one` less those of `other` by specialty, and their sampling variance; columns
    applicant_type, specialty, matched, n."""
    sums = counts.groupby(["specialty", "applicant_type"])[["matched", "n"]].sum().unstack()
    odds, variance = {}, {}
    for kind in (one, other):
        if kind not in sums["n"]:
            return pd.Series(dtype=float), pd.Series(dtype=float)
        y, n = sums["matched"][kind].astype(float) + 0.5, sums["n"][kind].astype(float) + 1
        odds[kind], variance[kind] = logit(y / n), 1 / y + 1 / (n - y)
    gap = (odds[one] - odds[other]).dropna()
    return gap, (variance[one] + variance[other])[gap.index]
