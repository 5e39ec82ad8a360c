"""How a report words profiles, days and differences."""

import re
import unicodedata
from datetime import date

from matchatlas.applicant import Applicant
from matchatlas.odds.estimator import LABELS
from matchatlas.road.roadmap import told
from matchatlas.text import clean

SECTIONS = {
    "base": "Where such applicants start",
    "evidence": "What moves the estimate",
    "choices": "The choices side by side",
    "plan": "The plan",
    "dates": "Next dates",
}
MOST_PARAGRAPHS = 5  # of a closing note, beside the last
LONGEST_STEM = 60  # characters of a file's name that a client's name makes
MOST_CHANGES = 4  # that a scenario is described by
FIELDS = {
    "applicant_type": "Applicant type",
    "specialty": "Specialty",
    "target_match_year": "Match aimed at",
    **LABELS,
    "second_specialty": "Second specialty",
    "second_ranks": "Contiguous ranks in the second specialty",
    "step1_first_attempt_pass": "Step 1 passed at the first attempt",
    "visa_need": "Visa need",
    "years_since_graduation": "Years since graduation",
    "ecfmg_certified": "ECFMG certified",
    "ecfmg_expected": "Certification expected",
    "usce_elective_months": "U.S. electives (months)",
    "usce_externship_months": "U.S. externship (months)",
    "usce_observership_months": "U.S. observership (months)",
    "us_letters": "U.S. letters",
}


def described(person: Applicant) -> tuple[tuple[str, str], ...]:
    """What is known of a profile, as (field, value) in words."""
    values = ((label, getattr(person, name)) for name, label in FIELDS.items())
    return tuple((label, _value(value)) for label, value in values if value is not None)


def changes(profile: Applicant, scenario: Applicant) -> tuple[str, ...]:
    """What a scenario changes in the profile, in words: "Step 2 CK 240 → 250"; the first few."""
    pairs = ((label, getattr(profile, name), getattr(scenario, name)) for name, label in FIELDS.items())
    found = [f"{label} {_value(former)} → {_value(new)}" for label, former, new in pairs if former != new]
    if len(found) > MOST_CHANGES:
        found[MOST_CHANGES - 1 :] = [f"and {len(found) - MOST_CHANGES + 1} more"]
    return tuple(found)


def _value(value: object) -> str:
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return told(value) if isinstance(value, date) else clean(str(value))


def told_difference(difference: tuple[float, float, float]) -> str:
    """ "+6 points, between +1 and +11"; percentage points."""
    if not any(difference):
        return "no difference"
    points, low, high = (f"{round(value):+d}" if round(value) else "0" for value in difference)
    return f"{points} points, between {low} and {high}"


def paragraphs(text: str) -> tuple[str, ...]:
    """The lines of a note that say something; after the first few, the rest runs on in one."""
    lines = [line.strip() for line in clean(text).splitlines() if line.strip()]
    return (*lines[:MOST_PARAGRAPHS], *filter(None, [" ".join(lines[MOST_PARAGRAPHS:])]))


def file_stem(client: str) -> str:
    """A client's name as a part of a file's name that every file system takes: "aisha-rahman"."""
    plain = unicodedata.normalize("NFC", client).casefold()
    return re.sub(r"[\W_]+", "-", plain).strip("-")[:LONGEST_STEM].strip("-")
