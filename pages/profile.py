"""One specialty on one page: the link a tutor sends, printable."""

import streamlit as st

from matchatlas import charts, drawing, ui
from matchatlas.intervals import jeffreys
from matchatlas.measures import MEASURES

catalog = ui.catalog()
st.title("Specialty profile")
left, right = st.columns(2)
with left:
    specialty = ui.choose_specialty(catalog.specialties()["specialty"])
with right:
    applicant_type = ui.choose_applicant_type()


def of_specialty(table):
    return table[table["specialty"] == specialty]


st.header(specialty)
positions = of_specialty(catalog.positions())
pgy1 = positions[positions["scope"] == "PGY-1"].dropna(subset=["offered"])
fills = of_specialty(catalog.fills())
choice = of_specialty(catalog.first_choice())
cells = st.columns(4)
if not pgy1.empty:
    last = pgy1.iloc[-1]
    cells[0].metric(
        f"PGY-1 positions ({last['match_year']})", f"{last['offered']:,.0f}", border=True
    )
    filled = (
        f"{last['fill_rate']:.0%}" if last["fill_rate"] == last["fill_rate"] else "not published"
    )
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
            charts.ranked_rates(
                rows.assign(specialty=rows["year"].astype(str)), drawing.TYPE_COLORS[applicant_type]
            ),
            rows,
            alt="Match rates by year: "
            + ", ".join(f"{r.year} {r.rate:.0%}" for r in rows.itertuples()),
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
        charts.stacked_fills(latest),
        latest,
        alt="Stacked bar: "
        + ", ".join(f"{r.applicant_type} {r.share:.0%}" for r in latest.itertuples()),
        key="profile-fills",
        people=f"{latest['filled_total'].iloc[0]:,} positions filled",
    )

matches = of_specialty(catalog.matches())
if not matches.empty:
    last = matches[matches["match_year"] == matches["match_year"].max()].iloc[-1]
    ui.chart(
        f"U.S. seniors who matched into {specialty} PGY-1 positions",
        "PGY-1 matches a year. U.S. DO: seniors and graduates together before 2020.",
        charts.trend(
            matches, "match_year", "matched", "PGY-1 matches", "applicant_type",
            breaks=catalog.definition_changes(),
        ),
        matches,
        alt=f"Lines of PGY-1 matches by U.S. applicant type through {last['match_year']}.",
        key="profile-matches",
    )  # fmt: skip

characteristics = of_specialty(catalog.characteristics())
characteristics = characteristics[
    (characteristics["applicant_type"] == applicant_type) & characteristics["mean"].notna()
]
if not characteristics.empty:
    st.subheader("What those who matched had")
    table = characteristics.pivot(index="measure", columns="outcome", values=["mean", "n"])
    table.columns = [f"{outcome.replace('_', ' ')}, {kind}" for kind, outcome in table.columns]
    table.index = [MEASURES[code][0] for code in table.index]
    for column in table:
        table[column] = table[column].map(
            "{:,.0f}".format if column.endswith("n") else "{:,.1f}".format
        )
    st.table(table)
    ui.source_line(characteristics)
