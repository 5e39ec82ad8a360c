"""Where a person stands: it sets the Match, implies what is done, and nothing planned is late."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchatlas.applicant import APPLICANT_TYPES, Applicant
from matchatlas.catalog.database import open_catalog
from matchatlas.plan import Plan, read, save
from matchatlas.road import season
from matchatlas.road.milestones import ROL_DEADLINE
from matchatlas.road.official import official_dates, told
from matchatlas.road.roadmap import first_reachable, road
from matchatlas.road.steps import Fixed
from matchatlas.road.targets import TargetProgram
from matchatlas.web import fields
from tests.pages.test_pages import open_page
from tests.pages.test_road_pages import metric, text

CALENDAR = open_catalog().calendar()
NOVEMBER = date(2026, 11, 25)


def person(**known):
    return Applicant(**{"applicant_type": "Non-US IMG", "specialty": "Internal Medicine"} | known)


@pytest.mark.parametrize(
    ("stage", "today", "year"),
    [
        ("interviewing", NOVEMBER, 2027),
        ("applying", NOVEMBER, 2028),
        ("preparing", NOVEMBER, 2028),
        ("unmatched", NOVEMBER, 2028),
        ("interviewing", date(2027, 3, 10), 2027),
        ("interviewing", date(2027, 3, 20), 2028),  # the day after Match Day
        ("applying", date(2026, 8, 1), 2027),
        ("applying", date(2026, 10, 1), 2028),
    ],
)
def test_the_stage_sets_the_match_year(stage, today, year):
    assert season.match_year(stage, CALENDAR, today) == year


def steps(stage, year=2027, today=NOVEMBER, **known):
    found = road(person(**known), official_dates(CALENDAR, year), today, stage=stage)
    return {step.code: step for step in found if not isinstance(step, Fixed)}


def test_who_interviews_in_november_is_in_the_coming_match_with_nothing_late():
    found = steps("interviewing")
    done = {code for code, step in found.items() if step.done}
    assert {"account", "step1", "step2_ck", "statement", "form", "submission"} <= done
    assert {found[code].state for code in ("electives", "letters")} == {"behind you"}
    assert not [code for code, step in found.items() if step.late]
    deadline = official_dates(CALENDAR, 2027)[ROL_DEADLINE].day
    assert found["interviews"].finish <= deadline
    assert first_reachable(person(), CALENDAR, NOVEMBER, stage="interviewing") == 2027
    assert first_reachable(person(), CALENDAR, NOVEMBER) == 2028


def test_interviews_count_for_one_match_only():
    """Certified too late for the coming one, a new application is needed for the next."""
    late = person(ecfmg_expected=date(2027, 4, 1))
    assert first_reachable(late, CALENDAR, NOVEMBER, stage="interviewing") == 2028


@pytest.mark.parametrize(
    ("stage", "known", "done"),
    [
        (None, {}, False),
        (None, {"step2_ck": 240}, True),
        (None, {"step2_ck": 240, "step1_first_attempt_pass": False}, False),
        ("interviewing", {}, True),
        ("interviewing", {"step1_first_attempt_pass": False}, False),
        ("unmatched", {}, True),
        ("preparing", {}, False),
    ],
)
def test_a_score_or_interviews_imply_step_1_unless_it_is_denied(stage, known, done):
    assert steps(stage, 2028, **known)["step1"].done == done


@settings(deadline=None, max_examples=60)
@given(
    st.sampled_from(season.STAGES),
    st.sampled_from(APPLICANT_TYPES),
    st.dates(date(2026, 1, 1), date(2035, 12, 31)),
)
def test_any_stage_on_any_day_has_a_match_that_is_not_over(stage, applicant_type, today):
    year = season.match_year(stage, CALENDAR, today)
    assert not season.is_over(year, CALENDAR, today)
    found = road(person(applicant_type=applicant_type), official_dates(CALENDAR, year), today, stage=stage)
    if stage == "interviewing":
        applied = {step.code: step.done for step in found}
        assert applied["submission"] and applied["form"] and applied["statement"]


def test_the_stage_is_kept_in_the_plans_file():
    plan = Plan(applicant=person(), stage="interviewing")
    assert read(save(plan)) == plan


def test_the_roadmap_asks_first_and_the_answer_moves_it():
    app = open_page("roadmap.py", ck="243")
    assert "Where are you now?" in text(app)
    app.button(key="stage_interviewing").click().run()
    assert not app.exception
    assert metric(app, "Match aimed at") == str(season.match_year("interviewing", CALENDAR, date.today()))
    assert app.checkbox(key="done_submission").value
    assert "too late" not in text(app)
    app.button(key="stage_applying").click().run()
    assert not app.checkbox(key="done_submission").value


def test_the_start_page_tells_the_next_dates_own_interviews_among_them():
    app = open_page("start.py", now="interviewing")
    tomorrow = date.today() + timedelta(1)
    programs = [
        TargetProgram(program=name, specialty="Psychiatry", interview_on=tomorrow, status=status)
        for name, status in (("County *Hospital*", "invited"), ("Mercy", "withdrawn"))
    ]
    app.session_state["plan"] = Plan(applicant=person(), stage="interviewing", programs=programs)
    app.run()
    assert not app.exception
    (dates,) = (m.value for m in app.markdown if m.value.startswith(f"- **{told(tomorrow)}**"))
    assert dates.count("\n") == 2
    assert "Interview: County \\*Hospital\\*" in dates and "Mercy" not in dates


def test_a_link_carries_the_answer_and_the_match_follows():
    app = open_page("roadmap.py", now="interviewing")
    coming = season.match_year("interviewing", CALENDAR, date.today())
    assert metric(app, "Match aimed at") == str(coming)
    assert app.checkbox(key="done_submission").value
    opened, [note] = fields.from_query(Plan(applicant=person()), {"now": ["dancing"]}, [])
    assert opened.stage is None
    assert "dancing" in note and "where you are now" in note


def test_an_answer_for_a_match_that_is_over_is_asked_anew():
    app = open_page("roadmap.py")
    app.session_state["plan"] = Plan(applicant=person(target_match_year=2024), stage="interviewing")
    app.session_state["match"] = 2024
    app.run()
    assert "The Match of 2024 is over" in text(app)
    assert not app.checkbox(key="done_submission").value
