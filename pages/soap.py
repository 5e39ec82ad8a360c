"""SOAP: the offers of Match Week, for those who did not match on Monday."""

import pandas as pd
import streamlit as st

from matchatlas.charts import match_week as match_week_charts
from matchatlas.charts import published
from matchatlas.web import session, ui

OFFERED, FILLED, OPEN = (
    "positions offered in SOAP",
    "positions filled in SOAP",
    "positions unfilled by the algorithm",
)

catalog = ui.catalog()
st.title("SOAP: the offers of Match Week")
applicant = session.profile_bar()
st.markdown(
    "Whoever has not matched on Monday of Match Week can still be offered one of the positions the "
    "Match left open. This is the Supplemental Offer and Acceptance Program: you apply through ERAS "
    "from Monday on, programs interview and rank, and on Thursday offers go out in rounds. An offer "
    "that is accepted binds like a match."
)

st.subheader("Who may take part")
st.markdown(
    "- You are registered for the Main Residency Match and did not match, or matched only to an "
    "advanced or only to a preliminary position.\n"
    "- You could begin residency on the first of July: graduated, and "
    + ("**certified by ECFMG**" if applicant.is_img else "cleared by your school")
    + ".\n"
    "- Programs are contacted through the application alone, until they contact you. Who breaks "
    "this rule is reported for a violation.\n"
    "- Programs that do not take part in SOAP may not be asked before it has ended."
)
rounds = catalog.table("rule_changes").query("concerns == 'SOAP'")
for change in rounds.itertuples():
    ui.small(f"{change.change} (since {change.valid_from}).")

st.subheader("The week, hour by hour")
schedule = catalog.table("match_week_schedule")
days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]
schedule = schedule.assign(order=schedule["day_of_match_week"].map(days.index))
schedule = schedule.sort_values(["order", "time_et"], na_position="last")
for row in schedule.itertuples():
    hour = f", {row.time_et} Eastern" if pd.notna(row.time_et) else ""
    st.markdown(f"- **{row.day_of_match_week}{hour}**: {row.step} ({row.who})")
ui.source_line(schedule)
ui.missing(
    "The hours of the offer rounds are not on this site.", "The NRMP prints them each year for its Match."
)

totals = catalog.table("soap").query("specialty == 'All specialties' and unit == 'positions'")
series = totals[totals["measure"].isin([OFFERED, FILLED, OPEN])]
offered = series[series["measure"] == OFFERED].iloc[-1]
ui.chart(
    f"{offered['value']:,.0f} positions were offered in SOAP in {offered['match_year']}",
    "Positions, all specialties and levels. A year without a mark was not read.",
    published.trend(series, "match_year", "value", "Positions", "measure"),
    series,
    alt="Marks by year: "
    + "; ".join(f"{r.measure} {r.value:,.0f} in {r.match_year}" for r in series.itertuples()),
    key="soap-positions",
)

left_open = catalog.table("open_positions")
years = sorted(left_open["match_year"].unique(), reverse=True)
year = ui.choose("Match", years, "soap_year", default=years[0])
by_specialty = left_open[left_open["match_year"] == int(year)]
most = by_specialty.nlargest(15, "open").query("open > 0")
first = most.iloc[0]
ui.chart(
    f"{first['specialty']} left the most positions open in {year}: {first['open']:,.0f}",
    "Positions the algorithm left open, all levels together, the fifteen specialties with most. Not "
    "every one of them is offered in SOAP.",
    match_week_charts.open_positions(most),
    most,
    alt="Bars: " + "; ".join(f"{r.specialty} {r.open:,.0f}" for r in most.itertuples()),
    key="soap-open",
    people=f"{by_specialty['open'].sum():,.0f} positions left open in all",
    drill=True,
)
placed = catalog.table("soap").query("specialty != 'All specialties'")
if len(placed):
    told = ", ".join(
        f"{r.specialty} {r.value:,.0f}" for r in placed.sort_values("value", ascending=False).itertuples()
    )
    st.markdown(f"Categorical PGY-1 positions filled in SOAP in {placed['match_year'].max()}: {told}.")
    ui.source_line(placed)

after = catalog.table("placement_after_soap")
last = after["match_year"].max()
now = after[(after["match_year"] == last) & (after["applicant_type"] != "All applicants")]
own = now[now["applicant_type"] == applicant.applicant_type]
title = "What SOAP added, by applicant type"
if len(own):
    row = own.iloc[0]
    title = (
        f"{row['match_rate_pct']:.1f} of 100 active {row['applicant_type']}s matched in {last}; "
        f"{row['placement_rate_active_pct']:.1f} had a position after SOAP"
    )
ui.chart(
    title,
    "Of the active applicants (with a certified rank order list): matched to a PGY-1 position, and "
    "with one after SOAP, in percent.",
    match_week_charts.before_and_after(now),
    now,
    alt="Pairs of marks: "
    + "; ".join(
        f"{r.applicant_type} {r.match_rate_pct} to {r.placement_rate_active_pct} percent"
        for r in now.itertuples()
    ),
    key="soap-placed",
    people=f"{now['active_applicants'].sum():,.0f} active applicants",
)

st.subheader("What to have ready on Monday")
st.markdown(
    "- A personal statement that serves more than one specialty, and letters that are not addressed "
    "to one.\n"
    "- The list of specialties and states you would take, in order, before the list of open "
    "programs is there: there are only hours to apply.\n"
    "- A quiet place and a telephone for interviews from Monday to Wednesday.\n"
    "- Somebody who reads your application with you: a dean's office, a mentor, a tutor."
)
st.subheader("If SOAP brings nothing")
st.markdown(
    "- From Thursday on, programs with open positions may be asked directly.\n"
    "- A year can be used: U.S. clinical experience, research, a higher share of programs that take "
    "IMGs, one more specialty. See *Readiness* for what your case lacks.\n"
    "- What published figures say of applying again stands on *What-if*, under what is not in the "
    "number; licenses without a residency under *Without a residency*."
)
