"""The target list: the applicant's programs as a table, brought in by CSV, merged and changed.

Whatever comes in is checked cell by cell against `plan.TargetProgram`; what is wrong is told as an
`etl.problems.Problem`: where, which value, which rule, and the mend.
"""

import csv
import difflib
import io
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

import pandas as pd
from pydantic import ValidationError

from etl.problems import DataError, Problem
from matchatlas.plan import PROGRAMS, TargetProgram

LARGEST = 500_000  # bytes of a CSV; a full list with notes of a line each is a fifth of it
COLUMNS = tuple(TargetProgram.model_fields)
REQUIRED = tuple(name for name, field in TargetProgram.model_fields.items() if field.is_required())
WHOLE = ("quota", "img_percent", "score_cutoff")
UNSEEN = ("Zs", "Zl", "Zp", "Cc", "Cf")  # categories of signs that leave no mark
YES_NO = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
# A text that a spreadsheet would run as a formula is saved with an apostrophe before it.
QUOTED = tuple("'" + sign for sign in "=+-@\t\r")

Pair = tuple[str | None, TargetProgram]


def table(programs: Iterable[TargetProgram]) -> pd.DataFrame:
    """The list as a table, one row a program, columns as `COLUMNS`; whole numbers may be missing."""
    rows = pd.DataFrame([program.model_dump() for program in programs], columns=COLUMNS)
    return rows.astype(dict.fromkeys(WHOLE, "Int64") | {"interviewed": bool})


def listed(rows: pd.DataFrame) -> tuple[TargetProgram, ...]:
    """Programs of the imported list (institution, program, specialty, ...) as targets."""
    return tuple(
        TargetProgram(
            program=row.institution
            if row.program == row.specialty
            else f"{row.institution}, {row.program}",
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


def lookalikes(
    program: TargetProgram, others: Iterable[TargetProgram]
) -> tuple[TargetProgram, ...]:
    """Those of others that may be the same program: alike in name and specialty, and with no city
    or code that tells them apart."""

    def may_be(one: str, other: str) -> bool:
        return not one or not other or _fold(one) == _fold(other)

    return tuple(
        other for other in others
        if _fold(other.program) == _fold(program.program)
        and _fold(other.specialty) == _fold(program.specialty)
        and may_be(other.city, program.city) and may_be(other.code, program.code)
    )  # fmt: skip


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


def revised(rank_order: Sequence[str], pairs: Sequence[Pair]) -> dict:
    """The parts of a plan that a changed list changes: programs and, with its names, rank_order.

    Raises DataError for more programs than a plan holds.
    """
    if len(pairs) > PROGRAMS:
        raise DataError([Problem("your list", f"a list has at most {PROGRAMS} programs",
                                 "remove some", value=f"{len(pairs)} programs")])  # fmt: skip
    names = {former: program.label for former, program in pairs if former is not None}
    return {
        "programs": tuple(program for _, program in pairs),
        "rank_order": tuple(names[label] for label in rank_order if label in names),
    }


def check_row(
    cells: Mapping[str, object], file: str, line: int
) -> tuple[TargetProgram | None, list[Problem]]:
    """One row as a program, or None with its problems; cells that are None are unknown, and spaces
    around a text are none of it."""
    given = {name: value.strip() if isinstance(value, str) else value
             for name, value in cells.items() if value is not None}  # fmt: skip
    unnamed = [name for name in REQUIRED if not _is_seen(str(given.get(name, "")))]
    if unnamed:
        return None, [
            Problem(file, f"{name} is filled in", "write its name", line,
                    name, str(given[name])[:80] if given.get(name) else None)
            for name in unnamed
        ]  # fmt: skip
    try:
        return TargetProgram(**given), []
    except ValidationError as error:
        return None, [_problem(broken, given, file, line) for broken in error.errors()]


def edited(
    rows: Mapping[int, TargetProgram],
    changes: Mapping[int, Mapping[str, object]],
    deleted: Sequence[int],
) -> tuple[dict[int, TargetProgram], list[Problem]]:
    """The rows after edits in a table, by their number, and what was wrong.

    changes: all changed cells, by row number and column; deleted: numbers of rows taken out. Each
    cell is judged by itself: one with a fault stays as it was, and takes no other along.
    """
    after = {number: program for number, program in rows.items() if number not in deleted}
    problems = []
    for number in after:
        for column, value in changes.get(number, {}).items():
            cells = after[number].model_dump() | {column: value}
            program, broken = check_row(cells, "your list", number + 1)
            problems += broken
            if program is None:
                continue
            if any(program.label == other.label for n, other in after.items() if n != number):
                problems.append(Problem("your list", "a program stands in the list once",
                                        "tell the two apart by city or code", number + 1, column,
                                        str(value)[:80]))  # fmt: skip
                continue
            after[number] = program
    return after, problems


def _is_seen(text: str) -> bool:
    return any(unicodedata.category(sign) not in UNSEEN for sign in text)


def _problem(broken: dict, cells: Mapping[str, object], file: str, line: int) -> Problem:
    column = str(broken["loc"][0])
    value = cells.get(column)
    rule = broken["msg"].removeprefix("Value error, ").split(", not ")[0]
    mend = "correct the cell" if column in REQUIRED else "correct the cell, or leave it empty"
    return Problem(file, rule, mend, line, column, str(value)[:80])


def names(specialties: Iterable[str], states: pd.DataFrame) -> dict[str, dict[str, str]]:
    """The names `read_csv` knows, by column and folded form; states (state, code) by either."""
    return {
        "specialty": {_fold(name): name for name in specialties},
        "state": {_fold(form): row.state for row in states.itertuples() for form in row[1:3]},
    }


def read_csv(
    content: bytes, file: str, known: Mapping[str, Mapping[str, str]]
) -> tuple[TargetProgram, ...]:
    """Programs from a CSV file with a header of `COLUMNS`, in any order; only `REQUIRED` must be.

    known: canonical names by column and folded form, see `names`. Raises DataError with every
    problem found; then nothing of the file is taken.
    """
    header, rows = _rows(content, file)
    problems: list[Problem] = []
    found: dict[str, TargetProgram] = {}
    for line, row in rows:
        if len(row) != len(header):
            problems.append(Problem(file, f"a row has {len(header)} cells, as the header",
                                    "put a text that holds commas in double quotes", line,
                                    value=f"{len(row)} cells"))  # fmt: skip
            continue
        cells = {name: _cell(name, value) for name, value in zip(header, row, strict=True)}
        unknown = _canonical(cells, known, file, line)
        program, broken = check_row(cells, file, line)
        problems += unknown + broken
        if program and identity(program) in found:
            problems.append(Problem(file, "a program stands in the list once", "remove one of the "
                                    "rows, or tell them apart by city or code", line,
                                    value=program.label))  # fmt: skip
        elif program:
            found[identity(program)] = program
    if problems:
        raise DataError(problems)
    return tuple(found.values())


def _rows(content: bytes, file: str) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The header, and every row that is not blank with the line it starts on."""

    def refuse(rule: str, mend: str, **place) -> None:
        raise DataError([Problem(file, rule, mend, **place)])

    if len(content) > LARGEST:
        refuse(f"a list has at most {LARGEST:,} bytes", "shorten the notes, or bring it in parts",
               value=f"{len(content):,} bytes")  # fmt: skip
    rows, start = [], 1
    try:
        reader = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append((start, row))
            start = reader.line_num + 1
    except UnicodeDecodeError:
        refuse("a list is a CSV file in UTF-8", "save it as “CSV UTF-8” in the spreadsheet")
    except csv.Error as error:
        refuse("cells are separated by commas, texts with commas or quotes in double quotes",
               f"save it again as CSV ({error})", line=start)  # fmt: skip
    header = [_fold(cell).replace(" ", "_") for cell in (rows[0][1] if rows else [])]
    mend = "name the columns as the saved list does: " + ", ".join(COLUMNS)
    for name in REQUIRED:
        if name not in header:
            refuse(f"there is a column {name}", mend, line=1)
    for place, name in enumerate(header):
        if name not in COLUMNS:
            refuse("a column is one of the list's", mend, line=1, column=name[:80])
        if name in header[:place]:
            refuse("a column stands once", "remove one of the two", line=1, column=name)
    if len(rows) - 1 > PROGRAMS:
        refuse(f"a list has at most {PROGRAMS} programs", "remove some",
               value=f"{len(rows) - 1:,} rows")  # fmt: skip
    return header, rows[1:]


def _cell(column: str, text: str) -> object:
    text = text.strip()
    if text.startswith(QUOTED):
        text = text[1:]
    if text == "":
        return None
    if column == "interviewed":
        return YES_NO.get(text.casefold(), text)
    return text.removesuffix("%").strip() if column == "img_percent" else text


def _canonical(cells: dict, known: Mapping, file: str, line: int) -> list[Problem]:
    """Put the canonical names into `cells`; a name that is not known is a problem."""
    problems = []
    for column, forms in known.items():
        value = cells.get(column)
        if value is None:
            continue
        if _fold(value) in forms:
            cells[column] = forms[_fold(value)]
            continue
        near = difflib.get_close_matches(_fold(value), forms, n=3, cutoff=0.5)
        hint = f"nearest known: {', '.join(dict.fromkeys(forms[form] for form in near))}; "
        problems.append(Problem(file, f"the {column} is one that the tables know",
                                (hint if near else "") + "correct the name", line, column,
                                value[:80]))  # fmt: skip
    return problems


def _fold(text: str) -> str:
    return " ".join(text.casefold().split())
