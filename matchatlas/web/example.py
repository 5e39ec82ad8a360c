"""An example person, tried with one click and taken away with one; the visitor's own plan waits untouched."""

from datetime import date

import streamlit as st

from matchatlas.example import example
from matchatlas.road import season
from matchatlas.web import held, ui

EXAMPLE = (
    ":material/person_search: **An example, and nobody's plan.** The person and the programs are made up; "
    "the chances are what published figures give such a profile. Yours is set aside, untouched."
)
READ = (
    ":material/menu_book: **Prepared by a tutor, for you to read.** It came in the link alone and is kept nowhere. "
    "Your own plan is set aside, untouched."
)


def offer() -> None:
    """The button that shows the pages with an example person's plan in them."""
    if not held.lent():
        st.button(
            "Try it with an example person", icon=":material/person_search:", key="try_example", on_click=show
        )


def show() -> None:
    """Hold the example's plan; a callback."""
    today = date.today()
    held.lend(example(season.match_year("interviewing", ui.catalog().calendar(), today), today))


def tell() -> None:
    """Above every page while another plan is shown: whose this is not, and the way back."""
    if not held.lent():
        return
    told = READ if held.reading() else EXAMPLE
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="example"):
        st.markdown(told, width="stretch")
        st.button("Back to my own plan", type="primary", key="end_example", on_click=_end)


def _end() -> None:
    if held.reading():
        ui.turn_to("start.py")  # at the consultation their own plan would be taken for a client's
    held.give_back()
