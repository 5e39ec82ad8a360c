"""The simulated Matches on the page: what they are drawn from, and the button that runs a list."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st

from matchatlas.matching import reality
from matchatlas.matching.lab import NATIONS, Nations
from matchatlas.matching.participants import NoMarket
from matchatlas.matching.simulation import ASSUMED, Participants
from matchatlas.web import frame, ui
from matchatlas.web.workers import Busy, Job, Stopped


def opening() -> tuple[Participants, Job]:
    """What the simulated Matches are, and the work that plays them; ends the page where there are none."""
    st.header("Simulated Matches")
    try:
        participants = ui.participants()
    except NoMarket as reason:
        ui.missing(str(reason), "They come with the tables of totals and first choices.")
        st.stop()
    st.markdown(
        f"Each simulated Match is national: the people and positions of {participants.match_year}, "
        f"{participants.applicants['applicants'].sum():,} active applicants and "
        f"{participants.programs['positions'].sum():,} positions, and you as one more. {NATIONS} such "
        "Matches are drawn; in each you are drawn anew several times. Your programs are stood for by "
        "simulated ones as hard to get as you guess: nothing here is known of any real program."
    )
    ui.source_line(pd.DataFrame({"source_id": participants.source_ids}))
    try:
        return participants, ui.national_matches()
    except (NoMarket, Busy) as reason:
        ui.missing(str(reason), "Try again later.")
        st.stop()


def stand(who: str, key: str) -> float:
    """Where somebody of a type stands in the specialty; the share who stand lower."""
    return (
        st.slider(
            f"{who} behind, of 100" if key != "stand" else f"{who} behind you, of 100",
            1,
            99,
            50,
            key=key,
            bind=ui.IN_LINK,
            help="A guess of the place among those who rank the specialty. How hard a program is to get, "
            "guess for the middle of them.",
        )
        / 100
    )


def markets() -> int:
    """How many Matches are simulated."""
    return ui.choose("Matches to simulate", [20, 50, 100, 200], "markets", default=50)


def assumptions() -> None:
    """What is assumed, and how near it comes to what is published."""
    with st.expander("What is assumed, since no table has it"):
        st.markdown("\n".join(f"- {assumption}" for assumption in ASSUMED))
    with st.expander("How near the simulated Matches come to published figures"):
        st.markdown(
            "What is fitted is near by design. The rest is not fitted, but was in view when the "
            "assumptions were chosen, so figures nobody looked at may be farther off. The odds show how the algorithm works on a list like "
            "yours; they are no estimate of your own."
        )
        st.dataframe(reality.read(), hide_index=True)


def run(question: Any, ask: Callable[[Nations, Any], Any], job: Job, key: str, told: str) -> tuple[Any, Any]:
    """The button, and the last question with its answer, of this list or told to be of another; ends
    the page where nothing was asked yet.

    key: of the answer in the session; told: what is asked for, "the odds of this list".
    """
    build = ui.catalog().build_id
    if st.button("Run the Matches", type="primary", icon=":material/play_arrow:"):
        bar = st.progress(0.0, "The national Matches are played, once for everybody")
        try:
            while not job.wait(0.3):
                bar.progress(job.share, job.message or "Others' work comes first")
            st.session_state[key] = question, build, ask(job.result(), question)
        except (NoMarket, Stopped) as reason:
            ui.missing(str(reason), "Change the list, or press the button again.")
        bar.empty()
    asked, of_build, answer = st.session_state.get(key, (None, None, None))
    if answer is None:
        frame.announce("lab", "")
        st.markdown(f"Run the Matches to see {told}.")
        st.stop()
    if (asked, of_build) != (question, build):
        st.info(
            "What follows is of the list, or the tables, as they were. Run the Matches to see this one.",
            icon=":material/history:",
        )
    return asked, answer
