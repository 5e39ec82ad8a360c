"""From the start of the process to the first page shown, database built and not built."""

import asyncio
import shutil
import tempfile
import time
from pathlib import Path

from benchmarks.client import Visitor
from benchmarks.server import free_port, start, wait_until_ready
from benchmarks.table import BARE, Table
from etl.paths import ROOT, Paths
from matchatlas import warm

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


def _data_without(folder: str, *left_out: str) -> Path:
    ignored = shutil.ignore_patterns(*left_out, ".build.lock")
    return Path(shutil.copytree(Paths().data, folder, ignore=ignored, symlinks=True, dirs_exist_ok=True))


def measure() -> Table:
    """Best of several starts, beside the bare page's."""
    data, app = Paths().data, ROOT / "app.py"
    warm.keep()
    bare = min(_seconds(BARE, data) for _ in range(REPEATS))
    rows = [
        ("bare page", bare),
        ("start page, database built", min(_seconds(app, data) for _ in range(REPEATS))),
        (
            "What-if, estimator kept beside the build",
            min(_seconds(app, data, "what_if") for _ in range(REPEATS)),
        ),
    ]
    with tempfile.TemporaryDirectory() as folder:
        cold = _data_without(folder, "*.npz")
        rows.append(
            ("What-if, estimator fitted", min(_seconds(app, cold, "what_if") for _ in range(REPEATS)))
        )
    with tempfile.TemporaryDirectory() as folder:
        unbuilt = _seconds(app, _data_without(folder, "*.duckdb", "builds"))
    rows.append(("start page, database not built", unbuilt))
    return Table(
        "Cold start",
        f"Seconds from the start of the process until the first page is complete; best of {REPEATS}, "
        "but for the last.",
        ("what", "seconds", "/ bare"),
        [(name, seconds, seconds / bare) for name, seconds in rows],
    )


if __name__ == "__main__":
    print(measure().markdown())
