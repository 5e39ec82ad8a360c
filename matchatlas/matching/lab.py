"""One applicant's rank order list in many simulated Matches."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from scipy.special import ndtr

from matchatlas.matching.deferred_acceptance import Settled
from matchatlas.matching.entrants import Entrant, Question, cells
from matchatlas.matching.market import UNMATCHED
from matchatlas.matching.pairs import Seat
from matchatlas.matching.simulation import (
    LENGTH_AND_STRENGTH,
    LENGTH_SPREAD,
    MAIN,
    Participants,
    calibrate,
    play,
    rates,
)
from matchatlas.odds.intervals import jeffreys

LONGEST = 20  # programs of a list whose swaps are all tried
NATIONS = 10  # national Matches drawn; more Matches draw the applicant anew in the same ones


@dataclass(frozen=True)
class Nation:
    """A national Match that has come out: residency positions and preliminary years, whether it
    was found stable, and the simulated match rate of each row of `Participants.applicants`."""

    main: Settled
    years: Settled
    stable: bool
    rates: np.ndarray


@dataclass(frozen=True)
class Answer:
    """What came of it, by simulated Match.

    kept: whether each program of the list keeps the applicant, were it ranked alone, (programs,
    markets); year: whether, where matched there, its supplemental list gives a year; nation: which national Match each was, (markets,); stable: how many were found
    stable; type_rate: simulated match rate of the applicant's type in the first program's
    specialty; aimed: the rate it was set to come near.
    """

    kept: np.ndarray
    year: np.ndarray
    nation: np.ndarray
    stable: int
    type_rate: float
    aimed: float

    def placed(self, order: Sequence[int]) -> np.ndarray:
        """The place on the true list matched to, were the list sent in this order (places on the
        true list, all or some), or UNMATCHED; (markets,)."""
        kept = self.kept[list(order)]
        return np.where(kept.any(0), np.array(order)[kept.argmax(0)], UNMATCHED)

    def odds(self) -> pd.DataFrame:
        """place (programs' number for not matched), rate, low, high (95 %, chance of drawing)."""
        count = len(self.kept)
        place = self.placed(range(count))
        hits = np.arange(count + 1)[:, None] == np.where(place == UNMATCHED, count, place)
        return with_interval(pd.DataFrame({"place": np.arange(count + 1)}), hits, self.nation)

    def odds_by_length(self) -> pd.DataFrame:
        """length, rate, low, high: matched at all, with the list cut after `length` programs."""
        hits = np.logical_or.accumulate(self.kept, axis=0)
        return with_interval(pd.DataFrame({"length": np.arange(1, len(hits) + 1)}), hits, self.nation)

    def swap_table(self) -> pd.DataFrame:
        """upper, lower, better, same, worse: in how many Matches, by the true preference."""
        count = len(self.kept)
        swaps = list(combinations(range(count), 2))
        last = np.where(self.kept.any(0), 0, count)
        true = np.maximum(self.placed(range(count)), last)
        came = np.array([np.maximum(self.placed(_swapped(count, *s)), last) for s in swaps])
        rows = pd.DataFrame(swaps, columns=["upper", "lower"])
        return rows.assign(
            better=(came < true).sum(1), same=(came == true).sum(1), worse=(came > true).sum(1)
        )

    def beside(self) -> pd.DataFrame:
        """place, matched, with_year: in how many Matches, for each program of the list."""
        place, count = self.placed(range(len(self.kept))), len(self.kept)
        there = np.arange(count)[:, None] == place
        return pd.DataFrame(
            {"place": np.arange(count), "matched": there.sum(1), "with_year": (there & self.year).sum(1)}
        )


@dataclass(frozen=True)
class Nations:
    """The participants with strengths set, and NATIONS Matches of them."""

    participants: Participants
    matches: tuple[Nation, ...]


def play_nations(participants: Participants, progress: Callable[[float, str], None]) -> Nations:
    """Set the strengths and run the national Matches: about five seconds of processor time, once a
    build. Deterministic. progress: told the share done and what is being done."""
    progress(0.0, "Setting strengths by published match rates")
    calibrated, found = calibrate(participants), []
    for number in range(NATIONS):
        progress((number + 3) / (NATIONS + 3), f"National Match {number + 1} of {NATIONS}")
        played = play(calibrated, np.random.default_rng([20260320, number]))
        main = Settled(played.drawn.lists[MAIN], played.main)
        found.append(
            Nation(main, Settled(played.years, played.year), played.stable, rates(calibrated, played))
        )
    return Nations(calibrated, tuple(found))


def ask(nations: Nations, question: Question) -> Answer:
    """Run a list through simulated Matches: a trial for each of its programs in each Match.

    Deterministic, and all orders of the same programs meet the same Matches, in none of which
    another order beats the true one. Raises NoMarket like `Entrant`.
    """
    entrant = Entrant(nations.participants, question)
    labels = [program.label for program in question.programs]
    beside = [[year.label for year in question.years.get(label, ())] for label in labels]
    kept = np.zeros((len(labels), question.markets), dtype=bool)
    year = kept.copy()
    for market in range(question.markets):
        nation = nations.matches[market % NATIONS]
        seats = entrant.seats(nation.main, nation.years, market)
        kept[:, market], year[:, market] = tried(seats, labels, beside)
    used = np.arange(question.markets) % NATIONS
    return Answer(
        kept,
        year,
        used,
        sum(nations.matches[number].stable for number in used),
        float(np.mean([nation.rates[entrant.cells[0]] for nation in nations.matches])),
        float(nations.participants.applicants["rate"].iloc[entrant.cells[0]]),
    )


def tried(
    seats: Mapping[str, Seat | None], labels: Sequence[str], beside: Sequence[Sequence[str]]
) -> tuple[list[bool], list[bool]]:
    """Whether each program keeps an applicant who ranks it alone, and whether its supplemental list
    then gives a year.

    seats: by label; labels: of the list; beside: of each one's supplemental list. The Match runs that
    list when the position is matched, and what comes of it takes no position away: who finds no
    year there keeps the position.
    """
    keeps = {label: seat is not None and seat.keeps for label, seat in seats.items()}
    kept = [keeps[label] for label in labels]
    year = [any(keeps[label] for label in wanted) for wanted in beside]
    return kept, [there and found for there, found in zip(kept, year, strict=True)]


def with_interval(rows: pd.DataFrame, hits: np.ndarray, nation: np.ndarray) -> pd.DataFrame:
    """The rows with rate, low and high (95 %) of hits, (rows, markets), by simulated Match.

    nation: which national Match each was; Matches of one nation count less where nations differ (the
    design effect of Kish, Survey Sampling, 1965).
    """
    markets = hits.shape[1]
    rate = hits.mean(1)
    many = np.bincount(nation)
    by_nation = np.array([np.bincount(nation, row) / many for row in hits])
    chance = np.maximum(rate * (1 - rate) * np.mean(1 / many), 1e-12)
    spread = by_nation.var(1, ddof=1) if len(many) > 1 else chance
    worth = markets / np.clip(spread / chance, 1, markets / len(many))
    low, high = jeffreys(rate * worth, worth)
    return rows.assign(rate=rate, low=low, high=high)


def standing_by_score(
    characteristics: pd.DataFrame, applicant_type: str, specialty: str, step2_ck: int
) -> tuple[float, str] | None:
    """The share of the group with a lower Step 2 CK, and the source_id, or None if not published.

    From the newest published means and standard deviations of matched and not matched, each taken
    as a normal distribution.
    """
    rows = characteristics[
        (characteristics["applicant_type"] == applicant_type)
        & (characteristics["specialty"] == specialty)
        & (characteristics["measure"] == "step2_ck")
    ].dropna(subset=["n", "mean", "sd"])
    rows = rows[rows["edition"] == rows["edition"].max()]
    if set(rows["outcome"]) != {"matched", "not_matched"}:
        return None
    below = ndtr((step2_ck - rows["mean"]) / rows["sd"])
    return float(np.average(below, weights=rows["n"])), rows["source_id"].iloc[0]


def standing_by_length(participants: Participants, question: Question) -> float:
    """The share of the applicant's type who stand lower, by the length of the list alone.

    Of the first program's specialty, by what `simulation` assumes of lengths and strength.
    Raises NoMarket like `ask`.
    """
    own = cells(participants, question.applicant_type, question.programs)
    mean = participants.applicants["ranks"].iloc[own[0]]
    longer = np.log(own.count(own[0]) / mean) + LENGTH_SPREAD**2 / 2
    return float(ndtr(LENGTH_AND_STRENGTH * longer / LENGTH_SPREAD))


def _swapped(count: int, upper: int, lower: int) -> list[int]:
    order = list(range(count))
    order[upper], order[lower] = order[lower], order[upper]
    return order
