"""Words of a PDF's pages, with their places."""

import ctypes
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from math import pi
from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium

from etl.problems import DataError, Problem
from etl.progress import Progress

MOST_PAGES = 2000
MOST_CHARACTERS = 60_000  # of one page; the publisher's fullest has 6,000
# A gap between two letters of more than this share of the letters' size parts two words.
GAP = 0.18
BACK = 0.4  # a letter set further back than this share begins a word of its own
# Words whose baselines differ by less stand on one line; a superscript lifts one a little.
SAME_LINE = 2.6
SAMPLE = 60  # letters of a page whose direction tells how the page lies


@dataclass(frozen=True, slots=True)
class Word:
    """A word: its left and right edge, its baseline from above and its letters' size, in points.

    The directions are those of someone who reads it, whichever way the page lies.
    """

    text: str
    left: float
    right: float
    y: float
    size: float

    @property
    def middle(self) -> float:
        """Half way between left and right."""
        return (self.left + self.right) / 2


Line = list[Word]


def pages(path: Path, progress: Progress) -> Iterator[tuple[int, list[Word]]]:
    """Every page: its number, from 1, and its words in the order in which they were set.

    Raises DataError for a document that is broken, locked, too large, or holds no text at all.
    """
    document = _open(path)
    try:
        count = len(document)
        if count > MOST_PAGES:
            raise _refuse(path, f"has at most {MOST_PAGES} pages", f"split it; it has {count}")
        empty = True
        for number in range(1, count + 1):
            progress(number / count, f"Reading page {number} of {count}")
            found = _words(path, document, number)
            empty = empty and not found
            yield number, found
        if empty:
            raise _refuse(path, "holds text", "images of pages cannot be read; get the publisher's own PDF")
    finally:
        document.close()


def lines(words: list[Word]) -> list[Line]:
    """The words on one height, from top to bottom; in a line from left to right."""
    found: list[Line] = []
    for word in sorted(words, key=lambda word: word.y):
        if found and word.y - found[-1][0].y < SAME_LINE:
            found[-1].append(word)
        else:
            found.append([word])
    return [sorted(line, key=lambda word: word.left) for line in found]


def text(words: list[Word]) -> str:
    """The words of a line as one string."""
    return " ".join(word.text for word in words)


def _open(path: Path) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        if error.err_code == pdfium.FPDF_ERR_PASSWORD:
            raise _refuse(
                path,
                "is a PDF that opens without a password",
                "open it with its password and print or save it without one",
            ) from None
        raise _refuse(path, "is a whole PDF", f"download it again ({error})") from None


def _words(path: Path, document: pypdfium2.PdfDocument, number: int) -> list[Word]:
    try:
        page = document[number - 1]
    except pypdfium2.PdfiumError as error:
        raise _refuse(path, "is a whole PDF", f"download it again (page {number}: {error})") from None
    text_page = pdfium.FPDFText_LoadPage(page)
    try:
        count = pdfium.FPDFText_CountChars(text_page) if text_page else 0
        if count > MOST_CHARACTERS:
            raise _refuse(
                path,
                f"has at most {MOST_CHARACTERS:,} letters a page",
                f"get the publisher's own PDF; page {number} has {count:,}",
            )
        return _once(_Page(text_page, count).words()) if count > 0 else []
    finally:
        if text_page:
            pdfium.FPDFText_ClosePage(text_page)
        page.close()


class _Page:
    """The letters of one page; what pdfium is asked for each of them."""

    def __init__(self, text_page, count: int):
        self.page = text_page
        letters = (ctypes.c_ushort * (count + 1))()
        got = pdfium.FPDFText_GetText(text_page, 0, count, letters)
        # By code unit, so that a place in the string is a place in the page.
        self.text = "".join(map(chr, letters[: max(0, got - 1)]))
        self.box, self.x, self.y = pdfium.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
        self.turn = self._turn(count)

    def _turn(self, count: int) -> int:
        """How many quarter turns counter-clockwise most letters are set at."""
        angles = Counter(
            round(pdfium.FPDFText_GetCharAngle(self.page, place) / (pi / 2)) % 4
            for place in range(0, count, max(1, count // SAMPLE))
            if pdfium.FPDFText_GetUnicode(self.page, place) > 32
        )
        return angles.most_common(1)[0][0] if angles else 0

    def words(self) -> list[Word]:
        """The words in the order in which they were set."""
        found: list[Word] = []
        for run in re.finditer(r"[^\s\0\ufffe\uffff]+", self.text):
            word, begin, end, base, height, before = "", 0.0, 0.0, 0.0, 0.0, 0.0
            for place in range(run.start(), run.end()):
                letter, (left, right, y, size) = self.text[place], self._place(place)
                if word and abs(y - base) < SAME_LINE and -BACK * size < left - end < GAP * size:
                    # A letter that stands on itself is bold by being printed twice.
                    if letter != word[-1] or left - before > 0.15 * size:
                        word += letter
                    end, height = max(right, end), max(size, height)
                else:
                    if word:
                        found.append(Word(word, begin, end, base, height))
                    word, begin, end, base, height = letter, left, right, y, size
                before = left
            found.append(Word(word, begin, end, base, height))
        return found

    def _place(self, place: int) -> tuple[float, float, float, float]:
        """left, right, baseline and size of the letter at a place of the text, as it is read."""
        index = pdfium.FPDFText_GetCharIndexFromTextIndex(self.page, place)
        pdfium.FPDFText_GetLooseCharBox(self.page, index, self.box)
        left, top, right, bottom = self.box.left, self.box.top, self.box.right, self.box.bottom
        pdfium.FPDFText_GetCharOrigin(self.page, index, self.x, self.y)
        if self.turn == 1:
            return bottom, top, self.x.value, right - left
        if self.turn == 2:
            return -right, -left, self.y.value, top - bottom
        if self.turn == 3:
            return -top, -bottom, -self.x.value, right - left
        return left, right, -self.y.value, top - bottom


def _once(words: list[Word]) -> list[Word]:
    """The words without those that are printed a second time over themselves, to look bold."""
    kept: list[Word] = []
    seen: dict[tuple[str, int, int], None] = {}
    for word in words:
        x, y = round(word.left), round(word.y)
        near = ((word.text, x + a, y + b) for a in (-1, 0, 1) for b in (-1, 0, 1))
        if not any(place in seen for place in near):
            kept.append(word)
        seen[word.text, x, y] = None
    return kept


def _refuse(path: Path, rule: str, mend: str) -> DataError:
    return DataError([Problem(path.name, rule, mend)])
