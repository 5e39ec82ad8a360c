"""Citizenship: the applicant types side by side, and the gaps between them over time."""

import streamlit as st

from matchatlas.charts import match_week as match_week_charts
from matchatlas.charts import published
from matchatlas.charts.match_week import funnel_links
from matchatlas.web import ui

catalog = ui.catalog()
st.title("Citizenship and school")
rates = catalog.match_rates().dropna(subset=["match_rate"])
types = catalog.applicant_types()["applicant_type"].tolist()
picked = ui.choose_several(
    "Applicant types", types, "types", default=["US MD Senior", "US DO Senior", "US IMG", "Non-US IMG"]
)
shown = rates[rates["applicant_type"].isin(picked)]
if shown.empty:
    st.info("Choose at least one applicant type.")
    st.stop()

year = shown["match_year"].max()
latest = shown[shown["match_year"] == year].sort_values("match_rate")
top, bottom = latest.iloc[-1], latest.iloc[0]
ui.chart(
    f"In {year}, {100 * top['match_rate']:.0f} % of {top['applicant_type']}s matched, "
    f"{100 * bottom['match_rate']:.0f} % of {bottom['applicant_type']}s",
    "Match rate: active applicants matched to any PGY-1 position, in percent.",
    published.match_rates(shown, breaks=catalog.breaks("rates")),
    shown,
    alt="Lines of the match rate over years: in the last one "
    + ", ".join(f"{r.applicant_type} {100 * r.match_rate:.1f} percent" for r in latest.itertuples()),
    key="rates-by-type",
    people=f"{latest['active'].sum():,.0f} active applicants in {year}",
    level=2,
)
changes = catalog.breaks("rates")
ui.small(
    "Dotted lines: " + " ".join(f"{c.match_year}, {c.change}: {c.meaning}." for c in changes.itertuples())
)
ui.source_line(changes)

pairs = rates.pivot(index="match_year", columns="applicant_type", values="match_rate")
gap = (pairs["US IMG"] - pairs["Non-US IMG"]).dropna().rename("gap").reset_index()
gap["between"] = "US IMGs above non-US IMGs"
gap["points"] = 100 * gap["gap"]
used = rates[rates["applicant_type"].isin(["US IMG", "Non-US IMG"])]
gap = gap.merge(used.drop_duplicates("match_year")[["match_year", "source_id"]], on="match_year")
last = gap.iloc[-1]
ui.chart(
    f"US IMGs matched {last['points']:.1f} points more often than non-US IMGs in {last['match_year']}",
    "Difference of the two match rates, in percentage points. Both are matched to any PGY-1 position.",
    published.trend(gap, "match_year", "points", "Gap (points)", "between", breaks=changes),
    gap,
    alt=f"Line of the gap in points, from {gap.iloc[0]['points']:.1f} in {gap.iloc[0]['match_year']} "
    f"to {last['points']:.1f} in {last['match_year']}.",
    key="img-gap",
    level=2,
)

FUNNEL = ["registered", "withdrew", "no_rank_list", "active", "matched", "placed_after_soap"]
st.header("The way through one Match")
ways = rates[rates[["active", "matched"]].notna().all(axis=1)]
left, right = st.columns(2)
with left:
    kind = ui.choose(
        "Applicant type", sorted(ways["applicant_type"].unique()), "way_of", default="Non-US IMG"
    )
own = ways[ways["applicant_type"] == kind].sort_values("match_year", ascending=False)
with right:
    whole = own[own["placed_after_soap"].notna() | own["registered"].notna()]
    newest = (whole if len(whole) else own)["match_year"].iloc[0]
    of_year = int(ui.choose("Match", own["match_year"], "way_year", default=newest))
way = own[own["match_year"] == of_year]
links = funnel_links(way.iloc[0])
of_active = way.iloc[0]["matched"] / way.iloc[0]["active"]
ui.chart(
    f"{way.iloc[0]['matched']:,.0f} of {way.iloc[0]['active']:,.0f} active {kind} applicants matched "
    f"in {of_year}: {100 * of_active:.1f} %",
    "People, from one step to the next. Two denominators are in use: the match rate counts those "
    "active, who certified a rank order list; of all who registered, fewer match. Where registration "
    "was not read for the year, the way begins with the active.",
    match_week_charts.funnel(links),
    way[["match_year", "applicant_type", *FUNNEL, "source_id"]],
    alt="Flows: " + "; ".join(f"{r.source} to {r.target} {r.people:,.0f}" for r in links.itertuples()),
    key="way",
    people=f"{way.iloc[0]['active']:,.0f} active applicants",
)

counts = shown.dropna(subset=["matched"])
count_year = counts["match_year"].max()
ui.chart(
    "How many matched, by applicant type",
    "Applicants matched to a PGY-1 position.",
    published.trend(counts, "match_year", "matched", "Applicants matched", "applicant_type", breaks=changes),
    counts,
    alt="Lines of the number of matched applicants over years: "
    + ", ".join(
        f"{r.applicant_type} {r.matched:,.0f} in {r.match_year}"
        for r in counts.groupby("applicant_type").tail(1).itertuples()
    ),
    key="matched-by-type",
)
with st.expander("The figures as a table"):
    st.dataframe(
        shown[["match_year", "applicant_type", "active", "matched", "match_rate", "placement_rate"]],
        hide_index=True,
        column_config={
            "match_year": st.column_config.NumberColumn("Match year", format="%d"),
            "match_rate": st.column_config.NumberColumn("match rate", format="percent"),
            "placement_rate": st.column_config.NumberColumn("placed after SOAP", format="percent"),
        },
    )
