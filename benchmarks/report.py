"""`python -m benchmarks.report` (make bench): measure everything and write docs/reference/performance.md."""

import os
import platform
import time
from datetime import UTC, datetime

from benchmarks import browser, coldstart, gains, load, pages
from etl.build import ensure
from etl.paths import ROOT, Paths

MEASURES = (pages.measure, browser.measure, load.measure, load.measure_loss, coldstart.measure, gains.measure)
HEAD = """# Performance

Written by `make bench` on {day}: {cores} cores, Python {python}, build {build}; load of the machine
before it began {load:.1f}. Judge the ratios: each stands beside its baseline, measured in the same run.

"""


def main() -> None:
    """Print each table as it is measured, then write all."""
    build = ensure(Paths())
    head = HEAD.format(
        day=f"{datetime.now(UTC):%Y-%m-%d}",
        cores=os.cpu_count(),
        python=platform.python_version(),
        build=build,
        load=os.getloadavg()[0],
    )
    tables = []
    for measure in MEASURES:
        started = time.perf_counter()
        tables.append(measure().markdown())
        print(tables[-1], f"({time.perf_counter() - started:.0f} s)\n", sep="\n", flush=True)
    (ROOT / "docs/reference/performance.md").write_text(head + "\n".join(tables), encoding="utf-8")


if __name__ == "__main__":
    main()
