"""Every characteristic's term for every applicant type and specialty, own figures or borrowed ones."""

import numpy as np
import pandas as pd

from matchatlas.base_rates import BaseRates
from matchatlas.evidence import Term, fitted_terms, g, misfits, pooled_terms

# Whose figures stand in for a type that publishes none of its own.
STAND_INS = {"US IMG": "Non-US IMG", "US DO Senior": "US MD Senior"}


def all_terms(tables, rates: BaseRates) -> dict[tuple[str, str, str], Term]:
    """The terms of every (applicant type, specialty, measure) that `EstimatorTables` let count."""
    characteristics = tables.characteristics
    published = {}
    spreads, misfit = None, {}
    # Types that publish quartiles come first: their spreads are lent to those that do not.
    by_type = sorted(
        characteristics.groupby("applicant_type"), key=lambda x: x[1]["q1"].isna().all()
    )
    for applicant_type, rows in by_type:
        newest = rows[rows["edition"] == rows["edition"].max()]
        fitted = fitted_terms(newest, spreads)
        if newest["q1"].notna().any():
            spreads = _with_joint_measure(fitted)
            misfit = misfits(newest, fitted)
            misfit["abstracts_presentations_publications"] = misfit["publications"]
        published[applicant_type] = fitted
    terms = {}
    for applicant_type in sorted({t for t, _ in rates.cells}):
        lender = applicant_type if applicant_type in published else STAND_INS.get(applicant_type)
        if lender not in published:
            continue
        specialties = sorted(s for t, s in rates.cells if t == applicant_type)
        borrowed = "" if lender == applicant_type else f"{lender}s"
        for (specialty, measure), term in pooled_terms(
            published[lender], specialties, borrowed, misfit
        ).items():
            terms[applicant_type, specialty, measure] = term
        if (applicant_type, specialties[0], "contiguous_ranks") not in terms or borrowed:
            terms |= _rank_terms(tables.rank_lengths, spreads, misfit, applicant_type, specialties)
    return terms


def _with_joint_measure(fitted: pd.DataFrame) -> pd.DataFrame:
    """Spreads, with publications' standing in for the three kinds counted together."""
    joint = fitted[fitted["measure"] == "publications"]
    return pd.concat([fitted, joint.assign(measure="abstracts_presentations_publications")])


def _rank_terms(lengths, spreads, misfit, applicant_type, specialties) -> dict:
    """Contiguous ranks from the mean list lengths by type: no specialty's own figures."""
    rows = lengths[lengths["applicant_type"] == applicant_type]
    if rows.empty or spreads is None:
        return {}
    last = rows.sort_values("match_year").iloc[-1]
    sd = float(spreads.loc[spreads["measure"] == "contiguous_ranks", "sd"].median())
    one, zero = (
        float(g("contiguous_ranks", last[f"mean_ranks_{k}"])) for k in ("matched", "unmatched")
    )
    slope = (one - zero) / sd**2
    total = last["matched"] + last["unmatched"]
    term = Term(
        "contiguous_ranks", slope, (0.5 * slope) ** 2, misfit["contiguous_ranks"], (last["matched"] * one + last["unmatched"] * zero) / total,
        np.nan, np.nan, int(total), True, f"all specialties of {applicant_type}s together", last["source_id"],
    )  # fmt: skip
    return {(applicant_type, specialty, "contiguous_ranks"): term for specialty in specialties}
