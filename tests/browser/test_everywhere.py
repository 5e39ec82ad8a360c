"""What holds on every page, on a phone: read in one visit a page, judged one by one."""

from functools import cache

import pytest

from tests.browser.test_browser import PAGES, visit

PROFILE = "type=Non-US+IMG&specialty=Internal+Medicine&ck=245&ranks=8"
SEEN = """() => {
  const shown = (part) => part.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const box = (part) => part.getBoundingClientRect();
  const all = (parts, within = document) => [...within.querySelectorAll(parts)].filter(shown);
  const name = (part) => (part.ariaLabel || part.innerText || "").trim();
  const cut = [];
  for (const chart of all(".js-plotly-plot")) {
    const { left, right } = box(chart);
    for (const text of all("svg.main-svg text", chart))
      if (text.textContent.trim() && (box(text).left < left - 1 || box(text).right > right + 1))
        cut.push(text.textContent);
  }
  const reached = all("button, summary, input, [role=combobox], [role=tab], [role=switch]");
  return {
    title: document.title,
    charts: all(".js-plotly-plot").length,
    cut,
    headings: all(".stMain :is(h1, h2, h3, h4, h5, h6)").map((part) => [+part.tagName[1], part.innerText]),
    buttons: all("button").map(name),
    small: reached
      // What a label or a field surrounds is as large as that.
      .map((part) => [name(part), box(part.closest("label, .stMultiSelect div[role=group]") ?? part)])
      .filter(([, { width, height }]) => width > 1 && (width < 43.5 || height < 43.5))
      .map(([name, { width, height }]) => `${name}: ${Math.round(width)} x ${Math.round(height)}`),
  };
}"""


@pytest.fixture(scope="module")
def seen(browser, server):
    """What a page shows on a phone, by its path."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, bypass_csp=True
    )
    page = context.new_page()

    @cache
    def look(path: str) -> dict:
        visit(page, f"{server}/{path}?{PROFILE}")
        # Charts are drawn, and buttons named, after a page's words are there.
        page.wait_for_function(
            "document.querySelectorAll('.stPlotlyChart').length ==="
            "document.querySelectorAll('.js-plotly-plot svg.main-svg:first-child').length"
        )
        for _ in range(10):
            page.wait_for_timeout(1000)
            found = page.evaluate(SEEN)
            if len(set(found["buttons"])) == len(found["buttons"]):
                break
        return found

    yield look
    context.close()


def test_every_page_has_a_title_of_its_own(seen):
    titles = [seen(path)["title"] for path in PAGES]
    assert len(set(titles)) == len(PAGES)
    assert all(title.endswith(" · Match Atlas") for title in titles)
    assert "Internal Medicine" in seen("profile")["title"]


@pytest.mark.parametrize("path", PAGES)
def test_no_text_of_a_chart_is_cut_on_a_phone(seen, path):
    assert seen(path)["cut"] == []


def test_charts_were_there_to_be_measured(seen):
    assert sum(seen(path)["charts"] for path in PAGES) > 20


@pytest.mark.parametrize("path", PAGES)
def test_headings_leave_no_level_out(seen, path):
    levels = [0, *(level for level, _ in seen(path)["headings"])]
    gaps = [
        (before, heading)
        for before, heading in zip(levels, seen(path)["headings"], strict=False)
        if heading[0] > before + 1
    ]
    assert gaps == []
    assert levels.count(1) == 1


@pytest.mark.parametrize("path", PAGES)
def test_every_button_has_a_name_that_no_other_has(seen, path):
    names = seen(path)["buttons"]
    assert "" not in names
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("path", PAGES)
def test_what_a_finger_presses_is_as_large_as_a_finger(seen, path):
    assert seen(path)["small"] == []
