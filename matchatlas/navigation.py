"""The script of every visit: page settings, the database made ready, and the navigation."""

import streamlit as st

from etl.build import ensure, is_current, live_build_id
from etl.paths import Paths
from etl.problems import DataError
from matchatlas import session, ui

st.set_page_config(
    page_title="Match Atlas", page_icon="🧭", layout="wide", initial_sidebar_state="collapsed"
)


@st.cache_resource(show_spinner=False)
def _make_database_ready() -> None:
    """Once a process: build the database where it is missing or older than its inputs."""
    paths = Paths()
    if is_current(paths):
        return
    bar = st.progress(0.0, "Building the database from the published tables")
    try:
        ensure(paths, lambda share, message: bar.progress(share, message))
    except DataError as error:
        # What was published before goes on being served; only a first build has nothing to show.
        if live_build_id(paths) is None:
            st.error("The tables do not pass their checks, so there is nothing to show yet.")
            st.code(str(error), language=None)
            st.stop()
    bar.empty()


_make_database_ready()
ui.choose_build()

PAGES = {
    "": [st.Page(ui.PAGES / "start.py", title="Start", icon=":material/home:", default=True)],
    "Explore": [
        st.Page(ui.PAGES / "specialties.py", title="Specialties", icon=":material/bar_chart:"),
        st.Page(ui.PAGES / "citizenship.py", title="Citizenship", icon=":material/public:"),
        st.Page(ui.PAGES / "img_friendly.py", title="IMG-friendly", icon=":material/handshake:"),
        st.Page(
            ui.PAGES / "competitiveness.py", title="Competitiveness", icon=":material/trending_up:"
        ),
        st.Page(ui.PAGES / "places.py", title="Places", icon=":material/map:"),
        st.Page(ui.PAGES / "profile.py", title="Specialty profile", icon=":material/article:"),
    ],
    "Odds": [
        st.Page(ui.PAGES / "what_if.py", title="What-if", icon=":material/calculate:"),
        st.Page(ui.PAGES / "method.py", title="Method", icon=":material/science:"),
    ],
    "Road": [
        st.Page(ui.PAGES / "programs.py", title="Programs", icon=":material/list_alt:"),
        st.Page(ui.PAGES / "interviews.py", title="Interviews", icon=":material/forum:"),
        st.Page(ui.PAGES / "roadmap.py", title="Roadmap", icon=":material/route:"),
        st.Page(ui.PAGES / "readiness.py", title="Readiness", icon=":material/fact_check:"),
        st.Page(ui.PAGES / "costs.py", title="Costs", icon=":material/payments:"),
        st.Page(ui.PAGES / "pathways.py", title="Without a residency", icon=":material/alt_route:"),
        st.Page(ui.PAGES / "rank_list.py", title="Rank list lab", icon=":material/swap_vert:"),
    ],
    "Consult": [
        st.Page(ui.PAGES / "consultation.py", title="Consultation", icon=":material/forum:")
    ],
    "Data": [st.Page(ui.PAGES / "data.py", title="Data", icon=":material/database:")],
}
session.keep()
page = st.navigation(PAGES, position="top")
ui.follow()
ui.present([page for section in PAGES.values() for page in section], page)
page.run()
