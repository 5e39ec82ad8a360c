"""Every page through Streamlit's own test harness, with each choice a visitor can make."""

import pytest
from streamlit.testing.v1 import AppTest

from etl.paths import ROOT

PAGES = sorted(path.name for path in (ROOT / "pages").glob("*.py"))
TYPES = ["US MD Senior", "US DO Senior", "US IMG", "Non-US IMG", "US MD Graduate", "US DO Graduate"]


def open_page(page: str, **query) -> AppTest:
    app = AppTest.from_file(str(ROOT / "matchatlas/navigation.py"), default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    if page != "start.py":
        app.switch_page(str(ROOT / "pages" / page)).run()
    return app


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("applicant_type", TYPES)
def test_page_runs_for_every_applicant_type(page, applicant_type):
    app = open_page(page)
    choices = [box for box in app.selectbox if box.key == "type"]
    if choices:
        choices[0].select(applicant_type).run()
    assert not app.exception
    assert app.title


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
