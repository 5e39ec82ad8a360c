"""National Matches drawn at random: published counts of people and positions, assumed tastes.

How many positions, programs and applicants of each type there are comes from published tables
(`Participants`). Who interviews where, and how people and programs rank each other, is published
nowhere: `ASSUMED` says in words what is assumed instead, and pages show it. The constants were
chosen by hand with the published figures in view that `reality` compares.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.special import logit, ndtri

from matchatlas.matching.deferred_acceptance import Matching, solve
from matchatlas.matching.market import UNMATCHED, Market

OTHERS = "Others"
# What an order of preference is made of, in standard deviations. A program's of applicants: their
# strength, what the two see in each other, its own taste; an applicant's of programs likewise.
STRENGTH, WANTED, MUTUAL, OWN = 0.65, 0.3, 1.4, 0.6
STANDARD = 1.5  # how much strength decides whether a program ranks somebody, beside chance (1)
LENGTH_SPREAD = 0.75  # standard deviation of the logarithm of the list's length within a type
LENGTH_AND_STRENGTH = 0.1  # correlation of that logarithm with the applicant's strength
DROPPED = 0.8  # how much of what a list is shorter than its type's mean was heard, not ranked
REACH = 0.2  # how far interviews lie from one's own place in the specialty, as a share of it
ALSO = 0.5  # length of a list in another specialty, as a share of that in the first
STRONGEST = 5.0  # bound of a type's mean strength
SHIFTED = 1.0  # log odds by which a type's rates move at most, to meet its published match rate
MAIN, YEAR = 0, 1  # the two lists of an applicant: positions of a residency, preliminary years
ASSUMED = (
    "Nobody else is in a couple; no position reverts. Programs of a specialty are all of its mean size "
    "and differ in how wanted they are.",
    "As many rank another specialty, or a preliminary year, as published; they are drawn from "
    "those whom their first choice fails most, or leaves in need of a year.",
    "Applicants differ in strength. The types' mean strengths are set so that simulated match "
    "rates come near the estimate for each specialty and the published rate of each type.",
    "Interviews lie around an applicant's own place: strong applicants are heard by wanted "
    f"programs, give or take {REACH:.0%} of the specialty's positions.",
    "List lengths scatter around the type's published mean. Whose list is shorter was heard by "
    "more programs than he or she ranks, and ranks the ones most liked.",
    f"What two sides see in each other counts most ({MUTUAL}), then own taste ({OWN}), an "
    f"applicant's strength ({STRENGTH}) and how wanted a program is ({WANTED}), in standard "
    "deviations. Whom a program holds too weak it does not rank at all.",
)


@dataclass(frozen=True)
class Participants:
    """Who takes part in the Match of a year, from published tables.

    programs: specialty, positions, programs, advanced (share of positions that begin after a
    preliminary year), preliminary (bool); applicants: specialty (first choice), applicant_type,
    applicants, rate (the match rate aimed at, share), ranks (mean list length), strength (the
    type's mean, 0 until calibrated); type_rates: published match rate by type; also: specialty,
    applicant_type, applicants who rank it beside their first choice; source_ids: of the figures.
    """

    match_year: int
    programs: pd.DataFrame
    applicants: pd.DataFrame
    type_rates: pd.Series
    also: pd.DataFrame
    source_ids: tuple[str, ...]


@dataclass(frozen=True)
class Drawn:
    """One simulated Match before it is run, and whose people and programs they are.

    lists: the market of residency positions (MAIN) and that of preliminary years (YEAR), with the
    same people and programs; place: of each entry of the former on its applicant's list as sent,
    entries that the program does not rank included; cell: for each applicant, the row of
    `Participants.applicants` (as a position); length: programs of the first specialty ranked;
    specialty: of each program, as a row of `Participants.programs`; ranked: how many applicants
    the programs rank in all.
    """

    lists: tuple[Market, Market]
    place: np.ndarray
    cell: np.ndarray
    length: np.ndarray
    specialty: np.ndarray
    ranked: int


@dataclass(frozen=True)
class Played:
    """A simulated Match that was run.

    main, year: the matchings of residency positions and of preliminary years; years: the market
    of the latter, of whoever needs one: matched to a position that begins after it, or to none.
    """

    drawn: Drawn
    main: Matching
    years: Market
    year: Matching

    @property
    def stable(self) -> bool:
        """Whether no applicant and program would rather have each other."""
        return self.main.stable and self.year.stable

    @property
    def matched(self) -> np.ndarray:
        """Whether each applicant matched at all."""
        return (self.main.program != UNMATCHED) | (self.year.program != UNMATCHED)

    def preferred(self, participants: Participants) -> np.ndarray:
        """Whether each applicant matched in the specialty of the first choice."""
        first = _rows(participants, participants.applicants["specialty"])[self.drawn.cell]
        found = self.drawn.specialty[self.main.program]
        return (self.main.program != UNMATCHED) & (found == first)


def play(participants: Participants, stream: np.random.Generator) -> Played:
    """Draw one national Match and run it: residency positions first, then preliminary years.

    The order loses nothing: whoever matches to an advanced position keeps it with or without a
    year, and years stand at the end of the lists of the others.

    Parameters
    ----------
    participants : Participants
        Who takes part; see `calibrate`.
    stream : numpy.random.Generator
        The same one draws the same Match.

    Returns
    -------
    Played
    """
    drawn = draw(participants, stream)
    main = solve(drawn.lists[MAIN])
    advanced = participants.programs["advanced"].to_numpy()[drawn.specialty][main.program]
    needs = (main.program == UNMATCHED) | (stream.random(len(main.program)) < advanced)
    years = _of_those(drawn.lists[YEAR], needs)
    return Played(drawn, main, years, solve(years))


def draw(participants: Participants, stream: np.random.Generator) -> Drawn:
    """Draw who ranks whom in one national Match.

    Parameters
    ----------
    participants : Participants
        Who takes part.
    stream : numpy.random.Generator
        Where the chance comes from.

    Returns
    -------
    Drawn
        The lists of residency positions and of preliminary years.
    """
    cells = participants.applicants
    quotas, wanted, specialty = _programs(participants.programs)
    cell = np.repeat(np.arange(len(cells)), cells["applicants"])
    own = stream.standard_normal(len(cell))
    mean = cells["ranks"].to_numpy()[cell]
    length = _lengths(mean, own, stream)
    person, group, many, strength, kind = _asks(participants, cell, own, length, stream)
    first = (kind == MAIN) & (np.arange(len(person)) < len(cell))
    shorter = np.maximum(0, mean[person] - many)
    heard = many + np.where(first, np.rint(DROPPED * shorter), 0).astype(np.int64)
    ask, program = _interviews(group, strength, heard, quotas, participants.programs, stream)

    mutual = MUTUAL * stream.standard_normal(len(program))
    liking = WANTED * wanted[program] + mutual + OWN * stream.standard_normal(len(program))
    ranks = STANDARD * strength[ask] + stream.standard_normal(len(program)) > 0
    score = STRENGTH * strength[ask] + mutual + OWN * stream.standard_normal(len(program))
    order = _by_group(ask, -liking)
    nth = np.arange(len(order)) - _firsts(ask, len(person))[ask[order]]
    order = order[nth < many[ask[order]]]
    ask, program, score, told = ask[order], program[order], score[order], ranks[order]
    # Stable: first choices were asked first, and their entries stand first.
    order = np.argsort(person[ask] * 2 + kind[ask], kind="stable")
    whose, which = person[ask][order], kind[ask][order]
    program, score, told = program[order], score[order], told[order]
    place = np.arange(len(whose)) - _firsts(whose, len(cell))[whose]
    main, year = (
        Market(quotas, np.searchsorted(whose[on], np.arange(len(cell) + 1)), program[on], -score[on])
        for on in (told & (which == number) for number in (MAIN, YEAR))
    )
    return Drawn((main, year), place[told & (which == MAIN)], cell, length, specialty, int(ranks.sum()))


def rates(participants: Participants, played: Played) -> np.ndarray:
    """How often applicants match in their first choice's specialty in one simulated Match.

    Parameters
    ----------
    participants : Participants
        Who takes part.
    played : Played
        A Match of them.

    Returns
    -------
    ndarray, shape (rows of participants.applicants,)
        Shares, half a person smoothed.
    """
    count = participants.applicants["applicants"].to_numpy()
    on = np.bincount(played.drawn.cell[played.preferred(participants)], minlength=len(count))
    return (on + 0.5) / (count + 1)


def calibrate(participants: Participants, steps: int = 6) -> Participants:
    """Set the types' strengths so that simulated match rates come near those aimed at.

    Aimed at is the rate of each row, moved alike for all rows of a type (at most SHIFTED in log
    odds) so that the type as a whole matches at its published rate. Each step moves a strength by how
    far the rate is off, in log odds, and later steps less, so that the chance in single Matches evens
    out [1]_. Deterministic.

    Parameters
    ----------
    participants : Participants
        With the rates aimed at.
    steps : int
        National Matches played.

    Returns
    -------
    Participants
        With strengths, in standard deviations.

    References
    ----------
    .. [1] Robbins and Monro, A Stochastic Approximation Method, Annals of Mathematical Statistics 22 (1951).
    """
    cells = participants.applicants
    count, types = cells["applicants"], cells["applicant_type"]
    published = participants.type_rates
    years = set(participants.programs["specialty"][participants.programs["preliminary"]])
    moves = ~cells["specialty"].isin(years).to_numpy()
    aim, shift = logit(cells["rate"].to_numpy()), pd.Series(0.0, published.index)
    for step in range(steps):
        played = play(participants, np.random.default_rng(step))
        on = pd.Series(np.bincount(played.drawn.cell[played.matched], minlength=len(cells)))
        all_on = on.groupby(types).sum() / count.groupby(types).sum()
        gap = logit(published) - logit(all_on.reindex(published.index))
        shift = (shift + gap / (1 + step / 3)).clip(-SHIFTED, SHIFTED)
        off = aim + types.map(shift).to_numpy() - logit(rates(participants, played))
        cells = participants.applicants
        moved = cells["strength"] + np.where(moves, off, 0.0) / (1 + step / 3)
        moved = moved.clip(-STRONGEST, STRONGEST)
        participants = replace(participants, applicants=cells.assign(strength=moved))
    return participants


def _rows(participants: Participants, specialties) -> np.ndarray:
    return pd.Index(participants.programs["specialty"]).get_indexer(specialties)


def _of_those(market: Market, who: np.ndarray) -> Market:
    """The market with the lists of some applicants only."""
    owner = market.owner
    kept = who[owner]
    start = np.searchsorted(owner[kept], np.arange(market.applicants + 1))
    return replace(market, start=start, program=market.program[kept], standing=market.standing[kept])


def _asks(participants: Participants, cell, own, length, stream):
    """Who ranks which specialty: person, row of programs, length, strength there, which list.

    Everyone's first choice comes first, then those who also rank another specialty.
    """
    cells = participants.applicants
    strength, types = cells["strength"].to_numpy(), cells["applicant_type"].to_numpy()
    first = _rows(participants, cells["specialty"])
    preliminary = participants.programs["preliminary"].to_numpy()
    people = np.arange(len(cell))
    asks = [
        (people, first[cell], length, strength[cell] + own, np.where(preliminary[first], YEAR, MAIN)[cell])
    ]
    fails = (1 - cells["rate"].to_numpy()) ** 2
    needs = 0.3 * fails + participants.programs["advanced"].to_numpy()[first]
    drawn_by = {
        name: (who, np.cumsum(fails[cell[who]]), np.cumsum(needs[cell[who]]))
        for name in set(types)
        for who in [np.flatnonzero((types == name)[cell])]
    }
    known = dict(zip(zip(first, types, strict=True), strength, strict=True))
    general = set(_rows(participants, ["Internal Medicine (Preliminary)", "Transitional Year"]))
    at = _rows(participants, participants.also["specialty"])
    for row, name, many in zip(
        at, *participants.also[["applicant_type", "applicants"]].to_numpy().T, strict=True
    ):
        who, by_fails, by_needs = drawn_by[name]
        weight = by_needs if row in general else by_fails
        hits = np.searchsorted(weight, stream.random(int(1.6 * many)) * weight[-1])
        found = who[np.minimum(hits, len(who) - 1)]
        found = found[np.sort(np.unique(found, return_index=True)[1])]
        found = found[first[cell[found]] != row][:many]
        base = strength[cell[found]] if preliminary[row] else known.get((row, name), 0.0)
        asks.append(
            (
                found,
                np.full(len(found), row),
                np.maximum(1, np.rint(ALSO * length[found])).astype(np.int64),
                base + own[found],
                np.full(len(found), YEAR if preliminary[row] else MAIN),
            )
        )
    return tuple(np.concatenate(part) for part in zip(*asks, strict=True))


def _interviews(group, strength, heard, quotas, programs, stream):
    """Who interviews where: asks (ascending) and programs, each pair once."""
    first_slot = np.concatenate([[0], np.cumsum(programs["positions"])])
    # Some fall on the same program, so more are drawn than heard.
    tries = heard + heard // 3 + 2
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
    kept = nth < heard[asked]
    return asked[kept], program[kept]


def _by_group(group: np.ndarray, value: np.ndarray) -> np.ndarray:
    """The order by group, and within it by value (within +-50): one sort of one key."""
    return np.argsort(group * 128.0 + np.clip(value, -50, 50))


def _firsts(group: np.ndarray, groups: int) -> np.ndarray:
    """Where each group begins, of entries sorted by group."""
    return np.concatenate([[0], np.cumsum(np.bincount(group, minlength=groups))[:-1]])


def _programs(programs: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Quotas as even as can be, how wanted each program is (standard normal, falling), and its
    row of `programs`."""
    quotas, wanted = [], []
    for many, positions in programs[["programs", "positions"]].to_numpy():
        quotas.append(np.diff(np.arange(many + 1) * positions // many))
        wanted.append(-ndtri((np.arange(many) + 0.5) / many))
    rows = np.repeat(np.arange(len(programs)), programs["programs"])
    return np.concatenate(quotas), np.concatenate(wanted), rows


def _lengths(mean: np.ndarray, own: np.ndarray, stream: np.random.Generator) -> np.ndarray:
    scatter = LENGTH_AND_STRENGTH * own + np.sqrt(1 - LENGTH_AND_STRENGTH**2) * stream.standard_normal(
        len(own)
    )
    expected = mean * np.exp(LENGTH_SPREAD * scatter - LENGTH_SPREAD**2 / 2)
    return np.maximum(1, np.rint(expected)).astype(np.int64)


def _place_in_group(group: np.ndarray, strength: np.ndarray) -> np.ndarray:
    """Each ask's place in its specialty, 0 (strongest) to 1."""
    order = _by_group(group, -strength)
    at = group[order]
    counts = np.bincount(at)
    place = np.empty(len(group))
    place[order] = (np.arange(len(group)) - _firsts(at, len(counts))[at] + 0.5) / counts[at]
    return place
