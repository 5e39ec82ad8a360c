"""Places: positions by state, who fills them, and how a state's specialties grew."""

import streamlit as st

from matchatlas.charts import published
from matchatlas.web import bring, ui

VIEWS = {
    "Positions offered": ("offered", "Positions offered", False),
    "Filled by IMGs": ("img_share", "Positions filled by IMGs (%)", True),
    "Positions filled": ("fill_rate", "Positions filled (%)", True),
}

catalog = ui.catalog()
st.title("Places")
states = catalog.states()
year = states["match_year"].max()
latest = states[states["match_year"] == year]
view = ui.choose("Map", list(VIEWS), "map")
value, label, percent = VIEWS[view]
top = latest.sort_values(value).iloc[-1]
if value == "img_share":
    finding = f"IMGs filled {top[value]:.0%} ({top['filled_imgs']:,.0f} of {top['filled']:,.0f} positions)"
elif value == "fill_rate":
    finding = f"{top[value]:.0%} filled ({top['filled']:,.0f} of {top['offered']:,.0f} positions)"
else:
    finding = f"{top[value]:,.0f} positions offered"
ui.chart(
    f"{top['state']} leads in {year}: {finding}",
    f"{label}, all specialties and levels, {len(latest)} states and territories; equal tiles, so "
    "that small states are seen as well as large ones.",
    published.tile_grid(latest, value, label, percent),
    latest.drop(columns=["tile_row", "tile_column"]),
    alt=f"Tile map of the states by {label.lower()}: highest {top['state']}, {finding}, "
    f"{latest.sort_values(value).iloc[0]['state']} lowest.",
    key="states",
    level=2,
)
with st.expander("The figures as a table"):
    st.dataframe(
        latest[["state", "offered", "filled", "fill_rate", "filled_imgs", "img_share"]],
        hide_index=True,
        column_config={
            name: st.column_config.NumberColumn(name.replace("_", " "), format="percent")
            for name in ("fill_rate", "img_share")
        },
    )

programs = catalog.table("programs_by_state")
st.header("States since 2014", anchor="since-2014")
compared = ui.choose_several(
    "States to compare",
    sorted(programs["state"].unique()),
    "compared",
    default=["California", "New York", "Texas"],
    max_selections=6,
)
rows = programs[programs["state"].isin(compared)]
if len(rows):
    last = rows[rows["match_year"] == rows["match_year"].max()].sort_values("positions_offered").iloc[-1]
    ui.chart(
        f"{last['state']}: {last['positions_offered']:,.0f} positions in {last['programs']:,.0f} programs in "
        f"{last['match_year']}",
        "Positions offered by all programs of a state; in 2025 the report lacks 19 of 43,237.",
        published.trend(
            rows,
            "match_year",
            "positions_offered",
            "Positions offered",
            "state",
            breaks=catalog.breaks("positions"),
        ),
        rows,
        alt=f"Lines of positions offered in {', '.join(compared)}, 2014 to {last['match_year']}.",
        key="state-programs",
    )
stay = catalog.table("retention_by_state").sort_values(["report_edition", "value_pct"])
newest = stay.drop_duplicates("state", keep="last")
most = newest.loc[newest["value_pct"].idxmax()]
ui.chart(
    f"In {most['state']} {most['value_pct']:.0f} of 100 physicians stay where they trained",
    "Physicians who practice in the state where they did their residency, in percent: the states with "
    f"the highest and lowest shares that were published, of training completed {most['completed_years']} "
    "or as the table says.",
    published.ranked_bars(
        newest.rename(columns={"state": "specialty"}), "value_pct", "Stay in the state (%)"
    ),
    newest,
    alt="Bars: " + "; ".join(f"{r.state} {r.value_pct} percent" for r in newest.itertuples()),
    key="retention",
)
share = catalog.table("img_share_of_physicians")
with st.expander("IMGs among physicians, by specialty and area"):
    st.dataframe(share.drop(columns=["file", "line", "source_id"]), hide_index=True)
    ui.source_line(share)

st.header("One state, one specialty", anchor="history")
history = catalog.state_specialties()
left, right = st.columns(2)
with left:
    picked_states = ui.choose_several(
        "States",
        sorted(history["state"].unique()),
        "states",
        default=["New York", "Florida"],
        max_selections=6,
    )
with right:
    specialty = ui.choose_specialty(sorted(history["specialty"].unique()))
rows = history[history["state"].isin(picked_states) & (history["specialty"] == specialty)]
if rows.empty:
    ui.missing(f"No {specialty} positions are in the tables for these states.", "Choose others.")
else:
    last = rows[rows["match_year"] == rows["match_year"].max()].sort_values("offered").iloc[-1]
    ui.chart(
        f"{specialty}: {last['state']} offered {last['offered']:,} positions in {last['match_year']}",
        "Positions offered, all tracks and levels together: about 99 % of all positions, so not NRMP totals.",
        published.trend(
            rows, "match_year", "offered", "Positions offered", "state", breaks=catalog.breaks("positions")
        ),
        rows.drop(columns=["tile_row", "tile_column"]),
        alt=f"Lines of positions offered in {specialty} for {', '.join(picked_states)}.",
        key="state-history",
    )
    with st.expander("The figures as a table"):
        st.dataframe(
            rows[["match_year", "state", "offered", "filled", "fill_rate", "institutions"]],
            hide_index=True,
            column_config={
                "match_year": st.column_config.NumberColumn(format="%d"),
                "fill_rate": st.column_config.NumberColumn(format="percent"),
            },
        )
st.header("States, specialties and applicant types", anchor="imported")
bring.control(bring.STATES)
own = bring.held(bring.STATES)
imported = bring.state_specialties(own) if own else catalog.state_specialty_types()
if imported.empty:
    ui.missing(
        "Positions by state, specialty and applicant type together are not on this site.",
        "Bring the publisher's report, and they stand here for your visit.",
    )
else:
    st.dataframe(imported.drop(columns="source_id", errors="ignore"), hide_index=True)
    bring.own_copy(own) if own else ui.source_line(imported)
st.page_link(ui.PAGES / "programs.py", label="Programs, one by one", icon=":material/list_alt:")
