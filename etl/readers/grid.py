"""CSV and workbooks, tidy or as the publishers lay them out.

A table may have title lines above its header, a header of several rows with merged cells, notes
below, totals and subtotals, thousands separators, percent signs, footnote marks. All of that is
taken off; what is left stands under the contract's column names. Nothing is left out without being
told, and nothing is guessed: what can be read in two ways is refused with both.
"""

import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from itertools import pairwise

import pandas as pd

from etl.contract import Contract
from etl.dimensions import Dimensions
from etl.problems import DataError, Problem
from etl.readers.reading import Reading
from etl.readers.totals import Totals
from etl.tabular import sheets
from etl.tabular.figures import NO_NAME, Ambiguous, decimal_sign, figure, is_missing, unmarked
from etl.tabular.headers import Field, column_of, contradicts, like, words
from etl.tabular.sheet import Computed, Sheet, Spread, Unsaved, clean, plain, refuse

SEARCHED_ROWS = 40
HEADER_ROWS = 3
LONGEST = 32_767  # characters of a cell; a spreadsheet holds no more
NOTE = re.compile(
    r"[*†‡§¶(\[\d¹²³]*\W*(notes?|sources?|key|legend|see|abbreviations?|\*)\b", re.IGNORECASE
)

Row = tuple[int, list[str]]


@dataclass(frozen=True)
class Choice:
    """What the analyst says where a document leaves it open.

    sheet: the one to read, where several fit; leave_out: headers of columns that are none of the
    contract's, though they look like it.
    """

    sheet: str | None = None
    leave_out: tuple[str, ...] = ()


def read(content: bytes, file: str, contract: Contract, dimensions: Dimensions, year: int, largest: int,
         choice: Choice) -> Reading:  # fmt: skip
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


def _years(rows: pd.DataFrame, file: str, contract: Contract, year: int) -> list[str]:
    """What is to be told of the years that a document prints; another than was said is refused."""
    printed = rows[contract.year] if contract.year in rows else pd.Series(dtype="str")
    printed = printed[printed != ""]
    if len(printed) and str(year) not in set(printed):
        raise refuse(file, f"the document is of {year}, as --year says", f"it prints {', '.join(sorted(set(printed))[:5])}: "
                     "say that year, or take the right document", int(printed.index[0]), column=contract.year,
                     value=printed.iloc[0])  # fmt: skip
    others = sorted(set(printed) - {str(year)})
    return [f"it holds rows of other years too: {', '.join(others)}"] if others else []


def fields_of(contract: Contract) -> list[Field]:
    """The contract's columns as headers are led to them."""
    return [
        Field(name, rules.aliases, any("%" in words(form) for form in (name, *rules.aliases)))
        for name, rules in contract.columns.items()
    ]


def _chosen(
    opened: list[Sheet], file: str, contract: Contract, choice: Choice
) -> tuple[Sheet, list[str]]:
    """The sheet that holds the table, and what is to be told of the others."""
    if choice.sheet is not None:
        for sheet in opened:
            if sheet.name.casefold() == choice.sheet.casefold():
                return sheet, []
        raise refuse(file, "the sheet is there", f"use one of: {'; '.join(s.name for s in opened)}",
                     value=choice.sheet)  # fmt: skip
    fitting, failed = [], []
    for sheet in opened:
        try:
            header = _Header(sheet, file, contract, choice.leave_out)
            fitting.append((header.after < len(header.rows), sheet))
        except _Unfit as error:
            failed.append(error)
    # An empty form beside the filled one is no second table.
    fitting = [
        sheet for filled, sheet in fitting if filled or not any(filled for filled, _ in fitting)
    ]
    shown = [sheet for sheet in fitting if not sheet.hidden]
    if not fitting:
        # The one that comes nearest tells best what is missing.
        raise max(failed, key=lambda error: error.fits)
    names = "; ".join(sheet.name for sheet in shown or fitting)
    if not shown:
        raise refuse(file, "the table stands on a sheet that is shown", f"show the sheet, or name it: --sheet "
                     f"'{fitting[0].name}'", value=f"hidden: {names}")  # fmt: skip
    if len(shown) > 1:
        raise refuse(file, "one sheet fits", f"name the one that is meant, as in --sheet '{shown[-1].name}', or "
                     "leave only it in the file", value=names)  # fmt: skip
    others = [
        f"{sheet.name}{' (hidden)' if sheet.hidden else ''}"
        for sheet in opened
        if sheet is not shown[0]
    ]
    return shown[0], [f"sheets that were not read: {'; '.join(others)}"] if others else []


class _Unfit(DataError):
    """A sheet whose header does not fit; `fits` tells how many columns of it do."""

    def __init__(self, problems: list[Problem], fits: int):
        super().__init__(problems)
        self.fits = fits


class _Header:
    """Where a sheet's header ends, and the column that each of its cells means."""

    def __init__(self, sheet: Sheet, file: str, contract: Contract, leave_out: Collection[str]):
        self.file, self.contract, self.fields = file, contract, fields_of(contract)
        self.rows = [(n, [clean(cell) for cell in cells]) for n, cells in sheet.rows.items()]
        self.left_out = {"".join(words(name)): name for name in leave_out}
        best, self.after, self.lines = (0, False, 0), 0, []
        self.columns: list[Field | None] = []
        for place in range(min(len(self.rows), SEARCHED_ROWS)):
            for depth in range(1, HEADER_ROWS + 1):
                block = [cells for _, cells in self.rows[place : place + depth]]
                lines = _columns(block)
                columns = [column_of(column, self.fields) for column in lines]
                named = Counter(field.name for field in columns if field)
                merit = (2 * len(named) - named.total(), _only_counting(block[-1]), -depth)
                if merit > best and named:
                    best, self.after, self.lines, self.columns = (
                        merit,
                        place + depth,
                        lines,
                        columns,
                    )
        self.line = self.rows[max(0, self.after - 1)][0]
        self._refuse_lacking()
        self._refuse_doubtful()

    def texts(self) -> list[str]:
        """The header of each column as printed."""
        return [" / ".join(dict.fromkeys(filter(None, column))) for column in self.lines]

    def _refuse_lacking(self) -> None:
        names = {field.name for field in self.columns if field}
        lacking = [field for field in self.fields if field.name not in names and field.name not in self.contract.given
                   and self.contract.columns[field.name].required]  # fmt: skip
        if not lacking and len(names) > 1:
            return
        printed = [text for text in (self.texts() if names else self._widest()) if text]
        wanted = ", ".join(field.name for field in lacking or self.fields[:6])
        if sum(bool(re.fullmatch(r"(19|20)\d\d", text)) for text in printed) > 1:
            mend = (f"the years stand side by side; turn the table, so that {self.contract.year or 'the year'} is a "
                    f"column and every year a row; its columns are: {', '.join(self.contract.columns)}")  # fmt: skip
        else:
            near = [f"“{text}” may be {field.name}" for text in printed
                    if (field := like([text], lacking)) and column_of([text], self.fields) is None]  # fmt: skip
            mend = (f"not found: {wanted}; {'; '.join([*near[:5], ''])}rename the headers, or add theirs as `aliases` "
                    f"in etl/contracts/{self.contract.name}.yml")  # fmt: skip
        raise _Unfit([Problem(self.file, "has every required column of its contract", mend, self.line,
                              value=f"found: {'; '.join(text[:40] for text in printed[:20])}")], len(names))  # fmt: skip

    def _widest(self) -> list[str]:
        """The row that would most likely be a header."""
        return max(
            (cells for _, cells in self.rows[:SEARCHED_ROWS]),
            key=lambda cells: sum(map(bool, cells)),
        )

    def _refuse_doubtful(self) -> None:
        texts = self.texts()
        for place, text in enumerate(texts):
            if self.left_out.pop("".join(words(text)), None) is not None:
                self.columns[place] = None
                texts[place] = ""
        names = [field.name for field in self.columns if field]
        problems = []
        for name, times in Counter(names).items():
            if times > 1:
                both = [
                    text
                    for text, f in zip(texts, self.columns, strict=True)
                    if f and f.name == name
                ]
                mend = "remove one of the two"
                if len(set(both)) > 1:
                    mend = f"leave out the one that is not meant, as in --leave-out '{both[-1]}'"
                problems.append(
                    Problem(
                        self.file, "has each column once", mend, self.line, name, "; ".join(both)
                    )
                )
        absent = [field for field in self.fields if field.name not in names]
        for text, lines, field in zip(texts, self.lines, self.columns, strict=True):
            doubtful = field if field and contradicts(lines, field) else None
            # Printed beside "US IMG", "IMG" means the others; alone it may mean both.
            if (
                field
                and field.name == "filled_non_us_img"
                and words(text) == ["img"]
                and "filled_us_img" not in names
            ):
                doubtful = field
            if text and not field:
                doubtful = like(lines, absent)
            if doubtful:
                problems.append(Problem(
                    self.file, "a header names a column, or nothing like one",
                    f"if it holds {doubtful.name}, rename it to “{(*doubtful.forms, doubtful.name)[0]}”; if not, "
                    f"leave it out: --leave-out '{text}'", self.line, text[:80]))  # fmt: skip
        problems += [Problem(self.file, "a column that is left out is there", f"use one of: {'; '.join(filter(None, texts))}",
                             self.line, value=name) for name in self.left_out.values()]  # fmt: skip
        if problems:
            raise _Unfit(problems, len(names))


def _columns(block: list[list[str]]) -> list[list[str]]:
    """The lines of each column's header, the lowest last. A heading over several columns that is
    not merged stands over the first of them only: it is carried on to the right."""
    width = max(map(len, block), default=0)
    rows = [cells + [""] * (width - len(cells)) for cells in block]
    for above, below in pairwise(rows):
        heading = ""
        for place in range(width):
            if above[place]:
                heading = above[place] if below[place] else ""
            elif below[place] and heading:
                above[place] = heading
    return [list(dict.fromkeys(filter(None, column))) for column in zip(*rows, strict=True)]


def _only_counting(cells: list[str]) -> bool:
    said = [word for cell in cells if cell for word in words(cell)]
    return bool(said) and set(said) <= {"no", "n", "number", "num", "count", "%"}


class _Table:
    """The rows below a header, sorted into data, totals and what is left out."""

    def __init__(self, sheet: Sheet, file: str, contract: Contract, dimensions: Dimensions,
                 leave_out: Collection[str]):  # fmt: skip
        self.sheet, self.file, self.contract, self.dimensions = sheet, file, contract, dimensions
        self.header = _Header(sheet, file, contract, leave_out)
        self.places = {f.name: i for i, f in enumerate(self.header.columns) if f}
        self.notes: list[str] = []
        self.named: dict[str, Field | None] = {}
        rules = contract.columns
        self.figures = [name for name in self.places if rules[name].type in ("integer", "number", "date")
                        and name not in contract.key]  # fmt: skip
        self.values = self.figures or [
            n for n in self.places if n not in (*contract.key, *contract.given)
        ]
        self.names = [name for name in contract.text_key if name in self.places]
        self.dimension = {name: dimensions[rules[name].dimension] for name in self.names
                          if rules[name].dimension}  # fmt: skip

    def tidy(self) -> pd.DataFrame:
        """The data rows, figures as digits. Raises DataError with every problem found."""
        rows = [row for row in self.header.rows[self.header.after :] if any(row[1])]
        decimal = self._decimal_sign(rows)
        self._fill_down(rows)
        kept = self._sorted(rows, decimal)
        if not kept:
            raise refuse(self.file, "has rows below its header", "check that the table was exported whole",
                         self.header.line)  # fmt: skip
        self._tell_columns(kept)
        problems = self._faults(kept)
        columns = {}
        for name, place in self.places.items():
            printed = [_at(cells, place) for _, cells in kept]
            columns[name], found = self._column(name, printed, [n for n, _ in kept], decimal)
            problems += found
        if problems:
            raise DataError(problems)
        return pd.DataFrame(columns, index=[number for number, _ in kept], dtype="str")

    def _cell(self, cells: list[str], name: str) -> str:
        return _at(cells, self.places[name])

    def _decimal_sign(self, rows: list[Row]) -> str:
        found = decimal_sign(self._cell(cells, name) for name in self.figures for _, cells in rows)
        return found or self.sheet.decimal

    def _fill_down(self, rows: list[Row]) -> None:
        """Names that are written once for a group of rows, as merged cells leave them in a CSV."""
        for name in self.names[:-1]:
            place = self.places[name]
            written = [_at(cells, place) for _, cells in rows if self._has_figures(cells)]
            named = [text for text in written if text and not Totals.named(text)]
            if "" not in written or not written[0] or len(set(named)) < len(named):
                continue
            filled, above = 0, ""
            for _, cells in rows:
                if above and not _at(cells, place) and self._has_figures(cells):
                    cells[place] = Spread(above)
                    filled += 1
                above = _at(cells, place) or above
            self.notes.append(f"{name} was empty in {filled} rows, and taken from the row above")

    def _has_figures(self, cells: list[str]) -> bool:
        return any(not is_missing(self._cell(cells, name)) for name in self.values)

    def _known(self, cells: list[str]) -> bool:
        """Whether the row has a name that the tables know; True where they know none."""
        named = [self.dimension[name].find(unmarked(text)) for name in self.dimension
                 if (text := self._cell(cells, name))]  # fmt: skip
        return (
            any(named)
            if self.dimension
            else bool(self.names) and bool(self._cell(cells, self.names[0]))
        )

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
        self.notes += [
            f"left out, {what}: row {', '.join(places)}" for what, places in left.items()
        ]
        return kept

    def _is_note(self, cells: list[str]) -> bool:
        """A row of words only, that no row of data could be: no name, no figure that is one."""
        said = [cell for cell in cells if cell]
        figures = [self._cell(cells, name) for name in self.values if self._cell(cells, name)]
        return bool(NOTE.match(said[0])) or len(said) == 1 or (
            bool(self.dimension) and not any(re.search(r"^\W*\d", text) for text in figures)
        )  # fmt: skip

    def _repeats_header(self, number: int, cells: list[str]) -> bool:
        columns = [self._column_named(cell) for cell in cells]
        found = [field.name for field in columns if field]
        if len(found) < 2 or 2 * len(found) < sum(map(bool, cells)):
            return False
        if all(self.places.get(field.name) == i for i, field in enumerate(columns) if field):
            return True
        raise refuse(self.file, "holds one table", "a second header, unlike the first, stands here: put each table into "
                     "a file of its own", number, value="; ".join(c for c in cells if c)[:80])  # fmt: skip

    def _column_named(self, cell: str) -> Field | None:
        """The column that a cell would mean in a header."""
        if not cell or cell[0].isdigit():
            return None
        if cell not in self.named:
            self.named[cell] = column_of([cell], self.header.fields)
        return self.named[cell]

    def _tell_columns(self, kept: list[Row]) -> None:
        texts, columns = self.header.texts(), self.header.columns
        unread = [text or f"column {i + 1}, which has no header"
                  for i, (text, field) in enumerate(zip(texts, columns, strict=True))
                  if not field and any(_at(cells, i) for _, cells in kept)]  # fmt: skip
        beyond = [(n, cells[len(columns) :]) for n, cells in kept if any(cells[len(columns) :])]
        if beyond and not self.sheet.name:
            raise refuse(self.file, f"a row has {len(columns)} cells, as the header", "put a cell that holds a separator "
                         "in double quotes", beyond[0][0], value=next(filter(None, beyond[0][1]))[:40])  # fmt: skip
        if beyond:
            unread.append("what stands to the right of the header")
        if unread:
            self.notes.append(f"left out, columns: {'; '.join(unread)}")
        hidden = [str(n) for n, _ in kept if n in self.sheet.hidden_rows]
        if hidden:
            self.notes.append(f"hidden in the sheet, and read: row {', '.join(hidden)}")
        if columns := [
            texts[i] for i in self.places.values() if i + 1 in self.sheet.hidden_columns
        ]:
            self.notes.append(f"hidden in the sheet, and read: column {'; '.join(columns)}")
        computed = sum(
            isinstance(_at(cells, i), Computed) for _, cells in kept for i in self.places.values()
        )
        if computed:
            self.notes.append(
                f"{computed} cells hold formulas; the values saved with them were read"
            )

    def _faults(self, kept: list[Row]) -> list[Problem]:
        """Cells that hold nothing that could be judged as a value."""
        problems = []
        for number, cells in kept:
            for name, place in self.places.items():
                text = _at(cells, place)
                if isinstance(text, Unsaved):
                    problems.append(Problem(self.file, "holds values, no formulas", "paste the values (paste special)",
                                            number, f"{self.sheet.name}!{_letters(place)}{number}", text[:40]))  # fmt: skip
                elif isinstance(text, Spread) and name in self.figures and not is_missing(text):
                    problems.append(Problem(self.file, "a figure stands in one cell", "unmerge it, and write what belongs "
                                            "to each row", number, name, text[:40]))  # fmt: skip
                elif len(text) > LONGEST:
                    problems.append(Problem(self.file, f"a cell has at most {LONGEST:,} characters", "shorten it",
                                            number, name, f"{text[:40]}..."))  # fmt: skip
        return problems

    def _column(self, name: str, printed: list[str], numbers: list[int],
                decimal: str) -> tuple[list[str], list[Problem]]:  # fmt: skip
        rules = self.contract.columns[name]
        if rules.type in ("integer", "number"):
            return self._figures(name, printed, numbers, decimal)
        if rules.type == "date":  # a day that was saved with the time of its beginning is a day
            return [
                "" if is_missing(text) else re.sub(r"[ T]00:00(:00)?$", "", text)
                for text in printed
            ], []
        texts = ["" if text.casefold() in NO_NAME else unmarked(text) for text in printed]
        if rules.pattern:  # 21:00:00 for 21:00
            whole = re.compile(rules.pattern)
            texts = [text[:-3] if text.endswith(":00") and not whole.fullmatch(text) and whole.fullmatch(text[:-3])
                     else text for text in texts]  # fmt: skip
        if not rules.dimension:
            return texts, []
        dimension, read = self.dimensions[rules.dimension], {}
        for text in set(texts):
            # A name that is printed so stays as it is; one that is written so is told.
            if (found := dimension.find(text)) and plain(text).casefold() not in dimension.aliases:
                read[text] = found
        if read:
            pairs = "; ".join(f"“{text}” as {found}" for text, found in sorted(read.items()))
            self.notes.append(f"names read: {pairs}")
        return [read.get(text, plain(text)) for text in texts], []

    def _figures(self, name: str, printed: list[str], numbers: list[int],
                 decimal: str) -> tuple[list[str], list[Problem]]:  # fmt: skip
        found, problems = [], []
        for number, text in zip(numbers, printed, strict=True):
            try:
                found.append(figure(text, self.contract.columns[name].type == "integer", decimal))
            except Ambiguous as two:
                found.append("")
                problems.append(Problem(self.file, "a figure can be read in one way only", f"write {two.args[0]} or "
                                        f"{two.args[1]}, whichever was published", number, name, text))  # fmt: skip
        field = self.header.columns[self.places[name]]
        told = [(n, value, text) for n, value, text in zip(numbers, found, printed, strict=True)
                if value and "%" not in text]  # fmt: skip
        if (
            field.percent
            and told
            and all(re.fullmatch(r"0|1|[01]?\.\d+|0\.\d+|1\.0+", v) for _, v, _ in told)
        ):
            row, value, text = max(told, key=lambda one: float(one[1]))
            if float(value):
                problems.append(Problem(self.file, "a rate is a percentage", f"write {100 * float(value):.4g} or, if it is "
                                        f"meant so, {value}%: no rate here is above 1", row, name, text))  # fmt: skip
        return found, problems


def _at(cells: list[str], place: int) -> str:
    return cells[place] if place < len(cells) else ""


def _letters(place: int) -> str:
    """A column as a spreadsheet names it, from 0."""
    letters, place = "", place + 1
    while place:
        place, last = divmod(place - 1, 26)
        letters = chr(65 + last) + letters
    return letters
