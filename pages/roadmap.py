"""Roadmap: the way to the Match aimed at, whether the plan reaches it, what is next, the checklist."""

from datetime import date
from functools import partial

import pandas as pd
import streamlit as st

from matchatlas.charts import road as road_charts
from matchatlas.road.ics import calendar_file
from matchatlas.road.milestones import BY_CODE, GUIDE_MONTHS, LONGEST_WEEKS, MATCH_DAY, ROL_DEADLINE
from matchatlas.road.roadmap import (
    NoDate,
    aimed_at,
    assumed_weeks,
    certification_warning,
    first_reachable,
    next_steps,
    official_dates,
    road,
    table,
    told,
)
from matchatlas.road.steps import Fixed, Planned, Step
from matchatlas.web import now, session, ui
from matchatlas.web.handover import file_button

COLUMNS = (("Certification", "Exams", "Clinical experience"), ("Application", "The Match"))
IN_TIME, LATE = ":material/schedule:", ":material/event_busy:"


def planning_figures() -> date:
    """The widgets for the plan's own figures; returns the day the plan starts."""
    assumed = assumed_weeks(applicant)
    shown = [code for code in assumed if applicant.is_img or not BY_CODE[code].imgs_only]
    with st.expander("How long things take: your own planning figures"):
        st.markdown(
            "No publication here says how long a milestone takes, so the figures in grey are assumptions to "
            f"plan with, not facts. Put in your own. The guide reckons {GUIDE_MONTHS[0]} to "
            f"{GUIDE_MONTHS[1]} months in all, from the first preparation to Match Day."
        )
        start = ui.day("The plan starts on (empty: today)", "from", bind=ui.OWN) or today
        for column, code in ui.grid(3, shown):
            with column:
                ui.number(
                    f"{BY_CODE[code].title}, weeks",
                    session.WEEKS[code],
                    0,
                    LONGEST_WEEKS,
                    placeholder=f"{assumed[code]}, assumed",
                    bind=ui.OWN,
                )
    return start


def warn() -> None:
    """What does not come out, and the first Match that does."""
    if warning := certification_warning(applicant, calendar):
        st.warning(warning, icon=LATE)
    expected = applicant.ecfmg_expected
    for step in ahead:
        if step.code == "certification" and expected and step.finish > expected:
            st.warning(
                f"You expect certification on {told(expected)}; with the weeks planned here it "
                f"comes on {told(step.finish)} at the earliest."
            )
    if late:
        st.warning(
            f"{not_reached()} Official dates do not move with a plan: tick what is done, put in "
            f"your own weeks, or aim at a later Match. {way_out()}",
            icon=LATE,
        )


def not_reached() -> str:
    """What of the plan ends after the day it is needed."""
    deadline = dates[ROL_DEADLINE]
    rank_list = next((step for step in late if step.code == "rank_list"), None)
    if rank_list:
        return (
            f"This plan does not reach the Match of {year}: your rank order list would be certified "
            f"on {told(rank_list.finish)} at the earliest, and its deadline is "
            f"{told(deadline.day)} ({deadline.kind})."
        )
    titles = ", ".join(step.milestone.title for step in late)
    return f"This plan reaches the Match of {year}, but not in time with: {titles}."


def way_out() -> str:
    """The first Match that the plan reaches, if there is one."""
    return f"The first Match that it reaches in time is {reachable}." if reachable else ""


def show_next() -> None:
    """The most urgent steps that wait for nothing."""
    st.header("What is next")
    for step in next_steps(steps)[:4]:
        begin = f"begin by {told(step.latest_start)}"
        if step.code == "interviews" and stage == "interviewing":
            begin = f"under way, until {told(step.latest_finish)} at the latest"
        elif step.late and stage == "interviewing":
            begin = f"**this week**: needed by {told(step.latest_finish)}"
        elif step.late:
            begin = (
                f"too late for {year}: it ends on {told(step.finish)} at the earliest, and is "
                f"needed by {told(step.latest_finish)}"
            )
        elif (step.latest_start - today).days < 7:
            begin = f"**this week**: begin by {told(step.latest_start)}"
        window = dates[step.milestone.opens] if step.milestone.opens else None
        opening = f"; opens {told(window.day)}, {window.kind}" if window and window.day > today else ""
        st.markdown(
            f"{LATE if step.late else IN_TIME} **{step.milestone.title}**, {begin}{opening}. "
            f"{step.milestone.why}"
        )


def show_chart() -> None:
    """The Gantt chart, and the same as a calendar file."""
    rows = table([*ahead, *official], dates)
    months = (dates[MATCH_DAY].day - start).days / 30.44
    ui.chart(
        f"{months:.0f} months to Match Day {year}; "
        + (f"{len(late)} of {len(ahead)} things to do end too late" if late else "all of it in time"),
        "Bars: from the earliest start to the earliest finish. Lines: the time left until the latest "
        "finish that keeps every later date. Diamonds: what takes a day. Stars: official dates, which "
        f"no plan moves. Durations are planning figures; the guide reckons {GUIDE_MONTHS[0]} to {GUIDE_MONTHS[1]} months in all.",
        road_charts.gantt(rows, start),
        rows,
        alt="Gantt chart: "
        + "; ".join(
            f"{s.milestone.title} {s.start} to {s.finish}, at the latest {s.latest_finish}" for s in ahead
        )
        + "; "
        + "; ".join(f"{s.milestone.title} {s.start}, {s.state}" for s in official),
        key="roadmap",
    )
    made = partial(calendar_file, steps, year, start, plan.programs, plan.id)
    file_button(
        "Calendar (.ics)",
        made,
        f"match-{year}.ics",
        "text/calendar",
        "calendar",
        help="All-day events for your own calendar, with a reminder 7 days and 1 day "
        "before the rank list's deadline",
    )


def tick(code: str) -> None:
    """Tick a milestone of the plan, or take the tick away."""
    session.update(done=tuple(sorted({*session.plan().done} ^ {code})))


def due(step: Step) -> str:
    """When a milestone is due, behind its title in the checklist."""
    if not isinstance(step, Planned):
        return "" if step.done else ": behind you"
    late = "this week" if stage == "interviewing" else f"too late for {year}"
    return f": by {told(step.latest_finish)}" + f" ({late})" * step.late


def checkbox(step: Step) -> None:
    """One milestone of the checklist; what the profile or another tick shows cannot be unticked."""
    key = f"done_{step.code}"
    st.session_state[key] = step.done  # the plan is the truth, also after a file was opened
    st.checkbox(
        step.milestone.title + due(step),
        key=key,
        help=step.milestone.why,
        disabled=step.done and step.code not in plan.done,
        on_change=tick,
        args=(step.code,),
    )


def checklist() -> None:
    """Every milestone to tick, by pillar."""
    st.header("Checklist", help="Saved with your plan. What your profile shows is ticked already.")
    for column, pillars in zip(st.columns(len(COLUMNS)), COLUMNS, strict=True):
        for pillar in pillars:
            own = [step for step in tasks if step.milestone.pillar == pillar]
            with column:
                if own:
                    st.markdown(f"**{pillar}**")
                for step in own:
                    checkbox(step)


catalog = ui.catalog()
st.title("Roadmap")
applicant = session.profile_bar()
today = date.today()
stage = now.ask()
calendar = catalog.calendar()
year = aimed_at(applicant, stage, calendar, today)
dates = official_dates(calendar, year)
start = planning_figures()
plan = session.plan()
try:
    steps = road(applicant, dates, start, plan.done, plan.weeks, plan.id, stage)
    reachable = first_reachable(applicant, calendar, start, plan.done, plan.weeks, stage)
except NoDate as missing:
    ui.missing(str(missing), "So no road can be planned here yet.")
    st.stop()

official = [step for step in steps if isinstance(step, Fixed)]
tasks = [step for step in steps if not isinstance(step, Fixed)]
ahead = [step for step in tasks if isinstance(step, Planned)]
late = [step for step in ahead if step.late]
cells = st.columns(3)
is_said = applicant.target_match_year or stage
aimed = "Match aimed at" if is_said else "Match aimed at (assumed)"
cells[0].metric(aimed, year, border=True, help="Change it in your profile.")
cells[1].metric(
    "Done or behind you" if stage == "interviewing" else "Milestones done",
    f"{len(tasks) - len(ahead)} of {len(tasks)}",
    border=True,
)
cells[2].metric("First Match this plan reaches in time", reachable or "none in ten years", border=True)
warn()
if ahead:
    show_next()
else:
    st.success("Everything that was to be done on this road is done.")
show_chart()
checklist()

st.header(f"Official dates of the {year} Match")
days = pd.DataFrame(
    [
        {
            "event": s.official.event,
            "date": s.start,
            "the date is": s.official.kind,
            "source_id": s.official.source_id,
        }
        for s in official
    ]
)
st.dataframe(days.drop(columns="source_id"), hide_index=True)
ui.small(
    "Expected: the same weekday, next to the same day of the year, as in the last published "
    "season; or the very same day, where that is what published years share."
)
ui.source_line(days)

st.header("If it goes otherwise")
soap = [d for d in dates.values() if d.event.startswith("SOAP")]
told_soap = "; ".join(f"{d.event} {told(d.day)}, {d.kind}" for d in sorted(soap, key=lambda d: d.day))
st.markdown(
    "Whoever has not matched on Monday of Match Week can be offered a position the same week"
    + (f" ({told_soap})." if soap else ".")
    + " Have a second statement and a list of places ready before that Monday."
)
st.page_link(
    ui.PAGES / "soap.py",
    label="SOAP: who may take part, and the week hour by hour",
    icon=":material/event_repeat:",
)
st.page_link(ui.PAGES / "pathways.py", label="Practice without a residency", icon=":material/alt_route:")
