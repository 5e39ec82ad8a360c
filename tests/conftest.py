"""Fixtures: the built database, a copy of the inputs to spoil, the app in a real server."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

from benchmarks.browser import CHROMIUM
from etl.build import ensure
from etl.paths import ROOT, Paths
from matchatlas.catalog.database import open_catalog


def pytest_sessionstart():
    """The database of this checkout, current before tests are collected: some draw cases from it."""
    ensure(Paths())


def pytest_collection_modifyitems(items):
    """`slow` are the tests that open a browser or a server, kill processes or throw dice for long."""
    for item in items:
        folder, module = item.path.parent.name, item.path.stem
        if (
            {"browser", "server"} & set(item.fixturenames)
            or folder in ("browser", "faults")
            or module in ("test_fuzz", "test_refresh", "test_workers", "test_yearly_refresh_doc")
            or "two_hundred" in item.name
        ):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def database():
    """The database of this checkout."""
    return Paths().database


@pytest.fixture(scope="session")
def catalog(database):
    return open_catalog(database)


def copy_of_inputs(folder):
    """A copy of the shipped inputs in `folder`; imports and builds stay behind."""
    data = folder / "data"
    shutil.copytree(
        ROOT / "data", data, ignore=shutil.ignore_patterns("*.duckdb", "builds", "imports", ".build.lock")
    )
    return Paths(data=data)


@pytest.fixture
def inputs(tmp_path):
    """A copy of the inputs that a test may spoil."""
    return copy_of_inputs(tmp_path)


@pytest.fixture(scope="session")
def server(database):
    """The app as a user starts it; yields its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}"],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"STREAMLIT_SERVER_HEADLESS": "true"},
    )
    try:
        for _ in range(120):
            try:
                urllib.request.urlopen(f"{address}/_stcore/health", timeout=1)
                break
            except OSError:
                assert process.poll() is None, "the app did not start"
                time.sleep(0.25)
        yield address
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture(scope="session")
def browser():
    """Debian's chromium, headless. Its absence fails: these tests are never skipped."""
    from playwright.sync_api import sync_playwright

    executable = shutil.which("chromium")
    assert executable, "chromium is missing: apt-get install chromium (make test does it)"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=CHROMIUM)
        yield chromium
        chromium.close()
