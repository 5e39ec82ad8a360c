"""Streamlit's own page and files as a phone line needs them: compressed, and saying at once what opens.

Uncompressed they are 9 MB, and the page is white until most of them are there.
"""

import gzip
import logging
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import brotli
import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import Response

from etl.paths import ROOT

log = logging.getLogger(__name__)
FILES = Path(st.__file__).parent / "static"
CHARTS = "PlotlyChart"
# Where Plotly stands in Streamlit's module of charts.
PLOTLY = re.compile(
    r"(?<==)(?P<helper>[\w$]+)\(\(\((?:\w+,?)+\)=>\{\(function\(.*?return window\.Plotly=e,e\}\)\}\)\)",
    re.DOTALL,
)
OURS = Path(__file__).parent / "plotly" / "plotly.js"
TEXT = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
PATHS = frozenset({"/", *(f"/{page.stem}" for page in (ROOT / "pages").glob("*.py"))})
# The best first; brotli's higher levels save a tenth more and take ten times as long.
CODINGS: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda content: brotli.compress(content, quality=9),
    "gzip": lambda content: gzip.compress(content, 9, mtime=0),
}
# What nearly every page shows beside text, and Streamlit asks for only when it comes to show it.
SHOWN = ("BidiComponent", "Selectbox", "Button", CHARTS)
OPENING = (
    '<div id="root"><div style="min-height: 90vh; display: grid; place-content: center; gap: 0.5rem; '
    'padding: 1rem; text-align: center; font: 1.1rem/1.5 system-ui, sans-serif" role="status">'
    '<strong style="font-size: 1.6rem">Match Atlas</strong>'
    "<span>is opening: the U.S. residency Match in figures.</span>"
    "<span>The first visit takes some seconds on a slow line, the next ones do not.</span></div></div>"
)
# What a messenger or a search shows of a link. Never of a person: addresses may carry a profile.
SAYS = (
    "Published figures of the U.S. residency Match: match rates by applicant type and specialty, your odds "
    "with their uncertainty, and a plan for the season."
)
PREVIEW = "".join(
    f'\n    <meta {kind}="{name}" content="{content}" />'
    for kind, name, content in (
        ("name", "description", SAYS),
        ("property", "og:type", "website"),
        ("property", "og:site_name", "Match Atlas"),
        ("property", "og:title", "Match Atlas"),
        ("property", "og:description", SAYS),
    )
)
# Else Streamlit's script first looks for its server below the page's own address, in vain.
SERVER = '<script>window.__streamlit = {BACKEND_BASE_URL: new URL(".", location.href).href}</script>'


class Front:
    """ASGI middleware: answers for the pages' addresses and for Streamlit's texts, compressed once a
    process in the best way that the browser takes; the rest is Streamlit's."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        app = self.app
        if scope["type"] == "http" and scope["method"] in ("GET", "HEAD"):
            coding = best_coding(Headers(scope=scope).get("accept-encoding", ""))
            app = await run_in_threadpool(answer, scope["path"], coding) or app
        await app(scope, receive, send)


def best_coding(accepted: str) -> str | None:
    """The best coding of a header `Accept-Encoding`, or None where none of ours is accepted."""
    weights = (re.fullmatch(r"\s*([\w-]+)\s*(?:;\s*q=([\d.]+)\s*)?", part) for part in accepted.split(","))
    taken = {found[1].lower() for found in weights if found and float(found[2] or 1) > 0}
    return next((coding for coding in CODINGS if coding in taken), None)


def answer(path: str, coding: str | None) -> Response | None:
    """The answer for a page's address or a text among Streamlit's files; None for all else."""
    if path in PATHS:
        file, kind, kept = "index.html", "text/html", "no-cache"
    elif path in _texts():
        # Their names change with their content.
        file, kind, kept = (
            path.removeprefix("/"),
            TEXT[Path(path).suffix],
            "public, immutable, max-age=31536000",
        )
    else:
        return None
    headers = {"Cache-Control": kept, "Vary": "Accept-Encoding"}
    if coding:
        headers["Content-Encoding"] = coding
    return Response(_content(file, coding), headers=headers, media_type=kind)


@cache
def _texts() -> frozenset[str]:
    return frozenset(
        f"/{file.relative_to(FILES).as_posix()}"
        for file in (FILES / "static").rglob("*")
        if file.suffix in TEXT
    )


@cache
def _content(file: str, coding: str | None) -> bytes:
    if coding:
        return CODINGS[coding](_content(file, None))
    if file == "index.html":
        return page().encode()
    content = (FILES / file).read_bytes()
    return _smaller(content.decode()).encode() if Path(file).name.startswith(f"{CHARTS}.") else content


def _smaller(module: str) -> str:
    """Streamlit's module of charts with what our charts need of Plotly, a third of the whole; as it was
    where Plotly does not stand there as it did."""
    found = PLOTLY.search(module)
    if not found:
        log.warning("Streamlit's charts are served whole: Plotly is not found in them")
        return module
    ours = OURS.read_text(encoding="utf-8")
    wrapped = f"{found['helper']}(((e,t)=>{{{ours};t.exports=window.Plotly=Plotly}}))"
    return module[: found.start()] + wrapped + module[found.end() :]


@cache
def page() -> str:
    """Streamlit's page, that says what opens until Streamlit draws, and names early what it will show.

    Raises ValueError where Streamlit's page is not as it was.
    """
    text = (FILES / "index.html").read_text(encoding="utf-8")
    early = "".join(
        f'<link rel="modulepreload" crossorigin href="./static/js/{name}">\n    '
        for name in _modules()
        if name not in text
    )
    for place, instead in (
        (
            "<title>Streamlit</title>",
            '<meta name="color-scheme" content="light dark" />\n    <title>Match Atlas</title>' + PREVIEW,
        ),
        ('<script type="module"', f'{SERVER}\n    {early}<script type="module"'),
        ('<div id="root"></div>', OPENING),
    ):
        if text.count(place) != 1:
            raise ValueError(f"Streamlit's page has not one {place}")
        text = text.replace(place, instead)
    return text


def _modules() -> list[str]:
    """The modules of SHOWN and all that they import, the largest first: it takes longest."""
    found, wanted = {}, [next((FILES / "static" / "js").glob(f"{name}.*.js")) for name in SHOWN]
    while wanted:
        file = wanted.pop()
        if file.name not in found:
            found[file.name] = file.stat().st_size
            imported = re.findall(r'(?:from|import)\s*"\./([\w.~-]+\.js)"', file.read_text(encoding="utf-8"))
            wanted += [file.with_name(name) for name in imported]
    return sorted(found, key=found.__getitem__, reverse=True)
