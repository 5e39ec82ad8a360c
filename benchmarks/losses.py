"""Forced losses: what of a plan is still there afterwards, in a real browser.

`python -m benchmarks.losses [COUNT]` (100 by default): before each loss one more score is entered;
then the page is reloaded, the server killed, the connection cut, the tab closed, the storage
filled, or another tab makes a change, in turn. Ends with 1 if anything entered was lost.
"""

import shutil
import sys
from collections import Counter
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, sync_playwright

from benchmarks.browser import CHROMIUM
from benchmarks.server import free_port, start, wait_until_ready
from benchmarks.table import Table
from etl.paths import ROOT

COUNT = 100
SCORES = range(230, 280)


class Person:
    """One person's browser and the server they use, which both can be taken from them."""

    def __init__(self, context: BrowserContext):
        self.context, self.port = context, free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.server = start(ROOT / "app.py", self.port)
        wait_until_ready(self.server, self.address)
        self.page = self.opened()

    def opened(self) -> Page:
        """The page in a new tab, when its run is over."""
        page = self.context.new_page()
        page.goto(f"{self.address}/what_if")
        self.settled(page)
        return page

    def settled(self, page: Page) -> None:
        """Wait until the browser has what the server knows, and the server what the browser keeps."""
        page.locator("[data-test-connection-state=CONNECTED]").wait_for()
        page.get_by_role("spinbutton", name="Step 2 CK", exact=True).first.wait_for()
        page.wait_for_timeout(1200)
        page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()

    def enter(self, score: int, page: Page | None = None) -> None:
        """Enter a score, as a person does."""
        page = page or self.page
        box = page.get_by_role("spinbutton", name="Step 2 CK", exact=True).first
        box.fill(str(score))
        box.press("Enter")
        self.settled(page)

    def shown(self) -> str:
        """The score on the page."""
        box = self.page.get_by_role("spinbutton", name="Step 2 CK", exact=True).first
        return box.input_value()


def reload(person: Person, _: int) -> None:
    person.page.reload()


def kill_server(person: Person, _: int) -> None:
    person.server.kill()
    person.server.wait(20)
    person.server = start(ROOT / "app.py", person.port)
    wait_until_ready(person.server, person.address)


def cut_connection(person: Person, _: int) -> None:
    person.context.set_offline(True)
    person.page.wait_for_timeout(500)
    person.context.set_offline(False)


def close_while_typing(person: Person, _: int) -> None:
    """The field that is being typed is the one thing that may be lost."""
    person.page.get_by_role("spinbutton", name="Contiguous ranks").first.press_sequentially("1")
    person.page.close()
    person.page = person.opened()


def other_tab(person: Person, score: int) -> None:
    other = person.opened()
    person.enter(score, other)
    other.close()


def full_storage(person: Person, _: int) -> None:
    """The rest of the quota is taken by something else, while the plan is kept already."""
    person.page.evaluate("""() => { let size = 1 << 22; while (size > 64) {
        try { localStorage.setItem('filler' + size, 'x'.repeat(size)); } catch { } size >>= 1; } }""")
    person.page.reload()
    person.settled(person.page)
    person.page.evaluate(
        "Object.keys(localStorage).filter(k => k.startsWith('filler'))"
        ".forEach(k => localStorage.removeItem(k))"
    )


LOSSES: dict[str, Callable[[Person, int], None]] = {
    "page reloaded": reload,
    "server killed and started": kill_server,
    "connection cut": cut_connection,
    "tab closed in the middle of typing": close_while_typing,
    "changed in another tab": other_tab,
    "storage filled": full_storage,
}


def measure(count: int = COUNT) -> tuple[Table, int]:
    """One row a kind of loss, and how many entries were lost in all."""
    forced, lost = Counter(), Counter()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM)
        context = chromium.new_context(viewport={"width": 1280, "height": 900}, bypass_csp=True)
        context.set_default_timeout(120_000)
        person = Person(context)
        try:
            for number in range(count):
                kind = list(LOSSES)[number % len(LOSSES)]
                score = SCORES[number % (len(SCORES) - 1)]
                person.enter(score)
                last = score + 1 if kind == "changed in another tab" else score
                LOSSES[kind](person, score + 1)
                person.settled(person.page)
                forced[kind] += 1
                lost[kind] += person.shown() != str(last)
        finally:
            person.server.kill()
            person.server.wait(20)
            chromium.close()
    rows = [(kind, forced[kind], lost[kind]) for kind in LOSSES if forced[kind]]
    table = Table(
        "Forced losses",
        "A score is entered, then taken away as told; whether it is there again.",
        ("loss", "times", "entries lost"),
        rows,
    )
    return table, lost.total()


if __name__ == "__main__":
    made, gone = measure(*map(int, sys.argv[1:2]))
    print(made.markdown())
    sys.exit(bool(gone))
