"""The plan on the person's own device: kept in their browser after every change, found again there.

The browser's storage belongs to the person: the server hands the plan over and keeps nothing. In a
consultation nothing of the client is kept, in the tab in which it is held.
"""

from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import streamlit as st

from matchatlas.plan import FILE_NAME, Plan, PlanError, open_file, save
from matchatlas.plan_link import unpacked
from matchatlas.web import address, fields, held, ui
from matchatlas.web.handover import file_button

KEY = "device"
LINKED = "device_linked"  # what a link brought: how to open it, "=", the text of a plan
TO_READ = "read"
CLIENT = "device_client"  # whether the plan is a client's; absent: nobody has said
VISIT, ANSWERED, FORGET, ASIDE = "device_visit", "device_answered", "device_forget", "device_aside"
SAVED, SPOILT, REFUSED, WARNED = "device_saved", "device_spoilt", "device_refused", "device_warned"
WHY_REFUSED = {"full": "its storage is full", "blocked": "it does not allow pages to keep anything"}
_store = st.components.v2.component(
    "match_atlas_device", js=(Path(__file__).parent / "device.js").read_text("utf-8")
)


def keep(page: str) -> None:
    """Hand the plan to the device as it stands; page: the one shown."""
    if page == address.CONSULTATION and not held.lent():
        st.session_state.setdefault(CLIENT, True)
    state = st.session_state
    _store(
        key=KEY,
        on_told_change=_told,
        on_linked_change=_linked,
        data={
            "visit": state.setdefault(VISIT, uuid4().hex),
            "plan": _text(),
            "client": state.get(CLIENT),
            "answered": state.get(ANSWERED, 0),
            "forget": state.get(FORGET),
            "aside": state.get(ASIDE),
        },
    )


def _text() -> str | None:
    """The plan as text; None where nothing has been entered. Written anew where it changed."""
    plan, (of, text) = held.own(), st.session_state.get(SAVED, (None, ""))
    if plan is None:
        return None
    if of != plan:
        text = save(plan).decode()
        st.session_state[SAVED] = plan, text
    return text


def _told() -> None:
    """What the device has to say: a plan found there, or why it keeps none."""
    told = st.session_state[KEY].get("told")
    if not isinstance(told, dict):
        return
    if told.get("client"):
        st.session_state[CLIENT] = True
    if reason := told.get("refused"):
        st.session_state[REFUSED] = WHY_REFUSED.get(str(reason), "it keeps nothing")
    if told.get("kept"):
        st.session_state.pop(REFUSED, None)
    if isinstance(found := told.get("found"), dict):
        st.session_state[ANSWERED] = found.get("turn")
        _take_over(found)


def _linked() -> None:
    """A link brought a plan, to open or to read: it is asked about, never opened unasked."""
    if isinstance(text := st.session_state[KEY].get("linked"), str):
        st.session_state[LINKED] = text


def _offer_linked() -> None:
    how, _, text = st.session_state[LINKED].partition("=")
    try:
        opened, _ = open_file(unpacked(text), ui.catalog().names()["specialty"])
    except PlanError as problem:
        del st.session_state[LINKED]
        st.warning(ui.plain(f"The link's plan cannot be opened, and yours is as it was. {problem}"))
        return
    person = opened.applicant
    if how == TO_READ:
        st.info(ui.plain(f"Prepared for you to read: {person.applicant_type}, {person.specialty}."))
        with st.container(horizontal=True):
            st.button("Read it", type="primary", on_click=_answer_linked, args=(opened, held.lend_to_read))
            st.button("Not now", on_click=_answer_linked)
        return
    st.info(
        ui.plain(
            f"This link brings a plan: {person.applicant_type}, {person.specialty}, "
            f"{len(opened.programs)} programs. Opened, it stands in place of yours; “Undo” brings yours back."
        )
    )
    with st.container(horizontal=True):
        st.button(
            "Open the link's plan", type="primary", on_click=_answer_linked, args=(opened, held.open_plan)
        )
        st.button("Keep my plan", on_click=_answer_linked)


def _answer_linked(opened: Plan | None = None, take: Callable[[Plan], None] | None = None) -> None:
    del st.session_state[LINKED]
    if opened and take:
        take(opened)
    if held.reading():
        ui.turn_to("consultation.py")


def _take_over(found: dict) -> None:
    text, elsewhere = found.get("text"), bool(found.get("other"))
    if text is None:
        _let_go()
        st.toast("Your plan was forgotten in another tab.", icon=":material/delete:")
        return
    try:
        if found.get("large"):
            raise PlanError("It is larger than any plan.")
        specialties = ui.catalog().names()["specialty"]
        opened, _ = open_file(str(text).encode("utf-8", "replace"), specialties)
    except PlanError as problem:
        st.session_state[SPOILT] = str(text), str(problem)
        st.session_state[ASIDE] = uuid4().hex
        return
    if elsewhere:
        held.replace(opened)
        st.toast("Your plan was changed in another tab: the last change counts.", icon=":material/sync:")
    elif found.get("again"):
        # The server forgot this visit while its page stood open: what is kept is newer than any link.
        held.replace(opened, undoable=False)
    elif (own := held.own()) is None or opened.id != own.id:
        _restore(opened)


def _restore(opened: Plan) -> None:
    """Hold the plan found on arrival; what the address says goes before it, and can be undone."""
    held.replace(opened, undoable=False)
    query = st.session_state.get(address.FIRST, {})
    asked, _ = fields.from_query(opened, query, ui.catalog().specialties()["specialty"])
    if asked != opened:
        held.replace(asked)
        st.session_state[WARNED] = (
            "The link's values stand in your plan now, in place of those kept on "
            "this device. “Undo” brings yours back."
        )


def of_client() -> bool:
    """Whether the plan is a client's, of whom nothing is kept."""
    return st.session_state.get(CLIENT, False)


def own() -> None:
    """The plan is the person's own: it is kept from now on."""
    st.session_state[CLIENT] = False


def forget() -> None:
    """Forget everything, here and on the device."""
    _let_go()
    st.session_state[FORGET] = uuid4().hex
    st.toast("Nothing you entered is left on this device.", icon=":material/delete:")


def _let_go() -> None:
    held.forget()
    for key in (SAVED, SPOILT, REFUSED, WARNED, address.FIRST):
        st.session_state.pop(key, None)


@st.dialog("Forget everything on this device?")
def confirm_forgetting() -> None:
    """Ask before everything is forgotten."""
    st.markdown(
        "Your plan is deleted from this browser, in every tab. A file that you saved stays, and "
        "so does the browser's own list of visited addresses."
    )
    if st.button("Forget everything", type="primary", on_click=forget):
        st.rerun()


def tell() -> None:
    """What a person must know of how their plan is kept, above every page."""
    if LINKED in st.session_state:
        _offer_linked()
    if warned := st.session_state.pop(WARNED, None):
        st.info(warned)
    if reason := st.session_state.get(REFUSED):
        st.warning(f"Your browser does not keep your plan: {reason}. Save it as a file before you leave.")
        file_button("Save the plan", lambda: save(held.plan()), FILE_NAME, "application/json", "refused")
    if spoilt := st.session_state.get(SPOILT):
        text, problem = spoilt
        st.warning(ui.plain(f"What was kept on this device cannot be read, and was set aside: {problem}"))
        file_button(
            "Save what was set aside",
            lambda: text.encode("utf-8", "replace"),
            "match-atlas-set-aside.txt",
            "text/plain",
            "spoilt",
        )
    if of_client() and not ui.presenting():
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(
                ":small[Consultation: nothing of the client is kept on this device.]", width="content"
            )
            st.button(
                "This is my own plan",
                on_click=own,
                help="It is then kept in this browser after every change.",
            )
