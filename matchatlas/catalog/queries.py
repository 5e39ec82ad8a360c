"""How a query is asked, and its answer kept: what every subject's queries stand on."""

import functools
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

import pandas as pd

from etl.database import one_row, read_only

Asked = ParamSpec("Asked")
Subject = TypeVar("Subject", bound="Queries")
Query = Callable[Concatenate[Subject, Asked], pd.DataFrame]


def kept(query: Query[Subject, Asked]) -> Query[Subject, Asked]:
    """Keep a query's answer for the life of the catalog, that is, of the build it reads.

    Callers get a copy-on-write copy, so that none can change what another will read.
    """

    @functools.wraps(query)
    def answer(self: Subject, *asked: Asked.args, **named: Asked.kwargs) -> pd.DataFrame:
        key = (query.__name__, asked, tuple(named.items()))
        if key not in self._answers:
            self._answers[key] = query(self, *asked, **named)
        return self._answers[key].copy(deep=False)

    return answer


class Queries:
    """One build, open to read. Every frame carries `source_id` where it holds figures."""

    def __init__(self, database: Path):
        self.file = database.resolve()  # the build's own, wherever a link leads later
        self._connection = read_only(database)
        self._answers: dict[tuple, pd.DataFrame] = {}
        self.build_id: str
        self.built_at: datetime
        self.build_id, self.built_at = one_row(self._connection, "SELECT build_id, built_at FROM build")

    def _query(self, sql: str, *parameters: str | int) -> pd.DataFrame:
        # A cursor a call: cursors may be used from several threads, one connection may not.
        return self._connection.cursor().execute(sql, list(parameters)).df()

    @kept
    def table(self, name: str) -> pd.DataFrame:
        """A whole mart, ordered. Raises KeyError where there is no such mart."""
        if name not in {*self.tables()["table_name"], *self.marts()["mart"]}:
            raise KeyError(name)
        return self._query(f'SELECT * FROM "{name}" ORDER BY ALL')

    @kept
    def tables(self) -> pd.DataFrame:
        """table_name, rows of every mart."""
        return self._query(
            """SELECT table_name, estimated_size AS rows FROM duckdb_tables()
               WHERE schema_name = 'main' ORDER BY table_name"""
        )

    @kept
    def marts(self) -> pd.DataFrame:
        """What each table holds: mart, title, grain (what one row is), key."""
        return self._query("SELECT * FROM about.mart ORDER BY mart")
