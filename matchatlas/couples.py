"""Couples in the Match: they enter one by one after the singles, and whom they displace goes on.

After Roth and Peranson, The Redesign of the Matching Market for American Physicians, American
Economic Review 89 (1999). Where a couple leaves a seat, everyone who would rather be there is
heard again. A stable matching need not exist with couples: the search then comes back to a state
it was in before, and that is noticed.
"""

from __future__ import annotations

from bisect import insort
from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from matchatlas.market import UNMATCHED, Market
from matchatlas.stability import would_take

Seat = tuple[int, int, float]  # applicant, program, the applicant's standing there


class Loop(Exception):
    """The search came back to a former state."""


class Placement:
    """A matching into which couples enter.

    An agent is a single applicant, or a couple under a number beyond the applicants'. Between two
    steps, only agents on the stack may be part of a blocking pair: the matching is stable when it
    is empty.
    """

    def __init__(self, market: Market, quotas: np.ndarray, matched: np.ndarray):
        """matched: the stable matching of the singles alone."""
        self.market = market
        self.quota = quotas.tolist()
        self.agent = list(range(market.applicants))
        for number, couple in enumerate(market.couples):
            for member in couple.members:
                self.agent[member] = market.applicants + number
        self.first = market.start[:-1].tolist() + [0] * len(market.couples)
        # The place on the list of what an agent has; its end where it has nothing.
        self.has = market.start[1:].tolist() + [len(couple.pairs) for couple in market.couples]
        self.nothing = self.has.copy()
        self.held: list[list[tuple[float, int]]] = [[] for _ in self.quota]
        owner = market.owner
        for entry in np.flatnonzero(market.program == matched[owner]).tolist():
            self.has[owner[entry]] = entry
            insort(self.held[market.program[entry]], (market.standing[entry], int(owner[entry])))
        self.owner, self.by_program = owner, np.argsort(market.program, kind="stable")
        self.bounds = np.searchsorted(market.program[self.by_program], np.arange(len(quotas) + 1))
        self.couples_by_program = defaultdict(list)
        for number, couple in enumerate(market.couples):
            for place, pair in enumerate(couple.pairs.tolist()):
                for program in set(pair) - {UNMATCHED}:
                    self.couples_by_program[program].append((market.applicants + number, place))
        self.stack: list[int] = []
        self.fingerprint = 0
        self.seen: set[tuple] = set()

    def enter(self, couples: Sequence[int]) -> None:
        """Let couples enter, one after the other. Raises Loop where the search goes in a circle."""
        for number in couples:
            self.seen.clear()
            self._push(self.market.applicants + number)
            while self.stack:
                if self._improve(self.stack.pop()):
                    state = (self.fingerprint, *self.stack)
                    if state in self.seen:
                        raise Loop
                    self.seen.add(state)

    def matched(self) -> np.ndarray:
        """The program of each applicant, or UNMATCHED."""
        found = np.full(self.market.applicants, UNMATCHED)
        for program, held in enumerate(self.held):
            found[[applicant for _, applicant in held]] = program
        return found

    def _improve(self, agent: int) -> bool:
        """Give an agent the best it can have; whether anyone lost a seat by it."""
        for place in range(self.first[agent], self.has[agent]):
            seats = self._seats(agent, place)
            if self._would_take(agent, seats):
                return self._move(agent, place, seats)
        return False

    def _seats(self, agent: int, place: int) -> list[Seat]:
        if agent < self.market.applicants:
            return [(agent, int(self.market.program[place]), self.market.standing[place])]
        couple = self.market.couples[agent - self.market.applicants]
        seats = zip(couple.members, couple.pairs[place].tolist(), couple.standing[place].tolist(),
                    strict=True)  # fmt: skip
        return [seat for seat in seats if seat[1] != UNMATCHED]

    def _would_take(self, agent: int, seats: list[Seat]) -> bool:
        for program in {program for _, program, _ in seats}:
            others = [s for s, a in self.held[program] if self.agent[a] != agent]
            wanted = [standing for _, at, standing in seats if at == program]
            if not would_take(others, self.quota[program], wanted):
                return False
        return True

    def _move(self, agent: int, place: int, seats: list[Seat]) -> bool:
        left, lost = self._leave(agent), set()
        self._note(agent, place)
        for applicant, program, standing in seats:
            insort(self.held[program], (standing, applicant))
        if agent >= self.market.applicants:
            # Whom it displaced may have stood before its other member, somewhere it wants more.
            self._push(agent)
        for _, program, _ in seats:
            while len(self.held[program]) > self.quota[program]:
                loser = self.agent[self.held[program][-1][1]]
                lost |= self._leave(loser)
                self._push(loser)
        # A couple's seat can pass to its other member: then it is full, yet easier to get.
        for program in left | {p for p in lost if len(self.held[p]) < self.quota[p]}:
            self._hear_again(program)
        return bool(lost)

    def _leave(self, agent: int) -> set[int]:
        """Take an agent out of its seats; returns the programs it leaves."""
        if self.has[agent] == self.nothing[agent]:
            return set()
        seats = self._seats(agent, self.has[agent])
        for applicant, program, standing in seats:
            self.held[program].remove((standing, applicant))
        self._note(agent, self.nothing[agent])
        return {program for _, program, _ in seats}

    def _note(self, agent: int, place: int) -> None:
        # One number for who has what, kept up step by step.
        self.fingerprint ^= hash((agent, self.has[agent])) ^ hash((agent, place))
        self.has[agent] = place

    def _hear_again(self, program: int) -> None:
        """A seat is easier to get: whoever would rather have it is heard, the best standing first."""
        entries = self.by_program[self.bounds[program] : self.bounds[program + 1]]
        for entry in entries[np.argsort(-self.market.standing[entries])].tolist():
            if entry < self.has[self.owner[entry]]:
                self._push(int(self.owner[entry]))
        for agent, place in self.couples_by_program[program]:
            if place < self.has[agent]:
                self._push(agent)

    def _push(self, agent: int) -> None:
        if agent not in self.stack:
            self.stack.append(agent)
