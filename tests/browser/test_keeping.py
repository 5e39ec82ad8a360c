"""What a visitor entered stays, and stays theirs: addresses, Back, other clients, clicks on charts."""

import re

import pytest
from hypothesis import given, settings

from etl.paths import ROOT
from matchatlas.applicant import Applicant
from matchatlas.plan import Plan, Tutor, save
from matchatlas.web import fields
from tests.browser.test_browser import click_the_last_mark, visit
from tests.browser.test_browser import page as page  # the fixture
from tests.pages.test_consultation import press, upload
from tests.pages.test_pages import open_page
from tests.unit.test_plan import applicants

DEFAULT = Plan(applicant=Applicant(applicant_type="Non-US IMG", specialty="Internal Medicine"))
PROFILE = "type=US+IMG&specialty=Psychiatry&ck=245&ranks=6&visa=J-1&letters=3"
LINE = "US IMG, Psychiatry, Step 2 CK 245, 6 contiguous ranks"


def idle(page) -> None:
    page.wait_for_timeout(300)  # what was asked has begun
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()


def go(page, section: str, name: str, heading: str | None = None) -> None:
    page.get_by_text(section, exact=True).first.click()
    page.get_by_text(name, exact=True).last.click()
    page.get_by_role("heading", name=heading or name, level=1).wait_for()
    idle(page)


@given(applicants)
@settings(max_examples=200, deadline=None)
def test_an_address_gives_back_the_profile_it_was_made_of(person):
    query = fields.to_query(Plan(applicant=person), DEFAULT, fields.KEYS)
    texts = {key: [text] for key, text in query.items()}
    opened, notes = fields.from_query(DEFAULT, texts, {person.specialty})
    assert opened.applicant == person
    assert notes == []


def test_an_address_gives_back_the_application_plans_and_planning_figures():
    plans = ({"Psychiatry": 40, "Neurology": None}, {}, {"Internal Medicine": 0})
    held = Plan(
        **dict(DEFAULT)
        | {"cost_plans": plans, "weeks": {"step1": 30}, "own_costs": {"nrmp": 70}, "start": "2026-06-01"}
    )
    query = fields.to_query(held, DEFAULT, (*fields.KEYS, fields.COUNT_OF_PLANS))
    texts = {key: text if isinstance(text, list) else [text] for key, text in query.items()}
    known = {"Psychiatry", "Neurology", "Internal Medicine"}
    assert fields.from_query(DEFAULT, texts, known) == (held, [])


def test_what_an_address_does_not_say_stays_as_it_is():
    person = DEFAULT.applicant.model_copy(update={"step2_ck": 245, "us_letters": 3})
    held = Plan(applicant=person, weeks={"step1": 30})
    opened, notes = fields.from_query(held, {"ck": ["251"], "letters": [""]}, ())
    assert opened.applicant == person.model_copy(update={"step2_ck": 251})
    assert opened.weeks == {"step1": 30}
    assert notes == []


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("ck", "9" * 5000),
        ("s1", "perhaps"),
        ("type", "Wizard"),
        ("specialty", "Wizardry"),
        ("ecfmg_by", "2026-02-30"),
        ("weeks_step1", "1e999"),
        ("from", "soon"),
        ("plans", "9"),
        ("plan1", "Wizardry"),
        ("n1 Internal Medicine", "-1"),
        ("n4 Internal Medicine", "3"),
    ],
)
def test_what_an_address_asks_for_in_vain_is_told_and_changes_nothing(key, text):
    opened, (note,) = fields.from_query(DEFAULT, {key: [text]}, {"Internal Medicine"})
    assert opened == DEFAULT
    assert "left out" in note and len(note) < 200


@pytest.mark.parametrize(
    ("path", "section", "name"),
    [
        ("readiness", "Apply", "Programs"),
        ("", "Apply", "Readiness"),
        ("data", "Apply", "Roadmap"),
        ("what_if", "Consult", "Consultation"),
    ],
)
def test_a_link_that_is_left_through_the_menu_keeps_its_profile(page, server, path, section, name):
    visit(page, f"{server}/{path}?{PROFILE}")
    go(page, section, name)
    assert LINE in page.locator(".stMain").inner_text()


def test_back_leaves_the_page_and_deletes_nothing(page, server):
    visit(page, f"{server}/specialties")
    go(page, "Apply", "Readiness")
    for label, value in (("Step 2 CK", "245"), ("Contiguous ranks", "6")):
        page.get_by_role("button", name="Change your profile").click()
        page.get_by_label(label, exact=True).fill(value)
        page.get_by_label(label, exact=True).press("Enter")
        page.keyboard.press("Escape")
        idle(page)
    assert "ck=245" in page.url and "ranks=6" in page.url
    page.go_back()
    page.wait_for_url("**/specialties**")
    idle(page)
    page.go_forward()
    page.wait_for_url("**/readiness**")
    idle(page)
    assert "Step 2 CK 245, 6 contiguous ranks" in page.locator(".stMain").inner_text()
    go(page, "Odds", "What-if")
    page.get_by_label("Step 2 CK", exact=True).fill("251")
    page.get_by_label("Step 2 CK", exact=True).press("Enter")
    idle(page)
    page.go_back()
    page.wait_for_url("**/readiness**")
    idle(page)
    assert "Step 2 CK 251" in page.locator(".stMain").inner_text(), "the later entry stays"


def test_a_choice_of_a_view_and_of_the_plan_stay_in_the_address_together(page, server):
    visit(page, f"{server}/specialties?quantity=Programs")
    page.get_by_role("combobox", name="Applicant type").click()
    page.get_by_role("option", name="US DO Senior", exact=True).click()
    page.wait_for_function("document.querySelector('h3').innerText.includes('US DO Senior')")
    idle(page)
    year = page.get_by_role("combobox", name="Year of the ranking")
    year.scroll_into_view_if_needed()  # what scrolls closes an open list
    page.wait_for_timeout(500)
    year.click()
    page.get_by_role("option", name="2022", exact=True).click()
    page.get_by_role("heading", name=re.compile("PGY-1 positions in 2022")).wait_for()
    idle(page)
    for part in ("quantity=Programs", "type=US+DO+Senior", "positions_year=2022"):
        assert part in page.url


def test_one_switch_rules_the_addresses_of_all_pages(page, server):
    visit(page, f"{server}/consultation")
    page.get_by_role("button", name="Change your profile").click()
    page.get_by_label("Step 2 CK", exact=True).fill("245")
    page.get_by_label("Step 2 CK", exact=True).press("Enter")
    page.keyboard.press("Escape")
    page.get_by_text("Step 2 CK 245").first.wait_for()
    for section, name, heading in (
        ("Odds", "What-if", None),
        ("Apply", "Readiness", None),
        ("Odds", "Specialties", None),
    ):
        go(page, section, name, heading)
        assert "?" not in page.url
    go(page, "Apply", "Readiness")
    page.get_by_role("button", name="Link", exact=True).click()
    page.get_by_text("Put the profile into the link").click()
    page.wait_for_function("location.search.includes('ck=245')")
    page.keyboard.press("Escape")
    go(page, "Consult", "Consultation")
    assert "ck=245" in page.url and "share=true" in page.url


FORMER = {
    "type": "US IMG",
    "ck": "245",
    "letters": "3",
    "visa": "J-1",
    "s1": "no",
    "ck2": "255",
    "ecfmg_by": "2028-01-31",
    "weeks_step1": "40",
    "usd_step1": "1000",
    "from": "2026-06-01",
    "plans": "2",
    "plan2": ["Psychiatry"],
    "n2 Psychiatry": "80",
}
CLIENT = Plan(applicant=Applicant(applicant_type="Non-US IMG", specialty="Pediatrics"), client="B")


def shown(app) -> dict:
    """What the widgets of every page about a person show, by key."""
    found = {}
    for name in ("what_if", "roadmap", "costs", "interviews", "consultation", "programs"):
        app.switch_page(str(ROOT / f"pages/{name}.py")).run()
        app.session_state["apart"] = True  # some fields are made when their part is opened
        app.run()
        assert not app.exception
        for kind in ("number_input", "selectbox", "multiselect", "date_input", "text_input", "text_area"):
            found |= {widget.key: widget.value for widget in app.get(kind) if widget.key}
    return found


def fill(app):
    """A first client's figures and words on every page."""
    app.text_input(key="consultation_client").set_value("Amal").run()
    app.text_area(key="consultation_closing_note").set_value("For Amal alone").run()
    app.text_input(key="consultation_name").set_value("The tutor").run()
    return app


def test_an_opened_plan_leaves_nothing_of_the_client_before():
    fresh = shown(upload(open_page("consultation.py"), save(CLIENT)))
    app = fill(open_page("consultation.py", **FORMER))
    before = shown(app)
    assert (before["ck2"], before["n2 Psychiatry"], before["letters"]) == (255, 80, 3)
    app.switch_page(str(ROOT / "pages/consultation.py")).run()
    after = shown(upload(app, save(CLIENT)))
    assert after == fresh


def test_a_new_client_leaves_the_tutors_own_name_alone():
    app = fill(open_page("consultation.py", **FORMER))
    app = press(app, "New client")
    after = shown(app)
    assert after.pop("consultation_name") == "The tutor"
    fresh = shown(open_page("consultation.py"))
    assert fresh.pop("consultation_name") == ""
    assert after == fresh


def test_what_costs_counts_is_in_the_plan_and_comes_back_from_its_file():
    app = open_page("costs.py", **FORMER)
    app.number_input(key="n2 Psychiatry").set_value(31).run()
    app.selectbox(key="plans").select(3).run()
    held = app.session_state["plan"]
    assert held.cost_plans == ({"Internal Medicine": None}, {"Psychiatry": 31}, {})
    other = upload(open_page("consultation.py"), save(held))
    other.switch_page(str(ROOT / "pages/costs.py")).run()
    assert other.number_input(key="n2 Psychiatry").value == 31
    assert other.selectbox(key="plans").value == 3


def test_a_report_is_named_after_its_client(page, server):
    visit(page, f"{server}/consultation")
    page.get_by_label("Client's name").fill("Aïsha  O'Neil/../x")
    page.get_by_label("Client's name").press("Tab")
    idle(page)
    for kind in ("PDF", "HTML"):
        with page.expect_download() as coming:
            page.get_by_role("button", name=f"Report as {kind}").click()
        assert coming.value.suggested_filename == f"match-report-aïsha-o-neil-x.{kind.lower()}"


def test_a_file_asked_for_in_the_middle_of_a_run_comes_with_what_was_typed_before(page, server):
    visit(page, f"{server}/consultation")
    page.get_by_role("button", name="Twice the ranks").or_(
        page.get_by_role("button", name="12 ranks")
    ).wait_for()
    idle(page)
    slow = page.context.new_cdp_session(page)
    slow.send("Emulation.setCPUThrottlingRate", {"rate": 6})
    page.get_by_label("Client's name").fill("Amal Haddad")
    # From the field straight to the button, as a hand moves: the name is on its way meanwhile.
    button = page.get_by_role("button", name="Report as HTML")
    button.scroll_into_view_if_needed()
    box = button.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    with page.expect_download() as coming:
        page.mouse.down()
        page.mouse.up()
    assert "Amal Haddad" in coming.value.path().read_text("utf-8")
    page.get_by_role("button", name="Family Medicine").click()
    with page.expect_download() as coming:
        button.click()
    assert "Family Medicine" in coming.value.path().read_text("utf-8")


def test_a_click_on_a_mark_opens_a_profile_and_changes_nothing_else(page, server):
    visit(page, f"{server}/specialties?{PROFILE}")
    page.wait_for_selector(".js-plotly-plot .point")
    idle(page)
    click_the_last_mark(page)
    idle(page)
    seen = page.locator("h2").first.inner_text()
    assert seen != "Psychiatry" and f"specialty={seen.replace(' ', '+')}" in page.url
    go(page, "Apply", "Readiness")
    assert LINE in page.locator(".stMain").inner_text()


def test_keys_stay_within_the_talk_and_escape_ends_it(page, server):
    visit(page, f"{server}/consultation?present=true")
    page.wait_for_function("!location.search.includes('present')")  # a link passed on starts none
    for key, part in (
        ("ArrowLeft", "The whole talk"),
        ("ArrowRight", "1 · "),
        ("ArrowRight", "2 · "),
        ("ArrowLeft", "1 · "),
        *[("ArrowRight", "")] * 5,
        ("ArrowRight", "5 · "),
    ):
        page.keyboard.press(key)
        idle(page)
        assert page.url.endswith("/consultation")
        page.get_by_role("radio", name=re.compile("^" + part), checked=True).wait_for()
        assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop") == 0
    page.keyboard.press("Escape")
    page.get_by_role("heading", name="Take home").wait_for()
    assert page.url.endswith("/consultation")


def test_a_presentation_begins_at_its_top(page, server):
    visit(page, f"{server}/consultation")
    page.get_by_label("Closing note").scroll_into_view_if_needed()
    main = "document.querySelector('[data-testid=stMain]').scrollTop"
    assert page.evaluate(main) > 0
    page.locator("[data-testid=stExpandSidebarButton]").click()
    page.get_by_text("Presentation mode").click()
    page.get_by_role("heading", name="Take home").wait_for(state="detached")
    idle(page)
    assert page.evaluate(main) == 0


def test_the_tutors_part_of_a_plan_is_what_a_new_client_keeps():
    held = Plan(applicant=DEFAULT.applicant, client="A", tutor=Tutor(name="T", closing_note="For A"))
    app = press(upload(open_page("consultation.py"), save(held)), "New client")
    assert app.session_state["plan"].tutor == Tutor(name="T")


def test_fields_that_are_made_when_they_are_opened_show_the_plan_and_change_it(page, server):
    visit(page, f"{server}/interviews?ysg=7")
    page.get_by_role("button", name="Change your profile").click()
    field = page.get_by_role("spinbutton", name="Years since graduation")
    assert field.count() == 0, "not made before it is asked for"
    page.get_by_text("For your checklist").click()
    field.wait_for()
    assert field.input_value() == "7"
    field.fill("8")
    field.press("Enter")
    page.wait_for_url("**ysg=8**")
    assert field.is_visible(), "the place stays open over the change"
