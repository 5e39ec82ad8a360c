"""Hold what was read from a document against the national totals that were published."""

from dataclasses import dataclass

import pandas as pd

from etl.check import read_table
from etl.contract import Contract, load_contract
from etl.dimensions import Dimensions
from etl.problems import DataError, Problem

# Tables whose rows add up to the whole Match: the columns of positions offered and filled.
WHOLE = {
    "positions_by_state_specialty_type": ("positions_offered", "positions_filled"),
    "program_positions": ("quota", "filled"),
}
# Published sums by state: those that come to the published total tell where positions are short.
BY_STATE = ("programs_by_state", "positions_by_state_type")
EXCERPT = 0.1  # share of a published total below which a document is no whole one
TOLD = 8  # places told of those that are short


@dataclass(frozen=True)
class Accepted:
    """What the analyst takes for granted: so many positions may be short, for this reason."""

    short: int = 0
    reason: str = ""


def check_sums(
    rows: pd.DataFrame,
    contract: Contract,
    dimensions: Dimensions,
    document: str,
    year: int,
    expected: dict[str, int],
    accepted: Accepted,
) -> list[str]:
    """Sum positions offered and filled by Match and compare with the published totals.

    rows: as text, canonical column names. expected: column -> total the analyst gives, of the
    newest Match; for the others, and where none is given, the totals are those of our own tables.
    year: the Match that the analyst names; of the others, one that comes to less than `EXCERPT` of
    its total is an excerpt's. Returns a note for each Match that is accepted short, that is an
    excerpt's, or that no total is known of. Raises DataError where rows sum to more than was
    published, or to less than is accepted; it tells the states that are short where a table has
    them.
    """
    columns = WHOLE.get(contract.name)
    if not columns or rows.empty:
        return _check_expected(rows, document, expected)
    tables = _Tables(dimensions)
    years = rows[contract.year].astype(int)
    notes, problems = [], []
    for match in sorted(years.unique()):
        of_match = rows[years == match]
        for column, kind in zip(columns, ("offered", "filled"), strict=True):
            published, told_by = tables.total(match, kind)
            given = match == years.max() and kind in expected
            if given:
                published, told_by = expected[kind], "as given"
            found = int(of_match[column].astype(int).sum())
            told = f"{match}: {found:,} positions {kind}"
            if published is None:
                notes.append(f"{told}; no published total is known to check it by")
            elif 0 < published - found <= accepted.short:
                notes.append(
                    f"{told}, {published - found:,} short of the published {published:,}, "
                    f"accepted: {accepted.reason}"
                )
            elif match != year and not given and found < EXCERPT * published:
                notes.append(f"{told} of the published {published:,}: an excerpt, not checked against it")
            elif found != published:
                where = tables.where(of_match, column, match, kind, published)
                problems.append(_disagrees(document, match, column, found, published, told_by, where))
    if problems:
        raise DataError(problems)
    return notes


def _check_expected(rows: pd.DataFrame, document: str, expected: dict[str, int]) -> list[str]:
    for kind, total in expected.items():
        column = f"positions_{kind}"
        found = pd.to_numeric(rows[column], errors="coerce").sum() if column in rows else 0
        if found != total:
            raise DataError([_disagrees(document, None, column, int(found), total, "as given", "")])
    return []


def _disagrees(document, year, column, found, published, told_by, where) -> Problem:
    short = published - found
    how = f"{short:,} short" if short > 0 else f"{-short:,} too many"
    mend = "a row was missed, doubled or misread: compare with the document"
    if short > 0:
        mend += f"; if the document itself lacks them, add --accept-short {short} --reason '...'"
    return Problem(
        document,
        f"the rows add up to the published total{f' of {year}' if year else ''}",
        mend,
        column=column,
        value=f"sum {found:,}, published {published:,} ({told_by}): {how}{where}",
    )


class _Tables:
    """The published tables that hold totals, read when they are asked for."""

    def __init__(self, dimensions: Dimensions):
        self.dimensions = dimensions
        self.read: dict[str, pd.DataFrame] = {}

    def table(self, name: str) -> pd.DataFrame:
        if name not in self.read:
            self.read[name] = read_table(load_contract(self.dimensions.paths, name), self.dimensions)
        table = self.read[name]
        return table[table["trust"] != "weak"] if "trust" in table else table

    def total(self, year: int, kind: str) -> tuple[int | None, str]:
        """The published total of a Match, and the table that tells it; None where none does."""
        measure = {"offered": "positions_all", "filled": "filled_all"}[kind]
        over = self.table("totals_over_programs")
        for name, column, table in (
            ("match_totals", measure, self.table("match_totals")),
            ("totals_over_programs", "published", over[over["measure"] == measure]),
            ("programs_by_state, all states", f"positions_{kind}", self.table("programs_by_state")),
        ):
            values = table.loc[table["match_year"] == year, column].dropna()
            if len(values):
                return int(values.sum()), name
        return None, ""

    def where(self, rows: pd.DataFrame, column: str, year: int, kind: str, total: int) -> str:
        """The states whose rows do not come to the published sum, as the end of a sentence."""
        found = rows[column].astype(int).groupby(rows["state"]).sum()
        for name in BY_STATE:
            table = self.table(name)
            published = table[table["match_year"] == year].set_index("state")[f"positions_{kind}"]
            if published.sum() != total:
                continue
            off = published.astype(int).sub(found, fill_value=0).astype(int)
            off = off[off != 0].sort_values(key=abs, ascending=False)
            told = [
                f"{state} {abs(n):,} {'short' if n > 0 else 'too many'}" for state, n in off[:TOLD].items()
            ]
            return f"; by {name}: {', '.join(told)}" + (", and others" if len(off) > TOLD else "")
        return ""
