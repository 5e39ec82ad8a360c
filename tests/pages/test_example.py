"""The example person: seen with one click, gone with one, and the visitor's own plan untouched by it."""

from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from etl.paths import ROOT
from matchatlas import example
from matchatlas.applicant import Applicant
from matchatlas.plan import Plan, read, save
from matchatlas.road.targets import TargetProgram
from matchatlas.web import held
from tests.pages.test_pages import PAGES
from tests.pages.test_road_pages import text

OWN = Plan(
    id="mine",
    applicant=Applicant(applicant_type="US IMG", specialty="Psychiatry", step2_ck=251),
    done=("step1",),
)
BANNER = "An example, and nobody's plan"


def opened(page: str, plan: Plan | None) -> AppTest:
    app = AppTest.from_file(str(ROOT / "matchatlas/web/navigation.py"), default_timeout=300)
    if plan:
        app.session_state[held.PLAN] = plan
    app.run() if page == "start.py" else app.switch_page(str(ROOT / "pages" / page)).run()
    assert not app.exception
    return app


def test_nothing_made_up_of_a_program_looks_published():
    made = example.example(2027, date(2026, 11, 25))
    assert read(save(made)) == made
    assert made.client.endswith("(made up)")
    for program in made.programs:
        assert program.program.endswith("(made up)")
        assert (program.quota, program.img_percent, program.score_cutoff, program.visas) == (None,) * 4
        assert program.code == program.city == program.state == ""


@pytest.mark.parametrize("page", ["start.py", "programs.py", "rank_list.py"])
@pytest.mark.parametrize("own", [None, OWN], ids=["newcomer", "own plan"])
def test_one_click_shows_the_example_and_one_takes_it_away(page, own):
    app = opened(page, own)
    former = dict(app.session_state[held.PLAN]) if own else None
    app.button(key="try_example").click().run()
    assert not app.exception
    assert BANNER in text(app)
    assert app.session_state[held.PLAN].id == example.ID
    app.switch_page(str(ROOT / "pages/what_if.py")).run()
    app.number_input(key="ck").set_value(222).run()
    assert app.session_state[held.PLAN].applicant.step2_ck == 222
    app.button(key="end_example").click().run()
    assert not app.exception
    assert BANNER not in text(app)
    if own:
        assert dict(app.session_state[held.PLAN]) == former
        app.session_state["apart"] = True  # the part with fields that do not move this type's number
        app.run()
        assert app.number_input(key="ck").value == 251
    else:
        assert held.PLAN not in app.session_state
        assert app.number_input(key="ck").value is None
    assert app.button(key="undo").disabled


@pytest.mark.parametrize("page", PAGES)
def test_every_page_shows_the_example_and_says_so(page):
    app = opened("programs.py", None)
    app.button(key="try_example").click().run()
    if page != "programs.py":
        app.switch_page(str(ROOT / "pages" / page)).run()
    assert not app.exception
    assert BANNER in text(app)


def test_a_plan_that_is_opened_takes_the_examples_place_and_own_changes_can_be_undone(monkeypatch):
    state = {held.PLAN: OWN}
    monkeypatch.setattr(held.st, "session_state", state)
    held.lend(example.example(2027, date(2026, 11, 25)))
    assert held.own() == OWN and held.lent()
    other = Plan(id="other", applicant=OWN.applicant)
    held.replace(other)  # as the device does where another tab changed the plan
    assert held.plan().id == example.ID and held.own() == other
    third = Plan(
        id="third", applicant=OWN.applicant, programs=(TargetProgram(program="A", specialty="Psychiatry"),)
    )
    held.open_plan(third)
    assert not held.lent() and held.plan() == third
    held.undo()
    assert held.plan() == other
