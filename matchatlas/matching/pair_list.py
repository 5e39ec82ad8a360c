"""A couple's list of pairs: made of two rank order lists, and looked over. No Streamlit here.

A pair is the label of a program of each list, NO_MATCH for none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import product

import pandas as pd

from matchatlas.matching.entrants import is_year
from matchatlas.road.targets import MOST_RANKS, NO_MATCH, TargetProgram

Pair = tuple[str, str]
# How pairs are made: by the two programs' places on their lists, best first.
ORDERS = {
    "both as high as can be": lambda one, other: (one + other, max(one, other), one),
    "yours first, then your partner's": lambda one, other: (one, other),
    "your partner's first, then yours": lambda one, other: (other, one),
}
ANYWHERE, SAME_FIRST, SAME_ONLY = "anywhere", "same state first", "same state only"
PLACES = (ANYWHERE, SAME_FIRST, SAME_ONLY)


def arranged(
    own: Sequence[TargetProgram], theirs: Sequence[TargetProgram], order: str, place: str, alone: bool
) -> list[Pair]:
    """The pairs of two rank order lists, most wanted first, at most MOST_RANKS.

    order: of ORDERS; place: of PLACES, where the two programs of a pair lie; a state that is not known
    is not the same. alone: whether pairs follow, after all others, in which one goes without a
    match: by the place of the other's program.
    """
    pairs = sorted(product(range(len(own)), range(len(theirs))), key=lambda pair: ORDERS[order](*pair))
    if place != ANYWHERE:
        pairs.sort(key=lambda pair: not are_near(own[pair[0]], theirs[pair[1]]))  # keeps the order else
    if place == SAME_ONLY:
        pairs = [pair for pair in pairs if are_near(own[pair[0]], theirs[pair[1]])]
    found = [(own[one].label, theirs[other].label) for one, other in pairs]
    last: list[tuple[int, Pair]] = []
    if alone:
        last += [(place, (program.label, NO_MATCH)) for place, program in enumerate(own)]
        last += [(place, (NO_MATCH, program.label)) for place, program in enumerate(theirs)]
    rest = [pair for _, pair in sorted(last, key=lambda ranked: ranked[0])][:MOST_RANKS]
    return found[: MOST_RANKS - len(rest)] + rest


def are_near(one: TargetProgram, other: TargetProgram) -> bool:
    """Whether two programs are known to lie in one state."""
    return bool(one.state) and one.state == other.state


def in_force(pairs: Iterable[Pair], own: Sequence[str], theirs: Sequence[str]) -> list[Pair]:
    """The pairs of programs that both still rank; own, theirs: their rank order lists, as labels."""
    return [pair for pair in pairs if pair[0] in (*own, NO_MATCH) and pair[1] in (*theirs, NO_MATCH)]


def moved(pairs: Sequence[Pair], pair: Pair, place: int) -> list[Pair]:
    """The pairs with one at another place, from 1."""
    rest = [other for other in pairs if other != pair]
    return [*rest[: place - 1], pair, *rest[place - 1 :]]


def remarks(pairs: Sequence[Pair], own: Sequence[str], theirs: Sequence[str]) -> list[str]:
    """What a couple should know of its pairs before it certifies them; own, theirs: their rank
    order lists, as labels."""
    told = []
    for whose, side, ranked in (("you rank", 0, own), ("your partner ranks", 1, theirs)):
        named = {pair[side] for pair in pairs}
        if missing := [label for label in ranked if label not in named]:
            more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
            told.append(f"{missing[0]}{more}, which {whose}, stands in no pair: the Match never asks there.")
    if not any(NO_MATCH in pair for pair in pairs):
        told.append(
            "No pair lets one of you go without a match: where no two places can be had together, both stay "
            "unmatched, even if one could have had a place alone."
        )
    if worse := _out_of_order(pairs, own, theirs):
        above, below = worse
        told.append(
            f"Pair {above + 1} stands above pair {below + 1}, though by your own lists both of you like "
            f"pair {below + 1} better or as well. If that is not meant, move it up."
        )
    return told


def _out_of_order(pairs, own: Sequence[str], theirs: Sequence[str]) -> tuple[int, int] | None:
    """Two pairs, by place, of which the later is liked better or as well by both."""
    at = [{label: place for place, label in enumerate([*ranked, NO_MATCH])} for ranked in (own, theirs)]
    liked = [(at[0][one], at[1][other]) for one, other in pairs]
    return next(
        (
            (above, below)
            for below in range(len(liked))
            for above in range(below)
            if liked[below][0] <= liked[above][0] and liked[below][1] <= liked[above][1]
        ),
        None,
    )


def supplemental_remarks(
    ranked: Sequence[TargetProgram],
    supplemental: Mapping[str, Sequence[TargetProgram]],
    preliminary: Collection[str],
) -> list[str]:
    """What somebody should know of advanced positions and preliminary years on the lists.

    ranked: the rank order list; supplemental: by label of its programs; preliminary: specialties of such
    years alone.
    """
    told = []
    for program in ranked:
        if program.position_type == "advanced" and not supplemental.get(program.label):
            told.append(
                f"{program.label} is an advanced position and has no supplemental list: matched there, you "
                "have a position from the second year on (PGY-2) and no first year (PGY-1)."
            )
    later = [place for place, program in enumerate(ranked) if program.position_type == "advanced"]
    years = [place for place, program in enumerate(ranked) if is_year(program, preliminary)]
    if later and years and years[0] < later[-1]:
        told.append(
            f"{ranked[years[0]].label} is a preliminary year on your rank order list, above "
            f"{ranked[later[-1]].label}: matched to it, you are asked for no position below it. A year that "
            "you want beside a position belongs on that one's supplemental list."
        )
    return told


def both_at(programs: pd.DataFrame, own: str, theirs: str, by: Sequence[str]) -> pd.DataFrame:
    """Where both specialties are offered: `by`, positions of the one and of the other.

    programs: specialty, positions and the columns `by` (institution, city, state, ...), one row a
    program or a sum of some. Of one specialty for both, places with two positions or more. Most
    positions of the scarcer first.
    """
    counted = programs.groupby([*by, "specialty"])["positions"].sum().unstack(fill_value=0)
    offered = counted.reindex(columns=list(dict.fromkeys([own, theirs])), fill_value=0)
    enough = offered.min(axis=1) >= (2 if own == theirs else 1)
    found = offered[enough].astype(int)
    order = found.assign(scarcer=found.min(axis=1), all=found.sum(axis=1))
    order = order.sort_values(["scarcer", "all"], ascending=False, kind="stable")
    return found.loc[order.index].rename_axis(columns=None).reset_index()
