"""Forced losses: what of a plan is still there afterwards, in a real browser.

`python -m benchmarks.losses [COUNT]` (100 by default): before each loss one more score is entered;
then, in turn, the page is reloaded, the server killed, every connection cut, the tab closed in the
middle of typing, the clock put back, the storage filled, or another tab makes a change. With --write
it writes docs/reference/losses.md. Ends with 1 if anything entered was lost.
"""

import argparse
import shutil
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress

from playwright.sync_api import BrowserContext, Page, sync_playwright

from benchmarks.browser import CHROMIUM
from benchmarks.server import free_port, start, wait_until_ready
from benchmarks.table import Table
from etl.paths import ROOT

COUNT = 100
SCORES = range(230, 280)
DOCUMENT = ROOT / "docs" / "reference" / "losses.md"
HEAD = "<!-- Written by `python -m benchmarks.losses --write`; do not edit by hand. -->\n\n"
# What a page takes for the present from now on, so many milliseconds off.
PUT_CLOCK = """off => { const now = Date; Date = class extends now {
    constructor(...given) { given.length ? super(...given) : super(now.now() + off); }
    static now() { return now.now() + off; } }; }"""
A_YEAR = 365 * 86_400_000
FILL = """() => { let size = 1 << 22; while (size) {
    try { localStorage.setItem('filler' + size, 'x'.repeat(size)); } catch { } size >>= 1; } }"""
EMPTY = """() => Object.keys(localStorage).filter(key => key.startsWith('filler'))
    .forEach(key => localStorage.removeItem(key))"""

ANSWERED = """score => (JSON.parse(localStorage.getItem("match-atlas plan")) || {}).applicant?.step2_ck === score
    || document.body.innerText.includes("does not keep your plan")"""


class Line:
    """The line between a browser and a server, every connection of which can be cut at once."""

    def __init__(self, server: int):
        """server: the port it leads to; the line's own is `port`."""
        self._server, self._ends, self._is_open = server, [], True
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self, seconds: float) -> None:
        """Cut it, and let nobody through for so long."""
        self._is_open, ends, self._ends = False, self._ends, []
        for end in ends:
            _hang_up(end)
        time.sleep(seconds)
        self._is_open = True

    def _accept(self) -> None:
        while True:
            near, _ = self._listener.accept()
            try:
                if not self._is_open:
                    raise OSError
                far = socket.create_connection(("127.0.0.1", self._server))
            except OSError:  # the server is away
                near.close()
                continue
            self._ends += near, far
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=_carry, args=(one, other), daemon=True).start()


def _carry(one: socket.socket, other: socket.socket) -> None:
    try:
        while data := one.recv(65_536):
            other.sendall(data)
    except OSError:  # cut
        pass
    for end in (one, other):
        _hang_up(end)


def _hang_up(end: socket.socket) -> None:
    with suppress(OSError):  # the other side was first
        end.shutdown(socket.SHUT_RDWR)  # closing alone waits for whoever still listens
    end.close()


class Person:
    """One person's browser and the server they use, which both can be taken from them."""

    def __init__(self, context: BrowserContext):
        self.context, self.port = context, free_port()
        self.line = Line(self.port)
        self.address = f"http://127.0.0.1:{self.line.port}"
        self.start_server()
        self.page = self.opened()

    def start_server(self) -> None:
        """The server, until it is ready."""
        self.server = start(ROOT / "app.py", self.port)
        wait_until_ready(self.server, f"http://127.0.0.1:{self.port}")

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
        # Entered is what the page is done with: kept, or told that it is not.
        page.wait_for_function(ANSWERED, arg=score)
        self.settled(page)

    def shown(self) -> str:
        """The score on the page."""
        box = self.page.get_by_role("spinbutton", name="Step 2 CK", exact=True).first
        return box.input_value()


# Each gets a score to enter besides, and returns the one that has to be there afterwards, None for
# the one entered before.


def reload(person: Person, _: int) -> None:
    person.page.reload()


def kill_server(person: Person, _: int) -> None:
    person.server.kill()
    person.server.wait(20)
    person.start_server()


def cut_connection(person: Person, _: int) -> None:
    person.line.cut(2)


def close_while_typing(person: Person, _: int) -> None:
    """The field that is being typed is the one thing that may be lost."""
    person.page.get_by_role("spinbutton", name="Contiguous ranks").first.press_sequentially("1")
    person.page.close()
    person.page = person.opened()


def put_clock_back(person: Person, score: int) -> int:
    """A change made a year ago by the tab's clock is the last one all the same."""
    person.page.evaluate(PUT_CLOCK, -A_YEAR)
    person.enter(score)
    person.page.reload()
    return score


def fill_storage(person: Person, score: int) -> int:
    """Something else takes all that is left of the quota, then the plan changes."""
    person.page.evaluate(FILL)
    person.enter(score)
    if person.page.get_by_text("does not keep your plan").count():
        return score  # told, with the file offered: it is still there as long as the page is
    person.page.reload()
    person.settled(person.page)
    person.page.evaluate(EMPTY)
    return score


def other_tab(person: Person, score: int) -> int:
    other = person.opened()
    person.enter(score, other)
    other.close()
    return score


LOSSES: dict[str, Callable[[Person, int], int | None]] = {
    "page reloaded": reload,
    "server killed and started": kill_server,
    "every connection cut for two seconds": cut_connection,
    "tab closed in the middle of typing": close_while_typing,
    "changed with the clock put back a year": put_clock_back,
    "changed with the storage full": fill_storage,
    "changed in another tab": other_tab,
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
                score = SCORES[2 * number % len(SCORES)]
                person.enter(score)
                last = LOSSES[kind](person, score + 1) or score
                person.settled(person.page)
                forced[kind] += 1
                lost[kind] += (is_lost := person.shown() != str(last))
                print(f"{number + 1} of {count}, {kind}: {'lost' if is_lost else 'there'}", file=sys.stderr)
        finally:
            person.server.kill()
            person.server.wait(20)
            chromium.close()
    rows = [(kind, forced[kind], lost[kind]) for kind in LOSSES if forced[kind]]
    table = Table(
        "Forced losses",
        "In Debian's chromium a Step 2 CK score is entered, then taken away as told; whether the last one "
        "entered is there again. Entered is what the page has answered; what is being typed is not counted.",
        ("loss", "times", "entries lost"),
        rows,
    )
    return table, lost.total()


def main() -> int:
    """Measure, print, and write where asked; the number of entries lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", nargs="?", type=int, default=COUNT)
    parser.add_argument("--write", action="store_true", help=f"write {DOCUMENT.relative_to(ROOT)}")
    asked = parser.parse_args()
    table, gone = measure(asked.count)
    print(table.markdown())
    if asked.write:
        DOCUMENT.write_text(HEAD + table.markdown(), encoding="utf-8")
    return gone


if __name__ == "__main__":
    sys.exit(bool(main()))
