"""Intervals for published proportions."""

import numpy as np
from scipy import stats


def jeffreys(matched, total, level: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
    """Jeffreys interval for a proportion: bounds as shares, 0 to 1.

    matched, total: counts (arrays of one shape). level: the coverage aimed at, 0 to 1.
    The bounds are quantiles of Beta(matched + 1/2, unmatched + 1/2); at 0 and at `total` matched
    the outer bound is 0 and 1. It speaks of chance alone: how far another cohort of this size,
    drawn alike, may lie from this one.
    Source: Brown, Cai and DasGupta, Interval Estimation for a Binomial Proportion, Statistical
    Science 16 (2001).
    Raises ValueError where matched is not within 0 and total.
    """
    matched = np.asarray(matched, dtype=float)
    total = np.asarray(total, dtype=float)
    if np.any(matched < 0) or np.any(matched > total):
        raise ValueError("matched must lie between 0 and total")
    tail = (1 - level) / 2
    low = stats.beta.ppf(tail, matched + 0.5, total - matched + 0.5)
    high = stats.beta.ppf(1 - tail, matched + 0.5, total - matched + 0.5)
    return np.where(matched == 0, 0.0, low), np.where(matched == total, 1.0, high)
