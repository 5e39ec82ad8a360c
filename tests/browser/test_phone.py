"""The product in one hand: the bar at the foot, the profile's line at the top."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_browser import visit
from tests.browser.test_keeping import idle

SECTIONS = ["Odds", "Apply", "Match", "Consult", "Data"]


@pytest.fixture
def phone(browser):
    """A touched screen of 390 x 844; the content policy holds."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.set_default_timeout(60_000)
    yield page
    context.close()


def bar(page):
    return page.get_by_role("navigation", name="Sections")


def test_the_bar_names_the_five_sections_and_says_which_one_is_open(phone, server):
    visit(phone, f"{server}/readiness")
    expect(bar(phone).locator(":scope > ul > li > :is(a, button)")).to_have_text(SECTIONS)
    expect(bar(phone).locator(":scope > ul > li > [aria-current]")).to_have_text("Apply")
    assert phone.get_by_test_id("stExpandSidebarButton").is_hidden()
    # Nothing that cannot be seen is found by keyboard or screen reader.
    assert phone.get_by_role("link", name="Places", exact=True).count() == 0


def test_a_section_opens_its_pages_by_touch_and_a_page_opens(phone, server):
    visit(phone, f"{server}/readiness?ck=245")
    bar(phone).get_by_role("button", name="Match").tap()
    bar(phone).get_by_role("link", name="Without a residency").tap()
    phone.wait_for_url("**/pathways**")
    idle(phone)
    expect(bar(phone).locator(":scope > ul > li > [aria-current]")).to_have_text("Match")
    expect(bar(phone).locator("[aria-expanded=true]")).to_have_count(0)
    assert "Step 2 CK 245" in phone.locator(".stMain").inner_text(), "the plan came along"
    bar(phone).get_by_role("link", name="Data", exact=True).tap()
    phone.wait_for_url("**/data**")


def test_the_bar_is_worked_by_keys_and_escape_closes_it(phone, server):
    visit(phone, f"{server}/readiness")
    odds = bar(phone).get_by_role("button", name="Odds")
    odds.focus()
    phone.keyboard.press("Enter")
    expect(odds).to_have_attribute("aria-expanded", "true")
    phone.keyboard.press("Tab")
    expect(bar(phone).get_by_role("link", name="Specialties", exact=True)).to_be_focused()
    phone.keyboard.press("Escape")
    expect(odds).to_be_focused()
    expect(odds).to_have_attribute("aria-expanded", "false")
    odds.tap()
    phone.locator("h1").tap()
    expect(odds).to_have_attribute("aria-expanded", "false")


def test_the_bar_covers_nothing_at_a_pages_end(phone, server):
    visit(phone, f"{server}/competitiveness")
    phone.locator(".js-plotly-plot .point").first.wait_for()
    idle(phone)
    phone.locator(".stMain").evaluate("main => main.scrollTo(0, main.scrollHeight)")
    foot = phone.evaluate(
        "Math.max(...[...document.querySelectorAll('.stMainBlockContainer [data-testid=stElementContainer]')]"
        ".filter((part) => part.checkVisibility() && !part.closest('details:not([open]), .st-key-frame')).map((part) => part.getBoundingClientRect().bottom))"
    )
    assert foot <= bar(phone).bounding_box()["y"]


def test_a_wide_screen_has_no_bar(browser, server):
    page = browser.new_page(viewport={"width": 1280, "height": 844})
    visit(page, f"{server}/readiness")
    assert page.locator("nav[aria-label=Sections]").count() == 0
    page.set_viewport_size({"width": 600, "height": 844})
    expect(bar(page)).to_be_visible()
    page.close()


def test_the_profile_stays_in_sight_and_a_tap_on_it_opens_the_inputs(phone, server):
    visit(phone, f"{server}/readiness?type=US+IMG&specialty=Psychiatry&ck=245")
    phone.locator(".js-plotly-plot").first.wait_for()
    phone.locator(".stMain").evaluate("main => main.scrollTo(0, 1500)")
    idle(phone)
    line = phone.get_by_text("US IMG, Psychiatry, Step 2 CK 245")
    expect(line).to_be_in_viewport(ratio=1)
    box = line.bounding_box()
    phone.touchscreen.tap(box["x"] + 20, box["y"] + 8)
    expect(phone.get_by_test_id("stPopoverBody").get_by_role("combobox", name="Specialty")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_the_keyboard_reaches_is_ringed_in_both_themes(browser, server, scheme):
    page = browser.new_page(color_scheme=scheme)
    visit(page, f"{server}/readiness")
    for part in (
        page.get_by_role("button", name="Change your profile"),
        page.get_by_role("link", name="Start").first,
    ):
        page.keyboard.press("Tab")  # from now on focus is shown
        part.focus()
        drawn = part.evaluate("part => [getComputedStyle(part).outline, getComputedStyle(part).boxShadow]")
        assert "rgb(255, 191, 71) solid 3px" in drawn[0] and "rgb(11, 12, 12)" in drawn[1]
    page.close()


def test_an_answer_that_changed_is_said_and_one_that_was_there_is_not(phone, server):
    said = phone.locator("body > [role=status]")
    visit(phone, f"{server}/interviews?ck=245&ranks=8")
    phone.get_by_role("heading", name="of 100").first.wait_for()
    expect(said).to_have_text("")
    phone.get_by_role("button", name="Change your profile").tap()
    phone.get_by_label("Step 2 CK", exact=True).fill("262")
    phone.get_by_label("Step 2 CK", exact=True).press("Enter")
    expect(said).to_contain_text("of 100")
    expect(said).to_contain_text("ranks for 80%")
