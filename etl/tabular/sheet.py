"""What any table comes to when it is opened: rows as they are numbered there, cells as text."""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field

from etl.problems import DataError, Problem

MOST_CELLS = 5_000_000  # filled ones of one file; the largest published table has a tenth of it
WIDEST = 16_384  # columns of a spreadsheet
# Signs that are not seen: zero-width ones, soft hyphens, marks of writing direction.
UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")


class Typed(str):
    """A number, percentage, date or time that the spreadsheet itself holds as such: it can be
    read one way only."""

    __slots__ = ()


class Computed(Typed):
    """What a formula gave when the workbook was saved."""

    __slots__ = ()


class Unsaved(str):
    """A formula whose value was not saved with it."""

    __slots__ = ()


class Spread(str):
    """The text of a merged cell, in one of the others that it covers."""

    __slots__ = ()


@dataclass
class Sheet:
    """One sheet of a workbook, or a text file: its rows that hold anything, by their number there.

    hidden: the whole sheet is; hidden_rows, hidden_columns: numbers from 1. decimal: how it writes
    decimals where its figures do not tell (see `figures`); "?" in a text with semicolons, as they
    stand where the comma is taken. notes: what was guessed in opening it, to be told.
    """

    name: str = ""
    rows: dict[int, list[str]] = field(default_factory=dict)
    hidden: bool = False
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    decimal: str = ""
    notes: list[str] = field(default_factory=list)

    def put(self, row: int, column: int, text: str) -> None:
        """Set a cell; both numbers count from 1."""
        cells = self.rows.setdefault(row, [])
        cells.extend([""] * (column - len(cells)))
        cells[column - 1] = text

    def spread(self, merges: list[tuple[int, int, int, int]]) -> None:
        """Write each merged cell's text into all that it covers (top, left, bottom, right), as far
        as the sheet is filled."""
        numbers = sorted(self.rows)
        width = max(map(len, self.rows.values()), default=0)
        for top, left, bottom, right in merges:
            text = self.rows[top][left - 1] if left <= len(self.rows.get(top, ())) else ""
            if not text:
                continue
            for row in numbers[bisect_left(numbers, top) : bisect_right(numbers, bottom)]:
                for column in range(left, min(right, width) + 1):
                    if (row, column) != (top, left):
                        self.put(row, column, Spread(text))


def clean(text: str) -> str:
    """A cell without unseen signs, and with single plain spaces."""
    if isinstance(text, Typed | Unsaved):
        return text
    plain = " ".join(UNSEEN.sub("", text).split())
    return type(text)(plain) if type(text) is not str else plain


def plain(text: str) -> str:
    """A name as a keyboard writes it: ligatures apart, every dash a hyphen, straight quotes."""
    text = unicodedata.normalize("NFKC", clean(text))
    return re.sub("[‐‑‒–—―−]", "-", re.sub("[‘’ʼ]", "'", text))


def refuse(file: str, rule: str, mend: str, line: int | None = None, **place) -> DataError:
    """The error for a table, named as the person knows it."""
    return DataError([Problem(file, rule, mend, line, **place)])
