"""`python -m etl`: what an analyst runs."""

import sys
from typing import Annotated

import typer

from etl import build as building
from etl.paths import Paths
from etl.problems import DataError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Bring published tables into the Match Atlas database.",
)


@app.callback()
def _commands() -> None:
    """Keeps the commands named even while there is one only."""


@app.command()
def build(
    if_changed: Annotated[
        bool, typer.Option("--if-changed", help="Do nothing where the inputs did not change.")
    ] = False,
) -> None:
    """Check every table, build the database and publish it. Example: python -m etl build"""
    paths = Paths()
    if if_changed and building.live_build_id(paths) == building.fingerprint(paths):
        print(f"Build {building.live_build_id(paths)} is current.")
        return
    done = building.build_and_publish(paths)
    width = max(len(mart.name) for mart in done.marts)
    for mart in done.marts:
        print(f"{mart.name:<{width}}  {mart.rows:>7,} rows  {mart.checksum}")
    print(f"Build {done.build_id} is live: {paths.database.name}")


def main() -> None:
    """Exit codes: 0 done, 1 an input breaks its contract, 2 the command was not understood."""
    try:
        app(prog_name="python -m etl")
    except DataError as error:
        print(error, file=sys.stderr)
        print("Nothing was published; the former database stays.", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
