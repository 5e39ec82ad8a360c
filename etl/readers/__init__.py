"""Readers of the publishers' own documents: CSV, workbooks and two PDF layouts, to tidy tables."""

from pathlib import Path

from etl.contract import Contract
from etl.dimensions import Dimensions
from etl.problems import DataError, Problem
from etl.progress import Progress, silent
from etl.readers import grid
from etl.readers.grid import Choice
from etl.readers.reading import Reading

LARGEST = 200_000_000  # bytes; the publishers' documents are a hundredth of it
LARGEST_UNPACKED = 1_000_000_000  # formatting of a million rows by ten columns is a third of it


def read(
    path: Path,
    contract: Contract,
    year: int | None,
    dimensions: Dimensions,
    progress: Progress = silent,
    choice: Choice | None = None,
) -> Reading:
    """The rows of a publisher's document as text cells under the contract's column names.

    The kind is told by the file's first bytes, not by its name. `year` fills in for documents
    that do not print their own; choice is for tables of several readings. Values are not judged
    here: the contract does that afterwards. Raises DataError, naming the place and the mend, for
    what cannot be read.
    """
    if b"%PDF" in _first_bytes(path)[:1024]:
        from etl.readers import pdf  # its engine takes a while to load, and tables do without

        return pdf.read(path, contract, year, dimensions, progress)
    return grid.read(
        path.read_bytes(), path.name, contract, dimensions, year, LARGEST_UNPACKED, choice or Choice()
    )


def refuse(path: Path, rule: str, mend: str, line: int | None = None, **place) -> DataError:
    """The error for a document, named as the analyst knows it."""
    return DataError([Problem(path.name, rule, mend, line, **place)])


def _first_bytes(path: Path) -> bytes:
    if not path.is_file():
        raise refuse(path, "the file is there", "check the path")
    size = path.stat().st_size
    if size == 0:
        raise refuse(path, "is not empty", "download it again")
    if size > LARGEST:
        raise refuse(
            path, f"is at most {LARGEST // 1_000_000} MB", f"split it; it has {size // 1_000_000} MB"
        )
    with path.open("rb") as file:
        return file.read(4096)
