"""What several pages show alike: choices kept in the URL, charts with their sources, notes."""

import re
import string
import threading
from collections.abc import Sequence
from datetime import date
from functools import lru_cache, partial
from typing import Final

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from etl.paths import ROOT
from matchatlas import warm
from matchatlas.applicant import EARLIEST_DAY, LATEST_DAY
from matchatlas.catalog import provenance
from matchatlas.catalog.database import Catalog, open_catalog
from matchatlas.charts import style
from matchatlas.matching.lab import play_nations
from matchatlas.matching.participants import MarketTables, count_participants
from matchatlas.matching.simulation import Participants
from matchatlas.odds.estimator import Model
from matchatlas.web import address, held
from matchatlas.web.handover import file_button
from matchatlas.web.workers import Job, Stopped, Workers

LAB = Workers(processes=1, waiting=4, seconds=600, megabytes=1500)
LAB_LOCK = threading.Lock()
PAGES = ROOT / "pages"
APPLICANT_TYPE = "type"
IN_LINK: Final = "query-params"  # how a widget is bound whose value the address carries
OWN = "own"  # how one is bound that shows a value of the plan
PRESENT = held.PRESENT
# Spreadsheets drop white space before a formula, and read the wide signs as the plain ones.
FORMULA = re.compile(r"[\s\ufeff]*[=+\-@＝＋－＠]|[\t\r]")
# Where Streamlit makes icons, pictures, links and arrows even of signs that are escaped: there goes
# a word joiner, which nobody sees.
ALIVE = re.compile(
    r"(?<=:)(?=\S)|(?<=@)(?=\w)|(?<=www)(?=\.)|(?<=<)(?=[-=])|(?<=-)(?=[->])|(?<=[>~])(?==)", re.I
)
GO_TO = "go_to"
BUILD = "build"
PRESENTATION_STYLE = """<style>
.stMain :is(p, li, small, p span) { font-size: 1.35rem !important; }
.stMain .stMarkdown :is(h2, h3) { font-size: 1.9rem !important; }
.stMain :is(.stSelectbox, .stMultiSelect, .stDownloadButton, .stExpander, .stSlider, .stNumberInput) {
  display: none;
}
</style>"""


def choose_build() -> None:
    """Take the live build for the run that begins, so that one view never mixes two."""
    st.session_state[BUILD] = open_catalog()


def catalog() -> Catalog:
    """The catalog of the build that this run reads."""
    return st.session_state[BUILD]


@st.cache_resource(max_entries=2, show_spinner=False)  # the API, too, asks, and has no page
def _fitted(build_id: str, _of: Catalog) -> Model:
    return warm.model(_of)


def model(of: Catalog | None = None) -> Model:
    """The estimator fitted to a build, the one that this run reads where none is given; read or
    fitted once a build."""
    of = of or catalog()
    return _fitted(of.build_id, of)


@st.cache_resource(max_entries=2, show_spinner="Counting who takes part in the Match")
def _participants(build_id: str) -> Participants:
    return count_participants(MarketTables.of(catalog()), model())


def participants() -> Participants:
    """Who takes part in the latest Match, by the live build. Raises NoMarket."""
    return _participants(catalog().build_id)


@st.cache_resource(max_entries=1, show_spinner=False)
def _national_matches(build_id: str) -> dict[str, Job]:
    return {}


def national_matches() -> Job:
    """The work that plays the lab's national Matches, once a build and for all visitors: done where
    they are kept beside it, begun where it is not yet. Raises NoMarket, and workers.Busy."""
    begun, who = _national_matches(catalog().build_id), participants()
    with LAB_LOCK:
        if "job" in begun and begun["job"].wait():
            try:
                begun["job"].result()
            except Stopped:  # nobody waited for it, or it was ended: it is begun anew
                del begun["job"]
        if "job" not in begun:
            played = warm.nations(catalog())
            begun["job"] = Job.done(played) if played else LAB.submit(play_nations, who)
        return begun["job"]


def choose(label: str, options: Sequence, key: str, default=None, bind=IN_LINK, **kwargs):
    """A select box bound to the URL parameter `key`; an unknown value there is said, not hidden."""
    options = list(options)
    if bind == IN_LINK:
        _note_unknown(label, key, [str(option) for option in options])
    index = options.index(default) if default in options else 0
    if bind is None and st.session_state.get(key, options[index]) not in options:
        del st.session_state[key]  # Streamlit fails on it
    return st.selectbox(label, options, index=index, **_binding(bind, key), **kwargs)


def _binding(bind, key: str) -> dict:
    """How a widget is told what it holds and tells what is entered, as Streamlit's arguments."""
    if bind == OWN:
        return {"key": held.key_of(key), "on_change": held.take, "args": (key,)}
    return {"key": key, "bind": bind}


def choose_specialty(options: Sequence[str]) -> str:
    """Which specialty a page looks at; looking changes nobody's plan."""
    options, key = list(options), held.SHOWN_SPECIALTY
    if st.session_state.get(key) not in options:
        own = held.applicant().specialty
        st.session_state[key] = own if own in options else options[0]
    return st.selectbox("Specialty", options, key=key)


def choose_applicant_type() -> str:
    """The applicant type, the same choice on every page."""
    types = catalog().applicant_types()
    return choose(
        "Applicant type",
        types["applicant_type"],
        APPLICANT_TYPE,
        bind=OWN,
        help="\n".join(f"- **{row.applicant_type}**: {row.meaning}" for row in types.itertuples()),
    )


def number(
    label: str,
    key: str,
    low: int,
    high: int,
    help: str | None = None,
    bind=IN_LINK,
    placeholder: str = "unknown",
) -> int | None:
    """A whole number bound to the URL parameter `key`; empty means what the placeholder says."""
    if bind == IN_LINK and not _in_range(label, key, low, high):
        bind = None  # for this run: Streamlit fails on what it reads as infinite
    return st.number_input(
        label,
        min_value=low,
        max_value=high,
        value=None,
        step=1,
        placeholder=placeholder,
        help=help,
        **_binding(bind, key),
    )


def day(label: str, key: str, bind=IN_LINK) -> date | None:
    """A day bound to the URL parameter `key`; empty means unknown."""
    return st.date_input(
        label, value=None, min_value=EARLIEST_DAY, max_value=LATEST_DAY, **_binding(bind, key)
    )


def grid(columns: int, items: Sequence):
    """Pairs of a column and an item, row by row, so that a phone keeps the items' order."""
    for first in range(0, len(items), columns):
        yield from zip(st.columns(columns), items[first : first + columns], strict=False)


def choose_several(label: str, options: Sequence, key: str, default=(), **kwargs) -> list:
    """A multiselect bound to the URL parameter `key`, with the same care for unknown values."""
    options = list(options)
    _note_unknown(label, key, [str(option) for option in options])
    known = [value for value in default if value in options]
    if not set(st.session_state.get(key, known)) <= set(options):
        del st.session_state[key]  # Streamlit fails on it
    return st.multiselect(label, options, default=known, key=key, bind=IN_LINK, **kwargs)


def _note_unknown(label: str, key: str, known: list[str]) -> None:
    # Read before the widget: Streamlit drops what it does not know from the URL without a word.
    asked = st.query_params.get_all(key)
    unknown = [value for value in asked if value and value not in known]
    if unknown:
        shown = ", ".join(f"“{plain(value[:40])}”" for value in unknown[:3])
        st.info(
            f"The link asked for {shown} as {label.lower()}, which is not to be had here; "
            "the default is shown instead."
        )


def _in_range(label: str, key: str, low: int, high: int) -> bool:
    """Whether the link's number is possible; one that is not is said and taken out of the address."""
    asked = st.query_params.get(key)
    if not asked:
        return True
    try:
        possible = low <= float(asked) <= high
    except ValueError:
        possible = False
    if not possible:
        del st.query_params[key]
        st.info(
            f"The link asked for “{plain(asked[:40])}” as {label.lower()}, which is no number from {low} to "
            f"{high}; it is left unknown."
        )
    return possible


def chart(
    title: str,
    measure: str,
    figure: go.Figure,
    data: pd.DataFrame,
    *,
    alt: str,
    key: str,
    people: str | None = None,
    drill: bool = False,
    level: int = 3,
) -> None:
    """A chart with all that makes it citable.

    title states the finding, measure the unit and who is counted, alt tells the chart to who does
    not see it; data are the plotted rows (with `source_id`), offered as CSV; people is the number
    of people behind it, said beside the sources; with drill, a click on a mark opens the profile
    of its specialty; level is that of the title among headings: 2 where no header stands above it.
    """
    st.markdown(f"{'#' * level} {title}")
    small(measure)
    if presenting():
        figure = style.enlarge(figure, dark=st.context.theme.type == "dark")
    st.plotly_chart(
        figure,
        alt=alt,
        key=f"chart-{key}",
        config={
            "displaylogo": False,
            "modeBarButtonsToRemove": ["select2d", "lasso2d", "zoom", "pan", "autoScale"],
            "toImageButtonOptions": {"format": "svg", "filename": f"match-atlas-{key}"},
        },
        on_select=partial(_drill, key) if drill else "ignore",
        selection_mode="points",
    )
    source_line(data, people)
    file_button(
        f"CSV: {title}",
        partial(to_csv, data),
        f"match-atlas-{key}.csv",
        "text/csv",
        f"download-{key}",
        help="The figures with their sources",
    )


def present(pages: list, current) -> None:
    """The switch for presentation mode, and in it the keys that turn the pages.

    pages: all pages in the order of the navigation; current: the one shown. The consultation has keys of its own, which
    stay within the talk.
    """
    with st.sidebar:
        st.toggle(
            "Presentation mode",
            key=PRESENT,
            help="Larger type, no controls; the arrow keys go on and back, Esc ends it.",
        )
        if not presenting():
            return
        st.button("End the presentation", shortcut="Esc", on_click=_end_presentation)
        if current.url_path != address.CONSULTATION:
            place = pages.index(current)
            for label, key, step in (("Next view", "Right", 1), ("Former view", "Left", -1)):
                if st.button(label, shortcut=key):
                    st.switch_page(pages[(place + step) % len(pages)], query_params={})
    st.html(PRESENTATION_STYLE)


def _end_presentation() -> None:
    st.session_state[PRESENT] = False


def presenting() -> bool:
    """Whether presentation mode is on: larger type and no controls."""
    return st.session_state.get(PRESENT, False)


def _drill(key: str) -> None:
    """A mark was clicked: its specialty is the one to look at, on the page that does."""
    # Here and not in the page's run: the specialty's own widget may stand on the page.
    if points := st.session_state[f"chart-{key}"].selection.points:
        st.session_state[held.SHOWN_SPECIALTY] = points[0]["customdata"][-1]
        turn_to("profile.py")


def turn_to(page: str) -> None:
    """Let the next run show another page; for callbacks, which cannot turn pages themselves."""
    st.session_state[GO_TO] = page


def follow() -> None:
    """Go where a click led, before the page is shown."""
    if page := st.session_state.pop(GO_TO, None):
        # An empty mapping: without one, Streamlit refuses where widgets are bound to parameters.
        st.switch_page(PAGES / page, query_params={})


def source_line(data: pd.DataFrame, people: str | None = None) -> None:
    """Who published the figures in `data`, who transcribed them, and how many people they count."""
    columns = [column for column in data if column.endswith("source_id")]
    ids = frozenset(i for column in columns for i in data[column].unique() if isinstance(i, str))
    counted = f"n = {people}." if people else ""
    words = _source_words(catalog().build_id, ids, provenance.judged(data))
    small(" ".join(filter(None, (*words, counted))))


@lru_cache(1024)
def _source_words(
    build_id: str, source_ids: frozenset[str], judged: tuple[int, int] | None
) -> tuple[str, str]:
    """Which publications these are, and what is known of how they were read."""
    titles = _titles(build_id, source_ids)
    text = "; ".join(map(plain, titles[:3]))
    if len(titles) > 3:
        text += f"; and {len(titles) - 3} more (Data page)"
    used = catalog().sources()
    used = used[used["source_id"].isin(source_ids)]
    return f"Source: {text}.", plain(provenance.told(used, judged))


def source_titles(source_ids: pd.Series) -> list[str]:
    """The distinct titles of publications, newest first."""
    return _titles(catalog().build_id, frozenset(source_ids.dropna().unique()))


@lru_cache(1024)
def _titles(build_id: str, source_ids: frozenset[str]) -> list[str]:
    used = catalog().sources()
    used = used[used["source_id"].isin(source_ids)].sort_values("year", ascending=False)
    return list(dict.fromkeys(used["title"]))


def to_csv(data: pd.DataFrame) -> bytes:
    """CSV as UTF-8; text that a spreadsheet would run as a formula is quoted with an apostrophe."""
    safe = data.rename(columns=_no_formula)
    for column in safe.select_dtypes(include=["object", "string", "category"]):
        safe[column] = safe[column].map(_no_formula, na_action="ignore")
    return safe.to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")


def _no_formula(value):
    return f"'{value}" if isinstance(value, str) and FORMULA.match(value) else value


def small(text: str) -> None:
    """Small print. Streamlit's captions are too pale to be read by everyone (contrast 3.9:1)."""
    st.markdown(f":small[{text}]")


def plain(text: str) -> str:
    """What came from outside, for a place that reads Markdown: every sign of it shows as itself.

    In one line: an end of a line could begin a heading or a list.
    """
    words = ALIVE.sub("\u2060", " ".join(text.split()))
    return re.sub(f"([{re.escape(string.punctuation)}])", r"\\\1", words)


def missing(what: str, how: str) -> None:
    """Say that a figure is not in the tables, and how it would get there."""
    st.info(f"{plain(what)} {how}", icon=":material/help:")


def refused(problem: object) -> None:
    """Tell why something was not taken over; what is told may quote what came from outside."""
    st.error(plain(str(problem)))
