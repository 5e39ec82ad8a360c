"""The target list as a pipeline: signals against their allotments, own criteria."""

from typing import get_args

import pandas as pd
import streamlit as st

from matchatlas.road import targets
from matchatlas.road.targets import BEST, CRITERIA, Status, TargetProgram
from matchatlas.text import line
from matchatlas.web import session, ui

STATUSES = list(get_args(Status))
CRITERION = "new_criterion"


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
