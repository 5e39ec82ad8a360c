"""The JSON API against its own description, the catalog and the estimator."""

from urllib.parse import urlencode

import jsonschema
import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st

from matchatlas.applicant import Applicant
from matchatlas.catalog.database import open_catalog
from matchatlas.web import api as module
from matchatlas.web import ui
from matchatlas.web.api import api

client = TestClient(api)
DESCRIPTION = client.get("/openapi.json").json()
PATHS = sorted(DESCRIPTION["paths"])
NAMES = sorted({p["name"] for path in PATHS for p in DESCRIPTION["paths"][path]["get"]["parameters"]})
VALUES = (
    "Non-US IMG",
    "US MD Senior",
    "Internal Medicine",
    "Neurology",
    "2025",
    "250",
    "8",
    "-1",
    "0",
    "true",
    "",
    "9" * 400,
    "NaN",
    "1e9",
    "'; DROP TABLE applicants; --",
    "\x00",
    "2026-13-01",
    "é",
)


def told_as_documented(path: str, answer) -> None:
    """The answer has a documented status, and the documented form for it."""
    documented = DESCRIPTION["paths"][path]["get"]["responses"]
    assert str(answer.status_code) in documented
    schema = documented[str(answer.status_code)]["content"]["application/json"]["schema"]
    jsonschema.validate(answer.json(), schema | {"components": DESCRIPTION["components"]})


@given(
    path=st.sampled_from(PATHS),
    query=st.lists(
        st.tuples(st.sampled_from([*NAMES, "unheard_of"]), st.sampled_from(VALUES) | st.text(max_size=20)),
        max_size=5,
    ),
)
@settings(max_examples=300, deadline=None, derandomize=True)
def test_whatever_is_asked_the_answer_is_as_documented(path, query):
    encoded = urlencode(query, errors="surrogatepass")
    told_as_documented(path, client.get(f"{path}?{encoded}"))


@pytest.mark.parametrize("path", ["/rates", "/outcomes", "/positions"])
def test_every_figure_names_a_source_that_is_told(path):
    answer = client.get(path).json()
    assert len(answer["rows"]) > 50
    assert {row["source_id"] for row in answer["rows"]} == set(answer["sources"])


def test_filters_give_the_catalogs_rows(catalog):
    asked = {"applicant_type": "US IMG", "match_year": 2025}
    [row] = client.get("/rates", params=asked).json()["rows"]
    rates = catalog.match_rates()
    own = rates[(rates["applicant_type"] == "US IMG") & (rates["match_year"] == 2025)].iloc[0]
    assert (row["matched"], row["active"]) == (own["matched"], own["active"])


def test_an_estimate_is_the_models_with_interval_n_years_and_sources():
    asked = {"applicant_type": "Non-US IMG", "specialty": "Internal Medicine", "step2_ck": 250}
    answer = client.get("/estimate", params=asked).json()
    [row] = answer["rows"]
    expected = ui.model(open_catalog()).estimate(Applicant(**asked))
    assert (row["rate"], row["low"], row["high"]) == (expected.center, expected.low, expected.high)
    assert row["low"] < row["rate"] < row["high"]
    assert (row["base"]["n"], row["base"]["years"]) == (expected.base.n, [2026])
    assert set(row["source_ids"]) == set(answer["sources"]) != set()


@pytest.mark.parametrize(
    "query, status, said",
    [
        ("/rates?match_year=1950", 404, "match_year = 1950"),
        ("/rates?match_year=soon", 422, "match_year"),
        ("/rates?year=2025", 422, "year: Extra inputs"),
        ("/estimate?applicant_type=US IMG&specialty=Wizardry", 404, "Wizardry"),
        ("/estimate?applicant_type=US IMG&specialty=Neurology&step2_ck=999", 422, "from 1 to 300"),
        ("/estimate?specialty=Neurology", 422, "applicant_type"),
        ("/elsewhere", 404, "Not Found"),
    ],
)
def test_a_refusal_says_why(query, status, said):
    answer = client.get(query)
    assert answer.status_code == status
    assert any(said in reason for reason in answer.json()["errors"])


def test_nothing_can_be_written():
    for path in PATHS:
        assert client.post(path).status_code == 405
        assert client.delete(path).status_code == 405


def test_an_answer_may_be_kept_until_the_build_changes():
    first = client.get("/rates")
    again = client.get("/rates", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = client.get("/rates", headers={"If-None-Match": '"another-build"'})
    assert other.status_code == 200


def test_without_a_database_it_says_so(monkeypatch, tmp_path):
    monkeypatch.setattr(module, "open_catalog", lambda: open_catalog(tmp_path / "none"))
    answer = client.get("/rates")
    told_as_documented("/rates", answer)
    assert answer.status_code == 503


def test_every_table_can_be_asked_for_with_its_words(catalog):
    tables = client.get("/tables").json()["tables"]
    assert {table["mart"] for table in tables} == set(catalog.marts()["mart"])
    for table in tables:
        answer = client.get(f"/tables/{table['mart']}", params={"limit": 3})
        told_as_documented("/tables/{mart}", answer)
        body = answer.json()
        assert body["total"] == len(catalog.table(table["mart"]))
        for row in body["rows"]:
            assert list(row) == [column["column"] for column in table["columns"]]
            assert row.get("source_id") is None or row["source_id"] in body["sources"]


def test_the_description_tells_what_a_property_means():
    properties = DESCRIPTION["components"]["schemas"]["Rate"]["properties"]
    assert all("Unit:" in entry["description"] for entry in properties.values())
