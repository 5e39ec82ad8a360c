"""Who takes part in a Match: quotas, rank order lists of both sides, couples, reversions, programs
that take an even number only, and supplemental lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

UNMATCHED = -1


class MarketError(ValueError):
    """Lists that no Match could be run on; str() says whose and what is wrong."""


@dataclass(frozen=True)
class Couple:
    """Two applicants who rank pairs of programs: each matches to its part of a pair, or neither.

    members: the two applicants; pairs: (n, 2) programs, most wanted first, UNMATCHED where one of
    the two would go without; standing: (n, 2) their places on those programs' lists.
    """

    members: tuple[int, int]
    pairs: np.ndarray
    standing: np.ndarray


@dataclass(frozen=True)
class Market:
    """The lists of a Match, as flat arrays: applicant `a`'s list is `program[start[a]:start[a + 1]]`.

    quotas: positions of each program; standing: the applicant's place on the list of the program
    beside it, lower is better, no two alike at one program. Only mutual entries are held: where
    one side does not rank the other, the two cannot match. Members of couples have no list of
    their own. reversions: (donor, receiver): what the donor leaves unfilled goes to the receiver;
    even: programs that fill an even number of positions or give one up.
    """

    quotas: np.ndarray
    start: np.ndarray
    program: np.ndarray
    standing: np.ndarray
    couples: tuple[Couple, ...] = ()
    reversions: tuple[tuple[int, int], ...] = ()
    even: tuple[int, ...] = ()

    @property
    def applicants(self) -> int:
        """The number of applicants, members of couples included."""
        return len(self.start) - 1

    @property
    def owner(self) -> np.ndarray:
        """The applicant of each entry of `program`."""
        return np.repeat(np.arange(self.applicants), np.diff(self.start))


def from_lists(
    applicants: Sequence[Sequence[int]],
    programs: Sequence[Sequence[int]],
    quotas: Sequence[int],
    couples: Sequence[tuple[int, int, Sequence[tuple[int, int]]]] = (),
    reversions: Sequence[tuple[int, int]] = (),
    even: Sequence[int] = (),
) -> Market:
    """A market from rank order lists, most wanted first.

    Parameters
    ----------
    applicants : sequence of sequences of int
        For each applicant, the programs ranked; empty for members of couples.
    programs : sequence of sequences of int
        For each program, the applicants ranked.
    quotas : sequence of int
        Positions of each program.
    couples : sequence of (member, member, pairs), optional
        pairs: (program, program), UNMATCHED in one for no position.
    reversions : sequence of (donor, receiver), optional
        What a donor leaves unfilled goes to the receiver.
    even : sequence of int, optional
        Programs that fill an even number of positions, or give one up.

    Returns
    -------
    Market
        With mutual entries only: where one side does not rank the other, they cannot match.

    Raises
    ------
    MarketError
        For a name out of range or listed twice, an own list of a couple's member, a quota that is no
        whole number of 0 or more, and reversions from or to no program, or that go round in a circle.

    Examples
    --------
    Two applicants, one program with one position that ranks only the second:

    >>> market = from_lists([[0], [0]], [[1]], [1])
    >>> market.applicants, market.owner
    (2, array([1]))
    """
    for what, lists, size in (
        ("applicant", applicants, len(programs)),
        ("program", programs, len(applicants)),
    ):
        for number, ranked in enumerate(lists):
            _check_list(f"{what} {number}", list(ranked), range(size))
    if len(quotas) != len(programs) or any(quota < 0 or quota % 1 for quota in quotas):
        raise MarketError("every program needs a quota, a whole number of 0 or more")
    _check_list("the roll of even quotas", list(even), range(len(programs)))
    _check_couples(applicants, len(programs), couples)
    _check_reversions(len(programs), reversions)
    places = [{applicant: place for place, applicant in enumerate(ranked)} for ranked in programs]
    mutual = [[p for p in ranked if a in places[p]] for a, ranked in enumerate(applicants)]
    return Market(
        quotas=np.array(quotas, dtype=np.int64),
        start=np.concatenate([[0], np.cumsum([len(ranked) for ranked in mutual])]).astype(np.int64),
        program=np.array([p for ranked in mutual for p in ranked], dtype=np.int64),
        standing=np.array([places[p][a] for a, ranked in enumerate(mutual) for p in ranked], dtype=np.int64),
        couples=tuple(_couple(places, *couple) for couple in couples),
        reversions=tuple((int(donor), int(receiver)) for donor, receiver in reversions),
        even=tuple(map(int, even)),
    )


def with_supplemental_lists(
    applicants: Sequence[Sequence[int]],
    programs: Sequence[Sequence[int]],
    supplemental: Mapping[int, Mapping[int, Sequence[int]]],
) -> tuple[list[list[int]], list[list[int]], list[tuple[int, int, list[tuple[int, int]]]]]:
    """Lists and couples for `from_lists` that say the same as lists with supplemental ones.

    Who matches to an advanced position and to none of the preliminary years beside it keeps it, and
    finds the year elsewhere. The year is told as the partner in a couple: a shadow, numbered after the
    applicants in the order of `supplemental`, who stands right behind the applicant on the lists of
    preliminary programs.

    Parameters
    ----------
    applicants, programs : sequence of sequences of int
        As for `from_lists`.
    supplemental : mapping of int to mapping of int to sequence of int
        For an applicant, by advanced program of the own list, the preliminary programs wanted beside
        it, most wanted first.

    Returns
    -------
    applicants, programs : list of lists of int
        With shadows.
    couples : list of (applicant, shadow, pairs)

    Raises
    ------
    MarketError
        Where a supplemental list belongs to no program of the applicant's list.

    Examples
    --------
    Program 0 is advanced, and 1 the year wanted beside it:

    >>> with_supplemental_lists([[0]], [[0], [0]], {0: {0: [1]}})
    ([[], []], [[0], [0, 1]], [(0, 1, [(0, 1), (0, -1)])])
    """
    told, ranked = [list(own) for own in applicants], [list(own) for own in programs]
    couples = []
    for applicant, lists in supplemental.items():
        own, shadow = told[applicant], len(told)
        if strangers := [advanced for advanced in lists if advanced not in own]:
            raise MarketError(
                f"applicant {applicant} has a supplemental list for {strangers[0]}, and does not rank it"
            )
        pairs = [(p, year) for p in own for year in (*lists.get(p, ()), UNMATCHED)]
        couples.append((applicant, shadow, pairs))
        told[applicant] = []
        told.append([])
        for year in {year for wanted in lists.values() for year in wanted}:
            if applicant in ranked[year]:
                ranked[year].insert(ranked[year].index(applicant) + 1, shadow)
    return told, ranked, couples


def _couple(places: list[dict[int, int]], one: int, other: int, pairs) -> Couple:
    def ranked(member: int, program: int) -> bool:
        return program == UNMATCHED or member in places[program]

    def place(member: int, program: int) -> int:
        return UNMATCHED if program == UNMATCHED else places[program][member]

    mutual = [(p, q) for p, q in pairs if ranked(one, p) and ranked(other, q)]
    standing = [(place(one, p), place(other, q)) for p, q in mutual]
    shape = (len(mutual), 2)
    return Couple(
        (one, other),
        np.array(mutual, dtype=np.int64).reshape(shape),
        np.array(standing, dtype=np.int64).reshape(shape),
    )


def _check_list(who: str, ranked: list, known: range) -> None:
    if strangers := [entry for entry in ranked if entry not in known]:
        raise MarketError(f"{who} ranks {strangers[0]}, which is not in the market")
    if len(set(ranked)) < len(ranked):
        raise MarketError(f"{who} ranks an entry twice")


def _check_couples(applicants, programs: int, couples) -> None:
    members = [member for one, other, _ in couples for member in (one, other)]
    _check_list("the couples' roll", members, range(len(applicants)))
    for one, other, pairs in couples:
        if applicants[one] or applicants[other]:
            raise MarketError(f"the couple {one}, {other} ranks pairs, and one of them programs too")
        if len({tuple(pair) for pair in pairs}) < len(pairs):
            raise MarketError(f"the couple {one}, {other} ranks a pair twice")
        for pair in pairs:
            if any(p not in range(UNMATCHED, programs) for p in pair) or max(pair) == UNMATCHED:
                raise MarketError(f"the couple {one}, {other} ranks {pair}, which is no pair")


def _check_reversions(programs: int, reversions) -> None:
    receiver = dict(reversions)
    if len(receiver) < len(reversions):
        raise MarketError("a program reverts its positions to two programs")
    for donor in receiver:
        if donor not in range(programs):
            raise MarketError(f"program {donor} reverts its positions and is not in the market")
        at, seen = donor, set()
        while at in receiver:
            seen.add(at)
            at = receiver[at]
            if at in seen or at not in range(programs):
                raise MarketError(f"the reversion of program {donor} leads to no program")
