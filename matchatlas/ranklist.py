"""The Match: applicant-proposing deferred acceptance, with couples, reversions and even quotas.

Gale and Shapley, College Admissions and the Stability of Marriage, American Mathematical Monthly
69 (1962); with couples, Roth and Peranson (1999), in `couples.py`. Every result is checked for
stability by `stability.blocking`, which knows nothing of how it was found.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from heapq import heappush, heapreplace

import numpy as np

from matchatlas.couples import place_couples
from matchatlas.market import UNMATCHED, Market
from matchatlas.stability import Blocking, blocking


@dataclass(frozen=True)
class Matching:
    """The result of a Match.

    program: of each applicant, or UNMATCHED; quotas: after reversions; blocking: every pair that
    would rather have each other (as `stability` defines it), none where stable. With couples one
    may be left, which does not prove that no matching is stable.
    """

    program: np.ndarray
    quotas: np.ndarray
    blocking: tuple[Blocking, ...]

    @property
    def stable(self) -> bool:
        """Whether no applicant (or couple) and program would rather have each other."""
        return not self.blocking


def solve(market: Market) -> Matching:
    """Run the Match.

    Without couples the matching is stable and the best stable one for every applicant at once.
    With couples it mostly is stable (see `couples`). Positions that a donor leaves unfilled revert, a
    program that takes an even number gives an odd position up, and the Match is run again on the
    new quotas, until none is left to move.
    """
    quotas = market.quotas.copy()
    while True:
        matched = _match(market, quotas)
        if not _requoted(market, quotas, matched):
            break
    return _checked(market, matched, quotas)


def outcomes(
    market: Market, applicant: int, orders: Iterable[Sequence[int]]
) -> tuple[Matching, np.ndarray]:
    """What one applicant would match to under other rank order lists, all else unchanged.

    orders: rank order lists, as places on the applicant's list in the market (all or some of
    them, in any order). Returns the matching of the market as it is, and for each order the place
    matched to, or UNMATCHED. Exact, and quick: the result does not depend on who proposes first,
    so the others propose once.
    Raises ValueError for a market with couples, reversions or even quotas, where that does not
    hold.
    """
    if market.couples or market.reversions or market.even:
        raise ValueError(
            "other lists can be tried in a market without couples, reversions and even quotas"
        )
    others = Proposals(market, market.quotas)
    others.enter(a for a in range(market.applicants) if a != applicant)
    first = int(market.start[applicant])
    found = []
    for order in orders:
        trial = others.copy()
        trial.relist(applicant, [first + place for place in order])
        trial.enter([applicant])
        found.append(next((place for place in order if trial.holds(first + place)), UNMATCHED))
    others.enter([applicant])
    return _checked(market, others.matched(), market.quotas), np.array(found, dtype=np.int64)


def _checked(market: Market, matched: np.ndarray, quotas: np.ndarray) -> Matching:
    return Matching(matched, quotas, tuple(blocking(market, matched, quotas)))


class Proposals:
    """Single applicants proposing down their lists; programs hold the best up to their quotas."""

    def __init__(self, market: Market, quotas: np.ndarray):
        # Each entry has a number, larger where its program likes the applicant better, and heaps
        # hold those: plain numbers in plain lists are several times as fast as pairs or arrays.
        order = np.argsort(-market.standing)
        number = np.empty(len(order), dtype=np.int64)
        number[order] = np.arange(len(order))
        self.program, self.number = market.program.tolist(), number.tolist()
        self.owner = market.owner[order].tolist()
        self.next, self.end = market.start[:-1].tolist(), market.start[1:].tolist()
        self.quota = quotas.tolist()
        self.held: list[list[int]] = [[] for _ in self.quota]  # heaps: the worst on top

    def copy(self) -> Proposals:
        """A state to go on from, apart from this one."""
        other = copy(self)
        other.next, other.end = self.next.copy(), self.end.copy()
        other.held = [heap.copy() for heap in self.held]
        return other

    def relist(self, applicant: int, entries: Sequence[int]) -> None:
        """Give an applicant who has not entered another list, of entries of the market."""
        self.next[applicant] = len(self.program)
        self.program += [self.program[entry] for entry in entries]
        self.number += [self.number[entry] for entry in entries]
        self.end[applicant] = len(self.program)

    def enter(self, applicants: Iterable[int]) -> None:
        """Let applicants propose, and whoever is displaced go on, until all are held or done."""
        program, number, owner, held = self.program, self.number, self.owner, self.held
        following, end, quota = self.next, self.end, self.quota
        for applicant in applicants:
            entry, last = following[applicant], end[applicant]
            while entry < last:
                at, offer = program[entry], number[entry]
                heap = held[at]
                entry += 1
                if len(heap) < quota[at]:
                    heappush(heap, offer)
                    following[applicant] = entry
                    break
                if heap and offer > heap[0]:
                    following[applicant] = entry
                    applicant = owner[heapreplace(heap, offer)]
                    entry, last = following[applicant], end[applicant]

    def holds(self, entry: int) -> bool:
        """Whether the program of an entry holds its applicant."""
        return self.number[entry] in self.held[self.program[entry]]

    def matched(self) -> np.ndarray:
        """The program of each applicant, or UNMATCHED."""
        found = [UNMATCHED] * len(self.next)
        for program, heap in enumerate(self.held):
            for offer in heap:
                found[self.owner[offer]] = program
        return np.array(found, dtype=np.int64)


def _match(market: Market, quotas: np.ndarray) -> np.ndarray:
    proposals = Proposals(market, quotas)
    proposals.enter(range(market.applicants))
    singles = proposals.matched()
    return place_couples(market, quotas, singles) if market.couples else singles


def _requoted(market: Market, quotas: np.ndarray, matched: np.ndarray) -> bool:
    """Move and give up positions, in place, by what was filled; whether there were any."""
    filled = np.bincount(matched[matched != UNMATCHED], minlength=len(quotas))
    usable = filled.copy()
    even = list(market.even)
    usable[even] -= filled[even] % 2
    before = quotas.copy()
    for donor, receiver in market.reversions:
        quotas[receiver] += before[donor] - usable[donor]
        quotas[donor] -= before[donor] - usable[donor]
    odd = [program for program in even if filled[program] % 2]
    quotas[odd] = np.minimum(quotas[odd], usable[odd])
    return bool((quotas != before).any())
