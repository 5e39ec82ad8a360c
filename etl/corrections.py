"""Wrong figures of a source, corrected as data: `data/corrections.yml`."""

import duckdb
import pandas as pd
from pydantic import BaseModel, ConfigDict, TypeAdapter

from etl import yamlfile
from etl.contract import Contract
from etl.paths import Paths
from etl.problems import DataError, Problem

FILE = "data/corrections.yml"


class Correction(BaseModel):
    """One cell of an input table: where it stands (names canonical), the value expected there, the
    right value (None where it is not known), why, and who says so."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    table: str
    where: dict[str, str | int | float]
    column: str
    expected: float | str
    value: float | str | None
    reason: str
    source_id: str


_SHAPE = TypeAdapter(list[Correction])


def load_corrections(paths: Paths) -> list[Correction]:
    """Every correction. Raises DataError where one is not of the form."""
    file = paths.data / "corrections.yml"
    return yamlfile.load(file, FILE, _SHAPE).content if file.exists() else []


def correct(connection: duckdb.DuckDBPyConnection, contracts: dict[str, Contract], paths: Paths) -> None:
    """Put the right values into the checked input, and record in `raw.correction` what was done.

    Raises DataError where a correction's cell is not there, or no longer holds the wrong value.
    """
    done = load_corrections(paths)
    for correction in done:
        _correct(connection, contracts, correction)
    columns = ["input", "row", "column", "expected", "value", "reason", "source_id"]
    rows = [
        (
            c.table,
            ", ".join(map(str, c.where.values())),
            c.column,
            str(c.expected),
            None if c.value is None else str(c.value),
            c.reason,
            c.source_id,
        )
        for c in done
    ]
    connection.register("frame", pd.DataFrame(rows, columns=columns, dtype="str"))
    connection.execute("CREATE TABLE raw.correction AS SELECT * FROM frame")
    connection.unregister("frame")


def _correct(connection, contracts: dict[str, Contract], correction: Correction) -> None:
    def refuse(rule: str, mend: str) -> DataError:
        place = f"{correction.table}: {', '.join(map(str, correction.where.values()))}"
        return DataError([Problem(FILE, rule, mend, column=correction.column, value=place)])

    contract = contracts.get(correction.table)
    if contract is None or not {*correction.where, correction.column} <= contract.columns.keys():
        raise refuse("names a table and columns of its contract", "correct the names")
    condition = " AND ".join(f'"{column}" = ?' for column in correction.where)
    found = connection.execute(
        f'SELECT "{correction.column}" FROM raw."{correction.table}" WHERE {condition}',
        list(correction.where.values()),
    ).fetchall()
    if len(found) != 1:
        raise refuse("means one row", f"{len(found)} rows answer it; name its whole key")
    if found[0][0] != correction.expected:
        raise refuse(
            f"the value to correct is {correction.expected}",
            f"the table has {found[0][0]}: where the source was mended, remove the correction",
        )
    connection.execute(
        f'UPDATE raw."{correction.table}" SET "{correction.column}" = ? WHERE {condition}',
        [correction.value, *correction.where.values()],
    )
