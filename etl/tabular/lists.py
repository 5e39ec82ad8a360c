"""Lists that people keep themselves, one entry a row under a plain header: target programs, profiles."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from etl.problems import DataError, Problem
from etl.tabular import sheets
from etl.tabular.figures import NO_NAME, Ambiguous, figure
from etl.tabular.headers import Field, column_of, like
from etl.tabular.sheet import Sheet, Unsaved, clean, refuse

SEARCHED_ROWS = 40
TRUTH = {
    "yes": "yes",
    "y": "yes",
    "true": "yes",
    "1": "yes",
    "x": "yes",
    "✓": "yes",
    "✔": "yes",
    "no": "no",
    "n": "no",
    "false": "no",
    "0": "no",
}


@dataclass(frozen=True)
class Column(Field):
    """A column of a list. kind: text (of one line), note (of several), name (a
    known word or name), number or truth."""

    kind: str = "text"
    required: bool = False


@dataclass
class Row:
    """One entry: the number it has in the file, its cells that hold anything, and what is wrong
    with it."""

    line: int
    cells: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True)
class Listed:
    """The rows of a list, and what a person should know of how they were read."""

    rows: list[Row]
    notes: list[str]


def read(content: bytes, file: str, columns: Sequence[Column], largest: int) -> Listed:
    """The rows below the header of a CSV or workbook; cells under the columns' names, figures as
    digits, yes and no as such.

    largest: bytes of the file, unpacked. Raises DataError for a file that holds no such list, for
    a header that resembles a column's without being it, and for one that stands twice.
    """
    opened = sheets(content, file, largest, lambda cell: column_of([cell], columns) is not None)
    fitting, failed = [], []
    for sheet in opened:
        try:
            header = _header(sheet, file, columns)
        except DataError as error:
            failed.append(error)
        else:
            fitting.append((sheet, *header))
    shown = [found for found in fitting if not found[0].hidden]
    if not fitting:
        raise failed[0]
    if len(shown) != 1:
        names = "; ".join(sheet.name for sheet, *_ in shown or fitting)
        what = (
            "one sheet of the workbook holds the list"
            if shown
            else "the list stands on a sheet that is shown"
        )
        raise refuse(file, what, "leave only the one that is meant, and show it", value=names)
    return _listed(*shown[0], file, [sheet.name for sheet in opened if sheet is not shown[0][0]])


def _header(sheet: Sheet, file: str, columns: Sequence[Column]) -> tuple[int, list[Column | None], list[str]]:
    """The header's row, the column that each of its cells means, and the cells as written."""
    best: tuple[int, int, list[Column | None], list[str]] = (-1, 1, [], [])
    for line, cells in list(sheet.rows.items())[:SEARCHED_ROWS]:
        texts = [clean(cell) for cell in cells]
        while texts and not texts[-1]:
            texts.pop()
        means = [column_of([text], columns) if text else None for text in texts]
        found = len({column.name for column in means if column})
        if found > best[0]:
            best = (found, line, means, texts)
    _, line, means, texts = best
    named = [column.name for column in means if column]
    absent = [column for column in columns if column.name not in named]
    problems = [
        Problem(file, "a column stands once", "remove one of the two", line, name)
        for name in dict.fromkeys(named)
        if named.count(name) > 1
    ]
    suspected = set()
    for text, column in zip(texts, means, strict=True):
        if text and not column and (meant := like([text], absent)):
            problems.append(
                Problem(
                    file,
                    "a header names a column, or nothing like one",
                    f"did you mean {meant.name}? rename the header, or remove the column",
                    line,
                    text[:80],
                )
            )
            suspected.add(meant.name)
    problems += [
        Problem(
            file,
            f"there is a column {column.name}",
            f"add it; the columns are {', '.join(column.name for column in columns)}",
            line,
        )
        for column in absent
        if column.required and column.name not in suspected
    ]
    if problems:
        raise DataError(problems)
    return line, means, texts


def _listed(
    sheet: Sheet, header: int, means: list[Column | None], texts: list[str], file: str, others: list[str]
) -> Listed:
    rows, unread, hidden = [], set(), []
    for line, cells in sheet.rows.items():
        if line <= header or not any(map(clean, cells)):
            continue
        rows.append(_row(line, cells, means, texts, file, sheet))
        if line in sheet.hidden_rows:
            hidden.append(str(line))
        unread |= {
            text or f"column {place + 1}, which has no header"
            for place, (text, column, cell) in enumerate(zip(texts, means, cells, strict=False))
            if not column and clean(cell)
        }
    notes = list(sheet.notes)
    if before := [str(line) for line in sheet.rows if line < header]:
        notes.append(f"left out above the header: row {', '.join(before)}")
    if unread:
        notes.append(f"left out, columns: {'; '.join(sorted(unread))}")
    if hidden:
        notes.append(f"hidden in the sheet, and read: row {', '.join(hidden)}")
    if concealed := [texts[n - 1] for n in sorted(sheet.hidden_columns) if n <= len(means) and means[n - 1]]:
        notes.append(f"hidden in the sheet, and read: column {'; '.join(concealed)}")
    if others:
        notes.append(f"sheets that were not read: {'; '.join(others)}")
    return Listed(rows, notes)


def _row(
    line: int, cells: list[str], means: list[Column | None], texts: list[str], file: str, sheet: Sheet
) -> Row:
    """One row; in a text it has as many cells as the header."""
    row = Row(line)
    beyond = [cell for cell in cells[len(texts) :] if clean(cell)]
    if beyond or (not sheet.name and len(cells) < len(texts)):
        row.problems.append(
            Problem(
                file,
                f"a row has {len(texts)} cells, as the header",
                "put a text that holds the separator in double quotes",
                line,
                value=f"{len(cells)} cells",
            )
        )
        return row
    for column, cell in zip(means, cells, strict=False):
        if not column or not cell.strip():
            continue
        try:
            text = _text(column, cell, sheet.decimal)
        except Ambiguous as two:
            row.problems.append(
                Problem(
                    file,
                    "a figure can be read in one way only",
                    f"write {two.args[0]} or {two.args[1]}, whichever is meant",
                    line,
                    column.name,
                    clean(cell),
                )
            )
            continue
        if isinstance(cell, Unsaved):
            row.problems.append(
                Problem(
                    file,
                    "a cell holds a value, no formula",
                    "paste the value (paste special)",
                    line,
                    column.name,
                    str(cell)[:40],
                )
            )
        elif text:
            row.cells[column.name] = text
    return row


def _text(column: Column, cell: str, decimal: str) -> str:
    if column.kind == "note":
        return cell.strip()
    if column.kind == "text":  # joiners that are not seen belong to names in some scripts
        return " ".join(cell.split())
    text = clean(cell)
    if column.kind == "number" and ("%" not in text or column.percent):
        return figure(text, True, decimal)
    if column.kind == "truth":
        return "" if text.casefold() in NO_NAME else TRUTH.get(text.casefold(), text)
    return "" if column.kind == "name" and text.casefold() in NO_NAME else text
