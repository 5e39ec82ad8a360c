"""Where a figure came from: publication, file and its checksum, row, build."""

import json
from pathlib import Path

import duckdb

from etl.contract import Contract
from etl.database import read_only
from etl.dimensions import Dimensions, fold
from etl.problems import DataError, Problem

NAMED = ("specialty", "applicant_type", "state")


def record(connection: duckdb.DuckDBPyConnection, contracts: list[Contract]) -> None:
    """Create `lineage`: every checked input row with what it is about and where it stands.

    `figures` holds the row's values as JSON, as they were read, names made canonical.
    """
    selects = []
    for contract in contracts:
        year = f'"{contract.year}"' if contract.year else "NULL"
        about = ", ".join(name if name in contract.columns else f"NULL AS {name}" for name in NAMED)
        figures = ", ".join(f'"{c}": "{c}"' for c in contract.columns if c != "source_id")
        selects.append(
            f"""SELECT '{contract.name}' AS table_name, {year} AS year, {about},
                       to_json({{{figures}}})::VARCHAR AS figures, source_id, file, line
                FROM raw."{contract.name}" """
        )
    connection.execute(f"CREATE TABLE lineage AS {' UNION ALL BY NAME '.join(selects)}")


def why(database: Path, dimensions: Dimensions, name: str, year: int) -> list[dict]:
    """Every input row about a specialty, applicant type or state in one year.

    Returns one record a row: title, figures (a dict), publication, publisher, read_from, file, its
    sha256, notes (None where there are none), line, build_id. Raises DataError where the name is not known.
    """
    canonical = _canonical(dimensions, name)
    with read_only(database) as connection:
        rows = connection.execute(
            "SELECT * FROM why WHERE year = ? AND ? IN (specialty, applicant_type, state)", [year, canonical]
        ).df()
    records = rows.drop(columns=["year", *NAMED]).to_dict("records")
    for row in records:
        figures = json.loads(row["figures"])
        row["figures"] = {name: value for name, value in figures.items() if value is not None}
        row["notes"] = row["notes"] if isinstance(row["notes"], str) else None
    return records


def _canonical(dimensions: Dimensions, name: str) -> str:
    for column in NAMED:
        if canonical := dimensions[column].aliases.get(fold(name)):
            return canonical
    mend = dimensions["specialty"].mend(name)
    rule = "names a specialty, applicant type or state"
    raise DataError([Problem("the question", rule, mend, value=name)])
