"""Scenarios of a consultation, and the page that compares them."""

import json

import pytest
from hypothesis import given, settings

from matchatlas.applicant import Applicant
from matchatlas.plan import Plan, Scenario, save
from matchatlas.report.consultation import application_fee, carry_over, preset_scenarios, presets
from tests.pages.test_pages import open_page
from tests.unit.test_plan import applicants

PROFILE = Applicant(
    applicant_type="Non-US IMG",
    specialty="Internal Medicine",
    step2_ck=245,
    contiguous_ranks=6,
    years_since_graduation=2,
)


def test_presets_change_what_they_say():
    made = presets(PROFILE, 2028)
    assert made["A year later"].target_match_year == 2029
    assert made["A year later"].years_since_graduation == 3
    assert made["10 points more"].step2_ck == 255
    assert made["Twice the ranks"].contiguous_ranks == 12
    assert made["Family Medicine"].specialty == "Family Medicine"
    unknown = presets(Applicant(applicant_type="US IMG", specialty="Family Medicine"), 2028)
    assert unknown["10 points more"] is None
    assert unknown["12 ranks"].contiguous_ranks == 12
    assert "Internal Medicine" in unknown


@given(applicants)
@settings(max_examples=100, deadline=None)
def test_presets_are_valid_profiles_or_not_to_be_had(person):
    for name, changed in presets(person, 2028).items():
        assert changed != person
        if changed:
            assert Applicant.model_validate(changed.model_dump()) == changed, name


def test_presets_end_at_the_edge():
    edge = PROFILE.model_copy(
        update={
            "step2_ck": 295,
            "contiguous_ranks": 300,
            "target_match_year": 2100,
            "years_since_graduation": 60,
        }
    )
    made = presets(edge, 2028)
    assert made["10 points more"].step2_ck == 300
    assert made["Twice the ranks"] is None
    assert made["A year later"] is None


def test_a_scenario_keeps_its_difference_when_the_profile_changes():
    scenarios = preset_scenarios(PROFILE, 2028)
    later = PROFILE.model_copy(update={"research_experiences": 5, "step2_ck": 250})
    carried = {s.name: s.applicant for s in carry_over(scenarios, PROFILE, later)}
    assert {person.research_experiences for person in carried.values()} == {5}
    assert carried["10 points more"].step2_ck == 255
    assert carried["Twice the ranks"].step2_ck == 250
    assert carried["Twice the ranks"].contiguous_ranks == 12


@pytest.mark.parametrize(("applications", "usd"), [(1, 11), (30, 330), (31, 360), (60, 1230)])
def test_fees_follow_the_published_tiers(catalog, applications, usd):
    assert application_fee(catalog.fee_tiers(), applications).usd == usd


def test_without_tiers_there_is_no_fee(catalog):
    assert application_fee(catalog.fee_tiers().head(0), 5) is None


def text(app) -> str:
    return "\n".join(part.value for part in app.markdown)


def consultation(**query):
    app = open_page("consultation.py", **query)
    app.number_input(key="ck").set_value(245)
    app.number_input(key="ranks").set_value(6)
    return app.run()


def press(app, label):
    return next(button for button in app.button if button.label == label).click().run()


def test_presets_make_columns_and_a_form_edits_them():
    app = consultation()
    for name in ("10 points more", "Twice the ranks"):
        app = press(app, name)
    assert not app.exception
    assert "**B · 10 points more**" in text(app)
    assert "Step 2 CK 245 → 255" in text(app).replace("\\", "")
    assert "points, between" in text(app)

    field = next(box for box in app.number_input if box.key.endswith("-step2_ck") and box.value == 255)
    field.set_value(265)
    app = press(app, "Apply")
    assert not app.exception
    assert "Step 2 CK 245 → 265" in text(app).replace("\\", "")

    app = press(app, "Remove")
    assert "10 points more**" not in text(app)
    assert "**B · Twice the ranks**" in text(app)


def test_a_scenario_cannot_take_anothers_name():
    app = consultation()
    for name in ("10 points more", "Twice the ranks"):
        app = press(app, name)
    next(box for box in app.text_input if box.value == "10 points more").set_value("Twice the ranks")
    app = press(app, "Apply")
    assert "two scenarios have the same name" in app.error[0].value


def test_the_address_carries_the_profile_only_on_request():
    app = consultation()
    assert not app.query_params
    app.toggle(key="share").set_value(True).run()
    shown = app.code[0].value
    assert "ck=245" in shown and "ranks=6" in shown and "share=true" in shown
    assert "sees the profile" in text(app)


def test_without_an_estimate_the_nearest_facts_stand_there():
    app = open_page("consultation.py")
    app.selectbox(key="type").select("US MD Graduate")
    app.selectbox(key="specialty").select("Dermatology").run()
    assert not app.exception
    assert "No table tells the outcomes of US MD Graduates" in app.info[0].value
    assert "filled 62 of 573 Dermatology positions" in text(app)


def test_presentation_mode_shows_one_part_at_a_time():
    app = consultation(present="true")
    assert not [box for box in app.text_input if "name" in box.label]
    app.segmented_control(key="track").select("5 · Next dates").run()
    assert [header.value for header in app.header] == ["5 · Next dates"]


def upload(app, content: bytes):
    box = next(box for box in app.file_uploader if box.key == "plan_file")
    return box.set_value(("plan.json", content, "application/json")).run()


def test_a_consultation_opens_from_its_file():
    held = Plan(
        applicant=PROFILE,
        client="Aisha [x](http://example.org)",
        applications=60,
        scenarios=[
            Scenario(name="*More* ranks", applicant=PROFILE.model_copy(update={"contiguous_ranks": 9}))
        ],
    )
    app = upload(open_page("consultation.py"), save(held))
    assert not app.exception
    assert app.number_input(key="ck").value == 245
    assert app.text_input(key="consultation_client").value == held.client
    assert "**B · \\*More\\* ranks**" in text(app)
    assert "$1,230" in text(app).replace("\\", "")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "cut short"),
        (b'{"schema_version": 9}', "of version 9"),
        (
            json.dumps({"schema_version": 1, "applicant_type": "US IMG", "specialty": "Wizardry"}).encode(),
            "a specialty that the tables do not know: Wizardry",
        ),
    ],
)
def test_a_file_that_is_no_plan_is_told_on_the_page(content, message):
    app = upload(open_page("consultation.py"), content)
    assert not app.exception
    assert message in app.error[0].value.replace("\\", "")
