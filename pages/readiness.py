"""Readiness: what is there and what is still to do, pillar by pillar, with advice and evidence."""

from datetime import date

import pandas as pd
import streamlit as st

from matchatlas.charts import match_week as match_week_charts
from matchatlas.road.readiness import (
    BELOW,
    BELOW_MEAN,
    LOW,
    NONE,
    NOTHING,
    PARTLY,
    THERE,
    TO_DO,
    UNKNOWN,
    Matched,
    pillars,
)
from matchatlas.road.roadmap import certification_warning, stage_now
from matchatlas.web import img_facts, session, ui

ICONS = {
    THERE: "check_circle",
    PARTLY: "incomplete_circle",
    TO_DO: "radio_button_unchecked",
    BELOW: "arrow_downward",
    BELOW_MEAN: "incomplete_circle",
    LOW: "arrow_downward",
    NONE: "remove",
    NOTHING: "help",
    UNKNOWN: "help",
}


def evidence(factors: tuple[str, ...]) -> None:
    """What program directors said of a pillar."""
    rows = survey[survey["factor"].isin(factors)]
    for (factor, year), told in rows.groupby(["factor", "survey_year"], sort=False):
        parts = [
            f"**{row.value:.0f} %** of directors look at it"
            if row.unit == "percent"
            else f"importance **{row.value:.1f} of 5**"
            for row in told.itertuples()
        ]
        st.markdown(f"- {factor}: {', '.join(parts)} ({year})")
    if rows.empty:
        ui.small("The published survey of program directors says nothing of it.")
    else:
        ui.source_line(rows)


def own_group() -> pd.DataFrame:
    """The published Step 2 CK scores of the applicant's type and specialty, newest edition."""
    rows = catalog.characteristics()
    rows = rows[
        (rows["measure"] == "step2_ck")
        & rows["mean"].notna()
        & (rows["applicant_type"] == applicant.applicant_type)
        & (rows["specialty"] == applicant.specialty)
    ]
    return rows[rows["edition"] == rows["edition"].max()]


def matched(rows: pd.DataFrame) -> Matched | None:
    """Those of them who matched."""
    for row in rows[rows["outcome"] == "matched"].itertuples():
        return Matched(int(row.edition), row.mean, None if pd.isna(row.q1) else row.q1)
    return None


def means(rows: pd.DataFrame) -> None:
    """The published means of Step 2 CK for the applicant's type and specialty."""
    if rows.empty:
        ui.missing(
            f"The mean Step 2 CK of {applicant.applicant_type}s in {applicant.specialty} is not on this "
            "site.",
            "The Competitiveness page shows which are.",
        )
        return
    for row in rows.itertuples():
        difference = ""
        if applicant.step2_ck:
            points = applicant.step2_ck - row.mean
            difference = f"; yours is {abs(points):.0f} {'above' if points > 0 else 'below'}"
        st.markdown(
            f"- Mean Step 2 CK, {row.outcome.replace('_', ' ')}: **{row.mean:.0f}** "
            f"(n = {row.n:,.0f}, {row.edition}){difference}"
        )
    ui.source_line(rows)


catalog = ui.catalog()
survey = catalog.program_directors()
st.title("Readiness")
applicant = session.profile_bar()
plan = session.plan()
group = own_group()
stage = stage_now(applicant, plan.stage, catalog.calendar(), date.today())
found = pillars(applicant, plan.done, len(plan.programs), matched(group), stage)
st.markdown(
    "What your profile has, and what it lacks of the guide's advice. There is no total score: no "
    "publication weighs these pillars against each other."
)
if warning := certification_warning(applicant, catalog.calendar()):
    st.warning(warning, icon=":material/event_busy:")
for pillar in found:
    st.header(pillar.name)
    standing, advice = st.columns(2, gap="large")
    with standing:
        for check in pillar.checks:
            detail = f" ({check.detail})" if check.detail else ""
            st.markdown(f":material/{ICONS[check.state]}: **{check.what}**: {check.state}{detail}")
        st.markdown(f"*The guide:* {pillar.advice}")
    with advice:
        st.markdown("**Evidence**")
        if pillar.name == "Scores":
            means(group)
        evidence(pillar.factors)
st.header("Exams: who passes")
passing = catalog.table("usmle_pass_rates")
passing = passing[passing["takers"].isin(["first", "repeat"]) & passing["passing_pct"].notna()]
exam = ui.choose("Exam", passing["exam"].unique(), "exam", default="Step 2 CK")
rows = passing[passing["exam"] == exam]
rows = rows[rows["period"] == rows["period"].max()]
mine = rows[rows["group_tested"] == ("IMG" if applicant.is_img else f"US {applicant.applicant_type[3:5]}")]
rate = mine.set_index("takers")["passing_pct"]
ui.chart(
    f"{exam}, {rows['period'].iloc[0]}: {rate['first']:.0f} of 100 {mine['group_tested'].iloc[0]} first "
    f"takers passed, {rate['repeat']:.0f} of 100 who repeated it"
    if {"first", "repeat"} <= set(rate.index)
    else f"{exam}: who passes, by school",
    "Share of the people tested who passed, in percent, by school group and whether it was the first "
    "time. Why the guide says: pass it the first time.",
    match_week_charts.passing(rows),
    rows,
    alt="Pairs of bars: "
    + "; ".join(f"{r.group_tested} {r.takers} {r.passing_pct} percent" for r in rows.itertuples()),
    key="pass-rates",
    people=f"{rows['tested'].sum():,.0f} tested",
)
standards = catalog.table("usmle_passing_standards")
for row in standards[standards["exam"] == exam].sort_values("passing_score").itertuples():
    since = f"since {row.valid_from:%-d %B %Y}" if pd.notna(row.valid_from) else row.note
    st.markdown(f"- Passing standard of {exam}: **{row.passing_score}**, {since}")
ui.source_line(standards[standards["exam"] == exam])
breaks = catalog.table("rule_changes").query("concerns == 'exams'")
ui.small("What changed: " + "; ".join(f"{r.valid_from}: {r.change}" for r in breaks.itertuples()) + ".")
if applicant.is_img:
    img_facts.certification()
    img_facts.visas()
ui.small(
    "Each figure of the survey names its year; those before 2022 were given while Step 1 still had "
    "a score. They are of all specialties together. Means describe groups, and are no thresholds."
)
