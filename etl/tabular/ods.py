"""ODS workbooks (OpenDocument), read as a stream, cells as the spreadsheet shows them."""

import re
import zipfile
from decimal import Decimal

from etl.tabular.sheet import MOST_CELLS, WIDEST, Computed, Sheet, Typed, Unsaved, clean
from etl.tabular.xlsx import Broken, parse, shown

ROWS = 1_048_576


def read(archive: zipfile.ZipFile) -> list[Sheet]:
    """The sheets of a workbook, in its order. Raises Broken."""
    if "content.xml" not in archive.namelist():
        raise Broken("content.xml is missing")
    content = _Content()
    parse(archive.open("content.xml"), content.start, content.end, content.text)
    for sheet, merges in content.found:
        sheet.spread(merges)
    return [sheet for sheet, _ in content.found]


class _Content:
    """The parts of content.xml as they stream by, gathered into sheets."""

    def __init__(self):
        self.found: list[tuple[Sheet, list]] = []
        self.style = ""
        self.unseen: set[str] = set()  # styles of sheets that are not shown
        self.raised: set[str] = set()  # styles of superscript: footnotes' marks
        self.spans: list[bool] = []
        self.row = self.column = self.row_copies = self.depth = self.skipped = self.filled = 0
        self.cells: list[tuple[int, int, str]] = []  # first column, copies, text
        self.cell: dict = {}
        self.parts: list[str] = []

    def start(self, name: str, attributes: dict) -> None:
        given = {key.rpartition(":")[2]: value for key, value in attributes.items()}
        if name == "style":
            self.style = given.get("name", "")
        elif name == "table-properties" and given.get("display") == "false":
            self.unseen.add(self.style)
        elif name == "text-properties" and given.get("text-position", "").startswith("super"):
            self.raised.add(self.style)
        elif name == "table":
            self.row = self.column = 0
            sheet = Sheet(given.get("name", ""), hidden=given.get("style-name") in self.unseen)
            self.found.append((sheet, []))
        elif not self.found:
            return
        elif name == "table-column":
            copies = int(given.get("number-columns-repeated", 1))
            if given.get("visibility", "visible") != "visible":
                last = min(self.column + copies, WIDEST)
                self.found[-1][0].hidden_columns.update(range(self.column + 1, last + 1))
            self.column += copies
        elif name == "table-row":
            self.column, self.cells = 0, []
            self.row_copies = int(given.get("number-rows-repeated", 1))
            if given.get("visibility", "visible") != "visible":
                last = min(self.row + self.row_copies, self.row + 100_000)
                self.found[-1][0].hidden_rows.update(range(self.row + 1, last + 1))
        elif name in ("table-cell", "covered-table-cell"):
            self.cell, self.parts = given, []
        elif name == "annotation":
            self.skipped += 1
        elif name == "p":
            self.parts.append("\n" if self.parts else "")
            self.depth += 1
        elif name == "span":
            self.spans.append(given.get("style-name") in self.raised)
        elif name in ("s", "tab", "line-break"):
            self.text(" ")

    def end(self, name: str) -> None:
        if not self.found:
            return
        if name in ("table-cell", "covered-table-cell"):
            self._cell_ends()
        elif name == "table-row":
            self._row_ends()
        elif name == "annotation":
            self.skipped -= 1
        elif name == "p":
            self.depth -= 1
        elif name == "span":
            self.spans.pop()

    def text(self, text: str) -> None:
        if self.depth and not self.skipped and not any(self.spans):
            self.parts.append(text)

    def _cell_ends(self) -> None:
        given, copies = self.cell, int(self.cell.get("number-columns-repeated", 1))
        text = self._shown(given)
        if "formula" in given:
            text = Computed(text) if text else Unsaved(given["formula"].partition(":")[2])
        if clean(text):
            self.cells.append((self.column + 1, min(copies, WIDEST), text))
            bottom = self.row + int(given.get("number-rows-spanned", 1))
            right = self.column + int(given.get("number-columns-spanned", 1))
            if (bottom, right) != (self.row + 1, self.column + 1):
                self.found[-1][1].append((self.row + 1, self.column + 1, bottom, right))
        self.column += copies

    def _shown(self, given: dict) -> str:
        kind, printed = given.get("value-type", ""), "".join(self.parts)
        if kind in ("float", "currency"):
            return Typed(shown(given["value"], ""))
        if kind == "percentage":
            return Typed(shown(given["value"], "percent"))
        if kind == "date":
            day, _, time = given["date-value"].partition("T")
            return Typed(day if time[:5] in ("", "00:00") else f"{day} {time[:5]}")
        if kind == "time":
            hours, minutes, seconds = (
                Decimal(found[1]) if (found := re.search(rf"([\d.]+){unit}", given["time-value"])) else 0
                for unit in "HMS"
            )
            return Typed(shown(str((hours * 3600 + minutes * 60 + seconds) / 86_400), "time"))
        if kind == "boolean":
            return given.get("boolean-value", printed).upper()
        return printed

    def _row_ends(self) -> None:
        sheet = self.found[-1][0]
        if self.cells:
            self.filled += self.row_copies * sum(copies for _, copies, _ in self.cells)
            if self.filled > MOST_CELLS or self.row + self.row_copies > ROWS:
                raise Broken(f"it has more than {MOST_CELLS:,} filled cells")
            for row in range(self.row + 1, self.row + self.row_copies + 1):
                for first, copies, text in self.cells:
                    for column in range(first, first + copies):
                        sheet.put(row, column, text)
        self.row += self.row_copies
