"""Read an input file and hold it against its contract.

Every rule is a vectorized mask, so that a table a hundred times today's size is checked in
seconds, and every broken rule becomes a `Problem` with file, row, column, value and mend.
"""

from pathlib import Path

import duckdb
import pandas as pd

from etl.contract import Column, Contract
from etl.dimensions import Dimension, Dimensions, fold
from etl.problems import DataError, Problem

DIGITS_ONLY = "write digits only, without thousands separator, percent sign, unit or footnote mark"


def read_table(contract: Contract, dimensions: Dimensions) -> pd.DataFrame:
    """The rows of all files of one table, typed, with `file` and `line` (as an editor counts).

    Raises DataError with every problem found in all of its files.
    """
    paths = dimensions.paths
    frames, problems = [], []
    for path in contract.paths(paths):
        name = path.relative_to(paths.data.parent).as_posix()
        try:
            frames.append(check_file(path, name, contract, dimensions))
        except DataError as error:
            problems += error.problems
    if problems:
        raise DataError(problems)
    if not frames:
        return _empty(contract)
    table = pd.concat(frames, ignore_index=True)
    if repeated := _repeated(table, contract):
        raise DataError(repeated)
    return table


def check_file(path: Path, name: str, contract: Contract, dimensions: Dimensions) -> pd.DataFrame:
    """One file, checked and typed; `name` is how messages and lineage call it.

    Raises DataError with every problem found.
    """
    printed = _read_csv(path, name, contract)
    printed = printed.apply(lambda column: column.str.strip())
    problems: list[Problem] = []
    typed = {}
    for column, rules in contract.columns.items():
        typed[column], found = _typed(printed[column], rules, dimensions)
        problems += [
            Problem(name, rule, mend, line, column, value) for line, value, rule, mend in found
        ]
    table = pd.DataFrame(typed).assign(file=name, line=printed.index.to_numpy() + 2)
    # Identities and keys speak of sound values only.
    if not problems:
        problems = _repeated(table, contract) + _broken_identities(table, contract)
    if problems:
        raise DataError(problems)
    return table


def _read_csv(path: Path, name: str, contract: Contract) -> pd.DataFrame:
    def refuse(rule: str, mend: str, **place):
        return DataError([Problem(name, rule, mend, **place)])

    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise refuse(f"is UTF-8 text (byte {error.start} is not)", "save it as UTF-8") from None
    except pd.errors.EmptyDataError:
        raise refuse("holds a header row", f"start with: {','.join(contract.columns)}") from None
    except pd.errors.ParserError as error:
        detail = str(error).removeprefix("Error tokenizing data. C error: ").strip()
        raise refuse(
            "every row has as many cells as the header",
            f"put quotes around text with commas ({detail})",
        ) from None
    if not isinstance(table.index, pd.RangeIndex):
        raise refuse(
            "every row has as many cells as the header",
            "put quotes around text with commas; every row here has a cell too many",
        )
    for column, rules in contract.columns.items():
        if column not in table and rules.required:
            raise refuse(
                "has every required column of its contract",
                f"add the column (found: {', '.join(table.columns)})",
                line=1,
                column=column,
            )
    for column in table.columns:
        if column not in contract.columns:
            raise refuse(
                "has only columns of its contract",
                f"remove the column or add it to etl/contracts/{contract.name}.yml",
                line=1,
                column=str(column),
            )
    # A table may have been kept before a column that may be empty came to its contract.
    return table.reindex(columns=list(contract.columns), fill_value="")


def _typed(printed: pd.Series, rules: Column, dimensions: Dimensions):
    """The typed column and its problems as (line, value, rule, mend)."""
    found: list[tuple[int, str, str, str]] = []

    def report(bad: pd.Series, rule: str, mend) -> None:
        for index in printed.index[bad.to_numpy(dtype=bool, na_value=False)]:
            value = printed[index]
            found.append((index + 2, value, rule, mend(value) if callable(mend) else mend))

    missing = printed == ""
    if rules.required:
        report(missing, "is not empty", "fill in the published value, or remove the row")
    present = printed.mask(missing)
    if rules.type in ("integer", "number"):
        shape = r"-?\d{1,15}" if rules.type == "integer" else r"-?\d{1,15}(\.\d{1,15})?"
        numeric = printed.str.fullmatch(shape)
        what = "is a whole number" if rules.type == "integer" else "is a number"
        report(~numeric & ~missing, what, DIGITS_ONLY)
        values = pd.to_numeric(present.where(numeric))
        values = values.astype("Int64" if rules.type == "integer" else "Float64")
        if rules.min is not None:
            report(values < rules.min, f"is at least {rules.min:g}", "compare with the publication")
        if rules.max is not None:
            report(values > rules.max, f"is at most {rules.max:g}", "compare with the publication")
        return values, found
    if rules.type == "date":
        values = pd.to_datetime(present, format="%Y-%m-%d", errors="coerce")
        report(values.isna() & ~missing, "is a date", "write it as year-month-day: 2026-03-20")
        return values, found
    report(
        printed.str.startswith(("=", "+", "-", "@")),
        "is text, no formula",
        "paste the value, not the formula",
    )
    if rules.allowed:
        report(
            ~present.isin(rules.allowed) & ~missing,
            f"is one of: {'; '.join(rules.allowed)}",
            "correct the spelling",
        )
    if rules.pattern:
        report(
            ~printed.str.fullmatch(rules.pattern) & ~missing,
            f"has the form {rules.pattern}",
            "write it as the other rows do",
        )
    if rules.dimension:
        _report_unknown(present, dimensions[rules.dimension], report)
    return present, found


def _report_unknown(present: pd.Series, dimension: Dimension, report) -> None:
    folded = {value: fold(value) for value in present.dropna().unique()}
    unknown = {value for value, form in folded.items() if form not in dimension.aliases}
    report(present.isin(unknown), f"is a known {dimension.name.replace('_', ' ')}", dimension.mend)


def _repeated(table: pd.DataFrame, contract: Contract) -> list[Problem]:
    key = list(contract.key)
    twice = table[table.duplicated(key)]
    if twice.empty:
        return []
    first = table.drop_duplicates(key).set_index(key)[["file", "line"]]
    problems = []
    for row in twice.to_dict("records"):
        value = tuple(row[column] for column in key)
        there = first.loc[value if len(key) > 1 else value[0]]
        problems.append(
            Problem(
                row["file"],
                f"{', '.join(key)} occur together once",
                f"remove one of the two: the same key stands in {there.file}, row {there.line}",
                row["line"],
                key[-1],
                " / ".join(map(str, value)),
            )
        )
    return problems


def _broken_identities(rows: pd.DataFrame, contract: Contract) -> list[Problem]:
    problems = []
    for identity in contract.identities:
        # A figure that is missing makes the condition NULL: nothing to object to.
        broken = duckdb.sql(f"SELECT * FROM rows WHERE NOT ({identity.holds})").df()
        used = [
            column
            for column in contract.columns
            if column in identity.holds and contract.columns[column].type != "text"
        ]
        for row in broken.to_dict("records"):
            value = ", ".join(f"{column} {row[column]}" for column in used)
            problems.append(
                Problem(
                    row["file"],
                    identity.rule,
                    identity.mend,
                    row["line"],
                    used[0] if used else None,
                    value,
                )
            )
    return problems


def _empty(contract: Contract) -> pd.DataFrame:
    """A table nobody has added yet: its columns, no rows."""
    kinds = {"integer": "Int64", "number": "Float64", "text": "str", "date": "datetime64[s]"}
    columns = {name: pd.Series(dtype=kinds[rules.type]) for name, rules in contract.columns.items()}
    return pd.DataFrame(
        columns | {"file": pd.Series(dtype="str"), "line": pd.Series(dtype="Int64")}
    )
