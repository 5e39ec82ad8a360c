"""Time of checking and building a hundred times today's rows, beside DuckDB's bare `read_csv`, and
of `etl add` of one small table.

`python -m benchmarks.refresh`. The largest table is repeated under specialties of made-up names,
so that every rule is asked and holds; nothing of it leaves the temporary folder. Each piece of
work has a process of its own, so that its memory is its own.
"""

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import pandas as pd
import yaml

from etl.build import MEMORY, build, load_tables
from etl.contract import load_contracts
from etl.dimensions import Dimensions
from etl.paths import ROOT, Paths

TIMES = 100
TABLE = "nrmp/positions_by_state_specialty.csv"
SMALL = (
    "Applicant Type,Active,No. Matched,% Matched\nUS MD Senior,20000,18000,90.0%\nUS IMG,4000,3000,75.0%\n"
)


def copied(data: Path) -> None:
    """A copy of the inputs, without what was built from them."""
    ignored = shutil.ignore_patterns("*.duckdb", "builds", "imports", ".*")
    shutil.copytree(ROOT / "data", data, ignore=ignored)


def enlarged(data: Path) -> int:
    """Repeat the table's rows until all tables together have TIMES as many; returns that many."""
    copied(data)
    today = sum(len(pd.read_csv(file)) for file in (data / "tables").rglob("*.csv"))
    rows = pd.read_csv(data / "tables" / TABLE, dtype=str)
    copies = round((TIMES - 1) * today / len(rows))
    names = rows["specialty"]
    large = pd.concat([rows, *(rows.assign(specialty=names + f" copy {copy:03}") for copy in range(copies))])
    large.to_csv(data / "tables" / TABLE, index=False)
    specialties = yaml.safe_load((data / "specialties.yml").read_text())
    specialties += [
        {"name": f"{name} copy {copy:03}", "family": "Other"}
        for name in names.unique()
        for copy in range(copies)
    ]
    (data / "specialties.yml").write_text(yaml.safe_dump(specialties, allow_unicode=True))
    return today + len(large) - len(rows)


def bare(paths: Paths) -> None:
    """What DuckDB takes to read and type the files, and no more."""
    for file in paths.tables.rglob("*.csv"):
        duckdb.sql(f"SELECT count(COLUMNS(*)) FROM read_csv('{file}')").fetchall()


def check(paths: Paths):
    """Hold every row against its contract; the names, which are YAML, are read before."""
    dimensions, contracts = Dimensions(paths), load_contracts(paths)
    dimensions["source"]

    def work(_: Paths) -> None:
        file = str(paths.data / "checked.duckdb")
        with duckdb.connect(file, config={"memory_limit": MEMORY}) as connection:
            load_tables(connection, contracts, dimensions)

    return work


def measured(what: str, paths: Paths) -> None:
    """Print, as JSON, the seconds on the clock and of the processor, and the peak of memory in MiB."""
    work = {"bare": bare, "build": build}.get(what) or check(paths)
    began, used = time.perf_counter(), time.process_time()
    work(paths)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps([time.perf_counter() - began, time.process_time() - used, peak]))


def _in_a_process(what: str, paths: Paths) -> tuple[float, float, float]:
    command = [sys.executable, "-m", "benchmarks.refresh", what, str(paths.data)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def _added(data: Path) -> tuple[float, float]:
    """Seconds, on the clock and of the processor, of `etl add` of two rows, build and all."""
    copied(data)
    build(Paths(data=data))
    document = data.parent / "document.csv"
    document.write_text(SMALL)
    source = yaml.safe_load((data / "sources.yml").read_text())["sources"][0]["id"]
    began, before = time.perf_counter(), os.times()
    subprocess.run(
        [
            sys.executable,
            "-m",
            "etl",
            "add",
            str(document),
            "--table",
            "applicants_by_type",
            "--year",
            "2099",
            "--source",
            source,
        ],
        check=True,
        capture_output=True,
        env=os.environ | {"MATCH_ATLAS_DATA": str(data)},
    )
    after = os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return time.perf_counter() - began, used


def main() -> None:
    """Print rows, times, their ratios to the bare reading, and the peaks of memory."""
    with tempfile.TemporaryDirectory() as folder:
        seconds, processor = _added(Path(folder) / "small" / "data")
        print(f"etl add of two rows: {seconds:.1f} s, {processor:.1f} s of the processor")
        paths = Paths(data=Path(folder) / "large" / "data")
        print(f"{enlarged(paths.data):,} rows, {TIMES} times today's")
        first = None
        for what in ("bare", "check", "build"):
            seconds, processor, peak = _in_a_process(what, paths)
            first = first or (seconds, processor)
            print(
                f"{what:6} {seconds:6.2f} s ({seconds / first[0]:.1f} times bare), {processor:6.2f} s of the "
                f"processor ({processor / first[1]:.1f} times), peak memory {peak:,.0f} MiB"
            )


if __name__ == "__main__":
    if len(sys.argv) == 3:
        measured(sys.argv[1], Paths(data=Path(sys.argv[2])))
    else:
        main()
