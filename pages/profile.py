"""One specialty on one page: the link a tutor sends, printable."""

import streamlit as st

from matchatlas.charts import published, style
from matchatlas.charts import specialties as specialty_charts
from matchatlas.odds.intervals import jeffreys
from matchatlas.odds.measures import MEASURES
from matchatlas.web import ui

catalog = ui.catalog()
st.title("Specialty profile")
left, right = st.columns(2)
with left:
    specialty = ui.choose_specialty(catalog.specialties()["specialty"])
with right:
    applicant_type = ui.choose_applicant_type()


def of_specialty(table):
    return table[table["specialty"] == specialty]


st.set_page_config(page_title=f"{specialty} · Specialty profile · Match Atlas")
st.header(specialty)
positions = of_specialty(catalog.positions())
pgy1 = positions[positions["scope"] == "PGY-1"].dropna(subset=["offered"])
fills = of_specialty(catalog.fills())
choice = of_specialty(catalog.first_choice())
cells = st.columns(4)
if not pgy1.empty:
    last = pgy1.iloc[-1]
    cells[0].metric(f"PGY-1 positions ({last['match_year']})", f"{last['offered']:,.0f}", border=True)
    filled = f"{last['fill_rate']:.0%}" if last["fill_rate"] == last["fill_rate"] else "not published"
    cells[1].metric(f"Filled ({last['match_year']})", filled, border=True)
if not fills.empty:
    year = fills["match_year"].max()
    share = fills[(fills["match_year"] == year) & fills["applicant_type"].str.endswith("IMG")]
    cells[2].metric(f"Filled by IMGs ({year})", f"{share['share'].sum():.0%}", border=True)
if not choice.empty:
    last = choice.iloc[-1]
    cells[3].metric(
        f"Applicants per position ({last['match_year']})",
        f"{last['applicants_per_position']:.2f}",
        border=True,
        help="Applicants whose first or only choice it was, for each position offered",
    )

outcomes = of_specialty(catalog.outcomes())
outcomes = outcomes[outcomes["applicant_type"] == applicant_type].sort_values("year")
outcomes = outcomes[outcomes["total"] > 0]  # a year in which nobody is counted has no rate
if outcomes.empty:
    ui.missing(
        f"No outcome of {applicant_type}s who preferred {specialty} is in the tables.",
        "The What-if page shows what can be derived.",
    )
else:
    outcomes = outcomes.assign(rate=outcomes["matched"] / outcomes["total"])
    outcomes["low"], outcomes["high"] = jeffreys(outcomes["matched"], outcomes["total"])
    last = outcomes.iloc[-1]
    for measure, rows in outcomes.groupby("measure", sort=False):
        latest = rows.iloc[-1]
        ui.chart(
            f"{latest['matched']:,} of {latest['total']:,} {applicant_type}s matched in {latest['year']}: "
            f"{latest['rate']:.0%}",
            f"{measure}. Match rate in percent with 95 % intervals.",
            published.ranked_rates(
                rows.assign(specialty=rows["year"].astype(str)), style.TYPE_COLORS[applicant_type]
            ),
            rows,
            alt="Match rates by year: " + ", ".join(f"{r.year} {r.rate:.0%}" for r in rows.itertuples()),
            key=f"profile-rates-{measure[:24].lower().replace(' ', '-')}",
            people=f"{rows['total'].sum():,}",
        )

if not fills.empty:
    latest = fills[fills["match_year"] == fills["match_year"].max()]
    most = latest.sort_values("share").iloc[-1]
    ui.chart(
        f"{most['applicant_type']}s fill the largest part: {most['share']:.0%}",
        f"Positions filled by applicant type, {most['match_year']}, all levels and tracks. A share "
        "of positions is no match rate.",
        published.stacked_fills(latest),
        latest,
        alt="Stacked bar: " + ", ".join(f"{r.applicant_type} {r.share:.0%}" for r in latest.itertuples()),
        key="profile-fills",
        people=f"{latest['filled_total'].iloc[0]:,} positions filled",
    )

years = of_specialty(catalog.table("fills_by_year"))
if years["match_year"].nunique() > 1:
    first, last = years["match_year"].min(), years["match_year"].max()
    now = years[years["match_year"] == last]
    imgs = now[now["applicant_type"].isin(["US IMG", "Non-US IMG"])]["filled"].sum()
    ui.chart(
        f"{imgs:,.0f} of {now['filled_total'].iloc[0]:,.0f} positions filled in {last} were IMGs'",
        f"Positions filled by applicant type, {' and '.join(years['level'].unique())}. Years between "
        f"{first} and {last} without a bar were not read; U.S. DO seniors and graduates are one type "
        "before 2014.",
        specialty_charts.fills_over_years(years, catalog.breaks("positions")),
        years,
        alt=f"Stacked bars of {years['match_year'].nunique()} Matches; in {last} "
        + ", ".join(f"{r.applicant_type} {r.filled:,.0f}" for r in now.itertuples()),
        key="profile-fills-years",
    )

ranking = of_specialty(catalog.table("applicants_ranking")).dropna(subset=["matched"])
if not ranking.empty:
    year = ranking["match_year"].iloc[0]
    own = ranking[ranking["applicant_type"] == applicant_type]
    who = own.iloc[0] if len(own) else ranking.iloc[0]
    ui.chart(
        f"{who['applicants_ranking_specialty']:,.0f} {who['applicant_type']}s ranked {specialty} in "
        f"{year}; {who['matched']:,.0f} matched to it",
        "People of each applicant type who ranked the specialty at any place of their list, beside those "
        "who matched to it. No match rate: many ranked another specialty first.",
        specialty_charts.ranked_and_matched(ranking),
        ranking,
        alt="Pairs of bars: "
        + "; ".join(
            f"{r.applicant_type} ranked by {r.applicants_ranking_specialty:,.0f}, matched {r.matched:,.0f}"
            for r in ranking.itertuples()
        ),
        key="profile-ranking",
        people=f"{ranking['applicants_ranking_specialty'].sum():,.0f}, once per specialty ranked",
    )

matches = of_specialty(catalog.matches())
if not matches.empty:
    last = matches[matches["match_year"] == matches["match_year"].max()].iloc[-1]
    ui.chart(
        f"Who matched into {specialty} PGY-1 positions, by applicant type",
        "PGY-1 matches a year, of the types that were read. U.S. DO: seniors and graduates together "
        "before 2020.",
        published.trend(
            matches,
            "match_year",
            "matched",
            "PGY-1 matches",
            "applicant_type",
            breaks=catalog.breaks("rates"),
        ),
        matches,
        alt=f"Lines of PGY-1 matches by applicant type through {last['match_year']}.",
        key="profile-matches",
    )

levels = of_specialty(catalog.table("positions_by_specialty_level"))
if not levels.empty:
    st.subheader("Its programs")
    last = levels[levels["match_year"] == levels["match_year"].max()]
    ui.chart(
        f"{last['programs'].sum():,.0f} programs offered {last['positions_offered'].sum():,.0f} positions "
        f"in {last['match_year'].iloc[0]}",
        "Positions offered a year, by level; sums over all programs.",
        published.trend(
            levels,
            "match_year",
            "positions_offered",
            "Positions offered",
            "level",
            breaks=catalog.breaks("positions"),
        ),
        levels,
        alt="Lines of positions offered by level: "
        + "; ".join(f"{r.level} {r.positions_offered:,.0f}" for r in last.itertuples()),
        key="profile-programs",
    )
    sizes = of_specialty(catalog.table("program_sizes")).query("measure == 'quota'")
    sizes = sizes[sizes["match_year"] == sizes["match_year"].max()]
    sizes = (
        sizes.assign(quota=sizes["value"].astype(int))
        .groupby(["quota", "match_year", "source_id"], as_index=False)["programs"]
        .sum()
    )
    if len(sizes):
        middle = sizes["quota"].repeat(sizes["programs"]).median()
        ui.chart(
            f"Half of the programs offer {middle:.0f} positions or fewer",
            f"Programs by the number of positions they offered in {sizes['match_year'].iloc[0]}.",
            specialty_charts.program_sizes(sizes),
            sizes,
            alt=f"Bars: {len(sizes)} sizes, median {middle:.0f} positions.",
            key="profile-sizes",
            people=f"{sizes['programs'].sum():,.0f} programs",
        )
    unfilled = of_specialty(catalog.table("program_years_unfilled"))
    unfilled = unfilled[unfilled["last_year"] == unfilled["last_year"].max()]
    unfilled = unfilled.groupby(
        ["first_year", "last_year", "years_unfilled_of_5", "source_id"], as_index=False
    )["programs"].sum()
    if len(unfilled):
        never = unfilled.loc[unfilled["years_unfilled_of_5"] == 0, "programs"].sum()
        again = of_specialty(catalog.table("program_persistence"))
        again = again[(again["period"] == "2014 to 2025") & (again["counted"].str.startswith("inst"))]
        again = again.sort_values("program_years").iloc[-1:]
        told = "".join(
            f" Of its unfilled programs, {r.pct_unfilled_again:.0f} of 100 were unfilled again in the next "
            f"Match (n = {r.unfilled_still_offering:,.0f}, {r.period})."
            for r in again.itertuples()
            if r.pct_unfilled_again == r.pct_unfilled_again
        )
        ui.chart(
            f"{never:,.0f} of {unfilled['programs'].sum():,.0f} programs filled in every Match of "
            f"{unfilled['first_year'].iloc[0]} to {unfilled['last_year'].iloc[0]}",
            "Programs with positions in all five Matches, by how often one stayed open." + told,
            specialty_charts.unfilled_again(unfilled),
            unfilled,
            alt="Bars: "
            + "; ".join(
                f"{r.programs} programs in {r.years_unfilled_of_5} of five" for r in unfilled.itertuples()
            ),
            key="profile-unfilled",
            people=f"{unfilled['programs'].sum():,.0f} programs",
        )

characteristics = of_specialty(catalog.characteristics())
characteristics = characteristics[
    (characteristics["applicant_type"] == applicant_type) & characteristics["mean"].notna()
]
if not characteristics.empty:
    st.subheader("What those who matched had")
    figures = [f"{row.mean:,.1f} (n = {row.n:,.0f})" for row in characteristics.itertuples()]
    table = characteristics.assign(told=figures).pivot(index="measure", columns="outcome", values="told")
    table.columns = [f"{outcome.replace('_', ' ').capitalize()}, mean" for outcome in table.columns]
    table.index = [MEASURES[code][0] for code in table.index]
    st.table(table)
    ui.source_line(characteristics)
