"""What a visitor sends beside the pages, puts and never asks for, and leaves behind."""

import asyncio
import logging
from types import SimpleNamespace

import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from benchmarks.client import Visitor
from benchmarks.server import started
from matchatlas.web import serving, visits
from tests.browser.test_security import run

KINDS = [field.name for field in BackMsg.DESCRIPTOR.oneofs_by_name["type"].fields]


def message(kind: str) -> bytes:
    """A message of one kind, with nothing in it."""
    sent = BackMsg()
    field = BackMsg.DESCRIPTOR.fields_by_name[kind]
    if field.message_type:
        getattr(sent, kind).SetInParent()
    else:
        setattr(sent, kind, True)
    return sent.SerializeToString()


@pytest.mark.parametrize("kind", KINDS)
def test_only_what_pages_send_reaches_the_server(kind):
    assert visits.is_foreign(message(kind)) == (kind not in visits.SENT_BY_PAGES)


def test_a_visitor_who_sends_them_gets_pages_and_nothing_else_happens(tmp_path, database):
    log = tmp_path / "log"
    forbidden = [kind for kind in KINDS if kind not in visits.SENT_BY_PAGES]

    async def visit(address):
        async with Visitor(address) as visitor:
            await visitor.open()
            for kind in forbidden:
                await visitor._socket.send(message(kind))
            await visitor.open("specialties")

    with started(log=log) as address:
        run(visit(address))
    assert log.read_text().count("no page sends was refused") == len(forbidden)


@pytest.fixture
def server_of_files(monkeypatch):
    """A runtime that holds files and visits, as far as the bounds ask for it."""
    manager = MemoryUploadedFileManager("/upload")
    monkeypatch.setattr(visits.runtime, "get_instance", lambda: SimpleNamespace(uploaded_file_mgr=manager))
    return manager


def put(manager, session: str, number: int, size: int) -> None:
    manager.add_file(session, UploadedFileRec(str(number), "a file", "text/plain", b"0" * size))


def test_files_that_no_page_asked_for_are_bounded_a_visit(server_of_files):
    for number in range(visits.MOST_FILES):
        assert visits.refused_upload("one", "10") is None
        put(server_of_files, "one", number, 10)
    assert "at most" in visits.refused_upload("one", "10")
    assert visits.refused_upload("another", "10") is None


def test_bytes_are_bounded_before_they_are_read(server_of_files):
    put(server_of_files, "one", 0, visits.MOST_BYTES - 100)
    assert visits.refused_upload("one", "100") is None
    assert "MB at a time" in visits.refused_upload("one", "101")


def test_a_refused_file_is_answered_without_reaching_the_server(server_of_files):
    put(server_of_files, "one", 0, visits.MOST_BYTES)
    reached = []

    async def app(scope, receive, send):
        reached.append(scope["path"])
        await PlainTextResponse("held")(scope, receive, send)

    client = TestClient(visits.Doorkeeper(app))
    answer = client.put("/_stcore/upload_file/one/x", content=b"more")
    assert (answer.status_code, reached) == (413, [])
    assert client.put("/_stcore/upload_file/two/x", content=b"more").text == "held"


def test_nobody_between_keeps_what_is_downloaded():
    async def app(scope, receive, send):
        await PlainTextResponse("a report", headers={"Cache-Control": "public"})(scope, receive, send)

    client = TestClient(visits.Doorkeeper(app))
    assert client.get("/media/0123.pdf").headers["cache-control"] == "no-store, private"
    assert client.get("/static/a.js").headers["cache-control"] == "public"


class Manager:
    """Visits by id, connected or not."""

    def __init__(self, connected, left):
        self.connected, self.left, self.closed = connected, left, []

    def list_active_sessions(self):
        return [SimpleNamespace(session=SimpleNamespace(id=name)) for name in self.connected]

    def list_sessions(self):
        return [SimpleNamespace(session=SimpleNamespace(id=n)) for n in (*self.connected, *self.left)]

    def close_session(self, name):
        self.left.remove(name)
        self.closed.append(name)


def test_a_visit_that_ended_is_closed_in_time_and_one_that_came_back_is_not(monkeypatch):
    manager, now = Manager(["here"], ["gone", "back"]), [0.0]
    monkeypatch.setattr(visits.runtime, "get_instance", lambda: SimpleNamespace(_session_mgr=manager))
    keeper = visits.Housekeeper(clock=lambda: now[0])
    assert keeper.sweep() == 0
    manager.left.remove("back")
    manager.connected.append("back")
    now[0] = visits.KEPT_SECONDS - 1
    assert keeper.sweep() == 0
    now[0] += 1
    assert (keeper.sweep(), manager.closed) == (1, ["gone"])
    manager.connected.remove("back")
    manager.left.append("back")
    assert keeper.sweep() == 0  # its time begins anew


def test_without_room_for_more_the_server_says_that_it_is_not_ready(monkeypatch, database):
    monkeypatch.setattr(visits, "has_room", lambda: False)
    assert serving.healthz(None).status_code == 503
    monkeypatch.setattr(visits, "has_room", lambda: True)
    assert serving.healthz(None).status_code == 200


def test_room_is_told_by_the_descriptors_that_are_left(monkeypatch):
    monkeypatch.setattr(visits.os, "listdir", lambda _: range(96))
    monkeypatch.setattr(visits.resource, "getrlimit", lambda _: (100, 100))
    assert not visits.has_room()
    monkeypatch.setattr(visits.os, "listdir", lambda _: range(90))
    assert visits.has_room()


def test_an_accept_that_fails_is_logged_once_a_minute():
    now = [0.0]
    told = visits.OnceAMinute("accept", clock=lambda: now[0])

    def passes(text):
        return told.filter(logging.LogRecord("asyncio", logging.ERROR, "", 0, text, (), None))

    assert [passes("socket.accept() out of system resource") for _ in range(3)] == [True, False, False]
    assert passes("something else")
    now[0] = visits.TOLD_EVERY
    assert passes("socket.accept() out of system resource")


def test_the_sweep_runs_while_the_server_does(monkeypatch):
    swept = []
    monkeypatch.setattr(visits, "SWEEP_SECONDS", 0.01)
    monkeypatch.setattr(visits.runtime, "exists", lambda: True)
    monkeypatch.setattr(visits.Housekeeper, "sweep", lambda self: swept.append(1) or 1 / 0)

    async def live():
        async with visits.housekeeping(None):
            while len(swept) < 2:  # a sweep that fails ends no further one
                await asyncio.sleep(0.01)

    run(asyncio.wait_for(live(), 20))
