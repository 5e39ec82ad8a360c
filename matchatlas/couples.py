"""Couples in the Match: they enter one by one after the singles, and whom they displace goes on.

After Roth and Peranson, The Redesign of the Matching Market for American Physicians, American
Economic Review 89 (1999). Where a couple leaves a seat, those who would rather be there are heard
again. A stable matching need not exist with couples: the search then comes back to a state it was
in before, that is noticed, and a couple that it moves is set aside.
"""

from __future__ import annotations

from bisect import insort
from collections import defaultdict
from collections.abc import Iterable
from itertools import pairwise

import numpy as np

from matchatlas.market import UNMATCHED, Market
from matchatlas.stability import would_take

Seat = tuple[int, int, float]  # applicant, program, the applicant's standing there


class Loop(Exception):
    """The search goes in a circle that no couple has a part in."""


class Placement:
    """A matching into which couples enter.

    An agent is a single applicant, or a couple under a number beyond the applicants'. Agents and
    programs (as ~program) wait on a stack to be heard: who is part of a blocking pair waits, or
    its program does, so that the matching is stable when nobody waits.
    """

    def __init__(self, market: Market, quotas: np.ndarray, matched: np.ndarray):
        """matched: the stable matching of the singles alone."""
        self.singles, self.couples = market.applicants, market.couples
        self.program, self.standing = market.program.tolist(), market.standing.tolist()
        self.quota = quotas.tolist()
        self.agent = list(range(self.singles))
        for number, couple in enumerate(self.couples):
            for member in couple.members:
                self.agent[member] = self.singles + number
        self.pairs = [list(zip(c.pairs.tolist(), c.standing.tolist(), strict=True))
                      for c in self.couples]  # fmt: skip
        self.first = market.start[:-1].tolist() + [0] * len(self.couples)
        # The place on the list of what an agent has; its end where it has nothing.
        self.nothing = market.start[1:].tolist() + [len(pairs) for pairs in self.pairs]
        self.has = self.nothing.copy()
        self.owner = market.owner.tolist()
        self.held: list[list[tuple[float, int]]] = [[] for _ in self.quota]
        for entry in np.flatnonzero(market.program == matched[market.owner]).tolist():
            self.has[self.owner[entry]] = entry
            insort(self.held[self.program[entry]], (self.standing[entry], self.owner[entry]))
        self._who_ranks(market)
        self.waiting: dict[int, None] = {}  # a stack that holds nobody twice
        self.fingerprint = 0

    def _who_ranks(self, market: Market) -> None:
        """For each program: the singles' entries, best standing first, and the couples' pairs."""
        by_standing = np.argsort(market.standing)
        order = by_standing[np.argsort(market.program[by_standing], kind="stable")]
        bounds = np.searchsorted(market.program[order], np.arange(len(self.quota) + 1)).tolist()
        order = order.tolist()
        self.entries = [order[a:b] for a, b in pairwise(bounds)]
        self.ranked_by_couples = defaultdict(list)
        for number, pairs in enumerate(self.pairs):
            for place, (pair, _) in enumerate(pairs):
                for program in set(pair) - {UNMATCHED}:
                    self.ranked_by_couples[program].append((self.singles + number, place))

    def enter(self, couples: Iterable[int]) -> list[int]:
        """Let couples enter, one after the other; returns those that could not be placed.

        A couple in whose moves the search goes in a circle is set aside, and tried once more when
        all others are in. Raises Loop where a circle has no couple in it.
        """
        aside = [late for number in couples for late in self._place(number)]
        return [late for number in aside for late in self._place(number)]

    def _place(self, number: int) -> list[int]:
        """Let one couple enter; returns those set aside by it, often none, seldom itself."""
        aside = []
        self.first[self.singles + number] = 0
        self._wait(self.singles + number)
        while (agent := self._in_a_circle()) is not None:
            self.first[agent] = self.nothing[agent]  # as if it ranked nothing
            for program in self._leave(agent):
                self._wait(~program)
            aside.append(agent - self.singles)
        return aside

    def _in_a_circle(self) -> int | None:
        """Hear all who wait; where the search comes back to a former state, a couple it moves."""
        seen, again = set(), False
        while self.waiting:
            who, _ = self.waiting.popitem()
            if again and who >= self.singles:
                return who
            if who < 0:
                self._hear_again(~who)
            elif self._improve(who):
                state = (self.fingerprint, *self.waiting)
                if state in seen:
                    if again:
                        raise Loop
                    seen, again = set(), True
                seen.add(state)
        return None

    def matched(self) -> np.ndarray:
        """The program of each applicant, or UNMATCHED."""
        found = [UNMATCHED] * self.singles
        for program, held in enumerate(self.held):
            for _, applicant in held:
                found[applicant] = program
        return np.array(found)

    def _improve(self, agent: int) -> bool:
        """Give an agent the best it can have; whether anyone lost a seat by it."""
        for place in range(self.first[agent], self.has[agent]):
            seats = self._seats(agent, place)
            if self._would_take(agent, seats):
                return self._move(agent, place, seats)
        return False

    def _seats(self, agent: int, place: int) -> list[Seat]:
        if agent < self.singles:
            return [(agent, self.program[place], self.standing[place])]
        seats = zip(self.couples[agent - self.singles].members,
                    *self.pairs[agent - self.singles][place], strict=True)  # fmt: skip
        return [seat for seat in seats if seat[1] != UNMATCHED]

    def _would_take(self, agent: int, seats: list[Seat]) -> bool:
        """Whether each program would take the agent, who leaves what it has for these seats."""
        if agent < self.singles:
            _, program, standing = seats[0]
            return self._has_room(program, standing)
        for program in {program for _, program, _ in seats}:
            others = [s for s, a in self.held[program] if self.agent[a] != agent]
            wanted = [standing for _, at, standing in seats if at == program]
            if not would_take(others, self.quota[program], wanted):
                return False
        return True

    def _has_room(self, program: int, standing: float) -> bool:
        held, quota = self.held[program], self.quota[program]
        return len(held) < quota or (quota > 0 and standing < held[-1][0])

    def _move(self, agent: int, place: int, seats: list[Seat]) -> bool:
        left, lost = self._leave(agent), set()
        self._note(agent, place)
        for applicant, program, standing in seats:
            insort(self.held[program], (standing, applicant))
        if agent >= self.singles:
            # Whom it displaces may have stood before its other member, somewhere it wants more.
            self._wait(agent)
        for _, program, _ in seats:
            while len(self.held[program]) > self.quota[program]:
                loser = self.agent[self.held[program][-1][1]]
                lost |= self._leave(loser)
                self._wait(loser)
        # A seat can pass from one of a couple to the other: then it is full, yet easier to get.
        for program in left | {p for p in lost if len(self.held[p]) < self.quota[p]}:
            self._wait(~program)
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
        """A seat is easier to get: those wait who would rather have it and be taken."""
        for agent, place in self.ranked_by_couples[program]:
            if place < self.has[agent] and self._would_take(agent, self._seats(agent, place)):
                self._wait(agent)
        for entry in self.entries[program]:
            if not self._has_room(program, self.standing[entry]):
                break
            if entry < self.has[self.owner[entry]]:
                # One at a time, the best first: it may go somewhere better still.
                self._wait(~program)
                self._wait(self.owner[entry])
                break

    def _wait(self, who: int) -> None:
        """To the top of the stack."""
        self.waiting.pop(who, None)
        self.waiting[who] = None
