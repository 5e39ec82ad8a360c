"""XLSX workbooks, read as a stream: bounded by what is filled, however far formatting strays.

A cell is what the spreadsheet shows: a percentage with its sign, a date or time as one. Formulas
give the value saved with them.
"""

import posixpath
import re
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from xml.parsers import expat

from etl.tabular.sheet import MOST_CELLS, WIDEST, Computed, Sheet, Typed, Unsaved, clean

# The built-in number formats that show a percentage, a date or a time (ECMA-376, 18.8.30).
BUILT_IN: dict[int, str] = (
    dict.fromkeys((9, 10), "percent")
    | dict.fromkeys((*range(14, 18), *range(27, 37), *range(50, 59)), "date")
    | dict.fromkeys((*range(18, 22), 45, 46, 47), "time")
    | {22: "date time"}
)
CHUNK = 1 << 18


class Broken(Exception):
    """Not a whole workbook; str() says what is wrong."""


def parse(
    stream,
    start: Callable[[str, dict], None],
    end: Callable[[str], None],
    text: Callable[[str], None] | None = None,
) -> None:
    """Call `start`, `end` and `text` for every part of an XML stream, names without their prefix.

    Raises Broken for what is no XML, and for a document that declares entities.
    """

    def declared(*_):
        raise Broken("it declares entities")

    local: dict[str, str] = {}

    def bare(name: str) -> str:
        if name not in local:
            local[name] = name.rpartition(":")[2]
        return local[name]

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.EntityDeclHandler = declared
    parser.StartElementHandler = lambda name, attributes: start(bare(name), attributes)
    parser.EndElementHandler = lambda name: end(bare(name))
    if text:
        parser.CharacterDataHandler = text
    try:
        while chunk := stream.read(CHUNK):
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise Broken(f"a part of it is no XML: {error}") from None


def read(archive: zipfile.ZipFile) -> list[Sheet]:
    """The sheets of a workbook, in its order. Raises Broken."""
    names = {name.casefold(): name for name in archive.namelist()}

    def part(name: str):
        if name.casefold() not in names:
            raise Broken(f"{name} is missing")
        return archive.open(names[name.casefold()])

    listed, from_1904 = _listed(part)
    strings = _strings(part("xl/sharedStrings.xml")) if "xl/sharedstrings.xml" in names else []
    kinds = _kinds(part("xl/styles.xml")) if "xl/styles.xml" in names else []
    return [_sheet(part(target), name, hidden, strings, kinds, from_1904) for name, hidden, target in listed]


def _listed(part) -> tuple[list[tuple[str, bool, str]], bool]:
    """(name, hidden, part) of every worksheet, and whether days count from 1904."""
    targets: dict[str, str] = {}
    sheets: list[tuple[str, bool, str]] = []
    epochs: list[bool] = []

    def relation(name, attributes):
        if name == "Relationship" and attributes.get("Type", "").endswith("/worksheet"):
            target = posixpath.normpath(posixpath.join("/xl", attributes["Target"]))
            targets[attributes["Id"]] = target.lstrip("/")

    def sheet(name, attributes):
        if name == "workbookPr":
            epochs.append(attributes.get("date1904") in ("1", "true"))
        if name == "sheet":
            place = next((v for k, v in attributes.items() if k.rpartition(":")[2] == "id"), "")
            if place in targets:
                shown = attributes.get("state", "visible") == "visible"
                sheets.append((attributes.get("name", ""), not shown, targets[place]))

    parse(part("xl/_rels/workbook.xml.rels"), relation, lambda _: None)
    parse(part("xl/workbook.xml"), sheet, lambda _: None)
    return sheets, any(epochs)


class _Text:
    """Gathers the text of a string with runs; what is set as superscript is a footnote's mark,
    and phonetic help no part of the text."""

    def __init__(self):
        self.parts: list[str] = []
        self.reading = self.raised = self.phonetic = False

    def start(self, name: str, attributes: dict) -> None:
        if name == "r":
            self.raised = False
        elif name == "vertAlign":
            self.raised = attributes.get("val") == "superscript"
        elif name == "rPh":
            self.phonetic = True
        elif name == "t":
            self.reading = not (self.raised or self.phonetic)

    def end(self, name: str) -> None:
        if name == "t":
            self.reading = False
        elif name == "r":
            self.raised = False
        elif name == "rPh":
            self.phonetic = False

    def text(self, text: str) -> None:
        if self.reading:
            self.parts.append(text)

    def taken(self) -> str:
        found = re.sub(r"_x([0-9A-F]{4})_", lambda m: chr(int(m[1], 16)), "".join(self.parts))
        self.parts.clear()
        return found


def _strings(stream) -> list[str]:
    found, gathered = [], _Text()

    def end(name):
        gathered.end(name)
        if name == "si":
            found.append(gathered.taken())

    parse(stream, gathered.start, end, gathered.text)
    return found


def kind_of(code: str) -> str:
    """What a number format shows: "percent", "date", "time", "date time", or "" for a number."""
    bare = re.sub(r'"[^"]*"|\\.|_.|\*.', "", code.casefold().split(";")[0])
    elapsed = re.search(r"\[(h+|m+|s+)\]", bare)
    bare = re.sub(r"\[[^\]]*\]", "", bare)
    if "%" in bare:
        return "percent"
    if bare == "general":
        return ""
    day = bool(re.search("[yd]", bare)) or ("m" in bare and not re.search("[hs]", bare))
    time = bool(re.search("[hs]", bare) or elapsed)
    return " ".join(filter(None, ("date" * (day and not elapsed), "time" * time)))


def _kinds(stream) -> list[str]:
    """What the number format of each cell style shows."""
    formats: dict[int, str] = {}
    kinds: list[str] = []
    inside: list[str] = []

    def start(name, attributes):
        inside.append(name)
        if name == "numFmt" and "numFmts" in inside:
            formats[int(attributes["numFmtId"])] = kind_of(attributes.get("formatCode", ""))
        elif name == "xf" and "cellXfs" in inside:
            number = int(attributes.get("numFmtId", 0))
            kinds.append(formats.get(number, BUILT_IN.get(number, "")))

    def end(name):
        inside.pop()

    parse(stream, start, end)
    return kinds


def shown(value: str, kind: str, from_1904: bool = False) -> str:
    """A number as the spreadsheet shows it in a format of that kind (`kind_of`), without rounding
    beyond the 15 digits a spreadsheet keeps."""
    number = Decimal(f"{float(value):.15g}")
    if kind == "percent":
        return f"{_digits(100 * number)}%"
    if not kind:
        return _digits(number)
    # Day 60 is 29 February 1900, which there never was: days before it are out by one.
    epoch = datetime(1904, 1, 1) if from_1904 else datetime(1899, 12, 30)
    try:
        moment = epoch + timedelta(seconds=round(float(number) * 86_400))
    except OverflowError:
        return _digits(number)
    time = f"{moment:%H:%M:%S}" if moment.second else f"{moment:%H:%M}"
    if kind == "time":
        return time
    return f"{moment:%Y-%m-%d}" if kind == "date" or time == "00:00" else f"{moment:%Y-%m-%d} {time}"


def _digits(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


class _Cells:
    """The parts of a sheet as they stream by, gathered into a Sheet."""

    def __init__(self, sheet: Sheet, strings: list[str], kinds: list[str], from_1904: bool):
        self.sheet, self.strings, self.kinds, self.from_1904 = sheet, strings, kinds, from_1904
        self.merges: list[tuple[int, int, int, int]] = []
        self.row = self.filled = self.offset = 0
        self.cell: dict = {}
        self.reference = "A1"  # the last that was given, and how many cells ago
        self.parts: list[str] = []
        self.reading = False
        self.formula: str | None = None
        self.inline = _Text()

    def start(self, name: str, attributes: dict) -> None:
        if name == "c":
            self.cell = attributes
            if "r" in attributes:
                self.reference, self.offset = attributes["r"], 0
            else:
                self.offset += 1
        elif name == "row":
            self.row = int(attributes.get("r", self.row + 1))
            self.reference, self.offset = "A1", -1
            if attributes.get("hidden") in ("1", "true") or attributes.get("ht") == "0":
                self.sheet.hidden_rows.add(self.row)
        elif name in ("v", "f"):
            self.reading = True
        elif name == "col" and attributes.get("hidden") in ("1", "true"):
            first, last = int(attributes["min"]), int(attributes["max"])
            self.sheet.hidden_columns.update(range(first, min(last, first + 20_000) + 1))
        elif name == "mergeCell":
            first, _, last = attributes["ref"].partition(":")
            self.merges.append((*_place(first), *_place(last or first)))
        else:
            self.inline.start(name, attributes)

    def end(self, name: str) -> None:
        if name == "v":
            self.reading = False
        elif name == "f":
            self.reading, self.formula = False, "".join(self.parts)
            self.parts.clear()
        elif name == "c":
            if self.parts or self.inline.parts or self.formula is not None:
                self._put()
        else:
            self.inline.end(name)

    def text(self, text: str) -> None:
        if self.reading:
            self.parts.append(text)
        else:
            self.inline.text(text)

    def _put(self) -> None:
        value, inline = "".join(self.parts), self.inline.taken()
        formula, self.formula = self.formula, None
        self.parts.clear()
        text = self._text(value, self.cell.get("t", "n"), self.cell.get("s", "0")) if value else inline
        if formula is not None:
            text = Computed(text) if value else Unsaved(f"={formula}")
        if clean(text):
            self.filled += 1
            if self.filled > MOST_CELLS:
                raise Broken(f"it has more than {MOST_CELLS:,} filled cells")
            self.sheet.put(self.row, _place(self.reference)[1] + self.offset, text)

    def _text(self, value: str, kind: str, style: str) -> str:
        try:
            if kind == "s":
                return self.strings[int(value)]
            if kind == "b":
                return "TRUE" if value == "1" else "FALSE"
            if kind == "n":
                format_kind = self.kinds[int(style)] if int(style) < len(self.kinds) else ""
                return Typed(shown(value, format_kind, self.from_1904))
        except (ValueError, IndexError, ArithmeticError):
            raise Broken(f"cell {self.cell.get('r', '')} holds no value of its kind") from None
        return value


def _place(reference: str) -> tuple[int, int]:
    """The row and column, from 1, of a reference such as "XFD12"."""
    letters = reference.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = 26 * column + ord(letter) - 64
    if not (letters.isascii() and letters.isupper() and 0 < column <= WIDEST):
        raise Broken(f"{reference!r} is no place of a cell")
    return int(reference[len(letters) :] or 1), column


def _sheet(stream, name: str, hidden: bool, strings, kinds, from_1904: bool) -> Sheet:
    sheet = Sheet(name, hidden=hidden)
    cells = _Cells(sheet, strings, kinds, from_1904)
    parse(stream, cells.start, cells.end, cells.text)
    sheet.rows = dict(sorted(sheet.rows.items()))
    sheet.spread(cells.merges)
    return sheet
