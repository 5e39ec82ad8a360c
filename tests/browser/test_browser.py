"""The app in a real browser, as a person uses it."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from etl.paths import ROOT

PAGES = ["", *sorted(p.stem for p in (ROOT / "pages").glob("*.py") if p.stem != "start")]


@pytest.fixture
def page(browser):
    # What Playwright itself evaluates would break the content policy; test_security holds it.
    context = browser.new_context(viewport={"width": 1440, "height": 900}, bypass_csp=True)
    page = context.new_page()
    page.problems = []
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.on("console", lambda said: page.problems.append(said.text) if said.type == "error" else None)
    yield page
    context.close()
    assert page.problems == []


def visit(page, address: str) -> None:
    page.set_default_timeout(60_000)  # a busy machine is no failure
    page.goto(address)
    page.wait_for_selector("h1")
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_a_page_opens_whole_for_everybody(browser, server, path, width, scheme):
    """No problem told, nothing wider than the screen, nothing from elsewhere, nothing hard to perceive."""
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page, asked = context.new_page(), []
    page.on("request", lambda request: asked.append(request.url))
    visit(page, f"{server}/{path}")
    assert page.locator("[data-testid=stException]").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    serious = serious_violations(page)
    context.close()
    assert serious == []
    assert [url for url in asked if not url.startswith((server, "data:", "blob:"))] == []


def serious_violations(page) -> list[str]:
    """What axe finds serious or critical, and is there to stay: what fades in, or waits for its font, is
    judged when it is there."""
    for _ in range(8):
        page.evaluate("document.fonts.ready.then(() => true)")
        # Streamlit's own marks: sparklines, whose figures stand beside them, and the menu of a narrow
        # screen, which sets its sections' names between the items of a list.
        own = [["[data-testid=stMetricChart]"], ["[data-testid=stSidebarNavItems]"]]
        results = Axe().run(page, {"exclude": own})
        serious = [
            f"{violation['id']}: {violation['nodes'][0]['html'][:200]}"
            for violation in results.response["violations"]
            if violation["impact"] in ("serious", "critical")
        ]
        if not serious:
            break
        page.wait_for_timeout(1500)
    return serious


def test_a_filter_changes_the_chart_and_the_link_keeps_it(page, server):
    visit(page, f"{server}/specialties")
    title = page.locator("h3").first
    assert "Non-US IMGs" in title.inner_text()
    page.get_by_role("combobox", name="Applicant type").click()
    page.get_by_role("option", name="US DO Senior", exact=True).click()
    page.wait_for_function("document.querySelector('h3').innerText.includes('US DO Senior')")
    changed = title.inner_text()
    page.wait_for_url(re.compile(r"[?&]type=US(\+|%20)DO(\+|%20)Senior"))
    marks = page.locator(".js-plotly-plot").first.locator(".point")
    told = page.get_by_role("figure", name=re.compile("Ranked dots with intervals")).first
    drawn = int(re.search(r"for (\d+) specialties", told.get_attribute("aria-label"))[1])
    assert drawn > 10
    expect(marks).to_have_count(drawn, timeout=60_000)  # the chart is drawn after its words

    page.goto(page.url)
    page.wait_for_selector(".js-plotly-plot .point")
    assert title.inner_text() == changed
    expect(marks).to_have_count(drawn, timeout=60_000)


def test_an_unknown_parameter_value_is_noted(page, server):
    visit(page, f"{server}/?type=Wizard")
    note = page.get_by_text("The link asked for")
    note.wait_for()
    assert "Wizard" in note.inner_text()


def test_the_applicant_type_goes_along_to_the_next_page(page, server):
    visit(page, f"{server}/?type=US+IMG")
    page.get_by_role("link", name="Specialties").first.click()
    page.wait_for_url("**/specialties**")
    page.get_by_role("heading", name="Match rates").wait_for()
    assert "US IMG" in page.get_by_text("US IMG", exact=False).first.inner_text()


def test_charts_tell_themselves_to_who_does_not_see_them(page, server):
    visit(page, f"{server}/specialties")
    page.wait_for_selector(".js-plotly-plot")
    assert page.get_by_role("figure", name=re.compile("Ranked dots with intervals")).count() == 1


def test_keyboard_alone_reaches_every_control(page, server):
    visit(page, f"{server}/competitiveness")
    page.wait_for_selector(".js-plotly-plot")
    reached = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate(
                "(document.activeElement.getAttribute('aria-label') || document.activeElement.innerText)"
            )
        )
    text = " ".join(filter(None, reached))
    for control in ("Applicant type", "Characteristic", "CSV", "The figures as a table"):
        assert control in text


def click_the_last_mark(page):
    """Click on a mark of the last chart, as far as to the profile that it opens."""
    mark = page.locator(".js-plotly-plot .point").last
    mark.scroll_into_view_if_needed()
    box = mark.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x - 30, y, steps=3)
    page.mouse.move(x, y, steps=3)
    page.locator(".hoverlayer .hovertext").wait_for()
    page.mouse.click(x, y)
    page.wait_for_url("**/profile**")
    page.get_by_role("heading", name="Specialty profile").wait_for()


def test_a_click_on_a_mark_opens_the_profile(page, server):
    visit(page, f"{server}/competitiveness?type=US+MD+Senior")
    page.wait_for_selector(".js-plotly-plot .point")
    click_the_last_mark(page)
    assert "type=US" in page.url
    assert page.get_by_role("heading", name="Specialty profile").is_visible()


def test_presentation_mode_hides_controls_and_turns_pages_by_key(page, server):
    visit(page, f"{server}/specialties?present=true")
    page.wait_for_selector(".js-plotly-plot")
    assert page.locator(".stMain .stSelectbox").first.is_hidden()
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**/profile**")
    page.get_by_role("heading", name="Specialty profile").wait_for()
    page.locator(".stMain .stSelectbox").first.wait_for(state="hidden")
    page.wait_for_timeout(1500)  # what comes by itself after a page's first run ends nothing
    page.keyboard.press("ArrowRight")
    page.get_by_role("heading", name="Citizenship and school").wait_for()
    page.wait_for_timeout(1500)
    assert page.get_by_role("combobox").first.is_hidden()
    page.wait_for_function("!location.search.includes('present')")  # a link passed on starts none


def test_a_whole_consultation_ends_with_a_report_and_a_bare_address(page, server):
    visit(page, f"{server}/consultation")
    page.get_by_role("button", name="10 points more").wait_for()
    page.get_by_role("button", name="Family Medicine").click()
    page.get_by_text("B · Family Medicine").wait_for()
    page.get_by_label("Client's name").fill("محمد عبد الله")
    for name, begins in (("PDF", b"%PDF-1.7"), ("HTML", b"<!doctype html>")):
        with page.expect_download() as coming:
            page.get_by_role("button", name=f"Report as {name}").click()
        with open(coming.value.path(), "rb") as report:
            content = report.read()
        assert content.startswith(begins)
    assert "محمد عبد الله" in content.decode()
    assert page.url == f"{server}/consultation"


def test_the_link_carries_the_profile_where_the_tutor_asks_for_it(page, server):
    visit(page, f"{server}/consultation?share=true&type=US+IMG&specialty=Pathology&ck=251")
    page.get_by_text("US IMG, Pathology, Step 2 CK 251").wait_for()
    page.get_by_text("Put the profile into the link").click()
    page.get_by_text("Whoever has this link").wait_for(state="hidden")
    page.get_by_text("US IMG, Pathology, Step 2 CK 251").wait_for()
    page.wait_for_function("!location.search.includes('ck=')")
