"""What a visitor on a phone line waits for: address to the first words, to the title, to the first chart.

A fresh browser profile a visit, its line slowed down by chromium itself to a bad mobile one.
"""

import re
import shutil
import tempfile
import time
import urllib.request
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, sync_playwright

from benchmarks.browser import CHROMIUM, MARK
from benchmarks.proxy import proxied
from benchmarks.server import running
from benchmarks.table import Table, cpu_seconds
from matchatlas.web import front

ROUNDS, FETCHES = 3, 10
# Bytes a second and milliseconds: 1.6 Mbit/s down, 750 kbit/s up.
LINE = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 750e3 / 8}
PAGES = {"Start": "", "Specialties": "specialties"}


def _visit(chromium: Browser, address: str) -> tuple[float, float, float, float]:
    """Seconds to the first words, the title and the first mark of a chart; kB that came until then."""
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, device_scale_factor=2, is_mobile=True
    )
    page, sizes = context.new_page(), []
    page.set_default_timeout(180_000)
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", LINE)
    line.on("Network.dataReceived", lambda told: sizes.append(told["encodedDataLength"]))
    started, waits = time.perf_counter(), []
    page.goto(address, wait_until="commit")
    for there in ("#root *", "h1", MARK):
        page.locator(there).first.wait_for(state="attached")
        waits.append(time.perf_counter() - started)
    context.close()
    return (*waits, sum(sizes) / 1000)


def _fetched(address: str, files: list[str]) -> None:
    for name in files:
        asked = urllib.request.Request(address + name, headers={"Accept-Encoding": "br"})
        with urllib.request.urlopen(asked, timeout=60) as answer:
            answer.read()


def _files(server: str, pid: int, proxy: str) -> Table:
    """What the files of a first visit cost the replica that hands them out."""
    files, rows = re.findall(r'"\.(/static/[^"]+)"', front.page()), []
    for address, name in ((server, "one replica"), (proxy, "nginx")):
        _fetched(address, files)  # compressed, and in nginx's cache
        used = cpu_seconds(pid)
        for _ in range(FETCHES):
            _fetched(address, files)
        rows.append((name, len(files), 1000 * (cpu_seconds(pid) - used) / FETCHES))
    return Table(
        "The files of a first visit",
        f"Milliseconds of a core that the replica spends on the files which its page names; means of {FETCHES} "
        "visits. The browser keeps them for the visits after it.",
        ("asked", "files", "ms of a core"),
        rows,
    )


def measure() -> list[Table]:
    """One row a page, directly at one replica and behind nginx; and what the files cost there."""
    rows = []
    with running() as (server, pid), sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM)
        with proxied(Path(folder), [int(server.rsplit(":", 1)[1])]) as proxy:
            files = _files(server, pid, proxy)
            for address, name in ((server, "one replica"), (proxy, "nginx")):
                for page, path in PAGES.items():
                    if address == server:  # what the first visitor ever waits for is told by coldstart
                        _visit(chromium, f"{server}/{path}")
                    visits = [_visit(chromium, f"{address}/{path}") for _ in range(ROUNDS)]
                    rows.append((page, name, *map(median, zip(*visits, strict=True))))
        chromium.close()
    line = Table(
        "On a phone line",
        f"Seconds in Debian's chromium with nothing kept, on a line of 1.6 Mbit/s with 150 ms there and back; "
        f"medians of {ROUNDS} visits: from the address to the first words, to the page's title and to the "
        "first mark of a chart; kilobytes until then.",
        ("page", "asked", "first words", "title", "first chart", "kB"),
        rows,
    )
    return [line, files]


if __name__ == "__main__":
    for table in measure():
        print(table.markdown())
