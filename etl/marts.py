"""The marts: the tables that pages, API and export read, one SQL file and one description each.

`etl/marts/<name>.sql` makes the mart from the checked input (`raw`) and from other marts;
`<name>.yml` tells what it holds: title, grain, key, columns. A description without SQL speaks of a
table that the build itself records.
"""

import re
from collections.abc import Iterable
from graphlib import TopologicalSorter
from pathlib import Path

import duckdb
import pandas as pd
from pydantic import BaseModel, ConfigDict, TypeAdapter

from etl import yamlfile
from etl.contract import Contract, Words
from etl.paths import Paths
from etl.problems import DataError, Problem


class Mart(BaseModel):
    """One mart's description.

    grain: what one row is; key: columns that occur together once; columns: every column, in order;
    words: title, meaning and unit of columns for which the glossary's are not the right ones.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = ""  # the file's own
    title: str
    grain: str
    key: tuple[str, ...]
    columns: tuple[str, ...]
    words: dict[str, Words] = {}
    sql: str = ""


_SHAPE = TypeAdapter(Mart)


def load_marts(paths: Paths) -> list[Mart]:
    """Every mart, each after those it reads.

    Raises DataError where a description is not of the form, a SQL file has none, or one mart reads another in a circle.
    """
    found = {file.stem: _load(file) for file in sorted(paths.marts.glob("*.yml"))}
    for file in sorted(paths.marts.glob("*.sql")):
        if file.stem not in found:
            raise _refused(file.stem, "has a description", f"write etl/marts/{file.stem}.yml beside it")
    reads = {
        name: set(re.findall(r"(?:FROM|JOIN)\s+(\w+)", mart.sql)) & (found.keys() - {name})
        for name, mart in found.items()
    }
    return [found[name] for name in TopologicalSorter(reads).static_order()]


def fill(connection: duckdb.DuckDBPyConnection, marts: list[Mart], words: dict[str, Words]) -> None:
    """Make every mart, hold it against its description, and record the descriptions; words: the
    glossary.

    They stand in the schema `about`: `mart` (mart, title, grain, key) and `mart_column` (mart,
    position, column, title, meaning, unit).
    """
    for mart in marts:
        if mart.sql:
            connection.execute(mart.sql)
        _hold(connection, mart, words)
    connection.execute("CREATE SCHEMA about")
    _record(
        connection,
        "mart",
        ["title", "grain", "key"],
        [(mart.name, mart.title, mart.grain, ", ".join(mart.key)) for mart in marts],
    )
    columns = {mart.name: {c: mart.words.get(c) or words[c] for c in mart.columns} for mart in marts}
    _record_columns(connection, "mart", columns)


def describe_inputs(
    connection: duckdb.DuckDBPyConnection, contracts: Iterable[Contract], words: dict[str, Words]
) -> None:
    """Record what the input tables and their columns mean, as `fill` does for the marts:
    `about.input` (input, title, publisher, key) and `about.input_column`.

    Raises DataError where a column of a contract has no words.
    """
    columns: dict[str, dict[str, Words]] = {}
    for contract in contracts:
        columns[contract.name] = {}
        for name, rules in contract.columns.items():
            if not (rules.words or name in words):
                raise DataError(
                    [
                        Problem(
                            f"etl/contracts/{contract.name}.yml",
                            "describes every column",
                            f"add {name} to etl/glossary.yml",
                            column=name,
                        )
                    ]
                )
            columns[contract.name][name] = rules.words or words[name]
    _record(
        connection,
        "input",
        ["title", "publisher", "key"],
        [(c.name, c.title, c.publisher, ", ".join(c.key)) for c in contracts],
    )
    _record_columns(connection, "input", columns)


def _load(file: Path) -> Mart:
    described = yamlfile.load(file, f"etl/marts/{file.name}", _SHAPE).content
    script = file.with_suffix(".sql")
    sql = script.read_text(encoding="utf-8") if script.exists() else ""
    return described.model_copy(update={"name": file.stem, "sql": sql})


def _hold(connection: duckdb.DuckDBPyConnection, mart: Mart, words: dict[str, Words]) -> None:
    made = [row[0] for row in connection.execute(f'DESCRIBE "{mart.name}"').fetchall()]
    if made != list(mart.columns) or not set(mart.key) <= set(made):
        raise _refused(mart.name, "has the columns its description names", f"it has {made}")
    for column in mart.columns:
        if column not in words and column not in mart.words:
            raise _refused(mart.name, "describes every column", f"add {column} to etl/glossary.yml", column)
    key = ", ".join(f'"{column}"' for column in mart.key)
    twice = connection.execute(
        f'SELECT {key}, count(*) FROM "{mart.name}" GROUP BY ALL HAVING count(*) > 1 LIMIT 1'
    ).fetchone()
    if twice:
        told = " / ".join(map(str, twice[:-1]))
        mend = f"two rows of the input are one in this mart, or the key lacks a column: {told}"
        raise _refused(mart.name, f"{', '.join(mart.key)} occur together once", mend)


def _record(connection: duckdb.DuckDBPyConnection, of: str, columns: list[str], rows) -> None:
    _put(connection, of, pd.DataFrame(rows, columns=[of, *columns]))


def _record_columns(connection, of: str, described: dict[str, dict[str, Words]]) -> None:
    rows = [
        (name, place, column, *words)
        for name, columns in described.items()
        for place, (column, words) in enumerate(columns.items())
    ]
    names = [of, "position", "column", *Words._fields]
    _put(connection, f"{of}_column", pd.DataFrame(rows, columns=names))


def _put(connection: duckdb.DuckDBPyConnection, name: str, frame: pd.DataFrame) -> None:
    connection.register("frame", frame)
    connection.execute(f"CREATE TABLE about.{name} AS SELECT * FROM frame")
    connection.unregister("frame")


def _refused(name: str, rule: str, mend: str, column: str = "") -> DataError:
    return DataError([Problem(f"etl/marts/{name}.yml", rule, mend, column=column or None)])
