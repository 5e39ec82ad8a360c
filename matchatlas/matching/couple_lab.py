"""A couple's pairs in many simulated Matches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from matchatlas.matching.entrants import Entrant, Question
from matchatlas.matching.lab import NATIONS, Nation, Nations, with_interval
from matchatlas.matching.market import UNMATCHED
from matchatlas.matching.pairs import Pair, Seat, enter, place_couple

OUTCOMES = ("both", "one", "neither")


@dataclass(frozen=True)
class CoupleQuestion:
    """What is simulated: a couple of two applicants, whose own lists are ranked in pairs.

    own, partner: the lists of each, of which `own` says how many Matches; pairs: places on the two
    lists, most wanted first, UNMATCHED for no match.
    """

    own: Question
    partner: Question
    pairs: tuple[Pair, ...]


@dataclass(frozen=True)
class CoupleAnswer:
    """What came of it, by simulated Match.

    place: the pair matched to, or UNMATCHED, (markets,); matched: whether each of the two is; alone:
    whether each would be with the own list alone; without_year: whether each matched to an advanced
    program and to no year of its supplemental list, all (2, markets); nation: which national Match
    it was; stable: whether the matching is.
    """

    place: np.ndarray
    matched: np.ndarray
    alone: np.ndarray
    without_year: np.ndarray
    nation: np.ndarray
    stable: np.ndarray

    def outcomes(self) -> pd.DataFrame:
        """outcome (of OUTCOMES), rate, low, high (95 %, chance of drawing)."""
        return self._outcomes(self.matched)

    def singly(self) -> pd.DataFrame:
        """The same, had each ranked the own list alone."""
        return self._outcomes(self.alone)

    def _outcomes(self, matched: np.ndarray) -> pd.DataFrame:
        hits = matched.sum(axis=0) == np.array([2, 1, 0])[:, None]
        return with_interval(pd.DataFrame({"outcome": OUTCOMES}), hits, self.nation)

    def by_pair(self, count: int) -> np.ndarray:
        """The share of Matches that ended at each of `count` pairs."""
        return np.bincount(self.place[self.place != UNMATCHED], minlength=count) / len(self.place)


def ask_couple(nations: Nations, question: CoupleQuestion) -> CoupleAnswer:
    """Run a couple's pairs through simulated Matches. Deterministic. Raises NoMarket like `Entrant`."""
    one = Entrant(nations.participants, question.own)
    entrants = one, Entrant(nations.participants, question.partner, one)
    markets = question.own.markets
    place, stable = np.empty(markets, dtype=int), np.empty(markets, dtype=bool)
    matched, alone, without = np.empty((3, 2, markets), dtype=bool)
    for market in range(markets):
        nation = nations.matches[market % NATIONS]
        named = [entrant.seats(nation.main, nation.years, market) for entrant in entrants]
        own, theirs = (
            [by_label[program.label] for program in entrant.question.programs]
            for entrant, by_label in zip(entrants, named, strict=True)
        )
        alone[:, market] = [any(seat is not None and seat.keeps for seat in those) for those in (own, theirs)]
        place[market], is_stable = place_couple(question.pairs, (own, theirs))
        stable[market] = is_stable and nation.stable
        found = (UNMATCHED, UNMATCHED) if place[market] == UNMATCHED else question.pairs[place[market]]
        matched[:, market] = [n != UNMATCHED for n in found]
        without[:, market] = _without_year(nation, entrants, named, found)
    return CoupleAnswer(place, matched, alone, without, np.arange(markets) % NATIONS, stable)


def _without_year(
    nation: Nation, entrants: Sequence[Entrant], named: Sequence[dict[str, Seat | None]], found: Pair
) -> list[bool]:
    """Whether each of the two sits at an advanced program without a year: their supplemental lists
    are run each for itself, when the pairs are done."""
    lists, later = [], []
    for entrant, own, n in zip(entrants, named, found, strict=True):
        program = None if n == UNMATCHED else entrant.question.programs[n]
        label = program.label if program else ""
        wanted = [own[year.label] for year in entrant.question.years.get(label, ())]
        seat = own[label] if program else None
        if seat is not None and seat.settled is nation.years:
            wanted = [seat]  # it has that one, and whoever comes after meets it
        lists.append([seat for seat in wanted if seat is not None])
        later.append(program is not None and program.position_type == "advanced")
    _, got = enter(lists)
    return [is_later and place == UNMATCHED for is_later, place in zip(later, got, strict=True)]
