"""A made-up person's plan, to see at a glance what the pages do with one. Nobody is it."""

from datetime import date, timedelta

from matchatlas.applicant import Applicant
from matchatlas.plan import Plan
from matchatlas.road.targets import TargetProgram

ID = "example"
NAME = "Example person (made up)"
FIRST, SECOND = "Internal Medicine", "Family Medicine"
# Name, specialty, status, how hard to get, interview in so many days. Nothing that a publisher could
# have said of a program is made up: no code, place, quota or score.
PROGRAMS = (
    ("Harbor", FIRST, "interviewed", "harder than my level", -9),
    ("Meadow", FIRST, "interviewed", "about my level", -4),
    ("Orchard", SECOND, "interviewed", "about my level", -2),
    ("Lakeside", FIRST, "invited", "about my level", 5),
    ("Hillcrest", SECOND, "invited", "easier than my level", 8),
    ("Bridge", FIRST, "invited", "easier than my level", 13),
    ("Willow", SECOND, "invited", "well within reach", 19),
    ("Summit", FIRST, "applied", "a long shot", None),
    ("Valley", FIRST, "rejected", "harder than my level", None),
)
RANKED = ("Harbor", "Lakeside", "Meadow", "Bridge", "Orchard", "Hillcrest", "Willow")


def example(match_year: int, today: date) -> Plan:
    """The plan of somebody who interviews for the Match of that year."""
    programs = {
        name: TargetProgram(
            program=f"{name} Hospital (made up)",
            specialty=specialty,
            status=status,
            interviewed=status == "interviewed",
            hardness=hardness,
            interview_on=None if days is None else today + timedelta(days),
            notes="An example: there is no such program.",
        )
        for name, specialty, status, hardness, days in PROGRAMS
    }
    interviews = {
        at: sum(p.specialty == at and bool(p.interview_on) for p in programs.values())
        for at in (FIRST, SECOND)
    }
    return Plan(
        id=ID,
        client=NAME,
        stage="interviewing",
        applicant=Applicant(
            applicant_type="Non-US IMG",
            specialty=FIRST,
            step2_ck=243,
            contiguous_ranks=interviews[FIRST],
            second_specialty=SECOND,
            second_ranks=interviews[SECOND],
            specialties_ranked=2,
            visa_need="J-1",
            years_since_graduation=3,
            ecfmg_certified=True,
            us_letters=3,
            target_match_year=match_year,
        ),
        programs=tuple(programs.values()),
        rank_order=tuple(programs[name].label for name in RANKED),
    )
