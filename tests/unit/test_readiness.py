"""Readiness: every pillar says what is there and what is to do, and of whom it is asked."""

import pytest

from matchatlas.applicant import APPLICANT_TYPES, Applicant
from matchatlas.road.readiness import (
    BELOW,
    BELOW_MEAN,
    LOW,
    NONE,
    NOTHING,
    PARTLY,
    THERE,
    TO_DO,
    UNKNOWN,
    Matched,
    pillars,
)

SENIORS = Matched(2026, 250.0, 240.0)


def state(what, done=(), programs=0, matched=None, **known):
    profile = {"applicant_type": "Non-US IMG", "specialty": "Internal Medicine"} | known
    checks = [c for p in pillars(Applicant(**profile), done, programs, matched) for c in p.checks]
    return next(check.state for check in checks if check.what == what)


@pytest.mark.parametrize(
    ("what", "known", "expected"),
    [
        ("Step 2 CK", {}, UNKNOWN),
        ("Step 2 CK", {"step2_ck": 244}, BELOW),
        ("Step 2 CK", {"step2_ck": 245}, PARTLY),
        ("Step 2 CK", {"step2_ck": 250}, THERE),
        ("Step 2 CK", {"step2_ck": 250, "specialty": "General Surgery"}, BELOW),
        ("Step 2 CK", {"step2_ck": 255, "specialty": "Dermatology"}, PARTLY),
        ("Step 2 CK", {"step2_ck": 260, "specialty": "Neurological Surgery"}, THERE),
        ("Step 2 CK", {"step2_ck": 250, "applicant_type": "US MD Senior", "matched": SENIORS}, THERE),
        ("Step 2 CK", {"step2_ck": 245, "applicant_type": "US MD Senior", "matched": SENIORS}, BELOW_MEAN),
        ("Step 2 CK", {"step2_ck": 230, "applicant_type": "US MD Senior", "matched": SENIORS}, LOW),
        ("Step 2 CK", {"step2_ck": 280, "applicant_type": "US MD Graduate"}, NOTHING),
        ("Step 1", {}, UNKNOWN),
        ("Step 1", {"done": ("step1",)}, PARTLY),
        ("Step 1", {"step1_first_attempt_pass": True}, THERE),
        ("Step 1", {"step1_first_attempt_pass": False}, BELOW),
        ("Hands-on in all", {}, UNKNOWN),
        ("Hands-on in all", {"usce_observership_months": 6}, BELOW),
        ("Hands-on in all", {"usce_elective_months": 1, "usce_externship_months": 1}, PARTLY),
        ("Hands-on in all", {"usce_elective_months": 1, "usce_externship_months": 2}, THERE),
        ("Letters from U.S. physicians", {"us_letters": 0}, TO_DO),
        ("Letters from U.S. physicians", {"us_letters": 2}, PARTLY),
        ("Letters from U.S. physicians", {"us_letters": 3}, THERE),
        ("Letters from U.S. physicians", {"done": ("letters",)}, THERE),
        ("ECFMG certification", {}, TO_DO),
        ("ECFMG certification", {"ecfmg_expected": "2028-01-31"}, PARTLY),
        ("ECFMG certification", {"ecfmg_certified": True}, THERE),
        ("ECFMG certification", {"done": ("certification",)}, THERE),
        ("Account and credentials", {"done": ("account",)}, THERE),
        ("Personal statement", {"done": ("submission",)}, THERE),
        ("Personal statement", {}, TO_DO),
        ("Target list", {}, TO_DO),
        ("Electives (hands-on)", {"usce_elective_months": 0}, NONE),
        ("Target list", {"programs": 12}, THERE),
    ],
)
def test_a_check(what, known, expected):
    assert state(what, **known) == expected


@pytest.mark.parametrize("applicant_type", APPLICANT_TYPES)
def test_certification_and_us_experience_are_asked_of_imgs_only(applicant_type):
    applicant = Applicant(applicant_type=applicant_type, specialty="Internal Medicine")
    names = [pillar.name for pillar in pillars(applicant, (), 0)]
    imgs = ["Certification", "Scores", "Clinical experience", "Letters", "Statement", "Applications"]
    others = ["Scores", "Letters", "Statement", "Applications"]
    assert names == (imgs if applicant_type.endswith("IMG") else others)


def test_the_pillars_cover_the_survey(catalog):
    applicant = Applicant(applicant_type="US IMG", specialty="Internal Medicine")
    named = [factor for pillar in pillars(applicant, (), 0) for factor in pillar.factors]
    assert sorted(named) == sorted(set(catalog.program_directors()["factor"]))
