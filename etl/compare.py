"""What a build changes: rows new, gone and changed, and jumps beyond the historic spread."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from etl import kept
from etl.contract import Contract
from etl.kept import Mart

# A change from one year to the next is a jump beyond this many historic standard deviations.
SPREADS = 4
# Counts of a few people jump by chance; below this former value nothing is flagged.
SMALLEST = 50


@dataclass(frozen=True)
class Difference:
    """One row that differs. kind: new, gone, changed or jump; detail says how."""

    table: str
    kind: str
    key: str
    detail: str

    def __str__(self) -> str:
        return f"{self.table}  {self.kind}: {self.key}{'  ' + self.detail if self.detail else ''}"


def compare(live: Path, candidate: Path, contracts: dict[str, Contract]) -> list[Difference]:
    """Differences of two builds' checked input rows, table by table, by the contract's key.

    A former build may be of an older contract: what it had no column for was missing there, and
    its rows may share a key.
    """
    found: list[Difference] = []
    with _both(live, candidate) as connection:
        for contract in contracts.values():
            if _held(connection, "former", contract) == _held(connection, "now", contract):
                continue
            _take(connection, "former", contract)
            _take(connection, "now", contract)
            for kind, query in _questions(contract):
                rows = connection.execute(query).fetchall()
                found += [Difference(contract.name, kind, key, detail) for key, detail in rows]
    return found


@contextmanager
def _both(live: Path, candidate: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        for name, file in (("former_build", live), ("now_build", candidate)):
            path = str(file.resolve()).replace("'", "''")
            connection.execute(f"ATTACH '{path}' AS {name} (READ_ONLY)")
        yield connection


def _columns(connection: duckdb.DuckDBPyConnection, side: str, contract: Contract) -> list[str]:
    """The columns of the table in that build; none where it has no such table."""
    there = connection.execute(
        """SELECT column_name FROM duckdb_columns()
           WHERE database_name = ? AND schema_name = 'raw' AND table_name = ? ORDER BY column_index""",
        [f"{side}_build", contract.name],
    ).fetchall()
    return [name for (name,) in there]


def _held(
    connection: duckdb.DuckDBPyConnection, side: str, contract: Contract
) -> tuple[list[str], Mart | None]:
    """What differs wherever the table does in the two builds: its columns and its checksum."""
    columns = _columns(connection, side, contract)
    if not columns:
        return columns, None
    held = kept.content(connection, f'{side}_build.raw."{contract.name}"')
    return columns, replace(held, name=contract.name)


def _take(connection: duckdb.DuckDBPyConnection, side: str, contract: Contract) -> None:
    """A table `former` or `now` of the table's rows in that build. Printed names of one canonical
    name share a key: `copy` numbers them, and the first of both builds are compared."""
    there = _columns(connection, side, contract)
    kinds = {"integer": "BIGINT", "number": "DOUBLE", "text": "VARCHAR", "date": "DATE"}
    columns = ", ".join(
        f'"{name}"' if name in there else f'NULL::{kinds[rules.type]} AS "{name}"'
        for name, rules in contract.columns.items()
    )
    rows = f"""SELECT {columns}, row_number() OVER (PARTITION BY {_listed(contract.key)} ORDER BY file, line) AS copy
               FROM {side}_build.raw."{contract.name}" """
    none = f"SELECT {columns}, 1 AS copy WHERE false"
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {side} AS {rows if there else none}")


def _listed(names, of: str = "") -> str:
    return ", ".join(f'{of}"{name}"' for name in names)


def _text(names, of: str = "") -> str:
    """The SQL of a key as one text."""
    parts = ", ".join(f"coalesce({of}\"{name}\"::VARCHAR, '')" for name in names)
    return f"concat_ws(' / ', {parts})"


def _questions(contract: Contract) -> Iterator[tuple[str, str]]:
    """Each kind of difference with the SQL that finds its keys and details."""
    key = contract.key
    alike = " AND ".join(f'former."{name}" IS NOT DISTINCT FROM now."{name}"' for name in key)
    same = f"{alike} AND former.copy = now.copy"
    for kind, here, there in (("new", "now", "former"), ("gone", "former", "now")):
        yield (
            kind,
            f"""SELECT {_text(key, f"{here}.")} AS key, '' FROM {here}
                        WHERE NOT EXISTS (FROM {there} WHERE {same}) ORDER BY {_listed(key)}""",
        )
    values = [name for name in contract.columns if name not in key]
    details = ", ".join(
        f"""CASE WHEN former."{name}" IS DISTINCT FROM now."{name}" THEN concat('{name} ',
            coalesce(former."{name}"::VARCHAR, 'missing'), ' -> ', coalesce(now."{name}"::VARCHAR, 'missing')) END"""
        for name in values
    )
    if values:
        yield (
            "changed",
            f"""
            SELECT {_text(key, "now.")}, concat_ws('; ', {details}) AS detail
            FROM former JOIN now ON {same} WHERE detail <> '' ORDER BY {_listed(key, "now.")}""",
        )
    for name in values if contract.year else ():
        if contract.columns[name].type == "integer":
            yield "jump", _jump(contract, name, alike)


def _jump(contract: Contract, column: str, alike: str) -> str:
    """New rows whose step from the year before lies beyond the spread of the former steps, both
    on the scale of logarithms."""
    year = contract.year
    others = [name for name in contract.key if name != year]
    group = f"PARTITION BY {_listed(others)}" if others else ""
    return f"""
        WITH stepped AS (
            SELECT *, "{column}" AS after, lag("{column}") OVER w AS before,
                   "{year}" - lag("{year}") OVER w = 1 AND before >= {SMALLEST} AS counts,
                   NOT EXISTS (FROM former WHERE {alike}) AS is_new
            FROM now WINDOW w AS ({group} ORDER BY "{year}")),
        grown AS (
            SELECT *, CASE WHEN after > 0 THEN ln(after / before) ELSE '-infinity'::DOUBLE END AS growth
            FROM stepped WHERE counts AND after IS NOT NULL)
        SELECT {_text(contract.key)}, format('{column} {{:,}} -> {{:,}}, beyond {SPREADS} times the '
               'historic spread: compare with the publication', before::BIGINT, after::BIGINT)
        FROM grown WHERE is_new AND abs(growth) > {SPREADS} * (
            SELECT stddev_samp(growth) FROM grown WHERE NOT is_new AND isfinite(growth))
        ORDER BY {_listed(contract.key)}"""
