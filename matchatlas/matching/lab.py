"""One applicant's rank order list in many simulated Matches."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from matchatlas.matching.deferred_acceptance import Settled
from matchatlas.matching.market import UNMATCHED
from matchatlas.matching.participants import TOGETHER, NoMarket
from matchatlas.matching.simulation import (
    LENGTH_AND_STRENGTH,
    LENGTH_SPREAD,
    MAIN,
    MUTUAL,
    OTHERS,
    OWN,
    STANDARD,
    STRENGTH,
    Participants,
    calibrate,
    play,
    rates,
)
from matchatlas.odds.intervals import jeffreys
from matchatlas.road.targets import TargetProgram

# Words for what the applicant guesses: how far a program lies from the place in the specialty of
# the middle of the applicant's type, as a share of its positions (negative is more wanted), and
# how much weaker or stronger the applicant counts there, in standard deviations of strength.
HARDNESS = {
    "a long shot": (-0.3, -0.8),
    "harder than my level": (-0.15, -0.4),
    "about my level": (0.0, 0.0),
    "easier than my level": (0.15, 1.0),
    "well within reach": (0.3, 2.0),
}
NOT_GUESSED = "about my level"
LONGEST = 20  # programs of a list whose swaps are all tried
NATIONS = 10  # national Matches drawn; more Matches draw the applicant anew in the same ones


@dataclass(frozen=True)
class Question:
    """What is simulated: one list of one applicant.

    programs: the rank order list, most wanted first, at most LONGEST; stand: the share of the
    applicant's type in the specialty who are less strong (assumed); markets: Matches simulated.
    """

    programs: tuple[TargetProgram, ...]
    applicant_type: str
    stand: float
    markets: int
    seed: int = 20260320


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
    markets); nation: which national Match each was, (markets,); stable: how many were found
    stable; type_rate: simulated match rate of the applicant's type in the first program's
    specialty; aimed: the rate it was set to come near.
    """

    kept: np.ndarray
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
        return self._with_interval(pd.DataFrame({"place": np.arange(count + 1)}), hits)

    def odds_by_length(self) -> pd.DataFrame:
        """length, rate, low, high: matched at all, with the list cut after `length` programs."""
        hits = np.logical_or.accumulate(self.kept, axis=0)
        return self._with_interval(pd.DataFrame({"length": np.arange(1, len(hits) + 1)}), hits)

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

    def _with_interval(self, rows: pd.DataFrame, hits: np.ndarray) -> pd.DataFrame:
        """rate and its interval; Matches of one nation count less where nations differ (the design
        effect of Kish, Survey Sampling, 1965)."""
        markets = hits.shape[1]
        rate = hits.mean(1)
        many = np.bincount(self.nation)
        by_nation = np.array([np.bincount(self.nation, row) / many for row in hits])
        chance = np.maximum(rate * (1 - rate) * np.mean(1 / many), 1e-12)
        spread = by_nation.var(1, ddof=1) if len(many) > 1 else chance
        worth = markets / np.clip(spread / chance, 1, markets / len(many))
        low, high = jeffreys(rate * worth, worth)
        return rows.assign(rate=rate, low=low, high=high)


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
    another order beats the true one. Raises NoMarket where a program's specialty has no positions,
    fewer programs than the list, or nobody of the applicant's type.
    """
    participants = nations.participants
    cells = _cells(participants, question)
    middle = participants.applicants["strength"].to_numpy()[cells]
    at = _programs(participants, question, middle)
    own = middle + ndtri(question.stand) + [_guess(p)[1] for p in question.programs]
    years = participants.programs["preliminary"].to_numpy()[_rows(participants, question)]
    kept = np.zeros((len(at), question.markets), dtype=bool)
    many = int(participants.programs["programs"].sum())
    for market in range(question.markets):
        nation = nations.matches[market % NATIONS]
        # Drawn for every program, so that each has the same in whatever order it is ranked.
        stream = np.random.default_rng([question.seed, market])
        chance, mutual, taste = stream.standard_normal((3, many))[:, at]
        score = STRENGTH * own + MUTUAL * mutual + OWN * taste
        for place in np.flatnonzero(STANDARD * own + chance > 0):
            settled = nation.years if years[place] else nation.main
            kept[place, market] = settled.keeps(int(at[place]), -score[place])
    used = np.arange(question.markets) % NATIONS
    return Answer(
        kept,
        used,
        sum(nations.matches[number].stable for number in used),
        float(np.mean([nation.rates[cells[0]] for nation in nations.matches])),
        float(participants.applicants["rate"].iloc[cells[0]]),
    )


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
    specialties = _specialties(question)
    mean = participants.applicants["ranks"].iloc[_cells(participants, question)[0]]
    longer = np.log(specialties.count(specialties[0]) / mean) + LENGTH_SPREAD**2 / 2
    return float(ndtr(LENGTH_AND_STRENGTH * longer / LENGTH_SPREAD))


def _specialties(question: Question) -> list[str]:
    return [TOGETHER.get(program.specialty, program.specialty) for program in question.programs]


def _rows(participants: Participants, question: Question) -> np.ndarray:
    """For each program of the list, its specialty's row of `Participants.programs`."""
    known = pd.Index(participants.programs["specialty"])
    specialties = _specialties(question)
    if strangers := [specialty for specialty in specialties if specialty not in known]:
        raise NoMarket(
            f"By the tables, {strangers[0]} had no positions in the Match of {participants.match_year}."
        )
    return known.get_indexer(specialties)


def _cells(participants: Participants, question: Question) -> list[int]:
    """For each program of the list, the row of the applicant's type in its specialty."""
    _rows(participants, question)
    known = set(participants.applicants["applicant_type"])
    own = question.applicant_type if question.applicant_type in known else OTHERS
    rows = participants.applicants.reset_index(drop=True)
    rows = rows[rows["applicant_type"] == own].reset_index().set_index("specialty")["index"]
    specialties = _specialties(question)
    if strangers := [specialty for specialty in specialties if specialty not in rows.index]:
        raise NoMarket(f"By the tables, no {own} ranks {strangers[0]} first.")
    return rows.loc[specialties].tolist()


def _guess(program: TargetProgram) -> tuple[float, float]:
    return HARDNESS[program.hardness or NOT_GUESSED]


def _programs(participants: Participants, question: Question, middle: np.ndarray) -> np.ndarray:
    """The simulated program that stands for each of the list, none twice: as far from the place
    of the middle of the type as guessed. middle: that one's strength for each program."""
    rows = participants.programs
    first = (rows["programs"].cumsum() - rows["programs"]).to_numpy()
    at = np.full(len(question.programs), -1)
    # By name, not by rank: the same programs stand for the same ones in whatever order.
    for number in sorted(range(len(at)), key=lambda n: question.programs[n].label):
        row = _rows(participants, question)[number]
        specialty, many = rows["specialty"].iloc[row], int(rows["programs"].iloc[row])
        rivals = participants.applicants[participants.applicants["specialty"] == specialty]
        above = ndtr(rivals["strength"] - middle[number])
        place = np.average(above, weights=rivals["applicants"])
        place += _guess(question.programs[number])[0]
        free = [n for n in range(many) if first[row] + n not in at]
        if not free:
            raise NoMarket(
                f"{specialty} has {many} programs in the simulated Match: your list ranks more of them."
            )
        at[number] = first[row] + min(free, key=lambda n: abs(n + 0.5 - np.clip(place, 0, 1) * many))
    return at


def _swapped(count: int, upper: int, lower: int) -> list[int]:
    order = list(range(count))
    order[upper], order[lower] = order[lower], order[upper]
    return order
