"""The answer stands above the form, within the first screen, and no chart's axis is cut on a phone."""

import pytest

from tests.browser.test_browser import visit

SCREENS = {"phone": (390, 844), "desktop": (1280, 800)}
PROFILE = "type=Non-US+IMG&specialty=Internal+Medicine&ck=243&ranks=4"


@pytest.fixture
def page(browser, request):
    width, height = SCREENS[request.param]
    context = browser.new_context(viewport={"width": width, "height": height}, bypass_csp=True)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("page", SCREENS, indirect=True)
@pytest.mark.parametrize("path", ["", "what_if"])
def test_the_answer_stands_in_the_first_screen_above_the_form(page, server, path):
    visit(page, f"{server}/{path}?{PROFILE}&now=interviewing")
    figure = page.locator(".st-key-answer h2").bounding_box()
    field = page.get_by_label("Step 2 CK", exact=True).bounding_box()
    height = page.viewport_size["height"]
    assert figure["y"] + figure["height"] < height
    beside = page.viewport_size["width"] > 640
    assert figure["y"] < field["y"] or (beside and field["y"] < height)
    assert page.get_by_role("img", name="on a scale from 0 to 100 %").first.is_visible()


@pytest.mark.parametrize("page", ["phone"], indirect=True)
def test_no_axis_is_cut_and_the_own_value_is_marked(page, server):
    visit(page, f"{server}/what_if?{PROFILE}")
    for name, last in (("Curve of the estimate over Step 2 CK", "280"), ("over Contiguous ranks", "20")):
        chart = page.get_by_role("figure", name=name)
        chart.scroll_into_view_if_needed()
        chart.locator(".xtick text", has_text=last).first.wait_for()
        right = chart.bounding_box()["x"] + chart.bounding_box()["width"]
        ticks = [tick.bounding_box() for tick in chart.locator(".xtick text").all() if tick.is_visible()]
        assert max(box["x"] + box["width"] for box in ticks) <= right
        assert chart.get_by_text("This applicant").is_visible()
