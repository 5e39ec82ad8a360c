"""Opening a finished build."""

from contextlib import suppress
from pathlib import Path
from typing import Any

import duckdb

CLOSED: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "lock_configuration": "true",
}


def read_only(file: Path) -> duckdb.DuckDBPyConnection:
    """A connection that can neither write the build nor reach anything outside of it.

    DuckDB wants every connection of a process to one file to be configured alike, so all that read
    a build open it here. Raises duckdb.IOException where there is no such file.
    """
    name = str(file.resolve())
    if "?" not in name:
        return duckdb.connect(name, read_only=True, config=CLOSED)
    # Here DuckDB looks for its log elsewhere, which it may not once it is closed.
    connection = duckdb.connect(name, read_only=True)
    with suppress(duckdb.InvalidInputException):  # another connection has closed it
        connection.execute("; ".join(f"SET {setting} = {value}" for setting, value in CLOSED.items()))
    return connection


def one_row(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    """The first row that a query has. Raises LookupError where it has none."""
    row = connection.execute(query).fetchone()
    if row is None:
        raise LookupError(f"no row: {query}")
    return row
