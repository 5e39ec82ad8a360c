from datetime import date

import pytest

from matchatlas.applicant import Applicant
from matchatlas.deadlines import certification_warning


def warning(catalog, **known):
    profile = {"applicant_type": "Non-US IMG", "specialty": "Internal Medicine"} | known
    return certification_warning(Applicant(**profile), catalog.calendar())


def test_certification_after_the_deadline_warns_with_the_date_and_its_kind(catalog):
    text = warning(catalog, ecfmg_expected=date(2027, 3, 5), target_match_year=2027)
    assert "28 February 2027" in text
    assert "expected after the pattern of 2024" in text
    assert "published" in warning(catalog, ecfmg_expected=date(2024, 2, 29), target_match_year=2024)


@pytest.mark.parametrize(
    "known",
    [{"ecfmg_expected": date(2027, 2, 28), "target_match_year": 2027},
     {"ecfmg_expected": date(2027, 3, 5), "target_match_year": 2027, "ecfmg_certified": True},
     {"ecfmg_expected": date(2027, 3, 5), "target_match_year": 2027, "applicant_type": "US MD Senior"},
     {}, {"ecfmg_expected": date(2026, 9, 1)}],
)  # fmt: skip
def test_no_warning(catalog, known):
    assert warning(catalog, **known) is None
