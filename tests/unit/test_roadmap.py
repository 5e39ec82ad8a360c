"""The road's dates: official ones and their patterns, and no plan that breaks a dependency."""

from datetime import date, timedelta
from functools import cache

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from matchatlas.applicant import APPLICANT_TYPES, Applicant
from matchatlas.catalog.database import open_catalog
from matchatlas.road.ics import calendar_file
from matchatlas.road.milestones import BY_CODE, MILESTONES, PLANNED, ROL_DEADLINE, with_needs
from matchatlas.road.roadmap import (
    NoDate,
    certification_warning,
    first_reachable,
    next_steps,
    official_dates,
    road,
)
from matchatlas.road.steps import Fixed, Planned
from matchatlas.road.targets import TargetProgram

CALENDAR = open_catalog().calendar()
IMG = Applicant(applicant_type="Non-US IMG", specialty="Internal Medicine")
START = date(2026, 6, 1)


def person(**known):
    return Applicant(**{"applicant_type": "Non-US IMG", "specialty": "Internal Medicine"} | known)


@cache
def season(year):
    return official_dates(CALENDAR, year)


def by_code(steps):
    return {step.code: step for step in steps}


def calendar_of(*rows):
    return pd.DataFrame(
        [(year, event, pd.Timestamp(day), "source") for year, event, day in rows],
        columns=["match_year", "event", "date", "source_id"],
    )


@pytest.mark.parametrize(
    ("year", "event", "day", "kind"),
    [
        (2024, ROL_DEADLINE, date(2024, 2, 28), "published"),
        (2027, ROL_DEADLINE, date(2027, 3, 3), "expected after the pattern of 2024"),  # a Wednesday
        (2027, "Match Day", date(2027, 3, 19), "expected after the pattern of 2026"),  # a Friday
        (2027, "Ranking opens", date(2027, 2, 1), "expected after the pattern of 2024"),  # the 1st
        (2025, "Match Day", date(2025, 3, 21), "expected after the pattern of 2026"),
    ],
)
def test_a_date_is_published_or_follows_the_last_published_pattern(year, event, day, kind):
    found = official_dates(CALENDAR, year)[event]
    assert (found.day, found.kind) == (day, kind)


@given(st.dates(date(1990, 1, 1), date(2095, 12, 31)), st.integers(-5, 5))
def test_an_expected_date_keeps_its_weekday_within_three_days(day, later):
    found = official_dates(calendar_of((day.year, "E", day)), day.year + later)["E"].day
    assert found.weekday() == day.weekday()
    same_day = date(day.year + later, day.month, min(day.day, 28 if day.month == 2 else 31))
    assert abs(found - same_day) <= timedelta(3)


def test_certification_after_the_deadline_warns_with_the_date_and_its_kind():
    text = certification_warning(person(ecfmg_expected=date(2027, 3, 5), target_match_year=2027), CALENDAR)
    assert "3 March 2027" in text
    assert "expected after the pattern of 2024" in text
    late_2024 = person(ecfmg_expected=date(2024, 2, 29), target_match_year=2024)
    assert "published" in certification_warning(late_2024, CALENDAR)


@pytest.mark.parametrize(
    "known",
    [
        {"ecfmg_expected": date(2027, 3, 3), "target_match_year": 2027},
        {"ecfmg_expected": date(2027, 3, 5), "target_match_year": 2027, "ecfmg_certified": True},
        {"ecfmg_expected": date(2027, 3, 5), "target_match_year": 2027, "applicant_type": "US MD Senior"},
        {},
        {"ecfmg_expected": date(2026, 9, 1)},
    ],
)
def test_no_warning(known):
    assert certification_warning(person(**known), CALENDAR) is None


def test_the_milestones_are_listed_after_what_they_need():
    seen = set()
    for milestone in MILESTONES:
        assert seen.issuperset(milestone.before), milestone.code
        seen.add(milestone.code)


profiles = st.builds(
    Applicant,
    applicant_type=st.sampled_from(APPLICANT_TYPES),
    specialty=st.just("Internal Medicine"),
    step2_ck=st.none() | st.integers(200, 280),
    step1_first_attempt_pass=st.none() | st.booleans(),
    years_since_graduation=st.none() | st.integers(0, 5),
    usce_elective_months=st.none() | st.integers(0, 6),
    usce_externship_months=st.none() | st.integers(0, 6),
    usce_observership_months=st.none() | st.integers(0, 6),
    us_letters=st.none() | st.integers(0, 5),
    ecfmg_certified=st.none() | st.booleans(),
    ecfmg_expected=st.none() | st.dates(date(2026, 1, 1), date(2032, 1, 1)),
)
roads = st.tuples(
    profiles,
    st.integers(2022, 2040),
    st.dates(date(2022, 1, 1), date(2040, 1, 1)),
    st.sets(st.sampled_from(sorted(BY_CODE))),
    st.dictionaries(st.sampled_from(PLANNED), st.integers(0, 260)),
)


@settings(deadline=None)  # a busy machine is no error
@given(roads)
def test_no_plan_violates_a_dependency_a_window_or_a_duration(case):
    applicant, year, start, done, weeks = case
    dates = season(year)
    steps = by_code(road(applicant, dates, start, done, weeks))
    ahead = {code: step for code, step in steps.items() if not step.done}
    for code, step in ahead.items():
        milestone, length = step.milestone, timedelta(weeks=weeks.get(code, step.weeks))
        assert step.finish - step.start == step.latest_finish - step.latest_start == length
        if isinstance(step, Fixed):
            assert step.start == step.finish == dates[milestone.opens].day and not step.late
            continue
        assert step.start >= start
        assert step.latest_finish <= dates[milestone.closes].day
        assert milestone.opens is None or step.start >= dates[milestone.opens].day
        for before in set(milestone.before) & set(ahead):
            assert ahead[before].finish <= step.start
            assert ahead[before].latest_finish <= step.latest_start
    assert not with_needs(done) & set(ahead)
    if "rank_list" in ahead and "certification" in ahead and not ahead["rank_list"].late:
        assert ahead["certification"].finish <= dates[ROL_DEADLINE].day
    if not applicant.is_img:
        assert not any(step.milestone.imgs_only for step in steps.values())


@settings(deadline=None)  # a busy machine is no error
@given(roads)
def test_earliest_dates_are_the_earliest_and_latest_ones_the_latest(case):
    """Nothing could begin a day sooner, nor end a day later, without breaking a bound."""
    applicant, year, start, done, weeks = case
    dates = season(year)
    ahead = {s.code: s for s in road(applicant, dates, start, done, weeks) if isinstance(s, Planned)}
    for code, step in ahead.items():
        milestone = step.milestone
        lower = [start, *(ahead[name].finish for name in milestone.before if name in ahead)]
        lower += [dates[milestone.opens].day] if milestone.opens else []
        if code == "certification" and applicant.ecfmg_expected:
            lower.append(applicant.ecfmg_expected - timedelta(weeks=step.weeks))
        upper = [other.latest_start for other in ahead.values() if code in other.milestone.before]
        assert step.start == max(lower)
        assert step.latest_finish == min([dates[milestone.closes].day, *upper])


@settings(deadline=None)  # a busy machine is no error
@given(roads)
def test_what_is_next_waits_for_nothing(case):
    applicant, year, start, done, weeks = case
    steps = by_code(road(applicant, season(year), start, done, weeks))
    undone = {code for code, step in steps.items() if isinstance(step, Planned)}
    for step in next_steps(list(steps.values())):
        assert step.code in undone and not undone & set(step.milestone.before)
    assert bool(undone) == bool(next_steps(list(steps.values())))


@pytest.mark.parametrize(
    ("known", "ticked", "expected"),
    [
        ({"ecfmg_certified": True}, (), {"account", "step1", "step2_ck", "skills", "certification"}),
        ({"step2_ck": 250}, (), {"step1", "step2_ck"}),
        ({"step1_first_attempt_pass": False}, (), set()),
        ({"us_letters": 3}, (), {"letters"}),
        ({"usce_elective_months": 3}, (), {"electives"}),
        ({}, ("interviews",), {"interviews", "submission", "statement", "form"}),
    ],
)
def test_what_is_done(known, ticked, expected):
    steps = road(person(**known), season(2028), START, ticked)
    assert {step.code for step in steps if step.done} == expected


def test_a_start_too_late_is_said_and_the_next_reachable_match_found():
    late = [s.code for s in road(IMG, season(2027), date(2026, 10, 1)) if s.late]
    assert {"submission", "certification", "rank_list"} <= set(late)
    assert first_reachable(IMG, CALENDAR, date(2026, 10, 1)) == 2028
    assert first_reachable(IMG, CALENDAR, date(2026, 10, 1), weeks={"step1": 104}) == 2030


def test_hands_on_experience_that_is_lacking_goes_where_it_can_be_had():
    def tiers(**known):
        steps = road(person(**known), season(2028), START)
        return {s.code: s.weeks for s in steps if s.milestone.pillar == "Clinical experience"}

    assert tiers() == {"electives": 13}
    assert tiers(years_since_graduation=2, usce_elective_months=1) == {"electives": 0, "externships": 9}


def test_every_event_of_a_table_is_on_the_road_and_a_gap_that_matters_is_named():
    more = pd.concat([CALENDAR, calendar_of((2026, "Residency begins", "2026-07-01"))])
    last = road(IMG, official_dates(more, 2028), START)[-1]
    assert (last.milestone.title, last.start) == ("Residency begins", date(2028, 6, 28))
    gap = CALENDAR[CALENDAR["event"] != ROL_DEADLINE]
    with pytest.raises(NoDate, match=ROL_DEADLINE):
        road(IMG, official_dates(gap, 2028), START)


def test_what_no_recent_match_published_is_not_expected_and_dates_of_others_are_left_out():
    calendar = calendar_of(
        (2016, "MSPE released", "2015-10-01"),
        (2026, "Match Day", "2026-03-20"),
        (2026, "Programs and institutions: NRMP registration opens", "2025-05-01"),
        (2026, "ECFMG Pathways application opens", "2025-08-19"),
    )
    assert set(official_dates(calendar, 2027)) == {"Match Day", "ECFMG Pathways application opens"}
    assert official_dates(calendar, 2016)["MSPE released"].kind == "published"
    assert any(
        "ECFMG" in step.milestone.title for step in road(IMG, season(2027), START) if isinstance(step, Fixed)
    )
    senior = road(person(applicant_type="US MD Senior"), season(2027), START)
    assert not any("ECFMG" in step.milestone.title for step in senior)


def events(content):
    return {str(e["summary"]): e for e in Calendar.from_ical(content).walk("VEVENT")}


@settings(deadline=None)  # a busy machine is no error
@given(roads)
def test_the_calendar_file_parses_back_equal_and_is_the_same_each_time(case):
    applicant, year, start, done, weeks = case
    steps = road(applicant, season(year), start, done, weeks)
    content = calendar_file(steps, year, start)
    assert content == calendar_file(steps, year, start)
    ahead = [s for s in steps if not s.done]
    read = {
        str(event["uid"]): (event.decoded("dtstart"), event.decoded("dtend") - timedelta(1))
        for event in events(content).values()
    }
    assert read == {f"{s.uid}-{year}@match-atlas": (s.start, s.finish) for s in ahead}
    assert {name for name in events(content) if "too late" in name} == {
        f"{s.milestone.title} (too late for {year})" for s in ahead if s.late
    }


def test_official_dates_are_exported_on_their_day_though_the_plan_comes_too_late():
    """Starting in November from nothing, the list would be certified in June: no date moves."""
    start = date(2026, 11, 25)
    found = events(calendar_file(road(IMG, season(2027), start), 2027, start))
    days = {name: event.decoded("dtstart") for name, event in found.items()}
    assert days["Match Day (expected)"] == date(2027, 3, 19)
    assert days["Match Week begins (expected)"] == date(2027, 3, 15)
    assert days[f"{ROL_DEADLINE} (expected)"] == date(2027, 3, 3)
    assert days["Rank order list certified (too late for 2027)"] > date(2027, 3, 19)
    assert set(season(2027)) <= {name.removesuffix(" (expected)") for name in days}
    published = events(calendar_file(road(IMG, season(2026), start), 2026, start))
    assert "published" in published["Match Day"]["description"]
    assert "pattern of 2026" in found["Match Day (expected)"]["description"]


def test_the_list_deadline_alone_reminds_seven_days_and_one_day_before():
    for event in events(calendar_file(road(IMG, season(2028), START), 2028, START)).values():
        alarms = [alarm.decoded("trigger") for alarm in event.walk("VALARM")]
        deadline = ROL_DEADLINE in event["summary"]
        assert alarms == ([timedelta(-7), timedelta(-1)] if deadline else [])


def uids(applicant, start=START, **given):
    steps = road(applicant, season(2028), start, **given)
    return {str(event["uid"]) for event in events(calendar_file(steps, 2028, start)).values()}


def test_two_plans_have_no_event_in_common_and_one_keeps_its_own_over_changes():
    other = person(specialty="Pediatrics")
    assert not uids(IMG) & uids(other)
    assert uids(IMG) == uids(IMG, date(2026, 7, 1))
    mine, theirs = uids(IMG, plan_id="a"), uids(IMG, plan_id="b")
    assert not mine & theirs
    later = uids(person(step2_ck=250), date(2026, 9, 1), plan_id="a", done=("account",))
    assert later < mine, "what is done since has no event, and the others move"


def test_interviews_are_in_the_calendar_on_their_day_unless_called_off():
    def program(code, **cells):
        return TargetProgram(program=f"Hospital {code}", specialty="Psychiatry", code=code, **cells)

    day = date(2027, 1, 12)
    programs = [
        program("1", interview_on=day, status="invited", contact="Dr. Lee"),
        program("2"),
        program("3", interview_on=day, status="withdrawn"),
    ]
    steps = road(IMG, season(2027), START)

    def made(plan_id):
        return events(calendar_file(steps, 2027, START, programs, plan_id))

    found = {name: event for name, event in made("a").items() if name.startswith("Interview: ")}
    assert set(found) == {"Interview: Hospital 1"}
    event = found["Interview: Hospital 1"]
    assert event.decoded("dtstart") == day
    assert "Dr. Lee" in event["description"]
    assert event["uid"] == made("a")["Interview: Hospital 1"]["uid"]
    assert event["uid"] != made("b")["Interview: Hospital 1"]["uid"]
