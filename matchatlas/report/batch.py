"""Many reports from one CSV of profiles: each row stands for itself, and a bad one is told."""

import csv
import difflib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from matchatlas.applicant import Applicant
from matchatlas.consultation import preset_scenarios
from matchatlas.plan import Plan

NAME = "name"
COLUMNS = (NAME, "applications", *Applicant.model_fields)
LONGEST_STEM = 60
MENDS = {
    "missing": "it is empty, and needed",
    "bool_parsing": "write yes or no, or leave it empty",
    "date_from_datetime_parsing": "write the day as 2027-03-05",
    "string_too_long": "it has too many characters",
}


class BatchError(ValueError):
    """A file that no row of can be read; str() says why and what to do."""


@dataclass(frozen=True)
class Problem:
    """What is wrong with one row, in which column, and the mend."""

    row: int
    column: str
    reason: str

    def __str__(self) -> str:
        return f"row {self.row}, column {self.column}: {self.reason}"


def read_profiles(
    file: Path, specialties: list[str], year: int
) -> Iterator[tuple[int, Plan | list[Problem]]]:
    """Every row's number (the header is row 1) with its plan, or with what is wrong with it.

    The columns are the fields of an Applicant, `name` and `applications`; a plan's scenarios are
    the presets of a consultation. specialties: those that the tables know; year: the Match of
    profiles that name none. Raises BatchError for a file that is no CSV of such columns.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.reader(lines, strict=True))
    except UnicodeDecodeError:
        raise BatchError(f"{file.name} is not UTF-8: save it as CSV UTF-8.") from None
    except csv.Error as error:
        raise BatchError(f"{file.name} is no CSV: {error}.") from None
    header = [column.strip() for column in rows[0]] if rows else []
    _check_header(file, header)
    for number, cells in enumerate(rows[1:], start=2):
        if any(cell.strip() for cell in cells):
            yield number, _plan(number, header, cells, specialties, year)


def _check_header(file: Path, header: list[str]) -> None:
    for column in header:
        if column not in COLUMNS:
            near = difflib.get_close_matches(column, COLUMNS, 1)
            mend = f"did you mean {near[0]}?" if near else f"the columns are {', '.join(COLUMNS)}."
            raise BatchError(f"{file.name}: column {column!r} is not known; {mend}")
    if twice := {column for column in header if header.count(column) > 1}:
        raise BatchError(f"{file.name}: column {min(twice)!r} stands there twice.")
    if lacking := {"applicant_type", "specialty"} - set(header):
        raise BatchError(f"{file.name}: column {min(lacking)!r} is needed; add it.")


def _plan(
    number: int, header: list[str], cells: list[str], specialties: list[str], year: int
) -> Plan | list[Problem]:
    if len(cells) != len(header):
        return [Problem(number, "all", f"it has {len(cells)} cells and the header {len(header)}; put "
                                       "quotes around a cell that holds a comma")]  # fmt: skip
    given = {
        column: cell.strip() for column, cell in zip(header, cells, strict=True) if cell.strip()
    }
    specialty = given.get("specialty")
    if specialty and specialty not in specialties:
        near = difflib.get_close_matches(specialty, specialties, 1)
        mend = (
            f"; did you mean {near[0]}?"
            if near
            else "; see the Specialties page for those there are"
        )
        return [Problem(number, "specialty", f"the tables know no {specialty!r}{mend}")]
    own = {"client": given.pop(NAME, ""), "applications": given.pop("applications", None)}
    try:
        plan = Plan.model_validate({"applicant": given, **own})
    except ValidationError as error:
        return [_problem(number, entry) for entry in error.errors()]
    return plan.model_copy(update={"scenarios": preset_scenarios(plan.applicant, year)})


def _problem(number: int, entry: dict) -> Problem:
    column = str(entry["loc"][-1])
    reason = MENDS.get(entry["type"], entry["msg"].removeprefix("Value error, "))
    return Problem(number, NAME if column == "client" else column, reason)


def file_name(number: int, client: str, extension: str) -> str:
    """A name that every file system takes, unlike for every row: "0007-aisha-rahman.pdf"."""
    plain = unicodedata.normalize("NFC", client).casefold()
    stem = re.sub(r"[\W_]+", "-", plain).strip("-")[:LONGEST_STEM].strip("-")
    return f"{number:04}{'-' + stem if stem else ''}.{extension}"
