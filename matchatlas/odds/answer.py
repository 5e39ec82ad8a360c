"""The one answer to "what is my chance?": its figures and its words, the same wherever it is shown. Pure.

One profile has one chance to match in the specialty it prefers. What answers another question (the
second specialty, either of the two, the profile without its list, a published rate) is named
by its question, so that no two figures look like one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matchatlas.applicant import Applicant
from matchatlas.odds.estimator import LABELS, Estimate, Model, NoEstimate
from matchatlas.odds.what_if import Fact


@dataclass(frozen=True)
class Chance:
    """The answer to one question: shares with the 95 % interval, or the reason why there are none.

    people: how many are counted behind it, and when.
    """

    question: str
    center: float = 0.0
    low: float = 0.0
    high: float = 0.0
    reason: str = ""
    people: str = ""
    source_ids: tuple[str, ...] = ()

    @property
    def rate(self) -> str:
        """ "52 %"."""
        return f"{100 * self.center:.0f} %"

    @property
    def interval(self) -> str:
        """ "41 to 63 %"."""
        return f"{100 * self.low:.0f} to {100 * self.high:.0f} %"

    @property
    def told(self) -> str:
        """ "To match in Neurology: about 52 %, range 41 to 63 %"."""
        if self.reason:
            return f"{self.question}: no estimate. {self.reason}"
        counted = f"; {self.people}" if self.people else ""
        return f"{self.question}: about {self.rate}, range {self.interval}{counted}"


@dataclass(frozen=True)
class Answer:
    """All that is shown where a chance is.

    who: the profile that is asked about, what counts of it; chance: to match in the preferred
    specialty; also: the second specialty, and either of the two; estimate: behind the chance, None
    where there is none; counted, not_counted: what the profile says that moves the number, and that
    does not; beside: other figures that the person meets, each with why it is another;
    source_ids: the publications behind it.
    """

    who: str
    chance: Chance
    also: tuple[Chance, ...]
    estimate: Estimate | None
    counted: tuple[str, ...]
    not_counted: tuple[str, ...]
    beside: tuple[str, ...]
    source_ids: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """The chance as a natural frequency with its interval, or why there is none."""
        return self.estimate.sentence if self.estimate else self.chance.reason

    @property
    def basis(self) -> str:
        """For which Match, from how many people of which years."""
        if not self.estimate:
            return ""
        return f"For the {self.estimate.match_year} Match, from {self.chance.people}. The range is its 95 % interval."


def answer(model: Model, applicant: Applicant, anywhere: Fact | None = None) -> Answer:
    """The answer for a profile; anywhere: the published rate of its type in all specialties together."""
    chance, estimate = _chance(model, applicant)
    chances = [chance]
    if second := second_choice(applicant):
        other, of_second = _chance(model, second)
        chances.append(other)
        if estimate and of_second:
            chances.append(either(estimate, of_second))
    beside = [] if estimate is None else [_published(estimate), *_before(model, estimate)]
    if anywhere:
        beside.append(f"{anywhere.sentence} It counts any specialty: another question.")
    counted = _counted(model, applicant)
    return Answer(
        ", ".join((applicant.applicant_type, *counted)),
        chance,
        tuple(chances[1:]),
        estimate,
        (applicant.applicant_type, applicant.specialty, *counted),
        estimate.not_counted if estimate else (),
        tuple(beside),
        tuple(dict.fromkeys(source for told in chances for source in told.source_ids)),
    )


def second_choice(applicant: Applicant) -> Applicant | None:
    """The same person as one who asks of the second specialty; None where there is none."""
    if applicant.second_specialty in (None, applicant.specialty):
        return None
    return applicant.model_copy(
        update={"specialty": applicant.second_specialty, "contiguous_ranks": applicant.second_ranks}
    )


def either(first: Estimate, second: Estimate) -> Chance:
    """The chance to match in one of two specialties.

    No table tells how often those match in one who would not in the other. So it lies between the
    larger of the two (the very same strengths decide both) and two lots drawn apart; every draw
    takes another place between them.
    """
    one, other = first.draws, second.draws
    alike, apart = np.maximum(one, other), 1 - (1 - one) * (1 - other)
    places = np.random.default_rng(len(one)).permutation((np.arange(len(one)) + 0.5) / len(one))
    low, center, high = np.quantile(alike + places * (apart - alike), [0.025, 0.5, 0.975])
    names = f"{first.applicant.specialty} or {second.applicant.specialty}"
    return Chance(f"To match in either: {names}", float(center), float(low), float(high))


def _chance(model: Model, applicant: Applicant) -> tuple[Chance, Estimate | None]:
    question = f"To match in {applicant.specialty}"
    try:
        found = model.estimate(applicant)
    except NoEstimate as reason:
        return Chance(question, reason=str(reason), source_ids=tuple(filter(None, [reason.source_id]))), None
    base = found.base
    people = f"n = {base.n:,} ({_years(base.editions)})" if base.n else "no published count of its own"
    return Chance(
        question, found.center, found.low, found.high, people=people, source_ids=found.source_ids
    ), found


def _counted(model: Model, applicant: Applicant) -> tuple[str, ...]:
    names = model.measures(applicant.applicant_type, applicant.specialty)
    values = ((LABELS[name], getattr(applicant, name)) for name in names)
    return tuple(f"{label} {value}" for label, value in values if value is not None)


def _published(estimate: Estimate) -> str:
    """The group's own published rate, and what lies between it and the chance."""
    base = estimate.base
    group = f"{base.applicant_type}s who preferred {base.specialty}"
    if base.n:
        rate = base.matched / base.n
        told = f"{100 * rate:.0f} % of {group} matched to it: {base.matched:,} of {base.n:,} ({_years(base.editions)})."
        steps = [(f"following it to the {estimate.match_year} Match", 100 * (base.center - rate))]
    else:
        told = f"{100 * base.center:.0f} % is reckoned for all {group}; no count of them is published."
        steps = []
    steps += [(LABELS[name], points) for name, points in estimate.contributions]
    moved = [f"{name} {points:+.0f}" for name, points in steps if abs(points) >= 0.5]
    if moved:
        return f"{told} From there to your chance, in points: {', '.join(moved)}."
    return f"{told} Nothing in your profile moves the chance away from it by a point."


def _before(model: Model, estimate: Estimate) -> list[str]:
    """The same profile without its list: what a comparison of specialties shows."""
    before = model.estimate(estimate.applicant, "before")
    if before.contributions == estimate.contributions:
        return []
    return [
        f"{100 * before.center:.0f} % is the same profile before interviews, without its list: "
        "the figure where specialties are compared."
    ]


def _years(editions: tuple[int, ...]) -> str:
    return ", ".join(map(str, editions))
