"""Words of a PDF's pages, gathered into lines."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pdfplumber

from etl.problems import DataError, Problem
from etl.progress import Progress


@dataclass(frozen=True)
class Word:
    """A word with its left, right and top in points."""

    text: str
    left: float
    right: float
    top: float


Line = list[Word]


def pages(path: Path, progress: Progress) -> Iterator[tuple[int, float, list[Line]]]:
    """Every page: its number, its width, and its lines from top to bottom, words left to right.

    Raises DataError for a document that is broken, encrypted or holds no text.
    """
    try:
        with pdfplumber.open(path) as document:
            empty = True
            for number, page in enumerate(document.pages, start=1):
                progress(number / len(document.pages), f"Reading page {number}")
                words = [
                    Word(w["text"], w["x0"], w["x1"], w["top"])
                    for w in page.extract_words(x_tolerance=1.5, y_tolerance=2)
                ]
                empty = empty and not words
                yield number, float(page.width), lines(words)
                page.close()
            if empty:
                raise DataError([Problem(path.name, "holds text", "scan images cannot be read; get "
                                         "the publisher's own PDF")])  # fmt: skip
    except DataError:
        raise
    except Exception as error:  # pdfminer raises many kinds for broken files
        raise DataError([Problem(path.name, "is a whole, unlocked PDF",
                                 f"download it again, or remove its password ({type(error).__name__})")]
                        ) from None  # fmt: skip


def lines(words: list[Word]) -> list[Line]:
    """Words on one height form a line, though a superscript or a rounding lifts one a little."""
    found: list[Line] = []
    for word in sorted(words, key=lambda word: (word.top, word.left)):
        if found and abs(word.top - found[-1][0].top) < 3.5:
            found[-1].append(word)
        else:
            found.append([word])
    return [sorted(line, key=lambda word: word.left) for line in found]


def text(words: list[Word]) -> str:
    """The words of a line as one string."""
    return " ".join(word.text for word in words)
