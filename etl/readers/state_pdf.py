"""The PDF *Match Results by State, Specialty and Applicant Type*.

Two columns of rows a page. A heading line carries the state's name and `Pos.`, `No. Filled`, the
applicant types and two percentages; rows follow, whose specialty may break over lines with the
numbers on the first; a state goes on in the next column or page with "(cont.)"; a key stands at
the foot of every page. Columns are found by the heading's words, not by fixed places.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from etl.problems import DataError, Problem
from etl.progress import Progress, silent
from etl.readers.pages import Line, Word, lines, pages, text

COUNTS = (
    "positions_offered", "positions_filled", "filled_us_md_senior", "filled_us_md_grad",
    "filled_us_do_senior", "filled_us_do_grad", "filled_us_img", "filled_non_us_img", "filled_other",
)  # fmt: skip
PERCENTS = ("pct_md_senior", "pct_filled")
LEVEL = re.compile(r"\s*\(([^()]*)\)\s*$")
CONTINUED = re.compile(r"\s*\(cont\.?(inued)?\)\s*", re.IGNORECASE)
NUMBER = re.compile(r"^\d{1,3}(,\d{3})*(\.\d+)?%?$|^\d+(\.\d+)?%?$|^-{1,2}$|^–$")
HEADING_WORDS = {"Pos", "No", "Filled", "MD", "DO", "Sr", "Gr", "US", "IMG", "Oth", "%", "Tot"}
HEADING = re.compile(r"^Pos\.?$", re.IGNORECASE)
# A line further below its row than this many points is no continuation of the specialty's name.
LINE_GAP = 16


@dataclass
class _Row:
    state: str
    specialty: str
    numbers: list[str]
    page: int
    bottom: float


@dataclass
class _Reader:
    """What is carried from line to line and column to column."""

    rows: list[_Row] = field(default_factory=list)
    state: str = ""
    numbers_left: float = 0.0
    naming: bool = False
    row_open: bool = False
    begun: bool = False
    numbers_left_of: dict[int, float] = field(default_factory=dict)

    def column(self, place: int, found: list[Line], page: int) -> None:
        """Take in one column of a page: the left one is place 0, the right one 1."""
        self.begun = self.naming = self.row_open = False
        self.numbers_left = self.numbers_left_of.get(place, 0.0)
        for line in found:
            if not self.line(line, page):
                break
        self.numbers_left_of[place] = self.numbers_left

    def line(self, line: Line, page: int) -> bool:
        """Take in one line of a column; False where the key at the page's foot begins.

        A heading may be set over two lines ("No." over "Filled"), the state's name too.
        """
        places = _headings(line)
        if places:
            self._heading(line, places[0])
            self.begun = True
            return True
        name = [word for word in line if word.right < self.numbers_left]
        right = [word for word in line if word.right >= self.numbers_left]
        if right and all(NUMBER.match(word.text) for word in right) and len(right) >= 9:
            self._row(text(name), [word.text for word in right], page, line[0].top)
            self.begun = True
        elif not self.begun:
            pass  # a page's title above the column
        elif right and not all(_is_heading_word(word) for word in right):
            return False
        elif self.naming and name:
            self.state = CONTINUED.sub(" ", f"{self.state} {text(name)}").strip()
        elif not right and self.row_open and line[0].top - self.rows[-1].bottom < LINE_GAP:
            self.rows[-1].specialty += f" {text(name)}"
            self.rows[-1].bottom = line[0].top
        return True

    def _heading(self, line: Line, place: int) -> None:
        printed = text(line[:place])
        if printed:
            self.state = CONTINUED.sub(" ", printed).strip()
        # Numbers are set right-aligned under "Pos.": leave room for one wider than its heading.
        self.numbers_left = line[place].left - 4
        self.naming, self.row_open = True, False

    def _row(self, name: str, numbers: list[str], page: int, top: float) -> None:
        self.rows.append(_Row(self.state, name, numbers, page, top))
        self.naming, self.row_open = False, True


def read(path: Path, year: int, progress: Progress = silent) -> pd.DataFrame:
    """Every row of the document: match_year, state, specialty, level, and the counts, as text.

    Totals rows of states are checked and left out. Raises DataError naming page and row for a row
    whose parts do not add up, or whose percentages do not agree.
    """
    reader = _Reader()
    for number, width, found in pages(path, progress):
        for place, column in enumerate(_columns(found, width)):
            reader.column(place, column, number)
    if not reader.rows:
        raise DataError([Problem(path.name, "has rows under a heading with `Pos.`",
                                 "check that this is Match Results by State, Specialty and Applicant "
                                 "Type")])  # fmt: skip
    records, problems = [], []
    for row in reader.rows:
        record, wrong = _record(path, row, year)
        records.append(record)
        problems += wrong
    if problems:
        raise DataError(problems)
    frame = pd.DataFrame(records)
    is_total = frame["specialty"].str.match(r"(?i)(state )?total")
    _check_totals(path, frame[~is_total], frame[is_total])
    return frame[~is_total].reset_index(drop=True)


def _columns(found: list[Line], width: float) -> list[list[Line]]:
    """The page's lines as one or two columns, split where the second heading's name begins."""
    heads = [line for line in found if _headings(line)]
    places = [line[i].left for line in heads for i in _headings(line)]
    if not places:
        return [found]  # goes on without a heading, or holds no rows at all
    if max(places) - min(places) < width / 4:
        return [found]
    ends = [word.right for line in heads for word in line
                if _is_heading_word(word) and min(places) <= word.left < max(places)]  # fmt: skip
    split = max(ends) + 2
    # Rows of the two columns do not stand on one height: each column gets lines of its own.
    words = [word for line in found for word in line]
    return [
        lines([w for w in words if w.left < split]),
        lines([w for w in words if w.left >= split]),
    ]


def _headings(line: Line) -> list[int]:
    """Where `Pos.` begins a heading in a line; the key at the page's foot names it as well."""
    return [
        i for i, word in enumerate(line)
        if HEADING.match(word.text)
        and sum(_is_heading_word(after) for after in line[i + 1 : i + 9]) >= 5
    ]  # fmt: skip


def _is_heading_word(word: Word) -> bool:
    return word.text.strip(".") in HEADING_WORDS


def _record(path: Path, row: _Row, year: int) -> tuple[dict, list[Problem]]:
    level = LEVEL.search(row.specialty)
    record = {
        "match_year": str(year), "state": row.state, "specialty": LEVEL.sub("", row.specialty).strip(),
        "level": level.group(1) if level else "",
    }  # fmt: skip
    numbers = [
        "0" if n in ("-", "--", "–") else n.replace(",", "").rstrip("%") for n in row.numbers
    ]
    place = f"{path.name}, page {row.page}, {row.state}, {row.specialty}"
    record |= dict(zip(COUNTS, numbers, strict=False))
    if len(numbers) not in (9, 10, 11) or any("." in n for n in numbers[:9]):
        return record, [Problem(place, "has nine counts and up to two percentages",
                                "the row was not printed as the layout says; add it by hand",
                                value=" ".join(row.numbers))]  # fmt: skip
    counts = [int(n) for n in numbers[:9]]
    wrong = []
    if sum(counts[2:]) != counts[1]:
        wrong.append(Problem(place, "positions filled by all applicant types add up to the filled",
                             "compare with the printed row", value=" ".join(row.numbers)))  # fmt: skip
    if counts[1] > counts[0]:
        wrong.append(Problem(place, "filled positions are among those offered",
                             "compare with the printed row", value=" ".join(row.numbers)))  # fmt: skip
    if len(numbers) == 11 and counts[0]:
        for printed, count in zip(numbers[9:], (counts[2], counts[1]), strict=True):
            digits = len(printed.partition(".")[2])
            if abs(float(printed) - 100 * count / counts[0]) > 0.51 * 10**-digits + 1e-9:
                wrong.append(Problem(place, "percentages agree with the counts to their rounding",
                                     "compare with the printed row", value=" ".join(row.numbers)))  # fmt: skip
                break
    return record, wrong


def _check_totals(path: Path, rows: pd.DataFrame, totals: pd.DataFrame) -> None:
    sums = rows.groupby("state")[list(COUNTS)].agg(lambda column: column.astype(int).sum())
    for total in totals.to_dict("records"):
        for column in COUNTS:
            found = sums[column].get(total["state"], 0)
            if found != int(total[column]):
                raise DataError([Problem(f"{path.name}, {total['state']}", "the state's total is the "
                                         "sum of its rows", "a row was missed or misread",
                                         column=column, value=f"printed {total[column]}, sum {found}")])  # fmt: skip
