"""The rank list lab for couples and with supplemental lists, as a person uses it."""

import json

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from etl.paths import ROOT
from matchatlas.applicant import Applicant
from matchatlas.matching.pair_list import ORDERS, arranged, both_at, in_force, moved, remarks
from matchatlas.plan import Partner, Plan, read, save
from matchatlas.road.targets import MOST_RANKS, TargetProgram
from matchatlas.web import held

ME = Applicant(applicant_type="Non-US IMG", specialty="Neurology")


def programs(count: int, specialty: str, **more) -> list[TargetProgram]:
    return [TargetProgram(program=f"{specialty} {n}", specialty=specialty, **more) for n in range(count)]


def ranked(those: list[TargetProgram]) -> dict:
    return {"programs": those, "rank_order": [program.label for program in those]}


def opened(plan: Plan) -> AppTest:
    app = AppTest.from_file(str(ROOT / "matchatlas/web/navigation.py"), default_timeout=300)
    app.session_state[held.PLAN] = plan
    return app.switch_page(str(ROOT / "pages/rank_list.py")).run()


def couple(own=3, theirs=2) -> Plan:
    partner = Partner(applicant_type="US DO Senior", **ranked(programs(theirs, "Pediatrics", state="Ohio")))
    return Plan(applicant=ME, partner=partner, **ranked(programs(own, "Psychiatry", state="Ohio")))


def press(app: AppTest, label: str) -> AppTest:
    next(button for button in app.button if button.label == label).click()
    return app.run()


def said(app: AppTest) -> str:
    parts = (app.markdown, app.warning, app.info, app.error)
    return "\n".join(element.value for part in parts for element in part).replace("\\", "")


def test_pairs_are_made_moved_taken_out_and_undone():
    app = opened(couple())
    assert "Make the pairs first" in said(app)
    press(app, "Make the pairs")
    made = app.session_state[held.PLAN].pairs
    assert len(made) == 3 * 2 + 3 + 2
    assert made[0] == ("Psychiatry 0 · Psychiatry", "Pediatrics 0 · Pediatrics")
    assert all("" in pair for pair in made[6:])
    app.selectbox(key="rank_pair").set_value(made[4])
    app.number_input(key="rank_pair_to").set_value(2)
    press(app, "Move it")
    assert app.session_state[held.PLAN].pairs == (made[0], made[4], *made[1:4], *made[5:])
    assert "stands above pair" in said(app)
    press(app, "Take it out")
    assert made[4] not in app.session_state[held.PLAN].pairs
    press(app, "Add the 1 missing at the end")
    assert app.session_state[held.PLAN].pairs[-1] == made[4]
    for _ in range(4):
        press(app, "Undo")
    assert app.session_state[held.PLAN].pairs == ()
    assert not app.exception


def test_a_couples_odds_stand_beside_the_published_rates():
    app = opened(couple())
    press(app, "Make the pairs")
    press(app, "Run the Matches")
    words = said(app)
    assert "Both matched in" in words and "simulated Matches, one in" in words
    assert "738 couples of 2008" in words
    assert "In 2025, 93.2 % of the people in couples matched." in words
    assert not app.exception


def test_pairs_of_a_program_that_is_taken_off_rest_and_come_back():
    app = opened(couple())
    press(app, "Make the pairs")
    app.button(key="off Psychiatry 0 · Psychiatry").click().run()
    assert "pairs rest: a program of theirs is ranked no more" in said(app)
    press(app, "Undo")
    assert "rest:" not in said(app)
    # The partner's programs are on no target list: with one its pairs go.
    app.button(key="rank_partner off Pediatrics 1 · Pediatrics").click().run()
    kept = app.session_state[held.PLAN]
    assert len(kept.pairs) == 3 + 3 + 1
    assert [program.program for program in kept.partner.programs] == ["Pediatrics 0"]
    assert read(save(kept)) == kept
    assert not app.exception


@pytest.fixture
def uploaded():
    def upload(content: bytes) -> AppTest:
        app = opened(couple(theirs=0))
        app.file_uploader(key="rank_partner_file").set_value(("plan.json", content, "application/json"))
        return app.run()

    return upload


def test_the_partners_file_brings_the_lists_and_nothing_else(uploaded):
    years = programs(2, "Transitional Year", notes="private")
    theirs = programs(2, "Anesthesiology", position_type="advanced", notes="private", criteria={"City": 3})
    lists = ranked(theirs) | {"programs": [*theirs, *years, *programs(1, "Pathology")]}
    beside = {theirs[0].label: [year.label for year in years]}
    person = Applicant(applicant_type="US MD Senior", specialty="Anesthesiology", step2_ck=251)
    app = uploaded(save(Plan(id="another", applicant=person, supplemental=beside, **lists)))
    partner = app.session_state[held.PLAN].partner
    assert partner.applicant_type == "US MD Senior"
    assert [p.program for p in partner.programs] == [p.program for p in (*theirs, *years)]
    assert partner.supplemental == {theirs[0].label: tuple(year.label for year in years)}
    kept = save(app.session_state[held.PLAN]).decode()
    assert "private" not in kept and "251" not in kept and "City" not in kept


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"{", "This is not a plan saved here"),
        (json.dumps({"schema_version": 99}).encode(), "open it in a newer Match Atlas"),
        (save(Plan(id="another", applicant=ME)), "no rank order list yet"),
    ],
)
def test_a_partners_file_that_is_none_is_told_and_changes_nothing(uploaded, content, told):
    app = uploaded(content)
    assert told in said(app)
    assert app.session_state[held.PLAN] == couple(theirs=0)


def test_the_own_file_is_not_the_partners():
    own = couple(theirs=0).model_copy(update={"id": "mine"})
    app = opened(own)
    app.file_uploader(key="rank_partner_file").set_value(("plan.json", save(own), "application/json"))
    assert "This is your own plan" in said(app.run())


def test_a_supplemental_list_is_shown_under_its_program_and_run():
    later, years = programs(2, "Neurology", position_type="advanced"), programs(2, "Transitional Year")
    app = opened(Plan(applicant=ME, **ranked(later) | {"programs": [*later, *years]}))
    assert "Neurology 0 · Neurology is an advanced position and has no supplemental list" in said(app)
    order = [years[1].label, years[0].label]
    app.multiselect(key=f"years {later[0].label}").set_value(order).run()
    assert app.session_state[held.PLAN].supplemental == {later[0].label: tuple(order)}
    press(app, "The same for all")
    assert set(app.session_state[held.PLAN].supplemental.values()) == {tuple(order)}
    assert "no supplemental list" not in said(app)
    press(app, "Run the Matches")
    assert "Matched to an advanced position and to no first year for it" in said(app)
    press(app, "Undo")
    press(app, "Undo")
    assert app.session_state[held.PLAN].supplemental == {}
    assert app.multiselect(key=f"years {later[0].label}").value == []
    assert not app.exception


def test_a_year_typed_in_beside_an_advanced_position_is_not_ranked_by_itself():
    app = opened(Plan(applicant=ME, **ranked(programs(1, "Neurology", position_type="advanced"))))
    app.text_input(key="rank_name").set_value("Year House")
    app.selectbox(key="rank_specialty").set_value("Transitional Year")
    press(app, "Add")
    plan = app.session_state[held.PLAN]
    assert len(plan.programs) == 2 and len(plan.rank_order) == 1
    assert "choose it on the supplemental lists" in said(app)


def test_a_year_ranked_above_a_position_is_told():
    lists = ranked([*programs(1, "Transitional Year"), *programs(1, "Neurology", position_type="advanced")])
    assert "a year that you want beside" in said(opened(Plan(applicant=ME, **lists))).casefold()


def test_every_order_of_pairs_does_what_it_says():
    own, theirs = programs(3, "Psychiatry"), programs(3, "Pediatrics")
    places = {
        name: [
            (int(one[11]), int(two[11])) for one, two in arranged(own, theirs, name, "anywhere", alone=False)
        ]
        for name in ORDERS
    }
    both, mine, partners = places.values()
    assert [sum(pair) for pair in both] == sorted(sum(pair) for pair in both)
    assert mine == sorted(mine)
    assert partners == sorted(partners, key=lambda pair: pair[::-1])


def test_pairs_of_one_state_come_first_or_alone():
    own = [*programs(1, "Psychiatry", state="Ohio"), *programs(1, "Neurology", state="Utah")]
    theirs = [*programs(1, "Pediatrics", state="Utah"), *programs(1, "Pathology")]
    (first, *rest) = arranged(own, theirs, next(iter(ORDERS)), "same state first", alone=False)
    assert first == (own[1].label, theirs[0].label)
    assert len(rest) == 3
    assert arranged(own, theirs, next(iter(ORDERS)), "same state only", alone=False) == [first]


def test_a_list_of_pairs_ends_where_the_match_does_and_keeps_those_with_no_match():
    own, theirs = programs(30, "Psychiatry"), programs(30, "Pediatrics")
    made = arranged(own, theirs, next(iter(ORDERS)), "anywhere", alone=True)
    assert len(made) == len(set(made)) == MOST_RANKS
    assert sum("" in pair for pair in made) == 60


def test_remarks_name_what_a_couple_would_not_want():
    assert remarks([("A", "X"), ("A", ""), ("", "X")], ["A"], ["X"]) == []
    told = " ".join(remarks([("B", "X"), ("A", "X")], ["A", "B"], ["X", "Y"]))
    assert "Y, which your partner ranks, stands in no pair" in told
    assert "No pair lets one of you go without a match" in told
    assert "Pair 1 stands above pair 2" in told


def test_moving_and_resting_keep_all_other_pairs():
    pairs = [("A", "X"), ("A", "Y"), ("B", "X"), ("", "Y")]
    assert moved(pairs, pairs[3], 1) == [pairs[3], *pairs[:3]]
    assert moved(pairs, pairs[0], 4) == [*pairs[1:], pairs[0]]
    assert in_force(pairs, ["B"], ["X", "Y"]) == pairs[2:]


def test_places_with_both_specialties_are_counted_and_the_scarcer_leads():
    rows = pd.DataFrame(
        [("Ohio", "A", 5), ("Ohio", "B", 1), ("Utah", "A", 3), ("Utah", "B", 4), ("Iowa", "A", 1)],
        columns=["state", "specialty", "positions"],
    )
    assert both_at(rows, "A", "B", ["state"]).values.tolist() == [["Utah", 3, 4], ["Ohio", 5, 1]]
    assert both_at(rows, "A", "A", ["state"])["state"].tolist() == ["Ohio", "Utah"]
    assert both_at(rows, "A", "Z", ["state"]).empty
