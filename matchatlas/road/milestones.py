"""The milestones of the way to residency: what they are, and what comes before what.

A milestone is something to do. The days that others set (openings, the list's deadline, Match Day)
are official dates, and come from the tables.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

ERAS_OPENS = "ERAS season opens"
SUBMISSION_OPENS = "Applicants may begin submitting applications"
REVIEW_BEGINS = "Programs may begin reviewing applications"
REGISTRATION_OPENS = "NRMP registration opens"
RANKING_OPENS = "Ranking opens"
ROL_DEADLINE = "Rank order list certification deadline"
MATCH_WEEK = "Match Week begins"
MATCH_DAY = "Match Day"
# How events begin that concern some only.
OF_PROGRAMS, OF_IMGS = "Programs and institutions", "ECFMG"
# What an official date means to an applicant, where its name does not say it.
MEANING = {
    ROL_DEADLINE: "A list that is not certified by then takes no part in the Match.",
    MATCH_WEEK: "You learn whether you matched.",
    MATCH_DAY: "You learn where.",
}

GUIDE_MONTHS = (18, 36)  # from the first preparation to Match Day, as the guide says
GUIDE_USCE_MONTHS = 3  # hands-on clinical experience that the guide advises
GUIDE_LETTERS = 3  # letters from U.S. physicians: three to four
LONGEST_WEEKS = 260


@dataclass(frozen=True)
class Milestone:
    """One thing to do on the way.

    needs: milestones that must be done before; follows: ones that are planned before, though the
    rules allow another order. opens, closes: official events it cannot begin before, and has to be
    done by. weeks: how long it takes, where nobody plans otherwise: an assumption, not a fact.
    """

    code: str
    title: str
    pillar: str
    why: str
    weeks: int = 0
    needs: tuple[str, ...] = ()
    follows: tuple[str, ...] = ()
    opens: str | None = None
    closes: str = ROL_DEADLINE
    imgs_only: bool = False

    @property
    def before(self) -> tuple[str, ...]:
        """The milestones that a plan puts before this one."""
        return self.needs + self.follows


# In an order in which each stands after what it needs and follows.
MILESTONES = (
    Milestone(
        "account",
        "ECFMG account and credentials",
        "Certification",
        "ECFMG has your school verify your credentials, which can take long: start here.",
        weeks=12,
        imgs_only=True,
    ),
    Milestone(
        "step1", "USMLE Step 1", "Exams", "Passed or failed, no score: pass at the first attempt.", weeks=26
    ),
    Milestone(
        "step2_ck",
        "USMLE Step 2 CK",
        "Exams",
        "The one score that programs can compare.",
        weeks=16,
        follows=("step1",),
    ),
    Milestone(
        "skills",
        "Clinical and communication skills",
        "Certification",
        "A requirement of certification: find out early which of ECFMG's pathways is yours.",
        weeks=8,
        follows=("account",),
        imgs_only=True,
    ),
    Milestone(
        "certification",
        "ECFMG certification",
        "Certification",
        "You may apply and interview without it, but not be in the Match.",
        weeks=4,
        needs=("account", "step1", "step2_ck", "skills"),
        imgs_only=True,
    ),
    Milestone(
        "electives",
        "U.S. electives (hands-on)",
        "Clinical experience",
        "Weighs most; as a rule open to students only.",
        closes=REVIEW_BEGINS,
        imgs_only=True,
    ),
    Milestone(
        "externships",
        "U.S. externships (hands-on)",
        "Clinical experience",
        "The next best after graduation.",
        follows=("electives",),
        closes=REVIEW_BEGINS,
        imgs_only=True,
    ),
    Milestone(
        "observerships",
        "U.S. observerships",
        "Clinical experience",
        "Watching only: better than nothing, and weighs least.",
        follows=("electives", "externships"),
        closes=REVIEW_BEGINS,
        imgs_only=True,
    ),
    Milestone(
        "letters",
        "Letters of recommendation",
        "Application",
        "Three or four that speak of your own cases: they come out of clinical experience.",
        weeks=4,
        follows=("electives", "externships", "observerships"),
    ),
    Milestone(
        "statement",
        "Personal statement",
        "Application",
        "Why this specialty, why here, and what you bring.",
        weeks=4,
    ),
    Milestone(
        "form",
        "ERAS application filled in",
        "Application",
        "Accurate to the day: everything else hangs on it.",
        weeks=4,
        opens=ERAS_OPENS,
    ),
    Milestone(
        "submission",
        "ERAS application submitted",
        "Application",
        "There by the day programs begin to review.",
        needs=("statement", "form"),
        follows=("letters", "step2_ck"),
        opens=SUBMISSION_OPENS,
        closes=REVIEW_BEGINS,
    ),
    Milestone(
        "interviews",
        "Interviews",
        "The Match",
        "The Interviews page has the questions that IMGs are asked.",
        weeks=12,
        needs=("submission",),
        opens=REVIEW_BEGINS,
    ),
    Milestone(
        "registration",
        "NRMP registration",
        "The Match",
        "Apart from ERAS: without it there is no list.",
        opens=REGISTRATION_OPENS,
    ),
    Milestone(
        "rank_list",
        "Rank order list certified",
        "The Match",
        "In the order in which you want them, the dream first.",
        needs=("registration", "certification"),
        follows=("interviews",),
        opens=RANKING_OPENS,
    ),
)
BY_CODE = {milestone.code: milestone for milestone in MILESTONES}
# The official dates that something hangs on, and the two that all is for.
KEY_EVENTS = {e for m in MILESTONES for e in (m.opens, m.closes) if e} | {MATCH_WEEK, MATCH_DAY}
EXPERIENCE = ("electives", "externships", "observerships")
PLANNED = tuple(m.code for m in MILESTONES if m.weeks or m.code in EXPERIENCE)


def with_needs(codes: Iterable[str]) -> set[str]:
    """The milestones and all that they need: who is certified has passed both exams."""
    done = set(codes)
    for milestone in reversed(MILESTONES):
        if milestone.code in done:
            done.update(milestone.needs)
    return done
