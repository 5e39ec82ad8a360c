"""Specialties: match rates and positions by specialty, applicant type and year."""

import streamlit as st

from matchatlas.charts import published, style
from matchatlas.odds.intervals import jeffreys
from matchatlas.web import ui

SMALL = 30

catalog = ui.catalog()
st.title("Specialties")

outcomes = catalog.outcomes()
positions = catalog.positions()

top = st.columns([2, 2, 1])
with top[0]:
    applicant_type = ui.choose_applicant_type()
of_type = outcomes[outcomes["applicant_type"] == applicant_type]

st.header("Match rates", anchor="match-rates")
if of_type.empty:
    ui.missing(
        f"No outcome table by specialty is published here for {applicant_type}s.",
        "Positions by specialty stand below; the What-if page shows what can be derived.",
    )
else:
    with top[1]:
        measures = list(of_type.groupby("measure")["total"].sum().sort_values().index[::-1])
        measure = ui.choose("Who is counted", measures, "measure")
    counted = of_type[of_type["measure"] == measure]
    with top[2]:
        years = sorted(counted["year"].unique(), reverse=True)
        most = max(years, key=lambda year: ((counted["year"] == year).sum() > 1, year))
        year = ui.choose("Match year", years, "year", default=most)
    of_year = counted[counted["year"] == year]
    shown = of_year[of_year["total"] > 0].copy()
    nobody = ", ".join(of_year.loc[of_year["total"] == 0, "specialty"])
    shown["rate"] = shown["matched"] / shown["total"]
    shown["low"], shown["high"] = jeffreys(shown["matched"], shown["total"])
    best = shown.sort_values("rate").iloc[-1]
    worst = shown.sort_values("rate").iloc[0]
    ui.chart(
        f"{best['specialty']} matched the largest share of {applicant_type}s in {year}: {best['rate']:.0%}",
        f"Match rate: {measure[0].lower() + measure[1:]}, in percent, with 95 % intervals. A wide "
        f"interval means few people; fewer than {SMALL} are marked with *.",
        published.ranked_rates(
            shown.assign(
                specialty=shown["specialty"] + shown["total"].lt(SMALL).map({True: " *", False: ""})
            ),
            style.TYPE_COLORS[applicant_type],
        ),
        shown,
        alt=f"Ranked dots with intervals for {len(shown)} specialties, from {best['specialty']} "
        f"({best['rate']:.0%}) down to {worst['specialty']} ({worst['rate']:.0%}).",
        key="match-rates",
        people=f"{shown['total'].sum():,} {applicant_type}s",
        drill=True,
    )
    if nobody:
        st.caption(f"No {applicant_type} is counted there, and so no rate, in: {nobody}.")
    with st.expander("The figures as a table"):
        st.dataframe(
            shown[["specialty", "matched", "unmatched", "total", "rate", "low", "high"]].sort_values(
                "rate", ascending=False
            ),
            hide_index=True,
            column_config={
                name: st.column_config.NumberColumn(label, format="percent")
                for name, label in {"rate": "match rate", "low": "95 % from", "high": "to"}.items()
            },
        )

st.header("Compare over the years", anchor="trends")
QUANTITIES = {
    "PGY-1 positions offered": ("offered", False),
    "PGY-1 positions filled (%)": ("fill_rate", True),
    "Programs": ("programs", False),
}
pgy1 = positions[positions["scope"] == "PGY-1"]
left, right = st.columns([3, 1])
with left:
    picked = ui.choose_several(
        "Specialties",
        sorted(pgy1["specialty"].unique()),
        "specialties",
        default=["Internal Medicine", "Family Medicine", "Pediatrics", "Psychiatry"],
        max_selections=6,
    )
with right:
    quantity = ui.choose("Quantity", list(QUANTITIES), "quantity")
column, percent = QUANTITIES[quantity]
trend = pgy1[pgy1["specialty"].isin(picked)].dropna(subset=[column])
if trend.empty:
    st.info("Choose at least one specialty.")
else:
    last_year = trend["match_year"].max()
    largest = trend[trend["match_year"] == last_year].sort_values(column).iloc[-1]
    value = f"{largest[column]:.0%}" if percent else f"{largest[column]:,.0f}"
    ui.chart(
        f"{largest['specialty']}: {value} in {last_year}",
        f"{quantity}. Positions that begin in PGY-2 are not in it. Cells of 2025 other than "
        "Internal Medicine and Orthopaedic Surgery come from one reading and are not confirmed.",
        published.trend(
            trend,
            "match_year",
            column,
            quantity,
            "specialty",
            percent=percent,
            breaks=catalog.breaks("rates"),
        ),
        trend,
        alt=f"Lines of {quantity.lower()} for {', '.join(picked)} through {last_year}.",
        key="positions-trend",
    )

st.header("Who fills the positions", anchor="fills")
fills = catalog.fills()
fills = fills[fills["match_year"] == fills["match_year"].max()]
large = fills[fills["filled_total"] >= SMALL]
imgs = large[large["applicant_type"].str.endswith("IMG")].groupby("specialty")["share"].sum()
ui.chart(
    f"IMGs fill {imgs.max():.0%} of the positions of {imgs.idxmax()}, {imgs.min():.0%} of {imgs.idxmin()}",
    f"Share of positions filled by each applicant type, {large['match_year'].iloc[0]}, all levels; "
    f"categorical and preliminary tracks together; specialties with {SMALL} positions or more. "
    "No match rate: it does not tell how many applied.",
    published.stacked_fills(large),
    large,
    alt=f"Stacked bars for {imgs.size} specialties by applicant type, most IMGs on top: "
    f"{imgs.idxmax()} {imgs.max():.0%}.",
    key="who-fills",
    people=f"{large.drop_duplicates('specialty')['filled_total'].sum():,} positions filled",
    drill=True,
)

st.header("Applicants per position", anchor="competition")
first_choice = catalog.first_choice()
first_choice = first_choice[first_choice["match_year"] == first_choice["match_year"].max()]
most = first_choice.sort_values("applicants_per_position").iloc[-1]
ui.chart(
    f"{most['specialty']}: {most['applicants_per_position']:.1f} applicants for each position",
    f"Applicants whose first or only choice it was, for each position offered, "
    f"{most['match_year']}, all levels, preliminary left out.",
    published.ranked_bars(first_choice, "applicants_per_position", "Applicants per position"),
    first_choice,
    alt=f"Ranked bars for {len(first_choice)} specialties; {most['specialty']} has the most "
    f"applicants per position.",
    key="applicants-per-position",
    people=f"{first_choice['applicants'].sum():,} applicants",
    drill=True,
)

st.header("Positions offered", anchor="positions")
offered_year = ui.choose(
    "Year of the ranking", sorted(pgy1["match_year"].unique(), reverse=True), "positions_year", 2024
)
ranking = pgy1[pgy1["match_year"] == offered_year].dropna(subset=["offered"])
first = ranking.sort_values("offered").iloc[-1]
ui.chart(
    f"{first['specialty']} offered the most PGY-1 positions in {offered_year}",
    f"PGY-1 positions offered, {len(ranking)} specialties.",
    published.ranked_bars(ranking, "offered", "PGY-1 positions"),
    ranking,
    alt=f"Ranked bars of PGY-1 positions offered in {offered_year}; {first['specialty']} leads "
    f"with {first['offered']:,.0f}.",
    key="positions-ranking",
    drill=True,
)
