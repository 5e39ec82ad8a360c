"""Build the database: all or nothing, then publish it by an atomic rename."""

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pandas as pd
from filelock import FileLock

from etl import lineage
from etl.check import read_table
from etl.compare import compare
from etl.contract import Contract, load_contracts
from etl.dimensions import NAMED, Dimensions, fold
from etl.paths import Paths
from etl.problems import DataError, Problem
from etl.progress import Progress, silent

KEPT_BUILDS = 5


@dataclass(frozen=True)
class Mart:
    """One table the pages read: its rows and an order-free checksum of its content."""

    name: str
    rows: int
    checksum: str


@dataclass(frozen=True)
class Build:
    """A finished build. `build_id` depends on the inputs alone, never on the clock."""

    build_id: str
    marts: tuple[Mart, ...]


def fingerprint(paths: Paths) -> str:
    """Twelve hex digits that change when any input of a build does: tables, names, sources,
    contracts, SQL, the ETL's own code."""
    digest = hashlib.sha256(duckdb.__version__.encode())
    for file in _inputs(paths):
        digest.update(file.name.encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def live_build_id(paths: Paths) -> str | None:
    """The id of the published build, or None where there is none."""
    live = paths.database.resolve()
    return live.stem if live.is_file() else None


def is_current(paths: Paths) -> bool:
    """Whether the published build answers the inputs: built from them, or chosen for them by
    `rollback`."""
    wanted, live = fingerprint(paths), live_build_id(paths)
    return live is not None and live in (wanted, _chosen(paths, wanted))


def ensure(paths: Paths, progress: Progress = silent) -> str:
    """Build and publish where the database is missing or older than its inputs.

    Returns the live build's id. Several processes may call it at once: one builds, the others
    wait. Raises DataError as `build` does.
    """
    if not is_current(paths):
        with FileLock(paths.lock):
            if not is_current(paths):
                _build(paths, progress)
    return live_build_id(paths)


def build(paths: Paths, progress: Progress = silent) -> Build:
    """Load, check and transform every table into a new file, then swap it in.

    progress: called with a share from 0 to 1 and what is being done. Only one process builds at
    a time; others wait for it.
    Raises DataError with every problem found; the published database then stays as it was.
    """
    with FileLock(paths.lock):
        return _build(paths, progress)


def _build(paths: Paths, progress: Progress) -> Build:
    with _candidate(paths, progress) as (unfinished, done):
        _record_differences(paths, unfinished, done.build_id)
        finished = paths.builds / f"{done.build_id}.duckdb"
        os.replace(unfinished, finished)
        publish(paths, finished)
    progress(1.0, "Published")
    return done


def _record_differences(paths: Paths, unfinished: Path, build_id: str) -> None:
    """Tell in the build itself how it differs from the newest other one, for the quality report."""
    others = [file for file in _by_age(paths) if file.stem != build_id]
    found = compare(others[-1], unfinished, load_contracts(paths)) if others else []
    table = pd.DataFrame(
        [vars(difference) | {"former_build_id": others[-1].stem} for difference in found],
        columns=["table", "kind", "key", "detail", "former_build_id"],
        dtype="str",
    )
    with duckdb.connect(str(unfinished)) as connection:
        connection.register("frame", table)
        connection.execute(
            """CREATE TABLE difference AS
               SELECT "table" AS table_name, kind, key, detail, former_build_id FROM frame"""
        )


def _by_age(paths: Paths) -> list[Path]:
    """The kept builds, oldest first."""
    return sorted(paths.builds.glob("*.duckdb"), key=lambda file: file.stat().st_mtime)


@contextmanager
def candidate(paths: Paths, progress: Progress = silent) -> Iterator[tuple[Path, Build]]:
    """A build beside the published one, checked and complete, that is gone after the `with`.

    Yields its file and what it holds. Raises DataError with every problem found.
    """
    with FileLock(paths.lock), _candidate(paths, progress) as made:
        yield made


@contextmanager
def _candidate(paths: Paths, progress: Progress) -> Iterator[tuple[Path, Build]]:
    build_id = fingerprint(paths)
    paths.builds.mkdir(exist_ok=True)
    # What a killed build left behind; the lock makes sure that nobody is at work on it.
    for left_over in paths.builds.glob("*.tmp*"):
        left_over.unlink()
    unfinished = paths.builds / f"{build_id}.tmp"
    dimensions = Dimensions(paths)
    tables = read_all(dimensions, progress)
    try:
        with duckdb.connect(str(unfinished)) as connection:
            marts = _fill(connection, dimensions, tables, build_id, progress)
        yield unfinished, Build(build_id, marts)
    finally:
        unfinished.unlink(missing_ok=True)


def read_all(dimensions: Dimensions, progress: Progress = silent) -> dict[Contract, pd.DataFrame]:
    """Every table of every contract, checked. Raises DataError with the problems of all files."""
    contracts = load_contracts(dimensions.paths)
    tables, problems = {}, []
    for number, contract in enumerate(contracts.values()):
        progress(0.8 * number / len(contracts), f"Checking {contract.name}")
        try:
            tables[contract] = _canonical(read_table(contract, dimensions), contract, dimensions)
        except DataError as error:
            problems += error.problems
    if problems:
        raise DataError(problems)
    return tables


def publish(paths: Paths, finished: Path) -> None:
    """Make a finished build the live one, in one step, and drop the oldest beyond those kept.

    Caller holds the lock. The published name is a link to the build: readers that follow it see
    the former file or the new one, never a part of either, and a file of another name, which
    DuckDB needs to open it beside the former one.
    """
    link = paths.builds / "live.tmp"
    link.unlink(missing_ok=True)
    link.symlink_to(finished.relative_to(paths.database.parent))
    os.replace(link, paths.database)
    os.utime(finished)
    for old in _by_age(paths)[:-KEPT_BUILDS]:
        old.unlink()


def rollback(paths: Paths, build_id: str) -> None:
    """Publish a kept build again, and stay with it until the inputs change.

    Raises DataError where no such build is kept.
    """
    finished = paths.builds / f"{build_id}.duckdb"
    with FileLock(paths.lock):
        if not finished.exists():
            kept = ", ".join(sorted(file.stem for file in paths.builds.glob("*.duckdb")))
            raise DataError([Problem("data/builds", "a kept build is named", f"use one of: {kept}",
                                     value=build_id)])  # fmt: skip
        publish(paths, finished)
        note = paths.builds / "chosen.tmp"
        note.write_text(f"{fingerprint(paths)} {build_id}")
        os.replace(note, paths.builds / "chosen")


def _chosen(paths: Paths, inputs: str) -> str | None:
    try:
        answered, chosen = (paths.builds / "chosen").read_text().split()
    except (OSError, ValueError):
        return None
    return chosen if answered == inputs else None


def mart_names(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """The tables of a built database, without the records of the build itself: they depend on
    when it was made and after which other one."""
    names = connection.execute(
        "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'main' ORDER BY table_name"
    ).fetchall()
    return [name for (name,) in names if name not in ("build", "difference")]


def _fill(connection, dimensions, tables, build_id, progress) -> tuple[Mart, ...]:
    connection.execute(
        "CREATE TABLE build AS SELECT ? AS build_id, ?::TIMESTAMPTZ AS built_at",
        [build_id, datetime.now(UTC)],
    )
    _load_raw(connection, dimensions, tables)
    _record_inputs(connection, dimensions.paths, tables)
    lineage.record(connection, list(tables))
    for script in sorted(dimensions.paths.sql.glob("*.sql")):
        progress(0.85, f"Running {script.name}")
        connection.execute(script.read_text(encoding="utf-8"))
    _refuse_wrong_totals(connection)
    return tuple(_mart(connection, name) for name in mart_names(connection))


def _load_raw(connection, dimensions, tables: dict[Contract, pd.DataFrame]) -> None:
    frames = {contract.name: table for contract, table in tables.items()}
    frames |= {name: dimensions[name].members for name in (*NAMED, "source")}
    frames["publisher"] = dimensions.publishers
    frames["specialty_alias"] = pd.DataFrame(
        dimensions["specialty"].aliases.items(), columns=["printed", "specialty"]
    )
    connection.execute("CREATE SCHEMA raw")
    for name, frame in frames.items():
        connection.register("frame", frame)
        connection.execute(f'CREATE TABLE raw."{name}" AS SELECT * FROM frame')
        connection.unregister("frame")


def _record_inputs(connection, paths: Paths, tables: dict[Contract, pd.DataFrame]) -> None:
    """Which file gave how many rows under how many rules: the quality report's ground."""
    files = [
        {
            "table_name": contract.name,
            "title": contract.title,
            "publisher": contract.publisher,
            "file": name,
            "rows": len(rows),
            "rules": contract.rules(),
            "sha256": hashlib.sha256((paths.data.parent / name).read_bytes()).hexdigest(),
        }
        for contract, table in tables.items()
        for name, rows in table.groupby("file")
    ]
    connection.register("frame", pd.DataFrame(files))
    connection.execute("CREATE TABLE input_file AS SELECT * FROM frame")
    connection.unregister("frame")


def _refuse_wrong_totals(connection: duckdb.DuckDBPyConnection) -> None:
    wrong = connection.sql("SELECT * FROM check_totals WHERE NOT agrees ORDER BY ALL").df()
    if len(wrong):
        raise DataError(
            [
                Problem(
                    f"tables of {row.match_year}",
                    row.rule,
                    "compare the rows and the total with the publications",
                    value=f"sum {row.found:.0f}, published {row.published:.0f}",
                )
                for row in wrong.itertuples()
            ]
        )


def _canonical(table: pd.DataFrame, contract: Contract, dimensions: Dimensions) -> pd.DataFrame:
    """Printed names replaced by the canonical ones."""
    for column, rules in contract.columns.items():
        if rules.dimension:
            aliases = dimensions[rules.dimension].aliases
            names = {value: aliases[fold(value)] for value in table[column].dropna().unique()}
            table[column] = table[column].map(names)
    return table


def _mart(connection: duckdb.DuckDBPyConnection, name: str) -> Mart:
    rows, checksum = connection.execute(
        f"""SELECT count(*), left(md5(coalesce(string_agg(t::VARCHAR, chr(10)
            ORDER BY t::VARCHAR), '')), 12) FROM "{name}" t"""
    ).fetchone()
    return Mart(name, rows, checksum)


def _inputs(paths: Paths) -> Iterable[Path]:
    yield from sorted(paths.tables.rglob("*.csv"))
    yield from sorted(paths.imports.rglob("*.csv"))
    yield from sorted(paths.data.glob("*.yml"))
    yield from sorted(paths.contracts.glob("*.yml"))
    yield from sorted(paths.sql.glob("*.sql"))
    yield from sorted(Path(__file__).parent.glob("*.py"))
