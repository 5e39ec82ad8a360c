"""Without a residency: the states' laws on a license for physicians trained abroad."""

from functools import partial

import pandas as pd
import streamlit as st

from matchatlas.charts import published
from matchatlas.web import session, ui
from matchatlas.web.handover import file_button

LAW, LIMITED, BILL = ("Law: full license in time", "Law: limited or provisional", "Bill, not in force")
PLACE = {LAW: 3, LIMITED: 2, BILL: 1}
CONDITIONS = {
    "licence": "License",
    "first_term": "First term",
    "exams_and_certificate": "Exams and certificate",
    "training_or_practice_abroad": "Training or practice abroad",
    "employer_condition": "Employer",
    "way_to_full_licence": "Way to a full license",
    "effective_note": "In force",
}

catalog = ui.catalog()
st.title("Without a residency")
session.profile_bar()
st.markdown(
    "Some states let physicians trained abroad practice without a U.S. residency. The first license "
    "is provisional or limited and mostly bound to an employer or an area in need; whether it can "
    "become a full one differs. These laws change: read the statute and ask the medical board "
    "before you rely on one."
)
laws = catalog.state_pathways()
laws["standing"] = laws["kind"].map(
    lambda kind: BILL if "bill" in kind else LAW if kind.startswith("full") else LIMITED
)
best = laws.assign(place=laws["standing"].map(PLACE)).sort_values("place", ascending=False)
tiles = best.drop_duplicates("state").merge(
    catalog.states()[["state", "code", "tile_row", "tile_column"]].drop_duplicates(), on="state"
)
counts = {standing: int((tiles["standing"] == standing).sum()) for standing in PLACE}
ui.chart(
    f"{counts[LAW]} states have a law that can lead to a full license, {counts[LIMITED]} a limited one",
    "One tile a state, by what its law grants; bills are apart. A state without a tile has neither "
    "in the tables.",
    published.tile_groups(tiles, "standing", list(PLACE)),
    tiles.drop(columns="place"),
    alt="; ".join(
        f"{standing}: {', '.join(sorted(tiles.loc[tiles['standing'] == standing, 'state']))}"
        for standing in PLACE
    ),
    key="pathways",
    level=2,
)
listed = catalog.table("states_with_pathways")
st.markdown("What others counted:")
for row in listed.itertuples():
    st.markdown(f"- {row.value:,.0f} {row.measure} ({row.as_of})")
ui.source_line(listed)

st.header("State by state")
states = ui.choose_several("States", sorted(laws["state"].unique()), "states")
shown = laws[laws["state"].isin(states)] if states else laws[laws["standing"] != BILL]
for law in shown.sort_values(["state", "year_enacted"]).to_dict("records"):
    year = f", {law['year_enacted']:.0f}" if pd.notna(law["year_enacted"]) else ""
    act = law["act_or_bill"] if pd.notna(law["act_or_bill"]) else "name of the act not read"
    with st.expander(f"{law['state']}: {law['standing']}{year}"):
        st.markdown(
            f"**{ui.plain(act)}**" + (f", {ui.plain(law['statute'])}" if pd.notna(law["statute"]) else "")
        )
        for column, label in CONDITIONS.items():
            told = law[column] if pd.notna(law[column]) else "not read"
            st.markdown(f"- **{label}**: {ui.plain(told)}")
        if pd.notna(law["effective_date"]):
            st.markdown(f"- **In force from**: {law['effective_date']:%-d %B %Y}")
        ui.source_line(pd.DataFrame([law]))
bills = laws[laws["standing"] == BILL]
if len(bills) and not states:
    st.markdown(f"**Bills, not in force:** {', '.join(sorted(bills['state'].unique()))}.")
    ui.source_line(bills)
file_button(
    "CSV: states and their laws",
    partial(ui.to_csv, shown),
    "match-atlas-pathways.csv",
    "text/csv",
    "pathways csv",
)

st.header("Where to look")
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
