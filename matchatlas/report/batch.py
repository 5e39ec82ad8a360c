"""Many reports from one table of profiles: each row stands for itself, and a bad one is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

import etl.problems
from etl.dimensions import Names
from etl.problems import DataError
from etl.tabular import lists
from etl.tabular.lists import Column
from matchatlas.applicant import Applicant
from matchatlas.plan import Plan
from matchatlas.report.consultation import preset_scenarios
from matchatlas.report.words import file_stem
from matchatlas.road.target_import import visas

NAME = "name"
LARGEST = 50_000_000  # bytes, unpacked; a thousand profiles are a hundredth of it
FORMS = {
    NAME: ("Client", "Client name", "Student", "Applicant", "Applicant name", "Full name"),
    "applications": ("Programs applied to", "Number of applications", "Number of programs"),
    "applicant_type": ("Type",),
    "specialty": ("Preferred specialty", "Field"),
    "step2_ck": ("Step 2", "CK", "Step 2 score", "Step 2 CK score", "USMLE Step 2 CK"),
    "step1_first_attempt_pass": ("Step 1 passed at first attempt", "Passed Step 1 at first attempt"),
    "contiguous_ranks": ("Ranks", "Programs ranked"),
    "visa_need": ("Visa", "Visa needed", "Needs visa"),
    "years_since_graduation": ("Years since graduating",),
    "us_letters": ("U.S. letters of recommendation", "US LORs"),
    "target_match_year": ("Match year",),
    "ecfmg_certified": ("ECFMG",),
}
TRUTHS = ("step1_first_attempt_pass", "ecfmg_certified")
SPECIALTIES = ("specialty", "second_specialty")
WORDS = ("applicant_type", *SPECIALTIES, "visa_need", "ecfmg_expected")


def _kind(name: str) -> str:
    if name == NAME:
        return "text"
    return "truth" if name in TRUTHS else "name" if name in WORDS else "number"


FIELDS = [
    Column(name, FORMS.get(name, ()), False, _kind(name), name in ("applicant_type", "specialty"))
    for name in (NAME, "applications", *Applicant.model_fields)
]
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

    row: int | None
    column: str
    reason: str

    def __str__(self) -> str:
        return f"row {self.row}, column {self.column}: {self.reason}"


def read_profiles(
    file: Path, known: Mapping[str, Names], year: int
) -> tuple[list[tuple[int, Plan | list[Problem]]], list[str]]:
    """Every row's number in the file with its plan, or with what is wrong with it; and what is to
    be told of how the file was read.

    The columns are the fields of an Applicant, `name` and `applications`; a plan's scenarios are
    the presets of a consultation. known: names that the tables know, by column; year: the Match of
    profiles that name none. Raises BatchError for a file that holds no table of such columns.
    """
    try:
        listed = lists.read(file.read_bytes(), file.name, FIELDS, LARGEST)
    except DataError as error:
        raise BatchError(str(error)) from None
    if not listed.rows:
        raise BatchError(f"{file.name} has no profile below its header.")
    return [(row.line, _plan(row, known, year)) for row in listed.rows], listed.notes


def _plan(row: lists.Row, known: Mapping[str, Names], year: int) -> Plan | list[Problem]:
    if row.problems:
        return [_of_cell(problem) for problem in row.problems]
    given = dict(row.cells)
    for column in SPECIALTIES:
        if specialty := given.get(column):
            given[column] = known["specialty"].find(specialty) or ""
            if not given[column]:
                near = known["specialty"].near(specialty) or "see the Specialties page for those there are; "
                return [
                    Problem(row.line, column, f"the tables know no {specialty!r}; {near}correct the name")
                ]
    if kind := given.get("applicant_type"):
        given["applicant_type"] = known["applicant_type"].find(kind) or kind
    if visa := given.get("visa_need"):
        given["visa_need"] = visas(visa) or visa
    own = {"client": given.pop(NAME, ""), "applications": given.pop("applications", None)}
    try:
        plan = Plan.model_validate({"applicant": given, **own})
    except ValidationError as error:
        return [_problem(row.line, entry) for entry in error.errors()]
    return plan.model_copy(update={"scenarios": preset_scenarios(plan.applicant, year)})


def _of_cell(problem: etl.problems.Problem) -> Problem:
    """What is wrong with the row or a cell as it was read."""
    value = f": it is {problem.value}" if problem.value and problem.column != NAME else ""
    return Problem(problem.line, problem.column or "all", f"{problem.rule}{value}; {problem.mend}")


def _problem(number: int, entry: ErrorDetails) -> Problem:
    column = str(entry["loc"][-1])
    reason = MENDS.get(entry["type"], entry["msg"].removeprefix("Value error, "))
    return Problem(number, NAME if column == "client" else column, reason)


def file_name(number: int, client: str, extension: str) -> str:
    """A name that every file system takes, unlike for every row: "0007-aisha-rahman.pdf"."""
    stem = file_stem(client)
    return f"{number:04}{'-' + stem if stem else ''}.{extension}"
