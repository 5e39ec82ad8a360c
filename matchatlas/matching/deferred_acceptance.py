"""The Match: applicant-proposing deferred acceptance, with couples, reversions and even quotas.

Gale and Shapley, College Admissions and the Stability of Marriage, American Mathematical Monthly
69 (1962); with couples, Roth and Peranson (1999), in `couples.py`. Every result is checked for
stability by `stability.blocking`, which knows nothing of how it was found.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from heapq import heapify, heappush, heapreplace

import numpy as np

from matchatlas.matching.couples import place_couples
from matchatlas.matching.market import UNMATCHED, Market
from matchatlas.matching.stability import Blocking, blocking

Ranked = Sequence[tuple[int, float]]  # programs, most wanted first, each with the standing there


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
    """Run the Match: applicants propose, programs hold the best up to their quotas.

    Without couples the matching is stable, and the best stable one for every applicant at once [1]_.
    With couples it mostly is stable (see `couples`). Positions that a donor leaves unfilled revert, a
    program that takes an even number gives an odd position up, and the Match is run again on the
    new quotas, until none is left to move.

    Parameters
    ----------
    market : Market
        See `market.from_lists`.

    Returns
    -------
    Matching
        Each applicant's program, the quotas after reversions, and every pair that blocks.

    References
    ----------
    .. [1] Gale and Shapley, College Admissions and the Stability of Marriage, American Mathematical
       Monthly 69 (1962).

    Examples
    --------
    Both want program 0 most; it takes applicant 1, and applicant 0 goes to program 1:

    >>> from matchatlas.matching.market import from_lists
    >>> result = solve(from_lists([[0, 1], [0, 1]], [[1, 0], [0, 1]], quotas=[1, 1]))
    >>> result.program, result.stable
    (array([1, 0]), True)
    """
    quotas = market.quotas.copy()
    while True:
        matched = _match(market, quotas)
        if not _requoted(market, quotas, matched):
            break
    return _checked(market, matched, quotas)


class Settled:
    """A Match of others that has come out, to try more applicants in; small, and quick to ask.

    Which of a list's programs keep an applicant who ranks it alone decides every list of those
    programs: the Match gives the first of them, in whatever order they are ranked (deferred
    acceptance is strategy-proof for whoever proposes: Roth, The Economics of Matching, Mathematics
    of Operations Research 7, 1982).
    """

    def __init__(self, market: Market, matching: Matching):
        """market: without couples, reversions and even quotas, where that does not hold (raises
        ValueError); matching: what `solve` gave for it."""
        if market.couples or market.reversions or market.even:
            raise ValueError(
                "more applicants can be tried only in a market without couples, reversions and even quotas"
            )
        owner, entries = market.owner, np.arange(len(market.program))
        held = market.program == matching.program[owner]
        place = market.start[1:].copy()
        place[owner[held]] = entries[held]
        self.quota = market.quotas.astype(np.int32)
        filled = np.bincount(market.program[held], minlength=len(self.quota))
        worst = np.full(len(self.quota), -np.inf)
        np.maximum.at(worst, market.program[held], market.standing[held])
        open_to = np.where(filled < self.quota, np.inf, worst)
        # What an applicant could still have: no seat gets easier to get by more applicants.
        live = (entries > place[owner]) & (market.standing < open_to[market.program])
        self.start = np.searchsorted(owner[live], np.arange(market.applicants + 1)).astype(np.int32)
        self.program = market.program[live].astype(np.int32)
        self.standing = market.standing[live].astype(float)
        order = np.flatnonzero(held)[np.argsort(market.program[held], kind="stable")]
        self.first = np.concatenate([[0], np.cumsum(filled)]).astype(np.int32)
        self.owner = owner[order].astype(np.int32)
        self.held = market.standing[order].astype(float)

    def keeps(self, program: int, standing: float) -> bool:
        """Whether a program keeps one more applicant, who ranks it alone and stands so there."""
        return self.enter([[(program, standing)]]).place[0] != UNMATCHED

    def enter(self, lists: Sequence[Ranked]) -> Entered:
        """Let newcomers in, each with a list: programs, most wanted first, and the standing there."""
        return Entered(self, lists)


class Entered:
    """A Match that has come out, with newcomers in it, and whom they displaced placed anew: the
    applicants' best stable matching of all together (deferred acceptance takes them in any order).

    place: of what each newcomer is matched to on the own list, or UNMATCHED.
    """

    def __init__(self, settled: Settled, lists: Sequence[Ranked]):
        self._settled, self._lists = settled, lists
        self._heaps: dict[int, list[tuple[float, int]]] = {}  # of whom they touch: the worst on top
        self._following: dict[int, int] = {}
        self.place = [UNMATCHED] * len(lists)
        for number in range(len(lists)):
            self._propose(~number)

    def room(self, program: int, standing: float) -> int:
        """Seats left when a program has seated all whom it holds and likes better than this."""
        better = sum(-negative < standing for negative, _ in self._heap(program))
        return int(self._settled.quota[program]) - better

    def _propose(self, who: int) -> None:
        quota = self._settled.quota
        while offer := self._next(who):
            program, standing = offer
            heap = self._heap(program)
            if len(heap) < quota[program]:
                heappush(heap, (-standing, who))
                return
            if heap and -standing > heap[0][0]:
                _, who = heapreplace(heap, (-standing, who))

    def _next(self, who: int) -> tuple[int, float] | None:
        """The next program that somebody proposes to: a newcomer (~number), or who was displaced."""
        if who < 0:
            place = self.place[~who] + 1
            self.place[~who] = place if place < len(self._lists[~who]) else UNMATCHED
            return self._lists[~who][place] if place < len(self._lists[~who]) else None
        of = self._settled
        entry = self._following.get(who, int(of.start[who]))
        if entry == of.start[who + 1]:
            return None
        self._following[who] = entry + 1
        return int(of.program[entry]), float(of.standing[entry])

    def _heap(self, program: int) -> list[tuple[float, int]]:
        if program not in self._heaps:
            of = self._settled
            some = slice(of.first[program], of.first[program + 1])
            self._heaps[program] = [
                (-standing, who)
                for standing, who in zip(of.held[some].tolist(), of.owner[some].tolist(), strict=True)
            ]
            heapify(self._heaps[program])
        return self._heaps[program]


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
