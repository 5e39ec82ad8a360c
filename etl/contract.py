"""Contracts: what a table must look like, declared as data in `etl/contracts/*.yml`."""

from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

from etl.paths import Paths

YEAR_COLUMNS = ("match_year", "edition_year", "survey_year", "season", "year")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Column(_Strict):
    """One column: its type and the rules for a single value."""

    type: Literal["integer", "number", "text", "date"]
    required: bool = False
    min: float | None = None
    max: float | None = None
    allowed: tuple[str, ...] | None = None
    pattern: str | None = None
    dimension: Literal["specialty", "applicant_type", "state", "source"] | None = None


class Identity(_Strict):
    """An arithmetic rule over one row: a SQL condition that holds, or is unknown (a figure is
    missing), and how to mend a row that breaks it."""

    rule: str
    holds: str
    mend: str


class Contract(_Strict):
    """One input table. `files` is a glob under `data/tables`; several files are one table."""

    name: str
    title: str
    publisher: str
    files: str
    key: tuple[str, ...]
    columns: dict[str, Column]
    identities: tuple[Identity, ...] = Field(default=())

    def paths(self, paths: Paths) -> list[Path]:
        """The files that hold this table, in a stable order."""
        return sorted(paths.tables.glob(self.files))

    @property
    def year(self) -> str | None:
        """The key column that tells the year, if there is one."""
        return next((column for column in self.key if column in YEAR_COLUMNS), None)

    def rules(self) -> int:
        """How many rules each row is held against: the single-value ones, the key, the identities."""
        limits = ("required", "min", "max", "allowed", "pattern", "dimension")
        single = sum(
            1 + sum(getattr(column, limit) not in (None, False) for limit in limits)
            for column in self.columns.values()
        )
        return single + 1 + len(self.identities)

    def __hash__(self) -> int:
        return hash(self.name)


def load_contracts(paths: Paths) -> dict[str, Contract]:
    """Every contract by table name.

    Raises pydantic.ValidationError where a contract file itself is malformed.
    """
    contracts = {}
    for file in sorted(paths.contracts.glob("*.yml")):
        with open(file, encoding="utf-8") as stream:
            contracts[file.stem] = Contract(name=file.stem, **yaml.safe_load(stream))
    return contracts
