"""What a report says, before anything is drawn: the page, the PDF and the HTML show this content."""

from __future__ import annotations

from dataclasses import dataclass

METHOD = (
    "The base rate is the published count of the group, followed to the coming Match; published "
    "characteristics move it along the curves of matched and not matched. Intervals are meant to hold a "
    "group's rate 95 times in 100. These are associations, not effects of a cause.",
)


@dataclass(frozen=True)
class Odds:
    """A rate with its 95 % interval, in percent; and the same as words."""

    center: float
    low: float
    high: float
    sentence: str

    @property
    def rate(self) -> str:
        """ "58 %"."""
        return f"{self.center:.0f} %"

    @property
    def interval(self) -> str:
        """ "51 to 65 %"."""
        return f"{self.low:.0f} to {self.high:.0f} %"


@dataclass(frozen=True)
class Option:
    """One column of the comparison: the profile itself or a scenario.

    odds is None where there is no estimate; then reason says why and facts what is published
    nearby. difference: to the profile, with its interval; cost: "" where it is not known; conflict:
    a certification that comes too late, or ""; late: milestones that end too late for its Match.
    """

    letter: str
    name: str
    changes: tuple[str, ...]
    cost: str
    conflict: str
    late: tuple[str, ...]
    odds: Odds | None = None
    difference: str = ""
    reason: str = ""
    facts: tuple[str, ...] = ()
    source_ids: tuple[str, ...] = ()

    @property
    def roadmap(self) -> str:
        """What stands in the way of its Match."""
        parts = ["certification too late"] if self.conflict else []
        if self.late:
            parts.append(f"{len(self.late)} milestone{'s' * (len(self.late) > 1)} end too late")
        return ", ".join(parts) or "all in time"


@dataclass(frozen=True)
class Curve:
    """The estimate along one characteristic: (value, center, low, high) in percent."""

    label: str
    points: tuple[tuple[float, float, float, float], ...]
    own: tuple[float, float]


@dataclass(frozen=True)
class Evidence:
    """From the group's base rate to the profile's estimate.

    counted: the published counts behind the base rate; steps: (characteristic, percentage points)
    in the order they add up; moves: changes within reach and what each would do; notes: what the
    reader must know.
    """

    base: Odds
    counted: str
    steps: tuple[tuple[str, float], ...]
    curve: Curve | None
    moves: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Task:
    """A milestone of the road: by is the latest day that keeps every later date, "" where done."""

    title: str
    by: str
    state: str


@dataclass(frozen=True)
class Event:
    """A date of the season; kind says whether it is published or expected."""

    day: str
    event: str
    kind: str


@dataclass(frozen=True)
class Content:
    """The whole report: what the talk goes through, and where its figures come from.

    options: the profile itself, then its scenarios; also: the chance in the second specialty and in either;
    beside: other figures that are met, each with why it is another; evidence: None where there is no estimate; fees: what applying costs, as a sentence; next:
    the tasks that wait for nothing else; tasks: the checklist; made: the day of the report; build: the
    build of the data.
    """

    client: str
    year: int
    specialty: str
    profile: tuple[tuple[str, str], ...]
    options: tuple[Option, ...]
    also: tuple[str, ...]
    beside: tuple[str, ...]
    evidence: Evidence | None
    fees: str
    next: tuple[str, ...]
    tasks: tuple[Task, ...]
    dates: tuple[Event, ...]
    sources: tuple[str, ...]
    made: str
    build: str
    tutor: str
    closing_note: tuple[str, ...]
    method: tuple[str, ...] = METHOD

    @property
    def name(self) -> str:
        """Whose report it is."""
        return self.client or "Consultation report"

    @property
    def headline(self) -> str:
        """ "Internal Medicine, Match of 2027"."""
        return f"{self.specialty}, Match of {self.year}"

    @property
    def title(self) -> str:
        """The document's title."""
        return f"{self.name}: {self.headline}"

    def compared(self) -> list[tuple[Option, Odds]]:
        """The options that have an estimate, each with it."""
        return [(option, option.odds) for option in self.options if option.odds]

    @property
    def chosen(self) -> Option:
        """The profile itself."""
        return self.options[0]
