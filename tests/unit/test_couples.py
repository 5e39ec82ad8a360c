"""A couple and supplemental lists in a Match that has come out, against brute force."""

from itertools import product

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from matchatlas.matching.deferred_acceptance import Settled, solve
from matchatlas.matching.lab import tried
from matchatlas.matching.market import UNMATCHED, from_lists, with_supplemental_lists
from matchatlas.matching.pairs import Seat, place_couple
from tests.unit.brute_force import stable_matchings
from tests.unit.test_ranklist import markets, some_of

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@st.composite
def with_couple(draw):
    """A small market of singles, of whom the last two rank pairs: programs' lists hold all."""
    applicants, programs, quotas = draw(markets(people=6, programs=3))
    if len(applicants) < 3:
        applicants, programs = [*applicants, []], [[*ranked, len(applicants)] for ranked in programs]
    every = [UNMATCHED, *range(len(programs))]
    pairs = draw(
        st.lists(
            st.sampled_from([pair for pair in product(every, every) if max(pair) >= 0]),
            min_size=1,
            max_size=8,
            unique=True,
        )
    )
    return applicants[:-2], programs, quotas, pairs


def placed(lists) -> tuple[tuple[int, int], bool]:
    """What our own way finds for the couple: its programs, and whether that is stable."""
    singles, programs, quotas, pairs = lists
    market = from_lists([*singles, [], []], programs, quotas)
    settled = Settled(market, solve(market))
    members = len(singles), len(singles) + 1
    seats = tuple(
        [Seat(settled, p, ranked.index(m)) if m in ranked else None for p, ranked in enumerate(programs)]
        for m in members
    )
    place, stable = place_couple(pairs, seats)
    return ((UNMATCHED, UNMATCHED) if place == UNMATCHED else pairs[place]), stable


def truth(lists) -> set[tuple[int, ...]]:
    singles, programs, quotas, pairs = lists
    couple = (len(singles), len(singles) + 1, pairs)
    return stable_matchings([*singles, [], []], programs, quotas, [couple])


@settings(max_examples=300)
@given(with_couple())
def test_a_couple_is_told_to_be_stable_only_where_brute_force_has_the_same_matching(lists):
    pair, stable = placed(lists)
    if stable:
        assert pair in {matching[-2:] for matching in truth(lists)}


def test_a_stable_matching_of_a_couple_is_found_where_there_is_one():
    stream, there_is, found = np.random.default_rng(4), 0, 0
    for _ in range(1500):
        size, many = int(stream.integers(3, 8)), int(stream.integers(2, 5))
        every = [pair for pair in product(range(UNMATCHED, many), repeat=2) if max(pair) >= 0]
        pairs = [every[n] for n in stream.permutation(len(every))[: stream.integers(1, 9)]]
        singles = [stream.permutation(many)[: stream.integers(many + 1)].tolist() for _ in range(size - 2)]
        ranked = [
            stream.permutation(size)[: stream.integers(size // 2, size + 1)].tolist() for _ in range(many)
        ]
        lists = singles, ranked, stream.integers(0, 3, many).tolist(), pairs
        there_is += bool(truth(lists))
        found += placed(lists)[1]
    assert there_is < 1500
    assert found >= 0.999 * there_is


@given(markets(people=6, programs=4))
def test_newcomers_come_to_what_the_match_of_all_gives_them(lists):
    applicants, programs, quotas = lists
    before = from_lists([*applicants[:-2], [], []], programs, quotas)
    newcomers = range(max(0, len(applicants) - 2), len(applicants))
    own = [[p for p in applicants[a] if a in programs[p]] for a in newcomers]
    entered = Settled(before, solve(before)).enter(
        [[(p, programs[p].index(a)) for p in ranked] for a, ranked in zip(newcomers, own, strict=True)]
    )
    matched = solve(from_lists(applicants, programs, quotas)).program
    for a, ranked, place in zip(newcomers, own, entered.place, strict=True):
        assert (ranked[place] if place != UNMATCHED else UNMATCHED) == matched[a]


@given(markets(people=4, programs=3), st.data())
def test_a_supplemental_list_comes_out_as_brute_force_has_it(lists, data):
    """The last applicant has one beside each program; the others rank positions, or years."""
    applicants, programs, quotas = lists
    me, many = len(applicants) - 1, len(programs)
    own = [program for program in applicants[me] if me in programs[program]]
    others = [data.draw(some_of(2)) for _ in range(data.draw(st.integers(0, 2)))]
    size = len(applicants) + len(others)
    years = [data.draw(st.permutations(range(me, size))) for _ in range(2)]
    room = data.draw(st.lists(st.integers(0, 1), min_size=2, max_size=2))
    wanted = {program: [many + year for year in data.draw(some_of(2))] for program in own}

    main = from_lists([*applicants[:me], []], programs, quotas)
    later = from_lists([*[[]] * len(applicants), *others], years, room)
    seats: dict = {
        str(p): Seat(settled, p % many if p < many else p - many, ranked.index(me))
        for settled, these in (
            (Settled(main, solve(main)), [(p, programs[p]) for p in own]),
            (Settled(later, solve(later)), [(many + n, ranked) for n, ranked in enumerate(years)]),
        )
        for p, ranked in these
    }
    kept, year = tried(seats, [str(p) for p in own], [[str(y) for y in wanted[p]] for p in own])
    place = kept.index(True) if any(kept) else None

    told, ranked, couples = with_supplemental_lists(
        [*applicants, *[[many + year for year in ranked] for ranked in others]],
        [*programs, *years],
        {me: wanted} if own else {},
    )
    truth = {
        (found[me], found[-1] if own else UNMATCHED)
        for found in stable_matchings(told, ranked, [*quotas, *room], couples)
    }
    assert {program for program, _ in truth} == {UNMATCHED if place is None else own[place]}
    assert (year[place] if place is not None else False) in {found != UNMATCHED for _, found in truth}
