"""What a build changes: rows new, gone and changed, and jumps beyond the historic spread."""

from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from etl.contract import Contract
from etl.database import read_only

# A change from one year to the next is a jump beyond this many historic standard deviations.
SPREADS = 4
# Counts of a few people jump by chance; below this former value nothing is flagged.
SMALLEST = 50


@dataclass(frozen=True)
class Difference:
    """One row that differs. kind: new, gone, changed or jump; detail says how."""

    table: str
    kind: str
    key: str
    detail: str

    def __str__(self) -> str:
        return f"{self.table}  {self.kind}: {self.key}{'  ' + self.detail if self.detail else ''}"


def compare(live: Path, candidate: Path, contracts: dict[str, Contract]) -> list[Difference]:
    """Differences of two builds' checked input rows, table by table, by the contract's key."""
    found: list[Difference] = []
    for contract in contracts.values():
        former, now = (_rows(file, contract) for file in (live, candidate))
        found += _rows_that_differ(contract, former, now)
        found += _jumps(contract, former, now)
    return found


def _rows(file: Path, contract: Contract) -> pd.DataFrame:
    with read_only(file) as connection:
        try:
            rows = connection.execute(f'SELECT * FROM raw."{contract.name}"').df()
        except duckdb.CatalogException:
            rows = pd.DataFrame(columns=[*contract.columns])
    rows = rows.reindex(columns=list(contract.columns))
    # Two printed names of one canonical name share a key; the first of both builds are compared.
    copy = rows.groupby(list(contract.key), dropna=False).cumcount().rename("copy")
    return rows.set_index([*contract.key, copy]).sort_index()


def _text(key) -> str:
    """A row's key, without the number of its copy."""
    return " / ".join(map(str, key[:-1]))


def _rows_that_differ(contract, former, now) -> list[Difference]:
    found = [
        Difference(contract.name, "new", _text(k), "") for k in now.index.difference(former.index)
    ]
    found += [
        Difference(contract.name, "gone", _text(k), "") for k in former.index.difference(now.index)
    ]
    both = former.index.intersection(now.index)
    before, after = former.loc[both], now.loc[both]
    changed = (before != after) & ~(before.isna() & after.isna())
    for place in np.flatnonzero(changed.any(axis=1)):
        details = [
            f"{column} {before.iloc[place][column]} -> {after.iloc[place][column]}"
            for column in changed.columns[changed.iloc[place]]
        ]
        found.append(Difference(contract.name, "changed", _text(both[place]), "; ".join(details)))
    return found


def _jumps(contract: Contract, former: pd.DataFrame, now: pd.DataFrame) -> list[Difference]:
    year = contract.year
    if year is None or now.index.difference(former.index).empty:
        return []
    counts = [name for name, rules in contract.columns.items()
              if rules.type == "integer" and name not in contract.key]  # fmt: skip
    others = [column for column in contract.key if column != year]
    rows = now.reset_index().sort_values([*others, year])
    groups = rows.groupby(others, dropna=False) if others else rows.groupby(lambda _: 0)
    steps = groups[year].diff() == 1
    is_new = ~pd.MultiIndex.from_frame(rows[list(contract.key)]).isin(
        pd.MultiIndex.from_frame(former.reset_index()[list(contract.key)])
    )
    found = []
    for column in counts:
        values = rows[column].astype(float)
        before = groups[column].shift().astype(float)
        with np.errstate(divide="ignore", invalid="ignore"):
            growth = np.log(values / before).where(steps & (before >= SMALLEST))
        spread = growth[~is_new].replace([np.inf, -np.inf], np.nan).std()
        beyond = is_new & (growth.abs() > SPREADS * spread)
        for place in np.flatnonzero(beyond):
            row = rows.iloc[place]
            found.append(Difference(
                contract.name, "jump", " / ".join(map(str, row[list(contract.key)])),
                f"{column} {before.iloc[place]:,.0f} -> {values.iloc[place]:,.0f}, "
                f"beyond {SPREADS} times the historic spread: compare with the publication",
            ))  # fmt: skip
    return found
