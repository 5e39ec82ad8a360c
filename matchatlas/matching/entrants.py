"""An applicant with a list of programs who enters simulated Matches, and who stands for the programs."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from matchatlas.matching.deferred_acceptance import Settled
from matchatlas.matching.pairs import Seat
from matchatlas.matching.participants import TOGETHER, NoMarket
from matchatlas.matching.simulation import MUTUAL, OTHERS, OWN, STANDARD, STRENGTH, Participants
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


@dataclass(frozen=True)
class Question:
    """What is simulated: the lists of one applicant.

    programs: the rank order list, most wanted first; stand: the share of the applicant's type in
    the specialty who are less strong (assumed); markets: Matches simulated; years: by the label of
    an advanced program of the list, its supplemental list of preliminary years, most wanted first.
    """

    programs: tuple[TargetProgram, ...]
    applicant_type: str
    stand: float
    markets: int
    years: Mapping[str, tuple[TargetProgram, ...]] = field(default_factory=dict)
    seed: int = 20260320

    @property
    def named(self) -> list[TargetProgram]:
        """Every program of the lists once, those of the rank order list first."""
        beside = (self.years.get(program.label, ()) for program in self.programs)
        wanted = (*self.programs, *chain.from_iterable(beside))
        return list({program.label: program for program in wanted}.values())


class Entrant:
    """The applicant of a question, and the simulated programs that stand for those named.

    at: the simulated program, by label; cells: for each program named, the row of the applicant's
    type in `Participants.applicants`.
    """

    at: dict[str, int]
    cells: list[int]

    def __init__(self, participants: Participants, question: Question, partner: Entrant | None = None):
        """partner: the other one of a couple, made before: a program that both name is one.

        Raises NoMarket where a program's specialty has no positions, fewer programs than the lists,
        or nobody of the applicant's type.
        """
        self.question, named = question, question.named
        rows = _rows(participants, named)
        self.cells = cells(participants, question.applicant_type, named)
        middle = participants.applicants["strength"].to_numpy()[self.cells]
        self.at: dict[str, int] = _stand_ins(participants, named, rows, middle, partner.at if partner else {})
        self._own = middle + ndtri(question.stand) + [_guess(program)[1] for program in named]
        self._in_years = participants.programs["preliminary"].to_numpy()[rows]
        self._many = int(participants.programs["programs"].sum())
        self._seed = [question.seed] if partner is None else [question.seed, 1]
        self._labels = [program.label for program in named]

    def seats(self, main: Settled, years: Settled, market: int) -> dict[str, Seat | None]:
        """How the applicant stands at each program, by label, as drawn for one simulated Match; None
        where the program does not rank the applicant. main, years: residency positions and
        preliminary years of that Match."""
        first, *rest = self._seed
        stream = np.random.default_rng([first, market, *rest])
        at = [self.at[label] for label in self._labels]
        # Drawn for every program, so that each has the same in whatever order it is ranked.
        chance, mutual, taste = stream.standard_normal((3, self._many))[:, at]
        score = (STRENGTH * self._own + MUTUAL * mutual + OWN * taste).tolist()
        ranked = STANDARD * self._own + chance > 0
        return {
            label: Seat(years if self._in_years[n] else main, at[n], -score[n]) if ranked[n] else None
            for n, label in enumerate(self._labels)
        }


def is_year(program: TargetProgram, preliminary: Collection[str]) -> bool:
    """Whether a program's positions are preliminary years; preliminary: specialties of such alone."""
    return program.position_type == "preliminary" or program.specialty in preliminary


def specialty_of(program: TargetProgram, preliminary: Collection[str]) -> str:
    """The specialty among whose positions a program's are counted; preliminary: as for `is_year`."""
    specialty = TOGETHER.get(program.specialty, program.specialty)
    is_named = specialty in preliminary or not is_year(program, preliminary)
    return specialty if is_named else f"{specialty} (Preliminary)"


def _rows(participants: Participants, programs: Sequence[TargetProgram]) -> np.ndarray:
    """For each program, its specialty's row of `Participants.programs`."""
    rows = participants.programs
    preliminary = set(rows["specialty"][rows["preliminary"]])
    specialties = [specialty_of(program, preliminary) for program in programs]
    known = pd.Index(rows["specialty"])
    if strangers := [specialty for specialty in specialties if specialty not in known]:
        raise NoMarket(
            f"By the tables, {strangers[0]} had no positions in the Match of {participants.match_year}."
        )
    return known.get_indexer(specialties)


def cells(participants: Participants, applicant_type: str, programs: Sequence[TargetProgram]) -> list[int]:
    """For each program, the row of the applicant's type in its specialty, of
    `Participants.applicants`. Raises NoMarket where nobody of the type ranks the specialty first."""
    table = participants.applicants
    own = applicant_type if applicant_type in set(table["applicant_type"]) else OTHERS
    is_own = (table["applicant_type"] == own).to_numpy()
    known = pd.Series(np.flatnonzero(is_own), table["specialty"][is_own])
    specialties = participants.programs["specialty"].iloc[_rows(participants, programs)]
    if strangers := [specialty for specialty in specialties if specialty not in known.index]:
        raise NoMarket(f"By the tables, no {own} ranks {strangers[0]} first.")
    return known.loc[specialties].tolist()


def _guess(program: TargetProgram) -> tuple[float, float]:
    return HARDNESS[program.hardness or NOT_GUESSED]


def _stand_ins(
    participants: Participants,
    programs: Sequence[TargetProgram],
    rows: np.ndarray,
    middle: np.ndarray,
    taken: Mapping[str, int],
) -> dict[str, int]:
    """By label, the simulated program that stands for each, none for two: as far from the place of
    the middle of the type as guessed. middle: that one's strength for each program; taken: those
    that stand already."""
    offered = participants.programs
    first = (offered["programs"].cumsum() - offered["programs"]).to_numpy()
    at: dict[str, int] = {}
    used = set(taken.values())
    # By name, not by rank: the same programs stand for the same ones in whatever order.
    for number in sorted(range(len(programs)), key=lambda n: programs[n].label):
        label = programs[number].label
        if label in taken:
            at[label] = taken[label]
            continue
        row = rows[number]
        specialty, many = offered["specialty"].iloc[row], int(offered["programs"].iloc[row])
        rivals = participants.applicants[participants.applicants["specialty"] == specialty]
        above = ndtr(rivals["strength"] - middle[number])
        place = np.average(above, weights=rivals["applicants"]) + _guess(programs[number])[0]
        free = [n for n in range(many) if first[row] + n not in used]
        if not free:
            raise NoMarket(
                f"{specialty} has {many} programs in the simulated Match: your list ranks more of them."
            )
        at[label] = int(first[row] + min(free, key=lambda n: abs(n + 0.5 - np.clip(place, 0, 1) * many)))
        used.add(at[label])
    return at
