"""From the start of the process to the first page shown, database built and not built."""

import asyncio
import os
import shutil
import tempfile
import time
from pathlib import Path

from benchmarks.client import Visitor
from benchmarks.server import free_port, start, wait_until_ready
from benchmarks.table import BARE, Table
from etl.paths import ROOT, Paths

REPEATS = 3


async def _open(address: str, page: str) -> None:
    async with Visitor(address) as visitor:
        await visitor.open(page)


def _seconds(script: Path, data: Path, page: str = "") -> float:
    port = free_port()
    address, started = f"http://127.0.0.1:{port}", time.perf_counter()
    process = start(script, port, MATCH_ATLAS_DATA=str(data))
    try:
        wait_until_ready(process, address)
        asyncio.run(_open(address, page))
        return time.perf_counter() - started
    finally:
        process.terminate()
        process.wait(10)


def _without_database(folder: str) -> Path:
    ignored = shutil.ignore_patterns("*.duckdb", "builds", ".build.lock")
    return Path(shutil.copytree(Paths().data, os.path.join(folder, "data"), ignore=ignored))


def measure() -> Table:
    """Best of several starts, beside the bare page's."""
    data = Paths().data
    bare = min(_seconds(BARE, data) for _ in range(REPEATS))
    rows = [
        ("bare page", bare),
        ("start page, database built", min(_seconds(ROOT / "app.py", data) for _ in range(REPEATS))),
    ]
    rows.append(("What-if, database built (fits the estimator)", _seconds(ROOT / "app.py", data, "what_if")))
    with tempfile.TemporaryDirectory() as folder:
        unbuilt = _seconds(ROOT / "app.py", _without_database(folder))
    rows.append(("start page, database not built", unbuilt))
    return Table(
        "Cold start",
        f"Seconds from the start of the process until the first page is complete; best of {REPEATS} "
        "for the first two, one start for the others.",
        ("what", "seconds", "/ bare"),
        [(name, seconds, seconds / bare) for name, seconds in rows],
    )


if __name__ == "__main__":
    print(measure().markdown())
