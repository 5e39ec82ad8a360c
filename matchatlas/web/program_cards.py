"""The target list as cards, a dozen at a time: what counts of each program, and a sheet to change it."""

from datetime import date
from typing import get_args

import streamlit as st

from matchatlas.applicant import EARLIEST_DAY, LATEST_DAY
from matchatlas.road import targets
from matchatlas.road.official import told
from matchatlas.road.targets import BEST, Hardness, Position, Signal, Status, TargetProgram, Visa
from matchatlas.web import session, target_list, ui

AT_ONCE = 12
AT, FIND, PAGE = "cards_at", "cards_find", "cards_page"
CHOICES = {
    "status": get_args(Status),
    "signal": get_args(Signal),
    "position_type": get_args(Position),
    "visas": get_args(Visa),
    "hardness": get_args(Hardness),
}
NUMBERS = {"img_percent": (0, 100), "score_cutoff": (1, 300)}


def show(programs: tuple[TargetProgram, ...]) -> None:
    """The cards, which status and which words they are chosen by, and the dozen that is shown."""
    counts = {status: len(those) for status, those in targets.by_status(programs).items() if those}
    st.pills(
        "Where each application stands",
        list(counts),
        key=AT,
        format_func=lambda status: f"{status.capitalize()}: {counts[status]}",
        on_change=_first,
    )
    if len(programs) > AT_ONCE:
        st.text_input("Find on your list", key=FIND, on_change=_first)
    words = st.session_state.get(FIND, "").casefold().split()
    chosen = [
        program
        for program in programs
        if st.session_state.get(AT) in (None, program.status)
        and all(word in program.label.casefold() for word in words)
    ]
    first = AT_ONCE * min(st.session_state.get(PAGE, 0), max(0, len(chosen) - 1) // AT_ONCE)
    for column, program in ui.grid(3, chosen[first : first + AT_ONCE]):
        with column, st.container(border=True):
            _card(program)
    if len(chosen) > AT_ONCE:
        _turn(first, len(chosen))


def _first() -> None:
    st.session_state[PAGE] = 0


def _turn(first: int, count: int) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        page = first // AT_ONCE
        for label, to in (("Programs before", page - 1), ("Programs after", page + 1)):
            st.button(
                label,
                disabled=not 0 <= to * AT_ONCE < count,
                on_click=st.session_state.__setitem__,
                args=(PAGE, to),
            )
        ui.small(f"{first + 1} to {min(first + AT_ONCE, count)} of {count}")


def _card(program: TargetProgram) -> None:
    parts = [f"**{program.status.capitalize()}**"]
    if program.signal:
        parts.append(f"{program.signal} signal")
    st.markdown(f"**{ui.plain(program.program)}**  \n{' · '.join(parts)}")
    ui.small(ui.plain("; ".join(filter(None, (program.specialty, program.city, _date(program))))))
    if st.button(f"Change {ui.plain(program.label)}", key=f"change {program.label}", icon=":material/edit:"):
        _sheet(program)


def _date(program: TargetProgram) -> str:
    if day := program.interview_on:
        return f"interview {'on' if day >= date.today() else 'was on'} {told(day)}"
    if program.invited_on:
        return f"invited on {told(program.invited_on)}"
    return f"applied on {told(program.applied_on)}" if program.applied_on else ""


@st.dialog("Change a program")
def _sheet(program: TargetProgram) -> None:
    st.markdown(f"**{ui.plain(program.label)}**")
    with st.form("program", border=False):
        for name in ("status", "signal", "position_type"):
            _field(program, name)
        for name in targets.DAYS:
            st.date_input(
                target_list.TITLES[name],
                getattr(program, name),
                EARLIEST_DAY,
                LATEST_DAY,
                key=_key(program, name),
            )
        for name in ("visas", "hardness"):
            _field(program, name)
        for name, (low, high) in NUMBERS.items():
            st.number_input(
                target_list.TITLES[name],
                low,
                high,
                getattr(program, name),
                1,
                key=_key(program, name),
                placeholder="not known",
            )
        title = target_list.TITLES["contact"]
        st.text_input(title, program.contact, max_chars=300, key=_key(program, "contact"))
        st.text_area("Notes", program.notes, max_chars=4000, key=_key(program, "notes"))
        for name in session.plan().marked_by:
            key, mark = _key(program, targets.MARK + name), program.criteria.get(name)
            st.number_input(name, 0, BEST, mark, 1, key=key, placeholder="no mark")
        kept = st.form_submit_button("Keep it so", type="primary", on_click=_keep, args=(program,))
    gone = st.button(
        "Take it off the list", icon=":material/delete:", on_click=target_list.change, args=(program, None)
    )
    if kept or gone:
        st.rerun()  # closes the sheet; what the list has to say stands on the page


def _key(program: TargetProgram, name: str) -> str:
    return f"new_of {program.label} {name}"


def _field(program: TargetProgram, name: str) -> None:
    options, value = list(CHOICES[name]), getattr(program, name)
    st.selectbox(
        target_list.TITLES[name],
        options,
        options.index(value) if value else None,
        key=_key(program, name),
        placeholder="none" if name == "signal" else "not known",
    )


def _keep(program: TargetProgram) -> None:
    """Take over what the sheet holds; each cell is judged by itself, as in the table."""
    prefix = _key(program, "")
    cells = {
        str(key).removeprefix(prefix): value
        for key, value in st.session_state.items()
        if str(key).startswith(prefix)
    }
    target_list.take_cells(program, cells)
