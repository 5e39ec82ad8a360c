"""The target list as a pipeline: a board by status, signals against their allotments, own criteria."""

from typing import get_args

import pandas as pd
import streamlit as st

from matchatlas.road import targets
from matchatlas.road.targets import BEST, CRITERIA, Status, TargetProgram
from matchatlas.text import line
from matchatlas.web import session, ui

STATUSES = list(get_args(Status))
SHOWN = 6  # programs of a status that the board names; the table has them all
WHICH, TO, CRITERION = "move_program", "move_status", "new_criterion"


def board(programs: tuple[TargetProgram, ...]) -> None:
    """How many programs are at each status, and which; and a way to move one on."""
    st.subheader("Where each application stands", anchor="pipeline")
    at = targets.by_status(programs)
    for column, (status, those) in ui.grid(4, [pair for pair in at.items() if pair[1]]):
        with column, st.container(border=True):
            named = [f"- {ui.plain(_line(program))}" for program in those[:SHOWN]]
            if len(those) > SHOWN:
                named.append(f"- and {len(those) - SHOWN} more, in the table")
            st.markdown(f"**{status.capitalize()}: {len(those)}**\n" + "\n".join(named))
    if empty := [status for status, those in at.items() if not those]:
        ui.small(f"None yet: {', '.join(empty)}.")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox("Move", [program.label for program in programs], key=WHICH)
        st.selectbox("to", STATUSES, key=TO)
        st.button("Move it", on_click=_move, icon=":material/arrow_forward:")


def _line(program: TargetProgram) -> str:
    day = f", interview {program.interview_on:%-d %b %Y}" if program.interview_on else ""
    return f"{program.program}{day}"


def _move() -> None:
    label, status = st.session_state[WHICH], st.session_state[TO]
    session.update(
        programs=tuple(
            targets.moved(program, status) if program.label == label else program
            for program in session.plan().programs
        )
    )


def signals(programs: tuple[TargetProgram, ...]) -> None:
    """The signals given to programs, counted against what each specialty allows."""
    sent = targets.signals_sent(programs)
    if not sent:
        return
    rows = ui.catalog().table("signals")
    rows = rows[rows["season"] == rows["season"].max()]
    used = rows[rows["specialty"].isin(sent)]
    allowed = used.set_index("specialty")
    lines = []
    for specialty, counts in sent.items():
        if specialty in allowed.index:
            row = allowed.loc[specialty]
            parts = [_counted(counts["gold"], row["gold_or_only_signals"], "gold")]
            if counts["silver"] or not pd.isna(row["silver_signals"]):
                parts.append(_counted(counts["silver"], row["silver_signals"], "silver"))
        else:
            parts = [f"{n} {kind}" for kind, n in counts.items()]
            parts.append("its allotment is not on this site")
        lines.append(f"- {ui.plain(specialty)}: {', '.join(parts)}")
    st.markdown("**Signals given**\n" + "\n".join(lines))
    if len(used):
        ui.source_line(used)


def _counted(sent: int, allowed: float, kind: str) -> str:
    allowed = 0 if pd.isna(allowed) else int(allowed)
    told = f"{sent} of {allowed} {kind}"
    return f"**{told}, {sent - allowed} too many**" if sent > allowed else told


def criteria() -> None:
    """Name what programs are marked by, or take a name away with its marks."""
    own = session.plan().marked_by
    st.markdown(
        f"Up to {CRITERIA} of your own, as training, city, call. Each becomes a column of the table, with "
        f"marks from 0 to {BEST}. They stand side by side and are never summed: what weighs more is "
        "yours to say."
    )
    with st.form("criteria", border=False, clear_on_submit=True):
        st.text_input("New criterion", key=CRITERION, max_chars=40)
        st.form_submit_button("Add it", on_click=_add_criterion, disabled=len(own) >= CRITERIA)
    for name in own:
        st.button(
            f"Remove {ui.plain(name)} and its marks",
            key=f"criterion {name}",
            on_click=_remove_criterion,
            args=(name,),
        )


def _add_criterion() -> None:
    own = session.plan().marked_by
    name = line(st.session_state[CRITERION].replace(":", " ").replace(";", " "))
    if name and name.casefold() not in map(str.casefold, own):
        session.update(criteria=(*session.plan().criteria, name))


def _remove_criterion(name: str) -> None:
    plan = session.plan()
    session.update(
        criteria=tuple(other for other in plan.criteria if other != name),
        programs=tuple(
            program.model_copy(update={"criteria": {c: m for c, m in program.criteria.items() if c != name}})
            for program in plan.programs
        ),
    )
