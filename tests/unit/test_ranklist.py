"""The Match engine against its definition: brute force, two public packages, hard cases."""

import signal
from itertools import chain, permutations

import numpy as np
import pytest
from algmatch import HospitalResidentsProblem
from hypothesis import given, settings
from hypothesis import strategies as st
from matching.games import HospitalResident

from matchatlas.matching.deferred_acceptance import Settled, solve
from matchatlas.matching.market import UNMATCHED, MarketError, from_lists, with_supplemental_lists
from matchatlas.matching.stability import blocking
from tests.unit.brute_force import stable_matchings, tight

# Machines differ in speed: what a test finds must not hang on it.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def some_of(size: int):
    """A list of some of `size`, in any order."""
    return st.permutations(range(size)).flatmap(
        lambda order: st.integers(0, size).map(lambda length: order[:length])
    )


@pytest.fixture(autouse=True)
def ends():
    """A run without end fails instead of holding up all others."""

    def stop(*_):
        raise TimeoutError("the Match did not end")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(300)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@st.composite
def markets(draw, people: int = 5, programs: int = 4):
    """Lists of a small market without couples: applicants, programs, quotas."""
    size, many = draw(st.integers(2, people)), draw(st.integers(1, programs))
    applicants = [draw(some_of(many)) for _ in range(size)]
    ranked = [draw(some_of(size)) for _ in range(many)]
    return applicants, ranked, draw(st.lists(st.integers(0, 2), min_size=many, max_size=many))


def place(ranked, program) -> int:
    """The place of a program on a list; not matched is worse than all."""
    return ranked.index(program) if program in ranked else len(ranked)


@given(markets())
def test_without_couples_the_best_stable_matching_for_every_applicant(lists):
    applicants, programs, quotas = lists
    matching = solve(from_lists(applicants, programs, quotas))
    every = stable_matchings(applicants, programs, quotas)
    assert matching.stable
    assert tuple(matching.program) in every
    for other in every:
        for applicant, ranked in enumerate(applicants):
            assert place(ranked, matching.program[applicant]) <= place(ranked, other[applicant])


@given(markets())
def test_the_same_people_and_seats_are_filled_in_every_stable_matching(lists):
    """The rural hospitals theorem: and a program that is not full has the very same people."""
    applicants, programs, quotas = lists
    ours = solve(from_lists(applicants, programs, quotas)).program
    for other in map(np.array, stable_matchings(applicants, programs, quotas)):
        assert ((ours == UNMATCHED) == (other == UNMATCHED)).all()
        for program, quota in enumerate(quotas):
            assert (ours == program).sum() == (other == program).sum()
            if (ours == program).sum() < quota:
                assert ((ours == program) == (other == program)).all()


@settings(max_examples=40)
@given(markets(people=5, programs=4))
def test_no_applicant_gains_by_any_other_list(lists):
    applicants, programs, quotas = lists
    truth = solve(from_lists(applicants, programs, quotas)).program
    for applicant, ranked in enumerate(applicants):
        every = range(len(programs))
        for lie in chain.from_iterable(permutations(every, n) for n in range(len(programs) + 1)):
            told = [*applicants[:applicant], lie, *applicants[applicant + 1 :]]
            came = solve(from_lists(told, programs, quotas)).program[applicant]
            assert place(ranked, truth[applicant]) <= place(ranked, came)


@given(markets(people=12, programs=5))
def test_the_matching_package_finds_the_same(lists):
    applicants, programs, quotas = lists
    market = from_lists(applicants, programs, quotas)
    own = np.split(market.program, market.start[1:-1])
    listed = {a: ranked.tolist() for a, ranked in enumerate(own) if len(ranked)}
    ranked_by = {p: [a for a in ranked if p in listed.get(a, [])] for p, ranked in enumerate(programs)}
    # The package takes neither empty lists nor programs without positions.
    open_to = {p for p, ranked in ranked_by.items() if ranked and quotas[p]}
    listed = {a: [p for p in ranked if p in open_to] for a, ranked in listed.items()}
    listed = {a: ranked for a, ranked in listed.items() if ranked}
    if not listed:
        return
    game = HospitalResident.create_from_dictionaries(
        listed, {p: ranked_by[p] for p in open_to}, {p: quotas[p] for p in open_to}
    )
    theirs = np.full(len(applicants), UNMATCHED)
    for program, residents in game.solve(optimal="resident").items():
        theirs[[resident.name for resident in residents]] = program.name
    assert (solve(market).program == theirs).all()


@given(markets(people=12, programs=5))
def test_the_algmatch_package_finds_the_same(lists):
    applicants, programs, quotas = lists
    market = from_lists(applicants, programs, quotas)
    own = [ranked.tolist() for ranked in np.split(market.program, market.start[1:-1])]
    # It counts from one, and takes neither empty lists nor programs without positions.
    open_to = {p for p in range(len(programs)) if quotas[p]}
    listed = {a: [p for p in ranked if p in open_to] for a, ranked in enumerate(own)}
    listed = {a: ranked for a, ranked in listed.items() if ranked}
    if not listed:
        return
    name = {a: number for number, a in enumerate(listed, 1)}
    ranked_by = {p: [a for a in programs[p] if p in listed.get(a, [])] for p in open_to}
    at = {p: number for number, p in enumerate((p for p in open_to if ranked_by[p]), 1)}
    found = HospitalResidentsProblem(
        dictionary={
            "residents": {name[a]: [at[p] for p in ranked] for a, ranked in listed.items()},
            "hospitals": {
                at[p]: {"capacity": quotas[p], "preferences": [name[a] for a in ranked_by[p]]} for p in at
            },
        }
    ).get_stable_matching()["resident_sided"]
    ours = solve(market).program
    theirs = {int(r.lstrip("r")): int(h.lstrip("h")) if h else None for r, h in found.items()}
    assert theirs == {name[a]: at.get(int(ours[a])) for a in listed}


@pytest.mark.parametrize(("seed", "couples"), [(1, 0.2), (2, 0.5), (3, 1.0)])
def test_with_couples_stability_is_told_truly_and_found_where_there_is_any(seed, couples):
    stream = np.random.default_rng(seed)
    there_is, found = 0, 0
    for _ in range(300):
        lists = tight(stream, couples=couples)
        matching = solve(from_lists(*lists))
        for one, other, pairs in lists[3]:
            pair = tuple(matching.program[[one, other]].tolist())
            assert pair in [*pairs, (UNMATCHED, UNMATCHED)]
        every = stable_matchings(*lists)
        assert matching.stable == (tuple(matching.program.tolist()) in every)
        there_is += bool(every)
        found += matching.stable
    assert 0 < there_is < 300
    assert found >= 0.99 * there_is


def test_twelve_people_of_one_specialty_end_with_the_truth_told():
    stream = np.random.default_rng(12)
    for _ in range(300):
        lists = tight(stream, people=12, couples=1.0)
        market = from_lists(*lists)
        matching = solve(market)
        assert matching.stable == (blocking(market, matching.program, market.quotas) == [])


# Applicants' lists, programs' lists, quotas, couples; and every stable matching.
HARD = {
    "no stable matching, and a search that once had no end": (
        (
            [[], [], [], [], [0], [0, 1]],
            [[4, 1, 2, 5], [5, 0, 3]],
            [2, 1],
            [(0, 1, [(1, 0)]), (2, 3, [(0, 1)])],
        ),
        set(),
    ),
    # Roth (1984): the couple wants 0 and 1 together; 0 likes its member better than the single, 1
    # does not.
    "no stable matching with one couple": (
        ([[], [], [0, 1]], [[0, 2], [2, 1]], [1, 1], [(0, 1, [(0, 1)])]),
        set(),
    ),
    # With couples, stable matchings can differ in how many are matched.
    "stable matchings of two sizes": (
        (
            [[], [], [1, 0], [1]],
            [[2, 1, 3, 0], [0, 2, 1, 3]],
            [1, 2],
            [(0, 1, [(UNMATCHED, 1), (1, 0), (1, UNMATCHED)])],
        ),
        {(1, 0, 1, UNMATCHED), (UNMATCHED, 1, 1, UNMATCHED)},
    ),
    "one stable matching that best moves alone do not reach": (
        (
            [[], [], [], [], [], [0, 1]],
            [[5, 4, 3, 0, 1, 2], [5, 2, 3, 4, 1]],
            [3, 1],
            [(0, 1, [(0, UNMATCHED), (0, 1)]), (2, 3, [(0, 0), (UNMATCHED, 0)])],
        ),
        {(0, UNMATCHED, UNMATCHED, 0, UNMATCHED, 0)},
    ),
}


@pytest.mark.parametrize("case", HARD)
def test_hard_cases_of_the_literature(case):
    lists, every = HARD[case]
    matching = solve(from_lists(*lists))
    assert stable_matchings(*lists) == every
    assert matching.stable == bool(every)
    assert matching.stable == (tuple(matching.program.tolist()) in every)


def test_a_seat_that_a_couple_would_leave_is_not_counted_for_it():
    """Where one member sits, the other is not better off for that member's leaving."""
    market = from_lists([[], []], [[0], [1, 0], [1]], [1, 1, 1], [(0, 1, [(1, 2), (0, 1)])])
    assert blocking(market, np.array([0, 1]), market.quotas) == []
    assert solve(market).program.tolist() == [1, 2]


@given(markets(people=5), st.data())
def test_supplemental_lists_leave_advanced_positions_where_they_are(lists, data):
    """Told as couples they come out by the rule: first the advanced positions, then the years."""
    applicants, programs, quotas = lists
    years = [[a for a in ranked if data.draw(st.booleans())] for ranked in programs]
    room = data.draw(st.lists(st.integers(0, 2), min_size=len(years), max_size=len(years)))
    many = len(programs)
    supplemental = {
        a: {p: data.draw(some_of(many).map(lambda own: [many + year for year in own])) for p in ranked}
        for a, ranked in enumerate(applicants)
        if ranked
    }
    told, ranked, couples = with_supplemental_lists(applicants, [*programs, *years], supplemental)
    matching = solve(from_lists(told, ranked, [*quotas, *room], couples))
    advanced = solve(from_lists(applicants, programs, quotas)).program
    own = [supplemental.get(a, {}).get(p, []) for a, p in enumerate(advanced.tolist())]
    year = solve(from_lists([[p - many for p in wanted] for wanted in own], years, room)).program
    assert matching.stable
    assert matching.program[: len(applicants)].tolist() == advanced.tolist()
    for shadow, (applicant, _, _) in enumerate(couples, len(applicants)):
        found = int(matching.program[shadow])
        assert (found if found == UNMATCHED else found - many) == year[applicant]


def test_a_supplemental_list_for_a_program_that_is_not_ranked_is_refused():
    with pytest.raises(MarketError, match="does not rank it"):
        with_supplemental_lists([[0]], [[0], [0]], {0: {1: [0]}})


@given(markets(), st.data())
def test_even_quotas_are_filled_by_an_even_number(lists, data):
    applicants, programs, quotas = lists
    even = data.draw(st.lists(st.integers(0, len(programs) - 1), unique=True))
    matching = solve(from_lists(applicants, programs, quotas, even=even))
    filled = np.bincount(matching.program[matching.program >= 0], minlength=len(programs))
    assert not (filled[even] % 2).any()
    assert tuple(matching.program.tolist()) in stable_matchings(
        applicants, programs, matching.quotas.tolist()
    )
    assert (matching.quotas <= quotas).all()


def test_an_odd_position_reverts_where_its_program_is_a_donor():
    market = from_lists([[0], [0], [0, 1]], [[0, 1, 2], [2]], [3, 0], reversions=[(0, 1)], even=[0])
    matching = solve(market)
    assert matching.program.tolist() == [0, 0, 1]
    assert matching.quotas.tolist() == [2, 1]


@pytest.mark.parametrize("lists", [([], [], []), ([[]], [], []), ([], [[]], [2])])
def test_an_empty_market_gives_an_empty_matching(lists):
    matching = solve(from_lists(*lists))
    assert matching.stable
    assert matching.program.tolist() == [UNMATCHED] * len(lists[0])


@given(markets(), st.integers(0, 3), st.integers(0, 3))
def test_reversions_conserve_positions_and_leave_none_unfilled_at_the_donor(lists, donor, receiver):
    applicants, programs, quotas = lists
    donor, receiver = donor % len(programs), receiver % len(programs)
    if donor == receiver:
        return
    matching = solve(from_lists(applicants, programs, quotas, reversions=[(donor, receiver)]))
    assert matching.quotas.sum() == sum(quotas)
    assert matching.quotas[donor] == (matching.program == donor).sum()
    assert tuple(matching.program) in stable_matchings(applicants, programs, matching.quotas.tolist())


def test_an_unfilled_position_reverts_along_a_chain_to_where_it_is_wanted():
    market = from_lists([[2], [2]], [[], [], [0, 1]], [1, 0, 1], reversions=[(0, 1), (1, 2)])
    matching = solve(market)
    assert matching.program.tolist() == [2, 2]
    assert matching.quotas.tolist() == [0, 0, 2]


@given(markets(people=6), st.integers(0, 5))
def test_which_programs_keep_one_alone_tells_what_every_list_comes_to(lists, applicant):
    applicants, programs, quotas = lists
    applicant %= len(applicants)
    without = [*applicants[:applicant], [], *applicants[applicant + 1 :]]
    # All lists hold, whoever is ranked: the others' Match is that of the market without the one.
    market = from_lists(without, programs, quotas)
    settled = Settled(market, solve(market))
    kept = {
        p
        for p, ranked in enumerate(programs)
        if applicant in ranked and settled.keeps(p, ranked.index(applicant))
    }
    every = range(len(programs))
    for order in chain.from_iterable(permutations(every, n) for n in range(len(programs) + 1)):
        told = [*applicants[:applicant], list(order), *applicants[applicant + 1 :]]
        came = solve(from_lists(told, programs, quotas)).program[applicant]
        assert came == next((p for p in order if p in kept), UNMATCHED)


def test_one_more_applicant_is_not_tried_beside_couples():
    market = from_lists([[], []], [[0], [1]], [1, 1], [(0, 1, [(0, 1)])])
    with pytest.raises(ValueError, match="without couples"):
        Settled(market, solve(market))


def test_the_checker_finds_a_blocking_pair_and_refuses_what_is_no_matching():
    market = from_lists([[0], [0]], [[0, 1]], [1])
    (found,) = blocking(market, np.array([UNMATCHED, 0]), market.quotas)
    assert (found.applicants, found.programs) == ((0,), (0,))
    with pytest.raises(ValueError, match="over a quota"):
        blocking(market, np.array([0, 0]), market.quotas)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"applicants": [[0, 0], []]}, "twice"),
        ({"applicants": [[7], []]}, "not in the market"),
        ({"quotas": [-1]}, "quota"),
        ({"couples": [(0, 1, [(0, 0)])]}, "programs too"),
        ({"quotas": [1.5]}, "whole number"),
        ({"reversions": [(0, 0)]}, "leads to no program"),
        ({"reversions": [(7, 0)]}, "not in the market"),
        ({"even": [3]}, "not in the market"),
    ],
)
def test_impossible_lists_are_refused_with_the_reason(change, told):
    lists = {"applicants": [[0], []], "programs": [[0, 1]], "quotas": [1]} | change
    with pytest.raises(MarketError, match=told):
        from_lists(**lists)
