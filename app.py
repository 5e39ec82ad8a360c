"""Match Atlas: page settings, the database made ready, and the navigation."""

import streamlit as st

from etl.build import ensure, fingerprint, live_build_id
from etl.paths import Paths
from etl.problems import DataError

st.set_page_config(page_title="Match Atlas", page_icon="🧭", layout="wide")


@st.cache_resource(show_spinner=False)
def _make_database_ready() -> None:
    """Once a process: build the database where it is missing or older than its inputs."""
    paths = Paths()
    if live_build_id(paths) == fingerprint(paths):
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
st.navigation(
    [
        st.Page("pages/start.py", title="Start", icon=":material/home:", default=True),
        st.Page("pages/specialties.py", title="Specialties", icon=":material/bar_chart:"),
        st.Page("pages/what_if.py", title="What-if", icon=":material/calculate:"),
        st.Page("pages/data.py", title="Data", icon=":material/database:"),
    ],
    position="top",
).run()
