"""An estimate, and how it is told: a rate with its interval, and a natural frequency."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import numpy as np
from scipy.stats import binom

from matchatlas.applicant import Applicant
from matchatlas.odds.base_rates import Cell


@dataclass(frozen=True)
class Estimate:
    """An estimate and all that must stand beside it. Rates are shares, 0 to 1.

    center; low, high: 95 % interval of the rate; low80, high80; base: the same of the group, before
    evidence; match_year: the Match it is for; contributions: (measure, percentage points), in the
    order they were added to the base; notes: what the reader must know; not_counted: what the
    profile says that the number does not know; draws: the posterior, for differences.
    """

    applicant: Applicant
    match_year: int
    center: float
    low: float
    high: float
    low80: float
    high80: float
    base: Cell
    contributions: tuple[tuple[str, float], ...]
    notes: tuple[str, ...]
    not_counted: tuple[str, ...]
    source_ids: tuple[str, ...]
    draws: np.ndarray = field(repr=False, compare=False)

    @property
    def sentence(self) -> str:
        """The estimate as a rate with its interval, and as a natural frequency."""
        return told_rate(self.center, self.low, self.high)

    @cached_property
    def of_hundred(self) -> tuple[int, int]:
        """Between how many and how many of 100 such applicants will match (95 %): the doubt about
        the rate and the chance of 100 people together, so wider than the rate's interval."""
        counts = np.cumsum(_of_hundred()[np.rint(200 * self.draws).astype(int)].mean(axis=0))
        return int(np.searchsorted(counts, 0.025)), int(np.searchsorted(counts, 0.975))

    def minus(self, other: Estimate) -> tuple[float, float, float]:
        """Difference to another estimate in percentage points: center, and 95 % interval."""
        difference = 100 * (self.draws - other.draws)
        low, high = np.quantile(difference, [0.025, 0.975])
        return 100 * (self.center - other.center), float(low), float(high)


@lru_cache(1)
def _of_hundred() -> np.ndarray:
    """Law of the count among 100 people, for rates 0, 0.005, ..., 1: shape (201, 101)."""
    return binom.pmf(np.arange(101)[None, :], 100, np.arange(201)[:, None] / 200)


def told_rate(center: float, low: float, high: float) -> str:
    """A rate in words: as a natural frequency, and the interval.

    Parameters
    ----------
    center, low, high : float
        The rate and its 95 % interval, as shares.

    Returns
    -------
    str

    Examples
    --------
    >>> told_rate(0.58, 0.51, 0.65)
    'About 58 of 100 such applicants will match to their preferred specialty; the rate lies between 51 and 65 %'
    """
    return (
        f"About {100 * center:.0f} of 100 such applicants will match to their preferred specialty; "
        f"the rate lies between {100 * low:.0f} and {100 * high:.0f} %"
    )
