"""Bring a publisher's document in: read, fill in, check, write as a tidy table, build, publish."""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from etl import kept, readers
from etl.build import Build, build, candidate
from etl.check import check_file
from etl.compare import Difference, compare
from etl.contract import Contract, load_contracts
from etl.dimensions import Dimensions
from etl.editions import take_over
from etl.paths import Paths, notes_of
from etl.problems import DataError, Problem
from etl.progress import Progress, silent
from etl.published import WHOLE, Accepted, check_sums
from etl.readers.grid import Choice
from etl.scaffold import file_for


@dataclass(frozen=True)
class Added:
    """What came of a document: the file of its rows, how many, what is to be told, the build."""

    file: Path
    rows: int
    notes: tuple[str, ...]
    build: Build


@dataclass(frozen=True)
class Asked:
    """What is to be added to which table.

    year, source: fill in where the document does not print them; source is an id in
    data/sources.yml. expected: "offered" or "filled" -> the published total that the rows of the
    newest Match must add up to; without it, our own tables tell it. choice: for a document that
    leaves something open. accepted: how many positions may be short of the published total.
    """

    contract: Contract
    document: Path
    year: int
    source: str
    expected: dict[str, int]
    choice: Choice | None = None
    accepted: Accepted = field(default_factory=Accepted)


def add(paths: Paths, asked: Asked, progress: Progress = silent) -> Added:
    """Add a document's rows to a table and publish the build that has them.

    Raises DataError with every problem, told in the document's own rows; then nothing is written and
    the published build stays.
    """
    file, rows, notes, files = _read(paths, asked, progress)
    with _in_place(files):
        return Added(file, rows, notes, build(paths, progress))


def try_out(paths: Paths, asked: Asked, progress: Progress = silent) -> tuple[Added, list[Difference]]:
    """What `add` of the same would do, and how its build would differ from the published one.

    It works on a copy of the inputs, so that nothing is written. Raises DataError as `add` does.
    """
    with TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        shutil.copytree(paths.data, data, ignore=shutil.ignore_patterns("*.duckdb*", "builds", ".build.lock"))
        trial = replace(paths, data=data)
        file, rows, notes, files = _read(trial, asked, progress)
        with _in_place(files), candidate(trial, progress) as (made, done):
            live = kept.live_or_newest(paths)
            found = compare(live.file, made, load_contracts(paths)) if live else []
    return Added(paths.data / file.relative_to(data), rows, notes, done), found


def _read(
    paths: Paths, asked: Asked, progress: Progress
) -> tuple[Path, int, tuple[str, ...], dict[Path, bytes]]:
    """Where the document's rows go, how many, what is to be told, and every file with what it shall
    hold, checked; empty where the file goes."""
    contract, document, year = asked.contract, asked.document, asked.year
    dimensions = Dimensions(paths)
    reading = readers.read(document, contract, year, dimensions, progress, asked.choice)
    rows = filled_in(reading.rows, contract, year, asked.source)
    sums = check_sums(rows, contract, dimensions, document.name, year, asked.expected, asked.accepted)
    notes = [*reading.notes, *sums]
    changed: dict[Path, pd.DataFrame] = {}
    if contract.private:
        rows, changed, told = take_over(paths, contract, rows, document.name)
        notes += told
    if contract.name in WHOLE and len(rows):
        year = int(rows[contract.year].astype(int).max())
    file = file_for(paths, contract, year)
    if file.exists():
        raise DataError(
            [
                Problem(
                    document.name,
                    f"{contract.name} of {year} is not there yet",
                    f"to replace it, remove {file.relative_to(paths.data.parent)} first",
                )
            ]
        )
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_suffix(".tmp")
    try:
        rows.to_csv(unfinished, index=False)
        check_file(unfinished, document.name, contract, dimensions)
    except DataError as error:
        raise DataError([in_document(problem, rows) for problem in error.problems]) from None
    finally:
        unfinished.unlink(missing_ok=True)
    files = {notes_of(file): "".join(f"{note}.\n" for note in sums).encode()}
    for other, held in (changed | {file: rows}).items():
        files[other] = held.to_csv(index=False).encode() if len(held) else b""
        if held.empty:
            files[notes_of(other)] = b""
    return file, len(rows), tuple(notes), files


@contextmanager
def _in_place(files: dict[Path, bytes]) -> Iterator[None]:
    """The files hold this (nothing: the file is gone), unless what follows fails: then they are as
    they were, whatever stopped it, so that no later build finds half of this."""
    former = {file: file.read_bytes() if file.exists() else b"" for file in files}
    try:
        for file, content in files.items():
            _replace(file, content)
        yield
    except BaseException:
        for file, content in former.items():
            _replace(file, content)
        raise


def _replace(file: Path, content: bytes) -> None:
    if not content:
        file.unlink(missing_ok=True)
        return
    unfinished = file.with_suffix(".tmp")
    unfinished.write_bytes(content)
    os.replace(unfinished, file)


def filled_in(rows: pd.DataFrame, contract: Contract, year: int, source: str) -> pd.DataFrame:
    """All columns of the contract; year and source where the document does not print them."""
    rows = rows.reindex(columns=list(contract.columns), fill_value="")
    for column, value in ((contract.year, str(year)), ("source_id", source)):
        if column:
            rows[column] = rows[column].where(rows[column] != "", value)
    return rows


def in_document(problem: Problem, rows: pd.DataFrame) -> Problem:
    """A problem of the written file, told in the rows of the document it came from."""
    if problem.line is None or problem.line < 2:
        return problem

    def there(line: int) -> int:
        # Rows read from a PDF are counted from 0: tell them as the how-manieth.
        return int(rows.index[line - 2]) + (1 if isinstance(rows.index, pd.RangeIndex) else 0)

    # The mend of a doubled row names the other one.
    mend = re.sub(
        rf"(?<={re.escape(problem.file)}, row )\d+", lambda row: str(there(int(row[0]))), problem.mend
    )
    return replace(problem, line=there(problem.line), mend=mend)
