"""Contracts: what a table must look like, declared as data in `etl/contracts/*.yml`."""

from pathlib import Path
from typing import Literal, NamedTuple

import yaml
from pydantic import BaseModel, ConfigDict, Field

from etl.paths import Paths

YEAR_COLUMNS = ("match_year", "edition_year", "survey_year", "season", "year")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(NamedTuple):
    """What a column means: a short title, a sentence, the unit of its values."""

    title: str
    meaning: str
    unit: str


class Column(_Strict):
    """One column: its type, the rules for a single value, and the headers publishers print for
    it. adds: whether the counts of several rows make their total; institutions, say, are counted
    once in each row and once in the total. words: what it means, where the glossary's words for
    its name are not the right ones."""

    type: Literal["integer", "number", "text", "date"]
    required: bool = False
    min: float | None = None
    max: float | None = None
    allowed: tuple[str, ...] | None = None
    pattern: str | None = None
    dimension: Literal["specialty", "applicant_type", "state", "source"] | None = None
    aliases: tuple[str, ...] = ()
    adds: bool = True
    words: Words | None = None


class Identity(_Strict):
    """An arithmetic rule over one row: a SQL condition that holds, or is unknown (a figure is
    missing), and how to mend a row that breaks it."""

    rule: str
    holds: str
    mend: str


class Contract(_Strict):
    """One input table. `files` is a glob under `data/tables`; several files are one table.

    A `private` table lies under `data/imports` instead, which is never committed: its rows come
    from the analyst's own copy of a document that may not be passed on.
    """

    name: str
    title: str
    publisher: str
    files: str
    private: bool = False
    key: tuple[str, ...]
    columns: dict[str, Column]
    identities: tuple[Identity, ...] = Field(default=())

    def paths(self, paths: Paths) -> list[Path]:
        """The files that hold this table, in a stable order."""
        return sorted(self.folder(paths).glob(self.files))

    def folder(self, paths: Paths) -> Path:
        """Where the table's files lie."""
        return paths.imports if self.private else paths.tables

    @property
    def given(self) -> tuple[str, ...]:
        """The columns that `add` fills in where a document does not print them."""
        return tuple(name for name in (self.year, "source_id") if name)

    @property
    def text_key(self) -> tuple[str, ...]:
        """The key columns that hold names, where a totals row says that it is one."""
        return tuple(name for name in self.key if self.columns[name].type == "text")

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


def glossary(paths: Paths) -> dict[str, Words]:
    """What every column name means, told once for all contracts and marts."""
    entries = yaml.load(paths.glossary.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return {name: Words(*words) for name, words in entries.items()}


def load_contracts(paths: Paths) -> dict[str, Contract]:
    """Every contract by table name.

    Raises pydantic.ValidationError where a contract file itself is malformed.
    """
    contracts = {}
    for file in sorted(paths.contracts.glob("*.yml")):
        with open(file, encoding="utf-8") as stream:
            contracts[file.stem] = Contract(
                name=file.stem, **yaml.load(stream, Loader=yaml.CSafeLoader)
            )
    return contracts
