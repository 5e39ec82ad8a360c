"""The content of a report, from a plan, the fitted model and the catalog's tables; pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

import pandas as pd

from matchatlas.applicant import Applicant
from matchatlas.catalog import provenance
from matchatlas.catalog.database import Catalog
from matchatlas.odds.answer import answer
from matchatlas.odds.base_rates import Cell
from matchatlas.odds.estimator import LABELS, Estimate, Model, NoEstimate, told_rate
from matchatlas.odds.what_if import matched_anywhere, nearest_facts
from matchatlas.plan import Plan
from matchatlas.report.consultation import Fee, application_fee
from matchatlas.report.content import Content, Curve, Event, Evidence, Odds, Option, Task
from matchatlas.report.words import changes, described, paragraphs, told_difference
from matchatlas.road.milestones import KEY_EVENTS
from matchatlas.road.roadmap import (
    NoDate,
    OfficialDate,
    certification_warning,
    next_steps,
    official_dates,
    road,
    stage_now,
    told,
)
from matchatlas.road.steps import Ahead, Fixed, Step
from matchatlas.text import line

CURVES = {"step2_ck": range(215, 276, 10), "contiguous_ranks": range(1, 21, 2)}


def build(plan: Plan, model: Model, catalog: Catalog, year: int, today: date) -> Content:
    """The content of a plan's report.

    year: the Match aimed at where the profile names none; today: where the road begins, and dates
    before it are left out.
    """
    year = plan.applicant.target_match_year or year
    calendar = catalog.calendar()
    named = [("This profile", plan.applicant)]
    named += [(line(scenario.name), scenario.applicant) for scenario in plan.scenarios]
    found = [_estimate(model, person) for _, person in named]
    estimate = found[0] if isinstance(found[0], Estimate) else None
    roads = [_road(person, calendar, year, today, plan) for _, person in named]
    fee = application_fee(catalog.fee_tiers(), plan.applications) if plan.applications else None
    options = tuple(
        replace(
            _compared(result, estimate, person, catalog),
            letter=letter,
            name=name,
            changes=changes(plan.applicant, person),
            cost=f"${fee.usd:,.0f}" if fee else "",
            conflict=certification_warning(person, calendar) or "",
            late=tuple(step.milestone.title for step in steps if step.late),
        )
        for letter, (name, person), result, steps in zip("ABCDE", named, found, roads, strict=False)
    )
    anywhere = matched_anywhere(catalog, plan.applicant.applicant_type)
    asked = answer(model, plan.applicant, anywhere)
    dates = _ahead(official_dates(calendar, year).values(), today)
    source_ids = [
        *(source_id for option in options for source_id in option.source_ids),
        *asked.source_ids,
        *([anywhere.source_id] if anywhere else []),
        *([fee.source_id] if fee else []),
        *(found.source_id for found in dates),
    ]
    return Content(
        client=line(plan.client),
        year=year,
        specialty=plan.applicant.specialty,
        profile=described(plan.applicant),
        options=options,
        also=tuple(chance.told for chance in asked.also),
        beside=asked.beside,
        evidence=_evidence(estimate, model) if estimate else None,
        fees=_told_fee(fee),
        next=tuple(step.milestone.title for step in next_steps(roads[0])[:3]),
        tasks=tuple(_task(step) for step in roads[0] if not isinstance(step, Fixed)),
        dates=tuple(Event(told(found.day), found.event, found.kind) for found in dates),
        sources=_titles(catalog, source_ids),
        made=told(today),
        build=f"{catalog.build_id}, made {told(catalog.built_at)}",
        tutor=line(plan.tutor.name),
        closing_note=paragraphs(plan.tutor.closing_note),
    )


def _road(person: Applicant, calendar: pd.DataFrame, year: int, today: date, plan: Plan) -> list[Step]:
    """The road to the Match a profile aims at; empty where the calendar lacks a date of it."""
    dates = official_dates(calendar, person.target_match_year or year)
    stage = stage_now(person, plan.stage, calendar, today)
    try:
        return road(person, dates, today, plan.done, plan.weeks, stage=stage)
    except NoDate:
        return []


def _task(step: Step) -> Task:
    return Task(step.milestone.title, told(step.latest_finish) if isinstance(step, Ahead) else "", step.state)


def _ahead(dates: Iterable[OfficialDate], today: date) -> list[OfficialDate]:
    key = (found for found in dates if found.event in KEY_EVENTS and found.day >= today)
    return sorted(key, key=lambda found: found.day)


def _told_fee(fee: Fee | None) -> str:
    if fee is None:
        return "Application fees are not known: how many programs are applied to was not said."
    return (
        f"Application fees: ${fee.usd:,.0f} for {fee.applications:,} programs of one specialty, by "
        f"the tiers of the {fee.season} season."
    )


def _estimate(model: Model, person: Applicant) -> Estimate | NoEstimate:
    try:
        return model.estimate(person)
    except NoEstimate as reason:
        return reason


def _compared(
    found: Estimate | NoEstimate, first: Estimate | None, person: Applicant, catalog: Catalog
) -> Option:
    """What the estimate says of an option; first: the profile's own, which it is compared with."""
    option = Option(letter="", name="", changes=(), cost="", conflict="", late=())
    if isinstance(found, NoEstimate):
        facts = nearest_facts(catalog, person.applicant_type, person.specialty)
        sources = [found.source_id, *(fact.source_id for fact in facts)]
        return replace(
            option,
            reason=str(found),
            facts=tuple(fact.sentence for fact in facts),
            source_ids=tuple(source for source in sources if source),
        )
    difference = "" if first in (None, found) else told_difference(found.minus(first))
    return replace(
        option, odds=_odds(found, found.sentence), difference=difference, source_ids=found.source_ids
    )


def _odds(found: Estimate | Cell, sentence: str) -> Odds:
    return Odds(100 * found.center, 100 * found.low, 100 * found.high, sentence)


def _evidence(estimate: Estimate, model: Model) -> Evidence:
    cell = estimate.base
    counted = "no counts of its own are published"
    if cell.n:
        years = ", ".join(map(str, cell.editions))
        counted = f"{cell.matched:,} of {cell.n:,} matched (n = {cell.n:,}; {years})"
    sentence = told_rate(cell.center, cell.low, cell.high)
    sentence = sentence.replace(
        "such applicants", f"{cell.applicant_type}s who prefer {cell.specialty}"
    ).replace(" to their preferred specialty", " to it")
    moves = tuple(
        f"{LABELS[name]} {value}: {told_difference(difference)}"
        for name, value, difference in model.what_would_move_most(estimate.applicant)
    )
    steps = tuple((LABELS[name], points) for name, points in estimate.contributions)
    return Evidence(_odds(cell, sentence), counted, steps, _curve(estimate, model), moves, _notes(estimate))


def _notes(estimate: Estimate) -> tuple[str, ...]:
    """What the reader must know: first what the number does not know. What the profile leaves open
    stands in the profile itself."""
    notes = tuple(note for note in estimate.notes if not note.startswith("Unknown, and so"))
    if not estimate.not_counted:
        return notes
    told = (words.removesuffix(" (nothing published here)") for words in estimate.not_counted)
    return (f"Not in this number: {'; '.join(told)}.", *notes)


def _curve(estimate: Estimate, model: Model) -> Curve | None:
    """Along the first characteristic that the profile knows and the published figures let count."""
    person = estimate.applicant
    for name, values in CURVES.items():
        value = getattr(person, name)
        if value is not None and name in model.measures(person.applicant_type, person.specialty):
            line = model.curve(person, name, values)
            points = tuple(
                (float(row.value), 100 * row.center, 100 * row.low, 100 * row.high)
                for row in line.itertuples()
            )
            return Curve(LABELS[name], points, (value, 100 * estimate.center))
    return None


def _titles(catalog: Catalog, source_ids: Iterable[str]) -> tuple[str, ...]:
    """The publications' titles, each once, in the order of their first use, and what is known of
    the readings."""
    sources = catalog.sources().set_index("source_id").loc[list(dict.fromkeys(source_ids))]
    return (*dict.fromkeys(sources["title"]), provenance.told(sources))
