"""Streamlit's page and files as the server hands them out: compressed, kept, and saying what opens."""

import gzip
import re
import urllib.request

import brotli
import plotly.graph_objects as go
import pytest
from plotly.basedatatypes import BaseTraceType
from plotly.offline import get_plotlyjs_version

from benchmarks.proxy import proxied
from etl.paths import ROOT
from matchatlas.web import front

DECODED = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}
OPENING = "The first visit takes some seconds"


@pytest.fixture(scope="module")
def proxy(server, tmp_path_factory):
    """The address of nginx before the server."""
    folder = tmp_path_factory.mktemp("nginx")
    folder.chmod(0o777)
    with proxied(folder, [int(server.rsplit(":", 1)[1])]) as address:
        yield address


@pytest.fixture(params=["bare", "nginx"])
def address(request, server):
    """The server's own address, and nginx's before it."""
    return server if request.param == "bare" else request.getfixturevalue("proxy")


def asked(address: str, accepted: str = ""):
    request = urllib.request.Request(address, headers={"Accept-Encoding": accepted} if accepted else {})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.headers, answer.read()


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, deflate", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("GZIP", "gzip"),
        ("identity, brotli, x-gzip", None),
        ("", None),
        ("br;q=much, ;;,", None),
    ],
)
def test_the_best_coding_that_a_browser_takes_is_chosen(accepted, coding):
    assert front.best_coding(accepted) == coding


@pytest.mark.parametrize("coding", ["br", "gzip", None])
def test_every_text_of_streamlit_arrives_compressed_and_is_kept_by_the_browser(address, coding):
    files = re.findall(r'"\.(/static/[^"]+\.(?:js|css))"', front.page())
    assert any("PlotlyChart" in name for name in files) and len(files) > 60
    for name in files:
        headers, content = asked(address + name, coding or "")
        assert headers["Content-Encoding"] == coding
        assert headers["Vary"] == "Accept-Encoding"
        assert "immutable" in headers["Cache-Control"]
        original = (front.FILES / name.removeprefix("/")).read_bytes()
        if "PlotlyChart" in name:
            assert len(DECODED[coding](content)) < len(original) / 2
        else:
            assert DECODED[coding](content) == original


@pytest.mark.parametrize("path", ["/", "/what_if", "/nowhere"])
def test_the_page_itself_is_asked_for_anew(address, path):
    headers, content = asked(address + path, "gzip")
    assert headers["Cache-Control"] == "no-cache"
    if path != "/nowhere":
        assert OPENING in gzip.decompress(content).decode()


@pytest.mark.parametrize("path", ["/", "/what_if?ck=251&type=US+IMG"])
def test_a_link_is_previewed_by_what_the_product_is_and_never_by_a_person(address, path):
    content = gzip.decompress(asked(address + path, "gzip")[1]).decode()
    for named in ('name="description"', 'property="og:title"', 'property="og:description"'):
        assert content.count(named) == 1
    assert front.SAYS in content and "251" not in content.split("</title>")[1].split("<script")[0]


def test_tables_of_the_api_and_the_proxys_second_answer_are_compressed(address):
    for _ in range(2):
        headers, content = asked(f"{address}/api/v1/rates", "gzip")
        assert headers["Content-Encoding"] == "gzip" and len(content) < len(gzip.decompress(content)) / 3
        headers, _ = asked(address + next(iter(front._texts())), "br")
        assert headers["Content-Encoding"] == "br" and headers["Content-Security-Policy"]


def test_what_is_no_file_of_streamlit_is_left_to_it(server):
    for path in ("/static/../index.html", "/static/js/none.js", "/static/js/", "/healthz"):
        assert front.answer(path, "br") is None


@pytest.mark.parametrize("path", ["", "what_if"])
def test_the_first_paint_says_what_opens_and_goes_when_the_page_is_there(browser, server, path):
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.set_default_timeout(60_000)
    held = []
    page.route("**/static/js/index.*", lambda route: held.append(route))
    page.goto(f"{server}/{path}", wait_until="commit")
    page.get_by_text(OPENING).wait_for()
    assert page.title() == "Match Atlas"
    box = page.get_by_role("status").bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= 390
    for route in held:
        route.continue_()
    page.wait_for_selector("h1")
    assert page.get_by_text(OPENING).count() == 0
    context.close()


def test_plotly_holds_every_kind_of_trace_that_is_drawn_and_is_of_the_version_that_figures_are_for():
    kinds = {name.lower() for name in dir(go) if isinstance(getattr(go, name), type)
             and issubclass(getattr(go, name), BaseTraceType)}  # fmt: skip
    sources = [file for folder in ("matchatlas", "pages") for file in (ROOT / folder).rglob("*.py")]
    called = {
        name.lower()
        for file in sources
        for name in re.findall(r"(?:\.add_|go\.)(\w+)\(", file.read_text("utf-8"))
    }
    head = front.OURS.read_text("utf-8").splitlines()[0]
    version, held = re.search(r"plotly\.js v([\d.]+) with ([\w, ]+)\.", head).groups()
    assert {"bar", "scatter"} <= called & kinds <= set(held.split(", ")), "build.mjs: make plotly"
    assert version == get_plotlyjs_version()


def test_another_streamlits_charts_are_served_whole():
    assert front._smaller("var another=1") == "var another=1"
