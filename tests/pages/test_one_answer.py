"""One profile meets one number for one question, on whatever page it looks."""

import re
from datetime import date

import pytest
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from etl.paths import ROOT
from matchatlas.applicant import Applicant
from matchatlas.catalog.database import open_catalog
from matchatlas.odds.estimator import EstimatorTables, fit
from matchatlas.plan import Plan
from matchatlas.report import html
from matchatlas.report.build import build
from matchatlas.road.targets import TargetProgram
from matchatlas.web import held
from matchatlas.web.api import api
from tests.pages.test_report import Reader

PAGES = ("start.py", "what_if.py", "consultation.py", "interviews.py", "rank_list.py")
PROFILES = [
    {
        "applicant_type": "Non-US IMG",
        "specialty": "Internal Medicine",
        "step2_ck": 243,
        "contiguous_ranks": 4,
    },
    {
        "applicant_type": "Non-US IMG",
        "specialty": "Psychiatry",
        "step2_ck": 238,
        "contiguous_ranks": 6,
        "second_specialty": "Family Medicine",
        "second_ranks": 5,
        "visa_need": "J-1",
    },
    {"applicant_type": "US MD Senior", "specialty": "Orthopaedic Surgery", "step2_ck": 251},
    {"applicant_type": "US IMG", "specialty": "Family Medicine", "step2_ck": 240, "contiguous_ranks": 3},
]


def shown(page: str, plan: Plan) -> str:
    app = AppTest.from_file(str(ROOT / "matchatlas/web/navigation.py"), default_timeout=300)
    app.session_state[held.PLAN] = plan
    app.run() if page == "start.py" else app.switch_page(str(ROOT / "pages" / page)).run()
    assert not app.exception
    return "\n".join(part.value for part in app.markdown).replace("\\", "")


def chances(text: str) -> set[tuple[str, str]]:
    """Every question of the card with its figure and range."""
    first = re.findall(r"\*\*(To match in [^*]+)\*\* · .*\n+## (\d+ of 100) :small\[range ([^\]]+)\]", text)
    others = re.findall(r"^(To match in .+): about (\d+ %, range [\d to%]+)", text, re.M)
    return {(question, f"{rate}, {span}") for question, rate, span in first} | set(others)


@pytest.mark.parametrize("known", PROFILES, ids=lambda known: known["specialty"])
def test_one_profile_meets_one_number_for_one_question(known):
    applicant = Applicant(**known)
    program = TargetProgram(program="Alpha", specialty=applicant.specialty, hardness="about my level")
    plan = Plan(applicant=applicant, programs=(program,), rank_order=(program.label,), stage="interviewing")
    pages = {page: shown(page, plan) for page in PAGES}
    met = {page: chances(text) for page, text in pages.items()}
    first = met["what_if.py"]
    assert len(first) == (3 if applicant.second_specialty else 1)
    assert all(found == first for found in met.values()), met
    # No sentence beside the card has another number for the same question.
    sentences = {
        told for text in pages.values() for told in re.findall(r"[Aa]bout \d+ of 100 such.*?%", text)
    }
    assert len(sentences) == 1
    # The API and the report that is taken home say the same.
    catalog = open_catalog()
    asked = applicant.model_dump(mode="json", exclude_none=True)
    center = TestClient(api).get("/estimate", params=asked).json()["rows"][0]["rate"]
    told = Reader(
        html.render(build(plan, fit(EstimatorTables.of(catalog)), catalog, 2027, date(2026, 11, 25)))
    ).text
    rate = f"{100 * center:.0f}"
    assert (f"To match in {applicant.specialty}", rate) in {(q, r.split(" ")[0]) for q, r in first}
    assert f"About {rate} of 100 such applicants" in told
    for question, figure in first:
        if "of 100" not in figure:
            assert f"{question}: about {figure}" in told
