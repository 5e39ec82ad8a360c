"""Bring a publisher's document in: read, fill in, check, write as a tidy table, build, publish."""

import os
import re
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from etl import kept, readers
from etl.build import Build, build, candidate
from etl.check import check_file
from etl.compare import Difference, compare
from etl.contract import Contract, load_contracts
from etl.dimensions import Dimensions
from etl.paths import Paths
from etl.problems import DataError, Problem
from etl.progress import Progress, silent
from etl.readers.grid import Choice
from etl.scaffold import file_for


@dataclass(frozen=True)
class Added:
    """What came of a document: the file of its rows, how many, what is to be told, the build."""

    file: Path
    rows: int
    notes: tuple[str, ...]
    build: Build


def add(
    paths: Paths,
    contract: Contract,
    document: Path,
    year: int,
    source: str,
    expected: dict[str, int],
    progress: Progress = silent,
    choice: Choice | None = None,
) -> Added:
    """Add a document's rows to a table and publish the build that has them.

    year, source: fill in where the document does not print them; source is an id in
    data/sources.yml. expected: column -> the published total its rows must add up to. choice: for
    a document that leaves something open. Raises DataError with every problem, told in the
    document's own rows; then nothing is written and the published build stays.
    """
    file, rows, notes = _written(
        paths, contract, document, year, source, expected, progress, choice
    )
    try:
        return Added(file, rows, notes, build(paths, progress))
    except BaseException:
        # Whatever stopped the build, the next one must not find half of this.
        file.unlink(missing_ok=True)
        raise


def try_out(
    paths: Paths, *args, progress: Progress = silent, **kwargs
) -> tuple[Added, list[Difference]]:
    """What `add` of the same would do, and how its build would differ from the published one.

    It works on a copy of the inputs, so that nothing is written. Raises DataError as `add` does.
    """
    with TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        shutil.copytree(
            paths.data, data, ignore=shutil.ignore_patterns("*.duckdb*", "builds", ".build.lock")
        )
        trial = replace(paths, data=data)
        file, rows, notes = _written(trial, *args, progress=progress, **kwargs)
        with candidate(trial, progress) as (made, done):
            live = kept.live_or_newest(paths)
            found = compare(live.file, made, load_contracts(paths)) if live else []
    return Added(paths.data / file.relative_to(data), rows, notes, done), found


def _written(
    paths: Paths,
    contract: Contract,
    document: Path,
    year: int,
    source: str,
    expected: dict[str, int],
    progress: Progress,
    choice: Choice | None = None,
) -> tuple[Path, int, tuple[str, ...]]:
    """The file that the document's rows were written to, checked, how many, and what is to be told."""
    file = file_for(paths, contract, year)
    if file.exists():
        raise DataError([Problem(document.name, f"{contract.name} of {year} is not there yet",
                                 f"to replace it, remove {file.relative_to(paths.data.parent)} first")])  # fmt: skip
    dimensions = Dimensions(paths)
    reading = readers.read(document, contract, year, dimensions, progress, choice)
    rows = filled_in(reading.rows, contract, year, source)
    _check_expected(document, rows, expected)
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_suffix(".tmp")
    try:
        rows.to_csv(unfinished, index=False)
        check_file(unfinished, document.name, contract, dimensions)
        os.replace(unfinished, file)
    except DataError as error:
        raise DataError([in_document(problem, rows) for problem in error.problems]) from None
    finally:
        unfinished.unlink(missing_ok=True)
    return file, len(rows), reading.notes


def filled_in(rows: pd.DataFrame, contract: Contract, year: int, source: str) -> pd.DataFrame:
    """All columns of the contract; year and source where the document does not print them."""
    rows = rows.reindex(columns=list(contract.columns), fill_value="")
    for column, value in ((contract.year, str(year)), ("source_id", source)):
        if column:
            rows[column] = rows[column].where(rows[column] != "", value)
    return rows


def _check_expected(document: Path, rows: pd.DataFrame, expected: dict[str, int]) -> None:
    for column, total in expected.items():
        found = pd.to_numeric(rows[column], errors="coerce").sum() if column in rows else 0
        if found != total:
            raise DataError([Problem(document.name, "the rows add up to the published total",
                                     "a row was missed, doubled or misread; compare page by page",
                                     column=column, value=f"sum {found:.0f}, published {total}")])  # fmt: skip


def in_document(problem: Problem, rows: pd.DataFrame) -> Problem:
    """A problem of the written file, told in the rows of the document it came from."""
    if problem.line is None or problem.line < 2:
        return problem

    def there(line: int) -> int:
        # Rows read from a PDF are counted from 0: tell them as the how-manieth.
        return int(rows.index[line - 2]) + (1 if isinstance(rows.index, pd.RangeIndex) else 0)

    # The mend of a doubled row names the other one.
    mend = re.sub(
        rf"(?<={re.escape(problem.file)}, row )\d+",
        lambda row: str(there(int(row[0]))),
        problem.mend,
    )
    return replace(problem, line=there(problem.line), mend=mend)
