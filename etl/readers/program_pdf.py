"""The PDF *Program Results*: every program with quota and filled of five Matches.

Some pages of front matter; then states, institutions, and under each institution a block of column
titles (the Matches, newest first, over `Quota` and `Filled`, with the city at the left edge) with
rows of program name, a code of 9 to 11 characters, and a pair of figures for every Match, "--"
where the program was not in it. Older editions mark unfilled programs with an asterisk.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from etl.dimensions import Dimensions, fold
from etl.problems import DataError, Problem
from etl.progress import Progress, silent
from etl.readers.pages import Line, Word, lines, pages, text
from etl.readers.reading import Reading, told_pages

NAME = "Program Results"
# Institution, specialty, kind of position, track. A long name may run into it.
CODE = re.compile(r"\d{7}[A-Z][0-9A-Z]{1,3}$")
FIGURE = re.compile(r"^(\d{1,3}(,\d{3})+|\d+)\*?$|^[-–—]{1,2}$")
YEAR = re.compile(r"^(19|20)\d\d$")
CONTINUED = re.compile(r"\s*\(cont.*$", re.IGNORECASE)
TITLES = {"Quota": "quota", "Filled": "filled", "Matched": "filled"}
BLOCK = 18  # points from the line of Matches down to that of `Quota`
NAME_GAP = 19  # from an institution's name down to the line of Matches
WRAPPED = 15  # from a line down to its own second line
RUNNING = 3  # pages on which a line stands that is a title or footer
UNREAD = 5  # lines quoted of those that nothing was made of


@dataclass(frozen=True)
class _Block:
    """Column titles: their place, where figures stand, the Matches, and the city."""

    top: float
    bottom: float
    code_left: float
    middles: tuple[float, ...]
    years: tuple[int, ...]
    city: str


@dataclass
class _Reader:
    """What is carried from line to line and page to page."""

    path: Path
    states: dict[str, str]
    rows: list[dict] = field(default_factory=list)
    pages: set[int] = field(default_factory=set)
    unread: list[tuple[int, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    block: _Block | None = None
    state: str = ""
    institution: str = ""
    last: tuple[float, int] = (0.0, 0)  # bottom of the row above and how many records it gave

    def page(self, page: int, words: list[Word]) -> None:
        """Take in one page, from top to bottom."""
        found = lines(words)
        blocks = _blocks(found)
        names = {block.top: _name_lines(found, block, self.states) for block in blocks}
        taken = {id(line) for those in names.values() for line in those}
        self.last = (-1e9, 0)
        waiting = list(blocks)
        for line in found:
            while waiting and line[0].y >= waiting[0].top:
                self.begin(page, waiting[0], names[waiting[0].top])
                waiting.pop(0)
            if id(line) in taken or any(b.top <= line[0].y <= b.bottom for b in blocks):
                continue
            self.line(page, line, bool(blocks))

    def begin(self, page: int, block: _Block, name: list[Line]) -> None:
        """Begin an institution with the block of titles under it, or go on with it."""
        printed = CONTINUED.sub("", " ".join(text(line) for line in name)).strip()
        if not (printed or self.institution):
            self.problems.append(
                Problem(
                    f"{self.path.name}, page {page}",
                    "an institution stands over its programs",
                    "compare with the printed page",
                )
            )
        self.institution = printed or self.institution
        self.block, self.last = block, (-1e9, 0)

    def line(self, page: int, line: Line, titled: bool) -> None:
        """Take in a line that is none of an institution's titles."""
        printed = CONTINUED.sub("", text(line)).strip()
        codes = [(i, found) for i, word in enumerate(line) if (found := CODE.search(word.text))]
        block = self.block
        figures = sum(bool(FIGURE.match(word.text)) for word in line)
        if fold(printed) in self.states:
            self.state = self.states[fold(printed)]
        elif block and codes and (figures or titled):
            self.row(page, line, *codes[0], block)
        elif block and figures >= len(block.middles) // 2:
            self.refuse(page, line, "a program's row has a code of 9 to 11 characters")
        elif block and self.rows and line[0].y - self.last[0] < WRAPPED and line[-1].right < block.middles[0]:
            for record in self.rows[len(self.rows) - self.last[1] :]:
                record["program"] += f" {text(line)}"
            self.last = (line[0].y, self.last[1])
        elif self.rows and titled:
            self.unread.append((page, text(line)))

    def row(self, page: int, line: Line, place: int, code: re.Match, block: _Block) -> None:
        """Take in a program: its name, its code, its pairs of figures by the titles over them."""
        pairs_wanted = f"a program's row has {len(block.years)} pairs of quota and filled"
        glued = line[place].text[: code.start()]
        edge = block.middles[0] - (block.middles[1] - block.middles[0]) / 2
        names = [word for i, word in enumerate(line) if i != place and word.left < edge]
        name = f"{text(names)} {glued}".strip()
        cells: dict[int, str] = {}
        for word in (w for i, w in enumerate(line) if i != place and w.left >= edge):
            if word.text.strip("*") == "":
                continue
            nearest = min(range(len(block.middles)), key=lambda i: abs(block.middles[i] - word.middle))
            if nearest in cells or not FIGURE.match(word.text):
                self.refuse(page, line, pairs_wanted)
                return
            cells[nearest] = word.text.rstrip("*").replace(",", "")
        pairs = [(cells.get(2 * i, ""), cells.get(2 * i + 1, "")) for i in range(len(block.years))]
        if any(quota.isdigit() != filled.isdigit() or "" in (quota, filled) for quota, filled in pairs):
            self.refuse(page, line, pairs_wanted)
            return
        if not (self.state and name):
            self.refuse(page, line, "a program has a name and stands under a state")
            return
        records = [
            {
                "match_year": str(year),
                "state": self.state,
                "institution": self.institution,
                "city": block.city.rstrip(","),
                "program": name,
                "code": code.group(),
                "quota": quota,
                "filled": filled,
            }
            for year, (quota, filled) in zip(block.years, pairs, strict=True)
            if quota.isdigit()
        ]
        self.rows += records
        self.pages.add(page)
        self.last = (line[0].y, len(records))

    def refuse(self, page: int, line: Line, rule: str) -> None:
        self.problems.append(
            Problem(f"{self.path.name}, page {page}", rule, "compare with the printed row", value=text(line))
        )


def read(path: Path, year: int | None, dimensions: Dimensions, progress: Progress = silent) -> Reading:
    """Long rows: match_year, state, institution, city, program, code, quota, filled, as text.

    The Matches are those the document prints; `year` is not needed. Pages and lines of which
    nothing was made are told. Raises DataError with every row that has no code or not all of its
    pairs, and for a document without rows.
    """
    reader = _Reader(path, dimensions["state"].aliases)
    count = 0
    for number, words in pages(path, progress):
        reader.page(number, words)
        count = number
    if not reader.rows and not reader.problems:
        raise DataError(
            [
                Problem(
                    path.name,
                    f"is {NAME}: has rows of program, code and pairs of quota and filled",
                    "check the document and the table named",
                )
            ]
        )
    if reader.problems:
        raise DataError(reader.problems)
    return Reading(pd.DataFrame(reader.rows), tuple(_notes(reader, count)))


def recognizes(words: list[Word]) -> bool:
    """Whether a page's words hold column titles of this layout."""
    return bool(_blocks(lines(words)))


def _notes(reader: _Reader, count: int) -> list[str]:
    empty = [number for number in range(1, count + 1) if number not in reader.pages]
    notes = [f"{told_pages(empty)}: no row read"] if empty else []
    # What stands on every page, but for its number, is told of no page.
    times = Counter(re.sub(r"\d+", "#", printed) for _, printed in reader.unread)
    unread = [
        f"page {page}: {printed}"
        for page, printed in reader.unread
        if times[re.sub(r"\d+", "#", printed)] < RUNNING
    ]
    if unread:
        more = f"; and {len(unread) - UNREAD} lines more" if len(unread) > UNREAD else ""
        notes.append(f"nothing was made of {'; '.join(unread[:UNREAD])}{more}")
    return notes


def _blocks(found: list[Line]) -> list[_Block]:
    """Every block of column titles on a page, from top to bottom."""
    blocks = []
    for place, line in enumerate(found):
        titles = [word for word in line if word.text in TITLES]
        kinds = [TITLES[word.text] for word in titles]
        many = len(titles) // 2
        if many < 2 or kinds != ["quota", "filled"] * many:
            continue
        for above in reversed(found[:place]):
            years = [word for word in above if YEAR.match(word.text) and word.left > titles[0].left - 20]
            if line[0].y - above[0].y > BLOCK or len(years) == many:
                break
        else:
            years = []
        if len(years) != many or line[0].y - years[0].y > BLOCK:
            continue
        top, bottom = min(w.y for w in years) - 2, line[0].y + 2
        inside = [
            w for each in found for w in each if top - 4 <= w.y <= bottom + 2 and w.left < titles[0].left
        ]
        code_left = min((w.left for w in inside if w.text in ("Program", "Code")), default=titles[0].left)
        city = [w for w in inside if w.right <= code_left]
        blocks.append(
            _Block(
                min([top, *(w.y for w in city)]),
                max([bottom, *(w.y for w in inside)]),
                code_left,
                tuple(word.middle for word in titles),
                tuple(int(word.text) for word in years),
                " ".join(text(each) for each in lines(city)),
            )
        )
    return blocks


def _name_lines(found: list[Line], block: _Block, states: dict[str, str]) -> list[Line]:
    """The lines of the institution's name: those that end close above the block of titles."""
    kept: list[Line] = []
    below, room = block.top, NAME_GAP
    for line in reversed([line for line in found if line[0].y < block.top]):
        if below - line[0].y > room or fold(CONTINUED.sub("", text(line)).strip()) in states:
            break
        if any(CODE.search(word.text) for word in line):
            break
        kept.insert(0, line)
        below, room = line[0].y, WRAPPED
    return kept
