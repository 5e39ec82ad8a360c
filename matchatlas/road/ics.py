"""The road as a calendar file (iCalendar, RFC 5545) that any calendar program reads."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256

from icalendar import Alarm, Calendar, Event

from matchatlas.road.milestones import ROL_DEADLINE
from matchatlas.road.roadmap import told
from matchatlas.road.steps import Ahead, Fixed, Step
from matchatlas.road.targets import TargetProgram

ALARMS = (7, 1)  # days before the one day that nobody may miss
CALLED_OFF = ("rejected", "withdrawn")


def calendar_file(
    steps: list[Step], match_year: int, start: date, programs: Iterable[TargetProgram] = (), plan_id: str = ""
) -> bytes:
    """What is not over yet, every official date and the programs' interviews, as all-day events.

    A task stands from its earliest start to its earliest finish, an official date on its day. start:
    the day the plan begins; it stamps the file, so that the same plan gives the same bytes. An event
    keeps its UID over changes of the plan: importing again moves it, and adds no second; two
    plans have none in common. plan_id: the plan's, by which interviews are told apart.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Match Atlas//Roadmap//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", f"Match of {match_year}")
    for step in steps:
        if isinstance(step, Ahead):
            calendar.add_component(_event(step, match_year, start))
    for program in programs:
        if program.interview_on and program.status not in CALLED_OFF:
            calendar.add_component(_interview(program, program.interview_on, plan_id, start))
    return calendar.to_ical()


def _event(step: Ahead, match_year: int, start: date) -> Event:
    summary, description = _words(step, match_year)
    event = Event()
    event.add("uid", f"{step.uid}-{match_year}@match-atlas")
    event.add("dtstamp", datetime.combine(start, time(), UTC))
    event.add("summary", summary)
    event.add("dtstart", step.start)
    # The end of an all-day event is the first day after it.
    event.add("dtend", step.finish + timedelta(1))
    event.add("description", f"{description} {step.milestone.why}".strip())
    event.add("transp", "TRANSPARENT")
    if isinstance(step, Fixed) and step.official.event == ROL_DEADLINE:
        for days in ALARMS:
            event.add_component(_alarm(summary, days))
    return event


def _interview(program: TargetProgram, day: date, plan_id: str, start: date) -> Event:
    event = Event()
    name = sha256(f"{plan_id}|{program.label}".encode()).hexdigest()[:24]
    event.add("uid", f"interview-{name}@match-atlas")
    event.add("dtstamp", datetime.combine(start, time(), UTC))
    event.add("summary", f"Interview: {program.program}")
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(1))
    event.add("description", f"{program.label} {program.contact}".strip())
    event.add_component(_alarm(f"Interview: {program.program}", 1))
    return event


def _words(step: Ahead, match_year: int) -> tuple[str, str]:
    """The summary of a step's event, and what its description begins with."""
    title = step.milestone.title
    if isinstance(step, Fixed):
        expected = " (expected)" if step.state == "expected" else ""
        return title + expected, f"Official date of the {match_year} Match: {step.official.kind}."
    until = f"Needed by {told(step.latest_finish)}."
    if step.late:
        return (f"{title} (too late for {match_year})", f"{until} As planned, it ends after that day.")
    return title, until


def _alarm(summary: str, days: int) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", f"{summary}: in {days} day{'s' * (days > 1)}")
    alarm.add("trigger", timedelta(-days))
    return alarm
