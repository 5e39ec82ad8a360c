"""Start: where are you now, your chance at once, and your season as far as the plan tells it."""

from datetime import date

import streamlit as st

from matchatlas.charts import published
from matchatlas.road.roadmap import aimed_at
from matchatlas.road.season import WHERE
from matchatlas.web import answer_card, example, held, my_season, now, session, ui

catalog = ui.catalog()

st.title("Your way to the Match")
stage = now.ask()
# The answer first: on a phone the form stands under it.
results, inputs = st.columns([3, 2], gap="large")
with results:
    found = answer_card.show(session.applicant())
with inputs:
    session.first_inputs()
    session.counting_input("step2_ck")
    applicant = session.applicant()
    if stage == "interviewing":
        session.counting_input("contiguous_ranks", f"Interviews in {applicant.specialty}")
        session.second_inputs("Interviews in it")
    example.offer()
    session.file_controls()
if held.PLAN in st.session_state:
    year = aimed_at(applicant, stage, catalog.calendar(), date.today())
    my_season.show(found, stage, year)
applicant_type = applicant.applicant_type

rates = catalog.match_rates()
own = rates[rates["applicant_type"] == applicant_type]
known = own.dropna(subset=["match_rate"])
latest = known.iloc[-1]
year = int(latest["match_year"])

st.header(f"{applicant_type}s in the Match")
st.markdown(
    f"## Of 100 {applicant_type}s in the {year} Match, about "
    f"**{100 * latest['match_rate']:.0f}** matched to a PGY-1 position"
)


def metric(column, label: str, series, form: str, percent: bool = False) -> None:
    """One figure with its year, its change since the figure before, and its trend."""
    scale = 100 if percent else 1
    series = series.dropna()
    if series.empty:
        column.metric(label, "not published", help="This figure is not on this site.")
        return
    last_year = int(series.index[-1])
    # A sparkline has no year axis: only years without a gap between them may stand in it.
    breaks = series.index.to_series().diff().ne(1).cumsum()
    run = series[breaks == breaks.iloc[-1]]
    delta = None
    if len(series) > 1:
        change = scale * (series.iloc[-1] - series.iloc[-2])
        delta = f"{change:+{form}}{' points' if percent else ''} since {series.index[-2]}"
    column.metric(
        f"{label} ({last_year})",
        f"{scale * series.iloc[-1]:{form}}{' %' if percent else ''}",
        delta=delta,
        delta_color="off",
        chart_data=(scale * run).tolist() if len(run) > 2 else None,
        border=True,
    )


by_year = own.set_index("match_year")
ranks = catalog.rank_lengths()
ranks = ranks[ranks["applicant_type"] == applicant_type].set_index("match_year")
totals = catalog.totals().set_index("match_year")
first, second = st.columns(2), st.columns(2)
metric(first[0], "Matched to a PGY-1 position", by_year["match_rate"], ".1f", percent=True)
metric(first[1], "Active applicants of this type", by_year["active"], ",.0f")
metric(second[0], "PGY-1 positions offered to all", totals["positions_pgy1"], ",.0f")
metric(second[1], "Programs ranked by those who matched, mean", ranks["mean_ranks_matched"], ".1f")
if not ranks.empty:
    last = ranks.iloc[-1]
    st.markdown(
        f"In {ranks.index[-1]}, those who matched had ranked "
        f"**{last['mean_ranks_matched']:.1f}** programs on average; those who did not, "
        f"**{last['mean_ranks_unmatched']:.1f}**. A longer list goes with a higher match rate, "
        "partly because strong applicants get more interviews."
    )

shown = rates[rates["applicant_type"].isin([applicant_type, "All applicants"]) & rates["match_rate"].notna()]
best = known.loc[known["match_rate"].idxmax()]
ui.chart(
    f"{applicant_type}s: {100 * known.iloc[0]['match_rate']:.0f} % matched in "
    f"{int(known.iloc[0]['match_year'])}, {100 * latest['match_rate']:.0f} % in {year}",
    "Match rate: active applicants matched to any PGY-1 position, in percent. It does not tell "
    "how many got the specialty they wanted. A gap is a year that has not been added.",
    published.match_rates(shown, breaks=catalog.breaks("rates")),
    shown,
    alt=f"Line chart of the match rate of {applicant_type}s beside all applicants; highest "
    f"{100 * best['match_rate']:.1f} percent in {int(best['match_year'])}, latest "
    f"{100 * latest['match_rate']:.1f} percent in {year}.",
    key="match-rate-trend",
    people=f"{latest['active']:,.0f} active {applicant_type}s in {year}"
    if latest["active"] == latest["active"]
    else None,
)

st.header("Where to next")
LINKS = {
    "specialties": ("Compare specialties", "bar_chart"),
    "what_if": ("Ask “what if” for one specialty", "calculate"),
    "roadmap": ("Plan your way, from certification to the rank order list", "route"),
    "rank_list": ("See what the order of your list does", "swap_vert"),
    "interviews": ("Prepare the questions you will be asked", "record_voice_over"),
    "programs": ("Keep your list of programs", "list_alt"),
    "readiness": ("See what is there and what is still to do", "fact_check"),
    "costs": ("Count what it will cost", "payments"),
    "soap": ("See what is left when a Match goes wrong", "event_available"),
    "pathways": ("Read of ways to practice without a residency", "alt_route"),
    "consultation": ("Prepare a consultation and its report", "forum"),
    "data": ("See where every figure comes from", "database"),
}
FIRST = WHERE[stage].pages if stage else ("specialties", "what_if", "roadmap", "rank_list")
for page in (*FIRST, "consultation", "data"):
    label, icon = LINKS[page]
    st.page_link(ui.PAGES / f"{page}.py", label=label, icon=f":material/{icon}:")
