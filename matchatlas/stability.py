"""Is a matching stable? Checked apart from how it was found, in time linear in the lists."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matchatlas.market import UNMATCHED, Couple, Market


@dataclass(frozen=True)
class Blocking:
    """Applicants (one, or a couple) and the programs that would rather have each other.

    programs: for each applicant, UNMATCHED where one of a couple would go without.
    """

    applicants: tuple[int, ...]
    programs: tuple[int, ...]


def would_take(others: Sequence[float], quota: int, wanted: Sequence[float]) -> bool:
    """Whether a program would hold all `wanted` beside or in place of `others`.

    others: standings of whom it holds, best first; wanted: standings of those who ask together.
    """
    kept = quota - len(wanted)
    return kept >= 0 and (len(others) <= kept or max(wanted) < others[kept])


def blocking(market: Market, matched: np.ndarray, quotas: np.ndarray) -> list[Blocking]:
    """Every pair (and couple with its pair of programs) that blocks; empty where stable.

    matched: the program of each applicant, or UNMATCHED. Raises ValueError where it is no
    matching of this market: over a quota, or off a list.
    """
    owner = market.owner
    entries = np.arange(len(owner))
    held = market.program == matched[owner]
    place = market.start[1:].copy()
    place[owner[held]] = entries[held]
    standing = np.full(market.applicants, -np.inf)
    standing[owner[held]] = market.standing[held]
    placed = np.bincount(owner[held], minlength=market.applicants)
    choices = [_choice(couple, matched) for couple in market.couples]
    for couple, choice in zip(market.couples, choices, strict=True):
        if choice < len(couple.pairs):
            standing[list(couple.members)] = couple.standing[choice]
            placed[list(couple.members)] = couple.pairs[choice] != UNMATCHED
    on = matched != UNMATCHED
    filled = np.bincount(matched[on], minlength=len(quotas))
    if (placed != on).any() or (filled > quotas).any():
        raise ValueError("no matching of this market: over a quota, or off a list")

    worst = np.full(len(quotas), -np.inf)
    np.maximum.at(worst, matched[on], standing[on])
    open_to = np.where(filled < quotas, np.inf, worst)
    blocks = (entries < place[owner]) & (market.standing < open_to[market.program])
    found = [Blocking((int(owner[e]),), (int(market.program[e]),)) for e in np.flatnonzero(blocks)]
    if market.couples:
        found += _blocking_couples(market.couples, choices, matched, standing, quotas)
    return found


def _choice(couple: Couple, matched: np.ndarray) -> int:
    """The place on the couple's list of the pair it is matched to; the list's length if none."""
    hits = np.flatnonzero((couple.pairs == matched[list(couple.members)]).all(axis=1))
    return int(hits[0]) if len(hits) else len(couple.pairs)


def _blocking_couples(couples, choices, matched, standing, quotas) -> list[Blocking]:
    holds = defaultdict(list)
    on = np.flatnonzero(matched != UNMATCHED)
    for applicant in on[np.argsort(standing[on], kind="stable")].tolist():
        holds[int(matched[applicant])].append((standing[applicant], applicant))
    found = []
    for couple, choice in zip(couples, choices, strict=True):
        for pair, places in zip(
            couple.pairs[:choice].tolist(), couple.standing.tolist(), strict=False
        ):
            for program in set(pair) - {UNMATCHED}:
                others = [s for s, a in holds[program] if a not in couple.members]
                wanted = [s for p, s in zip(pair, places, strict=True) if p == program]
                if not would_take(others, quotas[program], wanted):
                    break
            else:
                found.append(Blocking(couple.members, tuple(pair)))
    return found
