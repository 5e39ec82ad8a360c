"""Buttons that hand a file over, as it stands when they are pressed.

Streamlit's own download buttons point at what was made in the last run: pressed while a run is under
way, on a slow machine, they give the former file or none. Pressing one of these is an entry like
any other, which waits for the run before it; then the file is made, and the browser saves it.
"""

from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import streamlit as st

_deliver = st.components.v2.component(
    "match_atlas_handover", js=(Path(__file__).parent / "handover.js").read_text("utf-8")
)


@st.fragment
def file_button(
    label: str, make: Callable[[], bytes], file_name: str, mime: str, key: str, help: str | None = None
) -> None:
    """A button that makes a file and hands it over; a fragment, so that nothing else runs again.

    make: the file's content, made when the button is pressed.
    """
    with st.container(gap=None, width="content"):
        if st.button(label, key=key, icon=":material/download:", help=help):
            content = b64encode(make()).decode()
            _deliver(
                key=f"{key} file",
                data={"id": uuid4().hex, "name": file_name, "mime": mime, "content": content},
            )
