"""How friendly specialties are to IMGs, in words that follow from two published figures."""

import numpy as np
import pandas as pd

from matchatlas.odds.intervals import jeffreys

GUIDE_LIST = ("Internal Medicine", "Family Medicine", "Pediatrics", "Psychiatry", "Pathology")

WORDS = {
    (
        True,
        1,
    ): "more non-US IMGs than average train here, and those who prefer it match more often than elsewhere.",
    (
        True,
        0,
    ): "more non-US IMGs than average train here; those who prefer it match about as often as elsewhere.",
    (
        True,
        -1,
    ): "more non-US IMGs than average train here, yet those who prefer it match less often than elsewhere.",
    (
        False,
        1,
    ): "fewer non-US IMGs than average train here, yet those who prefer it match more often than elsewhere.",
    (
        False,
        0,
    ): "fewer non-US IMGs than average train here; how often those who prefer it match cannot be told apart "
    "from the average.",
    (
        False,
        -1,
    ): "fewer non-US IMGs than average train here, and those who prefer it match less often than elsewhere.",
}


def verdicts(rows: pd.DataFrame) -> tuple[pd.DataFrame, float, float]:
    """Add rate, low, high (Jeffreys, 95 %), guide and verdict to `Catalog.img_friendliness`.

    Returns the rows, non-US IMGs' share of all positions filled, and non-US IMGs' match rate over all
    specialties (0 to 1). A rate counts as above or below the average only where its interval
    leaves the average out; a row that lacks a side has no verdict.
    """
    rows = rows.copy()
    overall_share = rows["non_us_filled"].sum() / rows["filled_total"].sum()
    overall_rate = rows["matched"].sum() / rows["total"].sum()
    rows["rate"] = rows["matched"] / rows["total"]
    known = rows["total"].notna()
    rows[["low", "high"]] = np.nan
    low, high = jeffreys(rows.loc[known, "matched"], rows.loc[known, "total"])
    rows.loc[known, "low"], rows.loc[known, "high"] = low, high
    rows["guide"] = rows["specialty"].isin(GUIDE_LIST)
    side = np.where(rows["low"] > overall_rate, 1, np.where(rows["high"] < overall_rate, -1, 0))
    many = rows["non_us_share"] > overall_share
    words = [WORDS[bool(a), int(b)] for a, b in zip(many, side, strict=True)]
    complete = rows["img_share"].notna() & rows["rate"].notna()
    rows["verdict"] = pd.Series(words, index=rows.index).where(complete)
    return rows, overall_share, overall_rate
