"""The publisher's report as a visitor brings it: read beside the server, kept in their visit alone.

The PDF is read and checked by a worker process (`etl.brought`); its rows are held in the visitor's
session and shown there in place of the site's own, until they take them away, bring another or
leave. Nothing of it is written to the server.
"""

import logging
import re
from functools import partial

import pandas as pd
import streamlit as st

from etl import brought
from etl.brought import Brought
from etl.problems import DataError
from matchatlas.web import ui
from matchatlas.web.handover import file_button
from matchatlas.web.workers import Busy, Stopped, Workers

log = logging.getLogger(__name__)
HELD, WAITING, TOLD = "brought", "brought_waiting", "brought_told"
JOB, TIMES = "brought_job", "brought_times"
PROGRAMS, STATES = "program_positions", "positions_by_state_specialty_type"
NAMES = {PROGRAMS: "Program Results", STATES: "Match Results by State, Specialty and Applicant Type"}
# One report is read in some seconds; a full room that brings its own all at once waits in a line.
POOL = Workers(processes=1, waiting=60, seconds=60, megabytes=700)


def held(table: str) -> Brought | None:
    """What this visitor brought for a table."""
    return st.session_state.get(HELD, {}).get(table)


def control(table: str) -> None:
    """The button to bring a report for a table, and what came of it."""
    with st.popover("Bring the publisher's report (PDF)", icon=":material/upload_file:"):
        st.markdown(
            f"Your own copy of the NRMP's *{NAMES[table]}*. It is read and checked here for your visit alone: "
            "nobody else sees it, and it is gone from the server when you leave. "
            "Save what was read as a file of your own, and bring that the next time."
        )
        times = st.session_state.get(TIMES, 0)
        # A key of its own each time: what was read leaves the server with its widget.
        file = st.file_uploader(
            "The report (PDF), or what you saved here (CSV)", type=["pdf", "csv"], key=f"bring-{times}"
        )
        if file is not None:
            _read(file)
            st.session_state[TIMES] = times + 1
            st.session_state.pop(JOB, None)
            st.rerun()
        _tell()
        for one in st.session_state.get(HELD, {}).values():
            _summary(one)


def _read(file) -> None:
    """Have a file read, with a bar that tells how far it is; keep what comes of it."""
    if file.size > brought.LARGEST:
        st.session_state[TOLD] = (
            f"The file has more than {brought.LARGEST // 1_000_000} MB: that is no such report."
        )
        return
    bar = st.progress(0.0, "Waiting for its turn")
    try:
        # Another entry while it is read runs the page again: it goes on with the same job.
        asked, job = st.session_state.get(JOB, (None, None))
        if asked != file.file_id:
            if job:
                job.cancel()
            job = POOL.submit(brought.read, file.getvalue(), file.name)
            st.session_state[JOB] = file.file_id, job
        while not job.wait(0.3):
            place = job.place
            bar.progress(job.share, f"{place} before it" if place else job.message or "Starting to read")
        _keep(job.result())
    except Busy:
        st.session_state[TOLD] = "Very many reports are being read just now. Bring it again in some minutes."
    except Stopped as stopped:
        st.session_state[TOLD] = f"{file.name} could not be read: {stopped}."
    except DataError as error:
        st.session_state[TOLD] = str(error)
    except Exception:  # of a kind that nobody thought of, in a file from outside
        log.exception("A report that was brought could not be read")
        st.session_state[TOLD] = f"{file.name} could not be read. Get the publisher's own PDF."


def _keep(read: Brought) -> None:
    if read.lacking:
        st.session_state[WAITING] = read
    else:
        st.session_state.setdefault(HELD, {})[read.table] = read


def _tell() -> None:
    """What could not be taken over, and what is only taken over knowingly."""
    if told := st.session_state.pop(TOLD, None):
        ui.refused(told)
    if waiting := st.session_state.get(WAITING):
        told = re.sub(r" \(\w+\)|by \w+: ", "", waiting.lacking)  # our tables' names tell a visitor nothing
        st.warning(f"{ui.plain(waiting.name)} lacks some positions of {ui.plain(told)}.")
        st.button("Use it all the same", on_click=_decide, args=(True,), type="primary")
        st.button("Leave it", on_click=_decide, args=(False,))


def _decide(use: bool) -> None:
    waiting = st.session_state.pop(WAITING, None)
    if use and waiting:
        st.session_state.setdefault(HELD, {})[waiting.table] = waiting


def _summary(one: Brought) -> None:
    """What is held of a report: how much, what is to be told of it, and ways to save or drop it."""
    first, last = one.matches[0], one.matches[-1]
    matches = f"the Matches of {first} to {last}" if first != last else f"the Match of {first}"
    st.success(f"{ui.plain(one.name)}: {len(one.rows):,} rows, {matches}.")
    if one.notes:
        with st.expander("How it was read"):
            st.code("\n".join(one.notes), language=None, wrap_lines=True)
    file_button(
        "Save what was read (CSV)",
        partial(_saved, one),
        f"match-atlas-{one.table}-{last}.csv",
        "text/csv",
        f"save-{one.table}",
    )
    st.button(
        "Forget it", key=f"forget-{one.table}", icon=":material/delete:", on_click=_forget, args=(one.table,)
    )


def _forget(table: str) -> None:
    st.session_state.get(HELD, {}).pop(table, None)


def _saved(one: Brought) -> bytes:
    """The rows as a file that can be brought again."""
    return one.contract_rows().to_csv(index=False).encode()


def own_copy(one: Brought) -> None:
    """Under figures of a report that was brought: whose they are."""
    ui.small(
        f"Source: {NAMES[one.table]} by the NRMP, read from your own copy, {ui.plain(one.name)}; "
        "only you see it, during this visit."
    )


def state_specialties(one: Brought) -> pd.DataFrame:
    """The rows of a report by state as `Catalog.state_specialty_types` has them, without source."""
    rows = one.rows.assign(filled_imgs=one.rows["filled_us_img"] + one.rows["filled_non_us_img"])
    return rows[["match_year", "state", "specialty", "level", "offered", "filled", "filled_imgs"]]
