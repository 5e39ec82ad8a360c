"""CSV and XLSX, tidy or as the publishers lay them out.

A grid may have title lines above its header, a header of two rows with merged cells, footnotes
below, totals rows, thousands separators, percent signs, footnote marks. All of that is taken off;
what is left stands under the contract's column names.
"""

import csv
import io
import re
from pathlib import Path

import openpyxl
import pandas as pd

from etl.contract import Contract
from etl.problems import DataError, Problem

MARKS = re.compile(r"[*†‡§¶¹²³⁴⁵⁶⁷⁸⁹]+$")
THOUSANDS = re.compile(r"^-?\d{1,3}(,\d{3})+(\.\d+)?$")
TOTAL = re.compile(r"^(grand )?total", re.IGNORECASE)
SEARCHED_ROWS = 40

Grid = list[list[str]]


def read_csv(path: Path, contract: Contract) -> pd.DataFrame:
    """A CSV, separated by comma, semicolon or tab. Raises DataError for what cannot be read."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refuse(
            path, f"is UTF-8 text (byte {error.start} is not)", "save it as CSV UTF-8"
        ) from None
    if not text.strip():
        raise _refuse(path, "is not empty", "download it again")
    first = "\n".join(text.splitlines()[:SEARCHED_ROWS])
    separator = max(",;\t", key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=separator, strict=True))
    except csv.Error as error:
        raise _refuse(path, "has balanced quotes", f"mend the quotes ({error})") from None
    return _tidy(path, rows, contract)


def read_xlsx(path: Path, contract: Contract) -> pd.DataFrame:
    """The first sheet of a workbook whose header fits the contract.

    Raises DataError for a broken workbook, a formula in a cell, and a header that does not fit.
    """
    try:
        book = openpyxl.load_workbook(path, data_only=False)
    except Exception as error:  # openpyxl raises whatever the broken part raised
        raise _refuse(
            path, "is a whole XLSX workbook", f"save or download it again ({error})"
        ) from None
    failed: DataError | None = None
    for sheet in book.worksheets:
        merged = [(r.min_row, r.max_row, r.min_col, r.max_col) for r in sheet.merged_cells.ranges]
        rows = [[_cell_text(path, sheet.title, cell) for cell in row] for row in sheet.iter_rows()]
        for top, bottom, left, right in merged:
            for row in range(top - 1, bottom):
                for column in range(left - 1, right):
                    rows[row][column] = rows[top - 1][left - 1]
        try:
            return _tidy(path, rows, contract)
        except DataError as error:
            failed = failed or error
    raise failed or _refuse(path, "holds a sheet", "check the workbook")


def _cell_text(path: Path, sheet: str, cell) -> str:
    value = cell.value
    if cell.data_type == "f":
        raise _refuse(path, "holds values, no formulas", "paste the values (paste special)",
                      line=cell.row, column=f"{sheet}!{cell.coordinate}", value=str(value)[:40])  # fmt: skip
    if value is None:
        return ""
    if hasattr(value, "date") and callable(value.date):
        return value.date().isoformat()
    if isinstance(value, float) and "%" in (cell.number_format or ""):
        return f"{100 * value:.4g}%"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _tidy(path: Path, rows: Grid, contract: Contract) -> pd.DataFrame:
    rows = [[_clean(cell) for cell in row] for row in rows]
    first, names = _find_header(path, rows, contract)
    width = len(names)
    kept, totals = [], []
    text_column = next((i for i, name in enumerate(names) if name in contract.text_key), 0)
    for number, row in enumerate(rows[first:], start=first + 1):
        cells = (row + [""] * width)[:width]
        filled = [cell for cell in cells if cell]
        if len(filled) <= 1:
            continue  # blank, or a title or footnote line
        if TOTAL.match(cells[text_column]):
            totals.append((number, cells))
        else:
            kept.append((number, cells))
    if not kept:
        raise _refuse(path, "has rows below its header", "check that the table was exported whole")
    _check_totals(path, names, kept, totals, contract)
    frame = pd.DataFrame([cells for _, cells in kept], columns=names, index=[n for n, _ in kept])
    return frame.loc[:, [name for name in frame.columns if name]].map(_number)


def _find_header(path: Path, rows: Grid, contract: Contract) -> tuple[int, list[str]]:
    """The row after the header, and the contract's column (or "") of every cell."""
    best: tuple[int, int, list[str]] = (0, 0, [])
    for place in range(min(len(rows), SEARCHED_ROWS)):
        for depth in (1, 2):
            names = _names(rows[place : place + depth], contract)
            found = len({name for name in names if name})
            if found > best[0]:
                best = (found, place + depth, names)
    found, after, names = best
    needed = [column for column, rules in contract.columns.items()
              if rules.required and column not in contract.given]  # fmt: skip
    lacking = [column for column in needed if column not in names]
    if found < 2 or lacking:
        raise _refuse(path, "has every required column of its contract",
                      f"not found: {', '.join(lacking or needed)}; rename the headers, or add theirs as "
                      f"`aliases` in etl/contracts/{contract.name}.yml", line=after or 1)  # fmt: skip
    repeated = {name for name in names if name and names.count(name) > 1}
    if repeated:
        raise _refuse(path, "has each column once", f"remove one of: {', '.join(sorted(repeated))}",
                      line=after)  # fmt: skip
    return after, names


def _names(header: Grid, contract: Contract) -> list[str]:
    width = max((len(row) for row in header), default=0)
    padded = [row + [""] * (width - len(row)) for row in header]
    return [
        contract.column_of(*dict.fromkeys(row[i] for row in padded if row[i])) for i in range(width)
    ]


def _check_totals(path, names, kept, totals, contract: Contract) -> None:
    for number, cells in totals:
        for i, name in enumerate(names):
            if (
                not name
                or contract.columns[name].type != "integer"
                or not _number(cells[i]).isdigit()
            ):
                continue
            parts = [_number(row[i]) for _, row in kept]
            total = sum(int(part) for part in parts if part.isdigit())
            if total != int(_number(cells[i])):
                raise _refuse(path, "the totals row is the sum of its rows",
                              "a row is missing, doubled or misread; compare with the publication",
                              line=number, column=name,
                              value=f"printed {_number(cells[i])}, sum {total}")  # fmt: skip


def _clean(cell: str) -> str:
    return MARKS.sub("", " ".join(cell.replace("\u00a0", " ").split())).strip()


def _number(cell: str) -> str:
    if THOUSANDS.match(cell):
        return cell.replace(",", "")
    if re.fullmatch(r"-?\d+(\.\d+)?\s*%", cell):
        return cell.rstrip("% ")
    return "" if cell in ("-", "--", "–", "n/a", "N/A") else cell


def _refuse(path: Path, rule: str, mend: str, **place) -> DataError:
    return DataError([Problem(path.name, rule, mend, **place)])
