"""Costs: applications through the published fee tiers, beside the applicant's own figures."""

import pandas as pd
import streamlit as st

from matchatlas import road_charts, session, ui
from matchatlas.costs import ITEMS, MOST_USD, marginal_fees, plan_fees

MOST_PLANS, MOST_APPLICATIONS = 4, 500
PUBLISHED, OWN = "Published fees", "Your own figures"

catalog = ui.catalog()
st.title("Costs")
applicant = session.profile_bar()
tiers = catalog.fee_tiers()
if tiers.empty:
    ui.missing("The fees of applications are not on this site yet.",
               "AAMC's ERAS pages have the current ones.")  # fmt: skip
    st.stop()
season = tiers["season"].iloc[0]
edge = int(tiers["to_program"].min()) if tiers["to_program"].notna().any() else 1


def application_plan(number: int) -> dict[str, int]:
    """One plan's widgets: its specialties, and how many programs of each are applied to."""
    st.markdown(f"**Plan {number}**")
    first = [applicant.specialty] if number == 1 else []
    specialties = ui.choose_several(f"Specialties of plan {number}", names, f"plan{number}", first)
    return {
        name: ui.number(f"{name}: programs", f"n{number} {name}", 0, MOST_APPLICATIONS,
                        placeholder=f"{edge}, the first tier")
        for name in specialties
    }  # fmt: skip


st.subheader("Applications by specialty")
names = catalog.specialties()["specialty"]
plan_count = ui.choose("Plans side by side", range(1, MOST_PLANS + 1), "plans")
plans = {}
for number, column in enumerate(st.columns(plan_count), start=1):
    with column:
        asked = application_plan(number)
    plans[f"Plan {number}"] = {k: edge if n is None else n for k, n in asked.items()}

st.subheader("What is paid once")
published = catalog.single_fees().set_index("item")
items = {
    code: name for code, (name, imgs_only) in ITEMS.items() if applicant.is_img or not imgs_only
}
lacking = {code: name for code, name in items.items() if name not in published.index}
if lacking:
    ui.missing(
        "The fees of exams, certification and Match registration are not on this site yet.",
        "Look them up with the publishers and put in your own figures: they count apart from the "
        "published ones.",
    )
for column, (code, name) in ui.grid(3, list(lacking.items())):
    with column:
        ui.number(f"{name} (USD, your own figure)", session.OWN_COSTS[code], 0, MOST_USD)
own = session.plan().own_costs
own_usd = sum(own.get(code, 0) for code in lacking)
unknown = [name for code, name in lacking.items() if code not in own]
once = published.loc[published.index.isin(items.values())]
if len(once):
    st.dataframe(once.drop(columns="source_id"))
    ui.source_line(once)

totals = pd.DataFrame(
    [
        {"plan": plan, "kind": kind, "usd": usd, "applications": sum(counts.values()),
         "source_id": tiers["source_id"].iloc[0]}
        for plan, counts in plans.items()
        for kind, usd in ((PUBLISHED, plan_fees(counts, tiers) + once["fee_usd"].sum()), (OWN, own_usd))
    ]
)  # fmt: skip
sums = totals.groupby("plan")["usd"].sum()
for cell, plan in zip(st.columns(plan_count), plans, strict=True):
    mine = totals[totals["plan"] == plan].set_index("kind")
    cell.metric(
        f"{plan}: {mine['applications'].iloc[0]} applications",
        f"${sums[plan]:,.0f}",
        f"${mine['usd'][PUBLISHED]:,.0f} published, ${own_usd:,.0f} your own",
        delta_color="off", delta_arrow="off", border=True,
    )  # fmt: skip
ui.chart(
    " · ".join(f"{plan} ${usd:,.0f}" for plan, usd in sums.items()),
    f"Total in USD: application fees of the {season} ERAS season, and your own figures."
    + (f" Not in it, since no figure is given: {'; '.join(unknown)}." if unknown else ""),
    road_charts.plan_totals(totals),
    totals,
    alt="Stacked bars: " + "; ".join(f"{plan} {usd:,.0f} dollars" for plan, usd in sums.items()),
    key="costs",
)

st.subheader("What one more application costs, and what it adds")
cells = [(plan, name, n) for plan, counts in plans.items() for name, n in counts.items() if n]
most = max([2 * edge, *(n + 10 for *_, n in cells)])
fees = marginal_fees(most, tiers)
last = pd.DataFrame(
    [(plan, name, n, fees["fee_usd"].iloc[n - 1]) for plan, name, n in cells],
    columns=["plan", "specialty", "applications", "fee_usd"],
)
lowest, highest = fees["fee_usd"].iloc[0], fees["fee_usd"].iloc[-1]
ui.chart(
    f"From application {edge + 1} on, one more costs ${fees['fee_usd'].iloc[edge]:,.0f} instead of "
    f"${lowest:,.0f}",
    f"Fee of the n-th application in one specialty, USD, {season} season; tiers begin anew in each "
    "specialty. Marks: the last application of each plan.",
    road_charts.marginal_fee(fees, last),
    fees.assign(source_id=tiers["source_id"].iloc[0]),
    alt=f"Step line of the fee of one more application: {lowest:,.0f} dollars up to application "
    f"{edge}, up to {highest:,.0f} dollars at {most}.",
    key="marginal-fee",
)
ui.missing(
    "No figure published here tells what one more application adds to the chance of an interview or a match.",
    "So nothing here says where it costs more than it adds. The guide's advice: precision instead of "
    "volume; leave out programs that cannot take you (visa, score cutoff).",
)
sent = catalog.applications()
if len(sent):
    st.markdown("How many applications others sent, on average:")
    st.dataframe(
        sent.drop(columns="source_id"),
        hide_index=True,
        column_config={
            "season": st.column_config.NumberColumn(format="%d"),
            "applications_mean": st.column_config.NumberColumn("mean applications", format="%.1f"),
            "trust": st.column_config.TextColumn(
                help="secondary: quoted by another; weak: one copy, not confirmed"
            ),
        },
    )
    ui.source_line(sent)
