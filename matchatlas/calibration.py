"""How well the estimator does on published counts it has not seen.

Three hold-outs, after what the tables allow; each is scored beside the applicant type's overall
match rate (a) and, where it can be known, the cell's own rate in the editions that were not held
out (b).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats
from scipy.special import expit, logit

from matchatlas.base_rates import one_specialty_panel, specialty_signals, year_noise
from matchatlas.evidence import QUANTILES, bands, fitted_terms, misfits, pooled_terms
from matchatlas.pooling import fit_pool


@dataclass(frozen=True)
class HeldOut:
    """Predictions of held-out cells: frames with type, cell, matched, n, a, b (the predicted beta),
    overall (a), cell_rate (b; NaN where it cannot be known) and source_id."""

    name: str
    cells: pd.DataFrame


def leave_one_edition_out(tables) -> HeldOut:
    """Each year of the seniors' panel, predicted from its other years, the noise fitted on those."""
    panel = one_specialty_panel(tables.one_specialty_outcomes)
    rows = []
    for year in sorted(panel["match_year"].unique()):
        train, test = panel[panel["match_year"] != year], panel[panel["match_year"] == year]
        noise = year_noise(train)
        for kind, of_type in train.groupby("applicant_type"):
            counts = of_type.groupby("specialty")[["matched", "total"]].sum()
            age = np.abs(of_type["match_year"] - year) - 1
            worth = noise.effective_n(of_type["total"].to_numpy(), age.to_numpy())
            sums = pd.DataFrame({"s": of_type["specialty"], "y": worth * of_type["matched"] / of_type["total"],
                                 "n": worth}).groupby("s").sum()  # fmt: skip
            pool = fit_pool(sums["y"].to_numpy(), sums["n"].to_numpy(), np.zeros((len(sums), 0)))
            a, b = pool.prior(np.zeros((len(sums), 0)))
            a, b = noise.next_year(a + sums["y"].to_numpy(), b + (sums["n"] - sums["y"]).to_numpy())
            predicted = pd.DataFrame({"a": a, "b": b, "cell_rate": counts["matched"] / counts["total"]},
                                     index=sums.index)  # fmt: skip
            own = (
                test[test["applicant_type"] == kind]
                .set_index("specialty")
                .join(predicted, how="inner")
            )
            rows.append(pd.DataFrame({
                "type": kind, "cell": own.index + f" {year}", "matched": own["matched"], "n": own["total"],
                "a": own["a"], "b": own["b"], "cell_rate": own["cell_rate"],
                "overall": overall_rate(tables, kind, year), "source_id": own["source_id"],
            }))  # fmt: skip
    return HeldOut("leave one edition out", pd.concat(rows, ignore_index=True))


def leave_one_specialty_out(tables) -> HeldOut:
    """Each specialty's own counts held out: predicted from signals and the other specialties."""
    signals = specialty_signals(tables, one_specialty_panel(tables.one_specialty_outcomes))
    rows = []
    outcomes = tables.preferred_outcomes
    for kind, of_type in outcomes[outcomes["cohort"] != "unstated"].groupby("applicant_type"):
        of_type = of_type[of_type["edition"] == of_type.groupby("edition")["total"].sum().idxmax()]
        if len(of_type) < 10:
            continue
        x = signals[kind].reindex(of_type["specialty"]).fillna(0.0).to_numpy()
        y, n = of_type["matched"].to_numpy(float), of_type["total"].to_numpy(float)
        for place, row in enumerate(of_type.itertuples()):
            others = np.arange(len(n)) != place
            a, b = fit_pool(y[others], n[others], x[others]).prior(x[place : place + 1])
            rows.append({
                "type": kind, "cell": row.specialty, "matched": row.matched, "n": row.total, "a": a[0],
                "b": b[0], "cell_rate": np.nan, "overall": overall_rate(tables, kind, row.edition), "source_id": row.source_id,
            })  # fmt: skip
    return HeldOut("leave one specialty out", pd.DataFrame(rows))


def overall_rate(tables, applicant_type: str, year: int) -> float:
    """The type's published match rate (share) in a year, to any PGY-1 position."""
    for table in (tables.applicants, tables.rank_lengths):
        row = table[(table["match_year"] == year) & (table["applicant_type"] == applicant_type)]
        row = row.dropna(subset=["match_rate"])
        if len(row):
            return float(row["match_rate"].iloc[0])
    raise ValueError(f"no overall match rate of {applicant_type}s in {year}")


def score_bands(tables, measure: str) -> HeldOut:
    """Quarters of applicants by a characteristic, their rates as the quartiles imply them.

    The slope of a specialty is held out: predicted from the other specialties; its base rate and
    average are given, as they are to the estimator.
    """
    rows = []
    complete = tables.characteristics.dropna(subset=list(QUANTILES))
    for (kind, edition), of_type in complete.groupby(["applicant_type", "edition"]):
        of_type = of_type[of_type["measure"] == measure]
        fitted = fitted_terms(of_type, None)
        overall = overall_rate(tables, kind, edition)
        for specialty in fitted["specialty"]:
            others = fitted[fitted["specialty"] != specialty]
            rest = of_type[of_type["specialty"] != specialty]
            term = pooled_terms(others, [specialty], misfit=misfits(rest, others))[
                specialty, measure
            ]
            own = of_type[of_type["specialty"] == specialty].set_index("outcome")
            base = own.loc["matched", "n"] / own["n"].sum()
            for number, band in enumerate(bands(own, measure), start=1):
                p = expit(logit(base) + term.slope * band.distance)
                variance = 1 / (own["n"].sum() * base * (1 - base)) + term.misfit
                variance += term.variance * band.distance**2
                precision = max(1 / (variance * p * (1 - p)) - 1, 1.0)
                rows.append({
                    "type": kind, "cell": f"{specialty} {edition}, quarter {number}", "n": band.n,
                    "matched": band.matched, "a": p * precision, "b": (1 - p) * precision,
                    "cell_rate": base, "overall": overall, "source_id": own["source_id"].iloc[0],
                })  # fmt: skip
    return HeldOut(f"score bands: {measure.replace('_', ' ')}", pd.DataFrame(rows))


def score(held_out: HeldOut) -> pd.DataFrame:
    """One row an applicant type: people and cells held out, errors, log loss, coverage.

    mae: mean absolute error of the rate in percentage points, weighted by people, for the
    estimator, (a) and (b). log_loss: mean negative log likelihood a person. covered: share of
    held-out counts inside the predicted interval, binomial noise of the held-out count included
    (beta-binomial quantiles); a count on the bound is inside.
    """
    rows = []
    for kind, cells in held_out.cells.groupby("type"):
        rate = cells["matched"] / cells["n"]
        predicted = stats.beta.median(cells["a"], cells["b"])
        row = {"hold-out": held_out.name, "applicant type": kind, "cells": len(cells),
               "people": int(cells["n"].sum())}  # fmt: skip
        for name, values in (
            ("ours", predicted),
            ("a", cells["overall"]),
            ("b", cells["cell_rate"]),
        ):
            row[f"mae {name}"] = 100 * np.average(np.abs(rate - values), weights=cells["n"])
            p = np.clip(values, 1e-3, 1 - 1e-3)
            loss = -(cells["matched"] * np.log(p) + (cells["n"] - cells["matched"]) * np.log(1 - p))
            row[f"log loss {name}"] = loss.sum(skipna=False) / cells["n"].sum()
        for level in (0.8, 0.95):
            tail = (1 - level) / 2
            law = stats.betabinom(cells["n"], cells["a"], cells["b"])
            inside = (cells["matched"] >= law.ppf(tail)) & (cells["matched"] <= law.ppf(1 - tail))
            row[f"covered {level:.0%}"] = float(inside.mean())
        rows.append(row)
    return pd.DataFrame(rows)


def all_held_out(tables) -> list[HeldOut]:
    """Every hold-out the tables allow, in the order of the report."""
    return [
        leave_one_edition_out(tables),
        leave_one_specialty_out(tables),
        score_bands(tables, "step2_ck"),
        score_bands(tables, "contiguous_ranks"),
    ]


def report(tables) -> pd.DataFrame:
    """The calibration table: `score` of every hold-out, with the gain over (a) in percent."""
    table = pd.concat([score(held_out) for held_out in all_held_out(tables)], ignore_index=True)
    return table.assign(**{"gain over a": 1 - table["mae ours"] / table["mae a"]})


def as_markdown(table: pd.DataFrame) -> str:
    """`report` as a Markdown table; errors in points, shares in percent."""
    lines = [
        "| hold-out | applicant type | cells | people | error, ours | (a) type's rate | (b) cell's rate "
        "| gain over (a) | log loss, ours | (a) | (b) | in 80 % | in 95 % |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for row in table.to_dict("records"):
        known = row["mae b"] == row["mae b"]
        lines.append(
            f"| {row['hold-out']} | {row['applicant type']} | {row['cells']} | {row['people']:,} "
            f"| {row['mae ours']:.1f} | {row['mae a']:.1f} | {format(row['mae b'], '.1f') if known else '–'} "
            f"| {row['gain over a']:.0%} | {row['log loss ours']:.3f} | {row['log loss a']:.3f} "
            f"| {format(row['log loss b'], '.3f') if known else '–'} | {row['covered 80%']:.0%} "
            f"| {row['covered 95%']:.0%} |"
        )
    return "\n".join(lines)
