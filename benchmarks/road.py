"""A season on a phone, step by step, for docs/tutorial/road.md: python -m benchmarks.road

One person, one browser, thirty steps; each page is opened by its bare address, so that all it shows
of the person comes from the browser's own store. Fails where a step does not do what it says.
"""

from collections.abc import Callable, Iterator
from datetime import date
from typing import NamedTuple

from playwright.sync_api import Page, expect, sync_playwright

from benchmarks.browser import CHROMIUM
from benchmarks.server import started
from etl.paths import ROOT

DOCUMENT = ROOT / "docs/tutorial/road.md"
PICTURES = DOCUMENT.parent / "road"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
PATIENCE = 120_000  # ms
HEAD = """<!-- Written by `python -m benchmarks.road`; do not edit by hand. -->

# A season on a phone

One applicant, a non-US IMG who prefers Internal Medicine and interviews this season, from the first question to
a rank order list. The programs are made up. Every page was opened by its bare address: what it knows of the
person, it has from the browser's own store, and the server kept nothing.

"""


class Step(NamedTuple):
    """What the person does, told for the document, and where to look (CSS) for the picture."""

    told: str
    at: str = ""


def settle(page: Page) -> None:
    """Wait until the run is over and the browser keeps what came of it."""
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    page.wait_for_timeout(1200)


def walk(page: Page, server: str, fresh: Callable[[], Page]) -> Iterator[tuple[Page, Step]]:
    """The steps, each yielded when it is done. fresh: a page of a browser that knows nothing."""

    def go(name: str) -> None:
        page.goto(f"{server}/{name}")
        page.locator("h1").first.wait_for()
        settle(page)

    def press(name: str, exact: bool = False) -> None:
        page.get_by_role("button", name=name, exact=exact).first.click()
        settle(page)

    def fill(label: str, value: str) -> None:
        box = page.get_by_role("spinbutton", name=label).first
        box.fill(value)
        box.blur()
        settle(page)

    go("")
    yield page, Step("*Start* asks first: where are you now?")
    press("Interviewing for the coming Match")
    yield (
        page,
        Step("Interviewing: the Match aimed at is the coming one, and what that implies counts as done."),
    )
    fill("Step 2 CK", "248")
    yield page, Step("A score is typed in, and the answer stands at once, with its range.", "h1")
    fill("Interviews in", "6")
    yield page, Step("So are the interviews: the chance is that of people with such lists.", "h1")
    go("")
    yield page, Step("The page is loaded anew: nothing is lost. *My season* stands below.", "h2")
    go("specialties")
    yield page, Step("*Specialties*: the match rates of the own type, with intervals.")
    go("profile")
    yield page, Step("*Specialty profile*: one specialty on one page.")
    go("citizenship")
    yield page, Step("*Citizenship*: the applicant types side by side since 1982.")
    go("img_friendly")
    yield page, Step("*IMG-friendly*: where IMGs train, and where those who try also match.")
    go("competitiveness")
    yield page, Step("*Competitiveness*: the scores of those who matched and who did not.", ".js-plotly-plot")
    go("places")
    yield page, Step("*Places*: positions by state.")
    go("what_if")
    yield page, Step("*What-if*: the same answer, now with its reasons.")
    yield page, Step("What is counted in it, and what is not.", "h2, h3")
    go("method")
    yield page, Step("*Method*: how it is made, and how well it did on counts it had not seen.")
    go("roadmap")
    yield page, Step("*Roadmap*: what is behind, this week, and next.")
    open_tasks = page.locator(".stMain .stCheckbox:has(input:not(:checked):not(:disabled))")
    left = open_tasks.count()
    open_tasks.first.locator("label").first.click()
    expect(open_tasks).to_have_count(left - 1, timeout=PATIENCE)
    settle(page)
    yield page, Step("A task is done: it is ticked, and kept.", ".stMain .stCheckbox:has(input:checked)")
    go("readiness")
    yield page, Step("*Readiness*: pillar by pillar, what is there and what is missing.")
    go("signals")
    yield page, Step("*Signals and applications*: how many each specialty gives.")
    go("costs")
    yield page, Step("*Costs*: what was spent, and what is to come.")
    go("programs")
    for name, cutoff in (("County Hospital", "240"), ("Lakeside Medical Center", "250"), ("Hill Clinic", "")):
        press("Type a program in")
        page.get_by_role("textbox", name="Program", exact=True).first.fill(name)
        if cutoff:
            page.get_by_role("spinbutton", name="Its Step 2 CK cutoff").first.fill(cutoff)
        page.get_by_role("button", name="Add to the list").click()
        page.keyboard.press("Escape")
        settle(page)
    yield page, Step("*Programs*: three are typed in; a cutoff above the own score is told.")
    go("programs")
    expect(page.get_by_text("Lakeside Medical Center").first).to_be_visible(timeout=PATIENCE)
    yield page, Step("The phone was locked, the page came anew: the list is there.", "h2")
    go("interviews")
    yield page, Step("*Interviews*: how many ranks reach 80, 90 and 95 %, and what one more adds.", "h2")
    press("Next question")
    page.get_by_role("textbox", name="Your notes").first.fill("A clinic, a flood, and a question")
    page.get_by_role("textbox", name="Your notes").first.blur()
    settle(page)
    yield page, Step("A note on a question they will ask.", "textarea")
    go("rank_list")
    yield page, Step("*Rank list lab*: the list, in the order of wishes.")
    for name in ("Lakeside Medical Center", "County Hospital", "Hill Clinic"):
        page.get_by_role("combobox", name="On your target list, not ranked yet").click()
        page.get_by_role("option", name=name).first.click()
    page.keyboard.press("Escape")
    press("Rank them")
    for name in ("Lakeside Medical Center", "County Hospital", "Hill Clinic"):
        page.locator(".stMain").get_by_text(name).first.wait_for()
    page.get_by_role("button", name="Up").nth(1).click()
    settle(page)
    yield page, Step("A program goes up; its luck goes along with it.", "[class*=st-key-row]")
    press("Run the Matches")
    page.locator(".js-plotly-plot").first.wait_for(timeout=PATIENCE)
    settle(page)
    yield page, Step("The list in simulated Matches, each solved as the NRMP solves it.", ".js-plotly-plot")
    go("soap")
    yield page, Step("*If you do not match*: what to do, hour by hour.")
    go("pathways")
    yield page, Step("*Without a residency*: the states' laws.")
    go("data")
    yield page, Step("*Data*: whose figures these are, and how each was checked.")
    go("")
    press("Save or open your plan")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save the plan").click()
    saved = download.value.path()
    other = fresh()
    other.goto(f"{server}/programs")
    settle(other)
    other.get_by_role("button", name="Save or open your plan").first.click()
    other.locator("input[type=file]").first.set_input_files(
        {"name": "plan.json", "mimeType": "application/json", "buffer": saved.read_bytes()}
    )
    other.get_by_text("The plan is open.").wait_for()
    other.keyboard.press("Escape")
    settle(other)
    expect(other.get_by_text("Lakeside Medical Center").first).to_be_visible(timeout=PATIENCE)
    yield (
        other,
        Step("The plan, saved as a file and opened in a browser that had never seen it: the same list."),
    )


def main() -> None:
    """Walk, photograph, write."""
    for file in PICTURES.glob("*.png"):
        file.unlink()
    lines = []
    with started() as server, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)

        def fresh() -> Page:
            page = chromium.new_context(**PHONE, accept_downloads=True).new_page()
            page.set_default_timeout(PATIENCE)
            return page

        for number, (page, step) in enumerate(walk(fresh(), server, fresh), 1):
            if step.at:
                page.locator(step.at).first.evaluate("place => place.scrollIntoView({block: 'start'})")
                page.wait_for_timeout(600)
            assert page.locator("[data-testid=stException]").count() == 0, step.told
            file = PICTURES / f"{number:02}.png"
            page.screenshot(path=file, timeout=PATIENCE)
            lines.append(f"{number}. {step.told}\n   ![Step {number}](road/{file.name})")
            print(number, step.told)
        chromium.close()
    DOCUMENT.write_text(f"{HEAD}{chr(10).join(lines)}\n\nWalked on {date.today()}.\n", encoding="utf-8")


if __name__ == "__main__":
    main()
