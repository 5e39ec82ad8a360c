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

from matchatlas.applicant import Applicant
from matchatlas.plan import Plan, Tutor
from matchatlas.web import fields

PLAN = "plan"
REPLACED = "plan_replaced"  # how often
FORMER = "plan_former"  # the plans before the last changes, the newest last
CHANGES = 20  # that can be undone
SET_ASIDE = "plan_set_aside"  # the person's own plan and its former ones, while another is shown
READING = "plan_reading"  # the plan shown is a tutor's, to be read
LOGO = "logo"  # of the tutor's reports
PLAN_ID = "plan_id"  # of a plan that nothing was entered into yet
DEFAULTS = {"applicant_type": "Non-US IMG", "specialty": "Internal Medicine"}
# What a page lets be tried out beside the plan, and what was looked for: they go with the person.
TRIED = {"ck2": None, "ranks2": None, "specialty2": "the same"}
LOOKED_FOR = {"program_states": [], "find": ""}
SHOWN_SPECIALTY = "shown_specialty"  # which one is looked at, on pages that look at one
SHARE, PRESENT = "share", "present"
HALF_TYPED = ("new_", "rank_")  # how the keys of forms and of answers to them begin
SPECIALTIES = "program_specialties"  # of programs that are looked for


def fresh() -> Plan:
    """The plan of somebody who has entered nothing yet."""
    return Plan(id=st.session_state.setdefault(PLAN_ID, uuid4().hex), applicant=Applicant(**DEFAULTS))


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


def put(held: Plan, undoable: bool = True) -> None:
    """Hold this plan from now on; undoable: whether the one before can be had again."""
    if undoable and held != plan():
        st.session_state[FORMER] = [*st.session_state.get(FORMER, ()), plan()][-CHANGES:]
    st.session_state[PLAN] = held


def undo() -> None:
    """Hold the plan as it was before the last change."""
    if former := st.session_state.get(FORMER):
        *st.session_state[FORMER], st.session_state[PLAN] = former
        _replaced()


def can_undo() -> bool:
    """Whether there is a change to take back."""
    return bool(st.session_state.get(FORMER))


def lend(example: Plan) -> None:
    """Hold a made-up plan; the person's own is set aside, as it is, until `give_back`."""
    give_back()
    st.session_state[SET_ASIDE] = st.session_state.get(PLAN), st.session_state.pop(FORMER, [])
    st.session_state[PLAN] = example
    _replaced()


def lend_to_read(prepared: Plan) -> None:
    """Hold what a tutor prepared, to be read; the person's own plan is set aside until `give_back`."""
    lend(prepared)
    st.session_state[READING] = True


def reading() -> bool:
    """Whether the plan held is one that a tutor prepared to be read."""
    return READING in st.session_state


def give_back() -> None:
    """Hold the person's own plan again, where an example is shown or another's plan is read."""
    if lent():
        st.session_state.pop(READING, None)
        own, former = st.session_state.pop(SET_ASIDE)
        for key, value in ((PLAN, own), (FORMER, former)):
            if value:
                st.session_state[key] = value
            else:
                st.session_state.pop(key, None)
        _replaced()


def lent() -> bool:
    """Whether the plan held is not the person's own: an example, or one to read."""
    return SET_ASIDE in st.session_state


def own() -> Plan | None:
    """The person's own plan, also while an example is shown; None where nothing was entered."""
    if lent():
        return st.session_state[SET_ASIDE][0]
    return plan() if PLAN in st.session_state else None


def forget() -> None:
    """Hold nothing of anybody."""
    open_plan(Plan(applicant=Applicant(**DEFAULTS)))
    for key in (PLAN, FORMER, LOGO):
        st.session_state.pop(key, None)


def key_of(name: str) -> str:
    """The key of the plan's widget for the value of that name.

    A browser keeps what it knows of widgets that it does not draw, in a closed popover, and hands it
    over with the next press as if it were entered. So where a plan is replaced its widgets are new.
    """
    times = st.session_state.get(REPLACED, 0)
    return f"{name}~{times}" if times else name


def _replaced() -> None:
    if st.context.url:  # without a browser nothing is kept that could come back
        st.session_state[REPLACED] = st.session_state.get(REPLACED, 0) + 1


def take(key: str) -> None:
    """Take over what was entered into the plan's widget for that name; a widget's callback."""
    # What the widget's own limits let through and the plan does not: it shows the plan's again.
    with suppress(ValidationError):
        put(fields.changed(plan(), key, st.session_state[key_of(key)]))


def replace(found: Plan, undoable: bool = True) -> None:
    """Hold a plan that was not entered here; call it before a page's widgets. An example stays shown."""
    if lent():
        st.session_state[SET_ASIDE] = found, st.session_state[SET_ASIDE][1]
        return
    put(found, undoable)
    _replaced()


def open_plan(opened: Plan) -> None:
    """Hold another person's plan, and nothing of the former one's. Call before a page's widgets."""
    give_back()
    replace(opened)
    st.session_state.pop(PLAN_ID, None)
    for key in [key for key in st.session_state if str(key).startswith(HALF_TYPED)]:
        del st.session_state[key]
    own = opened.applicant.specialty
    for key, value in (TRIED | LOOKED_FOR | {SHOWN_SPECIALTY: own, SPECIALTIES: [own]}).items():
        st.session_state[key] = value


def new_client() -> None:
    """Hold nothing of anybody but the tutor's own name."""
    give_back()
    tutor = Tutor(name=plan().tutor.name)
    open_plan(Plan(id=uuid4().hex, applicant=Applicant(**DEFAULTS), tutor=tutor))
    st.session_state.pop(FORMER, None)


def show() -> None:
    """Let every widget of the plan show the plan's value; called before every page."""
    for key in (*TRIED, SHOWN_SPECIALTY, SHARE, PRESENT):  # Streamlit drops what a page does not show
        if key in st.session_state:
            st.session_state[key] = st.session_state[key]
    for name, value in fields.values(plan()).items():
        fit(name, value)


def fit(name: str, value: Any) -> None:
    """Let the widget for the value of that name show it; call it before the widget.

    Set in every run, whether it differs or not: a widget that the browser first draws later, in a
    popover, begins with what the last run set, and else with its default, which it would hand over.
    """
    st.session_state[key_of(name)] = value
