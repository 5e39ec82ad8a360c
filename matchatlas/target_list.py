"""The target list on the page: ways to bring programs in, the table to edit, how each is told.

Every change goes through a callback, that is, before the page is drawn, so that the saved file at
its top holds it.
"""

import pandas as pd
import streamlit as st
from pydantic import ValidationError

from etl.problems import DataError
from matchatlas import session, targets, ui
from matchatlas.applicant import Applicant
from matchatlas.catalog import Catalog
from matchatlas.plan import PROGRAMS, TargetProgram, Visa
from matchatlas.standing import Record, Scores, Standing

LINK = "targets"
FILE = "match-atlas-targets.csv"
EDITOR, PROBLEMS, DONE = "target_editor", "target_problems", "target_done"
VISAS = list(Visa.__args__)
MARKDOWN = str.maketrans({sign: f"\\{sign}" for sign in r"\`*_[]<>$:~#|"})


def add(programs: tuple[TargetProgram, ...]) -> None:
    """Put programs on the list; what is there already takes over what came filled in."""
    _put(targets.merged(session.plan().programs, programs))


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
        changes = targets.revised(former.rank_order, pairs)
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
    if problems := st.session_state.pop(PROBLEMS, None):
        st.error("Not taken over; your list is as it was.")
        st.code(problems, language=None, wrap_lines=True)
    if done := st.session_state.pop(DONE, None):
        st.info(done)


def form(applicant: Applicant) -> None:
    """Type one program in; only its name is needed."""
    specialties = ui.catalog().specialties()["specialty"].tolist()
    with st.form("target", border=False):
        st.text_input("Program", key="new_program", max_chars=200)
        st.selectbox(
            "Its specialty",
            specialties,
            specialties.index(applicant.specialty),
            key="new_specialty",
        )
        st.selectbox("State", ui.catalog().states()["state"].unique(), None, key="new_state")
        st.text_input("City", key="new_city", max_chars=120)
        st.selectbox("Visas it sponsors", VISAS, None, key="new_visas", placeholder="not known")
        for label, name, low, high in (("IMGs among its residents (%)", "img_percent", 0, 100),
                                       ("Its Step 2 CK cutoff", "score_cutoff", 1, 300)):  # fmt: skip
            st.number_input(label, low, high, None, 1, key=f"new_{name}", placeholder="not known")
        st.form_submit_button("Add to the list", type="primary", on_click=_add_typed)


def _add_typed() -> None:
    names = ("program", "specialty", "state", "city", "visas", "img_percent", "score_cutoff")
    cells = {name: st.session_state[f"new_{name}"] or None for name in names}
    cells["img_percent"] = st.session_state["new_img_percent"]
    program, problems = targets.check_row(cells, "form", 1)
    if program is None:
        st.session_state[PROBLEMS] = str(DataError(problems))
        return
    add((program,))
    for name in names:
        if name != "specialty":
            st.session_state.pop(f"new_{name}")


def upload() -> None:
    """Bring a list as CSV, checked cell by cell; nothing of a file with a problem is taken."""
    st.markdown(
        f"Columns: {', '.join(f'`{name}`' for name in targets.COLUMNS)}; only "
        f"{' and '.join(f'`{name}`' for name in targets.REQUIRED)} are needed. "
        f"`visas` is one of {', '.join(VISAS)}. A program that is on the list takes over the cells "
        "that are filled in."
    )
    st.download_button("An empty list", ",".join(targets.COLUMNS), FILE, "text/csv",
                       on_click="ignore", key="empty_targets")  # fmt: skip
    st.file_uploader("Your CSV", type="csv", key="targets_csv", max_upload_size=1,
                     on_change=_read_uploaded)  # fmt: skip


def _read_uploaded() -> None:
    file = st.session_state["targets_csv"]
    if file is None:
        return
    specialties = {
        *ui.catalog().specialties()["specialty"],
        *ui.catalog().program_list()["specialty"],
    }
    known = targets.names(specialties, ui.catalog().states()[["state", "code"]])
    try:
        add(targets.read_csv(file.getvalue(), file.name, known))
    except DataError as error:
        st.session_state[PROBLEMS] = str(error)


def download() -> None:
    """The list as CSV, as `upload` reads it."""
    st.download_button("The list as CSV", ui.to_csv(targets.table(session.plan().programs)), FILE,
                       "text/csv", icon=":material/download:", on_click="ignore")  # fmt: skip


def editor() -> None:
    """The list as a table to edit; rows may be deleted."""
    programs = session.plan().programs
    state = st.session_state.get(EDITOR)
    # The table keeps the rows it began with while it is edited; it begins anew where the list was
    # changed elsewhere, or the page was left.
    if (
        not state
        or state["key"] not in st.session_state
        or tuple(state["rows"].values()) != programs
    ):
        turn = state["turn"] + 1 if state else 0
        state = {"turn": turn, "key": f"targets-{turn}", "begin": targets.table(programs),
                 "rows": dict(enumerate(programs))}  # fmt: skip
        st.session_state[EDITOR] = state
    column = st.column_config
    specialties = {*ui.catalog().specialties()["specialty"], *(p.specialty for p in programs)}
    states = {"", *ui.catalog().states()["state"], *(p.state for p in programs)}
    st.data_editor(
        state["begin"], key=state["key"], num_rows="delete", hide_index=True, placeholder="",
        on_change=_edited,
        column_config={
            "program": column.TextColumn("Program", required=True, max_chars=200, pinned=True),
            "specialty": column.SelectboxColumn("Specialty", options=sorted(specialties), required=True),
            "state": column.SelectboxColumn("State", options=sorted(states)),
            "city": column.TextColumn("City", max_chars=120),
            "code": column.TextColumn("Code", max_chars=20),
            "quota": column.NumberColumn("Positions", min_value=0, max_value=1000, step=1),
            "visas": column.SelectboxColumn("Visas", options=VISAS),
            "img_percent": column.NumberColumn("IMG residents (%)", min_value=0, max_value=100, step=1),
            "score_cutoff": column.NumberColumn("Step 2 CK cutoff", min_value=1, max_value=300, step=1),
            "interviewed": column.CheckboxColumn("Interviewed"),
            "notes": column.TextColumn("Notes", max_chars=4000, width="large"),
        },
    )  # fmt: skip


def _edited() -> None:
    state = st.session_state[EDITOR]
    edits = st.session_state[state["key"]]
    rows, problems = targets.edited(
        state["begin"], state["rows"], edits["edited_rows"], edits["deleted_rows"]
    )
    _put([(state["rows"][number].label, program) for number, program in rows.items()])
    state["rows"] = rows
    if problems:
        st.session_state[PROBLEMS] = str(DataError(problems))


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
    label = " ".join(program.label.translate(MARKDOWN).split())
    parts = [f"**{stop}**" for stop in standing.stops] + list(standing.signs)
    if standing.unknown and not standing.stops:
        parts.append("to find out: " + ", ".join(standing.unknown))
    return f"- {label}  \n  :small[{'; '.join(parts)}]"
