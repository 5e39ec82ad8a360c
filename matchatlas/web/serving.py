"""What stands around the pages in the server: readiness, security headers, one line a problem.

Addresses carry the visitor's profile and messages of exceptions may quote it, so neither is ever
logged: a problem is told by its kind, its place in the code, its id and the build.
"""

import base64
import hashlib
import logging
import re
import secrets
import traceback
from pathlib import Path

import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse

from etl.build import live_build_id
from etl.paths import ROOT, Paths
from matchatlas.catalog.database import open_catalog
from matchatlas.web import front, ui, visits

log = logging.getLogger(__name__)


def healthz(request: Request) -> JSONResponse:
    """200 and the data's version where pages can be served; 503 where there is no database,
    or no room for further visitors."""
    try:
        catalog = open_catalog()
    except FileNotFoundError:
        return JSONResponse({"ready": False, "build_id": None}, 503)
    if not visits.has_room():
        return JSONResponse({"ready": False, "build_id": catalog.build_id}, 503)
    return JSONResponse(
        {"ready": True, "build_id": catalog.build_id, "built_at": catalog.built_at.isoformat()}
    )


def readyz(request: Request) -> JSONResponse:
    """As `healthz`, once the estimator is fitted to what is served: who asks first waits for it, so that
    no visitor does."""
    answer = healthz(request)
    if answer.status_code == 200:
        ui.model(open_catalog())
    return answer


def _inline_scripts() -> str:
    """The hashes of the scripts that stand inside the page itself."""
    bodies = re.findall(r"<script>(.*?)</script>", front.page(), re.DOTALL)
    digests = (hashlib.sha256(body.encode()).digest() for body in bodies)
    return " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)


# What Streamlit's page needs: styles made by scripts, workers and images made in the browser; and our
# own script of the address, which Streamlit hands to the browser as a blob.
POLICY = "; ".join(
    (
        "default-src 'self'",
        f"script-src 'self' blob: {_inline_scripts()} 'wasm-unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self' blob: data:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class Guard:
    """ASGI middleware: security headers and a request id on every answer, 500 without details."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        request_id, started = secrets.token_hex(4), False

        async def guarded(message):
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS | {"X-Request-ID": request_id})
            await send(message)

        try:
            await self.app(scope, receive, guarded)
        except Exception as error:
            vars(error)["problem_id"] = request_id
            log.error("%s %s failed", scope["method"], scope["path"], exc_info=error)
            if not started:
                answer = JSONResponse({"errors": [f"Something failed; problem {request_id}."]}, 500)
                await answer(scope, receive, guarded)


def show_problem(error: Exception) -> bool:
    """Tell the visitor that a page failed, with the id under which the log has it."""
    st.error(
        f"Something went wrong on this page. It is logged as problem {_problem_id(error)}; "
        "your plan is as it was: reload the page."
    )
    return True


def log_one_line_a_problem() -> None:
    """From now on an exception is logged, by whichever logger, as one line without its message."""
    make = logging.getLogRecordFactory()

    def one_line(*args, **kwargs) -> logging.LogRecord:
        record = make(*args, **kwargs)
        if record.exc_info and record.exc_info[1]:
            told = " ".join(record.getMessage().split())
            record.msg, record.args = f"{told}: {_told(record.exc_info[1])}", ()
            record.exc_info = None
        return record

    logging.setLogRecordFactory(one_line)


def _told(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    ours = [
        frame
        for frame in frames
        if Path(frame.filename).is_relative_to(ROOT) and ".venv" not in frame.filename
    ]
    last = [*frames, *ours][-1:]
    place = f"{Path(last[0].filename).name}:{last[0].lineno}" if last else "an unknown place"
    return f"{type(error).__name__} at {place}, problem {_problem_id(error)}, build {live_build_id(Paths())}"


def _problem_id(error: BaseException) -> str:
    """The same id for the visitor and the log."""
    return vars(error).setdefault("problem_id", secrets.token_hex(4))
