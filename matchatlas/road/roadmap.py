"""The way to residency: official dates, milestones and what depends on what.

Official dates are published ones or, for a season not yet published, expected after the pattern of
the last published one, and called so. They are fixed: a plan reaches them or does not, and moves
none. How long a milestone takes is the applicant's own planning
figure: no table has it. Earliest and latest dates follow by the critical path method (Kelley and
Walker 1959): forwards from the start through what must come before, backwards from the deadlines.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pandas as pd

from matchatlas.applicant import Applicant
from matchatlas.road.milestones import (
    BY_CODE,
    EXPERIENCE,
    GUIDE_LETTERS,
    GUIDE_USCE_MONTHS,
    MATCH_DAY,
    MEANING,
    MILESTONES,
    OF_IMGS,
    PLANNED,
    ROL_DEADLINE,
    Milestone,
    with_needs,
)
from matchatlas.road.official import OfficialDate, official_dates, told
from matchatlas.road.season import WHERE, Stage, implied, is_over, match_year


def certification_warning(applicant: Applicant, calendar: pd.DataFrame) -> str | None:
    """A warning where ECFMG certification comes after the rank order list deadline, else None.

    calendar: as for `official_dates`. U.S. graduates need no ECFMG certification.
    """
    expected = applicant.ecfmg_expected
    if not applicant.is_img or applicant.ecfmg_certified or expected is None:
        return None
    year = applicant.target_match_year or _match_year_after(expected)
    deadline = official_dates(calendar, year).get(ROL_DEADLINE)
    if deadline is None or expected <= deadline.day:
        return None
    return (
        f"Certification expected {told(expected)} comes after the rank order list deadline of the "
        f"{year} Match, {told(deadline.day)} ({deadline.kind}). Without it by then, the list does "
        "not take part."
    )


def expected_year(today: date) -> int:
    """The Match year a plan aims at where none is chosen: the next whose season is open to join."""
    return today.year + (2 if today.month >= 10 else 1)


def aimed_at(applicant: Applicant, stage: Stage | None, calendar: pd.DataFrame, today: date) -> int:
    """The Match a plan aims at: the profile's, else the one that the stage means, else expected."""
    if applicant.target_match_year:
        return applicant.target_match_year
    return match_year(stage, calendar, today) if stage else expected_year(today)


def stage_now(applicant: Applicant, stage: Stage | None, calendar: pd.DataFrame, today: date) -> Stage | None:
    """The stage that was told, unless the Match it was told for is over by now."""
    if stage and is_over(aimed_at(applicant, stage, calendar, today), calendar, today):
        return None
    return stage


def _match_year_after(day: date) -> int:
    """The Match in whose season a day lies: applications open in the summer before it."""
    return day.year + (day.month >= 6)


@dataclass(frozen=True)
class Step:
    """A milestone of one person's road, or an official date on it; no dates where it is over.

    behind: its time is over, done or not. uid: names it over changes of the plan, and unlike any step of another plan. official: the date
    it stands for, None for what is to be done. start, finish: earliest; latest_start,
    latest_finish: what still keeps every later deadline; all four the day of an official date.
    """

    milestone: Milestone
    uid: str
    weeks: int = 0
    done: bool = False
    behind: bool = False
    official: OfficialDate | None = None
    start: date | None = None
    finish: date | None = None
    latest_start: date | None = None
    latest_finish: date | None = None

    @property
    def code(self) -> str:
        """The milestone's code."""
        return self.milestone.code

    @property
    def over(self) -> bool:
        """Whether nothing is left to do of it."""
        return self.done or self.behind

    @property
    def late(self) -> bool:
        """Whether the plan ends it after the day it is needed; never true of an official date."""
        return not self.over and self.finish > self.latest_finish

    @property
    def state(self) -> str:
        """done, behind you, too late or in time; of an official date published or expected."""
        if self.official:
            return "expected" if self.official.pattern_year else "published"
        if self.over:
            return "done" if self.done else "behind you"
        return "too late" if self.late else "in time"


class NoDate(LookupError):
    """An event of the road whose date no table has; str() names it."""


def assumed_weeks(applicant: Applicant) -> dict[str, int]:
    """Weeks assumed for each milestone that takes time, by code, where the applicant plans none.

    What hands-on experience lacks of the guide's months goes to electives for students, to
    externships for graduates.
    """
    weeks = {code: BY_CODE[code].weeks for code in PLANNED}
    months = (applicant.usce_elective_months or 0) + (applicant.usce_externship_months or 0)
    graduated = (applicant.years_since_graduation or 0) > 0
    lacking = max(0, GUIDE_USCE_MONTHS - months)
    weeks["externships" if graduated else "electives"] = -(-lacking * 52 // 12)
    return weeks


def done_by_profile(applicant: Applicant, weeks: Mapping[str, int]) -> set[str]:
    """Milestones that the profile itself shows as done; weeks: still planned, by code."""
    shown = {
        "certification": applicant.ecfmg_certified,
        "step1": applicant.step1_first_attempt_pass,
        "step2_ck": applicant.step2_ck,
        "electives": applicant.usce_elective_months and not weeks["electives"],
        "externships": applicant.usce_externship_months and not weeks["externships"],
        "observerships": applicant.usce_observership_months and not weeks["observerships"],
        "letters": (applicant.us_letters or 0) >= GUIDE_LETTERS,
    }
    return with_needs(code for code, is_done in shown.items() if is_done)


def road(
    applicant: Applicant,
    dates: Mapping[str, OfficialDate],
    start: date,
    done: Collection[str] = (),
    weeks: Mapping[str, int] | None = None,
    plan_id: str = "",
    stage: Stage | None = None,
) -> list[Step]:
    """The applicant's way to the Match whose official `dates` are given: what is to be done, in
    MILESTONES' order, then every official date, each on its day.

    start: the day the plan begins; done: codes of milestones that are done; weeks: the applicant's
    own durations by code, beside `assumed_weeks`; stage: where the applicant stands in the season,
    which shows milestones as done and others as over; plan_id: what the steps' uids are unique by; the
    profile stands in where there is none. Experience that takes no weeks is left out. Raises NoDate
    for a missing event that something hangs on.
    """
    takes = assumed_weeks(applicant) | dict(weeks or {})
    finished = with_needs({*done, *implied(applicant, stage)}) | done_by_profile(applicant, takes)
    behind = WHERE[stage].behind if stage else ()
    if stage == "interviewing" and "interviews" not in (weeks or {}) and ROL_DEADLINE in dates:
        # Begun already, and over when the list is due.
        left = (dates[ROL_DEADLINE].day - start).days // 7
        takes["interviews"] = max(0, min(takes["interviews"], left))
    whose = hashlib.sha256((plan_id or applicant.model_dump_json()).encode()).hexdigest()[:16]
    steps = [
        Step(
            milestone,
            f"{milestone.code}-{whose}",
            takes.get(milestone.code, 0),
            milestone.code in finished,
            milestone.code in behind,
        )
        for milestone in MILESTONES
        if _is_on_the_road(milestone, applicant, takes, finished)
    ]
    needed = {step.milestone.opens for step in steps} | {step.milestone.closes for step in steps}
    for event in (*needed - {None}, MATCH_DAY):
        if event not in dates:
            raise NoDate(f"The date of “{event}” is not on this site yet.")
    ahead = [step for step in steps if not step.over]
    early = _forwards(ahead, dates, start, applicant.ecfmg_expected)
    late = _backwards(ahead, dates)
    tasks = [replace(step, **early.get(step.code, {}), **late.get(step.code, {})) for step in steps]
    days = sorted(dates.values(), key=lambda d: (d.day, d.event))
    return tasks + [
        _fixed(found, whose) for found in days if applicant.is_img or not found.event.startswith(OF_IMGS)
    ]


def _fixed(found: OfficialDate, whose: str) -> Step:
    code = "-".join(found.event.lower().split())
    day = Milestone(
        code,
        found.event,
        "Official date",
        MEANING.get(found.event, ""),
        opens=found.event,
        closes=found.event,
    )
    return Step(
        day,
        f"{code}-{whose}",
        official=found,
        start=found.day,
        finish=found.day,
        latest_start=found.day,
        latest_finish=found.day,
    )


def _is_on_the_road(milestone, applicant, takes, finished) -> bool:
    if milestone.code in EXPERIENCE and not takes[milestone.code]:
        return applicant.is_img and milestone.code in finished
    return applicant.is_img or not milestone.imgs_only


def _forwards(ahead, dates, start, certified) -> dict[str, dict[str, date]]:
    """Earliest start and finish by code; certified: the day the applicant expects to be."""
    found: dict[str, dict[str, date]] = {}
    for step in ahead:
        length = timedelta(weeks=step.weeks)
        bounds = [start, *(found[code]["finish"] for code in step.milestone.before if code in found)]
        if step.milestone.opens:
            bounds.append(dates[step.milestone.opens].day)
        if step.code == "certification" and certified:
            bounds.append(certified - length)
        found[step.code] = {"start": max(bounds), "finish": max(bounds) + length}
    return found


def _backwards(ahead, dates) -> dict[str, dict[str, date]]:
    """Latest start and finish by code."""
    found: dict[str, dict[str, date]] = {}
    for step in reversed(ahead):
        after = [other for other in ahead if step.code in other.milestone.before]
        last = min([dates[step.milestone.closes].day, *(found[o.code]["latest_start"] for o in after)])
        found[step.code] = {"latest_start": last - timedelta(weeks=step.weeks), "latest_finish": last}
    return found


def next_steps(steps: list[Step]) -> list[Step]:
    """The undone milestones that wait for nothing else undone, most urgent first."""
    undone = {step.code for step in steps if not step.over and not step.official}
    ready = [s for s in steps if s.code in undone and not undone.intersection(s.milestone.before)]
    return sorted(ready, key=lambda step: step.latest_start)


def first_reachable(
    applicant: Applicant,
    calendar: pd.DataFrame,
    start: date,
    done: Collection[str] = (),
    weeks: Mapping[str, int] | None = None,
    stage: Stage | None = None,
) -> int | None:
    """The first Match that nothing of the plan is late for, within ten years of the start."""
    coming = match_year("interviewing", calendar, start)
    for year in range(start.year, start.year + 11):
        if stage == "interviewing" and year > coming:
            stage = "unmatched"  # the interviews count for one Match only
        steps = road(applicant, official_dates(calendar, year), start, done, weeks, stage=stage)
        if not any(step.late for step in steps):
            return year
    return None


def table(steps: list[Step], dates: Mapping[str, OfficialDate]) -> pd.DataFrame:
    """The road as rows, as the chart draws it and the CSV holds it.

    deadline: the official event that each must be done by at the latest, with its kind and source.
    """
    return pd.DataFrame(
        [
            {
                "milestone": step.milestone.title,
                "pillar": step.milestone.pillar,
                "state": step.state,
                "weeks": step.weeks,
                "earliest_start": step.start,
                "earliest_finish": step.finish,
                "latest_start": step.latest_start,
                "latest_finish": step.latest_finish,
                "deadline": step.milestone.closes,
                "deadline_is": dates[step.milestone.closes].kind,
                "source_id": dates[step.milestone.closes].source_id,
            }
            for step in steps
        ]
    )
