"""`python -m matchatlas.report`: the reports of a whole file of profiles."""

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.progress import track

from etl.build import ready
from etl.paths import Paths
from etl.problems import DataError
from matchatlas.catalog.database import open_catalog
from matchatlas.odds.estimator import EstimatorTables, fit
from matchatlas.plan import Tutor
from matchatlas.report import html, pdf
from matchatlas.report.batch import BatchError, file_name, read_profiles
from matchatlas.report.build import build
from matchatlas.report.logo import LogoError, read_logo
from matchatlas.road.roadmap import expected_year

Format = Literal["pdf", "html"]
screen = Console(stderr=True, highlight=False, markup=False)


def main(
    profiles: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="CSV or workbook, one profile a row.")
    ],
    out: Annotated[Path, typer.Option(file_okay=False, help="Where the reports go.")],
    format: Annotated[Format, typer.Option(help="What is made.")] = "pdf",
    paper: Annotated[pdf.Paper, typer.Option(help="The paper of a PDF.")] = "a4",
    tutor: Annotated[str, typer.Option(help="The tutor's name.")] = "",
    note: Annotated[str, typer.Option(help="The closing note of every report.")] = "",
    logo: Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help="PNG or JPEG.")] = None,
) -> None:
    """Make a report for every row of PROFILES; a bad row is told, and the others are made.

    The columns are the fields of a profile (applicant_type and specialty are needed; step2_ck,
    contiguous_ranks, ...), name for the client's, and applications for the number of programs.
    Exit codes: 0 all are made, 1 a row could not be, 2 the file or the command was not understood.

    Example: python -m matchatlas.report profiles.csv --out reports --paper letter
    """
    try:
        ready(Paths())
    except DataError as error:
        screen.print(str(error), soft_wrap=True)
        raise typer.Exit(2) from None
    catalog = open_catalog()
    today = date.today()
    year = expected_year(today)
    try:
        rows, notes = read_profiles(profiles, catalog.names(), year)
        signed = Tutor(name=tutor, closing_note=note)
    except (BatchError, ValidationError) as error:
        screen.print(str(error), soft_wrap=True)
        raise typer.Exit(2) from None
    picture = None
    try:
        picture = read_logo(logo.read_bytes()) if logo else None
    except LogoError as refused:
        screen.print(f"{logo and logo.name}: {refused} The reports are made without it.", soft_wrap=True)
    for told in notes:
        screen.print(f"{profiles.name}: {told}.", soft_wrap=True)
    model = fit(EstimatorTables.of(catalog))
    out.mkdir(parents=True, exist_ok=True)
    made = 0
    for number, plan in track(rows, "Reports", console=screen, transient=True):
        if isinstance(plan, list):
            for problem in plan:
                screen.print(f"{profiles.name}, {problem}", soft_wrap=True)
            continue
        plan = plan.model_copy(update={"tutor": signed})
        content = build(plan, model, catalog, year, today)
        report = pdf.render(content, paper, picture) if format == "pdf" else html.render(content, picture)
        (out / file_name(number, plan.client, format)).write_bytes(report)
        made += 1
    print(f"{made} of {len(rows)} reports are in {out}.")
    if made < len(rows):
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
