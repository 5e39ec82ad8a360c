"""`python -m etl`: what an analyst runs."""

import json
import sys
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from etl import build as building
from etl import kept
from etl.add import Asked, try_out
from etl.add import add as add_document
from etl.compare import Difference, compare
from etl.contract import load_contract, load_contracts
from etl.dimensions import Dimensions
from etl.export import export as write_export
from etl.lineage import why as ask_why
from etl.paths import Paths
from etl.problems import DataError, Problem
from etl.published import Accepted
from etl.readers.grid import Choice
from etl.scaffold import scaffold as write_scaffold

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Bring published tables into the Match Atlas database. Exit codes: 0 done, 1 an input "
    "breaks its contract, 2 the command was not understood.",
)
SHOWN_DIFFERENCES = 20  # of one kind
Json = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


@contextmanager
def _progress():
    """A progress bar, on a terminal only, that is gone before the results are printed."""
    with Progress(transient=True, disable=not sys.stdout.isatty()) as bar:
        task = bar.add_task("", total=1.0)
        yield lambda share, message: bar.update(task, completed=share, description=message)


def _tell(records: list[dict], as_json: bool, line) -> None:
    if as_json:
        print(json.dumps(records, indent=1, default=str))
    else:
        for record in records:
            print(line(record))


@app.command()
def build(
    if_changed: Annotated[
        bool, typer.Option("--if-changed", help="Do nothing where the inputs did not change.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Check every table, build the database and publish it.

    Example: python -m etl build
    """
    paths = Paths()
    if if_changed and building.is_current(paths):
        print(f"Build {building.live_build_id(paths)} is current.")
        return
    with _progress() as progress:
        done = building.build(paths, progress)
    _tell_marts(done, as_json)
    if not as_json:
        print(f"Build {done.build_id} is live.")


def _tell_marts(done: building.Build, as_json: bool) -> None:
    records = [{"mart": m.name, "rows": m.rows, "checksum": m.checksum} for m in done.marts]
    _tell(records, as_json, lambda r: f"{r['mart']:<28}{r['rows']:>9,} rows  {r['checksum']}")


@app.command()
def check(as_json: Json = False) -> None:
    """Do all that `build` does, but publish nothing.

    Example: python -m etl check
    """
    with _progress() as progress, building.candidate(Paths(), progress) as (_, done):
        pass
    _tell_marts(done, as_json)
    if not as_json:
        print("Every rule holds. Nothing was published: python -m etl build does that.")


@app.command()
def add(
    document: Annotated[Path, typer.Argument(help="CSV, XLSX, XLS, ODS or PDF, as the publisher gives it.")],
    table: Annotated[str, typer.Option(help="A table's name, as in etl/contracts.")],
    year: Annotated[int, typer.Option(help="The Match year, where the document does not print it.")],
    source: Annotated[str, typer.Option(help="The publication's id in data/sources.yml.")],
    expect_offered: Annotated[int | None, typer.Option(help="Published total of positions offered.")] = None,
    expect_filled: Annotated[int | None, typer.Option(help="Published total of positions filled.")] = None,
    accept_short: Annotated[
        int, typer.Option(help="How many positions the document itself lacks; with --reason.")
    ] = 0,
    reason: Annotated[str, typer.Option(help="Why they are lacking; it is kept with the rows.")] = "",
    sheet: Annotated[str | None, typer.Option(help="The sheet of a workbook, where several fit.")] = None,
    leave_out: Annotated[
        list[str] | None,
        typer.Option(help="The header of a column that is none of the table's; may be repeated."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would change.")] = False,
) -> None:
    """Read a document, check it, add its rows to a table, build and publish.

    Example: python -m etl add results.pdf --table positions_by_state_specialty_type --year 2025
    --source nrmp-2025-positions-by-specialty-type --expect-offered 43237 --expect-filled 40764
    """
    paths = Paths()
    totals = {"offered": expect_offered, "filled": expect_filled}
    expected = {kind: total for kind, total in totals.items() if total is not None}
    if accept_short and not reason.strip():
        raise DataError(
            [Problem("--accept-short", "what is short is accepted for a reason", "add --reason '...'")]
        )
    contract = load_contract(paths, table)
    choice, accepted = Choice(sheet, tuple(leave_out or ())), Accepted(accept_short, reason)
    with _progress() as progress:
        asked = Asked(contract, document, year, source, expected, choice, accepted)
        if dry_run:
            added, found = try_out(paths, asked, progress)
        else:
            added = add_document(paths, asked, progress)
    for note in added.notes:
        print(f"{document.name}: {note}.")
    place = f"{added.rows:,} rows in {added.file.relative_to(paths.data.parent)}"
    if dry_run:
        _tell_differences(found)
        print(f"This would be {place}. Nothing was written: leave out --dry-run to do it.")
    else:
        print(f"{place}\nBuild {added.build.build_id} is live.")


def _tell_differences(found: list[Difference]) -> None:
    """What differs, the first of each kind, jumps first, and how much of it there is."""
    kinds = Counter(difference.kind for difference in found)
    for kind in sorted(kinds, key=lambda kind: kind != "jump"):
        those = [difference for difference in found if difference.kind == kind]
        print("\n".join(map(str, those[:SHOWN_DIFFERENCES])))
        if len(those) > SHOWN_DIFFERENCES:
            print(f"... and {len(those) - SHOWN_DIFFERENCES:,} more {kind}")
    print(f"{len(found):,} differences to the published build.")


@app.command()
def diff(as_json: Json = False) -> None:
    """What a build of the present inputs would change: new, gone, changed rows, and jumps.

    Example: python -m etl diff
    """
    paths = Paths()
    with _progress() as progress, building.candidate(paths, progress) as (file, _):
        found = compare(kept.published(paths), file, load_contracts(paths))
    _tell(
        [vars(difference) | {"text": str(difference)} for difference in found], as_json, lambda r: r["text"]
    )
    if not as_json:
        print(f"{len(found)} differences to the published build.")


@app.command()
def scaffold(
    table: Annotated[str, typer.Argument(help="A table's name, as in etl/contracts.")],
    year: Annotated[int, typer.Option(help="The year the rows will be of.")],
) -> None:
    """Write an empty file for a table, with its header; print what each column holds and an example row.

    Example: python -m etl scaffold applicants_by_type --year 2027
    """
    paths = Paths()
    file, example, columns = write_scaffold(paths, table, year)
    print("\n".join(columns))
    print(f"{file.relative_to(paths.data.parent)}\nA row looks like this:\n{example}")


@app.command()
def why(
    name: Annotated[str, typer.Argument(help="A specialty, applicant type or state.")],
    year: int,
    as_json: Json = False,
) -> None:
    """Where the figures about a name in one year came from, down to file and row.

    Example: python -m etl why "Internal Medicine" 2025
    """
    paths = Paths()
    found = ask_why(kept.published(paths), Dimensions(paths), name, year)

    def line(record: dict) -> str:
        values = ", ".join(f"{key} {value}" for key, value in record["figures"].items())
        return (
            f"{record['title']}\n  {values}\n  published in: {record['publication']} ({record['publisher']})"
            f"\n  read from: {record['read_from']}\n  row {record['line']} of {record['file']} "
            f"(sha256 {record['sha256'][:12]}), build {record['build_id']}\n"
            + (f"  accepted when it was brought: {record['notes']}\n" if record["notes"] else "")
        )

    _tell(found, as_json, line)
    if not found and not as_json:
        print(f"No table has a row about {name} in {year}.")


@app.command()
def history(as_json: Json = False) -> None:
    """The builds that are kept, newest first; the live one is marked.

    Example: python -m etl history
    """
    paths = Paths()
    live = building.live_build_id(paths)
    whole, wrong = kept.kept(paths)
    records = [
        {
            "build_id": build.build_id,
            "built_at": f"{build.built_at:%Y-%m-%d %H:%M:%S}",
            "input_rows": build.rows,
            "live": build.build_id == live,
            "notes": build.notes,
        }
        for build in reversed(whole)
    ]
    _tell(
        records,
        as_json,
        lambda r: (
            f"{r['build_id']}  {r['built_at']}  {r['input_rows']:>9,} rows"
            + ("  live" if r["live"] else "")
            + "".join(f"\n  {file}: {told}" for file, told in r["notes"].items())
        ),
    )
    for error in wrong.values():
        print(error, file=sys.stderr)


@app.command()
def rollback(build_id: Annotated[str, typer.Argument(help="As `history` shows it.")]) -> None:
    """Publish a former build again; it stays until the inputs change.

    Example: python -m etl rollback 55e4ec60ad2a
    """
    paths = Paths()
    building.rollback(paths, build_id)
    print(f"Build {build_id} is live again, until the inputs change.")


@app.command()
def export(folder: Path) -> None:
    """Write every table as Parquet and CSV, with a Frictionless datapackage.json.

    Example: python -m etl export exported
    """
    files = write_export(kept.published(Paths()), folder)
    print(f"{len(files)} files in {folder}")


def main() -> None:
    """Run a command; problems with the inputs go to the error stream, with exit code 1."""
    try:
        app(prog_name="python -m etl")
    except DataError as error:
        print(error, file=sys.stderr)
        print("Nothing was published; the former database stays.", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
