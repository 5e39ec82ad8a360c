"""My season: what a person's plan comes to, each part with a link to the page it is about."""

from dataclasses import dataclass
from datetime import date

import pandas as pd
import streamlit as st

from matchatlas.odds.answer import Answer
from matchatlas.odds.estimator import LABELS
from matchatlas.plan import Plan
from matchatlas.road.costs import Spending, newest_fees, spending
from matchatlas.road.official import official_dates, told
from matchatlas.road.roadmap import NoDate, certification_warning, next_steps, road
from matchatlas.road.season import Stage
from matchatlas.road.steps import Step
from matchatlas.road.targets import by_status, contiguous
from matchatlas.web import now, session, ui

PAGES = {
    "roadmap": "Roadmap",
    "programs": "Programs",
    "rank_list": "Rank list lab",
    "costs": "Costs",
    "what_if": "What-if",
}
LENGTHS = (1, 4, 8, 12, 16, 20)  # of a list, that its odds are told at


@dataclass(frozen=True)
class Missing:
    """Something that is not there yet, and the page where it is put in."""

    what: str
    page: str


def show(found: Answer, stage: Stage | None, year: int) -> None:
    """Every part of the season; found: the answer that stands above."""
    plan = session.plan()
    steps = _steps(plan, stage, year)
    parts = {
        "roadmap": ("Next dates", now.next_dates),
        "programs": ("Target list", lambda: _targets(plan)),
        "rank_list": ("Your list against the odds", lambda: _list(plan, found)),
        "costs": ("Money", lambda: _money(plan, steps)),
    }
    st.header("My season")
    if warning := certification_warning(plan.applicant, ui.catalog().calendar()):
        st.warning(warning, icon=":material/event_busy:")
    for column, (page, (title, draw)) in ui.grid(2, list(parts.items())):
        with column, st.container(border=True, key=f"season_{page}"):
            st.subheader(title, anchor=False)
            draw()
            _link(page, PAGES[page])
    with st.container(border=True, key="season_missing"):
        st.subheader("What is missing", anchor=False)
        lacking = missing(plan, found, steps, stage)
        if not lacking:
            st.markdown("Nothing that this site knows of.")
        for page, label in PAGES.items():
            if own := [lack.what for lack in lacking if lack.page == page]:
                st.markdown("\n".join(f"- {ui.plain(what)}" for what in own))
                _link(page, label)


def _link(page: str, label: str) -> None:
    st.page_link(ui.PAGES / f"{page}.py", label=label, icon=":material/arrow_forward:")


def _steps(plan: Plan, stage: Stage | None, year: int) -> list[Step]:
    dates = official_dates(ui.catalog().calendar(), year)
    try:
        return road(plan.applicant, dates, date.today(), plan.done, plan.weeks, stage=stage)
    except NoDate:
        return []


def _targets(plan: Plan) -> None:
    counts = {status: len(programs) for status, programs in by_status(plan.programs).items()}
    if not plan.programs:
        st.markdown("No program on it yet.")
        return
    said = " · ".join(f"{status} **{n}**" for status, n in counts.items() if n)
    st.markdown(f"**{len(plan.programs)}** programs: {said}")


def _list(plan: Plan, found: Answer) -> None:
    person = plan.applicant
    own = person.contiguous_ranks
    listed = (
        f"{len(plan.rank_order)} programs are ranked in your plan"
        if plan.rank_order
        else "Nothing is ranked yet"
    )
    st.markdown(f"{listed}; your profile says {own or 'no'} contiguous ranks in {person.specialty}.")
    model = ui.model()
    if not found.estimate or "contiguous_ranks" not in model.measures(
        person.applicant_type, person.specialty
    ):
        st.markdown("No published figure tells how the chance grows with the list here.")
        return
    lengths = sorted({*LENGTHS, *([own] if own else [])})
    line = model.curve(person, "contiguous_ranks", lengths)
    told_at = (
        f"{'**' * (row.value == own)}{row.value:.0f} rank{'s' * (row.value > 1)}: {row.center:.0%} ({row.low:.0%} to {row.high:.0%})"
        f"{', yours**' if row.value == own else ''}"
        for row in line.itertuples()
    )
    st.markdown("\n".join(f"- {words}" for words in told_at))
    term = model.term(person.applicant_type, person.specialty, "contiguous_ranks")
    ui.source_line(pd.DataFrame({"source_id": list(term.source_ids)}), f"{term.n:,}" if term.n else None)


def _money(plan: Plan, steps: list[Step]) -> None:
    catalog = ui.catalog()
    tiers, fees = catalog.fee_tiers(), catalog.table("fee_items")
    if tiers.empty:
        ui.missing("The fees of applications are not on this site yet.", "Costs takes your own figures.")
        return
    once = newest_fees(fees, plan.applicant.is_img)
    done = {step.code for step in steps if step.done}
    found: Spending = spending(plan.programs, done, plan.own_costs, tiers, once, plan.applicant.is_img)
    spent, ahead = st.columns(2)
    spent.metric("Spent", f"${found.spent:,.0f}")
    ahead.metric("To come", f"${found.to_come:,.0f}")
    left_out = f" Not in it, since no figure is given: {'; '.join(found.unknown)}." if found.unknown else ""
    ui.small(
        f"Reckoned from what is done and from your target list, by published fees ({tiers['season'].iloc[0]} season "
        f"for applications) and your own figures.{left_out}"
    )
    ui.source_line(pd.concat([tiers[["source_id"]], once[["source_id"]]]))


def missing(plan: Plan, found: Answer, steps: list[Step], stage: Stage | None) -> list[Missing]:
    """What the plan lacks, what is most urgent first."""
    person, lacking = plan.applicant, []
    for step in next_steps(steps)[:3]:
        due = f"by {told(step.latest_finish)}"
        lacking.append(Missing(f"{step.milestone.title}, {due}", "roadmap"))
    interviewed = [p for p in plan.programs if p.status in ("invited", "interviewed")]
    if undated := sum(p.interview_on is None for p in interviewed):
        lacking.append(Missing(f"The interview day of {undated} of {len(interviewed)} programs", "programs"))
    if stage in ("applying", "interviewing") and not plan.programs:
        lacking.append(Missing("Programs on your target list", "programs"))
    if stage == "interviewing" and not plan.rank_order:
        lacking.append(Missing("The order in which you want your programs", "rank_list"))
    in_a_row = contiguous(plan.programs, plan.rank_order, person.specialty)
    if plan.rank_order and in_a_row != person.contiguous_ranks:
        said = person.contiguous_ranks or "no number"
        lacking.append(
            Missing(
                f"One number of ranks: your list has {in_a_row} in a row, your profile says {said}", "what_if"
            )
        )
    if found.estimate:
        names = ui.model().measures(person.applicant_type, person.specialty)
        if open_ := [LABELS[name] for name in names if getattr(person, name) is None]:
            lacking.append(Missing(f"Of what moves your chance: {', '.join(open_)}", "what_if"))
    if person.applicant_type == "Non-US IMG" and person.visa_need is None:
        lacking.append(Missing("Which visa you need", "what_if"))
    return lacking
