"""The target list: the applicant's programs, as a table, merged and changed.

Whatever comes in is checked cell by cell against `TargetProgram`; what is wrong is told as an
`etl.problems.Problem`: where, which value, which rule, and the mend.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Annotated, Any, Literal, get_args

import pandas as pd
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from etl.problems import DataError, Problem
from matchatlas.applicant import Whole, day
from matchatlas.text import LINES, ONE_LINE

Visa = Literal["none", "J-1", "H-1B", "J-1 and H-1B"]
Hardness = Literal[
    "a long shot", "harder than my level", "about my level", "easier than my level", "well within reach"
]
Status = Literal[
    "considering", "applied", "invited", "interviewed", "waitlisted", "ranked", "rejected", "withdrawn"
]
Signal = Literal["gold", "silver"]
Position = Literal["categorical", "advanced", "preliminary"]
CRITERIA, BEST = 12, 5  # own criteria of a plan, and the best mark of one
PROGRAMS = 500  # of a target list
MOST_RANKS = 300  # of a list, and pairs of a couple's
NO_MATCH = ""  # in a pair of a couple: this one goes without
Name = Annotated[str, Field(min_length=1, max_length=200), ONE_LINE]
Note = Annotated[str, Field(max_length=4000), LINES]


def _marks(value: Any) -> Any:
    """Marks by criterion, also from the text that a list's cell has ("Training: 4; City: 2")."""
    if not isinstance(value, str):
        return value
    pairs = [part.rpartition(":") for part in value.split(";") if part.strip()]
    if not all(name.strip() and mark.strip().isdecimal() for name, _, mark in pairs):
        raise ValueError("criteria are written as “Training: 4; City: 2”")
    return {name.strip(): int(mark) for name, _, mark in pairs}


Criterion = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[^:;]*$"), ONE_LINE]
Marks = Annotated[
    dict[Criterion, Annotated[int, Field(ge=0, le=BEST)]], Field(max_length=CRITERIA), BeforeValidator(_marks)
]


class TargetProgram(BaseModel):
    """One program of the target list: what the publisher lists, and the applicant's own columns.

    visas: which ones the program sponsors; img_percent: IMGs among its residents; score_cutoff: the
    lowest Step 2 CK it considers; all as the applicant found them, None where not known. hardness:
    how hard it is to get for this applicant, as the applicant guesses. status: how far the
    application is; signal: the one sent with it, None for none; criteria: the applicant's own marks
    by criterion, 0 to BEST, which nothing ever sums.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    program: Name
    specialty: Name
    state: Annotated[str, Field(max_length=60), ONE_LINE] = ""
    city: Annotated[str, Field(max_length=120), ONE_LINE] = ""
    code: Annotated[str, Field(max_length=20), ONE_LINE] = ""
    quota: Annotated[int | None, Whole(0, 1000, "The number of positions")] = None
    visas: Visa | None = None
    img_percent: Annotated[int | None, Whole(0, 100, "The percentage of IMG residents")] = None
    score_cutoff: Annotated[int | None, Whole(1, 300, "The Step 2 CK cutoff")] = None
    hardness: Hardness | None = None
    interviewed: bool = False
    status: Status = "considering"
    position_type: Position | None = None
    signal: Signal | None = None
    applied_on: Annotated[date | None, day("The day of the application")] = None
    invited_on: Annotated[date | None, day("The day of the invitation")] = None
    interview_on: Annotated[date | None, day("The day of the interview")] = None
    contact: Annotated[str, Field(max_length=300), ONE_LINE] = ""
    criteria: Marks = Field(default_factory=dict)
    notes: Note = ""

    @property
    def label(self) -> str:
        """The program as a rank order list names it: unlike for any two of a plan."""
        return " · ".join(filter(None, (self.program, self.specialty, self.city, self.code)))


COLUMNS = tuple(TargetProgram.model_fields)
REQUIRED = tuple(name for name, field in TargetProgram.model_fields.items() if field.is_required())
WHOLE = ("quota", "img_percent", "score_cutoff")
DAYS = ("applied_on", "invited_on", "interview_on")
MARK = "mark: "  # how the columns begin that a table to edit has for the criteria
HAD = ("interviewed", "ranked")  # who is at such a status has had an interview
UNSEEN = ("Zs", "Zl", "Zp", "Cc", "Cf")  # categories of signs that leave no mark

Pair = tuple[str | None, TargetProgram]


def table(programs: Iterable[TargetProgram]) -> pd.DataFrame:
    """The list as a table, one row a program, columns as `COLUMNS`; whole numbers and days may be
    missing."""
    rows = pd.DataFrame([program.model_dump() for program in programs], columns=COLUMNS)
    rows["criteria"] = [
        "; ".join(f"{name}: {mark}" for name, mark in marks.items()) for marks in rows["criteria"]
    ]
    kinds = dict.fromkeys(WHOLE, "Int64") | dict.fromkeys(DAYS, "datetime64[s]")
    return rows.astype(kinds | {"interviewed": bool})


def with_marks(programs: Sequence[TargetProgram], criteria: Sequence[str]) -> pd.DataFrame:
    """The table with a column for each criterion's marks in place of their text."""
    rows = table(programs).drop(columns="criteria")
    for name in criteria:
        marks = [program.criteria.get(name) for program in programs]
        rows[MARK + name] = pd.array(marks, dtype="Int64")
    return rows


def by_status(programs: Iterable[TargetProgram]) -> dict[str, list[TargetProgram]]:
    """The programs at each status, in the statuses' order, also where there is none."""
    found: dict[str, list[TargetProgram]] = {status: [] for status in get_args(Status)}
    for program in programs:
        found[program.status].append(program)
    return found


def moved(program: TargetProgram, status: Status) -> TargetProgram:
    """The program at another status, which may tell that there was an interview."""
    had = program.interviewed or status in HAD
    return program.model_copy(update={"status": status, "interviewed": had})


def contiguous(programs: Iterable[TargetProgram], rank_order: Sequence[str], specialty: str) -> int:
    """How many programs of a specialty a rank order list names one after another, from the first on.

    As NRMP counts contiguous ranks: what stands before the first of them does not matter.
    """
    by_label = {program.label: program.specialty for program in programs}
    ranked = [by_label[label] for label in rank_order]
    if specialty not in ranked:
        return 0
    first = ranked.index(specialty)
    return next((n for n, name in enumerate(ranked[first:]) if name != specialty), len(ranked) - first)


def signals_sent(programs: Iterable[TargetProgram]) -> dict[str, Counter]:
    """How many signals of each kind are sent, by specialty."""
    sent: dict[str, Counter] = {}
    for program in programs:
        if program.signal:
            sent.setdefault(program.specialty, Counter())[program.signal] += 1
    return sent


def listed(rows: pd.DataFrame) -> tuple[TargetProgram, ...]:
    """Programs of the imported list (institution, program, specialty, ...) as targets."""
    return tuple(
        TargetProgram(
            program=row.institution if row.program == row.specialty else f"{row.institution}, {row.program}",
            specialty=row.specialty,
            state=row.state,
            city=row.city or "",
            code=row.code,
            quota=row.quota,
        )
        for row in rows.itertuples()
    )


def identity(program: TargetProgram) -> str:
    """What tells that two entries are one program: the code, and where there is none, the label;
    case and runs of spaces do not count."""
    return _fold(program.code or program.label)


def lookalikes(program: TargetProgram, others: Iterable[TargetProgram]) -> tuple[TargetProgram, ...]:
    """Those of others that may be the same program: alike in name and specialty, and with no city
    or code that tells them apart."""

    def may_be(one: str, other: str) -> bool:
        return not one or not other or _fold(one) == _fold(other)

    return tuple(
        other
        for other in others
        if _fold(other.program) == _fold(program.program)
        and _fold(other.specialty) == _fold(program.specialty)
        and may_be(other.city, program.city)
        and may_be(other.code, program.code)
    )


def merged(programs: Iterable[TargetProgram], incoming: Iterable[TargetProgram]) -> list[Pair]:
    """The list with `incoming` in it: (former label or None where new, program).

    A program that is there already takes over the fields that came filled in, and keeps the rest.
    """
    rows: dict[str, Pair] = {program.label: (program.label, program) for program in programs}
    place = {identity(program): label for label, (_, program) in rows.items()}
    for program in incoming:
        label = place.setdefault(identity(program), program.label)
        former, known = rows.get(label, (None, program))
        given = {name: getattr(program, name) for name in program.model_fields_set}
        if _fold(program.program) == _fold(known.program):
            given["program"] = known.program  # another spelling is no new name
        rows[label] = (former, known.model_copy(update=given))
    return list(rows.values())


def revised(
    pairs: Sequence[Pair],
    rank_order: Sequence[str],
    supplemental: Mapping[str, Sequence[str]],
    couple: Sequence[tuple[str, str]],
) -> dict:
    """The parts of a plan that a changed list changes: programs and, with their names, rank_order,
    supplemental, and a couple's pairs, whose first is an own program or none.

    Raises DataError for more programs than a plan holds.
    """
    if len(pairs) > PROGRAMS:
        raise DataError(
            [
                Problem(
                    "your list",
                    f"a list has at most {PROGRAMS} programs",
                    "remove some",
                    value=f"{len(pairs)} programs",
                )
            ]
        )
    names = {former: program.label for former, program in pairs if former is not None}

    def renamed(labels: Iterable[str]) -> tuple[str, ...]:
        return tuple(names[label] for label in labels if label in names)

    return {
        "programs": tuple(program for _, program in pairs),
        "rank_order": renamed(rank_order),
        "supplemental": {
            names[label]: renamed(years) for label, years in supplemental.items() if label in names
        },
        "pairs": tuple(
            (names.get(own, NO_MATCH), other) for own, other in couple if own in names or own == NO_MATCH
        ),
    }


def check_row(
    cells: Mapping[str, object], file: str, line: int
) -> tuple[TargetProgram | None, list[Problem]]:
    """One row as a program, or None with its problems; cells that are None are unknown, and spaces
    around a text are none of it."""
    given = {
        name: value.strip() if isinstance(value, str) else value
        for name, value in cells.items()
        if value is not None
    }
    unnamed = [name for name in REQUIRED if not _is_seen(str(given.get(name, "")))]
    if unnamed:
        return None, [
            Problem(
                file,
                f"{name} is filled in",
                "write its name",
                line,
                name,
                str(given[name])[:80] if given.get(name) else None,
            )
            for name in unnamed
        ]
    try:
        return TargetProgram(**given), []
    except ValidationError as error:
        return None, [_problem(broken, given, file, line) for broken in error.errors()]


def edited(
    rows: Mapping[int, TargetProgram], changes: Mapping[int, Mapping[str, object]], deleted: Sequence[int]
) -> tuple[dict[int, TargetProgram], list[Problem]]:
    """The rows after edits in a table, by their number, and what was wrong.

    changes: all changed cells, by row number and column; deleted: numbers of rows taken out. Each
    cell is judged by itself: one with a fault stays as it was, and takes no other along.
    """
    after = {number: program for number, program in rows.items() if number not in deleted}
    problems = []
    for number in after:
        for column, value in changes.get(number, {}).items():
            cells = _with_cell(after[number], column, value)
            program, broken = check_row(cells, "your list", number + 1)
            problems += broken
            if program is None:
                continue
            if any(program.label == other.label for n, other in after.items() if n != number):
                problems.append(
                    Problem(
                        "your list",
                        "a program stands in the list once",
                        "tell the two apart by city or code",
                        number + 1,
                        column,
                        str(value)[:80],
                    )
                )
                continue
            after[number] = moved(program, program.status) if column == "status" else program
    return after, problems


def _with_cell(program: TargetProgram, column: str, value: object) -> dict[str, object]:
    """The program's cells with one changed; a column may be a criterion's."""
    if not column.startswith(MARK):
        return program.model_dump() | {column: value}
    marks = program.criteria | {column.removeprefix(MARK): value}
    given = {name: mark for name, mark in marks.items() if mark is not None}
    return program.model_dump() | {"criteria": given}


def _is_seen(text: str) -> bool:
    return any(unicodedata.category(sign) not in UNSEEN for sign in text)


def _problem(broken: ErrorDetails, cells: Mapping[str, object], file: str, line: int) -> Problem:
    column = str(broken["loc"][0])
    value = cells.get(column)
    rule = broken["msg"].removeprefix("Value error, ").split(", not ")[0]
    mend = "correct the cell" if column in REQUIRED else "correct the cell, or leave it empty"
    return Problem(file, rule, mend, line, column, str(value)[:80])


def _fold(text: str) -> str:
    return " ".join(text.casefold().split())
