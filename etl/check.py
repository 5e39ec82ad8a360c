"""Read the input files and hold them against their contract.

A contract is compiled to SQL: DuckDB reads a file once, types it and judges every row of it. Only
where one breaks a rule is the file looked at again, rule by rule, so that every problem is told
with file, row, column, value, rule and mend.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import duckdb
import pandas as pd

from etl import csvfile
from etl.contract import Column, Contract
from etl.database import one_row
from etl.dimensions import Dimensions, fold
from etl.problems import DataError, Problem

DIGITS_ONLY = "write digits only, without thousands separator, percent sign, unit or footnote mark"
TYPES = {"integer": "BIGINT", "number": "DOUBLE", "text": "VARCHAR", "date": "DATE"}
SPACES = " \t\n\r\v\f\u00a0\u2002\u2003\u2007\u2009\u202f\u3000"
# Of one rule so many rows of a file are told: a file of another kind breaks it in every row.
TOLD = 1000


class Rule(NamedTuple):
    """What one value must be: SQL that is true for a bad cell, and how that is told; where mend
    is None, the dimension tells it from the value."""

    broken: str
    rule: str
    mend: str | None


def prepare(connection: duckdb.DuckDBPyConnection, dimensions: Dimensions) -> None:
    """Make the schema `raw`, and the names by which the files may call things."""
    forms = [
        (name, printed, canonical)
        for name in ("specialty", "applicant_type", "state", "source")
        for printed, canonical in dimensions[name].forms.items()
    ]
    connection.register("frame", pd.DataFrame(forms, columns=["dimension", "printed", "name"]))
    connection.execute("CREATE SCHEMA raw; CREATE TEMP TABLE form AS SELECT * FROM frame")
    connection.unregister("frame")
    # The names are the small side of every join, however many rows DuckDB expects of a file.
    connection.execute("SET disabled_optimizers = 'join_order,build_side_probe_side'")


def load(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    dimensions: Dimensions,
    files: dict[str, Path] | None = None,
) -> list[Problem]:
    """Read a table's files into `raw.<name>`: typed, names canonical, with `file` and `line` (as an
    editor counts). Returns every problem found.

    files: by the name that messages and lineage give them; the contract's own where not given.
    """
    if files is None:
        found = contract.paths(dimensions.paths)
        files = {path.relative_to(dimensions.paths.data.parent).as_posix(): path for path in found}
    columns = ", ".join(f'"{name}" {TYPES[rules.type]}' for name, rules in contract.columns.items())
    connection.execute(f'CREATE TABLE raw."{contract.name}" ({columns}, file VARCHAR, line BIGINT)')
    parts, problems = [], []
    for name, path in files.items():
        part = _File(connection, path, name, contract, dimensions)
        try:
            part.read()
        except DataError as error:
            problems += error.problems
        parts.append(part)
    problems = problems or _repeated(connection, contract, parts)
    connection.execute("DROP TABLE IF EXISTS staged")
    return problems


def read_table(contract: Contract, dimensions: Dimensions) -> pd.DataFrame:
    """The rows of a table as `load` reads them. Raises DataError with every problem found."""
    with duckdb.connect() as connection:
        prepare(connection, dimensions)
        if problems := load(connection, contract, dimensions):
            raise DataError(problems)
        return connection.execute(f'FROM raw."{contract.name}"').df()


def check_file(path: Path, name: str, contract: Contract, dimensions: Dimensions) -> None:
    """Check one file; `name` is how messages call it. Raises DataError with every problem found."""
    with duckdb.connect() as connection:
        prepare(connection, dimensions)
        if problems := load(connection, contract, dimensions, {name: path}):
            raise DataError(problems)


@dataclass
class _File:
    """One file on its way into its table."""

    connection: duckdb.DuckDBPyConnection
    path: Path
    name: str
    contract: Contract
    dimensions: Dimensions

    def read(self) -> None:
        """Append the rows to the table. Raises DataError with every problem of the file."""
        self.header = csvfile.header(self.path, self.name, self.contract)
        try:
            rows = self._insert(trimmed=False)
        except duckdb.OperationalError:
            raise  # the disk, not the file
        except duckdb.Error:
            rows = self._read_with_care()
        self.lines = csvfile.lines(self.path, self.name, rows)
        if self.lines:
            frame = pd.DataFrame({"row": range(2, len(self.lines) + 2), "line": self.lines})
            self.connection.register("frame", frame)
            self.connection.execute(
                f"""UPDATE raw."{self.contract.name}" SET line = frame.line FROM frame
                    WHERE file = ? AND "{self.contract.name}".line = frame.row""",
                [self.name],
            )
            self.connection.unregister("frame")

    def _read_with_care(self) -> int:
        """Cells taken out of their white space, names in any case: what is left is a fault."""
        try:
            self.stage()
        except duckdb.OperationalError:
            raise
        except duckdb.Error as error:
            wrong = csvfile.fault(self.path, self.name, len(self.header), error)
            raise DataError([wrong]) from None
        (rows,) = one_row(self.connection, "SELECT count(*) FROM staged")
        self.lines = csvfile.lines(self.path, self.name, rows)
        self._learn_forms()
        problems = list(self._broken_rules())
        # Identities speak of sound values only.
        if problems := problems or list(self._broken_identities()):
            raise DataError(problems)
        return self._insert(trimmed=True)

    def stage(self) -> None:
        """The temporary table `staged`: the file's cells as trimmed text, and `row_` from 2 on."""
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE staged AS {self._printed(True)}")

    def _printed(self, trimmed: bool, numbered: bool = True) -> str:
        def cell(name: str) -> str:
            # A file may have been kept before a column that may be empty came to its contract.
            if name not in self.header:
                return f'NULL::VARCHAR AS "{name}"'
            return f'{_trimmed(name)} AS "{name}"' if trimmed else f'"{name}"'

        cells = ", ".join(map(cell, self.contract.columns))
        # Numbering rows while they are read would take one core; a table knows its rows by itself.
        row = "1 + row_number() OVER () AS row_, " if numbered else ""
        return f"""SELECT {row}{cells}
                   FROM {csvfile.scan(self.path, self.header)}"""

    def _insert(self, trimmed: bool) -> int:
        """Append every row, or none where one breaks a rule (duckdb.Error); returns their number."""
        columns = self.contract.columns
        bad = [
            rule.broken
            for name, rules in columns.items()
            for rule in _rules(name, rules, trimmed)
            if rule.mend is not None
        ]
        typed = ", ".join(f'{_typed(name, rules)} AS "{name}"' for name, rules in columns.items())
        broken = [f"NOT ({identity.holds})" for identity in self.contract.identities]
        named = [name for name, rules in columns.items() if rules.dimension]
        unknown = [f'"{name}" IS NOT NULL AND "form_{name}".name IS NULL' for name in named]
        values = ", ".join(f'"form_{name}".name' if name in named else f'"{name}"' for name in columns)
        forms = " ".join(
            f"""LEFT JOIN (SELECT printed, name FROM form WHERE dimension = '{columns[name].dimension}')
                AS "form_{name}" ON "form_{name}".printed = "{name}" """
            for name in named
        )
        file = self.name.replace("'", "''")
        table = f'raw."{self.contract.name}"'
        (before,) = one_row(self.connection, f"SELECT count(*) FROM {table}")
        (rows,) = one_row(
            self.connection,
            f"""
            INSERT INTO {table} SELECT {values}, '{file}', NULL FROM (
                SELECT *, bad_ OR {_any(broken)} AS broken_
                FROM (SELECT {typed}, {_any(bad)} AS bad_ FROM ({self._printed(trimmed, False)})))
            {forms}
            WHERE CASE WHEN broken_ OR {_any(unknown)} THEN error('a row breaks a rule') ELSE true END""",
        )
        self.connection.execute(f"UPDATE {table} SET line = rowid + 2 - {before} WHERE line IS NULL")
        return rows

    def _learn_forms(self) -> None:
        """Add to the known names those that differ from one in case or spaces."""
        for name, rules in self.contract.columns.items():
            if rules.dimension:
                aliases = self.dimensions[rules.dimension].aliases
                found = self.connection.execute(
                    f"""SELECT DISTINCT "{name}" FROM staged WHERE "{name}" IS NOT NULL
                        AND "{name}" NOT IN (SELECT printed FROM form WHERE dimension = ?)""",
                    [rules.dimension],
                ).fetchall()
                new = [
                    (rules.dimension, printed, aliases[fold(printed)])
                    for (printed,) in found
                    if fold(printed) in aliases
                ]
                if new:
                    self.connection.executemany("INSERT INTO form VALUES (?, ?, ?)", new)

    def _broken_rules(self) -> Iterator[Problem]:
        for name, rules in self.contract.columns.items():
            dimension = self.dimensions[rules.dimension] if rules.dimension else None
            mends: dict[str, str] = {}
            for broken, rule, mend in _rules(name, rules, trimmed=True):
                for row, value in self._first(f'row_, "{name}"', broken):
                    if dimension and mend is None and value not in mends:
                        mends[value] = dimension.mend(value)
                    yield Problem(
                        self.name,
                        rule,
                        mend or mends[value],
                        self.lines[row - 2] if self.lines else row,
                        name,
                        value or "",
                    )

    def _broken_identities(self) -> Iterator[Problem]:
        columns = self.contract.columns
        typed = ", ".join(f'{_typed(name, rules)} AS "{name}"' for name, rules in columns.items())
        for identity in self.contract.identities:
            used = [
                name for name, rules in columns.items() if name in identity.holds and rules.type != "text"
            ]
            wanted = ", ".join(["row_", *(f'"{name}"' for name in used)])
            try:
                rows = self._first(wanted, f"NOT ({identity.holds})", f"(SELECT row_, {typed} FROM staged)")
            except duckdb.ProgrammingError as error:
                yield Problem(
                    f"etl/contracts/{self.contract.name}.yml",
                    "an identity is SQL over the columns",
                    f"correct it ({str(error).splitlines()[0]})",
                    value=identity.holds,
                )
                continue
            for row, *values in rows:
                told = ", ".join(f"{name} {value}" for name, value in zip(used, values, strict=True))
                yield Problem(
                    self.name,
                    identity.rule,
                    identity.mend,
                    self.lines[row - 2] if self.lines else row,
                    used[0] if used else None,
                    told,
                )

    def _first(self, wanted: str, condition: str, of: str = "staged") -> list[tuple]:
        return self.connection.execute(
            f"SELECT {wanted} FROM {of} WHERE {condition} ORDER BY row_ LIMIT {TOLD}"
        ).fetchall()

    def printed_keys(self, lines: set[int]) -> list[tuple[int, tuple]]:
        """The keys that stand in some lines, as printed, in the order of the lines."""
        rows = (
            {row: line for row, line in enumerate(self.lines, 2) if line in lines}
            if self.lines
            else {line: line for line in lines}
        )
        key = self.contract.key
        trimmed = ", ".join(f'{_trimmed(name)} AS "{name}"' for name in key)
        typed = ", ".join(_typed(name, self.contract.columns[name]) for name in key)
        self.connection.register("frame", pd.DataFrame({"row_": list(rows)}, dtype="int64"))
        found = self.connection.execute(
            f"""SELECT row_, {typed} FROM (SELECT row_, {trimmed} FROM ({self._printed(False)})
                SEMI JOIN frame USING (row_)) ORDER BY row_"""
        ).fetchall()
        self.connection.unregister("frame")
        return [(rows[row], tuple(key)) for row, *key in found]


def _any(conditions: list[str]) -> str:
    """True where one of the conditions is; unknown where none is and a figure is missing."""
    return " OR ".join(f"({condition})" for condition in conditions) or "false"


def _trimmed(name: str) -> str:
    return f"nullif(trim(\"{name}\", '{SPACES}'), '')"


def _typed(name: str, rules: Column) -> str:
    return f'"{name}"' if rules.type == "text" else f'TRY_CAST("{name}" AS {TYPES[rules.type]})'


def _rules(name: str, rules: Column, trimmed: bool) -> Iterator[Rule]:
    """The rules of one column as SQL over its cells as text. Untrimmed, white space around a cell
    is a fault too: the file is then read again with care."""
    cell = f'"{name}"'
    if rules.required:
        yield Rule(f"{cell} IS NULL", "is not empty", "fill in the published value, or remove the row")
    if rules.type in ("integer", "number"):
        shape = r"-?[0-9]{1,15}" + ("" if rules.type == "integer" else r"(\.[0-9]{1,15})?")
        what = "is a whole number" if rules.type == "integer" else "is a number"
        yield Rule(f"NOT regexp_full_match({cell}, '{shape}')", what, DIGITS_ONLY)
        for limit, sign, words in ((rules.min, "<", "at least"), (rules.max, ">", "at most")):
            if limit is not None:
                yield Rule(
                    f"{_typed(name, rules)} {sign} {limit:g}",
                    f"is {words} {limit:g}",
                    "compare with the publication",
                )
    elif rules.type == "date":
        shape = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
        yield Rule(
            f"NOT regexp_full_match({cell}, '{shape}') OR {cell} IS NOT NULL AND {_typed(name, rules)} IS NULL",
            "is a date",
            "write it as year-month-day: 2026-03-20",
        )
    else:
        yield from _text_rules(cell, rules, trimmed)


def _text_rules(cell: str, rules: Column, trimmed: bool) -> Iterator[Rule]:
    if rules.dimension:
        known = f"(SELECT printed FROM form WHERE dimension = '{rules.dimension}')"
        yield Rule(f"{cell} NOT IN {known}", f"is a known {rules.dimension.replace('_', ' ')}", None)
    else:
        start = (
            "ascii({0}) IN (61, 43, 45, 64)"
            if trimmed
            else (r"NOT regexp_full_match({0}, '[^=+@\s\p{{Z}}-](?s:.*[^\s\p{{Z}}])?')")
        )
        yield Rule(start.format(cell), "is text, no formula", "paste the value, not the formula")
    if rules.allowed:
        values = ", ".join("'" + value.replace("'", "''") + "'" for value in rules.allowed)
        yield Rule(
            f"{cell} NOT IN ({values})", f"is one of: {'; '.join(rules.allowed)}", "correct the spelling"
        )
    if rules.pattern:
        pattern = rules.pattern.replace("'", "''")
        yield Rule(
            f"NOT regexp_full_match({cell}, '{pattern}')",
            f"has the form {rules.pattern}",
            "write it as the other rows do",
        )


def _repeated(connection: duckdb.DuckDBPyConnection, contract: Contract, parts: list[_File]) -> list[Problem]:
    """Rows whose key stands twice, as printed: names that are one by now may share it."""
    table = f'raw."{contract.name}"'
    key = "hash({})".format(", ".join(f'"{name}"' for name in contract.key))
    sharing = connection.execute(
        f"""SELECT file, line FROM {table}
            WHERE {key} IN (SELECT {key} FROM {table} GROUP BY ALL HAVING count(*) > 1)"""
    ).fetchall()
    first: dict[tuple, tuple[str, int]] = {}
    problems: list[Problem] = []
    for part in parts if sharing else ():
        for line, printed in part.printed_keys({line for file, line in sharing if file == part.name}):
            there = first.setdefault(printed, (part.name, line))
            if there != (part.name, line) and len(problems) < TOLD:
                problems.append(
                    Problem(
                        part.name,
                        f"{', '.join(contract.key)} occur together once",
                        f"remove one of the two: the same key stands in {there[0]}, row {there[1]}",
                        line,
                        contract.key[-1],
                        " / ".join(map(str, printed)),
                    )
                )
    return problems
