"""Bring a publisher's document in: read, fill in, check, write as a tidy table, build, publish."""

import os
from pathlib import Path

import pandas as pd

from etl import readers
from etl.build import Build, build
from etl.check import check_file
from etl.contract import Contract
from etl.dimensions import Dimensions
from etl.paths import Paths
from etl.problems import DataError, Problem
from etl.progress import Progress, silent
from etl.scaffold import file_for


def add(
    paths: Paths,
    contract: Contract,
    document: Path,
    year: int,
    source: str,
    expected: dict[str, int],
    progress: Progress = silent,
) -> tuple[Path, Build]:
    """Add a document's rows to a table and publish the build that has them.

    year, source: fill in where the document does not print them; source is an id in
    data/sources.yml. expected: column -> the published total its rows must add up to.
    Returns the file written and the build. Raises DataError with every problem, told in the
    document's own rows; then nothing is written and the published build stays.
    """
    file = file_for(paths, contract, year)
    if file.exists():
        raise DataError([Problem(document.name, f"{contract.name} of {year} is not there yet",
                                 f"to replace it, remove {file.relative_to(paths.data.parent)} first")])  # fmt: skip
    rows = _filled_in(readers.read(document, contract, year, progress), contract, year, source)
    _check_expected(document, rows, expected)
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_suffix(".tmp")
    try:
        rows.to_csv(unfinished, index=False)
        try:
            check_file(unfinished, document.name, contract, Dimensions(paths))
        except DataError as error:
            raise DataError([_in_document(problem, rows) for problem in error.problems]) from None
        os.replace(unfinished, file)
    finally:
        unfinished.unlink(missing_ok=True)
    try:
        return file, build(paths, progress)
    except BaseException:
        # Whatever stopped the build, the next one must not find half of this.
        file.unlink(missing_ok=True)
        raise


def _filled_in(rows: pd.DataFrame, contract: Contract, year: int, source: str) -> pd.DataFrame:
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


def _in_document(problem: Problem, rows: pd.DataFrame) -> Problem:
    """A problem of the written file, told in the row of the document it came from."""
    if problem.line is None or problem.line < 2:
        return problem
    line = rows.index[problem.line - 2]
    # Rows read from a PDF are counted from 0: tell them as the how-manieth.
    line = int(line) + (1 if isinstance(rows.index, pd.RangeIndex) else 0)
    return Problem(problem.file, problem.rule, problem.mend, line, problem.column, problem.value)
