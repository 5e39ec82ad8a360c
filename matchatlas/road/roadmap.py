"""The way to residency: official dates, milestones and what depends on what.

Official dates are published ones or, for a season not yet published, expected after the pattern of
the last published one, and called so. They are fixed: a plan reaches them or does not, and moves
none. How long a milestone takes is the applicant's own planning
figure: no table has it. Earliest and latest dates follow by the critical path method (Kelley and
Walker 1959): forwards from the start through what must come before, backwards from the deadlines.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
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
from matchatlas.road.steps import Ahead, Fixed, Over, Planned, Step


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
    wanted = [m for m in MILESTONES if _is_on_the_road(m, applicant, takes, finished)]
    needed = {milestone.opens for milestone in wanted} | {milestone.closes for milestone in wanted}
    for event in (*needed - {None}, MATCH_DAY):
        if event not in dates:
            raise NoDate(f"The date of “{event}” is not on this site yet.")
    ahead = [m for m in wanted if m.code not in finished and m.code not in behind]
    early = _forwards(ahead, takes, dates, start, applicant.ecfmg_expected)
    late = _backwards(ahead, takes, dates)
    tasks: list[Step] = []
    for milestone in wanted:
        code, uid, length = milestone.code, f"{milestone.code}-{whose}", takes.get(milestone.code, 0)
        if code in early:
            tasks.append(Planned(milestone, uid, length, *early[code], *late[code]))
        else:
            tasks.append(Over(milestone, uid, length, code in finished))
    days = sorted(dates.values(), key=lambda d: (d.day, d.event))
    return tasks + [
        _fixed(found, whose) for found in days if applicant.is_img or not found.event.startswith(OF_IMGS)
    ]


def _fixed(found: OfficialDate, whose: str) -> Fixed:
    code = "-".join(found.event.lower().split())
    day = Milestone(
        code,
        found.event,
        "Official date",
        MEANING.get(found.event, ""),
        opens=found.event,
        closes=found.event,
    )
    return Fixed(day, f"{code}-{whose}", 0, found.day, found.day, found.day, found.day, found)


def _is_on_the_road(
    milestone: Milestone, applicant: Applicant, takes: Mapping[str, int], finished: Collection[str]
) -> bool:
    if milestone.code in EXPERIENCE and not takes[milestone.code]:
        return applicant.is_img and milestone.code in finished
    return applicant.is_img or not milestone.imgs_only


def _forwards(
    ahead: Iterable[Milestone],
    takes: Mapping[str, int],
    dates: Mapping[str, OfficialDate],
    start: date,
    certified: date | None,
) -> dict[str, tuple[date, date]]:
    """Earliest start and finish by code; certified: the day the applicant expects to be."""
    found: dict[str, tuple[date, date]] = {}
    for milestone in ahead:
        length = timedelta(weeks=takes.get(milestone.code, 0))
        bounds = [start, *(found[code][1] for code in milestone.before if code in found)]
        if milestone.opens:
            bounds.append(dates[milestone.opens].day)
        if milestone.code == "certification" and certified:
            bounds.append(certified - length)
        found[milestone.code] = (max(bounds), max(bounds) + length)
    return found


def _backwards(
    ahead: Sequence[Milestone], takes: Mapping[str, int], dates: Mapping[str, OfficialDate]
) -> dict[str, tuple[date, date]]:
    """Latest start and finish by code."""
    found: dict[str, tuple[date, date]] = {}
    for milestone in reversed(ahead):
        after = [found[other.code][0] for other in ahead if milestone.code in other.before]
        last = min([dates[milestone.closes].day, *after])
        found[milestone.code] = (last - timedelta(weeks=takes.get(milestone.code, 0)), last)
    return found


def next_steps(steps: Iterable[Step]) -> list[Planned]:
    """The undone milestones that wait for nothing else undone, most urgent first."""
    planned = [step for step in steps if isinstance(step, Planned)]
    undone = {step.code for step in planned}
    ready = [step for step in planned if not undone.intersection(step.milestone.before)]
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


def table(steps: Iterable[Ahead], dates: Mapping[str, OfficialDate]) -> pd.DataFrame:
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
