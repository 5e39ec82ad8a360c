"""Totals and subtotals among the rows of a table: each is checked against its own section.

A row is a total by its name, or, where its name is none that the tables know, by being the sum of
the rows above it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from etl.dimensions import Dimension
from etl.problems import DataError, Problem
from etl.tabular.figures import Ambiguous, figure, unmarked
from etl.tabular.sheet import plain

NAMED = re.compile(r"\b((sub|grand)?[- ]?totals?|sum|overall|altogether)\b", re.IGNORECASE)
# Words of names that stand for several; a row with one is a total where it is the sum.
SEVERAL = re.compile(
    r"\b(all|both|every\w*|combined|together|entire|national\w*|united states|usa|specialties|types|states|imgs|"
    r"seniors|graduates|applicants)\b",
    re.IGNORECASE,
)
# Another unknown name is taken for a total where so much agrees that chance is out of question.
TELLING_FIGURE, TELLING_COLUMNS = 100, 2
LONGEST_SECTION = 2000  # rows; a total of more of them is one of everything, or of one name


@dataclass(frozen=True)
class _Line:
    """A row's names and counts; group: its people are also counted in other rows."""

    number: int
    names: tuple[str, ...]
    counts: dict[str, int]
    group: bool


class Totals:
    """The totals of one table (`grid._Table`), met while its rows are gone through."""

    def __init__(self, table, decimal: str):
        self.table, self.decimal = table, decimal
        rules = table.contract.columns
        self.columns = [name for name in table.figures if rules[name].type == "integer" and rules[name].adds]
        self.rows: list[_Line] = []
        self.found: list[tuple[int, _Line, str]] = []  # how many rows stood above it
        self.groups: list[str] = []
        self.notes: list[str] = []

    @staticmethod
    def named(text: str) -> bool:
        """Whether a name says that its row is a total."""
        return bool(NAMED.search(plain(text)))

    def add(self, number: int, cells: list[str]) -> None:
        """A row of data was met."""
        line = self._line(number, cells)
        if line.group and line.counts and self.rows:
            self.groups.append(f"{number} “{' '.join(filter(None, line.names))}”")
        self.rows.append(line)

    def take(self, number: int, cells: list[str]) -> bool:
        """Whether the row is a total; then it is kept to be checked."""
        line = self._line(number, cells)
        said = next((cell for cell in cells if cell), "")
        if not any(map(self.named, (*line.names, said))) and not self._is_unnamed_sum(line):
            return False
        label = next(filter(self.named, (*line.names, said)), " ".join(line.names) or said)
        self.found.append((len(self.rows), line, label))
        return True

    def check(self) -> None:
        """Hold every total against its section. Raises DataError with those that are no sum."""
        problems = []
        for place, (above, line, _) in enumerate(self.found):
            sections = [rows for rows in self._sections(place, above, line) if rows]
            if not (line.counts and sections) or any(not self._wrong(line, rows) for rows in sections):
                continue
            name, total = self._wrong(line, sections[0])[0]
            problems.append(
                Problem(
                    self.table.file,
                    "the totals row is the sum of its rows",
                    "a row is missing, doubled or misread; compare with the publication",
                    line.number,
                    name,
                    f"printed {line.counts[name]}, sum {total}",
                )
            )
        if problems:
            raise DataError(problems)
        for what, which in (("checked", True), ("not checked, as they hold no counts", False)):
            if rows := [
                f"{line.number} “{label}”" for _, line, label in self.found if bool(line.counts) is which
            ]:
                self.notes.append(f"totals {what}, and left out: row {', '.join(rows)}")

        if self.groups:
            self.notes.append(
                f"read as rows of their own, though they count others again: row {', '.join(self.groups)}"
            )

    def _line(self, number: int, cells: list[str]) -> _Line:
        table, counts = self.table, {}
        names = tuple(unmarked(table._cell(cells, name)) for name in table.names)
        for name in self.columns:
            try:
                text = figure(table._cell(cells, name), True, self.decimal)
            except Ambiguous:
                continue
            if text.isdecimal() and text.isascii():
                counts[name] = int(text)
        group = any(
            table.dimension[name].is_group(text)
            for name, text in zip(table.names, names, strict=True)
            if name in table.dimension
        )
        return _Line(number, names, counts, group)

    def _sections(self, place: int, above: int, line: _Line) -> Iterator[list[_Line]]:
        """What the total may be the sum of, the likeliest first."""
        own = [text for text in line.names if text and not self.named(text)]
        if own and (rows := [row for row in self.rows if set(own) <= set(row.names)]):
            yield rows
        former = self.found[place - 1][0] if place else 0
        if former < above:
            yield self.rows[former:above]
        yield self.rows[:above]
        yield self.rows
        after = self.found[place + 1][0] if place + 1 < len(self.found) else len(self.rows)
        yield self.rows[above:after]
        yield from self._blocks(above)

    def _blocks(self, above: int) -> Iterator[list[_Line]]:
        for first in range(above - 2, max(-1, above - LONGEST_SECTION), -1):
            yield self.rows[first:above]

    def _wrong(self, line: _Line, rows: list[_Line]) -> list[tuple[str, int]]:
        """The columns in which the total is not the sum of the rows, with that sum: of those that
        are no groups themselves, or of all."""
        return min(
            (self._unequal(line, [row for row in rows if not row.group]), self._unequal(line, rows)), key=len
        )

    def _unequal(self, line: _Line, rows: list[_Line]) -> list[tuple[str, int]]:
        wrong = []
        for name, printed in line.counts.items():
            parts = [row.counts[name] for row in rows if name in row.counts]
            total = sum(parts)
            # Where a part was not published, the others come to the total at most.
            if not parts or total > printed or (total < printed and len(parts) == len(rows)):
                wrong.append((name, total))
        return wrong

    def _is_unnamed_sum(self, line: _Line) -> bool:
        """Whether a row without a known name is the sum of two or more rows right above it."""
        table, rules = self.table, self.table.contract.columns
        unknown = [
            text
            for name, text in zip(table.names, line.names, strict=True)
            if (name in table.dimension and self._is_no_member(table.dimension[name], text))
            or (not text and rules[name].required)
        ]
        if not unknown or len(line.counts) < len(self.columns) or not any(line.counts.values()):
            return False
        telling = max(line.counts.values()) >= TELLING_FIGURE and len(line.counts) >= TELLING_COLUMNS
        if any(unknown) and not telling and not any(map(SEVERAL.search, unknown)):
            return False
        rows = self.rows[-LONGEST_SECTION:]
        return self._adds_up(line, rows) or self._adds_up(line, [row for row in rows if not row.group])

    def _is_no_member(self, dimension: Dimension, text: str) -> bool:
        """Whether a name is none of the dimension's, or one of a sum of specialties, in a table that
        does not hold such sums as rows of its own."""
        name = dimension.find(text)
        if name and dimension.name == "specialty" and dimension.is_group(text):
            return name not in self._held
        return not name

    @cached_property
    def _held(self) -> set[str | None]:
        """The specialties of the table as it is."""
        contract, dimensions = self.table.contract, self.table.dimensions
        names = [name for name, rules in contract.columns.items() if rules.dimension == "specialty"]
        rows = [
            pd.read_csv(file, usecols=names, dtype="str", keep_default_na=False)
            for file in contract.paths(dimensions.paths)
        ]
        printed = set().union(*(set(frame[name]) for frame in rows for name in names))
        return {dimensions["specialty"].find(text) for text in printed}

    def _adds_up(self, line: _Line, rows: list[_Line]) -> bool:
        sums = dict.fromkeys(line.counts, 0)
        for count, row in enumerate(reversed(rows), start=1):
            if len(row.counts) < len(line.counts):
                return False
            for name in sums:
                sums[name] += row.counts[name]
            if count > 1 and sums == line.counts:
                return True
            if any(sums[name] > line.counts[name] for name in sums):
                return False
        return False
