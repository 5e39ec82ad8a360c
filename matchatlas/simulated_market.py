"""National markets drawn at random: published counts of people and positions, assumed tastes.

How many positions, programs and applicants of each type there are comes from published tables
(`Participants`). Who interviews where, and how people and programs rank each other, is published
nowhere: `ASSUMED` says in words what is assumed instead, and pages show it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.special import logit, ndtri

from matchatlas.market import Market
from matchatlas.ranklist import solve

OTHERS = "Others"
REST = "All other programs"
LENGTH_SPREAD = 0.8  # standard deviation of the logarithm of the list's length within a type
LENGTH_AND_STRENGTH = 0.6  # correlation of that logarithm with the applicant's strength
REACH = 0.2  # how far interviews lie from one's own place in the specialty, as a share of it
STANDARD = 0.0  # a program ranks whom it scores above this
STRONGEST = 4.0  # bound of a type's mean strength
ASSUMED = (
    "Everyone ranks programs of one specialty only, their first choice; nobody is in a couple; "
    "no position reverts.",
    "Programs of a specialty differ in how wanted they are and are all of its mean size.",
    "Applicants differ in strength. The types' mean strengths are set so that each type's "
    "simulated match rate in the specialty comes near the rate that this app estimates for it.",
    "Interviews, and so ranks, lie around an applicant's own place: strong applicants are heard "
    f"by wanted programs, give or take {REACH:.0%} of the specialty's positions.",
    "List lengths scatter around the type's published mean; stronger applicants have longer ones.",
    "A program ranks whom it scores above a standard of its own. Half of what decides an "
    "applicant's order is how wanted programs are in general, half is personal taste; likewise "
    "for programs and the applicants' strength. You can change the half.",
)


@dataclass(frozen=True)
class Participants:
    """Who takes part in the Match of a year, from published tables.

    programs: specialty, positions, programs; applicants: specialty, applicant_type, applicants,
    rate (the match rate aimed at, share), ranks (mean list length), strength (the type's mean,
    0 until calibrated); source_ids: of the figures used.
    """

    match_year: int
    programs: pd.DataFrame
    applicants: pd.DataFrame
    source_ids: tuple[str, ...]

    def only(self, specialties) -> Participants:
        """The part that concerns some specialties; with one specialty a list, no other matters."""
        return replace(
            self,
            programs=self.programs[self.programs["specialty"].isin(specialties)],
            applicants=self.applicants[self.applicants["specialty"].isin(specialties)],
        )


@dataclass(frozen=True)
class Drawn:
    """One simulated market, and whose people and programs they are.

    cell: for each applicant, the row of `Participants.applicants` (as a position). Programs are
    numbered by specialty, the most wanted first.
    """

    market: Market
    cell: np.ndarray


def draw(participants: Participants, shared: float, stream: np.random.Generator) -> Drawn:
    """Draw one market. shared: how much of every order is common to all, 0 to 1 (of variance)."""
    programs, cells = participants.programs, participants.applicants
    quotas, wanted = _programs(programs)
    cell = np.repeat(np.arange(len(cells)), cells["applicants"])
    group = pd.Index(programs["specialty"]).get_indexer(cells["specialty"])[cell]
    own = stream.standard_normal(len(cell))
    strength = cells["strength"].to_numpy()[cell] + own
    length = _lengths(cells["ranks"].to_numpy()[cell], own, stream)
    applicant, program = _interviews(group, strength, length, quotas, programs, stream)

    common, personal = np.sqrt(shared), np.sqrt(1 - shared)
    liking = common * wanted[program] + personal * stream.standard_normal(len(program))
    score = common * strength[applicant] + personal * stream.standard_normal(len(program))
    ranked = np.flatnonzero(score > STANDARD)
    order = ranked[_by_group(applicant[ranked], -liking[ranked])]
    start = np.searchsorted(applicant[order], np.arange(len(cell) + 1))
    return Drawn(Market(quotas, start, program[order], -score[order]), cell)


def _interviews(group, strength, length, quotas, programs, stream):
    """Who interviews where: applicants (ascending) and programs, each pair once."""
    first_slot = np.concatenate([[0], np.cumsum(programs["positions"])])
    # Some fall on the same program, so more are drawn than ranked.
    tries = length + length // 3 + 2
    asked = np.repeat(np.arange(len(group)), tries)
    at = group[asked]
    aim = _place_in_group(group, strength)[asked] + REACH * stream.standard_normal(len(asked))
    aim = np.clip(np.abs(np.where(aim > 1, 2 - aim, aim)), 0, 1)  # off an end is back from it
    positions = np.diff(first_slot)[at]
    slot = first_slot[at] + np.minimum((aim * positions).astype(np.int64), positions - 1)
    program = np.repeat(np.arange(len(quotas)), quotas)[slot]
    pair = asked * len(quotas) + program
    order = np.argsort(pair, kind="stable")
    new = np.ones(len(pair), dtype=bool)
    new[order[1:]] = pair[order[1:]] != pair[order[:-1]]
    asked, program = asked[new], program[new]
    nth = np.arange(len(asked)) - _firsts(asked, len(group))[asked]
    kept = nth < length[asked]
    return asked[kept], program[kept]


def _by_group(group: np.ndarray, value: np.ndarray) -> np.ndarray:
    """The order by group, and within it by value (within +-50): one sort of one key."""
    return np.argsort(group * 128.0 + np.clip(value, -50, 50))


def _firsts(group: np.ndarray, groups: int) -> np.ndarray:
    """Where each group begins, of entries sorted by group."""
    return np.concatenate([[0], np.cumsum(np.bincount(group, minlength=groups))[:-1]])


def _programs(programs: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Quotas as even as can be, and how wanted each program is (standard normal, falling)."""
    quotas, wanted = [], []
    for row in programs.itertuples():
        quotas.append(np.diff(np.arange(row.programs + 1) * row.positions // row.programs))
        wanted.append(-ndtri((np.arange(row.programs) + 0.5) / row.programs))
    return np.concatenate(quotas), np.concatenate(wanted)


def _lengths(mean: np.ndarray, own: np.ndarray, stream: np.random.Generator) -> np.ndarray:
    scatter = LENGTH_AND_STRENGTH * own + np.sqrt(
        1 - LENGTH_AND_STRENGTH**2
    ) * stream.standard_normal(len(own))
    expected = mean * np.exp(LENGTH_SPREAD * scatter - LENGTH_SPREAD**2 / 2)
    return np.maximum(1, np.rint(expected)).astype(np.int64)


def _place_in_group(group: np.ndarray, strength: np.ndarray) -> np.ndarray:
    """Each applicant's place in the specialty, 0 (strongest) to 1."""
    order = _by_group(group, -strength)
    at = group[order]
    counts = np.bincount(at)
    place = np.empty(len(group))
    place[order] = (np.arange(len(group)) - _firsts(at, len(counts))[at] + 0.5) / counts[at]
    return place


def rates(participants: Participants, drawn: Drawn, matched: np.ndarray) -> np.ndarray:
    """The simulated match rate of each row of `participants.applicants` (half a person smoothed)."""
    count = participants.applicants["applicants"].to_numpy()
    on = np.bincount(drawn.cell[matched[: len(drawn.cell)] >= 0], minlength=len(count))
    return (on + 0.5) / (count + 1)


def calibrate(participants: Participants, shared: float, steps: int = 10) -> Participants:
    """Set the types' strengths so that simulated match rates come near the rates aimed at.

    Deterministic. Each step moves a strength by how far the rate is off, in log odds, and later
    steps less, so that the chance in single markets evens out (Robbins and Monro, Annals of
    Mathematical Statistics 22, 1951).
    """
    aim = logit(participants.applicants["rate"].to_numpy())
    for step in range(steps):
        drawn = draw(participants, shared, np.random.default_rng(step))
        found = logit(rates(participants, drawn, solve(drawn.market).program))
        cells = participants.applicants
        moved = (cells["strength"] + (aim - found) / (1 + step / 3)).clip(-STRONGEST, STRONGEST)
        participants = replace(participants, applicants=cells.assign(strength=moved))
    return participants
