"""One applicant's rank order list in many simulated Matches."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from matchatlas.intervals import jeffreys
from matchatlas.market import UNMATCHED, Market
from matchatlas.participants import NoMarket
from matchatlas.plan import TargetProgram
from matchatlas.ranklist import Matching, outcomes
from matchatlas.simulated_market import (
    LENGTH_AND_STRENGTH,
    LENGTH_SPREAD,
    OTHERS,
    REST,
    STANDARD,
    Participants,
    calibrate,
    draw,
    rates,
)

# How far a program lies from the applicant's own place in the specialty, as a share of its
# positions; negative is more wanted. Words for what the applicant guesses.
HARDNESS = {
    "a long shot": -0.3,
    "harder than my level": -0.15,
    "about my level": 0.0,
    "easier than my level": 0.15,
    "well within reach": 0.3,
}
NOT_GUESSED = "about my level"
LONGEST = 20  # programs of a list whose swaps are all tried


@dataclass(frozen=True)
class Question:
    """What is simulated: one list of one applicant.

    programs: the rank order list, most wanted first, at most LONGEST; stand: the share of the
    applicant's type in the specialty who are less strong (assumed); shared: see
    `simulated_market.draw`; markets: how many are drawn.
    """

    programs: tuple[TargetProgram, ...]
    applicant_type: str
    stand: float
    shared: float
    markets: int
    seed: int = 20260320


@dataclass(frozen=True)
class Answer:
    """What came of it, by market.

    place: matched to, from 0, or UNMATCHED, (markets,); by_length: likewise with only the first
    1, 2, ... programs ranked, (programs, markets); swaps: (upper, lower) places; swapped: the
    place on the *true* list matched to where the two changed places, (swaps, markets); stable:
    how many matchings were; type_rate: simulated match rate of the applicant's type in the first
    program's specialty; aimed: the rate it was set to come near.
    """

    place: np.ndarray
    by_length: np.ndarray
    swaps: tuple[tuple[int, int], ...]
    swapped: np.ndarray
    stable: int
    type_rate: float
    aimed: float

    def odds(self) -> pd.DataFrame:
        """place (programs' number for not matched), rate, low, high (95 %, chance of drawing)."""
        count = len(self.by_length)
        hits = np.bincount(
            np.where(self.place == UNMATCHED, count, self.place), minlength=count + 1
        )
        return _with_interval(pd.DataFrame({"place": np.arange(count + 1)}), hits, len(self.place))

    def odds_by_length(self) -> pd.DataFrame:
        """length, rate, low, high: matched at all, with the list cut after `length` programs."""
        hits = (self.by_length != UNMATCHED).sum(1)
        lengths = pd.DataFrame({"length": np.arange(1, len(hits) + 1)})
        return _with_interval(lengths, hits, len(self.place))

    def swap_table(self) -> pd.DataFrame:
        """upper, lower, better, same, worse: in how many markets, by the true preference."""
        last = len(self.by_length)
        true = np.where(self.place == UNMATCHED, last, self.place)
        came = np.where(self.swapped == UNMATCHED, last, self.swapped)
        rows = pd.DataFrame(self.swaps, columns=["upper", "lower"])
        return rows.assign(better=(came < true).sum(1), same=(came == true).sum(1),
                           worse=(came > true).sum(1))  # fmt: skip


def prepare(participants: Participants, question: Question) -> Participants:
    """The part of the nation that the list concerns, with strengths set for it."""
    return calibrate(participants.only(_specialties(participants, question)), question.shared)


def ask(
    prepared: Participants,
    question: Question,
    progress: Callable[[float], None] = lambda share: None,
) -> Answer:
    """Run the list, every cut of it and every swap in it through the same simulated Matches.

    progress: told the share done. Deterministic, and all orders of the same programs meet the same
    Matches, in none of which another order beats the true one. Raises NoMarket where nobody of the
    applicant's type takes part in one of the specialties, or where it has fewer programs.
    """
    places = range(len(question.programs))
    swaps = tuple(combinations(places, 2))
    orders = [list(places[: length + 1]) for length in places]
    orders += [_swapped(list(places), *swap) for swap in swaps]
    strength = _strengths(prepared, question)
    common, personal = np.sqrt(question.shared), np.sqrt(1 - question.shared)
    at = _programs(prepared, question, strength)
    cell = _cells(prepared, question)[0]
    found, stable, type_rates = [], 0, []
    for number in range(question.markets):
        stream = np.random.default_rng([question.seed, number])
        drawn = draw(prepared, question.shared, stream)
        # Drawn for every program, so that each has the same in whatever order it is ranked.
        score = common * strength + personal * stream.standard_normal(len(drawn.market.quotas))[at]
        ranks_me = np.flatnonzero(score > STANDARD)
        market = _with_one_more(drawn.market, at[ranks_me], -score[ranks_me])
        matching, tried = _tried(market, ranks_me, orders)
        found.append(tried)
        stable += matching.stable
        type_rates.append(rates(prepared, drawn, matching.program)[cell])
        progress((number + 1) / question.markets)
    found = np.array(found).T
    count = len(places)
    return Answer(found[count - 1], found[:count], swaps, found[count:], stable,
                  float(np.mean(type_rates)), float(prepared.applicants["rate"].iloc[cell]))  # fmt: skip


def needs_supplemental_list(
    programs: Sequence[TargetProgram], preliminary: Collection[str], advanced: Collection[str]
) -> str | None:
    """Why a list cannot be run as one, or None: a preliminary year beside an advanced position.

    preliminary: specialties of one year only; advanced: those with positions that begin after one.
    """
    years = [program for program in programs if program.specialty in preliminary]
    later = [program for program in programs if program.specialty in advanced]
    if not years or not later:
        return None
    return (
        f"{years[0].program} is a preliminary year, and {later[0].specialty} has positions that "
        "begin after one. In the Match such a year stands on a supplemental list, and is had "
        "beside the position, not instead of it; the lab runs one list. Take one of the two off."
    )


def standing_by_score(characteristics: pd.DataFrame, applicant_type: str, specialty: str,
                      step2_ck: int) -> tuple[float, str] | None:  # fmt: skip
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

    Of the first program's specialty, by what `simulated_market` assumes of lengths and strength.
    """
    specialties = _specialties(participants, question)
    mean = participants.applicants["ranks"].iloc[_cells(participants, question)[0]]
    longer = np.log(specialties.count(specialties[0]) / mean) + LENGTH_SPREAD**2 / 2
    return float(ndtr(LENGTH_AND_STRENGTH * longer / LENGTH_SPREAD))


def _with_interval(rows: pd.DataFrame, hits: np.ndarray, markets: int) -> pd.DataFrame:
    low, high = jeffreys(hits, np.full(len(hits), markets))
    return rows.assign(rate=hits / markets, low=low, high=high)


def _specialties(participants: Participants, question: Question) -> list[str]:
    known = set(participants.programs["specialty"])
    return [p.specialty if p.specialty in known else REST for p in question.programs]


def _cells(participants: Participants, question: Question) -> list[int]:
    """For each program of the list, the row of the applicant's type in its specialty."""
    known = set(participants.applicants["applicant_type"])
    own = question.applicant_type if question.applicant_type in known else OTHERS
    rows = participants.applicants.reset_index(drop=True)
    rows = rows[rows["applicant_type"] == own].reset_index().set_index("specialty")["index"]
    specialties = _specialties(participants, question)
    if strangers := [specialty for specialty in specialties if specialty not in rows.index]:
        raise NoMarket(f"By the tables, no {own} ranks {strangers[0]} first.")
    return rows.loc[specialties].tolist()


def _strengths(participants: Participants, question: Question) -> np.ndarray:
    """The applicant's strength in the specialty of each program."""
    cells = _cells(participants, question)
    return participants.applicants["strength"].to_numpy()[cells] + ndtri(question.stand)


def _programs(participants: Participants, question: Question, strength: np.ndarray) -> np.ndarray:
    """The simulated program that stands for each of the list, none twice: as far from the
    applicant's own place in the specialty as guessed."""
    rows = participants.programs.set_index("specialty")
    first = dict(zip(rows.index, rows["programs"].cumsum() - rows["programs"], strict=True))
    specialties = _specialties(participants, question)
    at = np.full(len(specialties), -1)
    # By name, not by rank: the same programs stand for the same ones in whatever order.
    for number in sorted(range(len(at)), key=lambda n: question.programs[n].label):
        specialty = specialties[number]
        rivals = participants.applicants[participants.applicants["specialty"] == specialty]
        above = ndtr(rivals["strength"] - strength[number])
        place = np.average(above, weights=rivals["applicants"])
        place += HARDNESS[question.programs[number].hardness or NOT_GUESSED]
        many = int(rows.loc[specialty, "programs"])
        free = [n for n in range(many) if first[specialty] + n not in at]
        if not free:
            raise NoMarket(f"{specialty} has {many} programs in the simulated Match: your list "
                           "ranks more of them.")  # fmt: skip
        nearest = min(free, key=lambda n: abs(n + 0.5 - np.clip(place, 0, 1) * many))
        at[number] = first[specialty] + nearest
    return at


def _swapped(order: list[int], upper: int, lower: int) -> list[int]:
    order[upper], order[lower] = order[lower], order[upper]
    return order


def _with_one_more(market: Market, programs: np.ndarray, standing: np.ndarray) -> Market:
    return replace(
        market,
        start=np.append(market.start, market.start[-1] + len(programs)),
        program=np.append(market.program, programs),
        standing=np.append(market.standing, standing),
    )


def _tried(
    market: Market, ranks_me: np.ndarray, orders: Sequence[list[int]]
) -> tuple[Matching, np.ndarray]:
    """The matching under the true list, and the place on it matched to under each order."""
    mutual = {place: number for number, place in enumerate(ranks_me.tolist())}
    matching, found = outcomes(market, market.applicants - 1,
                               [[mutual[p] for p in order if p in mutual] for order in orders])  # fmt: skip
    return matching, np.where(found == UNMATCHED, UNMATCHED, np.append(ranks_me, 0)[found])
