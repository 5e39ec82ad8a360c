"""Simulated markets from published counts, and one applicant's list in them."""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import get_args

import numpy as np
import pytest

from matchatlas.matching.entrants import HARDNESS, Question
from matchatlas.matching.lab import Answer, ask, play_nations
from matchatlas.matching.participants import MarketTables, NoMarket, count_participants
from matchatlas.matching.reality import FITTED, IN_VIEW, Facts, compare, read
from matchatlas.matching.simulation import play
from matchatlas.odds.estimator import EstimatorTables, fit
from matchatlas.road.targets import Hardness, TargetProgram
from matchatlas.web import ui
from tests.browser.test_browser import page, visit  # noqa: F401


@pytest.fixture(scope="module")
def participants(catalog):
    return count_participants(MarketTables.of(catalog), fit(EstimatorTables.of(catalog)))


@pytest.fixture(scope="module")
def nations(participants):
    return play_nations(participants, lambda share, message: None)


def question(**changes) -> Question:
    programs = tuple(
        TargetProgram(program=f"Program {number}", specialty="Psychiatry", hardness=hardness)
        for number, hardness in enumerate(HARDNESS)
    )
    given = {"programs": programs, "applicant_type": "Non-US IMG", "stand": 0.6, "markets": 40}
    return Question(**given | changes)


def one(specialty: str, hardness: str | None = None) -> tuple[TargetProgram, ...]:
    return (TargetProgram(program="Program", specialty=specialty, hardness=hardness),)


def test_everyone_and_every_position_of_the_latest_match_takes_part(participants, catalog):
    totals = catalog.totals().set_index("match_year").loc[participants.match_year]
    assert participants.programs["positions"].sum() == totals["positions_all"]
    assert participants.programs["programs"].sum() == pytest.approx(totals["programs"], rel=0.002)
    assert participants.applicants["applicants"].sum() == totals["active_applicants"]
    assert (participants.programs["programs"] <= participants.programs["positions"]).all()


def test_published_counts_are_met(participants, catalog):
    cells = participants.applicants
    first = catalog.first_choice().set_index("specialty")
    by_specialty = cells.groupby("specialty")["applicants"].sum()
    assert (by_specialty.reindex(first.index) - first["applicants"]).abs().max() <= 3
    positions = participants.programs.set_index("specialty")["positions"]
    assert (positions[first.index] - first["offered"]).abs().max() <= 1
    active = catalog.match_rates().query("match_year == @participants.match_year")
    active = active.set_index("applicant_type")["active"].dropna()
    by_type = cells.groupby("applicant_type")["applicants"].sum()
    shared = by_type.index.intersection(active.index)
    assert len(shared) >= 4
    assert (by_type[shared] / active[shared] - 1).abs().max() < 0.001


def test_simulated_matches_are_stable_and_come_near_figures_no_fit_aims_at(nations, catalog):
    participants = nations.participants
    played = [play(participants, np.random.default_rng([7, number])) for number in range(2)]
    assert all(one.stable for one in played)
    facts = Facts.of(catalog)
    table = compare(participants, played, facts).set_index("figure")
    off = (table["simulated"] - table["published"])[table["use"] == IN_VIEW]
    assert abs(off["All positions filled (%)"]) < 3
    assert off[off.index.str.endswith(": positions filled (%)")].abs().mean() < 5
    assert abs(off[off.index.str.contains("first choice")].item()) < 8
    # A few hundred people rank one or three programs: their rates have some chance in them.
    assert off[off.index.str.contains("contiguous ranks")].abs().max() < 14
    rates = table[table.index.str.fullmatch(".*: matched \\(%\\)")]
    assert (rates["simulated"] - rates["published"]).abs().max() < 3


def test_nobody_has_a_preliminary_year_who_has_a_position_that_needs_none(nations):
    participants = nations.participants
    played = play(participants, np.random.default_rng(5))
    both = (played.main.program >= 0) & (played.year.program >= 0)
    at = played.drawn.specialty[played.main.program[both]]
    assert both.sum() > 500
    assert (participants.programs["advanced"].to_numpy()[at] > 0).all()
    preliminary = participants.programs["preliminary"].to_numpy()
    on = played.year.program >= 0
    assert preliminary[played.drawn.specialty[played.year.program[on]]].all()


def test_the_table_that_the_page_shows_is_of_these_figures():
    table = read()
    assert {"Figure", "Published", "Simulated", "Off", "Use", "Source"} == set(table)
    assert set(table["Use"]) == {FITTED, IN_VIEW}


def test_a_swap_never_helps_and_a_longer_list_never_hurts(nations):
    asked = question()
    answer = ask(nations, asked)
    table = answer.swap_table()
    assert answer.stable == asked.markets
    assert (table["better"] == 0).all()
    assert table["worse"].sum() > 0
    assert answer.odds_by_length()["rate"].is_monotonic_increasing
    assert answer.odds()["rate"].sum() == pytest.approx(1)


def test_no_order_of_the_same_programs_beats_the_true_one_in_any_simulated_match(nations):
    asked = question(markets=40, stand=0.4)
    answer = ask(nations, asked)
    truth = answer.placed(range(5))
    true = np.where(truth < 0, 5, truth)
    assert (truth >= 0).sum() > 0
    for order in ([1, 0, 2, 3, 4], [4, 3, 2, 1, 0], [3, 0, 4, 1, 2]):
        told = replace(asked, programs=tuple(asked.programs[place] for place in order))
        came = ask(nations, told).placed(range(5))
        came = np.where(came < 0, 5, np.array(order)[came])
        assert (true <= came).all()
        assert (came == np.where(answer.placed(order) < 0, 5, answer.placed(order))).all()


def test_programs_in_any_order_keep_their_luck_though_guessed_alike(nations):
    alike = [TargetProgram(program=name, specialty="Psychiatry") for name in "ABC"]
    kept = ask(nations, question(programs=tuple(alike))).kept
    for order in ([2, 0, 1], [1, 2, 0]):
        told = ask(nations, question(programs=tuple(alike[n] for n in order))).kept
        assert (told == kept[order]).all()


@pytest.mark.parametrize("applicant_type", ["US MD Senior", "US DO Senior", "US IMG", "Non-US IMG"])
@pytest.mark.parametrize("specialty", ["Family Medicine", "Internal Medicine", "Psychiatry"])
def test_how_hard_a_program_is_to_get_acts_for_every_type(nations, applicant_type, specialty):
    odds = [
        ask(
            nations,
            question(
                programs=one(specialty, hardness), applicant_type=applicant_type, markets=200, stand=0.5
            ),
        ).kept.mean()
        for hardness in ("a long shot", "about my level", "well within reach")
    ]
    assert odds[0] < odds[1] < odds[2]
    assert odds[0] + 0.3 < odds[2]


def test_every_selectable_specialty_is_run_or_refused_with_the_reason(nations, catalog):
    pools, refused = set(), []
    for specialty in catalog.specialties()["specialty"]:
        try:
            answer = ask(nations, question(programs=one(specialty), markets=2))
            assert answer.kept.shape == (1, 2)
            pools.add(specialty)
        except NoMarket as reason:
            refused.append(specialty)
            assert specialty in str(reason) or "Non-US IMG" in str(reason)
    assert len(pools) >= 40
    assert "Urology" in refused, "it has a Match of its own"


def test_who_stands_higher_is_kept_by_no_fewer_programs_in_any_match(nations):
    low, middle, high = (ask(nations, question(stand=stand)).kept for stand in (0.05, 0.5, 0.95))
    assert (low <= middle).all()
    assert (middle <= high).all()
    assert high.mean() > low.mean() + 0.2


def test_the_same_question_has_the_same_answer(participants, nations):
    again = play_nations(participants, lambda share, message: None)
    assert (ask(again, question()).kept == ask(nations, question()).kept).all()


def test_the_national_matches_are_begun_once_for_all_visitors(monkeypatch):
    class Begun:
        def wait(self):
            return False

    begun = []

    class Pool:
        def submit(self, *work):
            begun.append(work)
            return Begun()

    class Build:
        build_id = "tried by a test alone"

    def slow():
        time.sleep(0.2)  # all are here before the first has begun the work
        return "participants"

    monkeypatch.setattr(ui, "LAB", Pool())
    monkeypatch.setattr(ui, "catalog", Build)
    monkeypatch.setattr(ui, "participants", slow)
    monkeypatch.setattr(ui.warm, "nations", lambda catalog: None)  # none are kept
    with ThreadPoolExecutor(20) as visitors:
        jobs = list(visitors.map(lambda _: ui.national_matches(), range(20)))
    assert len(begun) == 1
    assert len(set(map(id, jobs))) == 1


def test_matches_of_few_nations_widen_the_interval():
    kept = np.repeat(np.arange(10) < 5, 20)[None]
    alike = Answer(kept, kept, np.repeat(np.arange(10), 20), 200, 0.5, 0.5).odds().iloc[0]
    mixed = Answer(kept, kept, np.tile(np.arange(10), 20), 200, 0.5, 0.5).odds().iloc[0]
    assert alike["rate"] == mixed["rate"] == 0.5
    assert alike["high"] - alike["low"] > 2 * (mixed["high"] - mixed["low"])


def test_a_list_longer_than_a_specialty_is_refused_with_the_reason(nations):
    rows = nations.participants.programs.set_index("specialty")["programs"]
    cells = nations.participants.applicants
    cells = cells[cells["specialty"].map(rows) < 10]
    specialty, own = cells[["specialty", "applicant_type"]].iloc[0]
    many = [TargetProgram(program=str(n), specialty=specialty) for n in range(rows[specialty] + 1)]
    asked = question(programs=tuple(many), applicant_type=own, markets=1)
    with pytest.raises(NoMarket, match=f"{rows[specialty]} programs"):
        ask(nations, asked)


def test_the_plan_and_the_lab_know_the_same_guesses():
    assert get_args(Hardness) == tuple(HARDNESS)


def test_a_list_is_made_ordered_and_run_in_the_browser(page, server):  # noqa: F811
    visit(page, f"{server}/rank_list?specialty=Psychiatry&markets=20")
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
    title = page.get_by_role("heading", name=re.compile(r"Matched in \d+ of 20 simulated Matches"))
    title.wait_for(timeout=180_000)  # the national Matches are played first
    page.get_by_text(
        "Swaps tried: 3, each in the same 20 Matches. Gave a place you like better: 0."
    ).wait_for()
    page.locator(".js-plotly-plot").nth(1).wait_for()
    assert page.locator("[data-testid=stException]").count() == 0
