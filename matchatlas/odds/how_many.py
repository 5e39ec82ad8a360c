"""How many ranks a chance takes, read off the estimate along the length of the list."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from matchatlas.applicant import Applicant
from matchatlas.odds.estimator import LABELS, Model
from matchatlas.odds.what_if import Fact

CHANCES = (0.8, 0.9, 0.95)
RANKS = "contiguous_ranks"
# How the publications on applications name those that a type is among.
GROUPS = {
    "US MD Senior": ("US MD", "US seniors"),
    "US MD Graduate": ("US MD",),
    "US DO Senior": ("US DO", "US seniors"),
    "US DO Graduate": ("US DO",),
    "US IMG": ("IMG (US + non-US)",),
    "Non-US IMG": ("IMG (US + non-US)",),
}


@dataclass(frozen=True)
class HowMany:
    """line: value (ranks, to the longest list published figures cover), center, low, high (shares);
    needed: see `ranks_needed`; one_more: what the next rank adds where the profile stands, in points
    with its 95 % interval, None where its length is unknown; notes: what the reader must know of the
    figures; n, source_ids: of them.
    """

    line: pd.DataFrame
    needed: pd.DataFrame
    one_more: tuple[float, float, float] | None
    notes: tuple[str, ...]
    n: int
    source_ids: tuple[str, ...]

    @property
    def longest(self) -> int:
        """The longest list that published figures cover."""
        return int(self.line["value"].iloc[-1])


def how_many(model: Model, applicant: Applicant) -> HowMany | None:
    """The answer for a profile; None where no published figure lets the length of a list count, or
    where those there are show no gain by it. Raises NoEstimate."""
    kind, specialty, ranks = applicant.applicant_type, applicant.specialty, applicant.contiguous_ranks
    now, one_more = model.estimate(applicant.model_copy(update={RANKS: ranks or 1})), None
    if RANKS not in model.measures(kind, specialty) or not model.term(kind, specialty, RANKS).gain:
        return None
    term = model.term(kind, specialty, RANKS)
    line = model.curve(applicant, RANKS, range(1, int(term.high) + 1))
    if ranks is not None:
        one_more = model.estimate(applicant.model_copy(update={RANKS: ranks + 1})).minus(now)
    notes = tuple(note for note in now.notes if note.startswith(LABELS[RANKS]))
    return HowMany(line, ranks_needed(line), one_more, notes, term.n, term.source_ids)


def ranks_needed(line: pd.DataFrame, chances=CHANCES) -> pd.DataFrame:
    """The shortest lists that reach each chance: chance (share), ranks (by the estimate itself),
    fewest, most (by the upper and the lower edge of its 95 % interval); <NA>: not reached.

    line: value, center, high, low by length of list, shortest first.
    """
    edges = {"ranks": "center", "fewest": "high", "most": "low"}
    rows = [
        {"chance": chance} | {name: line["value"][line[edge] >= chance].min() for name, edge in edges.items()}
        for chance in chances
    ]
    return pd.DataFrame(rows).astype(dict.fromkeys(edges, "Int64"))


def near_interviews(
    applicant: Applicant, sent: pd.DataFrame, programs: pd.DataFrame, effects: pd.DataFrame
) -> list[Fact]:
    """What is published near the question how many applications bring an interview.

    sent: the mart eras_statistics; programs: internal_medicine_programs; effects: published_effects.
    """
    groups = GROUPS[applicant.applicant_type]
    means = sent[
        (sent["measure"] == "mean applications per applicant")
        & sent["applicant_group"].isin(groups)
        & sent["specialty"].isin(["All specialties", applicant.specialty])
    ]
    newest = means.sort_values("season").groupby("specialty").tail(1)
    facts = [
        Fact(
            f"{row.applicant_group} applicants sent {row.value:,.0f} applications on average in the "
            f"{row.season} season, {row.specialty if row.specialty == applicant.specialty else 'all specialties'}.",
            row.source_id,
        )
        for row in newest.itertuples()
    ]
    if applicant.is_img and applicant.specialty == "Internal Medicine":
        given = programs[programs["measure"] == "interview and rank places given to IMGs"]
        facts += [
            Fact(
                f"{row.program_kind.capitalize()} programs of Internal Medicine gave {row.value:.0f} % of "
                f"their places for interviews and ranks to IMGs (directors' answers, {row.period}).",
                row.source_id,
            )
            for row in given.itertuples()
        ]
    offers = effects[effects["effect_measure"] == "difference in interview offers"]
    return facts + [
        Fact(
            f"{row.factor}: {row.effect} interview offers (95 % interval {row.ci95}), {row.population}, "
            f"{row.setting}.",
            row.source_id,
        )
        for row in offers.itertuples()
    ]
