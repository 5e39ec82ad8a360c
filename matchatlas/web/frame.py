"""What stands around every page: the bar at a phone's foot, marks of focus, names for every button.

Below the width at which Streamlit folds its navigation away, the bar takes its place: the sections
in words, each of which opens its pages.
"""

from collections.abc import Mapping
from pathlib import Path

import streamlit as st

from matchatlas.web import ui

HERE = Path(__file__).parent
BAR = "frame_bar"
_bar = st.components.v2.component(
    "match_atlas_bar", css=(HERE / "bar.css").read_text("utf-8"), js=(HERE / "bar.js").read_text("utf-8")
)
_names = st.components.v2.component("match_atlas_names", js=(HERE / "names.js").read_text("utf-8"))
_said = st.components.v2.component("match_atlas_said", js=(HERE / "said.js").read_text("utf-8"))


def around(sections: Mapping[str, list], current) -> None:
    """Put the frame around a page; call it before the page.

    sections: the navigation's pages by section, those of none under ""; current: the page shown.
    """
    st.html(HERE / "frame.css")
    with st.container(key="frame", gap=None):
        _names(key="frame_names")
        if not ui.presenting():
            told = {name: [_told(page, current) for page in pages] for name, pages in sections.items()}
            data = {"sections": told, "first": told.pop("")}
            _bar(key=BAR, data=data, on_go_change=_go)


def _told(page, current) -> dict:
    return {"title": page.title, "path": page.url_path, "here": page == current}


def _go() -> None:
    """A page of the bar was chosen."""
    path = st.session_state[BAR].get("go")
    if isinstance(path, str) and (file := f"{path or 'start'}.py") in {p.name for p in ui.PAGES.glob("*.py")}:
        st.session_state[ui.GO_TO] = file


def announce(of: str, answer: str) -> None:
    """Let a screen reader say an answer whenever it has changed; nobody sees it.

    of: which of the page's answers; answer: a sentence in plain text, empty where there is none yet.
    """
    with st.container(key=f"said {of}"):
        _said(key=f"frame_said {of}", data={"of": of, "answer": answer})
