"""The PDF *Match Results by State, Specialty and Applicant Type*.

One or two columns of rows a page. A heading carries the state's name and `Pos.`, `No. Filled`, the
applicant types and two percentages, its words set over one or two lines; rows follow, whose
specialty may break over lines with the numbers on the first; a state goes on in the next column or
page, under a heading with "(cont.)" or under none. Places tell what belongs together: a column of
the page is where headings stand one below the other in the whole document.
"""

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from etl.dimensions import Dimension, Dimensions, fold
from etl.problems import DataError, Problem
from etl.progress import Progress, silent
from etl.readers.pages import SAME_LINE, Line, Word, lines, pages, text
from etl.readers.reading import Reading, told_pages

NAME = "Match Results by State, Specialty and Applicant Type"
TABLE = "positions_by_state_specialty_type"
LABELS = {
    "Pos": "positions_offered",
    "Filled": "positions_filled",
    "MD Sr": "filled_us_md_senior",
    "MD Gr": "filled_us_md_grad",
    "DO Sr": "filled_us_do_senior",
    "DO Gr": "filled_us_do_grad",
    "US IMG": "filled_us_img",
    "IMG": "filled_non_us_img",
    "Oth": "filled_other",
}
COUNTS = tuple(LABELS.values())
SHARES = {"MD Sr": "filled_us_md_senior", "Tot": "positions_filled"}
UPPER, LOWER = {"MD", "DO", "US"}, {"Pos", "Filled", "Sr", "Gr", "IMG", "Oth", "Tot"}
HEADING_WORDS = UPPER | LOWER | {"No", "%"}
LEVEL = re.compile(r"\s*\((PGY-?\d[^()]*|Physician[^()]*)\)$", re.IGNORECASE)
CONTINUED = re.compile(r"\s*\(.*$")
TOTAL = re.compile(r"(?i)\btotals?\b|^all specialties$")
NUMBER = re.compile(r"^(\d{1,3}(,\d{3})+|\d+)(\.\d+)?%?$|^-{1,2}$|^[–—]$")
YEAR = re.compile(r"^(19|20)\d\d$")
FEWEST = 9  # numbers that make a row
LINE_GAP = 16  # points; a line further below its row is no part of the specialty's name
INDENT = 20  # how much deeper than a name its next line may begin
NO_LEVEL = "cut off in print"


@dataclass(frozen=True)
class _Heading:
    """A state's heading: its place on the page, the state's name as printed, the labels."""

    left: float
    right: float
    top: float
    bottom: float
    name: str
    labels: tuple[str, ...]
    shares: int


@dataclass
class _Row:
    page: int
    state: str
    name: str
    numbers: list[str]
    bottom: float
    name_left: float
    numbers_left: float


@dataclass
class _Reader:
    """What is carried from column to column and page to page."""

    path: Path
    states: Dimension
    rows: list[_Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    state: str = ""
    numbers: int = 0

    def column(self, page: int, words: list[Word], headings: list[_Heading]) -> None:
        """Take in one column of a page, from top to bottom."""
        waiting = sorted(headings, key=lambda heading: heading.top)
        free = [w for w in words if not any(h.top <= w.y <= h.bottom for h in headings)]
        open_row: _Row | None = None
        for line in lines(free):
            while waiting and waiting[0].bottom < line[0].y:
                self.heading(page, waiting.pop(0))
                open_row = None
            count = _numbers_at_end(line)
            if count >= FEWEST:
                open_row = self.row(page, line, count)
            elif open_row and _continues(open_row, line):
                open_row.name += ("" if open_row.name.endswith(("/", "-")) else " ") + text(line)
                open_row.bottom = line[0].y
            elif count >= FEWEST // 2 and self.numbers:
                self.problems.append(_unlike(f"{self.path.name}, page {page}", text(line)))
        for heading in waiting:
            self.heading(page, heading)

    def heading(self, page: int, heading: _Heading) -> None:
        """Begin a state, or go on with it."""
        printed = fold(CONTINUED.sub("", heading.name))
        self.numbers = len(heading.labels)
        if not printed:
            return
        names = _meant(printed, self.states)
        if len(names) != 1:
            self.problems.append(
                Problem(
                    f"{self.path.name}, page {page}",
                    "a heading names a state",
                    self.states.mend(heading.name),
                    value=heading.name,
                )
            )
        self.state = names.pop() if len(names) == 1 else ""

    def row(self, page: int, line: Line, count: int) -> _Row:
        """Take in a line of a specialty's name and its numbers."""
        name, numbers = line[:-count], [word.text for word in line[-count:]]
        row = _Row(
            page, self.state, text(name), numbers, line[0].y, name[0].left if name else 0.0, line[-count].left
        )
        place = f"{self.path.name}, page {page}, {self.state}"
        if not self.numbers or not name or count != self.numbers:
            self.problems.append(_unlike(place, text(line)))
        elif not self.state and not self.problems:
            self.problems.append(
                Problem(
                    place,
                    "a row stands under a state's heading",
                    "compare with the printed page",
                    value=text(line),
                )
            )
        self.rows.append(row)
        return row


def read(path: Path, year: int | None, dimensions: Dimensions, progress: Progress = silent) -> Reading:
    """Every row of the document: match_year, state, specialty, level, and the counts, as text.

    Totals rows are checked and left out; pages that yield no row are told. Raises DataError naming
    page and row for a row that is not as the heading says, whose parts do not add up or whose
    percentages do not agree, and for a document of another kind or another Match than `year`.
    Without a year it is the one that the document prints.
    """
    document = list(pages(path, progress))
    found = {number: _headings(path, number, words) for number, words in document}
    splits = _splits([heading for those in found.values() for heading in those])
    if not splits:
        raise DataError(
            [
                Problem(
                    path.name,
                    f"has headings with the columns {', '.join(LABELS)}",
                    "this is another layout, as editions before the applicant types of today "
                    "have it: export the table as CSV or XLSX",
                )
            ]
        )
    year = _year(path, document, year)
    reader = _Reader(path, dimensions["state"])
    for number, words in document:
        for left, right in zip([-1e9, *splits], [*splits, 1e9], strict=True):
            reader.column(
                number,
                [w for w in words if left <= w.left < right],
                [h for h in found[number] if left <= h.left < right],
            )
    shape = next(heading for those in found.values() for heading in those)
    records = [_record(path, row, shape, year, reader.problems) for row in reader.rows]
    if reader.problems:
        raise DataError(reader.problems)
    frame = pd.DataFrame(records)
    is_total = frame["specialty"].str.contains(TOTAL)
    _check_totals(path, frame[~is_total], frame[is_total])
    frame = _named(frame[~is_total].reset_index(drop=True), dimensions["specialty"])
    empty = [number for number, _ in document if number not in {row.page for row in reader.rows}]
    notes = [f"{told_pages(empty)}: no row read"] if empty else []
    return Reading(frame, tuple(notes))


def recognizes(words: list[Word]) -> bool:
    """Whether a page's words hold a heading of this document, be it of another layout."""
    try:
        return bool(_headings(Path(), 0, words))
    except DataError:
        return True


def _headings(path: Path, number: int, words: list[Word]) -> list[_Heading]:
    """The headings of a page; the key at its foot names `Pos.` as well, but nothing follows it."""
    found = []
    for begin in (word for word in words if word.text.strip(".") == "Pos"):
        run = [begin]
        after = (w for w in words if abs(w.y - begin.y) < SAME_LINE and w.left > begin.left)
        for word in sorted(after, key=lambda word: word.left):
            if _plain(word) not in HEADING_WORDS or word.left - run[-1].right > 40:
                break
            run.append(word)
        left, right = begin.left - 2, max(word.right for word in run) + 2
        own = [
            w
            for w in words
            if left <= w.middle <= right and _plain(w) in HEADING_WORDS and begin.y - 16 < w.y < begin.y + 9
        ]
        if len(own) < FEWEST:
            continue
        labels, shares = _labels(own)
        top, bottom = min(w.y for w in own), max(w.y for w in own) + SAME_LINE
        band = [
            w
            for w in words
            if w.text in ("Applicant", "Type") and left < w.middle < right and top - 14 < w.y < top
        ]
        top = min([top - 8, *(w.y - SAME_LINE for w in band)])
        counted = labels[: len(labels) - shares]
        if set(counted) != set(LABELS) or len(counted) != len(LABELS):
            raise DataError(
                [
                    Problem(
                        f"{path.name}, page {number}",
                        "a heading has the columns " + ", ".join(LABELS),
                        "this is another layout: export the table as CSV or XLSX",
                        value=", ".join(labels),
                    )
                ]
            )
        found.append(_Heading(begin.left, right, top, bottom, "", labels, shares))
    return [replace(heading, name=_name(heading, found, words)) for heading in found]


def _name(heading: _Heading, headings: list[_Heading], words: list[Word]) -> str:
    """The words left of a heading's labels, without those of the column left of it."""
    edge = max((other.right for other in headings if other.right < heading.left), default=-1e9)
    own = [
        w
        for w in words
        if edge < w.left and w.right < heading.left + 2 and heading.top <= w.y <= heading.bottom
    ]
    return " ".join(text(line) for line in lines(own))


def _labels(own: list[Word]) -> tuple[tuple[str, ...], int]:
    """The columns' labels from left to right, "MD Sr" or "Oth"; how many of the last are percent.

    A label's upper word stands over or before its lower one.
    """
    lower = sorted((w for w in own if _plain(w) in LOWER), key=lambda word: word.right)
    upper = sorted((w for w in own if _plain(w) in UPPER), key=lambda word: word.right)
    before: dict[int, str] = {}
    for word in upper:
        place = next((i for i, low in enumerate(lower) if low.right >= word.right - 5), None)
        if place is not None:
            before[place] = _plain(word)
    labels = (f"{before.get(i, '')} {_plain(word)}".strip() for i, word in enumerate(lower))
    return tuple(labels), sum(_plain(word) == "%" for word in own)


def _splits(headings: list[_Heading]) -> list[float]:
    """Where a page's columns part: right of all headings that stand one below the other."""
    columns: list[list[_Heading]] = []
    for heading in sorted(headings, key=lambda heading: heading.left):
        if columns and heading.left < max(h.right for h in columns[-1]):
            columns[-1].append(heading)
        else:
            columns.append([heading])
    return [max(heading.right for heading in column) + 2 for column in columns]


def _plain(word: Word) -> str:
    return word.text.strip(".")


def _numbers_at_end(line: Line) -> int:
    """How many words at the end of a line are numbers."""
    for count, word in enumerate(reversed(line)):
        if not NUMBER.match(word.text):
            return count
    return len(line)


def _continues(row: _Row, line: Line) -> bool:
    """Whether a line below a row is the rest of its specialty's name."""
    return (
        line[0].y - row.bottom < LINE_GAP
        and -2 <= line[0].left - row.name_left <= INDENT
        and line[-1].right < row.numbers_left
    )


def _meant(printed: str, dimension: Dimension) -> set[str]:
    """The canonical names a printed one may mean: it itself, or those of which it is one end."""
    if printed in dimension.aliases:
        return {dimension.aliases[printed]}
    near = {n for form, n in dimension.aliases.items() if form.startswith(printed)}
    return near or {n for form, n in dimension.aliases.items() if form.endswith(f" {printed}")}


def _year(path: Path, document: list[tuple[int, list[Word]]], year: int | None) -> int:
    """The Match of the document: the one in its title, which must be the one that is named."""
    titles = (line for _, words in document[:2] for line in lines(words))
    printed = Counter(
        word.text
        for line in titles
        for word in line
        if YEAR.match(word.text) and any(w.text.startswith("Match") for w in line)
    )
    if not printed and year is None:
        raise DataError(
            [
                Problem(
                    path.name,
                    "prints its Match year",
                    "nothing tells of which Match it is; get the publisher's own PDF",
                )
            ]
        )
    if printed and year is not None and str(year) not in printed:
        found = printed.most_common(1)[0][0]
        raise DataError(
            [
                Problem(
                    path.name,
                    "is of the Match year named",
                    f"the document is of {found}: give --year {found}",
                    value=str(year),
                )
            ]
        )
    return int(printed.most_common(1)[0][0]) if year is None else year


def _unlike(place: str, value: str) -> Problem:
    return Problem(
        place,
        "a row has a name, nine counts and two percentages, as its heading says",
        "the row was not printed as the layout says; add it by hand",
        value=value,
    )


def _record(path: Path, row: _Row, shape: _Heading, year: int, problems: list[Problem]) -> dict:
    """The row under the contract's column names; what is wrong with it goes to `problems`."""
    level = LEVEL.search(row.name)
    printed = ["0" if re.fullmatch("[-–—]+", n) else n.replace(",", "").rstrip("%") for n in row.numbers]
    many = len(shape.labels) - shape.shares
    record = {
        "match_year": str(year),
        "state": row.state,
        "specialty": LEVEL.sub("", row.name).strip(),
        "level": level.group(1) if level else "",
    }
    record |= {LABELS[label]: n for label, n in zip(shape.labels[:many], printed, strict=False)}

    def wrong(rule: str) -> None:
        problems.append(
            Problem(
                f"{path.name}, page {row.page}, {row.state}, {row.name}",
                rule,
                "compare with the printed row",
                value=" ".join(row.numbers),
            )
        )

    if len(printed) != len(shape.labels):
        return record  # told where it was read
    if any("." in n for n in printed[:many]):
        wrong("nine counts stand before the percentages")
        return record
    counts = {column: int(record[column]) for column in COUNTS}
    offered, filled = counts["positions_offered"], counts["positions_filled"]
    if sum(counts.values()) - offered - filled != filled:
        wrong("positions filled by all applicant types add up to the filled")
    if filled > offered:
        wrong("filled positions are among those offered")
    for label, share in zip(shape.labels[many:], printed[many:], strict=True):
        slack = 0.51 * 10.0 ** -len(share.partition(".")[2]) + 1e-9
        if label in SHARES and offered and abs(float(share) - 100 * counts[SHARES[label]] / offered) > slack:
            wrong("percentages agree with the counts to their rounding")
            break
    return record


def _check_totals(path: Path, rows: pd.DataFrame, totals: pd.DataFrame) -> None:
    """Hold each printed total against the rows of its state; a grand one against all rows."""
    numbers = rows[list(COUNTS)].astype(int)
    sums = numbers.groupby(rows["state"]).sum()
    for total in totals.to_dict("records"):
        grand = total["specialty"].casefold().startswith("grand")
        place = "all states" if grand else total["state"]
        for column in COUNTS:
            found = numbers[column].sum() if grand else sums[column].get(total["state"], 0)
            if found != int(total[column]):
                raise DataError(
                    [
                        Problem(
                            f"{path.name}, {place}",
                            "the printed total is the sum of its rows",
                            "a row was missed or misread",
                            column=column,
                            value=f"printed {total[column]}, sum {found}",
                        )
                    ]
                )


def _named(rows: pd.DataFrame, specialties: Dimension) -> pd.DataFrame:
    """Names that were cut off made whole where only one specialty begins so; two rows that are cut
    before the level, and so would be one, told apart."""
    for printed in rows.loc[rows["level"] == "", "specialty"].unique():
        meant = _meant(fold(printed), specialties)
        if fold(printed) not in specialties.aliases and len(meant) == 1:
            rows.loc[rows["specialty"] == printed, "specialty"] = meant.pop()
    key = ["state", "specialty", "level"]
    twice = rows.duplicated(key, keep=False) & (rows["level"] == "")
    order = (rows.groupby(key).cumcount() + 1).astype(str)
    rows.loc[twice, "level"] = f"{NO_LEVEL}, row " + order[twice]
    return rows
