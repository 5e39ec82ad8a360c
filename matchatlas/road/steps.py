"""The steps of a road: what is over, what is planned, and the official dates."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import date

from matchatlas.road.milestones import Milestone
from matchatlas.road.official import OfficialDate


@dataclass(frozen=True)
class Step(ABC):
    """Something on one person's road: `Over`, `Planned` or an official date, `Fixed`.

    uid: names it over changes of the plan, and unlike any step of another plan.
    """

    milestone: Milestone
    uid: str
    weeks: int

    @property
    def code(self) -> str:
        """The milestone's code."""
        return self.milestone.code

    @property
    def done(self) -> bool:
        """Whether the applicant did it."""
        return False

    @property
    def late(self) -> bool:
        """Whether the plan ends it after the day it is needed."""
        return False

    @property
    @abstractmethod
    def state(self) -> str:
        """done, behind you, too late or in time; of an official date published or expected."""


@dataclass(frozen=True)
class Over(Step):
    """A milestone of which nothing is left to do: done, or its time is over."""

    is_done: bool

    @property
    def done(self) -> bool:
        """Whether the applicant did it."""
        return self.is_done

    @property
    def state(self) -> str:
        """done or behind you."""
        return "done" if self.done else "behind you"


@dataclass(frozen=True)
class Ahead(Step):
    """A step with its days. start, finish: earliest; latest_start, latest_finish: what still keeps
    every later deadline."""

    start: date
    finish: date
    latest_start: date
    latest_finish: date


@dataclass(frozen=True)
class Planned(Ahead):
    """A milestone still to be done."""

    @property
    def late(self) -> bool:
        """Whether the plan ends it after the day it is needed."""
        return self.finish > self.latest_finish

    @property
    def state(self) -> str:
        """too late or in time."""
        return "too late" if self.late else "in time"


@dataclass(frozen=True)
class Fixed(Ahead):
    """An official date, which all four days are."""

    official: OfficialDate

    @property
    def state(self) -> str:
        """published or expected."""
        return "expected" if self.official.pattern_year else "published"
