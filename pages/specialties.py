"""Specialties: match rates and positions by specialty, applicant type and year."""

import streamlit as st

from matchatlas import charts, ui
from matchatlas.intervals import jeffreys

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
    shown = counted[counted["year"] == year].copy()
    shown["rate"] = shown["matched"] / shown["total"]
    shown["low"], shown["high"] = jeffreys(shown["matched"], shown["total"])
    best = shown.sort_values("rate").iloc[-1]
    worst = shown.sort_values("rate").iloc[0]
    ui.chart(
        f"{best['specialty']} matched the largest share of {applicant_type}s in {year}: "
        f"{best['rate']:.0%}",
        f"Match rate: {measure[0].lower() + measure[1:]}, in percent, with 95 % intervals. A wide "
        f"interval means few people; fewer than {SMALL} are marked with *.",
        charts.ranked_rates(
            shown.assign(
                specialty=shown["specialty"] + shown["total"].lt(SMALL).map({True: " *", False: ""})
            ),
            charts.TYPE_COLORS[applicant_type],
        ),
        shown,
        alt=f"Ranked dots with intervals for {len(shown)} specialties, from {best['specialty']} "
        f"({best['rate']:.0%}) down to {worst['specialty']} ({worst['rate']:.0%}).",
        key="match-rates",
        people=f"{shown['total'].sum():,} {applicant_type}s",
    )
    with st.expander("The figures as a table"):
        st.dataframe(
            shown[
                ["specialty", "matched", "unmatched", "total", "rate", "low", "high"]
            ].sort_values("rate", ascending=False),
            hide_index=True,
            column_config={
                name: st.column_config.NumberColumn(label, format="percent")
                for name, label in {"rate": "match rate", "low": "95 % from", "high": "to"}.items()
            },
        )

st.header("Positions", anchor="positions")
pgy1 = positions[positions["scope"] == "PGY-1"]
names = sorted(pgy1["specialty"].unique())
picked = ui.choose_several(
    "Specialties",
    names,
    "specialties",
    default=["Internal Medicine", "Family Medicine", "Pediatrics", "Psychiatry"],
    max_selections=6,
)
trend = pgy1[pgy1["specialty"].isin(picked)]
if trend.empty:
    st.info("Choose at least one specialty.")
else:
    last_year = trend["match_year"].max()
    largest = trend[trend["match_year"] == last_year].sort_values("offered").iloc[-1]
    ui.chart(
        f"{largest['specialty']}: {largest['offered']:,.0f} PGY-1 positions offered in {last_year}",
        "PGY-1 positions offered in the Main Residency Match; positions that begin in PGY-2 are "
        "not in it. Cells of 2025 other than Internal Medicine and Orthopaedic Surgery come from "
        "one reading and are not confirmed.",
        charts.trend(trend, "match_year", "offered", "PGY-1 positions offered", "specialty"),
        trend,
        alt=f"Lines of PGY-1 positions offered for {', '.join(picked)} through {last_year}.",
        key="positions-trend",
    )

offered_year = ui.choose(
    "Year of the ranking", sorted(pgy1["match_year"].unique(), reverse=True), "positions_year", 2024
)
ranking = pgy1[pgy1["match_year"] == offered_year].dropna(subset=["offered"])
first = ranking.sort_values("offered").iloc[-1]
ui.chart(
    f"{first['specialty']} offered the most PGY-1 positions in {offered_year}",
    f"PGY-1 positions offered, {len(ranking)} specialties.",
    charts.ranked_bars(ranking, "offered", "PGY-1 positions"),
    ranking,
    alt=f"Ranked bars of PGY-1 positions offered in {offered_year}; {first['specialty']} leads "
    f"with {first['offered']:,.0f}.",
    key="positions-ranking",
)
