"""Roadmap: the way to the Match aimed at, what is late, what is next, and the checklist."""

from datetime import date

import pandas as pd
import streamlit as st

from matchatlas import charts, session, ui
from matchatlas.ics import calendar_file
from matchatlas.milestones import BY_CODE, GUIDE_MONTHS, LONGEST_WEEKS, MATCH_DAY
from matchatlas.roadmap import (
    NoDate,
    Step,
    assumed_weeks,
    certification_warning,
    first_reachable,
    next_steps,
    official_dates,
    road,
    table,
)

COLUMNS = (("Certification", "Exams"), ("Clinical experience", "Application"), ("The Match",))
ICONS = {"done": ":material/check_circle:", "late": ":material/event_busy:",
         "in time": ":material/schedule:"}  # fmt: skip


def tick(code: str) -> None:
    """Tick a milestone of the plan, or take the tick away."""
    session.update(done=tuple(sorted({*session.plan().done} ^ {code})))


def checkbox(step: Step) -> None:
    """One milestone of the checklist; what the profile or another tick shows cannot be unticked."""
    ticked = step.code in session.plan().done
    key = f"done_{step.code}"
    st.session_state[key] = step.done  # the plan is the truth, also after a file was opened
    words = "" if step.done else f": by {step.latest_finish:%-d %b %Y}"
    late = f" {ICONS['late']} late" if step.late else ""
    st.checkbox(step.milestone.title + words + late, key=key, help=step.milestone.why,
                disabled=step.done and not ticked, on_change=tick, args=(step.code,))  # fmt: skip


catalog = ui.catalog()
st.title("Roadmap")
applicant = session.profile_bar()
today = date.today()
year = applicant.target_match_year or session.expected_year(today)
calendar = catalog.calendar()
dates = official_dates(calendar, year)

assumed = assumed_weeks(applicant)
with st.expander("How long things take: your own planning figures"):
    st.markdown(
        "No table says how long a milestone takes, so the figures in grey are assumptions to plan "
        f"with, not facts. Put in your own. The guide reckons {GUIDE_MONTHS[0]} to "
        f"{GUIDE_MONTHS[1]} months in all, from the first preparation to Match Day."
    )
    start = ui.day("The plan starts on (empty: today)", "from") or today
    columns = st.columns(3)
    shown = [code for code in assumed if applicant.is_img or not BY_CODE[code].imgs_only]
    for number, code in enumerate(shown):
        with columns[number % 3]:
            ui.number(
                f"{BY_CODE[code].title} (weeks)", session.WEEKS[code], 0, LONGEST_WEEKS,
                placeholder=f"{assumed[code]}, assumed",
            )  # fmt: skip
plan = session.plan()
try:
    steps = road(applicant, dates, start, plan.done, plan.weeks)
    reachable = first_reachable(applicant, calendar, start, plan.done, plan.weeks)
except NoDate as missing:
    ui.missing(str(missing), "An analyst can add it: see docs/yearly-refresh.md.")
    st.stop()

late = [step for step in steps if step.late]
ahead = [step for step in steps if not step.done]
cells = st.columns(3)
cells[0].metric("Match aimed at", year, border=True, help="Change it in your profile.")
cells[1].metric("Milestones done", f"{len(steps) - len(ahead)} of {len(steps)}", border=True)
cells[2].metric("First Match without anything late", reachable or "none in ten years", border=True)
if warning := certification_warning(applicant, calendar):
    st.warning(warning, icon=ICONS["late"])
if late:
    way_out = f"The first Match that it reaches is {reachable}." if reachable else ""
    st.warning(f"This plan comes too late for the Match of {year} in {len(late)} of its milestones. "
               f"{way_out}", icon=ICONS["late"])  # fmt: skip
if not ahead:
    st.success("Everything on this road is done.")
    st.stop()

st.subheader("What is next")
for step in next_steps(steps)[:4]:
    when = f"begin by {step.latest_start:%-d %B %Y}" if step.weeks else "on its day"
    window = dates[step.milestone.opens] if step.milestone.opens else None
    opening = f"; opens {window.day:%-d %B %Y}, {window.kind}" if window else ""
    st.markdown(f"{ICONS[step.state]} **{step.milestone.title}**, {when}{opening}. "
                f"{step.milestone.why}")  # fmt: skip

rows = table(steps, dates)
months = (dates[MATCH_DAY].day - start).days / 30.44
ui.chart(
    f"{months:.0f} months to Match Day {year}; {len(late) or 'nothing'} late",
    "Bars: from the earliest start to the earliest finish. Lines: the time left until the latest "
    "finish that keeps every later date. Diamonds: what takes a day. Durations are planning figures; "
    f"the guide reckons {GUIDE_MONTHS[0]} to {GUIDE_MONTHS[1]} months in all.",
    charts.gantt(rows[rows["state"] != "done"], start),
    rows,
    alt="Gantt chart: "
    + "; ".join(f"{s.milestone.title} {s.start} to {s.finish}, at the latest {s.latest_finish}"
                for s in ahead),
    key="roadmap",
)  # fmt: skip
st.download_button("Calendar (.ics)", calendar_file(steps, year, start), f"match-{year}.ics",
                   "text/calendar", icon=":material/event:", on_click="ignore",
                   help="All-day events for your own calendar")  # fmt: skip

st.subheader("Checklist", help="Saved with your plan. What your profile shows is ticked already.")
for column, pillars in zip(st.columns(len(COLUMNS)), COLUMNS, strict=True):
    for pillar in pillars:
        own = [step for step in steps if step.milestone.pillar == pillar]
        with column:
            if own:
                st.markdown(f"**{pillar}**")
            for step in own:
                checkbox(step)

st.subheader(f"Official dates of the {year} Match")
official = pd.DataFrame(
    [{"event": d.event, "date": d.day, "the date is": d.kind, "source_id": d.source_id}
     for d in sorted(dates.values(), key=lambda d: d.day)]
)  # fmt: skip
st.dataframe(official.drop(columns="source_id"), hide_index=True)
ui.small("Expected: the same weekday, next to the same day of the year, as in the last published "
         "season; or the very same day, where that is what published years share.")  # fmt: skip
ui.source_line(official)
