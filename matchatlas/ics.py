"""The road as a calendar file (iCalendar, RFC 5545) that any calendar program reads."""

from datetime import UTC, date, datetime, time, timedelta

from icalendar import Calendar, Event

from matchatlas.roadmap import Step, told


def calendar_file(steps: list[Step], match_year: int, start: date) -> bytes:
    """What is not done yet as all-day events, from earliest start to earliest finish.

    start: the day the plan begins; it stamps the file, so that the same plan gives the same bytes.
    An event keeps its UID over changes of the plan: importing again moves it, and adds no second.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Match Atlas//Roadmap//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", f"Match of {match_year}")
    for step in steps:
        if not step.done:
            calendar.add_component(_event(step, match_year, start))
    return calendar.to_ical()


def _event(step: Step, match_year: int, start: date) -> Event:
    event = Event()
    event.add("uid", f"{step.code}-{match_year}@match-atlas")
    event.add("dtstamp", datetime.combine(start, time(), UTC))
    event.add("summary", step.milestone.title + (" (late)" if step.late else ""))
    event.add("dtstart", step.start)
    # The end of an all-day event is the first day after it.
    event.add("dtend", step.finish + timedelta(1))
    event.add("description", f"Done by {told(step.latest_finish)} at the latest. "
              f"{step.milestone.why}")  # fmt: skip
    event.add("transp", "TRANSPARENT")
    return event
