"""Base rates by applicant type and specialty: published counts, pooled, and derived ones.

A cell's rate is beta distributed; its prior comes from the type's other specialties, moved by
signals that are published for the specialty elsewhere (how seniors who ranked only it fared, how
much of it IMGs fill), with coefficients and precision fitted by marginal likelihood
(`pooling.fit_pool`). Counts are worth less than their number, because rates move from Match to
Match; how much is fitted on the one panel that repeats over years (`pooling.fit_year_noise`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit, logit
from scipy.stats import beta

from matchatlas.pooling import YearNoise, fit_pool, fit_year_noise, shrink

SENIORS = ("US MD Senior", "US DO Senior")
# Types whose outcomes by specialty are not published, and the type they are derived from.
DERIVED_FROM = {"US IMG": "Non-US IMG"}


class NoEstimate(ValueError):
    """A type and specialty that published figures do not let one estimate; str() says why."""


@dataclass(frozen=True)
class Cell:
    """The base rate of one applicant type and specialty.

    a, b: its beta distribution for the coming Match; center, low, high: mean and 95 % interval
    (shares); matched, n: published counts (0 where derived); editions: their years; kind:
    "published", "pooled" (own signals, no counts) or "derived" (from another type).
    """

    applicant_type: str
    specialty: str
    a: float
    b: float
    matched: int
    n: int
    editions: tuple[int, ...]
    kind: str
    notes: tuple[str, ...]
    source_ids: tuple[str, ...]
    center: float
    low: float
    high: float

    def draws(self, stream: np.random.Generator, count: int) -> np.ndarray:
        """Draws of the rate, moved in log odds to have exactly `center` as their median."""
        odds = logit(np.clip(stream.beta(self.a, self.b, count), 1e-9, 1 - 1e-9))
        return expit(odds + logit(self.center) - np.median(odds))


@dataclass(frozen=True)
class BaseRates:
    """Every cell that can be estimated."""

    cells: Mapping[tuple[str, str], Cell]

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


def fit(tables) -> BaseRates:
    """Fit every cell on `EstimatorTables`."""
    panel = one_specialty_panel(tables.one_specialty_outcomes)
    noise = year_noise(panel)
    signals = specialty_signals(tables, panel)
    cells = {}
    outcomes = tables.preferred_outcomes
    for applicant_type, rows in outcomes[outcomes["cohort"] != "unstated"].groupby(
        "applicant_type"
    ):
        if len(rows) >= 10:
            cells |= _published(applicant_type, rows, signals[applicant_type], noise)
    for applicant_type, lender in DERIVED_FROM.items():
        cells |= _derived(applicant_type, lender, cells, tables, panel)
    return BaseRates(cells)


def one_specialty_panel(outcomes: pd.DataFrame) -> pd.DataFrame:
    """Seniors who ranked one specialty only: the rows that repeat over several Matches."""
    rows = outcomes[outcomes["specialty"] != "All specialties"]
    return rows[rows["total"] > 0]


def year_noise(panel: pd.DataFrame) -> YearNoise:
    """How rates move between Matches, from the one panel that repeats (both types together: the
    few years of one type alone do not carry it)."""
    years = np.sort(panel["match_year"].unique())
    wide = panel.pivot(
        index=["applicant_type", "specialty"], columns="match_year", values=["matched", "total"]
    )
    return fit_year_noise(
        wide["matched"].reindex(columns=years).to_numpy(float),
        wide["total"].reindex(columns=years).to_numpy(float),
        years,
    )


def specialty_signals(tables, panel: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Standardized signals of each specialty by applicant type; 0 where not published.

    Seniors: the log odds of their own kind who ranked only this specialty. IMGs: the log of
    first-choice applicants per position, and the log odds that a position is filled by an IMG
    (of the sets tried, the one that predicts held-out specialties best).
    """
    counts = panel.groupby(["applicant_type", "specialty"])[["matched", "total"]].sum()
    odds = logit((counts["matched"] + 1) / (counts["total"] + 2))
    fills = tables.fills
    latest = fills[fills["match_year"] == fills["match_year"].max()]
    imgs = latest[latest["applicant_type"].isin(["US IMG", "Non-US IMG"])].groupby("specialty")
    share = logit((imgs["filled_by_type"].sum() + 1) / (imgs["filled_total"].first() + 2))
    signals = {
        kind: pd.DataFrame({"own": odds.loc[kind]})
        for kind in SENIORS
        if kind in odds.index.levels[0]
    }
    choice = tables.first_choice
    choice = choice[choice["match_year"] == choice["match_year"].max()].set_index("specialty")
    demand = np.log(choice["applicants"] / choice["offered"])
    signals["Non-US IMG"] = pd.DataFrame({"demand": demand, "share": share})
    return {kind: (table - table.mean()) / table.std() for kind, table in signals.items()}


def _published(applicant_type, rows, signals, noise: YearNoise) -> dict[tuple[str, str], Cell]:
    names = sorted(
        set(rows["specialty"]) | (set(signals.index) if applicant_type in SENIORS else set())
    )
    x = signals.reindex(names).fillna(0.0).to_numpy()
    newest = rows["edition"].max()
    worth = noise.effective_n(rows["total"].to_numpy(), newest - rows["edition"].to_numpy())
    rate = rows["matched"] / rows["total"]
    sums = pd.DataFrame({"specialty": rows["specialty"], "y": worth * rate, "n": worth})
    sums = sums.groupby("specialty").sum().reindex(names).fillna(0.0)
    y, n = sums["y"].to_numpy(), sums["n"].to_numpy()
    has = n > 0
    a, b = fit_pool(y[has], n[has], x[has]).prior(x)
    a, b = noise.next_year(a + y, b + n - y)
    cells = {}
    for place, name in enumerate(names):
        own = rows[rows["specialty"] == name]
        notes = []
        if (own["cohort"] == "consented").any():
            notes.append("Counts cover applicants who consented to research, not all.")
        if own.empty:
            notes.append("No count of this specialty's own: from seniors who ranked only it, and "
                         "from the other specialties.")  # fmt: skip
        cells[applicant_type, name] = _cell(
            applicant_type, name, a[place], b[place], own, "pooled" if own.empty else "published",
            notes, rows["source_id"],
        )  # fmt: skip
    return cells


def _cell(applicant_type, name, a, b, own, kind, notes, all_sources) -> Cell:
    sources = own["source_id"] if len(own) else all_sources
    low, center, high = beta.ppf([0.025, 0.5, 0.975], a, b)
    return Cell(
        applicant_type, name, float(a), float(b), int(own["matched"].sum()), int(own["total"].sum()),
        tuple(sorted(map(int, own["edition"].unique()))), kind, tuple(notes),
        tuple(dict.fromkeys(sources)), float(center), float(low), float(high),
    )  # fmt: skip


def _derived(applicant_type, lender, cells, tables, panel) -> dict[tuple[str, str], Cell]:
    """The lender's cells, moved by the gap between the two types' overall match rates.

    How far a specialty's effect differs between two types is not known for this pair; the spread
    between MD and DO seniors, where both are published, stands for it and widens the interval.
    """
    rates = tables.applicants[tables.applicants["applicant_type"].isin([applicant_type, lender])]
    pairs = rates.pivot(index="match_year", columns="applicant_type", values="match_rate").dropna()
    lent = [cell for (kind, _), cell in cells.items() if kind == lender]
    if pairs.empty or not lent:
        return {}
    last = pairs.iloc[-1]
    gap = logit(last[applicant_type]) - logit(last[lender])
    spread = _spread_between_seniors(panel)
    sources = rates[rates["match_year"] == pairs.index[-1]]["source_id"]
    derived = {}
    for cell in lent:
        m = float(expit(logit(cell.center) + gap))
        variance = cell.a * cell.b / (cell.a + cell.b) ** 2 / (cell.a + cell.b + 1)
        on_odds = variance / (cell.center * (1 - cell.center)) ** 2 + spread**2
        size = max(1 / (on_odds * m * (1 - m)) - 1, 1.0)
        note = (
            f"Derived: no table tells the outcomes of {applicant_type}s by specialty. This is the rate "
            f"of {lender}s in {cell.specialty}, moved by the gap between the two types' overall match "
            f"rates in {pairs.index[-1]}; the wide interval says so."
        )
        nothing = pd.DataFrame({"matched": [], "total": [], "edition": [], "source_id": []})
        derived[applicant_type, cell.specialty] = _cell(
            applicant_type, cell.specialty, m * size, (1 - m) * size, nothing, "derived", [note],
            pd.Series([*cell.source_ids, *sources]),
        )  # fmt: skip
    return derived


def _spread_between_seniors(panel: pd.DataFrame) -> float:
    """Standard deviation, in log odds, of how a specialty's effect differs between two types."""
    counts = panel.groupby(["specialty", "applicant_type"])[["matched", "total"]].sum().unstack()
    counts = counts.dropna()
    odds, variance = {}, 0.0
    for kind in SENIORS:
        y, n = counts["matched"][kind] + 0.5, counts["total"][kind] + 1
        odds[kind] = logit(y / n)
        variance = variance + 1 / y + 1 / (n - y)
    difference = (odds[SENIORS[0]] - odds[SENIORS[1]]).to_numpy()
    return float(np.sqrt(shrink(difference, np.asarray(variance)).tau2))
