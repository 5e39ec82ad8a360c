"""The PDF *Program Results*: every program with quota and filled of five Matches.

Some pages of front matter; then states, institutions with their city, and rows of program name, a
code of 9 to 11 characters, and five pairs of quota and filled, newest year first, "--" where the
program was not in that Match.
"""

import itertools
import re
from pathlib import Path

import pandas as pd

from etl.paths import ROOT
from etl.problems import DataError, Problem
from etl.readers.pages import Line, pages, text

CODE = re.compile(r"^(?=.*\d)[0-9A-Z]{9,11}$")
FIGURE = re.compile(r"^(\d{1,4}|--?|–)$")
YEAR = re.compile(r"^(19|20)\d\d$")
PAIRS = 5
# Between an institution and its city stands more room than between two words.
CITY_GAP = 12


def read(path: Path, year: int) -> pd.DataFrame:
    """Long rows: match_year, state, institution, city, program, code, quota, filled, as text.

    `year` is the newest Match where the document prints no years. Raises DataError for a row that
    has not five pairs, and for a document without rows.
    """
    states = _state_names()
    years = [year - back for back in range(PAIRS)]
    state = institution = city = ""
    program_left, rows = None, []
    for page, _, found in pages(path):
        for line in found:
            place = next((i for i, word in enumerate(line) if CODE.match(word.text)), None)
            printed_years = list(dict.fromkeys(int(w.text) for w in line if YEAR.match(w.text)))
            if place:
                figures = [word.text for word in line[place + 1 :]]
                if len(figures) != 2 * PAIRS or not all(FIGURE.match(f) for f in figures):
                    raise DataError([Problem(f"{path.name}, page {page}", "a program's row has five "
                                             "pairs of quota and filled", "compare with the printed row",
                                             value=text(line))])  # fmt: skip
                program_left = line[0].left
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
            elif state:
                institution, city = _institution(line, institution, city)
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


def _institution(line: Line, institution: str, city: str) -> tuple[str, str]:
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
