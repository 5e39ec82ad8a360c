"""Every page through Streamlit's own test harness, with each choice a visitor can make."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from etl.paths import ROOT
from matchatlas.applicant import Applicant
from matchatlas.plan import Plan, Scenario
from matchatlas.road.targets import TargetProgram
from matchatlas.web import session

PAGES = sorted(path.name for path in (ROOT / "pages").glob("*.py"))
TYPES = ["US MD Senior", "US DO Senior", "US IMG", "Non-US IMG", "US MD Graduate", "US DO Graduate"]


def open_page(page: str, **query) -> AppTest:
    app = AppTest.from_file(str(ROOT / "matchatlas/web/navigation.py"), default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    if page != "start.py":
        app.switch_page(str(ROOT / "pages" / page)).run()
    return app


def words(app: AppTest) -> str:
    """All that a page says: headings, prose, HTML, metrics and notes."""

    def parts(node):
        for child in getattr(node, "children", {}).values():
            yield from parts(child)
        said = getattr(node, "proto", None)
        if type(said).__name__ in ("Markdown", "Html", "Heading", "Metric", "Alert", "Text"):
            yield str(said)

    return "\n".join(parts(app._tree))


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("applicant_type", TYPES)
def test_no_page_says_a_figure_that_is_none(page, applicant_type):
    # In some years nobody of a type ranked Thoracic Surgery: none of none is no rate.
    app = open_page(page, type=applicant_type, specialty="Thoracic Surgery")
    assert not app.exception
    assert re.findall(r".{0,40}\b(?:nan|NaN|NaT|None|inf)\b.{0,20}", words(app)) == []


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("applicant_type", TYPES)
def test_page_runs_for_every_applicant_type(page, applicant_type):
    app = open_page(page)
    choices = [box for box in app.selectbox if box.key == "type"]
    if choices:
        choices[0].select(applicant_type).run()
    assert not app.exception
    assert app.title


IMG = Applicant(
    applicant_type="Non-US IMG",
    specialty="Internal Medicine",
    step2_ck=248,
    contiguous_ranks=6,
    specialties_ranked=2,
    visa_need="J-1",
    step1_first_attempt_pass=True,
    ecfmg_certified=False,
    ecfmg_expected="2028-03-10",
    target_match_year=2028,
    us_letters=2,
    usce_externship_months=1,
)
PROGRAMS = (
    TargetProgram(program="Alpha Hospital", specialty="Internal Medicine", state="Ohio", visas="J-1"),
    TargetProgram(program="Beta Clinic", specialty="Family Medicine", visas="none", score_cutoff=250),
)
FULL_PLAN = Plan(
    applicant=IMG,
    programs=PROGRAMS,
    rank_order=tuple(program.label for program in PROGRAMS),
    scenarios=(Scenario(name="Ten points more", applicant=IMG.model_copy(update={"step2_ck": 258})),),
    done=("step2_ck",),
    interview_notes={"journey": "A note"},
)


@pytest.mark.parametrize("page", PAGES)
def test_page_runs_with_a_full_plan(page):
    app = AppTest.from_file(str(ROOT / "matchatlas/web/navigation.py"), default_timeout=60)
    for key, value in session.state_of(FULL_PLAN).items():
        if value is not None:
            app.session_state[key] = value
    app.run()
    if page != "start.py":
        app.switch_page(str(ROOT / "pages" / page)).run()
    assert not app.exception
    assert app.session_state["ck"] == 248, "the profile is kept on every page"


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    "hostile", ["Wizard", "'; DROP TABLE applicants; --", "<script>alert(1)</script>", "9" * 5000]
)
def test_hostile_parameters_fall_back_with_a_note(page, hostile):
    names = ("type", "measure", "year", "table", "specialty", "positions_year")
    app = open_page(page, **dict.fromkeys(names, hostile))
    assert not app.exception
    if app.selectbox and page == "start.py":
        assert any("not to be had here" in note.value for note in app.info)
