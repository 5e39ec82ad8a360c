"""Is a matching stable? Checked apart from how it was found, in time linear in the lists.

What blocks, of Manlove, McBride and Trimble, "Almost-stable" matchings in the Hospitals/Residents
problem with Couples, Constraints 22 (2017), where a program would take somebody who asks if it has
a seat free or likes one whom it holds less:

1. an applicant and a program that the applicant wants more than what he or she has, if it would
   take him or her;
2. a couple that wants another pair in which one stays, if the program of the one who asks would
   take that one, and not in the partner's stead;
3. a couple that wants a pair in which both move: to two programs, if each would take its own; or to
   one, if it has two seats free; or one free and it likes one it holds less than either member; or
   none free and it likes two whom it holds less, one for each member.

Only those who ask at a program are looked at there: what else a couple would leave free by it is
not. A member who goes without asks nowhere.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from matchatlas.matching.market import UNMATCHED, Couple, Market


@dataclass(frozen=True)
class Blocking:
    """Applicants (one, or a couple) and the programs that would rather have each other.

    programs: for each applicant, UNMATCHED where one of a couple would go without.
    """

    applicants: tuple[int, ...]
    programs: tuple[int, ...]


def blocking(market: Market, matched: np.ndarray, quotas: np.ndarray) -> list[Blocking]:
    """Every pair (and couple with its pair of programs) that blocks a matching; see the module's text [1]_.

    Parameters
    ----------
    market : Market
        The lists.
    matched : ndarray of int, shape (applicants,)
        The program of each applicant, or UNMATCHED.
    quotas : ndarray of int, shape (programs,)
        Positions, after reversions.

    Returns
    -------
    list of Blocking
        Empty where the matching is stable.

    Raises
    ------
    ValueError
        Where it is no matching of this market: over a quota, or off a list.

    References
    ----------
    .. [1] Manlove, McBride and Trimble, "Almost-stable" Matchings in the Hospitals / Residents Problem
       with Couples, Constraints 22 (2017).

    Examples
    --------
    The program would rather have applicant 1, who is left without one:

    >>> from matchatlas.matching.market import from_lists
    >>> market = from_lists([[0], [0]], [[1, 0]], [1])
    >>> blocking(market, np.array([0, UNMATCHED]), market.quotas)
    [Blocking(applicants=(1,), programs=(0,))]
    >>> blocking(market, np.array([UNMATCHED, 0]), market.quotas)
    []
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
    holds = defaultdict(list)  # standings at each program, best first
    on = np.flatnonzero(matched != UNMATCHED)
    for applicant in on[np.argsort(standing[on], kind="stable")].tolist():
        holds[int(matched[applicant])].append(float(standing[applicant]))
    found = []
    for couple, choice in zip(couples, choices, strict=True):
        now = tuple(matched[list(couple.members)].tolist())
        own = tuple(standing[list(couple.members)].tolist())
        for pair, places in zip(couple.pairs[:choice].tolist(), couple.standing.tolist(), strict=False):
            if _taken(pair, places, now, own, holds, quotas):
                found.append(Blocking(couple.members, tuple(pair)))
    return found


def _taken(pair, places, now, own, holds, quotas) -> bool:
    """Whether the programs of a pair would take whoever of a couple asks there."""

    def room(member: int) -> int:
        """Seats left when the program has seated all whom it likes better than the member."""
        program = pair[member]
        if program == UNMATCHED:
            return 1
        return int(quotas[program]) - bisect_left(holds[program], places[member])

    asks = [member for member in (0, 1) if pair[member] != now[member]]
    if len(asks) == 2 and pair[0] == pair[1]:
        return max(room(0), room(1)) >= 2 and min(room(0), room(1)) >= 1
    if len(asks) == 1:
        (member,) = asks
        stays = 1 - member
        # Its partner's seat there is not given away for it.
        spared = now[stays] == pair[member] != UNMATCHED and own[stays] > places[member]
        return room(member) > spared
    return all(room(member) >= 1 for member in asks)
