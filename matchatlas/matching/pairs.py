"""One couple in a Match that has come out: which of its pairs it is matched to.

A pair keeps a couple where both members are kept who rank their program of it alone; a matching of
that is stable unless an earlier pair blocks it (as `stability` defines it), since everyone else was
placed stably. So what is found is stable, or told as not; with couples there may be no stable one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from matchatlas.matching.deferred_acceptance import Entered, Settled
from matchatlas.matching.market import UNMATCHED

Pair = tuple[int, int]


class Seat(NamedTuple):
    """A program of a Match, and how an applicant stands there (lower is better)."""

    settled: Settled
    program: int
    standing: float

    @property
    def keeps(self) -> bool:
        """Whether the program keeps an applicant who ranks it alone."""
        return self.settled.keeps(self.program, self.standing)


Seats = Sequence[Seat | None]  # None: the program does not rank the applicant


def enter(seats: Sequence[Sequence[Seat]]) -> tuple[dict[Settled, Entered], list[int]]:
    """Let applicants into their Matches, each with a list of seats that are all of one Match.

    Returns the Matches with them in, and the place of each on the own list, or UNMATCHED.
    """
    by_match: dict[Settled, list[int]] = {}
    for number, own in enumerate(seats):
        if own:
            by_match.setdefault(own[0].settled, []).append(number)
    place, entered = [UNMATCHED] * len(seats), {}
    for settled, numbers in by_match.items():
        entered[settled] = settled.enter([[seat[1:] for seat in seats[number]] for number in numbers])
        for number, found in zip(numbers, entered[settled].place, strict=True):
            place[number] = found
    return entered, place


def place_couple(pairs: Sequence[Pair], seats: tuple[Seats, Seats]) -> tuple[int, bool]:
    """The place of the pair that a couple is matched to, or UNMATCHED, and whether that is stable.

    pairs: places on the two members' `seats`, most wanted first, UNMATCHED for no match. Where no
    stable matching is found it is the first pair that would keep the couple.
    """
    # Who is kept beside the partner is kept alone, too: nobody gains by one applicant more.
    alone = [[seat is not None and seat.keeps for seat in own] for own in seats]
    fallback = UNMATCHED
    for place, pair in enumerate(pairs):
        if not all(n == UNMATCHED or alone[side][n] for side, n in enumerate(pair)):
            continue
        asked = [seats[side][n] for side, n in enumerate(pair) if n != UNMATCHED]
        entered, found = enter([[seat] for seat in asked if seat is not None])
        if UNMATCHED in found:
            continue
        if not _blocked(pairs[:place], pair, seats, entered):
            return place, True
        fallback = place if fallback == UNMATCHED else fallback
    stable = fallback == UNMATCHED and not _blocked(pairs, (UNMATCHED, UNMATCHED), seats, {})
    return fallback, stable


def _blocked(
    wanted: Sequence[Pair], now: Pair, seats: tuple[Seats, Seats], entered: Mapping[Settled, Entered]
) -> bool:
    """Whether the programs of a pair that the couple wants more than it has would take whoever of
    it asks there."""
    entered = dict(entered)
    room: tuple[dict[int, int], dict[int, int]] = ({UNMATCHED: 1}, {UNMATCHED: 1})

    def left(side: int, n: int) -> int:
        if n not in room[side]:
            seat = seats[side][n]
            if seat is not None and seat.settled not in entered:
                entered[seat.settled] = seat.settled.enter([])
            room[side][n] = 0 if seat is None else entered[seat.settled].room(*seat[1:])
        return room[side][n]

    for pair in wanted:
        asks = [side for side in (0, 1) if pair[side] != now[side]]
        rooms = [left(side, pair[side]) for side in asks]
        standings = _at_one(pair, seats)
        if len(asks) == 2 and standings:
            if max(rooms) >= 2 and min(rooms) >= 1:
                return True
        elif len(asks) == 1:
            # The partner's seat there is not given away for the one who asks.
            (side,) = asks
            spared = standings is not None and standings[1 - side] > standings[side]
            if rooms[0] > spared:
                return True
        elif all(rooms):
            return True
    return False


def _at_one(pair: Pair, seats: tuple[Seats, Seats]) -> tuple[float, float] | None:
    """The two standings of a pair that is at one program, None for any other pair."""
    if UNMATCHED in pair:
        return None
    one, other = seats[0][pair[0]], seats[1][pair[1]]
    if one is None or other is None or one[:2] != other[:2]:
        return None
    return one.standing, other.standing
