"""Costs: applications through the published fee tiers, beside the applicant's own figures."""

import pandas as pd
import streamlit as st

from matchatlas.charts import road as road_charts
from matchatlas.plan import COST_PLANS, MOST_APPLICATIONS
from matchatlas.road.costs import ITEMS, MOST_USD, list_fee, marginal_fees, newest_fees, plan_fees
from matchatlas.web import session, ui
from matchatlas.web.held import fit, key_of

COUNT = "plans"
PUBLISHED, OWN = "Published fees", "Your own figures"

catalog = ui.catalog()
st.title("Costs")
applicant = session.profile_bar()
tiers = catalog.fee_tiers()
if tiers.empty:
    ui.missing(
        "The fees of applications are not on this site yet.", "AAMC's ERAS pages have the current ones."
    )
    st.stop()
season = tiers["season"].iloc[0]
edge = int(tiers["to_program"].min()) if tiers["to_program"].notna().any() else 1


def count_plans() -> None:
    """So many plans side by side: further ones begin empty, and what is beyond the last is dropped."""
    kept = held_plans()[: st.session_state[key_of(COUNT)]]
    empty = st.session_state[key_of(COUNT)] - len(kept)
    session.update(cost_plans=(*kept, *({} for _ in range(empty))))


def held_plans() -> tuple[dict[str, int | None], ...]:
    """The plans as held: programs by specialty; at first one plan, of the profile's specialty."""
    return session.plan().cost_plans or ({session.applicant().specialty: None},)


def put(number: int, counts: dict[str, int | None]) -> None:
    """Hold one plan anew."""
    plans = list(held_plans())
    plans[number - 1] = counts
    session.update(cost_plans=plans)


def choose(number: int) -> None:
    """Take over which specialties a plan has; those it had keep their numbers."""
    former = held_plans()[number - 1]
    put(number, {name: former.get(name) for name in st.session_state[key_of(f"plan{number}")]})


def count(number: int, name: str) -> None:
    """Take over how many programs of a specialty a plan has."""
    put(number, held_plans()[number - 1] | {name: st.session_state[key_of(f"n{number} {name}")]})


def application_plan(number: int, held: dict[str, int | None]) -> dict[str, int | None]:
    """One plan's widgets: its specialties, and how many programs of each are applied to."""
    st.markdown(f"**Plan {number}**")
    fit(f"plan{number}", [name for name in held if name in names])
    st.multiselect(
        f"Specialties of plan {number}", names, key=key_of(f"plan{number}"), on_change=choose, args=(number,)
    )
    for name in held:
        key = f"n{number} {name}"
        fit(key, held[name])
        st.number_input(
            f"{name}: programs",
            0,
            MOST_APPLICATIONS,
            None,
            1,
            key=key_of(key),
            placeholder=f"{edge}, the first tier",
            on_change=count,
            args=(number, name),
        )
    return held


st.header("Applications by specialty")
names = catalog.specialties()["specialty"].tolist()
held = held_plans()
fit(COUNT, len(held))
plan_count = st.selectbox(
    "Plans side by side", range(1, COST_PLANS + 1), key=key_of(COUNT), on_change=count_plans
)
plans = {}
for number, column in enumerate(st.columns(plan_count), start=1):
    with column:
        asked = application_plan(number, held[number - 1])
    plans[f"Plan {number}"] = {k: edge if n is None else n for k, n in asked.items()}

st.header("What is paid once")
published = catalog.table("fee_items")
once = newest_fees(published, applicant.is_img)
items = {code: name for code, (name, imgs_only) in ITEMS.items() if applicant.is_img or not imgs_only}
once = once[once.index.isin(items)]
st.markdown(
    "Where a fee was published, its newest figure counts until you put in your own; look up the "
    "fee of your season with the publisher."
)
for column, (code, name) in ui.grid(3, list(items.items())):
    told = None
    if code in once.index:
        fee = once.loc[code]
        age = "" if fee["year"] >= season else ", older than this season"
        told = f"${fee['amount_usd']:,.0f} counts: published for {fee['year']}{age}"
    with column:
        ui.number(
            f"{name} (USD, your own figure)",
            session.OWN_COSTS[code],
            0,
            MOST_USD,
            bind=ui.OWN,
            placeholder="as published" if told else "unknown",
        )
        if told:
            ui.small(f"{told}.")
if len(once):
    ui.source_line(once)
own = {code: usd for code, usd in session.plan().own_costs.items() if code in items}
own_usd = sum(own.values())
published_usd = once.loc[~once.index.isin(own), "amount_usd"].sum()
unknown = [name for code, name in items.items() if code not in own and code not in once.index]

totals = pd.DataFrame(
    [
        {
            "plan": plan,
            "kind": kind,
            "usd": usd,
            "applications": sum(counts.values()),
            "source_id": tiers["source_id"].iloc[0],
        }
        for plan, counts in plans.items()
        for kind, usd in ((PUBLISHED, plan_fees(counts, tiers) + published_usd), (OWN, own_usd))
    ]
)
sums = totals.groupby("plan")["usd"].sum()
for cell, plan in zip(st.columns(plan_count), plans, strict=True):
    mine = totals[totals["plan"] == plan].set_index("kind")
    cell.metric(
        f"{plan}: {mine['applications'].iloc[0]} applications",
        f"${sums[plan]:,.0f}",
        f"${mine['usd'][PUBLISHED]:,.0f} published, ${own_usd:,.0f} your own",
        delta_color="off",
        delta_arrow="off",
        border=True,
    )
ui.chart(
    " · ".join(f"{plan} ${usd:,.0f}" for plan, usd in sums.items()),
    f"Total in USD: application fees of the {season} ERAS season, and your own figures."
    + (f" Not in it, since no figure is given: {'; '.join(unknown)}." if unknown else ""),
    road_charts.plan_totals(totals),
    totals,
    alt="Stacked bars: " + "; ".join(f"{plan} {usd:,.0f} dollars" for plan, usd in sums.items()),
    key="costs",
)

st.header("What one more application costs, and what it adds")
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
st.markdown("How many applications others sent stands on *Signals and applications*.")

st.header("A longer list")
ranks = [20, 25, 30, 40, 60]
paid = pd.DataFrame({"programs ranked": ranks, "usd": [list_fee(n, published) for n in ranks]}).dropna()
if len(paid):
    st.markdown(
        "The NRMP's fee for one rank order list, registration included: "
        + ", ".join(f"{n} programs **${usd:,.0f}**" for n, usd in paid.itertuples(index=False))
        + "."
    )
    ui.source_line(published[published["body"] == "NRMP"])

st.header("Visa and other fees")
st.markdown("Every fee that was published or quoted, by year; the newest first.")
payers = [
    "All",
    *(["IMG", "IMG on J-1", "Employer", "Approved applicants"] if applicant.is_img else ["US student"]),
]
others = published[published["payer"].isin(payers)].sort_values("season_or_year", ascending=False)
st.dataframe(
    others[["body", "item", "payer", "amount_usd", "unit", "season_or_year", "note", "trust"]],
    hide_index=True,
    column_config={
        "amount_usd": st.column_config.NumberColumn("USD", format="%.0f"),
        "season_or_year": "season or year",
    },
)
ui.source_line(others)
