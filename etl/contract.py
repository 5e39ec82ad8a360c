"""Contracts: what a table must look like, declared as data in `etl/contracts/*.yml`."""

import re
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from etl import yamlfile
from etl.paths import Paths
from etl.problems import DataError, Problem

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
    """One input table. `files` is a glob under `data/tables`; several files are one table. A file
    `<name>_<year>.csv` beside them is one of it whether the glob has it or not.

    A `private` table lies under `data/imports` instead, which is never committed: its rows come
    from the analyst's own copy of a document that may not be passed on.
    """

    name: str = ""  # the file's own
    title: str
    publisher: str
    files: str
    private: bool = False
    key: tuple[str, ...]
    columns: dict[str, Column]
    identities: tuple[Identity, ...] = Field(default=())

    def paths(self, paths: Paths) -> list[Path]:
        """The files that hold this table, in a stable order."""
        folder = self.folder(paths)
        years = folder.glob(f"{Path(self.files).parent}/*_[0-9][0-9][0-9][0-9].csv")
        return sorted({*folder.glob(self.files), *(file for file in years if file.stem[:-5] == self.name)})

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


_SHAPE = TypeAdapter(Contract)
_GLOSSARY = TypeAdapter(dict[str, Words])


def glossary(paths: Paths) -> dict[str, Words]:
    """What every column name means, told once for all contracts and marts. Raises DataError."""
    return yamlfile.load(paths.glossary, f"etl/{paths.glossary.name}", _GLOSSARY).content


def load_contracts(paths: Paths, named: str = "*") -> dict[str, Contract]:
    """Every contract by table name, or those whose name has a form.

    Raises DataError with every fault of the contract files themselves.
    """
    contracts, problems = {}, []
    for file in sorted(paths.contracts.glob(f"{named}.yml")):
        name = f"{paths.contracts.parent.name}/{paths.contracts.name}/{file.name}"
        try:
            document = yamlfile.load(file, name, _SHAPE)
        except DataError as error:
            problems += error.problems
        else:
            problems += _inconsistent(document)
            contracts[file.stem] = document.content.model_copy(update={"name": file.stem})
    if problems:
        raise DataError(problems)
    return contracts


def load_contract(paths: Paths, table: str) -> Contract:
    """One table's contract. Raises DataError, with the tables there are, for another name."""
    tables = sorted(file.stem for file in paths.contracts.glob("*.yml"))
    if table not in tables:
        mend = f"use one of: {', '.join(tables)}"
        raise DataError([Problem("etl/contracts", "the table has a contract", mend, value=table)])
    return load_contracts(paths, table)[table]


def _inconsistent(document: yamlfile.Document) -> list[Problem]:
    """What no single key of a contract shows: a key column that is not there, a wrong pattern."""
    contract, problems = document.content, []
    files = Path(contract.files)
    if files.is_absolute() or ".." in files.parts or files.suffix != ".csv":
        problems.append(
            Problem(
                document.name,
                "files are CSV below data/tables",
                "write publisher/name*.csv",
                document.line("files"),
                "files",
                contract.files,
            )
        )
    for place, column in enumerate(contract.key):
        if column not in contract.columns:
            problems.append(
                Problem(
                    document.name,
                    "a key column is one of the columns",
                    f"use some of: {', '.join(contract.columns)}",
                    document.line("key", place),
                    "key",
                    column,
                )
            )
    for name, rules in contract.columns.items():
        try:
            re.compile(rules.pattern or "")
        except re.error as error:
            problems.append(
                Problem(
                    document.name,
                    f"is a regular expression ({error})",
                    "correct it",
                    document.line("columns", name, "pattern"),
                    "pattern",
                    rules.pattern,
                )
            )
    return problems
