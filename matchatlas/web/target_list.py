"""The target list on the page: ways to bring programs in, the table to edit, how each is told.

Every change goes through a callback, that is, before the page is drawn, so that the saved file at
its top holds it.
"""

from collections.abc import Sequence
from typing import get_args

import pandas as pd
import streamlit as st
from pydantic import ValidationError

from etl.problems import DataError, Problem
from matchatlas.applicant import Applicant
from matchatlas.catalog.database import Catalog
from matchatlas.road import target_import, targets
from matchatlas.road.standing import Record, Scores, Standing
from matchatlas.road.targets import BEST, PROGRAMS, Hardness, Position, Signal, TargetProgram, Visa
from matchatlas.web import pipeline, session, ui
from matchatlas.web.handover import file_button

LINK = "targets"
FILE = "match-atlas-targets.csv"
EDITOR, PROBLEMS, DONE = "target_editor", "target_problems", "target_done"
NOTES = "target_notes"  # how a file was read
TOLD, TYPED = "target_told", "target_typed"  # what the table and the form have to say
VISAS = list(get_args(Visa))
FIRST = ("program", "status", "signal", "interview_on", "specialty")  # columns of the table
TITLES = {
    "program": "Program",
    "specialty": "Specialty",
    "state": "State",
    "city": "City",
    "code": "Code",
    "quota": "Positions",
    "visas": "Visas it sponsors",
    "img_percent": "IMG residents (%)",
    "score_cutoff": "Step 2 CK cutoff",
    "hardness": "How hard to get for you",
    "interviewed": "Interviewed",
    "status": "Status",
    "position_type": "Kind of position",
    "signal": "Signal",
    "applied_on": "Applied on",
    "invited_on": "Invited on",
    "interview_on": "Interview on",
    "contact": "Contact",
    "criteria": "Your marks",
    "notes": "Notes",
}


def add(programs: tuple[TargetProgram, ...]) -> None:
    """Put programs on the list; what is there already takes over what came filled in."""
    former = session.plan().programs
    _put(targets.merged(former, programs))
    _tell_doublets(former, programs)


def _tell_doublets(former: tuple[TargetProgram, ...], programs: tuple[TargetProgram, ...]) -> None:
    """Say which of the programs that came were on the list already."""
    if PROBLEMS in st.session_state:
        return
    there = {targets.identity(program) for program in former}
    if again := [p.label for p in programs if targets.identity(p) in there]:
        more = f" and {len(again) - 3} more" if len(again) > 3 else ""
        st.session_state[DONE] = (
            f"On your list already: {'; '.join(again[:3])}{more}. What came filled in was taken over, "
            "and nothing was listed twice."
        )


def change(program: TargetProgram, changed: TargetProgram | None) -> None:
    """Put a program in place of another of the list; None: take it off."""
    pairs = [
        (other.label, changed if other.label == program.label else other) for other in session.plan().programs
    ]
    _put([(label, other) for label, other in pairs if other])


def take_cells(program: TargetProgram, cells: dict[str, object]) -> None:
    """Take cells over into a program of the list; one with a fault stays as it was, and is told."""
    rows = dict(enumerate(session.plan().programs))
    number = next(n for n, other in rows.items() if other.label == program.label)
    rows, problems = targets.edited(rows, {number: cells}, ())
    change(program, rows[number])
    if problems:
        st.session_state[TOLD] = [f"{program.label}: {_told(problem)}" for problem in problems]


def add_from_link(programs: tuple[TargetProgram, ...]) -> None:
    """Put the programs of a link on the list, and let the link be done with."""
    add(programs)
    del st.query_params[LINK]


def codes_in_link() -> list[str]:
    """The program codes that the address brings."""
    asked = st.query_params.get(LINK, "").split(".")[:PROGRAMS]
    return list(dict.fromkeys(code for code in asked if code))


def _put(pairs: list[targets.Pair]) -> None:
    former = session.plan()
    try:
        changes = targets.revised(pairs, former.rank_order, former.supplemental, former.pairs)
        session.update(**changes)
    except DataError as error:
        st.session_state[PROBLEMS] = str(error)
    except ValidationError as error:
        st.session_state[PROBLEMS] = error.errors()[0]["msg"].removeprefix("Value error, ")
    else:
        if lost := len(former.rank_order) - len(changes["rank_order"]):
            st.session_state[DONE] = f"{lost} program(s) left your rank order list too."


def tell() -> None:
    """What the last change has to say: problems and what else it changed."""
    for text in st.session_state.pop(TOLD, ()):
        ui.refused(text)
    if problems := st.session_state.pop(PROBLEMS, None):
        st.error("Not taken over; your list is as it was.")
        st.code(problems, language=None, wrap_lines=True)
    if done := st.session_state.pop(DONE, None):
        st.info(ui.plain(done))
    if notes := st.session_state.pop(NOTES, None):
        st.info(ui.plain(f"How your file was read: {notes}."))


def form(applicant: Applicant) -> None:
    """Type one program in; only its name is needed."""
    specialties = ui.catalog().specialties()["specialty"].tolist()
    with st.form("target", border=False):
        st.text_input("Program", key="new_program", max_chars=200)
        st.selectbox(
            "Its specialty", specialties, specialties.index(applicant.specialty), key="new_specialty"
        )
        st.selectbox("State", ui.catalog().states()["state"].unique(), None, key="new_state")
        st.text_input("City", key="new_city", max_chars=120)
        st.selectbox("Visas it sponsors", VISAS, None, key="new_visas", placeholder="not known")
        for label, name, low, high in (
            ("IMGs among its residents (%)", "img_percent", 0, 100),
            ("Its Step 2 CK cutoff", "score_cutoff", 1, 300),
        ):
            st.number_input(label, low, high, None, 1, key=f"new_{name}", placeholder="not known")
        st.form_submit_button("Add to the list", type="primary", on_click=_add_typed)
    # Inside, since on a phone the open form covers what stands above it.
    for is_good, text in st.session_state.pop(TYPED, ()):
        (st.success if is_good else st.warning)(ui.plain(text))


def _add_typed() -> None:
    names = ("program", "specialty", "state", "city", "visas", "img_percent", "score_cutoff")
    program, problems = targets.check_row(
        {name: st.session_state[f"new_{name}"] for name in names}, "form", 1
    )
    if program is None:
        st.session_state[TYPED] = [(False, f"Not added. {_told(broken)}") for broken in problems]
        return
    former = session.plan().programs
    add((program,))
    if PROBLEMS in st.session_state:
        st.session_state[TYPED] = [(False, f"Not added. {st.session_state.pop(PROBLEMS)}")]
        return
    again = st.session_state.pop(DONE, None)
    said = [(True, again or f"Added: {program.label}. The form is empty for the next one.")]
    if not again and (near := targets.lookalikes(program, former)):
        said.append(
            (
                False,
                f"It looks like {near[0].label}, which is on your list too: if they are "
                "one program, take one out in the table below.",
            )
        )
    st.session_state[TYPED] = said
    for name in names:
        st.session_state[f"new_{name}"] = "" if name in ("program", "city") else None
    st.session_state["new_specialty"] = session.applicant().specialty


def _told(problem: Problem) -> str:
    """A problem of one cell, to the person who typed it."""
    title = TITLES[problem.column or ""]
    if problem.value is None:
        return f"{title}: {problem.mend}."
    return f"“{problem.value}” in {title}: {problem.rule}; {problem.mend}."


def upload() -> None:
    """Bring a list as a file, checked cell by cell; nothing of a file with a problem is taken."""
    titles = [TITLES[name] for name in targets.COLUMNS if name not in targets.REQUIRED]
    st.markdown(
        "A CSV or a workbook (XLSX, XLS, ODS), one program a row under a header. Only "
        f"{' and '.join(TITLES[name] for name in targets.REQUIRED)} are needed; it may have also: "
        f"{', '.join(titles)}. Names may be written as you write them. A program that is on the list "
        "takes over the cells that are filled in."
    )
    st.download_button(
        "An empty list", ",".join(targets.COLUMNS), FILE, "text/csv", on_click="ignore", key="empty_targets"
    )
    st.file_uploader(
        "Your list",
        type=["csv", "tsv", "txt", "xlsx", "xls", "ods"],
        key="targets_csv",
        max_upload_size=1,
        on_change=_read_uploaded,
    )


def _read_uploaded() -> None:
    file = st.session_state["targets_csv"]
    if file is None:
        return
    catalog = ui.catalog()
    known = target_import.known_names(catalog.names(), catalog.program_list()["specialty"])
    try:
        programs, notes = target_import.read(file.getvalue(), file.name, known)
    except DataError as error:
        st.session_state[PROBLEMS] = str(error)
        return
    add(programs)
    st.session_state[NOTES] = "; ".join(notes)


def download() -> None:
    """The list as CSV, as `upload` reads it."""
    file_button(
        "The list as CSV",
        lambda: ui.to_csv(targets.table(session.plan().programs)),
        FILE,
        "text/csv",
        "targets csv",
    )


def editor() -> None:
    """The list as a table to edit; rows may be deleted."""
    programs, criteria = session.plan().programs, session.plan().marked_by
    state = st.session_state.get(EDITOR)
    # The table keeps the rows it began with while it is edited; it begins anew where the list was
    # changed elsewhere, or the page was left.
    if (
        not state
        or state["key"] not in st.session_state  # the page was left, or a cell was refused
        or tuple(state["rows"].values()) != programs
        or state["criteria"] != criteria
    ):
        turn = state["turn"] + 1 if state else 0
        state = {
            "turn": turn,
            "key": f"targets-{turn}",
            "criteria": criteria,
            "begin": targets.with_marks(programs, criteria),
            "rows": dict(enumerate(programs)),
        }
        st.session_state[EDITOR] = state
    configured = _columns(programs, criteria)
    st.data_editor(
        state["begin"],
        key=state["key"],
        num_rows="delete",
        hide_index=True,
        placeholder="",
        on_change=_edited,
        column_order=[*FIRST, *(name for name in configured if name not in FIRST)],
        column_config=configured,
    )


def _columns(programs: Sequence[TargetProgram], criteria: Sequence[str]) -> dict:
    """What each column of the editor takes: the program's own, and one for each criterion."""
    column = st.column_config
    specialties = {*ui.catalog().specialties()["specialty"], *(p.specialty for p in programs)}
    states = {"", *ui.catalog().states()["state"], *(p.state for p in programs)}
    configured = {
        "program": column.TextColumn(required=True, max_chars=200, pinned=True),
        "specialty": column.SelectboxColumn(options=sorted(specialties), required=True),
        "state": column.SelectboxColumn(options=sorted(states)),
        "city": column.TextColumn(max_chars=120),
        "code": column.TextColumn(max_chars=20),
        "quota": column.NumberColumn(min_value=0, max_value=1000, step=1),
        "visas": column.SelectboxColumn(options=VISAS),
        "img_percent": column.NumberColumn(min_value=0, max_value=100, step=1),
        "score_cutoff": column.NumberColumn(min_value=1, max_value=300, step=1),
        "hardness": column.SelectboxColumn(options=list(get_args(Hardness)), help="Your own guess"),
        "interviewed": column.CheckboxColumn(),
        "status": column.SelectboxColumn(options=pipeline.STATUSES, required=True),
        "position_type": column.SelectboxColumn(options=list(get_args(Position))),
        "signal": column.SelectboxColumn(options=list(get_args(Signal))),
        "applied_on": column.DateColumn(format="D MMM YYYY"),
        "invited_on": column.DateColumn(format="D MMM YYYY"),
        "interview_on": column.DateColumn(format="D MMM YYYY"),
        "contact": column.TextColumn(max_chars=300),
        "notes": column.TextColumn(max_chars=4000, width="large"),
    }
    marks = {
        targets.MARK + name: column.NumberColumn(name, min_value=0, max_value=BEST, step=1)
        for name in criteria
    }
    return {name: made | {"label": TITLES[name]} for name, made in configured.items()} | marks


def _edited() -> None:
    state = st.session_state[EDITOR]
    edits = st.session_state[state["key"]]
    former = state["rows"]
    rows, problems = targets.edited(former, edits["edited_rows"], edits["deleted_rows"])
    _put([(former[number].label, program) for number, program in rows.items()])
    state["rows"] = rows
    if problems:
        st.session_state[TOLD] = [
            f"{former[(problem.line or 1) - 1].label}: {_told(problem)} This cell stays as it was; all else "
            "was kept."
            for problem in problems
        ]
        # The table begins anew, and shows what the list holds.
        state["key"] = None


def records(imported: pd.DataFrame) -> dict[str, Record]:
    """The fill of imported programs in past Matches, by code."""
    return {
        row.code: Record(row.first_match, row.last_match, row.matches, row.matches_unfilled)
        for row in imported.itertuples()
    }


def score_rows(catalog: Catalog, applicant: Applicant) -> pd.DataFrame:
    """The published quartiles of Step 2 CK of the matched of the applicant's type, newest edition."""
    rows = catalog.characteristics()
    rows = rows[
        (rows["applicant_type"] == applicant.applicant_type)
        & (rows["measure"] == "step2_ck")
        & (rows["outcome"] == "matched")
        & rows["q1"].notna()
    ]
    return rows[rows["edition"] == rows["edition"].max()]


def scores(catalog: Catalog, applicant: Applicant) -> dict[str, Scores]:
    """The same by specialty."""
    return {
        row.specialty: Scores(row.applicant_type, row.specialty, row.edition, row.q1, row.q3)
        for row in score_rows(catalog, applicant).itertuples()
    }


def told(program: TargetProgram, standing: Standing) -> str:
    """A program's standing as a list item in words."""
    parts = [f"**{stop}**" for stop in standing.stops] + list(standing.signs)
    if standing.unknown and not standing.stops:
        parts.append("to find out: " + ", ".join(standing.unknown))
    return f"- {ui.plain(program.label)}  \n  :small[{'; '.join(parts)}]"
