"""Build the database: all or nothing, then publish it by an atomic rename."""

import hashlib
import logging
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pandas as pd

from etl import check, kept, lineage, marts
from etl.compare import compare
from etl.contract import Contract, glossary, load_contracts
from etl.corrections import correct
from etl.dimensions import NAMED, Dimensions
from etl.kept import Kept, Mart
from etl.paths import Paths, notes_of
from etl.problems import DataError, Problem
from etl.progress import Progress, silent

log = logging.getLogger(__name__)
# What DuckDB may hold of it at a time; a build of more rows goes through the disk.
MEMORY = "1GB"


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
    live = kept.live_file(paths)
    return kept.id_of(live) if live else None


def is_current(paths: Paths) -> bool:
    """Whether the published build is whole and answers the inputs: built from them, or chosen for
    them by `rollback`."""
    wanted, live = fingerprint(paths), live_build_id(paths)
    return live is not None and live in (wanted, _chosen(paths, wanted)) and is_whole(paths)


def is_whole(paths: Paths) -> bool:
    """Whether the published build is there and holds what was built."""
    live = kept.live_file(paths)
    try:
        return live is not None and bool(kept.examine(live))
    except DataError:
        return False


def ensure(paths: Paths, progress: Progress = silent, sufficient=is_current) -> str:
    """Build and publish where the database is missing, broken or older than its inputs.

    sufficient: what of the published build is asked (`is_whole`: age does not count).
    Returns the live build's id. Several processes may call it at once: one builds, the others
    wait. Raises DataError as `build` does.
    """
    with kept.place_told(paths.data):
        done = sufficient(paths)
    if not done:
        with kept.locked(paths):
            if not sufficient(paths):
                _build(paths, progress)
    if (built := live_build_id(paths)) is None:
        raise FileNotFoundError(f"no build is published in {paths.data}")
    return built


def ready(paths: Paths, progress: Progress = silent, sufficient=is_current) -> None:
    """As `ensure`; where nothing can be built, what was published goes on being served.

    Raises DataError where there is nothing to serve.
    """
    try:
        ensure(paths, progress, sufficient)
    except DataError as error:
        served = kept.live_or_newest(paths)
        if served is None:
            raise
        log.warning("%s\nBuild %s goes on being served.", error, served.build_id)


def build(paths: Paths, progress: Progress = silent) -> Build:
    """Load, check and transform every table into a new file, then swap it in.

    progress: called with a share from 0 to 1 and what is being done. Only one process builds at
    a time; others wait for it.
    Raises DataError with every problem found, of the inputs or of the place; the published
    database then stays as it was.
    """
    with kept.locked(paths):
        return _build(paths, progress)


def _build(paths: Paths, progress: Progress) -> Build:
    with _candidate(paths, progress) as (unfinished, done, others, contracts):
        number = kept.next_number(paths)
        former = _former(others, done.build_id, live_build_id(paths))
        _finish(unfinished, number, done, _differences(former, unfinished, contracts))
        made = paths.builds / unfinished.name
        shutil.move(unfinished, made)
        kept.sync(made)
        finished = paths.builds / f"{number:06}-{done.build_id}.duckdb"
        os.replace(made, finished)
        kept.sync(paths.builds)
        kept.publish(paths, finished, others)
    progress(1.0, "Published")
    return done


def _former(others: list[Kept], build_id: str, live: str | None) -> Kept | None:
    """The build that a new one is compared with: the live one, else the newest other that is whole."""
    earlier = [other for other in others if other.build_id != build_id]
    for other in sorted(earlier, key=lambda other: other.build_id == live)[::-1]:
        try:
            # All of the live one was read when the folder was cleared.
            return kept.examine(other.file, whole=other.build_id != live)
        except DataError as error:
            log.warning("%s No build is compared with it.", error)
    return None


def _finish(unfinished: Path, number: int, done: Build, differences: pd.DataFrame) -> None:
    """Write into the build its number, how it differs from the former one and what it holds, and
    see that all of it stands in the file."""
    with duckdb.connect(str(unfinished)) as connection:
        connection.register("frame", differences)
        connection.execute(
            """CREATE TABLE difference AS
               SELECT "table" AS table_name, kind, key, detail, former_build_id FROM frame"""
        )
        holds = [kept.content(connection, table) for table in kept.tables(connection)]
        connection.execute("UPDATE build SET number = ?, marts = ?", [number, [vars(mart) for mart in holds]])
        # Closing would checkpoint too, but without a word where the disk is full.
        connection.execute("CHECKPOINT")
    lost = [mart.name for mart in done.marts if replace(mart, name=f'"main"."{mart.name}"') not in holds]
    if lost or _log_of(unfinished).exists():
        raise DataError(
            [
                Problem(
                    f"{unfinished.parent.name}/{unfinished.name}",
                    "the build is written whole",
                    "see that the disk has room, and build again",
                )
            ]
        )
    kept.examine(unfinished)


def _log_of(unfinished: Path) -> Path:
    """What DuckDB has not brought into the file yet."""
    return unfinished.with_name(f"{unfinished.name}.wal")


def _differences(former: Kept | None, unfinished: Path, contracts: dict[str, Contract]) -> pd.DataFrame:
    rows = []
    if former:
        found = compare(former.file, unfinished, contracts)
        rows = [vars(difference) | {"former_build_id": former.build_id} for difference in found]
    return pd.DataFrame(rows, columns=["table", "kind", "key", "detail", "former_build_id"], dtype="str")


@contextmanager
def candidate(paths: Paths, progress: Progress = silent) -> Iterator[tuple[Path, Build]]:
    """A build beside the published one, checked and complete, that is gone after the `with`.

    Yields its file and what it holds. Raises DataError with every problem found.
    """
    with kept.locked(paths), _candidate(paths, progress) as (unfinished, done, *_):
        yield unfinished, done


@contextmanager
def _candidate(
    paths: Paths, progress: Progress
) -> Iterator[tuple[Path, Build, list[Kept], dict[str, Contract]]]:
    """Yields also the builds that are kept, and the contracts. Caller holds the lock."""
    build_id = fingerprint(paths)
    others = kept.clear_away(paths)
    dimensions = Dimensions(paths)
    # A fault of the names is told once, not by every table that uses them.
    dimensions["source"]
    contracts = load_contracts(paths)
    with kept.workshop(paths) as workshop:
        unfinished = workshop / f"{build_id}.tmp"
        try:
            with duckdb.connect(str(unfinished), config={"memory_limit": MEMORY}) as connection:
                load_tables(connection, contracts, dimensions, progress)
                marts = _fill(connection, dimensions, contracts, build_id, progress)
                connection.execute("CHECKPOINT")
            yield unfinished, Build(build_id, marts), others, contracts
        finally:
            for left_over in (unfinished, _log_of(unfinished), paths.builds / unfinished.name):
                left_over.unlink(missing_ok=True)


def load_tables(
    connection: duckdb.DuckDBPyConnection,
    contracts: dict[str, Contract],
    dimensions: Dimensions,
    progress: Progress = silent,
) -> None:
    """Read every table of every contract, checked, into the schema `raw`.

    Raises DataError with the problems of all files.
    """
    problems = _of_no_table(dimensions.paths, contracts)
    check.prepare(connection, dimensions)
    for number, contract in enumerate(contracts.values()):
        progress(0.8 * number / len(contracts), f"Checking {contract.name}")
        problems += check.load(connection, contract, dimensions)
    connection.execute("RESET disabled_optimizers")
    if problems:
        raise DataError(problems)


def _of_no_table(paths: Paths, contracts: dict[str, Contract]) -> list[Problem]:
    """Files that no contract reads, or more than one: their rows would be missing, or twice."""
    readers: dict[Path, list[str]] = {file: [] for file in _tables(paths)}
    for contract in contracts.values():
        for file in contract.paths(paths):
            readers[file].append(contract.name)
    return [
        Problem(
            file.relative_to(paths.data.parent).as_posix(),
            "a file is of one table",
            f"name it <table>_<year>.csv, as one of etl/contracts (read as: {', '.join(names) or 'none'})",
        )
        for file, names in readers.items()
        if len(names) != 1
    ]


def rollback(paths: Paths, build_id: str) -> None:
    """Publish a kept build again, and stay with it until the inputs change.

    Raises DataError where no such build is kept, or it is not whole any more.
    """
    with kept.locked(paths):
        others = kept.clear_away(paths, thorough=True)
        chosen = next((other for other in others if other.build_id == build_id), None)
        if chosen is None:
            names = ", ".join(other.build_id for other in others)
            raise DataError(
                [Problem("data/builds", "a kept build is named", f"use one of: {names}", value=build_id)]
            )
        others.remove(chosen)
        kept.publish(paths, chosen.file, others)
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
        """SELECT table_name FROM duckdb_tables()
           WHERE schema_name = 'main' AND NOT temporary ORDER BY table_name"""
    ).fetchall()
    return [name for (name,) in names if name not in ("build", "difference")]


def _fill(connection, dimensions, contracts, build_id, progress) -> tuple[Mart, ...]:
    connection.execute(
        """CREATE TABLE build AS SELECT ? AS build_id, ?::TIMESTAMPTZ AS built_at, 0 AS number,
           []::STRUCT(name VARCHAR, "rows" BIGINT, checksum VARCHAR)[] AS marts""",
        [build_id, datetime.now(UTC)],
    )
    load_names(connection, dimensions)
    correct(connection, contracts, dimensions.paths)
    _record_inputs(connection, dimensions.paths, contracts.values())
    lineage.record(connection, list(contracts.values()))
    progress(0.85, "Making the tables the pages read")
    words = glossary(dimensions.paths)
    marts.fill(connection, marts.load_marts(dimensions.paths), words)
    marts.describe_inputs(connection, contracts.values(), words)
    _refuse_wrong_totals(connection)
    return tuple(_mart(connection, name) for name in mart_names(connection))


def load_names(connection: duckdb.DuckDBPyConnection, dimensions: Dimensions) -> None:
    """Put the names of all dimensions, and the forms they are printed in, into the schema `raw`."""
    frames = {name: dimensions[name].members for name in (*NAMED, "source")}
    frames["publisher"] = dimensions.publishers
    frames["printed_name"] = pd.DataFrame(
        [(kind, *pair) for kind in NAMED for pair in dimensions[kind].aliases.items()],
        columns=["dimension", "printed", "name"],
    )
    for name, frame in frames.items():
        connection.register("frame", frame)
        connection.execute(f'CREATE TABLE raw."{name}" AS SELECT * FROM frame')
        connection.unregister("frame")


def _record_inputs(connection, paths: Paths, contracts: Iterable[Contract]) -> None:
    """Which file gave how many rows under how many rules: the quality report's ground."""
    files = []
    for contract in contracts:
        counts = connection.execute(
            f'SELECT file, count(*) FROM raw."{contract.name}" GROUP BY file ORDER BY file'
        )
        for name, rows in counts.fetchall():
            path = paths.data.parent / name
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            notes = notes_of(path)
            told = " ".join(notes.read_text(encoding="utf-8").split("\n")).strip() if notes.exists() else None
            rules = contract.rules()
            files.append((contract.name, contract.title, contract.publisher, name, rows, rules, digest, told))
    columns = ["table_name", "title", "publisher", "file", "rows", "rules", "sha256", "notes"]
    frame = pd.DataFrame(files, columns=columns).astype({"notes": "str"})
    connection.register("frame", frame)
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


def _mart(connection: duckdb.DuckDBPyConnection, name: str) -> Mart:
    held = kept.content(connection, f'"main"."{name}"')
    return Mart(name, held.rows, held.checksum)


def _tables(paths: Paths) -> Iterable[Path]:
    """Every CSV that may hold a table."""
    for folder in (paths.tables, *filter(Path.exists, [paths.imports])):
        yield from sorted(file for file in _files(folder) if file.suffix == ".csv")


def _inputs(paths: Paths) -> Iterable[Path]:
    for table in _tables(paths):
        yield table
        yield from filter(Path.exists, [notes_of(table)])
    yield from sorted(paths.data.glob("*.yml"))
    yield from sorted(paths.contracts.glob("*.yml"))
    yield paths.glossary
    yield from sorted(paths.marts.iterdir())
    yield from sorted(Path(__file__).parent.rglob("*.py"))


def _files(folder: Path) -> Iterable[Path]:
    """Every file below a folder. Raises OSError for one that cannot be read: no build may take
    it for an empty one."""

    def refuse(error: OSError):
        raise error

    for place, _, names in os.walk(folder, onerror=refuse):
        yield from (Path(place) / name for name in names)
