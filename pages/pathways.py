"""Pathways to practice without a U.S. residency: what is in the tables, or where to look."""

import streamlit as st

from matchatlas import session, ui

catalog = ui.catalog()
st.title("Without a residency")
session.profile_bar()
st.markdown(
    "A few states have begun to let internationally trained physicians practice without a U.S. "
    "residency. What these pathways have in common, in general terms:\n"
    "- The license is provisional at first, often tied to work in an underserved "
    "area.\n"
    "- They ask for experience as a physician before, and for the USMLE Steps passed.\n"
    "- They differ from state to state, they change, and they do not suit everyone."
)
pathways = catalog.state_pathways()
if pathways.empty:
    ui.missing(
        "The states and their requirements are not on this site yet, so none is named here.",
        "The state's medical board has them.",
    )
else:
    st.subheader(f"{len(pathways)} pathways, each with its source")
    states = ui.choose_several("States", sorted(pathways["state"].unique()), "states")
    shown = pathways[pathways["state"].isin(states)] if states else pathways
    st.dataframe(
        shown.drop(columns="source_id"),
        hide_index=True,
        column_config={"since": st.column_config.DateColumn(format="D MMMM YYYY")},
    )
    ui.source_line(shown)
    st.download_button("CSV", ui.to_csv(shown), "match-atlas-pathways.csv", "text/csv",
                       icon=":material/download:", on_click="ignore")  # fmt: skip
st.subheader("Where to look")
st.markdown(
    "- **The state's medical board**: its page on licenses for international medical graduates says "
    "whether there is a pathway, who may take it, and when the law was last changed.\n"
    "- **The statute itself**, in the state's code: a newspaper or an adviser may tell of a bill that "
    "is not in force.\n"
    "- **The employer**: such a license is of use only where an institution may and wants to employ "
    "you on it, and where your visa allows the work.\n\n"
    "Ask before you rely on it whether the license can become a full one, and whether other states "
    "and the specialty's board recognize it."
)
