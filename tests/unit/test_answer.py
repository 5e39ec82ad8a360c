"""The one answer: one profile, one number for one question, and every other figure named as another."""

import re

import pytest

from matchatlas.applicant import APPLICANT_TYPES, Applicant
from matchatlas.catalog.database import open_catalog
from matchatlas.odds.answer import answer, either, second_choice
from matchatlas.odds.estimator import EstimatorTables, NoEstimate, fit
from matchatlas.odds.what_if import matched_anywhere

CATALOG = open_catalog()
MODEL = fit(EstimatorTables.of(CATALOG))


def person(**known):
    return Applicant(**{"applicant_type": "Non-US IMG", "specialty": "Internal Medicine"} | known)


def asked(applicant):
    return answer(MODEL, applicant, matched_anywhere(CATALOG, applicant.applicant_type))


@pytest.mark.parametrize("applicant_type", APPLICANT_TYPES)
@pytest.mark.parametrize("specialty", ["Internal Medicine", "Thoracic Surgery", "Psychiatry"])
def test_the_chance_is_the_estimate_or_the_reason_why_there_is_none(applicant_type, specialty):
    applicant = person(applicant_type=applicant_type, specialty=specialty, step2_ck=250, contiguous_ranks=7)
    found = asked(applicant)
    try:
        estimate = MODEL.estimate(applicant)
    except NoEstimate as reason:
        assert found.estimate is None and found.sentence == str(reason)
        return
    assert (found.chance.center, found.chance.low, found.chance.high) == (
        estimate.center,
        estimate.low,
        estimate.high,
    )
    assert str(estimate.match_year) in found.basis
    assert set(estimate.source_ids) <= set(found.source_ids)


def test_from_the_published_rate_to_the_chance_the_points_add_up():
    for known in ({"step2_ck": 243, "contiguous_ranks": 4}, {"step2_ck": 262, "publications": 9}, {}):
        found = asked(person(**known))
        published = next(told for told in found.beside if "matched to it" in told)
        begins = int(re.match(r"(\d+) %", published)[1])
        steps = [int(points) for points in re.findall(r"([+-]\d+)[,.]", published)]
        assert abs(begins + sum(steps) - 100 * found.chance.center) <= 0.5 * (len(steps) + 4)


def test_what_is_said_and_does_not_move_the_number_is_told():
    found = asked(person(step2_ck=243, visa_need="J-1", years_since_graduation=6))
    assert "Step 2 CK 243" in found.counted
    assert set(found.not_counted) == {"J-1 visa needed", "6 years since graduation"}


def test_without_its_list_the_profile_has_another_figure_that_is_named():
    told = " ".join(asked(person(contiguous_ranks=12)).beside)
    assert "before interviews" in told
    assert "before interviews" not in " ".join(asked(person()).beside)


def test_either_of_two_lies_between_the_larger_and_two_lots_drawn_apart():
    applicant = person(contiguous_ranks=4, second_specialty="Family Medicine", second_ranks=3)
    first, second = MODEL.estimate(applicant), MODEL.estimate(second_choice(applicant))
    one, other, both = asked(applicant).chance, *asked(applicant).also
    assert other.center == second.center
    assert other.told.endswith(f"n = {second.base.n:,} (2026)")
    assert max(one.center, other.center) < both.center < 1 - (1 - one.center) * (1 - other.center)
    assert both.low < both.center < both.high
    # Where the second adds nothing, either is the first.
    never = MODEL.estimate(applicant.model_copy(update={"specialty": "Dermatology", "contiguous_ranks": 1}))
    assert either(first, never).center - one.center < never.center


def test_a_second_specialty_without_an_estimate_takes_no_chance_away():
    found = asked(person(second_specialty="Transitional Year", second_ranks=3))
    assert [chance.question for chance in found.also] == ["To match in Transitional Year"]
    assert "no estimate" in found.also[0].told
    assert found.chance == asked(person()).chance
    assert asked(person(second_specialty="Internal Medicine")).also == ()
