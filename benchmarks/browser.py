"""What a visitor waits for, in a real browser: address to chart, choice to changed chart."""

import shutil
import time
from statistics import median

from playwright.sync_api import Page, sync_playwright

from benchmarks.server import running
from benchmarks.table import BARE, Table

CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
ROUNDS = 3
CASES = (
    ("bare page", "", "Choice", ("two", "three")),
    ("Start", "", "Applicant type", ("US MD Senior", "US IMG")),
    ("Specialties", "specialties", "Applicant type", ("US MD Senior", "US DO Senior")),
    ("What-if", "what_if", "Applicant type", ("US MD Senior", "US DO Senior")),
)
MARK = ".js-plotly-plot :is(.point, .lines)"


def _case(page: Page, address: str, label: str, options: tuple[str, str]) -> tuple[float, float]:
    """Milliseconds to the first mark of a chart; from a choice to the chart of another title."""
    opened, clicked = [], []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        page.goto(address)
        page.locator(MARK).first.wait_for(state="attached")
        opened.append(1000 * (time.perf_counter() - started))
        for option in options:
            former = page.locator("h3").first.inner_text()
            page.get_by_role("combobox", name=label, exact=True).click()
            choice = page.get_by_role("option", name=option, exact=True)
            choice.wait_for()
            started = time.perf_counter()
            choice.click()
            page.locator("h3").first.filter(has_not_text=former).wait_for()
            page.locator(MARK).first.wait_for(state="attached")
            clicked.append(1000 * (time.perf_counter() - started))
    return median(opened), median(clicked)


def measure() -> Table:
    """One row a page, the bare one first."""
    rows = []
    with running(BARE) as bare, running() as product, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM)
        page = chromium.new_page(viewport={"width": 1440, "height": 900})
        page.set_default_timeout(60_000)
        for name, path, label, options in CASES:
            server = (bare if name == "bare page" else product)[0]
            rows.append((name, *_case(page, f"{server}/{path}", label, options)))
        chromium.close()
    _, first_chart, changed = rows[0]
    return Table(
        "In the browser",
        f"Milliseconds in Debian's chromium, medians of {ROUNDS} visits: from the address to the first "
        "mark of a chart, and from a click on an option to the changed chart.",
        ("page", "address to chart", "click to chart", "address / bare", "click / bare"),
        [(*row, row[1] / first_chart, row[2] / changed) for row in rows],
    )


if __name__ == "__main__":
    print(measure().markdown())
