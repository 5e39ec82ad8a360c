"""Replicas that end under load: whether anybody's plan is lost, in real browsers behind nginx.

Two replicas with visitors at work; a few people have entered a score. Then a replica is killed and started
anew, and after it both are restarted one after the other, as an update does.
"""

import asyncio
import os
import random
import shutil
import signal
import threading
from collections.abc import Callable

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.browser import CHROMIUM
from benchmarks.client import Visitor
from benchmarks.load import Replicas
from benchmarks.server import start, wait_until_ready
from benchmarks.table import PAGES, Table, address_of
from etl.paths import ROOT

PEOPLE, AT_WORK = 6, 12
SCORE = 245


class AtWork:
    """Visitors without browsers who make choices until the `with` ends, and come back when they are lost."""

    def __init__(self, address: str, visitors: int):
        self.address, self.visitors = address, visitors
        self.runs = self.lost = self.back = 0
        self._over = False

    def __enter__(self):
        self._thread = threading.Thread(target=lambda: asyncio.run(self._work()), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *exception):
        self._over = True
        self._thread.join(120)

    async def _work(self) -> None:
        await asyncio.gather(*(self._one(number) for number in range(self.visitors)))

    async def _one(self, number: int) -> None:
        chance, was_lost = random.Random(number), False
        while not self._over:
            try:
                async with Visitor(self.address, f"atlas_visitor={number:032x}") as visitor:
                    await visitor.open(address_of(PAGES[number % len(PAGES)]))
                    self.back, was_lost = self.back + was_lost, False
                    while not self._over:
                        self.runs += 1
                        await asyncio.sleep(chance.uniform(1, 3))
                        await visitor.choose(None, None)
            except Exception:  # whatever it was, a browser asks again
                self.lost, was_lost = self.lost + (not was_lost), True
                await asyncio.sleep(1)


def _settled(page: Page) -> None:
    page.locator("[data-test-connection-state=CONNECTED]").wait_for()
    page.get_by_role("spinbutton", name="Step 2 CK", exact=True).first.wait_for()
    page.wait_for_timeout(1500)
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()


def _enter(page: Page, score: int) -> None:
    box = page.get_by_role("spinbutton", name="Step 2 CK", exact=True).first
    box.fill(str(score))
    box.press("Enter")
    _settled(page)


def _shown(page: Page) -> str:
    _settled(page)
    return page.get_by_role("spinbutton", name="Step 2 CK", exact=True).first.input_value()


def _restart(replicas: Replicas, which: int, by: signal.Signals) -> None:
    """End a replica and start another in its place, until that is ready."""
    port = replicas.ports[which]
    os.kill(replicas.processes[which].pid, by)
    replicas.processes[which].wait(30)
    replicas.processes[which] = start(ROOT / "app.py", port)
    wait_until_ready(replicas.processes[which], f"http://127.0.0.1:{port}")


def killed(replicas: Replicas) -> None:
    """One replica ends without a word."""
    _restart(replicas, 0, signal.SIGKILL)


def updated(replicas: Replicas) -> None:
    """Each replica is asked to end, and the next one when its successor is ready."""
    for which in range(len(replicas.ports)):
        _restart(replicas, which, signal.SIGTERM)


LOSSES: dict[str, Callable[[Replicas], None]] = {
    "one of two replicas killed": killed,
    "both restarted, one after the other": updated,
}


def _arrived(chromium: Browser, address: str) -> Page:
    page = chromium.new_context(viewport={"width": 1280, "height": 900}, bypass_csp=True).new_page()
    page.set_default_timeout(180_000)
    page.goto(f"{address}/what_if")
    _settled(page)
    return page


def measure(people: int = PEOPLE, at_work: int = AT_WORK) -> Table:
    """One row a loss: people, whose plan is there afterwards, and what the others met."""
    rows = []
    with Replicas(2, True) as replicas, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM)
        pages = [_arrived(chromium, replicas.address) for _ in range(people)]
        with AtWork(replicas.address, at_work) as others:
            for step, (name, lose) in enumerate(LOSSES.items()):
                scores = [SCORE + step + 2 * number for number in range(people)]
                for page, score in zip(pages, scores, strict=True):
                    _enter(page, score)
                runs, lost, back = others.runs, others.lost, others.back
                lose(replicas)
                there = sum(_shown(page) == str(score) for page, score in zip(pages, scores, strict=True))
                for page in pages:
                    page.reload()
                again = sum(_shown(page) == str(score) for page, score in zip(pages, scores, strict=True))
                rows.append((name, people, there, again, others.runs - runs, others.lost - lost,
                             others.back - back))  # fmt: skip
        chromium.close()
    return Table(
        "Replicas end under load",
        f"{people} people in browsers at two replicas behind nginx have entered a score each, while {at_work} "
        "visitors make choices. Whose score stands on their page by itself afterwards, and after a reload; "
        "the choices the visitors made meanwhile, their lost sessions and those begun again.",
        ("what ends", "people", "plan there", "after a reload", "choices meanwhile", "sessions lost", "begun again"),
        rows,
    )  # fmt: skip


if __name__ == "__main__":
    print(measure().markdown())
