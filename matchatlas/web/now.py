"""Where are you now? The question that comes first, and what its answer changes in the plan."""

from datetime import date

import streamlit as st

from matchatlas.road import season
from matchatlas.road.ics import CALLED_OFF
from matchatlas.road.milestones import OF_IMGS
from matchatlas.road.official import official_dates, told
from matchatlas.road.roadmap import aimed_at, stage_now
from matchatlas.web import session, ui


def ask() -> season.Stage | None:
    """Four buttons and what the chosen one means; the answer, None where nobody answered yet.

    An answer given for a Match that is over by now counts no more, and the question is asked anew.
    """
    plan, calendar, today = session.plan(), ui.catalog().calendar(), date.today()
    year = aimed_at(plan.applicant, plan.stage, calendar, today)
    stage = stage_now(plan.applicant, plan.stage, calendar, today)
    with st.container(key="where_now"):
        st.markdown("**Where are you now?**")
        with st.container(horizontal=True, gap="small"):
            for code in season.STAGES:
                chosen = code == stage
                st.button(
                    season.WHERE[code].label,
                    key=f"stage_{code}",
                    width="stretch",
                    icon=":material/check:" if chosen else None,
                    type="primary" if chosen else "secondary",
                    on_click=choose,
                    args=(code,),
                )
        if plan.stage and not stage:
            ui.small(f"The Match of {year} is over. Say where you are now.")
        elif stage:
            ui.small(
                f"{season.WHERE[stage].means} The Match aimed at is that of {year}. " + _taken_as_done(stage)
            )
    return stage


def _taken_as_done(stage: season.Stage) -> str:
    if not season.WHERE[stage].implied:
        return ""
    return "What that implies counts as done: the exams, and the application where you interview."


def next_dates() -> None:
    """The next three dates: official ones of the Match aimed at, and the person's own interviews."""
    plan, calendar, today = session.plan(), ui.catalog().calendar(), date.today()
    person = plan.applicant
    year = aimed_at(person, plan.stage, calendar, today)
    days = [
        (d.day, f"{d.event} ({d.kind})")
        for d in official_dates(calendar, year).values()
        if person.is_img or not d.event.startswith(OF_IMGS)
    ]
    days += [
        (p.interview_on, f"Interview: {ui.plain(p.program)}")
        for p in plan.programs
        if p.interview_on and p.status not in CALLED_OFF
    ]
    ahead = sorted(pair for pair in days if pair[0] >= today)[:3]
    st.markdown("\n".join(f"- **{told(day)}**: {what}" for day, what in ahead))


def choose(stage: season.Stage) -> None:
    """Take an answer into the plan: the stage, and the Match year it means."""
    year = season.match_year(stage, ui.catalog().calendar(), date.today())
    person = session.plan().applicant.model_copy(update={"target_match_year": year})
    session.update(stage=stage, applicant=person)
