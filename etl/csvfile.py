"""The CSV files under data/: how DuckDB reads them, and what is said where it cannot."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

from etl.contract import Contract
from etl.problems import DataError, Problem


def scan(path: Path, header: list[str]) -> str:
    """The SQL that reads the file's cells as text, the empty ones missing.

    Its columns are the header's; rows come in the file's order.
    """
    # A path is a pattern for DuckDB: a sign in brackets means itself.
    plain = re.sub(r"[*?[]", r"[\g<0>]", str(path)).replace("'", "''")
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in header)
    return (
        f"read_csv('{plain}', auto_detect = false, header = true, delim = ',', quote = '\"', "
        f"escape = '\"', columns = {{{columns}}})"
    )


def header(path: Path, name: str, contract: Contract) -> list[str]:
    """The file's header: columns of the contract, the required ones all of them. Raises DataError
    where it is not."""

    def refuse(rule: str, mend: str, column: str | None = None) -> DataError:
        return DataError([Problem(name, rule, mend, 1 if column else None, column)])

    try:
        found = next(_records(path, name), (1, []))[1]
    except csv.Error as error:
        raise refuse("is CSV", f"mend the header row ({error})") from None
    if not found:
        raise refuse("holds a header row", f"start with: {','.join(contract.columns)}")
    for column, rules in contract.columns.items():
        if column not in found and rules.required:
            raise refuse(
                "has every required column of its contract",
                f"add the column (found: {', '.join(found)})",
                column,
            )
    for column in found:
        if column not in contract.columns:
            raise refuse(
                "has only columns of its contract",
                f"remove the column or add it to etl/contracts/{contract.name}.yml",
                column,
            )
        if found.count(column) > 1:
            raise refuse("has each column once", "remove one of the two", column)
    return found


def lines(path: Path, name: str, rows: int) -> list[int] | None:
    """The line, as an editor counts, in which each row begins; None where each row is one line
    and none is blank, so that row 1 stands in line 2."""
    with path.open("rb") as file:
        breaks, last = 0, b""
        while part := file.read(1 << 22):
            breaks, last = breaks + part.count(b"\n"), part[-1:]
    if breaks + (last != b"\n") == rows + 1:
        return None
    return [line for line, _ in _records(path, name)][1:]


def fault(path: Path, name: str, columns: int, error: Exception) -> Problem:
    """What keeps DuckDB from reading the file: the first row that is not whole."""
    rule = "every row has as many cells as the header"
    line = 1
    try:
        for line, cells in _records(path, name):
            if len(cells) != columns:
                return Problem(
                    name,
                    rule,
                    f"put quotes around text with commas (it has {len(cells)}, the header {columns})",
                    line,
                )
    except csv.Error as wrong:
        return Problem(name, "has balanced quotes", f"mend the quotes ({wrong})", line + 1)
    except DataError as wrong:
        return wrong.problems[0]
    place = re.search(r"Line: (\d+)", str(error))
    return Problem(
        name, "is CSV", f"mend the row ({str(error).splitlines()[0]})", int(place[1]) if place else None
    )


def _records(path: Path, name: str) -> Iterator[tuple[int, list[str]]]:
    """Every row that is not blank with the line in which it begins, the header first.

    Raises DataError where the text is not UTF-8, and csv.Error where quotes are not balanced.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, strict=True)
        ended = 0
        try:
            for cells in reader:
                begun, ended = ended + 1, reader.line_num
                if cells:
                    yield begun, cells
        except UnicodeDecodeError:
            raise DataError([_no_text(path, name)]) from None


def _no_text(path: Path, name: str) -> Problem:
    raw = path.read_bytes()
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        return Problem(
            name,
            f"is UTF-8 text (byte {error.start} is not)",
            "save it as UTF-8",
            raw.count(b"\n", 0, error.start) + 1,
        )
    return Problem(name, "is UTF-8 text", "save it as UTF-8")
