"""What the server tells, refuses and logs."""

import asyncio
import csv
import http.client
import io
import json
import re
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from urllib.error import HTTPError

import duckdb
import pandas as pd
import pytest

from benchmarks.client import ScriptFailed, Visitor
from benchmarks.server import started
from etl.build import live_build_id
from etl.paths import ROOT, Paths
from matchatlas.catalog.database import open_catalog
from matchatlas.web import serving, ui


def run(coroutine):
    """The coroutine's result. Playwright's own loop may be running in this thread, so in another."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()


FAILING = """
import streamlit as st
st.title("Profile " + st.query_params["ck"])
int("the visitor's " + st.query_params["ck"])
"""
FAILING_APP = """
import sys
sys.path.insert(0, {root!r})
import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Route
from matchatlas.web import serving

def broken(request):
    raise ValueError("secret-" + request.query_params["ck"])

serving.log_one_line_a_problem()
app = st.App("page.py", routes=[Route("/broken", broken)], middleware=[Middleware(serving.Guard)],
             on_script_error=serving.show_problem)
"""


def answer_of(address: str):
    try:
        return urllib.request.urlopen(address, timeout=20)
    except HTTPError as refusal:
        return refusal


@pytest.mark.parametrize("path", ["/", "/healthz", "/api/v1/rates", "/_stcore/health", "/what_if?ck=250"])
def test_every_answer_carries_the_security_headers(server, path):
    headers = answer_of(server + path).headers
    assert {name: headers[name] for name in serving.HEADERS} == serving.HEADERS
    assert re.fullmatch("[0-9a-f]{8}", headers["X-Request-ID"])


def test_no_script_but_the_servers_own_may_run():
    rules = dict(rule.split(" ", 1) for rule in serving.POLICY.split("; "))
    assert "unsafe-inline" not in rules["script-src"]
    assert "'unsafe-eval'" not in rules["script-src"]
    assert "http" not in serving.POLICY and "*" not in serving.POLICY


def test_no_page_breaks_the_content_policy_and_a_csv_comes_when_asked_for(browser, server):
    context = browser.new_context()
    context.set_default_timeout(120_000)
    page, broken = context.new_page(), []
    page.on("console", lambda said: broken.append(said.text) if "Content Security" in said.text else 0)
    for file in sorted((ROOT / "pages").glob("*.py")):
        page.goto(f"{server}/{file.stem if file.stem != 'start' else ''}")
        page.wait_for_selector("h1")
        page.wait_for_timeout(300)
    page.goto(f"{server}/specialties")
    page.wait_for_selector(".js-plotly-plot .point")
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").first.click()
    lines = download.value.path().read_text("utf-8-sig").splitlines()
    context.close()
    assert broken == []
    assert "source_id" in lines[0] and len(lines) > 10


def test_health_tells_the_build_and_whether_there_is_one(server, monkeypatch, tmp_path):
    told = json.load(answer_of(f"{server}/healthz"))
    assert told["ready"] and told["build_id"] == live_build_id(Paths())
    monkeypatch.setattr(serving, "open_catalog", lambda: open_catalog(tmp_path / "none"))
    assert serving.healthz(None).status_code == serving.readyz(None).status_code == 503


def test_ready_is_who_has_the_estimator_fitted(monkeypatch):
    fitted = []
    monkeypatch.setattr(serving.ui, "model", lambda of: fitted.append(of.build_id))
    assert serving.healthz(None).status_code == 200 and fitted == []
    assert serving.readyz(None).status_code == 200 and fitted == [live_build_id(Paths())]


def test_an_upload_needs_the_token_of_the_page(server):
    host = server.removeprefix("http://")
    connection = http.client.HTTPConnection(host, timeout=20)
    connection.request("PUT", "/_stcore/upload_file/nobody/1", body=b"x")
    assert connection.getresponse().status in (400, 403)


def test_a_message_beyond_the_limit_closes_the_session(server):
    async def flood():
        async with Visitor(server) as visitor:
            await visitor.open()
            await visitor._socket.send(b"\x00" * 2_500_000)
            await visitor._socket.wait_closed()
            return visitor._socket.close_code

    assert run(asyncio.wait_for(flood(), 60)) == 1009


def test_the_database_takes_no_writing_and_reaches_no_file(catalog):
    for statement in (
        "CREATE TABLE x (y INT)",
        "DELETE FROM applicants",
        "COPY applicants TO '/tmp/x.csv'",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SET enable_external_access = true",
        "INSTALL httpfs",
        "ATTACH '/tmp/other.duckdb'",
    ):
        with pytest.raises(duckdb.Error):
            catalog._query(statement)


@pytest.mark.parametrize("prefix", ["", " ", "  \t", "\t", "\r", "\n", "\u00a0", "\ufeff"])
@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1+1", "@SUM(A1)", '=HYPERLINK("http://x")', "＝1"])
def test_no_cell_of_an_exported_csv_is_run_as_a_formula(prefix, formula):
    data = pd.DataFrame({prefix + formula: [prefix + formula, "plain", None], "n": [-1, 2, 3]})
    rows = list(csv.reader(io.StringIO(ui.to_csv(data).decode("utf-8-sig"), newline="")))
    for cell in (rows[0][0], rows[1][0]):
        assert cell == "'" + prefix + formula
    assert [row[1] for row in rows[1:]] == ["-1", "2", "3"]
    assert rows[2][0] == "plain"


def test_a_problem_is_one_line_without_the_visitors_words(tmp_path):
    (tmp_path / "page.py").write_text(FAILING)
    (tmp_path / "app.py").write_text(FAILING_APP.format(root=str(ROOT)))
    with started(tmp_path / "app.py", log=tmp_path / "log") as address:

        async def visit():
            async with Visitor(address) as visitor:
                await visitor.open(query="ck=251&name=Jane")

        with pytest.raises(ScriptFailed) as shown:
            run(visit())
        answer = answer_of(f"{address}/broken?ck=251&name=Jane")
        assert answer.status == 500
        assert b"251" not in answer.read()
    lines = [line for line in (tmp_path / "log").read_text().splitlines() if "problem" in line]
    assert len(lines) == 2
    page, route = lines
    assert "ValueError at " in page
    assert re.search(r"problem (\w+)", str(shown.value))[1] in page
    assert answer.headers["X-Request-ID"] in route
    for line in lines:
        assert f"build {live_build_id(Paths())}" in line
    logged = (tmp_path / "log").read_text()
    assert "251" not in logged and "Jane" not in logged and "Traceback" not in logged


def test_every_dependency_is_pinned_by_hash_to_what_requirements_name():
    locked = (ROOT / "requirements.lock").read_text()
    entries = re.findall(r"^(\S+==\S+).*((?:\n    --hash=sha256:[0-9a-f]{64}.*)+)", locked, re.M)
    pins = {pin.lower() for pin, _ in entries}
    assert len(pins) == len(re.findall(r"^\S+==", locked, re.M)) > 40
    named = (ROOT / "requirements.txt").read_text().lower().split()
    assert not set(named) - pins, "requirements.lock is older than requirements.txt: make lock"
