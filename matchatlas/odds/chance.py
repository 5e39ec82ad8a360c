"""What every estimate starts from: its draws, and what characteristics count beside one another.

Draws hang on the seed and a name alone, so they are made once: an estimate then costs a few sums
over them.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from functools import lru_cache

import numpy as np
from scipy.special import expit, logit

from matchatlas.odds.base_rates import Cell
from matchatlas.odds.evidence import Term

DRAWS = 1000
# How strongly the strongest characteristics hang together within an outcome: no table has it, so it
# is drawn from this range for every draw instead of being fixed. The estimate itself uses the middle.
CORRELATION = (0.0, 0.6)
MIDDLE = float(np.mean(CORRELATION))


def _stream(seed: int, *names: str) -> np.random.Generator:
    return np.random.default_rng([seed, zlib.crc32("/".join(names).encode())])


@lru_cache(2048)
def normals(seed: int, count: int, *names: str) -> np.ndarray:
    """Standard normal numbers, shape (count, DRAWS)."""
    return _stream(seed, *names).standard_normal((count, DRAWS))


@lru_cache(1)
def correlations(seed: int) -> np.ndarray:
    """Draws (DRAWS,) of how strongly the strongest characteristics hang together."""
    return _stream(seed, "correlation").uniform(*CORRELATION, DRAWS)


@lru_cache(256)
def base_odds(seed: int, cell: Cell) -> np.ndarray:
    """Draws of a cell's base rate, in log odds."""
    return logit(cell.draws(_stream(seed, "base", cell.applicant_type, cell.specialty), DRAWS))


def settled(centers: np.ndarray, odds: np.ndarray) -> np.ndarray:
    """Draws (V, DRAWS) of the rate, their medians at the centers."""
    return expit(odds + (logit(centers) - np.median(odds, axis=1))[:, None])


def shared(terms: Mapping[str, Term], strongest: float, correlation) -> np.ndarray:
    """Share of each characteristic's spread within an outcome that is common strength.

    One factor stands behind what the characteristics tell: the more one tells of the outcome, the more
    it mirrors the factor, so that two as strong as the strongest have `correlation`, and one that
    tells nothing hangs together with none. Shape (..., terms).
    """
    strengths = np.array([term.strength for term in terms.values()])
    return correlation * (strengths / strongest) ** 2 if strongest else 0 * strengths


def weights(common: np.ndarray) -> np.ndarray:
    """What each known characteristic counts beside the others, `common` as `shared` has it (0: not
    known): the exact solution for normal characteristics with one common factor (the inverse of
    their correlation matrix, by Sherman and Morrison, times their effects)."""
    own = 1 - common
    return 1 / (own * (1 + (common / own).sum(axis=-1, keepdims=True)))
