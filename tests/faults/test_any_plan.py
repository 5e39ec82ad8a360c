"""Whatever plan `read` accepts opens on every page and in the report; dates cannot overflow."""

from datetime import date

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from benchmarks.fuzz import any_plan, logos, reports
from etl.paths import ROOT
from matchatlas.applicant import EARLIEST_DAY, LATEST_DAY, Applicant
from matchatlas.plan import Plan, read, save
from matchatlas.web import held
from tests.pages.test_pages import PAGES


def failures(page: str, plan: Plan) -> list[str]:
    app = AppTest.from_file(str(ROOT / "matchatlas/web/navigation.py"), default_timeout=120)
    app.session_state[held.PLAN] = plan
    app.switch_page(str(ROOT / "pages" / page)).run()
    return [failure.message for failure in app.exception]


@given(st.randoms(use_true_random=False), st.sampled_from(PAGES))
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)
def test_any_plan_opens_on_every_page(catalog, chance, page):
    plan = any_plan(chance, catalog)
    assert read(save(plan)) == plan
    assert failures(page, plan) == []


def test_the_first_and_the_last_day_open_on_every_page():
    for day in (EARLIEST_DAY, LATEST_DAY):
        for year in (2020, 2100):
            person = Applicant(
                applicant_type="Non-US IMG", specialty="Pathology", ecfmg_expected=day, target_match_year=year
            )
            plan = Plan(applicant=person, start=day, weeks={"step1": 260, "electives": 260})
            for page in ("roadmap.py", "readiness.py", "rank_list.py", "consultation.py"):
                assert failures(page, plan) == [], (page, day, year)


def test_any_plan_makes_a_report():
    assert list(reports(runs=40, seed=20270319)) == []


def test_a_spoiled_picture_is_a_logo_or_refused():
    assert list(logos(count=400, seed=20270319)) == []


def test_what_is_drawn_goes_to_the_edges(catalog):
    """The generator draws what it is meant to: long, hostile and empty, from the first to the last day."""
    import random

    chance = random.Random(1)
    plans = [any_plan(chance, catalog) for _ in range(200)]
    days = {plan.applicant.ecfmg_expected for plan in plans} | {plan.start for plan in plans}
    assert {EARLIEST_DAY, LATEST_DAY, None, date(2028, 2, 29)} <= days
    assert max(len(plan.client) for plan in plans) == 120
    assert any(plan.rank_order for plan in plans) and any(plan.cost_plans for plan in plans)
    assert any("[a](//b.example)" in plan.tutor.name for plan in plans)
