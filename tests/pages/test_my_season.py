"""Start as the page one comes back to: the answer at once, and what the plan comes to."""

from datetime import date, timedelta

import pytest

from matchatlas.applicant import Applicant
from matchatlas.catalog.database import open_catalog
from matchatlas.plan import Plan
from matchatlas.road.costs import newest_fees, plan_fees, spending
from matchatlas.road.targets import TargetProgram, contiguous
from matchatlas.web import held
from tests.pages.test_example import opened
from tests.pages.test_pages import open_page
from tests.pages.test_road_pages import metric, text

PERSON = Applicant(
    applicant_type="Non-US IMG", specialty="Internal Medicine", step2_ck=243, contiguous_ranks=3
)
TODAY = date.today()


def program(name, specialty="Internal Medicine", **known):
    return TargetProgram(program=name, specialty=specialty, **known)


PROGRAMS = (
    program("A", status="interviewed", interview_on=TODAY - timedelta(3)),
    program("B", status="invited"),
    program("C", "Family Medicine", status="applied"),
    program("D"),
)
PLAN = Plan(
    id="mine",
    applicant=PERSON,
    stage="interviewing",
    programs=PROGRAMS,
    rank_order=tuple(at.label for at in PROGRAMS[:3]),
)


def test_a_newcomer_has_an_answer_before_and_after_each_entry():
    app = open_page("start.py")
    assert "To match in Internal Medicine" in text(app) and "of 100 :small[range" in text(app)
    assert "My season" not in [header.value for header in app.header]
    before = text(app)
    app.number_input(key="ck").set_value(262).run()
    assert not app.exception
    assert "Step 2 CK 262" in text(app) and "Step 2 CK 262" not in before
    app.button(key="stage_interviewing").click().run()
    app.number_input(key="ranks").set_value(9).run()
    app.selectbox(key="also").select("Family Medicine").run()
    app.number_input(key="also_ranks").set_value(4).run()
    assert not app.exception
    assert "To match in either: Internal Medicine or Family Medicine" in text(app).replace("\\", "")
    assert app.session_state[held.PLAN].applicant.second_ranks == 4


def test_where_no_figure_is_published_it_is_said():
    app = open_page("start.py", type="US MD Graduate")
    assert "No table tells the outcomes of US MD Graduates" in text(app).replace("\\", "")


def test_the_season_tells_what_the_plan_comes_to():
    app = opened("start.py", PLAN)
    said = text(app)
    assert "**4** programs: considering **1** · applied **1** · invited **1** · interviewed **1**" in said
    assert "**3 ranks:" in said and "yours**" in said
    # What is missing: a day, one number of ranks, what moves the chance, the visa.
    plain = said.replace("\\", "")
    assert "The interview day of 1 of 2 programs" in plain
    assert "your list has 2 in a row, your profile says 3" in plain
    assert "Research experiences" in plain and "Which visa you need" in plain
    links = {link.proto.page for link in app.get("page_link")}
    assert {"roadmap", "programs", "rank_list", "costs", "what_if"} <= links


def test_money_is_spent_where_it_is_done_and_to_come_where_it_is_not():
    catalog = open_catalog()
    tiers, once = catalog.fee_tiers(), newest_fees(catalog.table("fee_items"), is_img=True)
    own = {"step1": 1000, "other": 500}
    found = spending(PROGRAMS, {"step1", "step2_ck"}, own, tiers, once, is_img=True)
    applied = plan_fees({"Internal Medicine": 2, "Family Medicine": 1}, tiers)
    all_four = plan_fees({"Internal Medicine": 3, "Family Medicine": 1}, tiers)
    fees = once["amount_usd"]
    assert found.spent == applied + 1000 + fees["step2_ck"]
    assert found.to_come == all_four - applied + fees["ecfmg"] + fees["nrmp"] + 500
    assert found.unknown == ()
    assert "Clinical experience, travel, visa and the rest" in spending((), (), {}, tiers, once, True).unknown
    assert spending((), (), {}, tiers, once, False).to_come == fees.drop("ecfmg").sum()
    app = opened("start.py", PLAN)
    assert metric(app, "Spent").startswith("$")


@pytest.mark.parametrize(
    ("order", "ranks"), [("", 0), ("A", 1), ("AB", 2), ("ABCD", 2), ("CABD", 3), ("C", 0), ("ACBD", 1)]
)
def test_contiguous_ranks_end_at_the_first_program_of_another_specialty(order, ranks):
    labels = {at.program: at.label for at in PROGRAMS}
    assert contiguous(PROGRAMS, [labels[name] for name in order], "Internal Medicine") == ranks


def test_both_scenarios_of_what_if_have_their_ranges():
    app = open_page("what_if.py", ck="243", ck2="260")
    this, other, difference = app.metric
    assert this.delta.startswith("range ") and other.delta.startswith("range ")
    assert difference.delta.startswith("between ")
    assert f"## {this.value.rstrip('%')} of 100" in text(app)
