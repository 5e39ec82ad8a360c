"""Time of a refresh of a hundred times today's rows, beside DuckDB's bare `read_csv` of the same.

`python -m benchmarks.refresh`. The largest table is repeated under specialties of made-up names,
so that every rule is asked and holds; nothing of it leaves the temporary folder.
"""

import resource
import shutil
import tempfile
import time
from pathlib import Path

import duckdb
import pandas as pd
import yaml

from etl.build import build
from etl.paths import ROOT, Paths

TIMES = 100
TABLE = "nrmp/positions_by_state_specialty.csv"


def enlarged(data: Path) -> int:
    """Repeat the table's rows until all tables together have TIMES as many; returns that many."""
    shutil.copytree(ROOT / "data", data, ignore=shutil.ignore_patterns("*.duckdb", "builds", ".*"))
    today = sum(len(pd.read_csv(file)) for file in (data / "tables").rglob("*.csv"))
    rows = pd.read_csv(data / "tables" / TABLE, dtype=str)
    copies = round((TIMES - 1) * today / len(rows))
    names = rows["specialty"]
    large = pd.concat(
        [rows, *(rows.assign(specialty=names + f" copy {copy:03}") for copy in range(copies))]
    )
    large.to_csv(data / "tables" / TABLE, index=False)
    specialties = yaml.safe_load((data / "specialties.yml").read_text())
    specialties += [{"name": f"{name} copy {copy:03}", "family": "Other"}
                    for name in names.unique() for copy in range(copies)]  # fmt: skip
    (data / "specialties.yml").write_text(yaml.safe_dump(specialties, allow_unicode=True))
    return today + len(large) - len(rows)


def timed(work) -> float:
    """Seconds that `work()` takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    """Print rows, both times, their ratio and the peak of memory."""
    with tempfile.TemporaryDirectory() as folder:
        paths = Paths(data=Path(folder) / "data")
        rows = enlarged(paths.data)
        files = [str(file) for file in paths.tables.rglob("*.csv")]
        bare = timed(lambda: [duckdb.sql(f"SELECT count(COLUMNS(*)) FROM read_csv('{file}')").fetchall()
                              for file in files])  # fmt: skip
        whole = timed(lambda: build(paths))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{rows:,} rows: built in {whole:.1f} s, bare read_csv {bare:.2f} s, "
          f"ratio {whole / bare:.0f}, peak memory {peak:,.0f} MiB")  # fmt: skip


if __name__ == "__main__":
    main()
