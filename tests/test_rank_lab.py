"""Simulated markets from published counts, and one applicant's list in them."""

import re
from typing import get_args

import numpy as np
import pytest

from matchatlas.estimator import fit
from matchatlas.participants import count_participants
from matchatlas.plan import Hardness, TargetProgram
from matchatlas.rank_lab import HARDNESS, Question, ask, prepare
from matchatlas.ranklist import solve
from matchatlas.simulated_market import calibrate, draw, rates
from tests.test_browser import page, visit  # noqa: F401


@pytest.fixture(scope="module")
def participants(catalog):
    return count_participants(catalog.market_tables(), fit(catalog.estimator_tables()))


def question(**changes) -> Question:
    programs = tuple(
        TargetProgram(program=f"Program {number}", specialty="Psychiatry", hardness=hardness)
        for number, hardness in enumerate(HARDNESS)
    )
    given = {
        "programs": programs,
        "applicant_type": "Non-US IMG",
        "stand": 0.6,
        "shared": 0.5,
        "markets": 20,
    }
    return Question(**given | changes)


def test_everyone_and_every_position_of_the_latest_match_takes_part(participants, catalog):
    totals = catalog.totals().set_index("match_year").loc[participants.match_year]
    assert participants.programs["positions"].sum() == totals["positions_all"]
    assert participants.programs["programs"].sum() == totals["programs"]
    assert participants.applicants["applicants"].sum() == totals["active_applicants"]


def test_published_counts_are_met(participants, catalog):
    cells = participants.applicants
    first = catalog.first_choice().set_index("specialty")["applicants"]
    by_specialty = cells.groupby("specialty")["applicants"].sum()
    assert (by_specialty.reindex(first.index) - first).abs().max() <= 3
    active = catalog.match_rates().query("match_year == @participants.match_year")
    active = active.set_index("applicant_type")["active"].dropna()
    by_type = cells.groupby("applicant_type")["applicants"].sum()
    shared = by_type.index.intersection(active.index)
    assert len(shared) >= 4
    assert (by_type[shared] / active[shared] - 1).abs().max() < 0.001


def test_simulated_match_rates_come_near_those_aimed_at(participants):
    part = calibrate(participants.only(["Psychiatry"]), shared=0.5)
    drawn = draw(part, 0.5, np.random.default_rng(77))
    matching = solve(drawn.market)
    assert matching.stable
    off = rates(part, drawn, matching.program) - part.applicants["rate"].to_numpy()
    # Four standard deviations of chance, with 100 to 1,500 people a cell.
    assert np.abs(off).max() < 4 * np.sqrt(0.25 / part.applicants["applicants"].min())


def test_a_swap_never_helps_and_a_longer_list_never_hurts(participants):
    asked = question()
    answer = ask(prepare(participants, asked), asked)
    table = answer.swap_table()
    assert answer.stable == asked.markets
    assert (table["better"] == 0).all()
    assert table["worse"].sum() > 0
    matched = answer.by_length >= 0
    assert (matched[1:] | ~matched[:-1]).all()
    assert answer.odds()["rate"].sum() == pytest.approx(1)


def test_who_stands_higher_and_who_asks_easier_programs_matches_more(participants):
    prepared = prepare(participants, question())
    low, high = (ask(prepared, question(stand=stand)) for stand in (0.2, 0.95))
    assert (high.place >= 0).mean() > (low.place >= 0).mean() + 0.2
    hard, easy = (
        ask(prepared, question(programs=(question().programs[place],))) for place in (0, 4)
    )
    assert (easy.place >= 0).mean() > (hard.place >= 0).mean()


def test_the_same_question_has_the_same_answer(participants):
    asked = question(markets=3)
    one, other = (ask(prepare(participants, asked), asked) for _ in range(2))
    assert (one.swapped == other.swapped).all()


def test_the_plan_and_the_lab_know_the_same_guesses():
    assert get_args(Hardness) == tuple(HARDNESS)


def test_a_list_is_made_ordered_and_run_in_the_browser(page, server):  # noqa: F811
    visit(page, f"{server}/rank_list?specialty=Psychiatry&markets=25")
    for name in ("Safe Clinic", "Dream Hospital"):
        page.get_by_role("textbox", name="Program").fill(name)
        page.get_by_role("button", name="Add").click()
        page.locator(".stMain").get_by_text(f"{name} · ").first.wait_for()
    page.get_by_role("button", name="Up").nth(1).click()
    page.get_by_text(re.compile(r"^1\. Dream Hospital")).wait_for()
    page.get_by_role("button", name="Run the Matches").click()
    title = page.get_by_role("heading", name=re.compile(r"Matched in \d+ of 25 simulated Matches"))
    title.wait_for(timeout=60000)
    page.get_by_text(
        "Swaps tried: 1, each in the same 25 Matches. Gave a place you like better: 0."
    ).wait_for()
    page.locator(".js-plotly-plot").nth(1).wait_for()
    assert page.locator("[data-testid=stException]").count() == 0
