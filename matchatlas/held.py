"""The visitor's plan while they visit: one immutable `Plan` in the session, which the widgets show.

A widget of the plan shows the plan's value and hands over what is typed; so a page that shows it,
one that does not, a link and a file always speak of the same plan. Nothing of it is kept on the
server.
"""

from contextlib import suppress
from typing import Any
from uuid import uuid4

import streamlit as st
from pydantic import ValidationError

from matchatlas import fields
from matchatlas.applicant import Applicant
from matchatlas.plan import Plan, Tutor

PLAN = "plan"
PLAN_ID = "plan_id"  # of a plan that nothing was entered into yet
DEFAULTS = {"applicant_type": "Non-US IMG", "specialty": "Internal Medicine"}
# What a page lets be tried out beside the plan, and what was looked for: they go with the person.
TRIED = {"ck2": None, "ranks2": None, "specialty2": "the same"}
LOOKED_FOR = {"program_states": [], "find": ""}
SHOWN_SPECIALTY = "shown_specialty"  # which one is looked at, on pages that look at one
SHARE, PRESENT = "share", "present"
HALF_TYPED = ("new_", "rank_")  # how the keys of forms and of answers to them begin
SPECIALTIES = "program_specialties"  # of programs that are looked for
ARRIVED, PAGE = "page_arrived", "page_shown"
_NOTHING = object()


def fresh() -> Plan:
    """The plan of somebody who has entered nothing yet."""
    return Plan(
        id=st.session_state.setdefault(PLAN_ID, uuid4().hex), applicant=Applicant(**DEFAULTS)
    )


def plan() -> Plan:
    """The whole plan as it stands."""
    held = st.session_state.get(PLAN)
    if held is None:
        return fresh()
    return held if held.id else Plan(**dict(held) | {"id": fresh().id})


def applicant() -> Applicant:
    """The profile as it stands."""
    return plan().applicant


def update(**changes) -> None:
    """Change parts of the plan. Raises pydantic.ValidationError for what a plan may not hold."""
    put(Plan(**dict(plan()) | changes))


def put(held: Plan) -> None:
    """Hold this plan from now on."""
    st.session_state[PLAN] = held


def take(key: str) -> None:
    """Take over what was entered into the plan's widget of that key; a widget's callback."""
    # What the widget's own limits let through and the plan does not: it shows the plan's again.
    with suppress(ValidationError):
        put(fields.changed(plan(), key, st.session_state[key]))


def open_plan(opened: Plan) -> None:
    """Hold another person's plan, and nothing of the former one's. Call before a page's widgets."""
    put(opened)
    st.session_state.pop(PLAN_ID, None)
    for key in [key for key in st.session_state if str(key).startswith(HALF_TYPED)]:
        del st.session_state[key]
    own = opened.applicant.specialty
    for key, value in (TRIED | LOOKED_FOR | {SHOWN_SPECIALTY: own, SPECIALTIES: [own]}).items():
        st.session_state[key] = value


def new_client() -> None:
    """Hold nothing of anybody but the tutor's own name."""
    tutor = Tutor(name=plan().tutor.name)
    open_plan(Plan(id=uuid4().hex, applicant=Applicant(**DEFAULTS), tutor=tutor))


def show(page: str) -> None:
    """Let every widget of the plan show the plan's value; called before every page."""
    st.session_state[ARRIVED] = st.session_state.get(PAGE) != page
    st.session_state[PAGE] = page
    for key in (*TRIED, SHOWN_SPECIALTY, SHARE):  # Streamlit drops what a page does not show
        if key in st.session_state:
            st.session_state[key] = st.session_state[key]
    for key, value in fields.values(plan()).items():
        fit(key, value)


def fit(key: str, value: Any) -> None:
    """Let the widget of that key show the value; call it before the widget.

    On a page that stays only what differs is set, so that nothing is written over what is being typed.
    """
    if st.session_state[ARRIVED] or st.session_state.get(key, _NOTHING) != value:
        st.session_state[key] = value
