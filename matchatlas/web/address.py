"""What the address bar carries of the visitor's plan: read once, written after every change.

Streamlit's own binding of widgets to parameters leaves an entry in the browser's history for each
of them, and lets the way back delete what the former entry did not have. So the plan's values are
never bound: the first address of a visit is read, and from then on the address follows the plan.
"""

from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlencode

import streamlit as st

from matchatlas.web import fields, held
from matchatlas.web.held import PRESENT, SHARE, SHOWN_SPECIALTY

FIRST = "address_first"  # what the visit's first address says
READ, NOTES, DECIDED = "address_read", "address_notes", "address_decided"
SPECIALTY = "specialty"
# Pages about groups, whose addresses carry nothing of a person but the applicant type.
OF_GROUPS = {
    "",
    "specialties",
    "profile",
    "citizenship",
    "img_friendly",
    "competitiveness",
    "places",
    "method",
    "data",
}
LOOKING = ("places", "profile")  # pages that look at any specialty, and change nobody's plan
CONSULTATION, WHAT_IF = "consultation", "what_if"
TRACK = "track"  # the part of a talk that is shown
MOST_TRIED = 300  # as a Step 2 CK score, and as a number of contiguous ranks
_write = st.components.v2.component(
    "match_atlas_address", js=(Path(__file__).parent / "address.js").read_text("utf-8")
)


def read(page: str, specialties: Iterable[str]) -> None:
    """Take over what the visit's first address says of the plan; page: the one it leads to."""
    if READ not in st.session_state:
        st.session_state[READ] = True
        query = {name: st.query_params.get_all(name) for name in st.query_params}
        looked_at = query.get(SPECIALTY, [""])[-1]
        if page in LOOKING and looked_at in set(specialties):
            st.session_state[SHOWN_SPECIALTY] = query.pop(SPECIALTY)[-1]
        for name in (SHARE, PRESENT):
            if query.get(name, [""])[-1].lower() == "true":
                st.session_state[name] = True
        if SHARE in st.session_state:
            decide()
        _read_tried(query, {*specialties})
        st.session_state[FIRST] = query
        opened, notes = fields.from_query(held.plan(), query, specialties)
        if opened != held.plan():
            held.put(opened)
        st.session_state[NOTES] = notes
    if page == CONSULTATION and DECIDED not in st.session_state:
        # A tutor's links carry nothing of a client, on any page, unless the tutor asks for it.
        st.session_state[SHARE] = False
        decide()


def _read_tried(query: dict[str, list[str]], specialties: set[str]) -> None:
    """What the address says of the variant that What-if tries out; what cannot be is left out."""
    for key in held.TRIED:
        text = query.get(key, [""])[-1]
        if key == "specialty2":
            if text in specialties:
                st.session_state[key] = text
        elif text.isdecimal() and len(text) <= 3 and 1 <= int(text) <= MOST_TRIED:
            st.session_state[key] = int(text)


def decide() -> None:
    """The link's switch was set on purpose; a callback of it."""
    st.session_state[DECIDED] = True


def shared() -> bool:
    """Whether addresses and links carry the profile: one switch for all pages."""
    return st.session_state.get(SHARE, True)


def query(page: str) -> dict[str, str | list[str]]:
    """What a page's address carries of the plan."""
    carried: dict[str, str | list[str]] = {}
    if held.lent():  # an example is nobody's: no link leads to it
        return carried
    if shared():
        keys = ("type",) if page in OF_GROUPS else (*fields.KEYS, fields.COUNT_OF_PLANS)
        carried = fields.to_query(held.plan(), held.fresh(), keys)
        tried = {key: st.session_state.get(key, usual) for key, usual in held.TRIED.items()}
        if page == WHAT_IF:
            carried |= {k: str(v) for k, v in tried.items() if v != held.TRIED[k]}
    if page in LOOKING:
        carried.pop(SPECIALTY, None)
        if looked_at := st.session_state.get(SHOWN_SPECIALTY):
            carried[SPECIALTY] = looked_at
    if page == CONSULTATION and shared():
        carried[SHARE] = "true"
    return carried


def write(page: str, key: str = "address") -> None:
    """Let the browser's address follow the plan; a view that is new to it begins at its top.

    key: unlike for every place of a run that calls this.
    """
    names = (*fields.KEYS, fields.COUNT_OF_PLANS, *held.TRIED, SHARE, PRESENT)
    carried = urlencode(query(page), doseq=True)
    view = f"{page} {st.session_state.get(PRESENT)} {st.session_state.get(TRACK)}"
    _write(key=key, data={"owned": names, "carried": carried, "view": view})


def notes() -> list[str]:
    """What the first address asked for in vain; told once."""
    return st.session_state.pop(NOTES, [])
