"""Couples in the Match: they enter one by one after the singles, and whom they displace goes on.

After Roth and Peranson, The Redesign of the Matching Market for American Physicians, American
Economic Review 89 (1999). Several orders of the couples are tried, whoever found no place first in
the next, as in Kojima, Pathak and Roth, Matching with Couples, Quarterly Journal of Economics 128
(2013). What blocks a matching is defined in `stability`. A stable matching need not exist with
couples: the search then comes back to a state it was in before, that is noticed, and a couple that
it moves is set aside. Those set aside are tried again, first as before, then by moves that are
better for whoever moves but drawn at random (Roth and Vande Vate, Random Paths to Stability in
Two-Sided Matching, Econometrica 58, 1990), which leave circles that the best moves run into.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from matchatlas.matching.market import UNMATCHED, Market

Seat = tuple[int, int, float]  # applicant, program, the applicant's standing there
ORDERS = 40  # of the couples, tried one after the other
ROUNDS, BEST_MOVES = 12, 2  # within an order, tries of those set aside; of them, by best moves
PATIENCE = 200  # agents heard for one couple's sake, before one of those it moves is set aside
STEPS = 26_000  # agents heard in all: what bounds the time, about 30 microseconds each


def place_couples(market: Market, quotas: np.ndarray, matched: np.ndarray) -> np.ndarray:
    """The matching with the couples in, one after the other [1]_. Deterministic.

    Orders are tried until one leaves no couple aside, which is when the matching is stable, or until
    ORDERS or STEPS; then the matching of the order that left the fewest aside is given.

    Parameters
    ----------
    market : Market
        With couples.
    quotas : ndarray of int, shape (programs,)
        Positions, after reversions.
    matched : ndarray of int, shape (applicants,)
        The stable matching of the singles alone.

    Returns
    -------
    ndarray of int, shape (applicants,)
        The program of each applicant, or UNMATCHED.

    References
    ----------
    .. [1] Roth and Peranson, The Redesign of the Matching Market for American Physicians, American
       Economic Review 89 (1999).

    Examples
    --------
    A couple that ranks the two seats of program 0 takes both:

    >>> from matchatlas.matching.market import from_lists
    >>> market = from_lists([[], []], [[0, 1]], [2], couples=[(0, 1, [(0, 0)])])
    >>> place_couples(market, market.quotas, np.array([UNMATCHED, UNMATCHED]))
    array([0, 0])
    """
    stream = np.random.default_rng(0)
    search = _Search(market, quotas, matched, stream)
    order = list(range(len(market.couples)))
    best, fewest = matched, len(order) + 1
    for _ in range(ORDERS):
        aside = search.enter(order)
        if len(aside) < fewest:
            best, fewest = search.matched(), len(aside)
        if not aside or search.steps > STEPS:
            break
        others = [number for number in order if number not in set(aside)]
        order = [*aside, *stream.permutation(others).tolist()]
    return best


class _Search:
    """A matching into which couples enter.

    An agent is a single applicant, or a couple under a number beyond the applicants'. Agents and
    programs (as ~program) wait on a stack to be heard: who is part of a blocking pair waits, or
    its program does, so that the matching is stable when nobody waits and no couple is aside.
    """

    def __init__(self, market: Market, quotas: np.ndarray, matched: np.ndarray, stream):
        self.singles, self.couples = market.applicants, market.couples
        self.program, self.standing = market.program.tolist(), market.standing.tolist()
        self.quota = quotas.tolist()
        self.agent = list(range(self.singles))
        for number, couple in enumerate(self.couples):
            for member in couple.members:
                self.agent[member] = self.singles + number
        self.pairs = [list(zip(c.pairs.tolist(), c.standing.tolist(), strict=True)) for c in self.couples]
        # The place on the list of what an agent has; its end where it has nothing.
        self.nothing = market.start[1:].tolist() + [len(pairs) for pairs in self.pairs]
        self._first = market.start[:-1].tolist() + self.nothing[self.singles :]
        self.owner = market.owner.tolist()
        self._has = self.nothing.copy()
        self._held: list[list[tuple[float, int]]] = [[] for _ in self.quota]
        for entry in np.flatnonzero(market.program == matched[market.owner]).tolist():
            self._has[self.owner[entry]] = entry
            insort(self._held[self.program[entry]], (self.standing[entry], self.owner[entry]))
        self._who_ranks(market)
        self.stream, self.steps = stream, 0

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

    def enter(self, order: Sequence[int]) -> list[int]:
        """Begin with the singles alone and let couples enter in this order, those who are set
        aside again when all others are in; returns those that stay aside, none where stable."""
        self.waiting: dict[int, None] = {}  # a stack that holds nobody twice
        state = (self._has, self._held, self._first, 0)
        aside = list(order)
        for number in range(ROUNDS):
            self._restore(state)
            self.best_moves = number < BEST_MOVES
            late = [late for number in aside for late in self._place(number)]
            if len(late) <= len(aside) or number == 0:
                aside, state = late, (self.has, self.held, self.first, self.fingerprint)
            if not aside or self.steps > STEPS:
                break
        self._restore(state)
        return aside

    def _restore(self, state: tuple) -> None:
        has, held, first, self.fingerprint = state
        self.has, self.held, self.first = has.copy(), [h.copy() for h in held], first.copy()

    def _place(self, number: int) -> list[int]:
        """Let one couple enter; returns those set aside by it, often none, seldom itself."""
        if self.steps > STEPS:
            return [number]
        aside = []
        self.first[self.singles + number] = 0
        self._wait(self.singles + number)
        while (agent := self._in_a_circle()) is not None:
            self.first[agent] = self.nothing[agent]  # as if it ranked nothing
            self.waiting.pop(agent, None)
            for program in self._leave(agent):
                self._wait(~program)
            aside.append(agent - self.singles)
        return aside

    def _in_a_circle(self) -> int | None:
        """Hear all who wait; where the search comes back to a former state, a couple it moves."""
        seen, until, moved = set(), self.steps + PATIENCE, None
        while self.waiting:
            who = self._next()
            self.steps += 1
            if who < 0:
                self._hear_again(~who)
            elif self._improve(who):
                if who >= self.singles:
                    moved = who
                state = (self.fingerprint, *self.waiting)
                if moved is not None and (state in seen or self.steps > until):
                    return moved
                seen.add(state)
            if self.steps > STEPS + PATIENCE:  # whoever waits may be part of a blocking pair
                self.waiting.clear()
        return None

    def _next(self) -> int:
        """Who is heard next: the last who came to wait, or anyone by chance."""
        if self.best_moves:
            return self.waiting.popitem()[0]
        who = list(self.waiting)[self.stream.integers(len(self.waiting))]
        del self.waiting[who]
        return who

    def matched(self) -> np.ndarray:
        """The program of each applicant, or UNMATCHED."""
        found = [UNMATCHED] * self.singles
        for program, held in enumerate(self.held):
            for _, applicant in held:
                found[applicant] = program
        return np.array(found, dtype=np.int64)

    def _improve(self, agent: int) -> bool:
        """Give an agent the best it can have (a couple, by chance, anything better); whether it
        moved."""
        open_to: Iterator[tuple[int, list]] = (
            (place, seats)
            for place in range(self.first[agent], self.has[agent])
            if self._would_take(agent, seats := self._seats(agent, place))
        )
        if not self.best_moves and agent >= self.singles and (found := list(open_to)):
            open_to = iter([found[self.stream.integers(len(found))]])
        if best := next(open_to, None):
            self._move(agent, *best)
        return best is not None

    def _seats(self, agent: int, place: int) -> list[Seat]:
        if agent < self.singles:
            return [(agent, self.program[place], self.standing[place])]
        seats = zip(
            self.couples[agent - self.singles].members, *self.pairs[agent - self.singles][place], strict=True
        )
        return [seat for seat in seats if seat[1] != UNMATCHED]

    def _would_take(self, agent: int, seats: list[Seat]) -> bool:
        """Whether each program would take whoever of the agent asks there: see `stability`."""
        if agent < self.singles:
            return self._better(seats[0]) < self.quota[seats[0][1]]
        has = self.has[agent]
        own = self._seats(agent, has) if has < self.nothing[agent] else []
        asks = [seat for seat in seats if seat not in own]
        if len(asks) == 2 and asks[0][1] == asks[1][1]:
            better, worse = sorted(asks, key=lambda seat: seat[2])
            quota = self.quota[better[1]]
            return self._better(better) < quota - 1 and self._better(worse) < quota
        stays = [seat for seat in seats if seat in own]
        return all(
            self._better(seat) + sum(s[1] == seat[1] and s[2] > seat[2] for s in stays) < self.quota[seat[1]]
            for seat in asks
        )

    def _better(self, seat: Seat) -> int:
        """How many the program of a seat holds whom it likes better."""
        return bisect_left(self.held[seat[1]], (seat[2],))

    def _move(self, agent: int, place: int, seats: list[Seat]) -> None:
        easier = self._leave(agent)
        self._note(agent, place)
        for applicant, program, standing in seats:
            insort(self.held[program], (standing, applicant))
        if agent >= self.singles:
            # From where it is now more may be open to it, and whom it displaces may have stood
            # before its other member.
            self._wait(agent)
            easier |= {program for _, program, _ in seats}
        for _, program, _ in seats:
            held = self.held[program]
            while len(held) > self.quota[program]:
                loser = next(a for _, a in reversed(held) if self.agent[a] != agent)
                easier |= self._leave(self.agent[loser]) - {program}
                self._wait(self.agent[loser])
        for program in easier:
            self._wait(~program)

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
            if self.first[agent] <= place < self.has[agent] and self._would_take(
                agent, self._seats(agent, place)
            ):
                self._wait(agent)
        for entry in self.entries[program]:
            if self._better((0, program, self.standing[entry])) >= self.quota[program]:
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
