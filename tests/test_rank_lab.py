"""Simulated markets from published counts, and one applicant's list in them."""

import re
from dataclasses import replace
from typing import get_args

import numpy as np
import pytest

from matchatlas.estimator import fit
from matchatlas.participants import NoMarket, count_participants
from matchatlas.plan import Hardness, TargetProgram
from matchatlas.rank_lab import HARDNESS, Question, ask, needs_supplemental_list, prepare
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


def test_no_order_of_the_same_programs_beats_the_true_one_in_any_simulated_match(participants):
    asked = question(markets=25, stand=0.4)
    prepared = prepare(participants, asked)
    truth = ask(prepared, asked).place
    true = np.where(truth < 0, len(asked.programs), truth)
    for order in ([1, 0, 2, 3, 4], [4, 3, 2, 1, 0], [3, 0, 4, 1, 2]):
        told = replace(asked, programs=tuple(asked.programs[place] for place in order))
        came = ask(prepared, told).place
        assert (true <= np.where(came < 0, len(order), np.array(order)[came])).all()
        assert ((came < 0) == (truth < 0)).all(), "who would take the applicant does not change"


def test_programs_in_any_order_keep_their_luck_though_guessed_alike(participants):
    alike = [TargetProgram(program=name, specialty="Psychiatry") for name in "ABC"]
    asked = question(programs=tuple(alike), markets=25)
    prepared = prepare(participants, asked)
    alone = [ask(prepared, replace(asked, programs=(*alike[n:], *alike[:n]))).by_length[0] == 0
             for n in range(3)]  # fmt: skip
    for order in ([2, 0, 1], [1, 2, 0]):
        told = replace(asked, programs=tuple(alike[n] for n in order))
        expected = np.argmax([alone[n] for n in order], axis=0)
        some = np.any(alone, axis=0)
        assert (ask(prepared, told).place == np.where(some, expected, -1)).all()


def test_a_preliminary_year_beside_an_advanced_position_is_refused_with_the_reason():
    year = TargetProgram(program="Year Hospital", specialty="Transitional Year")
    later = TargetProgram(program="Later Clinic", specialty="Anesthesiology")
    known = {"Transitional Year"}, {"Anesthesiology"}
    told = needs_supplemental_list([later, year], *known)
    assert "Year Hospital" in told
    assert "supplemental list" in told
    assert needs_supplemental_list([later], *known) is None
    assert needs_supplemental_list([year], *known) is None


def test_a_list_longer_than_a_specialty_is_refused_with_the_reason(participants):
    small = participants.programs.sort_values("programs").iloc[0]
    many = [TargetProgram(program=str(n), specialty=small["specialty"])
            for n in range(small["programs"] + 1)]  # fmt: skip
    cells = participants.applicants
    own = cells[cells["specialty"] == small["specialty"]]["applicant_type"].iloc[0]
    asked = question(programs=tuple(many), applicant_type=own, markets=1)
    with pytest.raises(NoMarket, match=f"{small['programs']} programs"):
        ask(participants.only([small["specialty"]]), asked)


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
    # The button goes along with its program: pressed again it goes on, and moves no other.
    page.get_by_role("textbox", name="Program").fill("Third House")
    page.get_by_role("button", name="Add").click()
    page.get_by_text(re.compile(r"^3\. Third House")).wait_for()
    for place in (1, 2):
        page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
        row = page.locator("[class*=st-key-row]").filter(has_text=f"{place}. Dream Hospital")
        row.get_by_role("button", name="Down").click()
    page.get_by_text(re.compile(r"^3\. Dream Hospital")).wait_for()
    page.get_by_text(re.compile(r"^1\. Safe Clinic")).wait_for()
    page.get_by_role("button", name="Run the Matches").click()
    title = page.get_by_role("heading", name=re.compile(r"Matched in \d+ of 25 simulated Matches"))
    title.wait_for(timeout=60000)
    page.get_by_text(
        "Swaps tried: 3, each in the same 25 Matches. Gave a place you like better: 0."
    ).wait_for()
    page.locator(".js-plotly-plot").nth(1).wait_for()
    assert page.locator("[data-testid=stException]").count() == 0
