"""How near simulated national Matches come to published figures.

Some are fitted to: each calibration moves strengths until they are met. No fit aims at the others,
but the constants of `simulation` were chosen by hand with them in view: their errors are
those of a description, and figures that nobody looked at may be farther off.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from matchatlas.matching.market import UNMATCHED
from matchatlas.matching.participants import Published
from matchatlas.matching.simulation import MAIN, Participants, Played

# Written by `python -m benchmarks.ranklist`, and read by the page: measuring takes half a minute.
TABLE = Path(__file__).resolve().parent / "reality.csv"
FITTED, IN_VIEW = "fitted", "in view"
LENGTHS = (1, 2, 3, 5, 8, 12)
LARGE = 50  # positions; fill rates of smaller specialties hang on a few people


@dataclass(frozen=True)
class Facts:
    """The published frames of the same names; levels: positions_by_specialty_level."""

    totals: pd.DataFrame
    rank_lengths: pd.DataFrame
    matched_rank_position: pd.DataFrame
    outcome_bands: pd.DataFrame
    levels: pd.DataFrame
    program_rank_list_lengths: pd.DataFrame

    @classmethod
    def of(cls, published: Published) -> Facts:
        """The frames, as whoever answers for the published figures gives them."""
        return cls(
            published.totals(),
            published.rank_lengths(),
            published.table("matched_rank_position"),
            published.table("outcome_bands"),
            published.table("positions_by_specialty_level"),
            published.table("program_rank_list_lengths"),
        )


def read() -> pd.DataFrame:
    """The table as last measured: Figure, Published, Simulated, Off, Use, Source."""
    return pd.read_csv(TABLE)


def compare(participants: Participants, matches: list[Played], facts: Facts) -> pd.DataFrame:
    """Published beside simulated figures: figure, published, simulated, use, source_id.

    Simulated: the mean over the matches. Shares are in percent. The published ones are of the last
    Match that has them. use: FITTED or IN_VIEW.
    """
    rows = [*_rates(participants, matches), *_filled(participants, matches, facts)]
    rows += _choices(participants, matches, facts)
    rows += _lengths(participants, matches, facts)
    return pd.DataFrame(rows, columns=["figure", "published", "simulated", "use", "source_id"])


def _of(participants: Participants, played: Played, applicant_type: str) -> np.ndarray:
    types = participants.applicants["applicant_type"].to_numpy()
    return (types == applicant_type)[played.drawn.cell]


def _mean(matches, measure) -> float:
    return float(np.mean([measure(played) for played in matches]))


def _rates(participants, matches):
    for name, published in participants.type_rates.items():
        rate = _mean(matches, lambda p, name=name: p.matched[_of(participants, p, name)].mean())
        yield (f"{name}: matched (%)", 100 * published, 100 * rate, FITTED, participants.source_ids[0])


def _filled(participants, matches, facts):
    totals = facts.totals.dropna(subset=["filled_all", "positions_all"]).iloc[-1]
    positions = participants.programs["positions"].to_numpy()

    def filled(played) -> np.ndarray:
        seats = np.concatenate([m.program[m.program != UNMATCHED] for m in (played.main, played.year)])
        return np.bincount(played.drawn.specialty[seats], minlength=len(positions))

    rate = _mean(matches, lambda p: filled(p).sum() / positions.sum())
    yield (
        "All positions filled (%)",
        100 * totals["filled_all"] / totals["positions_all"],
        100 * rate,
        IN_VIEW,
        totals["source_id"],
    )
    last = facts.levels.groupby("specialty")["match_year"].transform("max")
    levels = facts.levels[facts.levels["match_year"] == last]
    known = levels.groupby("specialty")[["positions_filled", "positions_offered"]].sum()
    published = (known["positions_filled"] / known["positions_offered"]).reindex(
        participants.programs["specialty"]
    )
    simulated = np.mean([filled(p) / positions for p in matches], axis=0)
    large = (positions >= LARGE) & ~participants.programs["preliminary"].to_numpy()
    large &= published.notna().to_numpy()
    for row in np.flatnonzero(large):
        name = participants.programs["specialty"].iloc[row]
        yield (
            f"{name}: positions filled (%)",
            100 * published.iloc[row],
            100 * simulated[row],
            IN_VIEW,
            levels["source_id"].iloc[-1],
        )


def _choices(participants, matches, facts):
    last = facts.matched_rank_position.sort_values("match_year")
    last = last[last["applicant_type"] == "US MD Senior"].iloc[-1]

    def at_place(played, lowest, highest) -> float:
        market = played.drawn.lists[MAIN]
        owner = market.owner
        hit = market.program == played.main.program[owner]
        place = np.full(market.applicants, -1)
        place[owner[hit]] = played.drawn.place[hit]
        place = place[_of(participants, played, "US MD Senior")]
        return ((place >= lowest) & (place <= highest)).mean()

    for name, column, low, high in (
        ("first", "pct_first", 0, 0),
        ("second", "pct_second", 1, 1),
        ("third", "pct_third", 2, 2),
    ):
        share = _mean(matches, lambda p, low=low, high=high: at_place(p, low, high))
        yield (
            f"US MD Senior: matched at the {name} choice, {last['match_year']} (%)",
            last[column],
            100 * share,
            IN_VIEW,
            last["source_id"],
        )


def _lengths(participants, matches, facts):
    bands = facts.outcome_bands
    bands = bands[(bands["measure"] == "contiguous_ranks") & (bands["applicant_type"] == "US MD Senior")]
    for length in LENGTHS:
        known = bands[(bands["low"] == length) & (bands["high"] == length)]

        def rate(played, length=length) -> float:
            some = _of(participants, played, "US MD Senior") & (played.drawn.length == length)
            return played.preferred(participants)[some].mean()

        yield (
            f"US MD Senior with {length} contiguous ranks: matched, {known['edition'].max()} (%)",
            100 * known["matched"].sum() / known[["matched", "unmatched"]].to_numpy().sum(),
            100 * _mean(matches, rate),
            IN_VIEW,
            known["source_id"].iloc[-1],
        )
    last = facts.rank_lengths[facts.rank_lengths["match_year"] == facts.rank_lengths["match_year"].max()]
    for row in last[last["applicant_type"].isin(participants.type_rates.index)].itertuples():
        for matched, published in ((True, row.mean_ranks_matched), (False, row.mean_ranks_unmatched)):

            def mean(played, name=row.applicant_type, matched=matched) -> float:
                some = _of(participants, played, name) & (played.matched == matched)
                return played.drawn.length[some].mean()

            yield (
                f"{row.applicant_type}: ranks of the {'matched' if matched else 'unmatched'}",
                published,
                _mean(matches, mean),
                IN_VIEW,
                row.source_id,
            )
    programs = facts.program_rank_list_lengths
    programs = programs[programs["match_year"] == programs["match_year"].max()]
    yield (
        "Applicants ranked by a program, mean",
        np.average(programs["mean_rank_list_length"], weights=programs["programs"]),
        _mean(matches, lambda p: p.drawn.ranked / len(p.drawn.specialty)),
        IN_VIEW,
        programs["source_id"].iloc[-1],
    )
