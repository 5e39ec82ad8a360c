"""Tables as text: CSV and its kin, in the encodings and with the separators people have."""

import csv
import io
import re
from collections.abc import Callable, Iterator

from etl.tabular.sheet import MOST_CELLS, WIDEST, Sheet, clean, refuse

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "upright strokes"}
SEARCHED_ROWS = 40
MARKED = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)

TWO_BYTES = re.compile(rb"[\xc3-\xdf][\x80-\xbf]|\xe2\x80[\x80-\xbf]")

Rows = list[tuple[int, list[str]]]
# A long cell is for whoever judges cells; whole files are bounded before they come here.
csv.field_size_limit(1 << 30)


def read(content: bytes, file: str, known: Callable[[str], bool]) -> Sheet:
    """The rows of a text file by the number of the line they begin in.

    known: whether a cell is a header that is looked for; it decides between separators. Raises
    DataError for what is no text, and for quotes that do not balance.
    """
    text, notes = _decoded(content, file)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    first = 1
    separator = None
    if said := re.match(r'"?sep=(.)"?\n', text):  # Excel's own way to say it
        separator, text, first = said[1], text[said.end() :], 2
    separator = separator or _separator(text, known)
    rows, filled = {}, 0
    for line, cells in _rows(text, separator, first, file):
        filled += sum(map(bool, cells))
        if len(cells) > WIDEST or filled > MOST_CELLS:
            raise refuse(
                file,
                f"has at most {WIDEST:,} columns and {MOST_CELLS:,} filled cells",
                "leave out what is not needed, or split it",
                line,
            )
        if any(map(clean, cells)):
            rows[line] = cells
    return Sheet(rows=rows, decimal="?" if separator == ";" else "", notes=notes)


def _decoded(content: bytes, file: str) -> tuple[str, list[str]]:
    encoding = next((name for mark, name in MARKED if content.startswith(mark)), None)
    sample = content[:4096]
    if encoding is None and sample.count(0) > len(sample) / 4:
        encoding = "utf-16-le" if sample[1::2].count(0) > sample[::2].count(0) else "utf-16-be"
    try:
        text = content.decode(encoding or "utf-8")
    except UnicodeDecodeError as error:
        if encoding:
            raise refuse(file, f"is whole text ({encoding.upper()})", "save it as CSV UTF-8") from None
        line = len(re.findall(rb"\r\n|\r|\n", content[: error.start])) + 1
        try:
            if TWO_BYTES.search(content):  # UTF-8 after all, but not everywhere
                raise error
            text = content.decode("cp1252")
        except UnicodeDecodeError:
            raise refuse(
                file,
                "is UTF-8 text",
                "save it as CSV UTF-8",
                line,
                value=repr(content[error.start : error.start + 1])[2:-1],
            ) from None
        if "\0" not in text:
            return text, [
                f"row {line} is not UTF-8: the file was read as Windows-1252; look at letters with accents"
            ]
    if "\0" in text:
        line = len(re.findall(r"\r\n|\r|\n", text[: text.index("\0")])) + 1
        raise refuse(
            file,
            "is text, XLSX, XLS, ODS or PDF",
            "save it as CSV (UTF-8); this holds signs that no text has",
            line,
        )
    return text, []


def _separator(text: str, known: Callable[[str], bool]) -> str:
    """The separator under which most headers are known, then under which the rows are even."""

    def merit(separator: str) -> tuple[int, float, int]:
        rows = list(_rows("\n".join(text.split("\n", SEARCHED_ROWS)[:SEARCHED_ROWS]), separator))
        widths = [len(cells) for _, cells in rows if len(cells) > 1]
        found = max((sum(known(clean(c)) for c in cells) for _, cells in rows), default=0)
        even = max(map(widths.count, widths), default=0) / max(1, len(rows))
        return found, even, max(widths, default=0)

    return max(SEPARATORS, key=merit)


def _rows(text: str, separator: str, first: int = 1, file: str | None = None) -> Iterator:
    """Every row with the line it begins in; without `file`, a row with broken quotes ends them."""
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=separator, strict=True, skipinitialspace=True
    )
    start = first
    try:
        for cells in reader:
            yield start, cells
            start = first + reader.line_num
    except csv.Error as error:
        if file:
            raise refuse(
                file,
                "has balanced quotes, around whole cells: cells with a separator or quotes stand "
                "in double quotes",
                f"mend the quotes ({error})",
                start,
            ) from None
