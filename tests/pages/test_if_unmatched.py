"""When a Match goes wrong: each branch for each person, its dates, its checklist, and only published figures."""

from datetime import date

import pytest

from etl.paths import ROOT
from matchatlas.applicant import APPLICANT_TYPES, Applicant
from matchatlas.catalog.database import open_catalog
from matchatlas.road import match_week, season
from matchatlas.road.official import official_dates, told
from matchatlas.web import session
from tests.pages.test_pages import open_page
from tests.pages.test_road_pages import text

CATALOG = open_catalog()
CALENDAR = CATALOG.calendar()


@pytest.mark.parametrize("kind", APPLICANT_TYPES)
@pytest.mark.parametrize("branch", match_week.BRANCHES)
def test_every_branch_runs_for_every_type_and_says_what_no_table_has(branch, kind):
    app = open_page("soap.py", type=kind, happened=branch)
    assert not app.exception
    said = text(app)
    if branch in (match_week.PARTLY, match_week.AGAIN, match_week.NO_OFFER):
        assert "No table tells how" in said
    if branch in (match_week.NOT_MATCHED, match_week.PARTLY):
        year = season.match_year("interviewing", CALENDAR, date.today())
        friday = official_dates(CALENDAR, year)["Match Day"].day
        assert f"Friday {told(friday)}" in said
        assert ("certified by ECFMG" in said) == ("IMG" in kind)


def test_the_page_opens_where_the_person_stands():
    app = open_page("start.py")
    app.button(key="stage_unmatched").click().run()
    assert any(link.proto.page.endswith("soap") for link in app.get("page_link"))
    app.switch_page(str(ROOT / "pages" / "soap.py")).run()
    assert app.selectbox(key="happened").value == match_week.AGAIN
    assert "number of earlier match attempts" in text(app).lower()
    app = open_page("soap.py")
    assert app.selectbox(key="happened").value == match_week.NOT_MATCHED


def test_what_is_ready_is_kept_in_the_plan_and_no_milestone_of_the_road():
    app = open_page("soap.py")
    app.checkbox(key="done_soap_letters").check().run()
    assert app.session_state[session.PLAN].done == ("soap_letters",)
    app.switch_page(str(ROOT / "pages" / "roadmap.py")).run()
    assert next(m.value for m in app.metric if m.label == "Milestones done").startswith("0 of")
    app.switch_page(str(ROOT / "pages" / "soap.py")).run()
    assert app.checkbox(key="done_soap_letters").value
    app.checkbox(key="done_soap_letters").uncheck().run()
    assert app.session_state[session.PLAN].done == ()


def test_the_days_of_the_week_follow_its_monday():
    schedule = CATALOG.table("match_week_schedule")
    steps = match_week.week(schedule, official_dates(CALENDAR, 2026))
    assert (steps["day"].map(lambda day: f"{day:%A}") == steps["weekday"]).all()
    assert steps["day"].iloc[0] == date(2026, 3, 16) and steps["day"].iloc[-1] == date(2026, 3, 20)
    assert match_week.week(schedule, {})["day"].isna().all(), "no calendar, no day"


@pytest.mark.parametrize("missing", [match_week.FIRST_YEAR, match_week.LATER_YEARS])
def test_open_positions_are_of_the_part_that_is_missing(missing):
    levels = CATALOG.table("positions_by_specialty_level")
    rows = match_week.left_open(levels, missing)
    assert len(rows) and rows["specialty"].is_unique and (rows["open"] > 0).all()
    for row in rows.itertuples():
        printed = levels[(levels["specialty"] == row.specialty) & (levels["match_year"] == row.match_year)]
        if missing == match_week.LATER_YEARS:
            printed = printed[printed["level"] == "PGY-2 advanced"]
        else:
            assert "Preliminary" in row.specialty or row.specialty == "Transitional Year"
        assert row.open == (printed["positions_offered"] - printed["positions_filled"]).iloc[0]


def test_studies_of_imgs_are_told_to_imgs_alone_and_a_class_s_rate_to_its_own():
    def published(kind):
        tables = (CATALOG.table(name) for name in ("published_effects", "program_directors"))
        applicant = Applicant(applicant_type=kind, specialty="Family Medicine")
        found = match_week.applying_again(
            applicant, *tables, CATALOG.match_rates(), CATALOG.table("visa_facts")
        )
        assert found["source_id"].isin(CATALOG.sources()["source_id"]).all()
        return "\n".join(found["sentence"])

    assert "744 IMGs" in published("Non-US IMG") and "Step 3" in published("Non-US IMG")
    assert "744 IMGs" in published("US IMG") and "Step 3" not in published("US IMG")
    assert "active US MD Graduates" in published("US MD Senior")
    assert "IMGs" not in published("US DO Graduate") and "630 active US DO Graduates" in published(
        "US DO Graduate"
    )
    assert "without gaps: 57 %" in published("US MD Senior"), "its own specialty's survey"
