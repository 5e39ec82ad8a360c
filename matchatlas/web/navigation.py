"""The script of every visit: page settings, the database made ready, and the navigation."""

import streamlit as st

from etl.build import is_current, is_whole, ready
from etl.kept import version
from etl.paths import Paths
from etl.problems import DataError
from matchatlas.web import address, device, example, frame, held, ui

st.set_page_config(page_title="Match Atlas", page_icon="🧭", layout="wide", initial_sidebar_state="collapsed")


def _ready(sufficient) -> None:
    bar = st.empty()

    def told(share: float, message: str) -> None:
        bar.progress(share, f"Building the database: {message}")

    try:
        ready(Paths(), told, sufficient)
    except DataError as error:
        st.error("The database could not be built, so there is nothing to show yet.")
        st.code(str(error), language=None)
        st.stop()
    bar.empty()


@st.cache_resource(show_spinner=False)
def _make_database_ready() -> None:
    """Once a process: build the database where it is missing or older than its inputs."""
    _ready(is_current)


@st.cache_resource(show_spinner=False, max_entries=1)
def _mend_database(published: tuple | None) -> None:
    """Whenever the published build was touched: build anew where it is not whole."""
    _ready(is_whole)


_make_database_ready()
_mend_database(version(Paths()))
ui.choose_build()


def _page(name: str, title: str, icon: str, default: bool = False) -> st.Page:
    return st.Page(ui.PAGES / f"{name}.py", title=title, icon=f":material/{icon}:", default=default)


PAGES = {
    "": [_page("start", "Start", "home", default=True)],
    "Odds": [
        _page("specialties", "Specialties", "bar_chart"),
        _page("profile", "Specialty profile", "article"),
        _page("citizenship", "Citizenship", "public"),
        _page("img_friendly", "IMG-friendly", "handshake"),
        _page("competitiveness", "Competitiveness", "trending_up"),
        _page("places", "Places", "map"),
        _page("what_if", "What-if", "calculate"),
        _page("method", "Method", "science"),
    ],
    "Apply": [
        _page("roadmap", "Roadmap", "route"),
        _page("readiness", "Readiness", "fact_check"),
        _page("programs", "Programs", "list_alt"),
        _page("signals", "Signals and applications", "campaign"),
        _page("costs", "Costs", "payments"),
        _page("interviews", "Interviews", "record_voice_over"),
    ],
    "Match": [
        _page("rank_list", "Rank list lab", "swap_vert"),
        _page("soap", "If you do not match", "event_available"),
        _page("pathways", "Without a residency", "alt_route"),
    ],
    "Consult": [_page("consultation", "Consultation", "forum")],
    "Data": [_page("data", "Data", "database")],
}
page = st.navigation(PAGES, position="top")
st.set_page_config(page_title=f"{page.title} · Match Atlas")
ui.follow()
address.read(page.url_path, ui.catalog().specialties()["specialty"])
held.show()
ui.present([page for pages in PAGES.values() for page in pages], page)
with st.sidebar:
    address.write(page.url_path)
    device.keep(page.url_path)
frame.around(PAGES, page)
device.tell()
example.tell()
for note in address.notes():
    st.info(ui.plain(note))
page.run()
