"""The Programs and Interviews pages, on shipped sums and on an imported program list."""

import random

import duckdb
import pandas as pd
import pytest

from etl.build import build
from matchatlas.applicant import Applicant
from matchatlas.catalog.database import Catalog, open_catalog
from matchatlas.odds.how_many import how_many
from matchatlas.plan import Plan
from matchatlas.road.interviews import DECK
from matchatlas.road.targets import TargetProgram
from matchatlas.web import session, ui
from tests.conftest import copy_of_inputs
from tests.pages.test_pages import open_page

NAMES = {"Internal Medicine": "140C", "Family Medicine": "120C", "Medicine-Preliminary": "140P"}
STATES = ["Florida", "New York", "Texas"]
SOURCE = "nrmp-2025-match-totals"


def made_up_rows(seed: int) -> pd.DataFrame:
    """120 invented programs in the Matches of 2024 to 2026, as an import holds them."""
    draw = random.Random(seed)
    rows = []
    for number in range(120):
        name = draw.choice(list(NAMES))
        program = name if draw.random() < 0.7 else f"{name.split()[0]}/Site {number}"
        place = {
            "state": draw.choice(STATES),
            "institution": f"Hospital {number}",
            "city": f"City {number % 7}",
            "program": program,
            "code": f"{1000 + number}{NAMES[name]}{draw.randint(0, 9)}",
        }
        for year in (2024, 2025, 2026):
            quota = draw.choice([0, 2, 5, 9, 30])
            filled = draw.choice([quota, draw.randint(0, quota)])
            rows.append({"match_year": year, **place, "quota": quota, "filled": filled})
    return pd.DataFrame(rows).assign(source_id=SOURCE)


@pytest.fixture(scope="module")
def imported(tmp_path_factory):
    """A catalog over the shipped tables and an imported program list."""
    paths = copy_of_inputs(tmp_path_factory.mktemp("imported"))
    (paths.imports / "nrmp").mkdir(parents=True)
    made_up_rows(1).to_csv(paths.imports / "nrmp/program_positions_try.csv", index=False)
    build(paths)
    return Catalog(paths.database.resolve())


@pytest.fixture
def with_import(imported, monkeypatch):
    monkeypatch.setattr(ui, "open_catalog", lambda: imported)
    return imported


def put(app, programs, **profile):
    """Give the session a target list, as an opened file would."""
    person = Applicant(applicant_type="Non-US IMG", specialty="Internal Medicine", **profile)
    app.session_state[session.PLAN] = Plan(applicant=person, programs=programs)
    return app.run()


def test_the_specialty_comes_from_the_name_or_the_code_of_like_programs(imported):
    programs = imported.program_list().set_index("code")
    kinds = {
        "140C": "Internal Medicine",
        "120C": "Family Medicine",
        "140P": "Internal Medicine (Preliminary)",
    }
    assert set(programs["specialty"]) == set(kinds.values())
    assert (programs["specialty"] == programs.index.str[4:8].map(kinds)).all()


def test_the_list_holds_the_newest_match_and_each_record_of_fill(imported):
    rows = made_up_rows(1)
    rows = rows[rows["quota"] > 0]
    found = imported.program_list().set_index("code")
    newest = rows[rows["match_year"] == 2026].set_index("code")
    assert set(found.index) == set(newest.index)
    assert (found["quota"] == newest["quota"].reindex(found.index)).all()
    unfilled = rows[rows["filled"] < rows["quota"]].groupby("code").size()
    assert (found["matches_unfilled"] == unfilled.reindex(found.index).fillna(0)).all()
    assert (found["matches"] == rows.groupby("code").size().reindex(found.index)).all()


@pytest.mark.parametrize(
    ("query", "where"),
    [
        ({}, "TRUE"),
        ({"program_states": "Florida"}, "state = 'Florida'"),
        ({"fill": "Positions unfilled in the last Match"}, "filled < quota"),
        ({"find": "city 3"}, "city = 'City 3'"),
        ({"size": ["5", "9"]}, "quota BETWEEN 5 AND 9"),
        (
            {
                "program_states": ["Texas", "Florida"],
                "size": ["9", "30"],
                "fill": "Positions unfilled in the last Match",
            },
            "state IN ('Texas', 'Florida') AND quota >= 9 AND filled < quota",
        ),
    ],
)
def test_the_finder_finds_what_sql_finds_on_the_rows(with_import, query, where):
    app = open_page("programs.py", **query, program_specialties="Internal Medicine")
    assert not app.exception
    rows = made_up_rows(1)  # noqa: F841  (read by the query)
    expected = duckdb.sql(
        f"""SELECT code FROM rows WHERE match_year = 2026 AND quota > 0 AND code[5:8] = '140C'
            AND {where} ORDER BY code"""
    ).df()["code"]
    assert len(expected)
    assert sorted(app.dataframe[-1].value["code"]) == expected.tolist()
    assert any(mark.value.startswith(f"{len(expected)} of ") for mark in app.markdown)


def test_without_an_import_the_sums_are_shown_and_how_to_add_the_list(catalog):
    app = open_page("programs.py", program_states="Florida")
    assert any("Bring the publisher's report" in note.value for note in app.info)
    shown = app.dataframe[-1].value
    sums = catalog.state_specialties()
    newest = sums[sums["match_year"] == sums["match_year"].max()]
    published = newest[(newest["state"] == "Florida") & (newest["specialty"] == "Internal Medicine")]
    assert shown["offered"].tolist() == published["offered"].tolist()


def test_the_sums_are_found_by_region_as_programs_are(catalog):
    app = open_page("programs.py", program_states="Northeast", program_specialties="Psychiatry")
    shown = app.dataframe[-1].value
    sums = catalog.openings()
    northeast = {"Connecticut", "Maine", "Massachusetts", "New Hampshire", "New Jersey", "New York"}
    northeast |= {"Pennsylvania", "Rhode Island", "Vermont"}
    expected = sums[sums["state"].isin(northeast) & (sums["specialty"] == "Psychiatry")]
    assert len(expected) and sorted(shown["state"]) == sorted(expected["state"])
    assert shown["offered"].sum() == expected["offered"].sum()


def test_stops_and_standing_are_told_in_words():
    app = open_page("programs.py", visa="H-1B", ck="235")
    put(
        app,
        (
            TargetProgram(program="Shut", specialty="Internal Medicine", visas="J-1", score_cutoff=240),
            TargetProgram(program="Blank", specialty="Internal Medicine"),
        ),
        visa_need="H-1B",
        step2_ck=235,
    )
    told = {
        box.label: box.markdown[0].value
        for box in app.expander
        if box.label.endswith(")") or ":" in box.label
    }
    stopped = next(text for label, text in told.items() if label.startswith("Cannot take you (1)"))
    assert "does not sponsor your visa (H-1B; it sponsors J-1)" in stopped
    assert "your Step 2 CK of 235 is below its score cutoff of 240" in stopped
    assert any(label.startswith("Nothing known of it yet (1)") for label in told)


def cards(app) -> list[str]:
    return [button.label for button in app.button if button.label.startswith("Change Hospital")]


def test_a_program_is_changed_on_its_card_and_signals_are_counted_against_the_allotment():
    app = open_page("programs.py")
    programs = tuple(
        TargetProgram(program=f"Hospital {n}", specialty="Internal Medicine", status="applied", signal="gold")
        for n in range(9)
    )
    put(app, programs)
    assert len(cards(app)) == 9
    assert any("of 3 gold, 6 too many" in mark.value for mark in app.markdown)
    app.button(key=f"change {programs[4].label}").click().run()
    next(box for box in app.selectbox if box.label == "Status").set_value("ranked")
    next(box for box in app.text_area if box.label == "Notes").input("Kind people")
    next(button for button in app.button if button.label == "Keep it so").click().run()
    assert not app.exception
    kept = app.session_state[session.PLAN].programs
    assert (kept[4].status, kept[4].interviewed, kept[4].notes) == ("ranked", True, "Kind people")
    assert kept[:4] + kept[5:] == programs[:4] + programs[5:]


def test_three_hundred_programs_come_a_dozen_at_a_time_by_status_and_words():
    app = open_page("programs.py")
    programs = tuple(
        TargetProgram(
            program=f"Hospital {n}", specialty="Internal Medicine", status="applied" if n % 2 else "invited"
        )
        for n in range(300)
    )
    put(app, programs)
    assert cards(app)[-1] == "Change Hospital 11 · Internal Medicine" and len(cards(app)) == 12
    next(button for button in app.button if button.label == "Programs after").click().run()
    assert cards(app)[0] == "Change Hospital 12 · Internal Medicine"
    app.text_input(key="cards_find").input("HOSPITAL 29").run()
    assert len(cards(app)) == 12
    next(button for button in app.button if button.label == "Programs after").click().run()
    assert cards(app) == ["Change Hospital 299 · Internal Medicine"]
    app.session_state["cards_at"] = "invited"
    app.run()
    assert len(cards(app)) == 5, "290 to 298"


def test_own_criteria_are_named_once_and_taken_away_with_their_marks():
    app = open_page("programs.py")
    put(app, (TargetProgram(program="A", specialty="Psychiatry", criteria={"Call": 3}),))
    for name in ("Training: hours", "training  hours", "City"):
        app.text_input(key="new_criterion").input(name)
        next(button for button in app.button if button.label == "Add it").click().run()
    assert app.session_state[session.PLAN].criteria == ("Training hours", "City")
    app.button(key="criterion City").click().run()
    app.button(key="criterion Call").click().run()
    plan = app.session_state[session.PLAN]
    assert (plan.criteria, plan.programs[0].criteria) == (("Training hours",), {})
    assert not app.exception


def test_a_link_brings_programs_and_says_what_it_cannot(with_import):
    codes = with_import.program_list()["code"].tolist()[:2]
    app = open_page("programs.py", targets=".".join([*codes, "9999999C9"]))
    assert any("names 1 programs by codes that this site does not know" in note.value for note in app.info)
    button = next(button for button in app.button if "link's 2" in button.label)
    button.click().run()
    assert not app.exception
    assert [program.code for program in app.session_state[session.PLAN].programs] == codes
    assert not any("link's" in button.label for button in app.button)


@pytest.mark.parametrize("hostile", ["." * 3000, "x" * 5000, "'; DROP TABLE programs; --"])
def test_a_hostile_link_does_no_harm(with_import, hostile):
    app = open_page("programs.py", targets=hostile)
    assert not app.exception


def test_a_typed_program_is_checked_and_added():
    app = open_page("programs.py")
    add = next(button for button in app.button if button.label == "Add to the list")
    add.click().run()
    assert any("write its name" in note.value for note in app.warning)
    app.text_input(key="new_program").input("General Hospital")
    app.number_input(key="new_img_percent").set_value(0)
    add = next(button for button in app.button if button.label == "Add to the list")
    add.click().run()
    assert not app.exception
    (program,) = app.session_state[session.PLAN].programs
    assert (program.program, program.specialty, program.img_percent, program.visas) == (
        "General Hospital",
        "Internal Medicine",
        0,
        None,
    )


def submit(app, **cells):
    for name, value in cells.items():
        kind = {"visas": app.selectbox, "score_cutoff": app.number_input}.get(name, app.text_input)
        kind(key=f"new_{name}").set_value(value)
    next(button for button in app.button if button.label == "Add to the list").click().run()
    assert not app.exception
    return "\n".join(note.value for note in (*app.success, *app.warning))


def test_the_form_is_empty_for_the_next_program_and_tells_doublets():
    app = open_page("programs.py", specialty="Psychiatry")
    told = submit(app, program="County", city="Tampa", visas="H-1B", score_cutoff=230)
    assert told.startswith("Added")
    for kind, name in (
        (app.text_input, "program"),
        (app.text_input, "city"),
        (app.selectbox, "visas"),
        (app.number_input, "score_cutoff"),
    ):
        assert not kind(key=f"new_{name}").value
    assert app.selectbox(key="new_specialty").value == "Psychiatry"
    assert "On your list already" in submit(app, program="  county ", city="Tampa")
    assert "It looks like County" in submit(app, program="County")
    kept = app.session_state[session.PLAN].programs
    assert [(p.program, p.city, p.visas) for p in kept] == [("County", "Tampa", "H-1B"), ("County", "", None)]


def test_a_csv_with_a_fault_changes_nothing_and_says_why():
    app = open_page("programs.py")
    upload = next(box for box in app.get("file_uploader") if box.label == "Your list")
    upload.upload("mine.csv", b"program,specialty\nGeneral,Infernal Medicine\n", "text/csv").run()
    assert any("row 2, column specialty" in code.value for code in app.code)
    assert session.PLAN not in app.session_state
    upload = next(box for box in app.get("file_uploader") if box.label == "Your list")
    upload.upload("mine.csv", b"program,specialty\nGeneral,Internal Medicine\n", "text/csv").run()
    assert len(app.session_state[session.PLAN].programs) == 1


def test_every_card_has_a_place_and_its_note_is_kept():
    app = open_page("interviews.py")
    for number, card in enumerate(DECK):
        assert app.subheader[0].value == card.question
        app.text_area[0].input(f"note on {card.id}").run()
        assert any(f"Notes on {number + 1} of {len(DECK)}" in bar.proto.text for bar in app.get("progress"))
        next(button for button in app.button if button.label == "Next question").click().run()
    assert app.subheader[0].value == DECK[0].question, "around the end"
    assert app.text_area[0].value == f"note on {DECK[0].id}"
    assert app.session_state[session.PLAN].interview_notes == {card.id: f"note on {card.id}" for card in DECK}


def test_an_opened_plan_brings_its_notes_to_the_card_on_screen():
    app = open_page("interviews.py", question="What is your visa status?")
    assert app.subheader[0].value == "What is your visa status?"
    app.text_area[0].input("mine").run()
    person = Applicant(applicant_type="US IMG", specialty="Pediatrics")
    app.session_state[session.PLAN] = Plan(applicant=person, interview_notes={"visa": "theirs"})
    app.run()
    assert app.text_area[0].value == "theirs"


def test_how_many_ranks_a_chance_takes_stands_above_the_deck_for_the_profile():
    app = open_page("interviews.py", ck="248", ranks="8")
    found = how_many(ui.model(open_catalog()), app.session_state[session.PLAN].applicant)
    said = "\n".join(element.value for element in app.markdown)
    for row in found.needed.itertuples():
        assert f"**{row.chance:.0%}: {row.ranks} ranks**, between {row.fewest} and {row.most}" in said
    assert f"You have 8. **One more: {found.one_more[0]:+.1f} points**" in said
    assert "at no further fee" in said
    app.number_input(key="ranks").set_value(20).run()
    assert "for $30 more in fees" in "\n".join(element.value for element in app.markdown)


def test_what_is_not_reached_is_said_and_a_type_without_a_curve_too():
    app = open_page("interviews.py", specialty="Otolaryngology")
    assert "**80%: not reached** within the 3 ranks" in "\n".join(element.value for element in app.markdown)
    app = open_page("interviews.py", type="US DO Senior")
    assert any("grows with the length of the list" in note.value for note in app.info)
