"""If you do not match: what is left after Monday of Match Week, in SOAP, after it, and in another season."""

from datetime import date

import pandas as pd
import streamlit as st

from matchatlas.charts import match_week as match_week_charts
from matchatlas.charts import published
from matchatlas.road import match_week, season
from matchatlas.road.milestones import MATCH_DAY
from matchatlas.road.official import official_dates, told
from matchatlas.road.roadmap import stage_now
from matchatlas.web import session, ui

OFFERED, FILLED, OPEN = (
    "positions offered in SOAP",
    "positions filled in SOAP",
    "positions unfilled by the algorithm",
)

catalog, today = ui.catalog(), date.today()
calendar = catalog.calendar()


def tick(code: str) -> None:
    """Take into the plan that a thing is ready, or not any more."""
    session.update(done=tuple(sorted({*session.plan().done} ^ {code})))


def checklist(tasks: tuple[match_week.Task, ...]) -> None:
    """What to have ready, ticked in the plan."""
    for task in tasks:
        key = f"done_{task.code}"
        st.session_state[key] = task.code in session.plan().done  # the plan is the truth
        st.checkbox(task.what, key=key, on_change=tick, args=(task.code,))


def who_may() -> None:
    """Who may take part in SOAP, and under which rules."""
    st.header("Who may take part in SOAP")
    st.markdown(
        "The Supplemental Offer and Acceptance Program offers the positions that the Match left open: you "
        "apply through ERAS from Monday on, programs interview and rank, and on Thursday offers go out in "
        "rounds. An offer that is accepted binds like a match.\n"
        "- You are registered for the Main Residency Match, and did not match or matched in part.\n"
        "- You could begin residency on the first of July: graduated, and "
        + ("**certified by ECFMG**" if applicant.is_img else "cleared by your school")
        + ".\n"
        "- Programs are contacted through the application alone, until they contact you. Who breaks "
        "this rule is reported for a violation.\n"
        "- Programs that do not take part in SOAP may not be asked before it has ended."
    )
    changes = catalog.table("rule_changes")
    for change in changes[changes["concerns"] == "SOAP"].itertuples():
        ui.small(f"{change.change} (since {change.valid_from}).")


def the_week() -> None:
    """Match Week, hour by hour, with its days in the coming Match."""
    year = season.match_year("interviewing", calendar, today)
    dates = official_dates(calendar, year)
    st.header(f"The week of the {year} Match, hour by hour")
    steps = match_week.week(catalog.table("match_week_schedule"), dates)
    for row in steps.itertuples():
        day = f" {told(row.day)}" if row.day else ""
        hour = f", {row.time_et} Eastern" if pd.notna(row.time_et) else ""
        st.markdown(f"- **{row.weekday}{day}{hour}**: {row.step} ({row.who})")
    if MATCH_DAY in dates:
        ui.small(f"The days are {dates[MATCH_DAY].kind}; the hours are those last published.")
    ui.source_line(steps)
    ui.missing(
        "The hours of the offer rounds are not on this site.", "The NRMP prints them each year for its Match."
    )
    st.header("What to have ready on Monday")
    checklist(match_week.FOR_SOAP)


def what_soap_offers() -> None:
    """Positions offered in SOAP over the years, and which specialties left the most open."""
    st.header("What SOAP offers")
    printed = catalog.table("soap")
    is_total = printed["specialty"] == "All specialties"
    series = printed[is_total & printed["measure"].isin([OFFERED, FILLED, OPEN])]
    offered = series[series["measure"] == OFFERED].iloc[-1]
    ui.chart(
        f"{offered['value']:,.0f} positions were offered in SOAP in {offered['match_year']}",
        "Positions, all specialties and levels. A year without a mark was not read.",
        published.trend(series, "match_year", "value", "Positions", "measure", breaks=catalog.breaks("SOAP")),
        series,
        alt="Marks by year: "
        + "; ".join(f"{r.measure} {r.value:,.0f} in {r.match_year}" for r in series.itertuples()),
        key="soap-positions",
    )
    left_open = catalog.table("open_positions")
    years = sorted(left_open["match_year"].unique(), reverse=True)
    year = ui.choose("Match", years, "soap_year", default=years[0])
    by_specialty = left_open[left_open["match_year"] == int(year)]
    most = by_specialty[by_specialty["open"] > 0].nlargest(15, "open")
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
    placed = printed[~is_total]
    if len(placed):
        listed = ", ".join(
            f"{r.specialty} {r.value:,.0f}" for r in placed.sort_values("value", ascending=False).itertuples()
        )
        st.markdown(f"Categorical PGY-1 positions filled in SOAP in {placed['match_year'].max()}: {listed}.")
        ui.source_line(placed)


def what_soap_added() -> None:
    """Match rates beside the rates of those with a position after SOAP."""
    st.header("What SOAP added")
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


def not_matched() -> None:
    """On Monday nothing: SOAP."""
    who_may()
    the_week()
    what_soap_offers()
    what_soap_added()


def partly() -> None:
    """One of the two parts of a training is there: what is missing, and how many were left open."""
    missing = ui.choose("What is missing?", [match_week.FIRST_YEAR, match_week.LATER_YEARS], "missing_year")
    if missing == match_week.FIRST_YEAR:
        st.markdown(
            "You matched to an advanced position, which begins in the year after, and not to a first year. "
            "The advanced position is yours, and you are bound to it: what you look for is a preliminary or "
            "transitional year, in SOAP or after it. If there is none by the first of July, the NRMP has to "
            "be asked to release you from the commitment."
        )
    else:
        st.markdown(
            "You matched to a first year alone. It is yours, and you are bound to it: what you look for is a "
            "position that begins after it. Without one you can apply for such a position in a later season."
        )
    st.markdown(
        "On Monday you learn in which city the program is that you matched to, on Friday which one it is. In "
        "SOAP you apply only for the part that is missing; the list of open programs shows which those are."
    )
    rows = match_week.left_open(catalog.table("positions_by_specialty_level"), missing)
    if len(rows):
        years = sorted(rows["match_year"].unique())
        ui.chart(
            f"{rows['open'].sum():,.0f} positions of this kind were left open",
            f"Positions the algorithm left open for {missing}; of each specialty the last Match that was "
            f"read, {' or '.join(map(str, years))}. Not every one of them is offered in SOAP.",
            match_week_charts.open_positions(rows),
            rows,
            alt="Bars: "
            + "; ".join(f"{r.specialty} {r.open:,.0f} in {r.match_year}" for r in rows.itertuples()),
            key="partly-open",
            drill=True,
        )
    ui.missing(
        "No table tells how many are matched in part, nor how many of them find the other part.",
        "So nothing here says how likely it is.",
    )
    who_may()
    the_week()


def no_offer() -> None:
    """SOAP is over without a position."""
    what_soap_added()
    st.header("From Thursday on")
    st.markdown(
        "- Programs with positions still open may be asked directly once SOAP has ended.\n"
        "- Whoever does not hear from one has a year to use: see below what applying again is built on.\n"
        "- Some states license physicians trained abroad without a U.S. residency."
    )
    again()


def again() -> None:
    """Another season: what is published of it, its dates, and what to have ready."""
    st.header("What is published of applying again")
    known = match_week.applying_again(
        applicant,
        catalog.table("published_effects"),
        catalog.table("program_directors"),
        catalog.match_rates(),
        catalog.table("visa_facts"),
    )
    if len(known):
        st.markdown("\n".join(f"- {ui.plain(sentence)}" for sentence in known["sentence"]))
        ui.source_line(known)
    ui.missing(
        "No table tells how often those matched who applied again, nor what a year between, a second "
        "specialty or Step 3 added.",
        "International graduates are counted together, first time or again. So no estimate here counts it.",
    )
    year = season.match_year("unmatched", calendar, today)
    dates = official_dates(calendar, year)
    ahead = sorted((d.day, d.event, d.kind) for d in dates.values() if d.day >= today)
    st.header(f"The next season, for the {year} Match")
    st.markdown("\n".join(f"- **{told(day)}**: {event} ({kind})" for day, event, kind in ahead[:4]))
    ui.source_line(pd.DataFrame({"source_id": [d.source_id for d in dates.values()]}))
    st.header("What to have ready by then")
    checklist(match_week.FOR_AGAIN)
    for page, label, icon in (
        ("readiness", "What your case has, and what it lacks", "fact_check"),
        ("what_if", "What would move your odds", "calculate"),
        ("programs", "Your list of programs", "list_alt"),
        ("pathways", "Ways to practice without a residency", "alt_route"),
    ):
        st.page_link(ui.PAGES / f"{page}.py", label=label, icon=f":material/{icon}:")


st.title("If you do not match")
applicant = session.profile_bar()
stage = stage_now(applicant, session.plan().stage, calendar, today)
branch = ui.choose(
    "What happened?",
    match_week.BRANCHES,
    "happened",
    default=match_week.AGAIN if stage == "unmatched" else match_week.NOT_MATCHED,
)
{
    match_week.NOT_MATCHED: not_matched,
    match_week.PARTLY: partly,
    match_week.NO_OFFER: no_offer,
    match_week.AGAIN: again,
}[branch]()
