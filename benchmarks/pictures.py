"""The screenshots of docs/how-to/questions.md, taken anew from its links: python -m benchmarks.pictures [number ...]"""

import re
import sys

from playwright.sync_api import sync_playwright

from benchmarks.browser import CHROMIUM
from benchmarks.server import started
from etl.paths import ROOT

QUESTIONS = ROOT / "docs/how-to/questions.md"
ENTRY = re.compile(r"\*\*(\d+)\. .*?\]\(http://127\.0\.0\.1:8501([^)]*)\)(?: <!-- at: (.*?) -->)?")
SIZE = {"width": 1280, "height": 900}


def take(address: str, wanted: set[str]) -> None:
    """Open each link in a real browser, wait until its page is there, and keep what it shows."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        for number, link, at in ENTRY.findall(QUESTIONS.read_text(encoding="utf-8")):
            if wanted and number not in wanted:
                continue
            page = chromium.new_page(viewport=SIZE)
            page.goto(address + link, timeout=120_000)
            page.locator("h1").first.wait_for(timeout=120_000)
            page.locator("[data-test-script-state=notRunning]").wait_for(timeout=120_000)
            page.wait_for_timeout(2000)
            if at:  # a heading further down, named in a comment behind the link
                heading = page.locator(":is(h2, h3, h4)", has_text=at).first
                heading.wait_for(timeout=120_000)
                heading.evaluate("heading => heading.scrollIntoView({block: 'start'})")
                page.wait_for_timeout(1500)
            file = QUESTIONS.parent / "questions" / f"{int(number):02}.png"
            page.screenshot(path=file, timeout=120_000)
            page.close()
            print(file.relative_to(ROOT))
        chromium.close()


if __name__ == "__main__":
    with started() as server:
        take(server, set(sys.argv[1:]))
