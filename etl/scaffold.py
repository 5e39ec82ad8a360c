"""An empty file for a table, and a row that shows how it is filled in."""

import csv
import io
from pathlib import Path

from etl.contract import Contract, Words, glossary, load_contract
from etl.paths import Paths
from etl.problems import DataError, Problem


def file_for(paths: Paths, contract: Contract, year: int) -> Path:
    """Where rows of one year go that are added: a file of their own, read by the next build.

    Raises DataError for a year of other than four digits, which no build would look for.
    """
    if not 1000 <= year <= 9999:
        raise DataError([Problem("--year", "is a year", "write its four digits", value=str(year))])
    return contract.folder(paths) / Path(contract.files).parent / f"{contract.name}_{year}.csv"


def scaffold(paths: Paths, table: str, year: int) -> tuple[Path, str, list[str]]:
    """Write the header; return the file, an example row, taken from the table's own rows, and a
    line on each column.

    Raises DataError where there is no such table, or the file is there already.
    """
    contract = load_contract(paths, table)
    file = file_for(paths, contract, year)
    if file.exists():
        raise DataError(
            [
                Problem(
                    file.name,
                    "a new file is written, never over another",
                    "edit the file, or remove it first",
                )
            ]
        )
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(",".join(contract.columns) + "\n", encoding="utf-8")
    example = io.StringIO()
    csv.writer(example).writerow(_row(paths, contract))
    return file, example.getvalue().strip(), described(contract, glossary(paths))


def _row(paths: Paths, contract: Contract) -> list[str]:
    """The first row that the table has, in the order of its columns; their names where it has none."""
    for file in contract.paths(paths):
        with file.open(encoding="utf-8-sig", newline="") as stream:
            for row in csv.DictReader(stream):
                return [row.get(column) or "" for column in contract.columns]
    return list(contract.columns)


def described(contract: Contract, words: dict[str, Words]) -> list[str]:
    """A line on each column: whether it must be filled in, what it means, its unit, and the
    headers under which `add` finds it in a document."""
    lines = []
    for name, rules in contract.columns.items():
        told = rules.words or words.get(name)
        parts = [f"{name} ({'needed' if rules.required else 'may be empty'})"]
        parts += [f"{told.meaning} Unit: {told.unit}."] if told else []
        parts += [f"One of: {'; '.join(rules.allowed)}."] if rules.allowed else []
        parts += [f"`add` reads it as well under: {'; '.join(rules.aliases)}."] if rules.aliases else []
        lines.append("  ".join(parts))
    return lines
