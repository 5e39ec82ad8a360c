"""The builds that are kept: their order, whether each is whole, and which of them is live.

A build is a file `<number>-<build id>.duckdb`. The number counts the builds that were made; it
stands inside the build and gives the order, whatever the clock says. No two builds share a file
name, so that a process that still reads one can open the next beside it.
"""

import logging
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pandas as pd
from filelock import FileLock

from etl.database import one_row, read_only
from etl.paths import Paths
from etl.problems import DataError, Problem

KEPT_BUILDS = 5
DAMAGED = ".damaged"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Mart:
    """One table of a build: its rows and an order-free checksum of its content."""

    name: str
    rows: int
    checksum: str


@dataclass(frozen=True)
class Kept:
    """A build that opens and holds what was built; notes: what was accepted of which input file."""

    file: Path
    build_id: str
    number: int
    built_at: datetime
    rows: int
    notes: dict[str, str]


def id_of(file: Path) -> str:
    """The build id that a file's name tells."""
    return file.stem.rpartition("-")[2]


def live_file(paths: Paths) -> Path | None:
    """The published build's file, or None where the published name leads to no file."""
    try:
        file = paths.database.resolve()
    except (OSError, RuntimeError):  # a link that leads to itself
        return None
    return file if file.is_file() else None


def version(paths: Paths) -> tuple | None:
    """What changes whenever another build is published or the live one is touched; None where
    there is none."""
    file = live_file(paths)
    try:
        status = file.stat() if file else None
    except OSError:  # dropped just now
        status = None
    return status and (file, status.st_ino, status.st_size, status.st_mtime_ns)


def tables(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Every table of a build as `"schema"."name"`, but for the record of the build itself."""
    found = connection.execute(
        """SELECT format('"{}"."{}"', schema_name, table_name) FROM duckdb_tables()
           WHERE database_name = current_database() AND NOT temporary AND table_name <> 'build'
           ORDER BY ALL"""
    ).fetchall()
    return [name for (name,) in found]


def content(connection: duckdb.DuckDBPyConnection, table: str) -> Mart:
    """A table's rows and checksum; reads all of it."""
    rows, checksum = one_row(
        connection,
        f"""SELECT count(*), lpad(lower(hex((coalesce(sum(hash(t)), 0) % (1::HUGEINT << 48))::UBIGINT)), 12, '0')
            FROM {table} t""",
    )
    return Mart(table, rows, checksum)


def examine(file: Path, whole: bool = True) -> Kept:
    """Open a build anew and, where it is asked whole, read all of it.

    Raises DataError where it is not as it was built.
    """
    try:
        with read_only(file) as connection:
            names = [column[0] for column in connection.execute("FROM build").description]
            build = dict(zip(names, one_row(connection, "FROM build"), strict=True))
            recorded = [Mart(**mart) for mart in build.get("marts") or ()]
            differing = [m.name for m in recorded if whole and content(connection, m.name) != m]
            files = connection.execute("FROM input_file").df()
    except (duckdb.Error, OSError, TypeError, LookupError) as error:
        raise _damaged(file, str(error).splitlines()[0]) from None
    if differing:
        raise _damaged(file, f"not as built: {', '.join(differing)}")
    return Kept(
        file,
        build["build_id"],
        build.get("number", 0),
        build["built_at"],
        int(files["rows"].sum()),
        _notes(files),
    )


def _notes(files: pd.DataFrame) -> dict[str, str]:
    """By file; a build of former days has none."""
    told = files.set_index("file").get("notes", pd.Series(dtype="str"))
    return told.dropna().to_dict()


def _damaged(file: Path, what: str) -> DataError:
    return DataError(
        [
            Problem(
                f"{file.parent.name}/{file.name}",
                "a build opens and is whole",
                f"build anew, or roll back to another ({what})",
            )
        ]
    )


def kept(paths: Paths, thorough: bool = True) -> tuple[list[Kept], dict[Path, DataError]]:
    """The kept builds in the order they were made, and those left out with what is wrong.

    thorough: all of each is read, and not of the live one alone.
    """
    whole, wrong, live = [], {}, live_file(paths)
    for file in sorted(paths.builds.glob("*.duckdb")):
        try:
            whole.append(examine(file, thorough or file == live))
        except DataError as error:
            wrong[file] = error
    return sorted(whole, key=lambda build: (build.number, build.built_at)), wrong


def live_or_newest(paths: Paths) -> Kept | None:
    """The published build; where that is broken, the newest kept one; None where none opens."""
    file = live_file(paths)
    if file:
        try:
            return examine(file)
        except DataError:
            pass
    whole, _ = kept(paths)
    return whole[-1] if whole else None


def published(paths: Paths) -> Path:
    """The live build's file. Raises DataError where there is none, or it is not whole."""
    file = live_file(paths)
    if file is None:
        raise DataError(
            [Problem(paths.database.name, "a build is published", "publish one: python -m etl build")]
        )
    return examine(file).file


@contextmanager
def locked(paths: Paths) -> Iterator[None]:
    """Alone in the data folder, which can be written. Raises DataError where it cannot."""
    with place_told(paths.data):
        if paths.database.is_dir():
            raise DataError(
                [Problem(paths.database.name, "is a link to a build, no folder", "move the folder elsewhere")]
            )
        with FileLock(paths.lock):
            paths.builds.mkdir(exist_ok=True)
            yield


@contextmanager
def workshop(paths: Paths) -> Iterator[Path]:
    """The folder in which a build is made: that of the builds, unless a '?' stands in its path.
    DuckDB takes what follows for no part of the name, and its log would go astray; it only reads
    from such a folder."""
    if "?" not in str(paths.builds.resolve()):
        yield paths.builds
        return
    with TemporaryDirectory(prefix="match-atlas-") as folder:
        yield Path(folder)


@contextmanager
def place_told(place: Path) -> Iterator[None]:
    """What the disk or the rights refuse, as a DataError that names the place."""
    try:
        yield
    except FileNotFoundError as error:
        raise DataError([Problem(error.filename, "is there", "restore it")]) from error
    except (OSError, duckdb.OperationalError, duckdb.FatalException) as error:
        what = str(error).splitlines()[0]
        raise DataError(
            [
                Problem(
                    str(getattr(error, "filename", None) or place),
                    "can be read and written, and has room",
                    f"free space or give the rights ({what})",
                )
            ]
        ) from error


def clear_away(paths: Paths, thorough: bool = False) -> list[Kept]:
    """Remove what a killed build left, and set aside every build that does not open or, where that
    is asked thoroughly, is not whole; the live one is always asked so.

    Caller holds the lock. Where the published one is set aside, the newest whole one is served.
    Returns the whole ones in the order they were made.
    """
    for left_over in paths.builds.glob("*.tmp*"):
        shutil.rmtree(left_over) if left_over.is_dir() else left_over.unlink()
    whole, wrong = kept(paths, thorough)
    for file, error in wrong.items():
        aside = file.with_name(file.name + DAMAGED)
        log.warning("%s It is set aside as %s.", error, aside.name)
        os.replace(file, aside)
    for old in sorted(paths.builds.glob(f"*{DAMAGED}"))[:-KEPT_BUILDS]:
        old.unlink()
    if live_file(paths) is None and whole:
        _point_to(paths, whole[-1].file)
    return whole


def next_number(paths: Paths) -> int:
    """One more than every number that was given, those of builds set aside among them."""
    named = (file.name.partition("-")[0] for file in paths.builds.glob("*-*.duckdb*"))
    return 1 + max((int(number) for number in named if number.isdigit()), default=0)


def publish(paths: Paths, finished: Path, others: list[Kept]) -> None:
    """Make a finished build the live one, in one step, and drop the oldest beyond those kept.

    others: every other whole build, in the order they were made. Caller holds the lock. The
    published name is a link to the build: readers that follow it see the former file or the new
    one, never a part of either.
    """
    _point_to(paths, finished)
    again = [build for build in others if build.build_id == id_of(finished)]
    rest = [build for build in others if build not in again]
    for old in [*again, *rest[: 1 - KEPT_BUILDS]]:
        old.file.unlink()


def _point_to(paths: Paths, build: Path) -> None:
    link = paths.builds / "live.tmp"
    link.unlink(missing_ok=True)
    link.symlink_to(build.relative_to(paths.database.parent))
    os.replace(link, paths.database)
    sync(paths.database.parent)


def sync(place: Path) -> None:
    """Have a file or a folder's names on the disk before going on."""
    descriptor = os.open(place, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
