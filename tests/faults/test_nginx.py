"""The configuration of `deploy/` in Debian's nginx, against those who send too much, or too slowly."""

import asyncio
import socket
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from urllib.error import HTTPError

import pytest

from benchmarks.client import Visitor
from benchmarks.proxy import proxied
from benchmarks.server import started
from tests.browser.test_security import run

UNFINISHED, VISITORS = 300, 8


@pytest.fixture(scope="module")
def proxy(tmp_path_factory, database):
    """The address of nginx before one replica."""
    folder = tmp_path_factory.mktemp("nginx")
    folder.chmod(0o755)
    with started() as address, proxied(folder, [int(address.rsplit(":", 1)[1])]) as through:
        yield through


def place(address: str) -> tuple[str, int]:
    host, port = address.removeprefix("http://").split(":")
    return host, int(port)


def test_requests_that_are_never_finished_keep_nobody_waiting(proxy):
    async def visit(number):
        async with Visitor(proxy, cookie=f"atlas_visitor={number:032x}") as visitor:
            await visitor.open("specialties")
            return bool(visitor.texts)

    async def crowd():
        return await asyncio.wait_for(asyncio.gather(*map(visit, range(VISITORS))), 300)

    with ExitStack() as open_sockets:
        for number in range(UNFINISHED):
            slow = open_sockets.enter_context(socket.create_connection(place(proxy), timeout=10))
            body = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n0"
            slow.sendall((body if number % 2 else "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ").encode())
        assert all(run(crowd()))


def test_a_body_beyond_the_bound_is_refused_before_it_is_read(proxy):
    with socket.create_connection(place(proxy), timeout=10) as client:
        client.sendall(
            b"PUT /_stcore/upload_file/a/b HTTP/1.1\r\nHost: x\r\nContent-Length: 90000000\r\n\r\n"
        )
        assert b" 413 " in client.recv(200)


def test_headers_beyond_the_bound_are_refused(proxy):
    with socket.create_connection(place(proxy), timeout=10) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX-Large: " + b"0" * 40_000 + b"\r\n\r\n")
        assert b" 400 " in client.recv(200)


def test_the_api_is_bounded_by_time_for_one_address(proxy):
    def status() -> int:
        try:
            return urllib.request.urlopen(f"{proxy}/api/v1/tables?mart=couples", timeout=20).status
        except HTTPError as refusal:
            return refusal.code

    with ThreadPoolExecutor(60) as at_once:
        answers = list(at_once.map(lambda _: status(), range(240)))
    assert set(answers) == {200, 429}


def test_the_operators_figures_are_not_for_visitors(proxy):
    with pytest.raises(HTTPError) as refusal:
        urllib.request.urlopen(f"{proxy}/_stcore/metrics", timeout=20)
    assert refusal.value.code == 404
