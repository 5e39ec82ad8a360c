"""Opening a finished build."""

from pathlib import Path
from typing import Any

import duckdb


def read_only(file: Path) -> duckdb.DuckDBPyConnection:
    """A connection that can neither write the build nor reach anything outside of it.

    DuckDB wants every connection of a process to one file to be configured alike, so all that read
    a build open it here. Raises duckdb.IOException where there is no such file.
    """
    return duckdb.connect(
        str(file.resolve()),
        read_only=True,
        config={"enable_external_access": "false", "lock_configuration": "true"},
    )


def one_row(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    """The first row that a query has. Raises LookupError where it has none."""
    row = connection.execute(query).fetchone()
    if row is None:
        raise LookupError(f"no row: {query}")
    return row
