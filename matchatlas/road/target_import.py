"""A target list brought as a file: CSV or workbook, with headers and names as people write them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from etl.dimensions import Names, fold
from etl.problems import DataError, Problem
from etl.tabular import lists
from etl.tabular.lists import Column
from matchatlas.road.targets import COLUMNS, PROGRAMS, REQUIRED, WHOLE, TargetProgram, check_row, identity

LARGEST = 5_000_000  # bytes, unpacked; a full list with notes of a line each is a fiftieth of it
# Of a file of text; with prose in every note there are a third of them.
MOST_LINES, MOST_SEPARATORS = 10_000, 50_000
WORKBOOKS = (b"PK", b"\xd0\xcf\x11\xe0")
# A text that a spreadsheet would run as a formula is saved with an apostrophe before it.
QUOTED = tuple("'" + sign for sign in "=+-@\t\r")
FORMS = {
    "program": ("Program name", "Institution", "Hospital"),
    "specialty": ("Field",),
    "code": ("Program code", "NRMP code", "ACGME code"),
    "quota": ("Positions", "Positions offered", "Spots", "Seats"),
    "visas": ("Visa", "Visas sponsored", "Visas it sponsors", "Visa sponsorship"),
    "img_percent": ("% IMG", "IMG (%)", "IMG residents (%)", "IMG percentage", "Share of IMGs"),
    "score_cutoff": ("Cutoff", "Step 2 CK cutoff", "Minimum Step 2 CK", "Step 2 CK minimum", "Step 2 cutoff"),
    "hardness": ("How hard to get for you", "How hard to get"),
    "interviewed": ("Interview", "Interviewed?"),
    "status": ("Stage", "Application status"),
    "position_type": ("Kind of position", "Track"),
    "signal": ("Signals", "Program signal"),
    "applied_on": ("Applied", "Date applied"),
    "invited_on": ("Invited", "Invitation", "Date invited"),
    "interview_on": ("Interview date", "Interview day", "Date of interview"),
    "contact": ("Contact person", "Coordinator", "Email"),
    "notes": ("Note", "Comments", "Remarks"),
}
KINDS = (
    dict.fromkeys(("specialty", "state", "visas", "hardness", "status", "position_type", "signal"), "name")
    | dict.fromkeys(WHOLE, "number")
    | {"interviewed": "truth", "notes": "note"}
)
FIELDS = [
    Column(name, FORMS.get(name, ()), name == "img_percent", KINDS.get(name, "text"), name in REQUIRED)
    for name in COLUMNS
]


def known_names(names: Mapping[str, Names], listed: Iterable[str]) -> dict[str, Names]:
    """The names that `read` knows, by column: the tables' own (`Catalog.names`), and specialties
    as the imported list has them."""
    own = {fold(name): name for name in listed}
    return {
        "specialty": replace(names["specialty"], aliases=own | names["specialty"].aliases),
        "state": names["state"],
    }


def read(
    content: bytes, file: str, known: Mapping[str, Names]
) -> tuple[tuple[TargetProgram, ...], list[str]]:
    """The programs of a file with a header of `COLUMNS`, in any order; only `REQUIRED` must be
    there. And what is to be told of how it was read.

    known: see `known_names`. Raises DataError with every problem found; then nothing of the file
    is taken.
    """
    _check_bounds(content, file)
    listed = lists.read(content, file, FIELDS, LARGEST)
    if len(listed.rows) > PROGRAMS:
        raise DataError(
            [
                Problem(
                    file,
                    f"a list has at most {PROGRAMS} programs",
                    "remove some",
                    value=f"{len(listed.rows):,} rows",
                )
            ]
        )
    problems: list[Problem] = []
    found: dict[str, TargetProgram] = {}
    for row in listed.rows:
        problems += row.problems
        if any(problem.column is None for problem in row.problems):
            continue
        cells = {name: _unquoted(text) for name, text in row.cells.items()}
        problems += _canonical(cells, known, file, row.line)
        program, broken = check_row(cells, file, row.line)
        problems += broken
        if program and identity(program) in found:
            problems.append(
                Problem(
                    file,
                    "a program stands in the list once",
                    "remove one of the rows, or tell them apart by city or code",
                    row.line,
                    value=program.label,
                )
            )
        elif program:
            found[identity(program)] = program
    if problems:
        raise DataError(problems)
    if not found:
        raise DataError([Problem(file, "there are programs below the header", "write one in each row")])
    return tuple(found.values()), listed.notes


def _check_bounds(content: bytes, file: str) -> None:
    """Raises DataError for a text of more lines or cells than a list can have, before it is read."""
    if content.startswith(WORKBOOKS):
        return  # what is unpacked is bounded where it is unpacked
    lines = max(content.count(b"\n"), content.count(b"\r"))
    cells = max(content.count(sign) for sign in (b",", b";", b"\t", b"|"))
    if lines > MOST_LINES or cells > MOST_SEPARATORS:
        raise DataError(
            [
                Problem(
                    file,
                    f"a list has at most {PROGRAMS} programs, each in a row",
                    "remove some",
                    value=f"{lines:,} lines with {cells:,} separators",
                )
            ]
        )


def _unquoted(text: str) -> str:
    return text[1:] if text.startswith(QUOTED) else text


def _canonical(cells: dict, known: Mapping[str, Names], file: str, line: int) -> list[Problem]:
    """Put the canonical names into `cells`; a name that is not known is a problem."""
    problems = []
    for column, names in known.items():
        if value := cells.get(column):
            cells[column] = names.find(value) or value
            if not names.find(value):
                problems.append(
                    Problem(
                        file,
                        f"the {column} is one that the tables know",
                        f"{names.near(value)}correct the name",
                        line,
                        column,
                        value[:80],
                    )
                )
    for column in ("status", "position_type", "signal"):
        if value := cells.get(column):
            cells[column] = fold(value)
    if value := cells.get("visas"):
        cells["visas"] = visas(value) or value
    if re.fullmatch(r"\d(\.\d+)?E\+?\d+", cells.get("code") or "", re.IGNORECASE):
        problems.append(
            Problem(
                file,
                "a code is whole",
                "a spreadsheet shortened it to a number: write it again in a cell formatted as text",
                line,
                "code",
                cells["code"],
            )
        )
    return problems


def visas(text: str) -> str | None:
    """The visas that a cell names ("J1, H1-B", "none"), as a plan has them; None where it names
    none of them without doubt."""
    said = re.sub(r"\b(visas?|only|and|or|both)\b", " ", fold(text))
    parts = [part.strip() for part in re.split(r"[,;/&+ ]+", said) if part.strip()]
    kinds = {"j1": "J-1", "h1b": "H-1B", "none": "none", "no": "none"}
    codes = [part.replace("-", "") for part in parts]
    found = {kinds[code] for code in codes if code in kinds}
    if not found or not kinds.keys() >= {*codes} or (len(found) > 1 and "none" in found):
        return None
    return " and ".join(sorted(found, reverse=True))
