"""Documents whose editions overlap: each Match is taken from the newest edition that has it."""

from pathlib import Path

import pandas as pd

from etl.contract import Contract
from etl.paths import Paths
from etl.problems import DataError, Problem
from etl.published import EXCERPT, WHOLE


def take_over(
    paths: Paths, contract: Contract, rows: pd.DataFrame, document: str
) -> tuple[pd.DataFrame, dict[Path, pd.DataFrame], list[str]]:
    """What is left of a new edition's rows and of the files that hold former ones.

    rows: of the new edition, as text. The edition with the newer newest Match keeps the Matches
    both have, whichever is brought first. Returns the rows to write, the files to write anew with
    what they keep (no rows: the file goes), and a note for each. Raises DataError where a file
    already holds this edition, and where an excerpt would take over from a whole one.
    """
    changed: dict[Path, pd.DataFrame] = {}
    notes = []
    years = rows[contract.year].astype(int)
    for file in contract.paths(paths):
        former = pd.read_csv(file, dtype=str, keep_default_na=False)
        held = former[contract.year].astype(int)
        both = sorted(set(held) & set(years))
        if not both:
            continue
        told = ", ".join(map(str, both))
        if held.max() == years.max():
            raise DataError(
                [
                    Problem(
                        document,
                        f"{contract.name} of {told} is not there yet",
                        f"to replace it, remove {file.relative_to(paths.data.parent)} first",
                    )
                ]
            )
        if held.max() < years.max():
            _refuse_excerpt(rows, former, contract, both, file, document)
            changed[file] = former[~held.isin(both)]
            notes.append(f"the Matches of {told} are taken over from {file.name}, an older edition")
        else:
            rows = rows[~years.isin(both)]
            years = rows[contract.year].astype(int)
            notes.append(f"the Matches of {told} are left to {file.name}, a newer edition")
    return rows, changed, notes


def _refuse_excerpt(rows, former, contract: Contract, years: list[int], file: Path, document: str) -> None:
    """An excerpt of a newer edition may not put an end to a whole older one."""
    offered = WHOLE.get(contract.name, ("",))[0]
    for year in years if offered else ():
        new, old = (
            frame.loc[frame[contract.year].astype(int) == year, offered].astype(int).sum()
            for frame in (rows, former)
        )
        if new < EXCERPT * old:
            raise DataError(
                [
                    Problem(
                        document,
                        "a newer edition is as whole as the one it takes over from",
                        f"bring the whole document, or remove {file.name} first",
                        column=offered,
                        value=f"{year}: {new:,}, in {file.name} {old:,}",
                    )
                ]
            )
