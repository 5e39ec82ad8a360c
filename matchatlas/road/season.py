"""Where a person stands in the season: which Match it means, and what it says of the road. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

import pandas as pd

from matchatlas.applicant import Applicant
from matchatlas.road.milestones import EXPERIENCE, MATCH_DAY, REVIEW_BEGINS
from matchatlas.road.official import official_dates

Stage = Literal["preparing", "applying", "interviewing", "unmatched"]
STAGES: tuple[Stage, ...] = get_args(Stage)


@dataclass(frozen=True)
class Whereabouts:
    """One answer to "Where are you now?".

    label: as a button says it; means: in a sentence to the person; implied: milestones that it
    shows as done; behind: milestones whose time is over, done or not; pages: the ones it is about,
    most useful first.
    """

    label: str
    means: str
    implied: tuple[str, ...] = ()
    behind: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()


EXAMS = ("account", "step1", "step2_ck")
WHERE: dict[Stage, Whereabouts] = {
    "preparing": Whereabouts(
        "Preparing",
        "Exams, certification and experience come first; you apply in a later season.",
        pages=("roadmap", "readiness", "what_if", "specialties", "costs", "programs"),
    ),
    "applying": Whereabouts(
        "Applying next season",
        "You apply when the next season opens.",
        pages=("roadmap", "programs", "what_if", "costs", "readiness", "specialties"),
    ),
    "interviewing": Whereabouts(
        "Interviewing for the coming Match",
        "You have applied, and interview and rank this season.",
        implied=(*EXAMS, "submission"),
        behind=(*EXPERIENCE, "letters"),
        pages=("interviews", "rank_list", "what_if", "roadmap", "programs", "readiness"),
    ),
    "unmatched": Whereabouts(
        "Did not match before",
        "You were in a Match before, and apply again when the next season opens.",
        implied=EXAMS,
        pages=("soap", "roadmap", "readiness", "what_if", "specialties", "programs", "pathways"),
    ),
}


def match_year(stage: Stage, calendar: pd.DataFrame, today: date) -> int:
    """The Match that somebody at a stage aims at, by the published or expected dates.

    Who interviews is in the Match that comes next; all others apply for the first whose programs
    have not begun to review. calendar: as for `official_dates`.
    """
    event = MATCH_DAY if stage == "interviewing" else REVIEW_BEGINS
    return next(year for year in range(today.year, today.year + 3) if _day(calendar, year, event) > today)


def is_over(year: int, calendar: pd.DataFrame, today: date) -> bool:
    """Whether a Match lies behind: its Match Day is past."""
    return _day(calendar, year, MATCH_DAY) < today


def _day(calendar: pd.DataFrame, year: int, event: str) -> date:
    found = official_dates(calendar, year).get(event)
    # Where no table has the event: reviewing begins late in September, Match Day is in March.
    usual = date(year - 1, 9, 25) if event == REVIEW_BEGINS else date(year, 3, 20)
    return found.day if found else usual


def implied(applicant: Applicant, stage: Stage | None) -> set[str]:
    """Milestones that the profile and the stage imply: a score implies Step 1, unless denied."""
    found = set(WHERE[stage].implied) if stage else set()
    if applicant.step2_ck:
        found.add("step1")
    if applicant.step1_first_attempt_pass is False:
        found.discard("step1")
    return found
