"""The official dates of a season: published, or expected after the pattern of the last published one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd
from dateutil.relativedelta import relativedelta

from matchatlas.road.milestones import OF_PROGRAMS

PATTERN_YEARS = 5  # older calendars had other events and other rules


@dataclass(frozen=True)
class OfficialDate:
    """A date of the season; pattern_year: the Match it is expected after, None where published."""

    event: str
    day: date
    pattern_year: int | None
    source_id: str

    @property
    def kind(self) -> str:
        """How sure the date is, in words."""
        if self.pattern_year is None:
            return "published"
        return f"expected after the pattern of {self.pattern_year}"


def official_dates(calendar: pd.DataFrame, match_year: int) -> dict[str, OfficialDate]:
    """Every event of a Match by name: published, or expected after the last published year.

    calendar: match_year, event, date, source_id. An event is expected on the same weekday, next to
    the same day of the year; or on the very day where the last three published years share that
    instead. What the last Matches did not publish any more is expected no more; what concerns
    programs alone is left out.
    """
    events: dict[str, list] = {}
    for row in calendar.sort_values("match_year").itertuples():
        if not row.event.startswith(OF_PROGRAMS):
            events.setdefault(row.event, []).append(row)
    oldest = calendar["match_year"].max() - PATTERN_YEARS
    found = {event: _official(rows, match_year) for event, rows in events.items()}
    return {
        event: day for event, day in found.items() if day.pattern_year is None or day.pattern_year >= oldest
    }


def _official(rows: list, match_year: int) -> OfficialDate:
    own = [row for row in rows if row.match_year == match_year]
    last = (own or rows)[-1]
    day = last.date.date()
    if own:
        return OfficialDate(last.event, day, None, last.source_id)
    same_day = day + relativedelta(years=match_year - last.match_year)
    recent = rows[-3:]
    days = {(row.date.month, row.date.day) for row in recent}
    weekdays = {row.date.weekday() for row in recent}
    is_fixed = len(days) == 1 < len(weekdays)
    shift = 0 if is_fixed else (day.weekday() - same_day.weekday() + 3) % 7 - 3
    return OfficialDate(last.event, same_day + timedelta(shift), int(last.match_year), last.source_id)


def told(day: date) -> str:
    """A day in words: 3 March 2027."""
    return f"{day.day} {day:%B %Y}"
