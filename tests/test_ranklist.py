"""The Match engine against its definition, and the rank list lab."""

from itertools import chain, permutations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matching.games import HospitalResident

from matchatlas.market import UNMATCHED, MarketError, from_lists
from matchatlas.ranklist import outcomes, solve
from matchatlas.stability import blocking
from tests.brute_force import stable_matchings

# Machines differ in speed: what a test finds must not hang on it.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def some_of(size: int):
    """A list of some of `size`, in any order."""
    return st.permutations(range(size)).flatmap(
        lambda order: st.integers(0, size).map(lambda length: order[:length])
    )


@st.composite
def markets(draw, people: int = 5, programs: int = 4, couples: bool = False):
    """Lists of a small market: applicants, programs, quotas, couples."""
    size, many = draw(st.integers(2, people)), draw(st.integers(1, programs))
    pairs = [p for p in product(range(UNMATCHED, many), repeat=2) if max(p) != UNMATCHED]
    rolls = [
        (
            2 * number,
            2 * number + 1,
            draw(st.lists(st.sampled_from(pairs), max_size=4, unique=True)),
        )
        for number in range(draw(st.integers(1, size // 2)) if couples else 0)
    ]
    applicants = [[] if a < 2 * len(rolls) else draw(some_of(many)) for a in range(size)]
    ranked = [draw(some_of(size)) for _ in range(many)]
    quotas = draw(st.lists(st.integers(0, 2), min_size=many, max_size=many))
    return applicants, ranked, quotas, rolls


def place(ranked, program) -> int:
    """The place of a program on a list; not matched is worse than all."""
    return ranked.index(program) if program in ranked else len(ranked)


@given(markets())
def test_without_couples_the_best_stable_matching_for_every_applicant(lists):
    applicants, programs, quotas, _ = lists
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
    applicants, programs, quotas, _ = lists
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
    applicants, programs, quotas, _ = lists
    truth = solve(from_lists(applicants, programs, quotas)).program
    for applicant, ranked in enumerate(applicants):
        every = range(len(programs))
        for lie in chain.from_iterable(permutations(every, n) for n in range(len(programs) + 1)):
            told = [*applicants[:applicant], lie, *applicants[applicant + 1 :]]
            came = solve(from_lists(told, programs, quotas)).program[applicant]
            assert place(ranked, truth[applicant]) <= place(ranked, came)


@given(markets(people=12, programs=5))
def test_the_matching_package_finds_the_same(lists):
    applicants, programs, quotas, _ = lists
    market = from_lists(applicants, programs, quotas)
    own = np.split(market.program, market.start[1:-1])
    listed = {a: ranked.tolist() for a, ranked in enumerate(own) if len(ranked)}
    ranked_by = {
        p: [a for a in ranked if p in listed.get(a, [])] for p, ranked in enumerate(programs)
    }
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


@settings(max_examples=300)
@given(markets(couples=True))
def test_couples_match_together_or_not_at_all_and_stability_is_told_truly(lists):
    applicants, programs, quotas, couples = lists
    matching = solve(from_lists(applicants, programs, quotas, couples))
    for one, other, pairs in couples:
        pair = tuple(matching.program[[one, other]].tolist())
        assert pair in [*pairs, (UNMATCHED, UNMATCHED)]
    assert matching.stable == (tuple(matching.program) in stable_matchings(*lists))
    assert matching.stable != matching.looped


def test_a_market_without_any_stable_matching_ends_and_says_so():
    # The couple wants 0 and 1 together; 0 likes its member better than the single, 1 does not.
    lists = [[], [], [0, 1]], [[0, 2], [2, 1]], [1, 1], [(0, 1, [(0, 1)])]
    assert stable_matchings(*lists) == set()
    matching = solve(from_lists(*lists))
    assert matching.looped
    assert not matching.stable
    assert len(matching.blocking) >= 1


@given(markets(), st.integers(0, 3), st.integers(0, 3))
def test_reversions_conserve_positions_and_leave_none_unfilled_at_the_donor(lists, donor, receiver):
    applicants, programs, quotas, _ = lists
    donor, receiver = donor % len(programs), receiver % len(programs)
    if donor == receiver:
        return
    matching = solve(from_lists(applicants, programs, quotas, reversions=[(donor, receiver)]))
    assert matching.quotas.sum() == sum(quotas)
    assert matching.quotas[donor] == (matching.program == donor).sum()
    assert tuple(matching.program) in stable_matchings(
        applicants, programs, matching.quotas.tolist()
    )


def test_an_unfilled_position_reverts_along_a_chain_to_where_it_is_wanted():
    market = from_lists([[2], [2]], [[], [], [0, 1]], [1, 0, 1], reversions=[(0, 1), (1, 2)])
    matching = solve(market)
    assert matching.program.tolist() == [2, 2]
    assert matching.quotas.tolist() == [0, 0, 2]


@given(markets(people=6), st.integers(0, 5))
def test_other_lists_of_one_applicant_come_out_as_in_a_match_of_their_own(lists, applicant):
    applicants, programs, quotas, _ = lists
    applicant %= len(applicants)
    market = from_lists(applicants, programs, quotas)
    first, end = market.start[applicant : applicant + 2]
    own = market.program[first:end].tolist()
    orders = list(
        chain.from_iterable(permutations(range(len(own)), n) for n in range(len(own) + 1))
    )
    matching, found = outcomes(market, applicant, orders)
    assert (matching.program == solve(market).program).all()
    for order, came in zip(orders, found, strict=True):
        told = [*applicants[:applicant], [own[n] for n in order], *applicants[applicant + 1 :]]
        expected = solve(from_lists(told, programs, quotas)).program[applicant]
        assert (UNMATCHED if came == UNMATCHED else own[came]) == expected


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
        ({"reversions": [(0, 0)]}, "leads to no program"),
    ],
)
def test_impossible_lists_are_refused_with_the_reason(change, told):
    lists = {"applicants": [[0], []], "programs": [[0, 1]], "quotas": [1]} | change
    with pytest.raises(MarketError, match=told):
        from_lists(**lists)
