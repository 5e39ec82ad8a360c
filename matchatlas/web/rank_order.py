"""The editor of the rank order list: order it, guess how hard programs are to get, add by name."""

from collections.abc import Sequence

import streamlit as st
from pydantic import ValidationError

from matchatlas.matching.lab import HARDNESS, NOT_GUESSED
from matchatlas.road.targets import TargetProgram
from matchatlas.text import line
from matchatlas.web import session, ui

PROBLEM, NAME = "rank_problem", "rank_name"


def editor(specialties: Sequence[str]) -> list[TargetProgram]:
    """The widgets of the plan's rank order list; returns the list, most wanted first.

    specialties: what a program added by name can be in.
    """
    plan = session.plan()
    by_label = {program.label: program for program in plan.programs}
    ranked = [by_label[label] for label in plan.rank_order]
    if not ranked:
        st.markdown("Nothing is ranked yet. Type in three to ten programs, your dream first.")
    for place, program in enumerate(ranked):
        _row(place, program, len(ranked) - 1)
    if waiting := [label for label in by_label if label not in plan.rank_order]:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            picked = st.multiselect("On your target list, not ranked yet", waiting, key="rank_waiting")
            st.button("Rank them", on_click=_put_on, args=(picked,), disabled=not picked)
    _add_by_name(specialties, plan.applicant.specialty)
    if problem := st.session_state.pop(PROBLEM, None):
        ui.refused(problem)
    return ranked


def _add_by_name(specialties: Sequence[str], likely: str) -> None:
    with st.form("rank_add", border=True):
        st.markdown(
            "**Add a program by name.** How hard it is to get is your own guess, and the result hangs on it."
        )
        name, specialty, hardness = st.columns([2, 2, 1])
        name.text_input("Program", key=NAME, max_chars=200)
        specialty.selectbox(
            "Its specialty",
            specialties,
            key="rank_specialty",
            index=specialties.index(likely) if likely in specialties else 0,
        )
        hardness.selectbox(
            "How hard to get for you",
            list(HARDNESS),
            key="rank_hardness",
            index=list(HARDNESS).index(NOT_GUESSED),
        )
        st.form_submit_button("Add", icon=":material/add:", on_click=_add)


def _move(label: str, step: int) -> None:
    """Let a program change places with its neighbour on the list."""
    order = list(session.plan().rank_order)
    place = order.index(label)
    order[place], order[place + step] = order[place + step], order[place]
    session.update(rank_order=order)


def _take_off(label: str) -> None:
    """Take a program off the rank order list; it stays on the target list."""
    session.update(rank_order=[name for name in session.plan().rank_order if name != label])


def _put_on(labels: list[str]) -> None:
    """Put programs of the target list at the end of the rank order list."""
    session.update(rank_order=[*session.plan().rank_order, *labels])


def _add() -> None:
    """Put a typed-in program on the target list and at the end of the rank order list."""
    plan = session.plan()
    name = line(st.session_state[NAME])
    try:
        program = TargetProgram(
            program=name,
            specialty=st.session_state["rank_specialty"],
            hardness=st.session_state["rank_hardness"],
        )
        session.update(programs=[*plan.programs, program], rank_order=[*plan.rank_order, program.label])
        st.session_state[NAME] = ""
    except ValidationError:
        st.session_state[PROBLEM] = (
            f"“{name}” is on your list already: name the site or track as well."
            if name
            else "Type the program's name first."
        )


def _guess(label: str) -> None:
    """Keep the applicant's guess of how hard a program is to get."""
    hardness = st.session_state[f"guess {label}"]
    session.update(
        programs=[
            program.model_copy(update={"hardness": hardness}) if program.label == label else program
            for program in session.plan().programs
        ]
    )


def _row(place: int, program: TargetProgram, last: int) -> None:
    """One program of the list with its guess and its buttons."""
    with st.container(horizontal=True, vertical_alignment="center", border=True, key=f"row {program.label}"):
        st.markdown(f"**{place + 1}.** {ui.plain(program.label)}", width=330)
        name, guesses = ui.plain(program.program), list(HARDNESS)
        st.selectbox(
            f"How hard to get is {ui.plain(program.label)}?",
            guesses,
            width=220,
            index=guesses.index(program.hardness or NOT_GUESSED),
            key=f"guess {program.label}",
            label_visibility="collapsed",
            on_change=_guess,
            args=(program.label,),
        )
        st.button(
            "Up",
            icon=":material/arrow_upward:",
            key=f"up {program.label}",
            help=f"Moves {name} up",
            disabled=place == 0,
            on_click=_move,
            args=(program.label, -1),
        )
        st.button(
            "Down",
            icon=":material/arrow_downward:",
            key=f"down {program.label}",
            help=f"Moves {name} down",
            disabled=place == last,
            on_click=_move,
            args=(program.label, 1),
        )
        st.button(
            "Take off",
            icon=":material/close:",
            key=f"off {program.label}",
            help=f"Takes {name} off",
            on_click=_take_off,
            args=(program.label,),
        )
