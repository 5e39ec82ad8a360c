"""Positions, programs and applicants of a national Match, cell by cell, from published tables.

How many applicants of each type rank a specialty first is published for some types only. The rest
is filled in by iterative proportional fitting: who filled the positions, scaled until both the
specialties' first-choice applicants and the types' active applicants are met (Deming and Stephan,
Annals of Mathematical Statistics 11, 1940).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import expit, logit

from matchatlas.matching.simulation import OTHERS, Participants
from matchatlas.odds.base_rates import NoEstimate
from matchatlas.odds.estimator import Model

ALL_ACTIVE = "Preferred specialty, all active applicants"
REST = "All other programs"
ROUNDS = 200
FULL = 0.98  # of a specialty's positions, the most that rates may take together
SENIORS_AND_IMGS = ("US MD Senior", "US DO Senior", "US IMG", "Non-US IMG")
# Counted together with these by the table of first choices.
TOGETHER = {
    "Internal Medicine (Primary Care)": "Internal Medicine",
    "Pediatrics (Primary Care)": "Pediatrics",
}


class NoMarket(ValueError):
    """The tables lack what a simulated market needs; str() says what."""


class Published(Protocol):
    """Who answers for the published figures, as far as a market needs them."""

    def table(self, name: str, /) -> pd.DataFrame: ...
    def totals(self) -> pd.DataFrame: ...
    def first_choice(self) -> pd.DataFrame: ...
    def match_rates(self) -> pd.DataFrame: ...
    def positions(self) -> pd.DataFrame: ...
    def fills(self) -> pd.DataFrame: ...
    def outcomes(self) -> pd.DataFrame: ...
    def rank_lengths(self) -> pd.DataFrame: ...
    def specialties(self) -> pd.DataFrame: ...


@dataclass(frozen=True)
class MarketTables:
    """The frames that `Published` gives under the same names; levels: positions_by_specialty_level;
    ranking: applicants_ranking."""

    totals: pd.DataFrame
    first_choice: pd.DataFrame
    match_rates: pd.DataFrame
    positions: pd.DataFrame
    fills: pd.DataFrame
    outcomes: pd.DataFrame
    rank_lengths: pd.DataFrame
    specialties: pd.DataFrame
    levels: pd.DataFrame
    ranking: pd.DataFrame

    @classmethod
    def of(cls, published: Published) -> MarketTables:
        """The tables, as whoever answers for the published figures gives them."""
        return cls(
            totals=published.totals(),
            first_choice=published.first_choice(),
            match_rates=published.match_rates(),
            positions=published.positions(),
            fills=published.fills(),
            outcomes=published.outcomes(),
            rank_lengths=published.rank_lengths(),
            specialties=published.specialties(),
            levels=published.table("positions_by_specialty_level"),
            ranking=published.table("applicants_ranking"),
        )


def count_participants(tables: MarketTables, model: Model) -> Participants:
    """Who takes part in the latest Match that the tables describe, cell by cell.

    What no table says is filled in by iterative proportional fitting [1]_.

    Parameters
    ----------
    tables : MarketTables
        Published positions, applicants and matches.
    model : Model
        Gives the rate of a type in a specialty.

    Returns
    -------
    Participants

    Raises
    ------
    NoMarket
        Where the tables lack what a simulated market needs.

    References
    ----------
    .. [1] Deming and Stephan, On a Least Squares Adjustment of a Sampled Frequency Table, Annals of
       Mathematical Statistics 11 (1940).
    """
    totals, year = _latest_totals(tables)
    first_choice = tables.first_choice[tables.first_choice["match_year"] == year]
    types = _types(tables.match_rates, totals, year)
    programs = _programs(tables, first_choice, totals)
    specialties = [*first_choice["specialty"], REST]
    applied = np.append(
        first_choice["applicants"], totals["active_applicants"] - first_choice["applicants"].sum()
    )
    fills = tables.fills[tables.fills["match_year"] == tables.fills["match_year"].max()]
    known = _known(tables.outcomes, specialties, types.index, year)
    counts = _fit(
        _seed(fills, specialties, types.index), known, applied.astype(float), types["active"].to_numpy(float)
    )
    counts = _spread_rest(pd.DataFrame(counts, index=specialties, columns=types.index), programs)
    cells = pd.DataFrame(
        _whole(counts.to_numpy()), index=pd.Index(counts.index, name="specialty"), columns=types.index
    )
    cells = cells.rename_axis(columns="applicant_type").stack().rename("applicants").reset_index()
    cells = cells[cells["applicants"] > 0].reset_index(drop=True)
    cells["rate"] = [
        _rate(model, types, *row) for row in cells[["applicant_type", "specialty"]].itertuples(index=False)
    ]
    cells["rate"] = _within_positions(cells, programs)
    lengths = _mean_lengths(tables.rank_lengths)
    cells["ranks"] = cells["applicant_type"].map(lengths).fillna(lengths["All applicants"])
    outcomes = tables.outcomes[tables.outcomes["measure"].eq(ALL_ACTIVE) & tables.outcomes["year"].eq(year)]
    sources = [
        totals,
        first_choice,
        outcomes,
        fills,
        tables.positions.tail(1),
        tables.levels.tail(1),
        tables.ranking.tail(1),
        tables.rank_lengths.tail(1),
    ]
    source_ids = pd.concat([pd.Series(part["source_id"]) for part in sources]).unique()
    return Participants(
        year,
        programs,
        cells.assign(strength=0.0),
        types["rate"],
        _also_ranked(tables.ranking, cells, programs),
        tuple(source_ids),
    )


def _latest_totals(tables: MarketTables) -> tuple[pd.Series, int]:
    both = tables.totals[tables.totals["match_year"].isin(tables.first_choice["match_year"])]
    both = both.dropna(subset=["positions_all", "active_applicants", "programs", "matched_pgy1"])
    if both.empty:
        raise NoMarket(
            "No Match has both its totals (positions, programs, active applicants) and "
            "its first-choice applicants by specialty in the tables."
        )
    last = both.sort_values("match_year").iloc[-1]
    return last, int(last["match_year"])


def _types(match_rates: pd.DataFrame, totals: pd.Series, year: int) -> pd.DataFrame:
    """active, rate by applicant type; who is left of the totals stands as OTHERS."""
    rows = match_rates[
        (match_rates["match_year"] == year) & match_rates["applicant_type"].isin(SENIORS_AND_IMGS)
    ].dropna(subset=["active", "match_rate"])
    types = rows.set_index("applicant_type")[["active", "match_rate"]].astype(float)
    types.columns = ["active", "rate"]
    left = totals["active_applicants"] - types["active"].sum()
    if left > 0:
        matched = totals["matched_pgy1"] - (types["active"] * types["rate"]).sum()
        types.loc[OTHERS] = [left, np.clip(matched / left, 0.01, 0.99)]
    return types


def _programs(tables: MarketTables, first_choice: pd.DataFrame, totals) -> pd.DataFrame:
    """specialty, positions, programs, advanced (share of the positions that begin after a
    preliminary year), preliminary (whether all are one).

    Positions are those of the Match where first choices are published, else the last published
    ones, scaled to what is left of the nation's; programs likewise by their last published size.
    """
    newest = _newest_sizes(tables)
    offered = newest["offered"].astype(float)
    here = first_choice.set_index("specialty")["offered"].astype(float)
    newest = newest.reindex(offered.index.union(here.index))
    elsewhere = newest.index.difference(here.index)
    left = totals["positions_all"] - here.sum()
    positions = pd.concat([here, offered[elsewhere] * left / offered[elsewhere].sum()]).sort_index()
    size = newest["offered"] / newest["programs"]
    programs = positions / size.fillna(totals["positions_all"] / totals["programs"])
    programs *= totals["programs"] / programs.sum()
    positions = pd.Series(_whole(positions.to_numpy()), positions.index)
    programs = programs.round().clip(1, positions.clip(lower=1))
    family = tables.specialties.set_index("specialty")["family"].reindex(positions.index)
    return pd.DataFrame(
        {
            "specialty": positions.index,
            "positions": positions.to_numpy(int),
            "programs": programs.to_numpy(int),
            "advanced": newest["advanced"].fillna(0.0).to_numpy(),
            "preliminary": (family == "Preliminary").to_numpy(),
        }
    )[positions.to_numpy() > 0].reset_index(drop=True)


def _newest_sizes(tables: MarketTables) -> pd.DataFrame:
    """By specialty: offered and programs as last published over all levels, advanced (share)."""
    levels = tables.levels
    last = levels[levels["match_year"] == levels.groupby("specialty")["match_year"].transform("max")]
    last = last.assign(specialty=last["specialty"].replace(TOGETHER))
    newest = last.groupby("specialty").agg(
        match_year=("match_year", "max"), programs=("programs", "sum"), offered=("positions_offered", "sum")
    )
    later = last[last["level"] == "PGY-2 advanced"].groupby("specialty")["positions_offered"].sum()
    newest["advanced"] = (later.reindex(newest.index) / newest["offered"]).fillna(0.0)
    table = tables.positions.dropna(subset=["programs", "offered"]).sort_values("match_year")
    table = table[table["scope"] == "PGY-1"]
    table = table.assign(specialty=table["specialty"].replace(TOGETHER))
    table = table.groupby(["specialty", "match_year"])[["programs", "offered"]].sum().reset_index()
    table = table.groupby("specialty").tail(1).set_index("specialty")
    for specialty, row in table.iterrows():
        known = specialty in newest.index
        if not known or row["match_year"] > newest.loc[specialty, "match_year"]:
            advanced = newest.loc[specialty, "advanced"] if known else 0.0
            newest.loc[specialty] = [row["match_year"], row["programs"], row["offered"], advanced]
    return newest[newest["match_year"] >= newest["match_year"].max() - 1]


def _spread_rest(counts: pd.DataFrame, programs: pd.DataFrame) -> pd.DataFrame:
    """The counts with the rest's people laid on the specialties without published first choices:
    as many a position as elsewhere, and whoever is left on preliminary years alone."""
    rest, listed = counts.loc[REST], counts.drop(REST)
    others = programs[~programs["specialty"].isin(listed.index)].set_index("specialty")
    years = others["preliminary"]
    positions = programs.set_index("specialty")["positions"]
    per_position = listed.to_numpy().sum() / positions[listed.index].sum()
    share = others["positions"] * per_position / rest.sum()
    share[years] = others["positions"][years] / others["positions"][years].sum()
    share[years] *= max(0.0, 1 - share[~years].sum())
    return pd.concat([listed, pd.DataFrame(np.outer(share / share.sum(), rest), share.index, counts.columns)])


def _also_ranked(ranking, cells, programs) -> pd.DataFrame:
    """specialty, applicant_type, applicants: who rank a specialty that is not their first choice,
    by the last published number of all who rank it."""
    last = ranking[ranking["match_year"] == ranking["match_year"].max()]
    last = last[last["specialty"].isin(programs["specialty"])]
    everyone = last.groupby(["specialty", "applicant_type"])["applicants_ranking_specialty"].sum()
    first = cells.groupby(["specialty", "applicant_type"])["applicants"].sum()
    years = set(programs["specialty"][programs["preliminary"]])
    first = first[~first.index.get_level_values("specialty").isin(years)]
    also = everyone.sub(first.reindex(everyone.index).fillna(0)).clip(lower=0)
    also = also.rename("applicants").reset_index().dropna()
    also["applicants"] = also["applicants"].astype(int)
    known = set(cells["applicant_type"])
    return also[(also["applicants"] > 0) & also["applicant_type"].isin(known)]


def _seed(fills: pd.DataFrame, specialties, types) -> np.ndarray:
    """Positions filled by specialty and type: the shape that counts are scaled from."""
    by_cell = fills.assign(
        specialty=fills["specialty"].where(fills["specialty"].isin(specialties), REST),
        applicant_type=fills["applicant_type"].where(fills["applicant_type"].isin(types), OTHERS),
    ).pivot_table(index="specialty", columns="applicant_type", values="filled_by_type", aggfunc="sum")
    # Half a person, so that nowhere is closed to a type only because none filled a position.
    return by_cell.reindex(index=specialties, columns=types).fillna(0).to_numpy(float) + 0.5


def _known(outcomes: pd.DataFrame, specialties, types, year: int) -> np.ndarray:
    """Published applicants by specialty and type, NaN where none."""
    rows = outcomes[(outcomes["year"] == year) & (outcomes["measure"] == ALL_ACTIVE)]
    table = rows.pivot_table(index="specialty", columns="applicant_type", values="total")
    return table.reindex(index=specialties, columns=types).to_numpy(float)


def _fit(seed, known, by_specialty, by_type) -> np.ndarray:
    """Scale `seed` to both margins, published cells held as they are."""
    is_known = ~np.isnan(known)
    fixed = np.where(is_known, known, 0.0)
    counts = np.where(is_known, 0.0, seed)
    rows = np.maximum(by_specialty - fixed.sum(1), 0)[:, None]
    columns = np.maximum(by_type - fixed.sum(0), 0)
    for _ in range(ROUNDS):
        counts *= rows / np.maximum(counts.sum(1, keepdims=True), 1e-9)
        counts *= columns / np.maximum(counts.sum(0), 1e-9)
    return counts + fixed


def _whole(counts: np.ndarray) -> np.ndarray:
    """Whole people of the same total: the largest remainders are rounded up."""
    floor = np.floor(counts)
    short = round(counts.sum() - floor.sum())
    largest = np.argsort(-(counts - floor), axis=None, kind="stable")[:short]
    floor.flat[largest] += 1
    return floor.astype(int)


def _rate(model: Model, types: pd.DataFrame, applicant_type: str, specialty: str) -> float:
    try:
        return model.base(applicant_type, specialty).center
    except NoEstimate:
        return types.loc[applicant_type, "rate"]


def _within_positions(cells: pd.DataFrame, programs: pd.DataFrame) -> pd.Series:
    """The rates, lowered in log odds where they would take more positions than a specialty has."""
    positions = programs.set_index("specialty")["positions"]
    odds = logit(cells["rate"].clip(0.01, 0.99))
    for specialty, rows in cells.groupby("specialty"):

        def beyond(shift, rows=rows, most=FULL * positions[specialty]):
            return (rows["applicants"] * expit(odds[rows.index] + shift)).sum() - most

        if beyond(0.0) > 0:
            odds[rows.index] += brentq(beyond, -20, 0)
    return expit(odds)


def _mean_lengths(rank_lengths: pd.DataFrame) -> dict[str, float]:
    """Mean list length of matched and unmatched together, by type, latest Match."""
    last = rank_lengths[rank_lengths["match_year"] == rank_lengths["match_year"].max()]
    ranks = last["matched"] * last["mean_ranks_matched"] + last["unmatched"] * last["mean_ranks_unmatched"]
    return dict(zip(last["applicant_type"], ranks / (last["matched"] + last["unmatched"]), strict=True))
