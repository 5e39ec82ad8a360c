"""The made-up tables under ../shared/cases, each with what it must come to and what it comes to.

`python -m benchmarks.cases [PART OF A NAME]` reads every table there as `etl add`, the batch report
or the Programs page would, and prints one line each with its processor time. It says so where the
folder does not lie beside the project; nothing is written.
"""

import csv
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from etl.add import filled_in, in_document
from etl.check import check_file
from etl.contract import load_contracts
from etl.dimensions import Dimensions
from etl.paths import ROOT, Paths
from etl.problems import DataError
from etl.readers import read
from matchatlas.catalog.database import open_catalog
from matchatlas.report.batch import BatchError, read_profiles
from matchatlas.road import target_import

CASES = ROOT.parent / "shared" / "cases"
YEAR, SOURCE = 2027, "nrmp-2026-applicants-by-type"
LONGEST = 110  # characters of what is printed of one case


def document(path: Path, table: str) -> str:
    """What `etl add` would write of a document, or why it refuses."""
    contract, dimensions = load_contracts(Paths())[table], Dimensions(Paths())
    reading = read(path, contract, YEAR, dimensions)
    rows = filled_in(reading.rows, contract, YEAR, SOURCE)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "rows.csv"
        rows.to_csv(file, index=False)
        try:
            check_file(file, path.name, contract, dimensions)
        except DataError as error:
            raise DataError([in_document(problem, rows) for problem in error.problems]) from None
    first = "/".join(value for value in reading.rows.iloc[0] if value)
    return "; ".join([f"{len(rows)} rows, {first}", *reading.notes])


def programs(path: Path) -> str:
    """What the Programs page would take over of a list."""
    known = target_import.known_names(open_catalog().names(), ())
    found, notes = target_import.read(path.read_bytes(), path.name, known)
    return "; ".join([f"{len(found)} programs, {found[0].label}", *notes])


def profiles(path: Path) -> str:
    """What the batch would make reports of."""
    rows, notes = read_profiles(path, open_catalog().names(), YEAR)
    bad = [str(problem) for _, plan in rows if isinstance(plan, list) for problem in plan]
    return "; ".join([f"{sum(not isinstance(plan, list) for _, plan in rows)} reports", *bad, *notes])


def cases() -> Iterator[tuple[Path, str, Callable[[], str]]]:
    """Every case: its file, what it must come to, and how it is tried."""
    with (CASES / "etl" / "EXPECTED.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            path = CASES / "etl" / row["file"]
            yield path, row["expected"], lambda path=path, table=row["table"]: document(path, table)
    for folder, tried in (("programs_csv", programs), ("report", profiles)):
        for path in sorted((CASES / folder).iterdir()):
            yield path, "read, or each fault told", lambda path=path, tried=tried: tried(path)


def main() -> None:
    """Try all, print the table, and end with 1 if anything crashed."""
    if not CASES.is_dir():
        print(f"The cases do not lie beside the project ({CASES}).")
        return
    crashed = 0
    for path, expected, tried in cases():
        if not any(part in path.name for part in sys.argv[1:] or [""]):
            continue
        began = time.process_time()
        try:
            got = tried()
        except (DataError, BatchError) as error:
            got = f"refused: {error}"
        except Exception as error:
            got, crashed = f"CRASHED: {error!r}", crashed + 1
        took = time.process_time() - began
        print(f"{path.name:30} | {expected[:46]:46} | {' '.join(got.split())[:LONGEST]} | {took:.2f} s")
    sys.exit(bool(crashed))


if __name__ == "__main__":
    main()
