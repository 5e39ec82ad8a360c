"""The PDF *Program Results*: every program with quota and filled of five Matches.

Some pages of front matter; then states, institutions with their city, and rows of program name, a
code of 9 to 11 characters, and five pairs of quota and filled, newest year first, "--" where the
program was not in that Match.
"""

import itertools
import re
from collections import Counter
from pathlib import Path

import pandas as pd

from etl.paths import ROOT
from etl.problems import DataError, Problem
from etl.progress import Progress, silent
from etl.readers.pages import Line, pages, text

CODE = re.compile(r"^(?=.*\d)[0-9A-Z]{9,11}$")
FIGURE = re.compile(r"^(\d{1,4}|--?|–)$")
YEAR = re.compile(r"^(19|20)\d\d$")
PAIRS = 5
# Between an institution and its city stands more room than between two words.
CITY_GAP = 12


def read(path: Path, year: int, progress: Progress = silent) -> pd.DataFrame:
    """Long rows: match_year, state, institution, city, program, code, quota, filled, as text.

    `year` is the newest Match where the document prints no years. Raises DataError for a row that
    has not five pairs, and for a document without rows.
    """
    states = _state_names()
    years = [year - back for back in range(PAIRS)]
    state = institution = city = ""
    # bare: an institution was just named, and no program of it yet.
    program_left, bare, rows = None, False, []
    document = [(page, found) for page, _, found in pages(path, progress)]
    running = _running_lines([found for _, found in document])
    for page, found in document:
        for line in found:
            place = next((i for i, word in enumerate(line) if CODE.match(word.text)), None)
            printed_years = list(dict.fromkeys(int(w.text) for w in line if YEAR.match(w.text)))
            if place:
                figures = [word.text for word in line[place + 1 :]]
                if len(figures) != 2 * PAIRS or not all(FIGURE.match(f) for f in figures):
                    raise DataError([Problem(f"{path.name}, page {page}", "a program's row has five "
                                             "pairs of quota and filled", "compare with the printed row",
                                             value=text(line))])  # fmt: skip
                program_left, bare = line[0].left, False
                name, code = text(line[:place]), line[place].text
                rows += _pairs(years, figures, state, institution, city, name, code)
            elif len(printed_years) == PAIRS:
                years = printed_years
            elif text(line).strip().casefold().removesuffix(" (cont.)") in states:
                state = states[text(line).strip().casefold().removesuffix(" (cont.)")]
            elif (
                state
                and rows
                and program_left is not None
                and _continues(line, program_left, institution)
            ):
                pass  # the rest of a long program name adds nothing to the code that identifies it
            elif state and _masked(line) not in running:
                if bare and not city:
                    city = text(line)  # set on a line of its own
                else:
                    institution, city = _institution(line)
                bare = not bare
    if not rows:
        raise DataError([Problem(path.name, "has rows of program, code and five pairs",
                                 "check that this is Program Results")])  # fmt: skip
    return pd.DataFrame(rows)


def _pairs(years, figures, state, institution, city, name, code) -> list[dict]:
    return [
        {"match_year": str(match_year), "state": state, "institution": institution, "city": city,
         "program": name, "code": code, "quota": figures[2 * i], "filled": figures[2 * i + 1]}
        for i, match_year in enumerate(years)
        if figures[2 * i].isdigit() and figures[2 * i + 1].isdigit()
    ]  # fmt: skip


def _continues(line: Line, program_left: float, institution: str) -> bool:
    """Whether a line without figures stands deeper than programs do: the rest of a name."""
    return line[0].left > program_left + 2 and bool(institution)


def _running_lines(document: list[list[Line]]) -> set[str]:
    """What stands at the head or foot of many pages: column titles, page numbers, the publisher."""
    ends = Counter(
        masked
        for found in document
        for masked in {_masked(line) for line in found[:4] + found[-3:]}
    )
    return {masked for masked, times in ends.items() if times >= max(3, len(document) / 4)}


def _masked(line: Line) -> str:
    """A line without its numbers, so that "Page 7" and "Page 8" are one."""
    return re.sub(r"\b\d+\b", "#", text(line))


def _institution(line: Line) -> tuple[str, str]:
    gaps = [after.left - before.right for before, after in itertools.pairwise(line)]
    if gaps and max(gaps) >= CITY_GAP:
        cut = gaps.index(max(gaps)) + 1
        return text(line[:cut]), text(line[cut:])
    printed = text(line)
    head, comma, tail = printed.rpartition(", ")
    if comma:
        return head, tail
    return printed, ""


def _state_names() -> dict[str, str]:
    import yaml

    with open(ROOT / "data" / "states.yml", encoding="utf-8") as file:
        return {entry["name"].casefold(): entry["name"] for entry in yaml.safe_load(file)}
