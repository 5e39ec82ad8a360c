"""Intervals for published proportions."""

import numpy as np
from scipy import stats


def jeffreys(matched, total, level: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
    """Jeffreys interval for a proportion: chance alone, how far another cohort of this size, drawn
    alike, may lie from this one.

    The bounds are quantiles of Beta(matched + 1/2, unmatched + 1/2) [1]_; at 0 and at `total` matched
    the outer bound is 0 and 1.

    Parameters
    ----------
    matched, total : array_like, shape (n,) or scalars
        Counts of people.
    level : float
        The coverage aimed at, 0 to 1.

    Returns
    -------
    low, high : ndarray, shape (n,)
        The bounds as shares, 0 to 1.

    Raises
    ------
    ValueError
        Where matched is not within 0 and total.

    References
    ----------
    .. [1] Brown, Cai and DasGupta, Interval Estimation for a Binomial Proportion, Statistical Science
       16 (2001).

    Examples
    --------
    >>> low, high = jeffreys([0, 58, 100], [20, 100, 100])
    >>> low.round(3), high.round(3)
    (array([0.   , 0.482, 0.975]), array([0.117, 0.673, 1.   ]))
    """
    matched = np.asarray(matched, dtype=float)
    total = np.asarray(total, dtype=float)
    if np.any(matched < 0) or np.any(matched > total):
        raise ValueError("matched must lie between 0 and total")
    tail = (1 - level) / 2
    low = stats.beta.ppf(tail, matched + 0.5, total - matched + 0.5)
    high = stats.beta.ppf(1 - tail, matched + 0.5, total - matched + 0.5)
    return np.where(matched == 0, 0.0, low), np.where(matched == total, 1.0, high)
