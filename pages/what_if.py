"""What-if: the published base rate of one applicant type in one specialty, and its doubt."""

import streamlit as st

from matchatlas import charts, ui
from matchatlas.intervals import jeffreys

catalog = ui.catalog()
st.title("What-if")
outcomes = catalog.outcomes()
left, right = st.columns(2)
with left:
    applicant_type = ui.choose_applicant_type()
of_type = outcomes[outcomes["applicant_type"] == applicant_type]
if of_type.empty:
    ui.missing(
        f"No outcome table by specialty is published here for {applicant_type}s.",
        "The Start page shows their match rate over all specialties.",
    )
    st.stop()
with right:
    names = sorted(of_type["specialty"].unique())
    specialty = ui.choose("Specialty", names, ui.SPECIALTY, default="Internal Medicine")

rows = of_type[of_type["specialty"] == specialty].sort_values("year")
rows = rows.assign(rate=rows["matched"] / rows["total"])
rows["low"], rows["high"] = jeffreys(rows["matched"], rows["total"])
latest = rows.iloc[-1]
st.markdown(
    f"### Of 100 such applicants, about {100 * latest['rate']:.0f}, between "
    f"{100 * latest['low']:.0f} and {100 * latest['high']:.0f}, matched"
)
st.markdown(
    f"{applicant_type}s, {specialty}, {latest['year']}: {latest['matched']:,} of "
    f"{latest['total']:,}. Counted: {latest['measure'][0].lower() + latest['measure'][1:]}. The "
    "interval (95 %, beta-binomial) tells how far chance alone may move the rate of a group of "
    "this size; it speaks of the group, not of one person."
)
ui.chart(
    f"{specialty}: what was published for {applicant_type}s",
    "Match rate in percent with 95 % interval, one row a publication.",
    charts.ranked_rates(
        rows.assign(specialty=rows["year"].astype(str) + ": " + rows["measure"]),
        charts.TYPE_COLORS[applicant_type],
    ),
    rows,
    alt=f"Match rates of {applicant_type}s in {specialty} with intervals, "
    f"{len(rows)} publications.",
    key="base-rates",
    people=f"{rows['total'].sum():,}",
)
