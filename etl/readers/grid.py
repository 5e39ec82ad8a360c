"""CSV and workbooks, tidy or as the publishers lay them out.

A table may have title lines above its header, a header of several rows with merged cells, notes
below, totals and subtotals, thousands separators, percent signs, footnote marks. All of that is
taken off; what is left stands under the contract's column names. Nothing is left out without being
told, and nothing is guessed: what can be read in two ways is refused with both.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

import pandas as pd

from etl.contract import Contract
from etl.dimensions import Dimensions
from etl.problems import DataError, Problem
from etl.readers import values
from etl.readers.heading import Heading, Unfit, fields_of
from etl.readers.reading import Reading
from etl.readers.totals import Totals
from etl.tabular import sheets
from etl.tabular.figures import decimal_sign, is_missing, unmarked
from etl.tabular.headers import Field, column_of
from etl.tabular.sheet import Computed, Sheet, Spread, Unsaved, refuse

LONGEST = 32_767  # characters of a cell; a spreadsheet holds no more
NOTE = re.compile(r"[*†‡§¶(\[\d¹²³]*\W*(notes?|sources?|key|legend|see|abbreviations?|\*)\b", re.IGNORECASE)

Row = tuple[int, list[str]]


@dataclass(frozen=True)
class Choice:
    """What the analyst says where a document leaves it open.

    sheet: the one to read, where several fit; leave_out: headers of columns that are none of the
    contract's, though they look like it.
    """

    sheet: str | None = None
    leave_out: tuple[str, ...] = ()


def read(
    content: bytes,
    file: str,
    contract: Contract,
    dimensions: Dimensions,
    year: int | None,
    largest: int,
    choice: Choice,
) -> Reading:
    """The table of a document that is of this contract.

    year: which rows it must have, where it prints any; largest: bytes of the document, unpacked.
    Raises DataError for what cannot be read.
    """
    fields = fields_of(contract)
    opened = sheets(content, file, largest, lambda cell: column_of([cell], fields) is not None)
    chosen, notes = _chosen(opened, file, contract, choice)
    table = _Table(chosen, file, contract, dimensions, choice.leave_out)
    rows = table.tidy()
    return Reading(rows, (*chosen.notes, *notes, *table.notes, *_years(rows, file, contract, year)))


def _years(rows: pd.DataFrame, file: str, contract: Contract, year: int | None) -> list[str]:
    """What is to be told of the years that a document prints; another than was said is refused."""
    printed = rows[contract.year] if contract.year in rows else pd.Series(dtype="str")
    printed = printed[printed != ""]
    if len(printed) and str(year) not in set(printed):
        raise refuse(
            file,
            f"the document is of {year}, as --year says",
            f"it prints {', '.join(sorted(set(printed))[:5])}: say that year, or take the right document",
            int(printed.index[0]),
            column=contract.year,
            value=printed.iloc[0],
        )
    others = sorted(set(printed) - {str(year)})
    return [f"it holds rows of other years too: {', '.join(others)}"] if others else []


def _chosen(opened: list[Sheet], file: str, contract: Contract, choice: Choice) -> tuple[Sheet, list[str]]:
    """The sheet that holds the table, and what is to be told of the others."""
    if choice.sheet is not None:
        for sheet in opened:
            if sheet.name.casefold() == choice.sheet.casefold():
                return sheet, []
        raise refuse(
            file, "the sheet is there", f"use one of: {'; '.join(s.name for s in opened)}", value=choice.sheet
        )
    found, failed = [], []
    for sheet in opened:
        try:
            header = Heading(sheet, file, contract, choice.leave_out)
            found.append((header.after < len(header.rows), sheet))
        except Unfit as error:
            failed.append(error)
    # An empty form beside the filled one is no second table.
    fitting = [sheet for filled, sheet in found if filled or not any(filled for filled, _ in found)]
    shown = [sheet for sheet in fitting if not sheet.hidden]
    if not fitting:
        # The one that comes nearest tells best what is missing.
        raise max(failed, key=lambda error: error.fits)
    names = "; ".join(sheet.name for sheet in shown or fitting)
    if not shown:
        raise refuse(
            file,
            "the table stands on a sheet that is shown",
            f"show the sheet, or name it: --sheet '{fitting[0].name}'",
            value=f"hidden: {names}",
        )
    if len(shown) > 1:
        raise refuse(
            file,
            "one sheet fits",
            f"name the one that is meant, as in --sheet '{shown[-1].name}', or leave only it in the file",
            value=names,
        )
    others = [
        f"{sheet.name}{' (hidden)' if sheet.hidden else ''}" for sheet in opened if sheet is not shown[0]
    ]
    return shown[0], [f"sheets that were not read: {'; '.join(others)}"] if others else []


class _Table:
    """The rows below a header, sorted into data, totals and what is left out."""

    def __init__(
        self, sheet: Sheet, file: str, contract: Contract, dimensions: Dimensions, leave_out: Collection[str]
    ):
        self.sheet, self.file, self.contract, self.dimensions = sheet, file, contract, dimensions
        self.header = Heading(sheet, file, contract, leave_out)
        self.places = {f.name: i for i, f in enumerate(self.header.columns) if f}
        self.notes: list[str] = []
        self.named: dict[str, Field | None] = {}
        rules = contract.columns
        self.figures = [
            name
            for name in self.places
            if rules[name].type in ("integer", "number", "date") and name not in contract.key
        ]
        self.values = self.figures or [n for n in self.places if n not in (*contract.key, *contract.given)]
        self.names = [name for name in contract.text_key if name in self.places]
        self.dimension = {name: dimensions[kind] for name in self.names if (kind := rules[name].dimension)}

    def tidy(self) -> pd.DataFrame:
        """The data rows, figures as digits. Raises DataError with every problem found."""
        rows = [row for row in self.header.rows[self.header.after :] if any(row[1])]
        decimal = self._decimal_sign(rows)
        self._fill_down(rows)
        kept = self._sorted(rows, decimal)
        if not kept:
            raise refuse(
                self.file,
                "has rows below its header",
                "check that the table was exported whole",
                self.header.line,
            )
        self._tell_columns(kept)
        problems = self._faults(kept)
        columns = {}
        for name, place in self.places.items():
            cells = [(number, _at(cells, place)) for number, cells in kept]
            columns[name], found = self._column(name, cells, decimal)
            problems += found
        if problems:
            raise DataError(problems)
        return pd.DataFrame(columns, index=[number for number, _ in kept], dtype="str")

    def _column(self, name: str, cells: values.Cells, decimal: str) -> tuple[list[str], list[Problem]]:
        rules, field = self.contract.columns[name], self.header.columns[self.places[name]]
        if rules.type in ("integer", "number"):
            found, problems = values.figures(cells, name, rules, decimal, self.file)
            if field and field.percent:
                problems += values.shares(cells, found, name, self.file, self._judged(name))
            return found, problems
        if rules.type == "date":
            return values.days(cells), []
        if not rules.dimension:
            return values.texts(cells, rules), []
        found, told = values.names(cells, rules, self.dimensions[rules.dimension])
        self.notes += told
        return found, []

    def _judged(self, name: str) -> set[int]:
        """Rows in which an identity of the contract holds a figure against others that are there."""
        rows = set()
        for identity in self.contract.identities:
            used = [other for other in self.contract.columns if other in identity.holds]
            if name in used and set(used) <= set(self.places):
                rows |= {
                    number
                    for number, cells in self.header.rows
                    if not any(is_missing(self._cell(cells, other)) for other in used)
                }
        return rows

    def _cell(self, cells: list[str], name: str) -> str:
        return _at(cells, self.places[name])

    def _decimal_sign(self, rows: list[Row]) -> str:
        found = decimal_sign(self._cell(cells, name) for name in self.figures for _, cells in rows)
        return found or self.sheet.decimal

    def _fill_down(self, rows: list[Row]) -> None:
        """Names that are written once for a group of rows, as merged cells leave them in a CSV, or
        in a row of their own above it."""
        for name in self.names[:-1]:
            place = self.places[name]
            group = [cells for _, cells in rows if self._has_figures(cells) or self._heads(cells, name)]
            written = [_at(cells, place) for cells in group]
            named = [text for text in written if text and not Totals.named(text)]
            if "" not in written or not written[0] or len(set(named)) < len(named):
                continue
            filled, above = 0, ""
            for cells in group:
                text = _at(cells, place)
                if not text and above:
                    cells[place] = Spread(above)
                    filled += 1
                elif not Totals.named(text):
                    above = text
            self.notes.append(f"{name} was empty in {filled} rows, and taken from the row above")

    def _heads(self, cells: list[str], name: str) -> bool:
        """Whether the row is the heading of a section: a known name alone."""
        text = self._cell(cells, name)
        return (
            bool(text)
            and sum(map(bool, cells)) == 1
            and name in self.dimension
            and self.dimension[name].find(text) is not None
        )

    def _has_figures(self, cells: list[str]) -> bool:
        return any(not is_missing(self._cell(cells, name)) for name in self.values)

    def _known(self, cells: list[str]) -> bool:
        """Whether the row has a name that the tables know; True where they know none."""
        named = [
            self.dimension[name].find(unmarked(text))
            for name in self.dimension
            if (text := self._cell(cells, name))
        ]
        return any(named) if self.dimension else bool(self.names) and bool(self._cell(cells, self.names[0]))

    def _sorted(self, rows: list[Row], decimal: str) -> list[Row]:
        """The data rows; totals are checked, and what is left out is noted."""
        kept: list[Row] = []
        totals = Totals(self, decimal)
        left: dict[str, list[str]] = {}
        for number, cells in rows:
            said = next((cell for cell in cells if cell), "")
            label = f"{number} “{said[:40]}”"
            if self._repeats_header(number, cells):
                left.setdefault("the header again", []).append(str(number))
            elif not self._has_figures(cells):
                known = (
                    self._known(cells)
                    and not NOTE.match(said)
                    and sum(map(bool, cells)) < len(self.places) + 1
                )
                what = "rows without figures" if known else "notes"
                left.setdefault(what, []).append(label)
            elif not self._known(cells) and self._is_note(cells):
                left.setdefault("notes", []).append(label)
            elif totals.take(number, cells):
                pass
            else:
                kept.append((number, cells))
                totals.add(number, cells)
        totals.check()
        self.notes += totals.notes
        self.notes += [f"left out, {what}: row {', '.join(places)}" for what, places in left.items()]
        return kept

    def _is_note(self, cells: list[str]) -> bool:
        """A row of words only, that no row of data could be: no name, no figure that is one."""
        said = [cell for cell in cells if cell]
        figures = [self._cell(cells, name) for name in self.values if self._cell(cells, name)]
        return (
            bool(NOTE.match(said[0]))
            or len(said) == 1
            or (bool(self.dimension) and not any(re.search(r"^\W*\d", text) for text in figures))
        )

    def _repeats_header(self, number: int, cells: list[str]) -> bool:
        columns = [self._column_named(cell) for cell in cells]
        found = [field.name for field in columns if field]
        if len(found) < 2 or 2 * len(found) < sum(map(bool, cells)):
            return False
        if all(self.places.get(field.name) == i for i, field in enumerate(columns) if field):
            return True
        raise refuse(
            self.file,
            "holds one table",
            "a second header, unlike the first, stands here: put each table into a file of its own",
            number,
            value="; ".join(c for c in cells if c)[:80],
        )

    def _column_named(self, cell: str) -> Field | None:
        """The column that a cell would mean in a header."""
        if not cell or cell[0].isdigit():
            return None
        if cell not in self.named:
            self.named[cell] = column_of([cell], self.header.fields)
        return self.named[cell]

    def _tell_columns(self, kept: list[Row]) -> None:
        texts, columns = self.header.texts(), self.header.columns
        unread = [
            text or f"column {i + 1}, which has no header"
            for i, (text, field) in enumerate(zip(texts, columns, strict=True))
            if not field and any(_at(cells, i) for _, cells in kept)
        ]
        beyond = [(n, cells[len(columns) :]) for n, cells in kept if any(cells[len(columns) :])]
        if beyond and not self.sheet.name:
            raise refuse(
                self.file,
                f"a row has {len(columns)} cells, as the header",
                "put a cell that holds a separator in double quotes",
                beyond[0][0],
                value=next(filter(None, beyond[0][1]))[:40],
            )
        if beyond:
            unread.append("what stands to the right of the header")
        if unread:
            self.notes.append(f"left out, columns: {'; '.join(unread)}")
        last = max(self.places.values())
        if short := [str(n) for n, cells in kept if not self.sheet.name and len(cells) <= last]:
            self.notes.append(f"shorter than the header, the rest taken as missing: row {', '.join(short)}")
        if hidden := [str(n) for n, _ in kept if n in self.sheet.hidden_rows]:
            self.notes.append(f"hidden in the sheet, and read: row {', '.join(hidden)}")
        if unseen := [texts[i] for i in self.places.values() if i + 1 in self.sheet.hidden_columns]:
            self.notes.append(f"hidden in the sheet, and read: column {'; '.join(unseen)}")
        computed = sum(isinstance(_at(cells, i), Computed) for _, cells in kept for i in self.places.values())
        if computed:
            self.notes.append(f"{computed} cells hold formulas; the values saved with them were read")

    def _faults(self, kept: list[Row]) -> list[Problem]:
        """Cells that hold nothing that could be judged as a value."""
        problems = []
        for number, cells in kept:
            for name, place in self.places.items():
                text = _at(cells, place)
                if isinstance(text, Unsaved):
                    problems.append(
                        Problem(
                            self.file,
                            "holds values, no formulas",
                            "paste the values (paste special)",
                            number,
                            f"{self.sheet.name}!{_letters(place)}{number}",
                            text[:40],
                        )
                    )
                elif isinstance(text, Spread) and name in self.figures and not is_missing(text):
                    problems.append(
                        Problem(
                            self.file,
                            "a figure stands in one cell",
                            "unmerge it, and write what belongs to each row",
                            number,
                            name,
                            text[:40],
                        )
                    )
                elif len(text) > LONGEST:
                    problems.append(
                        Problem(
                            self.file,
                            f"a cell has at most {LONGEST:,} characters",
                            "shorten it",
                            number,
                            name,
                            f"{text[:40]}...",
                        )
                    )
        return problems


def _at(cells: list[str], place: int) -> str:
    return cells[place] if place < len(cells) else ""


def _letters(place: int) -> str:
    """A column as a spreadsheet names it, from 0."""
    letters, place = "", place + 1
    while place:
        place, last = divmod(place - 1, 26)
        letters = chr(65 + last) + letters
    return letters
