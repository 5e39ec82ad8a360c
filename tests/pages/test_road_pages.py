"""The pages of the road: the checklist and the plan's file, own figures, tables added later."""

import re
from datetime import date

import pytest
from playwright.sync_api import expect
from streamlit.testing.v1 import AppTest

from etl.build import build
from etl.paths import ROOT
from matchatlas import plan
from matchatlas.applicant import Applicant
from matchatlas.catalog.database import open_catalog
from matchatlas.web import ui
from tests.browser.test_browser import visit
from tests.pages.test_pages import open_page


def text(app: AppTest) -> str:
    parts = (app.markdown, app.info, app.warning, app.success, app.header, app.subheader)
    return "\n".join(element.value for part in parts for element in part)


def metric(app: AppTest, label: str) -> str:
    return next(m.value for m in app.metric if m.label.startswith(label))


def test_the_checklist_ticks_what_is_needed_with_it_and_unticks():
    app = open_page("roadmap.py")
    assert metric(app, "Milestones done") == "0 of 13"
    app.checkbox(key="done_submission").check().run()
    assert metric(app, "Milestones done") == "3 of 13"
    assert app.checkbox(key="done_form").value and app.checkbox(key="done_form").disabled
    app.checkbox(key="done_submission").uncheck().run()
    assert metric(app, "Milestones done") == "0 of 13"
    assert not app.exception


def test_what_the_profile_shows_is_ticked_and_all_done_is_said():
    app = open_page("roadmap.py", ecfmg="yes", letters="4")
    assert metric(app, "Milestones done") == "6 of 13"
    assert app.checkbox(key="done_certification").disabled
    for code in ("electives", "interviews", "rank_list"):
        app.checkbox(key=f"done_{code}").check().run()
    assert metric(app, "Milestones done") == "13 of 13"
    assert "Everything that was to be done on this road is done" in text(app)
    app.checkbox(key="done_rank_list").uncheck().run()
    assert "What is next" in text(app)
    assert not app.exception


def test_the_plan_warns_of_what_is_late_and_durations_move_it():
    app = open_page("roadmap.py", **{"match": "2028", "from": "2026-06-01"})
    assert metric(app, "First Match") == "2028"
    assert "does not reach" not in text(app)
    app.number_input(key="weeks_step1").set_value(100).run()
    assert "does not reach the Match of 2028" in text(app)
    assert metric(app, "First Match") == "2029"


def test_us_seniors_see_no_ecfmg_milestone():
    app = open_page("roadmap.py", type="US DO Senior")
    assert not any("ECFMG" in box.label for box in app.checkbox)
    assert len(app.checkbox) == 9


def test_durations_and_own_costs_go_along_to_other_pages_and_into_the_plan():
    app = open_page("roadmap.py", weeks_step1="40")
    app.switch_page(str(ROOT / "pages/costs.py")).run()
    app.number_input(key="usd_step1").set_value(1000).run()
    app.switch_page(str(ROOT / "pages/readiness.py")).run()
    app.switch_page(str(ROOT / "pages/roadmap.py")).run()
    assert app.number_input(key="weeks_step1").value == 40
    app.switch_page(str(ROOT / "pages/costs.py")).run()
    assert app.number_input(key="usd_step1").value == 1000


def test_a_plan_with_durations_and_costs_is_read_back_equal():
    applicant = Applicant(applicant_type="US IMG", specialty="Psychiatry", ecfmg_expected=date(2028, 1, 31))
    mine = plan.Plan(applicant=applicant, done=("account",), weeks={"step1": 40}, own_costs={"nrmp": 70})
    assert plan.read(plan.save(mine)) == mine


@pytest.mark.parametrize("spoilt", ['{"step1": 999}', '{"dance": 4}', '{"step1": -1}', "4"])
def test_an_impossible_duration_in_a_file_is_refused_with_its_place(spoilt):
    content = (
        '{"schema_version": 2, "applicant": {"applicant_type": "US IMG", '
        f'"specialty": "Psychiatry"}}, "weeks": {spoilt}}}'
    )
    with pytest.raises(plan.PlanError, match="weeks"):
        plan.read(content.encode())


def test_costs_add_up_per_plan_and_keep_own_figures_apart():
    app = open_page(
        "costs.py",
        **{
            "plans": "2",
            "plan2": ["Family Medicine", "Psychiatry"],
            "n2 Psychiatry": "80",
            "n2 Family Medicine": "31",
            "usd_step1": "1000",
        },
    )
    first, second = app.metric
    # Published for an IMG: Step 2 CK $985, certification $160, the Match $70; Step 1 is one's own.
    once = 985 + 160 + 70
    assert first.value == f"${330 + once + 1000:,}"
    assert first.delta == f"${330 + once:,} published, $1,000 your own"
    assert second.value == f"${2190 + once + 1000:,}"
    assert "older than this season" in text(app)
    assert "No figure published here tells what one more application adds" in text(app)
    assert not app.exception


@pytest.mark.parametrize(
    "page", ["roadmap.py", "readiness.py", "costs.py", "pathways.py", "soap.py", "signals.py"]
)
@pytest.mark.parametrize("hostile", ["9" * 5000, "-1e999", "-1", "'; DROP TABLE fees; --", "<b>1</b>", "2e9"])
def test_hostile_parameters_of_the_road(page, hostile):
    names = (
        "weeks_step1",
        "from",
        "plans",
        "plan1",
        "n1 Internal Medicine",
        "usd_step1",
        "match",
        "ecfmg_by",
        "states",
    )
    app = open_page(page, **dict.fromkeys(names, hostile))
    assert not app.exception
    assert app.title


def test_readiness_shows_pillars_with_advice_and_evidence():
    app = open_page("readiness.py", ck="247", elective="2")
    shown = text(app)
    assert "partly there (247: between the guide's 245 and 250)" in shown
    assert "1 month short of the guide's 3" in shown
    assert "Letters of recommendation in the specialty: **85 %** of directors" in shown
    assert "Mean Step 2 CK, matched" in shown and "n = 2,649, 2026" in shown
    assert not app.exception


@pytest.fixture
def added(inputs, monkeypatch):
    """The catalog of a copy to which the tables that are not shipped were added."""
    other = inputs.tables / "other"
    (other / "state_pathways_test.csv").write_text(
        "state,kind,training_or_practice_abroad,trust,source_id\n"
        "Ohio,Example license,An example and no law,single,acgme-2020-single-accreditation\n"
    )
    (other / "fees_test.csv").write_text(
        "season_or_year,body,item,payer,amount_usd,unit,trust,source_id\n"
        "2091,USMLE,USMLE Step 1 examination,IMG,5,each,single,acgme-2020-single-accreditation\n"
        "2092,USMLE,USMLE Step 1 examination,IMG,7,each,single,acgme-2020-single-accreditation\n"
    )
    build(inputs)
    monkeypatch.setattr(ui, "open_catalog", lambda: open_catalog(inputs.database))


def test_tables_added_later_light_the_pages_up(added):
    app = open_page("pathways.py")
    assert "An example and no law" in text(app)

    app.switch_page(str(ROOT / "pages/costs.py")).run()
    # 30 applications at $11; Step 1 by the later of the two fees, Step 2 CK $985, ECFMG $160, NRMP $70.
    assert metric(app, "Plan 1") == "$1,552"
    app.number_input(key="usd_step1").set_value(100).run()
    assert metric(app, "Plan 1") == "$1,645"  # one's own figure counts instead of the published
    assert not app.exception


def test_pathways_name_every_state_of_the_table(catalog):
    app = open_page("pathways.py")
    shown = text(app) + " ".join(box.label for box in app.expander)
    assert all(state in shown for state in catalog.state_pathways()["state"])
    assert "medical board" in text(app)


def opened(context, address: str):
    """The page in a new tab, once all of it is there."""
    page = context.new_page()
    visit(page, address)
    page.get_by_role("heading", name="Official dates").wait_for()
    return page


def ticked(page) -> list[str]:
    return sorted(page.locator(".stCheckbox:has(input:checked)").all_inner_texts())


def test_a_ticked_checklist_is_saved_and_opened_in_a_fresh_browser(browser, server, tmp_path):
    address = f"{server}/roadmap?type=US+IMG&specialty=Psychiatry&ck=251&match=2028&from=2026-06-01"
    first = browser.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True)
    page = opened(first, f"{address}&weeks_step1=40")
    for label in ("ECFMG account", "Personal statement"):
        # The word, not the box: Streamlit hides the input itself.
        page.locator(".stCheckbox", has_text=label).locator("label").click()
        page.locator(".stCheckbox:has(input:checked)", has_text=label).wait_for()
    page.get_by_text("4 of 13").wait_for()
    done = page.locator(".stCheckbox:has(input:checked)")
    expect(done.filter(has_text=re.compile(r": by \d"))).to_have_count(0, timeout=60_000)
    expected = ticked(page)
    page.get_by_role("button", name="Save or open your plan").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save the plan").click()
    file = tmp_path / "plan.json"
    download.value.save_as(file)
    first.close()
    saved = plan.read(file.read_bytes())
    assert saved.done == ("account", "statement")
    assert saved.weeks == {"step1": 40}

    second = browser.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True)
    page = opened(second, f"{server}/roadmap?from=2026-06-01")
    assert ticked(page) == []
    page.get_by_role("button", name="Save or open your plan").click()
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_text("The plan is open.").wait_for()
    page.get_by_text("4 of 13").wait_for()
    done = page.locator(".stCheckbox:has(input:checked)")
    expect(done).to_have_count(len(expected), timeout=60_000)
    expect(done.filter(has_text=re.compile(r": by \d"))).to_have_count(0, timeout=60_000)
    assert ticked(page) == expected
    assert "US IMG, Psychiatry, Step 2 CK 251, Match of 2028" in page.locator(".stMain").inner_text()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save the plan").click()
    again = tmp_path / "again.json"
    download.value.save_as(again)
    second.close()
    assert plan.read(again.read_bytes()) == saved


def test_every_specialty_has_its_signals_told_with_one_tier_or_two(catalog):
    for specialty in catalog.table("signals")["specialty"].unique():
        app = open_page("signals.py", specialty=specialty)
        assert not app.exception, specialty
        assert specialty in text(app)
