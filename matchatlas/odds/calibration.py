"""How well the shipped model does on published counts that were hidden from it.

Every hold-out hides rows, calls `estimator.fit` on what is left, asks `Model.estimate`, and compares with
counts that a publisher printed. Beside the estimate: the group's own last rate, and the pooled rate of
the same quantity over the other specialties.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from matchatlas.applicant import Applicant
from matchatlas.odds.estimator import EstimatorTables, Model, fit
from matchatlas.odds.evidence import RANKS
from matchatlas.odds.terms import band_values

SENIORS = ("US MD Senior", "US DO Senior")
# The tables of 2007 know two groups. The model asks for a type of today, so the second, everyone
# but U.S. MD seniors, is put in this one's place; it is told by its own name.
IN_PLACE_OF = {"US MD Senior": "US MD Senior", "Independent applicants": "Non-US IMG"}
# One public calculator prints a weight: medcalc.pro's specialty match probability calculator adds 0.25
# points a score point. Its specialty baselines are not printed: it is given the group's true rate.
PUBLIC_WEIGHT = 0.0025


def as_of(tables: EstimatorTables, year: int) -> EstimatorTables:
    """The tables without all that was published about Matches after `year`."""
    return replace(
        tables,
        preferred_outcomes=_until(tables.preferred_outcomes, "edition", year),
        one_specialty_outcomes=_until(tables.one_specialty_outcomes, "match_year", year),
        figures=tables.figures[tables.figures["edition"].astype(int) <= year],
        outcome_bands=tables.outcome_bands[
            tables.outcome_bands["edition"]
            .str[-11:-7]
            .where(tables.outcome_bands["edition"].str.len() > 4, tables.outcome_bands["edition"])
            .astype(int)
            <= year
        ],
        applicants=_until(tables.applicants, "match_year", year),
        applicants_ranking=_until(tables.applicants_ranking, "match_year", year),
        rank_lengths=_until(tables.rank_lengths, "match_year", year),
        fills=_until(tables.fills, "match_year", year),
        first_choice=_until(tables.first_choice, "match_year", year),
    )


def _until(frame: pd.DataFrame, column: str, year: int) -> pd.DataFrame:
    return frame[frame[column] <= year]


def _asked(model: Model, applicant: Applicant, row, group: str, last, others: pd.DataFrame, **told) -> dict:
    """One held-out count beside what the model says of it: the rate's interval, and whether the
    count lies in the interval that adds its own chance.

    row: matched, total and source_id of the count; last: the same group's raw rate before; others:
    matched and total of those whose pooled rate stands beside it.
    """
    at, n, matched = model.estimate(applicant), row.total, row.matched
    rng = np.random.default_rng(20260320)
    counts = rng.binomial(max(round(n), 1), np.tile(at.draws, 4))
    beside = {
        "n": n,
        "matched": matched,
        "estimate": at.center,
        "low": at.low,
        "high": at.high,
        "type": applicant.applicant_type,
        "source_id": row.source_id,
        "cell": applicant.specialty,
        "group": group,
        "last": last,
        "pooled": others["matched"].sum() / others["total"].sum() if others["total"].sum() else np.nan,
        **told,
    }
    for level in (80, 95):
        tail = (100 - level) / 2
        low, high = np.percentile(counts, [tail, 100 - tail])
        beside[f"in {level}"] = bool(low <= round(matched) <= high)
    return beside


def _like(row) -> Applicant:
    """Whoever a count is of, with nothing else known."""
    return Applicant(applicant_type=row.applicant_type, specialty=row.specialty)


def later_edition(tables: EstimatorTables) -> Iterator[dict]:
    """(a) Preferred specialty in 2026, from 2024 and before."""
    known = as_of(tables, 2024)
    model = fit(known, match_year=2026)
    rows = tables.preferred_outcomes.query("edition == 2026 and cohort == 'consented'")
    last = known.preferred_outcomes.query("edition == 2024").set_index(["applicant_type", "specialty"])
    for row in rows[rows["applicant_type"] == "US MD Senior"].itertuples():
        key = (row.applicant_type, row.specialty)
        if key not in last.index:
            continue
        of_type = last.loc[row.applicant_type]
        others = of_type.drop(row.specialty, errors="ignore")
        yield _asked(model, _like(row), row, "", last.at[key, "matched"] / last.at[key, "total"], others)


def panel_years(tables: EstimatorTables) -> Iterator[dict]:
    """(a) Seniors who ranked one specialty only: each Match from earlier ones alone."""
    panel = tables.one_specialty_outcomes
    panel = panel[panel["applicant_type"].isin(SENIORS) & (panel["specialty"] != "All specialties")]
    panel = panel[panel["total"] > 0]
    for year in sorted(panel["match_year"].unique())[1:]:
        before = panel[panel["match_year"] < year].rename(columns={"match_year": "edition"})
        known = replace(
            as_of(tables, year - 1),
            preferred_outcomes=before.assign(cohort="one specialty"),
            one_specialty_outcomes=panel.iloc[:0],
            figures=tables.figures.iloc[:0],
            outcome_bands=tables.outcome_bands.iloc[:0],
        )
        model = fit(known, match_year=int(year))
        for row in panel[panel["match_year"] == year].itertuples():
            if (row.applicant_type, row.specialty) not in model.base_rates.cells:
                continue
            of_type = before[before["applicant_type"] == row.applicant_type]
            own = of_type[of_type["specialty"] == row.specialty].sort_values("edition")
            others = of_type[of_type["specialty"] != row.specialty]
            yield _asked(
                model, _like(row), row, str(year), own["matched"].iloc[-1] / own["total"].iloc[-1], others
            )


def hidden_specialty(tables: EstimatorTables) -> Iterator[dict]:
    """(b) A specialty's outcomes hidden in every edition; seniors who ranked only it are left.

    Where nothing of the kind is left (non-US IMGs) the model gives no estimate, so none is scored.
    """
    outcomes = tables.preferred_outcomes
    newest = outcomes[outcomes["applicant_type"].isin(SENIORS)].sort_values("edition")
    for row in newest.groupby(["applicant_type", "specialty"]).tail(1).itertuples():
        same = outcomes["applicant_type"] == row.applicant_type
        known = replace(
            tables, preferred_outcomes=outcomes[~(same & (outcomes["specialty"] == row.specialty))]
        )
        model = fit(known, match_year=row.edition)
        if (row.applicant_type, row.specialty) not in model.base_rates.cells:
            continue
        others = outcomes[same & (outcomes["edition"] == row.edition)]
        others = others[others["specialty"] != row.specialty]
        others = others if len(others) else outcomes[same & (outcomes["specialty"] != row.specialty)]
        yield _asked(model, _like(row), row, str(row.edition), np.nan, others)


def counted_2007(tables: EstimatorTables, measure: str) -> Iterator[dict]:
    """(c) The counts of 2007 by `measure`, a specialty's own counts hidden.

    Left are its total, the figures of its matched and not matched, and the other specialties' counts.
    """
    bands = tables.outcome_bands
    bands = bands[(bands["edition"] == "2007") & (bands["measure"] == measure)]
    bands = bands.dropna(subset=["low", "high"], how="all").astype({"matched": float, "total": float})
    figures = tables.figures[tables.figures["edition"] == "2007"]
    totals = _totals(bands, 2007)
    empty = tables.passing_standards.iloc[:0]  # the standard of 2007 is not in the tables
    for specialty in sorted(bands["specialty"].unique()):
        for group, place in IN_PLACE_OF.items():
            known = replace(
                as_of(tables, 2007),
                preferred_outcomes=_in_place(totals),
                outcome_bands=_in_place(
                    bands[~((bands["specialty"] == specialty) & (bands["applicant_type"] == group))]
                ),
                figures=_in_place(figures),
                passing_standards=empty,
            )
            model = fit(known, match_year=2007)
            yield from _along(model, bands, group, place, specialty, measure, "2007")


def recent_bands(tables: EstimatorTables) -> Iterator[dict]:
    """(d) The Step 2 CK bands of 2020 to 2024, a specialty's own bands hidden."""
    bands = tables.outcome_bands
    bands = bands[bands["edition"].str.startswith("2020-2024")].assign(
        matched=lambda rows: (rows["match_rate"] * rows["total"]).astype(float).fillna(0)
    )
    bands = bands.astype({"total": float})[bands["total"] > 0]
    totals = _totals(bands, 2022)
    for specialty in sorted(bands["specialty"].unique()):
        outcomes = as_of(tables, 2024).preferred_outcomes
        mine = (outcomes["applicant_type"] == SENIORS[0]) & (outcomes["specialty"] == specialty)
        own = totals[totals["specialty"] == specialty]
        every = tables.outcome_bands
        hidden = (every["specialty"] == specialty) & every["edition"].str.startswith("2020-2024")
        known = replace(
            as_of(tables, 2024),
            preferred_outcomes=pd.concat([outcomes[~mine], own]),
            outcome_bands=every[~hidden],
            passing_standards=tables.passing_standards.iloc[:0],
        )
        model = fit(known, match_year=2022)
        yield from _along(model, bands, SENIORS[0], SENIORS[0], specialty, "step2_ck", "2020-24")


def _totals(bands: pd.DataFrame, edition: int) -> pd.DataFrame:
    """The bands' people added up: a group's outcomes by specialty."""
    sums = bands.groupby(["applicant_type", "specialty"], as_index=False)[["matched", "total"]].sum()
    return sums.assign(
        edition=edition, cohort="all active", unmatched=sums["total"] - sums["matched"], source_id="bands"
    )


def _in_place(frame: pd.DataFrame) -> pd.DataFrame:
    frame = frame[frame["applicant_type"].isin(list(IN_PLACE_OF))]
    return frame.assign(applicant_type=frame["applicant_type"].map(IN_PLACE_OF))


def _along(model, bands, group, place, specialty, measure, told) -> Iterator[dict]:
    """Every band of one specialty beside the estimate at the value that stands for it."""
    rows = bands[(bands["applicant_type"] == group) & (bands["specialty"] == specialty)]
    rows = rows[rows["total"] > 0]
    rate = rows["matched"].sum() / rows["total"].sum()
    others = bands[(bands["applicant_type"] == group) & (bands["specialty"] != specialty)]
    others = others.groupby("band")[["matched", "total"]].sum()
    values, center = band_values(measure, rows)
    # Mean scores rise: what the model knows is of another year than the bands of 2020 to 2024, so a
    # score is asked for as far from the group's mean as the band lies from its own.
    shift = model.term(place, specialty, measure).typical - center if center else 0.0
    for row, value in zip(rows.itertuples(), values, strict=True):
        asked = Applicant(applicant_type=place, specialty=specialty, **{measure: round(value + shift)})
        same_band = others[others.index == row.band]
        yield _asked(
            model,
            asked,
            row,
            row.band,
            rate,
            same_band,
            public=np.clip(rate + PUBLIC_WEIGHT * (value - center), 0.01, 0.99)
            if measure == "step2_ck"
            else np.nan,
        ) | {"type": group}


HOLD_OUTS: dict[str, Callable[[EstimatorTables], Iterator[dict]]] = {
    "(a) 2026 from 2024 and before": later_edition,
    "(a) one-specialty panel, each Match from earlier ones": panel_years,
    "(b) a specialty hidden in every edition": hidden_specialty,
    "(c) counts of 2007 by contiguous ranks": lambda tables: counted_2007(tables, RANKS),
    "(c) counts of 2007 by Step 2 score": lambda tables: counted_2007(tables, "step2_ck"),
    "(d) Step 2 CK bands of 2020 to 2024": recent_bands,
}


def held_out(tables: EstimatorTables) -> pd.DataFrame:
    """Every held-out count: holdout, type, cell, group (band or Match), n, matched, estimate, low, high
    (95 % interval of the rate), in 80, in 95, last, pooled, public (shares; NaN: cannot be known)."""
    found = [pd.DataFrame(hold_out(tables)).assign(holdout=name) for name, hold_out in HOLD_OUTS.items()]
    return pd.concat(found, ignore_index=True)


def score(cells: pd.DataFrame) -> pd.DataFrame:
    """One row a hold-out and type: errors in points by people and by cell, log loss, coverage, width."""
    rows = []
    for (name, kind), own in cells.groupby(["holdout", "type"], sort=False):
        rate = own["matched"] / own["n"]
        row = {"hold-out": name, "group": kind, "cells": len(own), "people": round(own["n"].sum())}
        for column in ("estimate", "last", "pooled", "public"):
            known = own[column].notna() if column in own else own["n"] < 0
            whole = known.sum() == len(own)
            off = 100 * (rate - own[column]).abs() if whole else rate * np.nan
            row[f"error {column}"] = np.average(off, weights=own["n"])
            row[f"error {column} by cell"] = off.mean()
            p = own[column].clip(1e-3, 1 - 1e-3) if whole else rate * np.nan
            loss = -(own["matched"] * np.log(p) + (own["n"] - own["matched"]) * np.log(1 - p))
            row[f"log loss {column}"] = loss.sum(skipna=False) / own["n"].sum()
        for level in (80, 95):
            row[f"in {level} by cell"] = own[f"in {level}"].mean()
            row[f"in {level} by people"] = np.average(own[f"in {level}"], weights=own["n"])
        width = 100 * (own["high"] - own["low"])
        row["width by cell"], row["width by people"] = (width.mean(), np.average(width, weights=own["n"]))
        rows.append(row)
    return pd.DataFrame(rows)


RANK_GROUPS = {"1": (1, 1), "2 to 3": (2, 3), "4 to 7": (4, 7), "8 to 11": (8, 11), "12 and more": (12, 99)}


def rank_bias(cells: pd.DataFrame) -> pd.DataFrame:
    """By group of list lengths: how far the estimate stands off the counts of 2007, in points."""
    own = cells[cells["holdout"] == "(c) counts of 2007 by contiguous ranks"]
    ranks = own["group"].str.extract(r"(\d+)")[0].astype(int)
    rows = []
    for kind, of_kind in own.groupby("type", sort=False):
        for name, (low, high) in RANK_GROUPS.items():
            some = of_kind[ranks[of_kind.index].between(low, high)]
            expected = (some["estimate"] * some["n"]).sum()
            rows.append(
                {
                    "group": kind,
                    "ranks": name,
                    "people": round(some["n"].sum()),
                    "bias": 100 * (expected - some["matched"].sum()) / some["n"].sum(),
                }
            )
    return pd.DataFrame(rows)


def as_markdown(table: pd.DataFrame) -> str:
    """`score` as a Markdown table; errors and widths in points, shares in percent."""

    def number(value: float, digits: int) -> str:
        return f"{value:.{digits}f}" if value == value else "–"

    lines = [
        "| hold-out | group | cells | people | error | last rate | pooled rate | public | by cell: error | log loss "
        "| last | pooled | 80 %: cells | people | 95 %: cells | people | width: cells | people |",
        "| --- | --- |" + " ---: |" * 16,
    ]
    for row in table.to_dict("records"):
        errors = " | ".join(number(row[f"error {c}"], 1) for c in ("estimate", "last", "pooled", "public"))
        losses = " | ".join(number(row[f"log loss {c}"], 3) for c in ("estimate", "last", "pooled"))
        inside = " | ".join(f"{row[f'in {lv} by {w}']:.0%}" for lv in (80, 95) for w in ("cell", "people"))
        lines.append(
            f"| {row['hold-out']} | {row['group']} | {row['cells']} | {row['people']:,} | {errors} "
            f"| {row['error estimate by cell']:.1f} | {losses} | {inside} "
            f"| {row['width by cell']:.1f} | {row['width by people']:.1f} |"
        )
    return "\n".join(lines)
