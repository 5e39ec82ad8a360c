"""Measure, and write docs/reference/performance.md: all of it, or the sections named.

`python -m benchmarks.report` (make bench) measures everything; `python -m benchmarks.report phone load`
those alone, and leaves the other tables as they stand.
"""

import os
import platform
import re
import sys
import time
from datetime import UTC, datetime

from benchmarks import browser, coldstart, gains, load, pages, phone, rolling
from etl.build import ensure
from etl.paths import ROOT, Paths

FILE = ROOT / "docs" / "reference" / "performance.md"
SECTIONS = {
    "pages": pages.measure,
    "browser": browser.measure,
    "phone": phone.measure,
    "load": load.measure,
    "loss": load.measure_loss,
    "rolling": rolling.measure,
    "coldstart": coldstart.measure,
    "gains": gains.measure,
}
HEAD = """# Performance

Written by `make bench` on {day}: {cores} cores, Python {python}, build {build}; load of the machine
before it began {load:.1f}. Judge the ratios: each stands beside its baseline, measured in the same run.

"""
ALONE = "Measured by itself on {day}; load of the machine before it began {load:.1f}{shared}."
SHARED = (
    ", so others had its cores as well: waits are longer than they are here alone, processor times are not"
)


def main(names: list[str]) -> None:
    """Print each table as it is measured, then write all. Raises KeyError for a section there is not."""
    build = ensure(Paths())
    now = {"day": f"{datetime.now(UTC):%Y-%m-%d}", "load": os.getloadavg()[0]}
    shared = SHARED if now["load"] > os.cpu_count() else ""
    head = HEAD.format(cores=os.cpu_count(), python=platform.python_version(), build=build, **now)
    tables = []
    for measure in [SECTIONS[name] for name in names or SECTIONS]:
        started = time.perf_counter()
        found = measure()
        for table in found if isinstance(found, list) else [found]:
            tables.append(table.markdown())
            print(tables[-1], flush=True)
        print(f"({time.perf_counter() - started:.0f} s)\n", flush=True)
    if names:
        text = FILE.read_text(encoding="utf-8")
        for table in tables:
            text = _with(text, table.replace("\n\n| ", f" {ALONE.format(shared=shared, **now)}\n\n| ", 1))
    else:
        text = head + "\n".join(tables)
    FILE.write_text(text, encoding="utf-8")


def _with(text: str, table: str) -> str:
    """A document with a table in place of the one of the same title, or at its end."""
    title = table.splitlines()[0]
    sections = re.split(r"\n(?=## )", text.rstrip("\n") + "\n")
    at = next((n for n, section in enumerate(sections) if section.splitlines()[0] == title), len(sections))
    sections[at : at + 1] = [table]
    return "\n".join(sections)


if __name__ == "__main__":
    main(sys.argv[1:])
