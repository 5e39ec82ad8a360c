"""A server on a free port of this machine, for as long as it is measured."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from etl.paths import ROOT


def free_port() -> int:
    """A port nobody listens at now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def start(script: Path, port: int, log: Path | None = None, **environment) -> subprocess.Popen:
    """A process that serves a Streamlit script or app; not yet ready when it returns."""
    with open(log or os.devnull, "w") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", str(script), f"--server.port={port}"],
            cwd=ROOT,
            stdout=output,
            stderr=output,
            env=os.environ | {"STREAMLIT_SERVER_HEADLESS": "true"} | environment,
        )


def wait_until_ready(process: subprocess.Popen, address: str, seconds: float = 120) -> None:
    """Raises RuntimeError where the server ends or is not ready in time."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit and process.poll() is None:
        try:
            urllib.request.urlopen(f"{address}/_stcore/health", timeout=1)
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"no server at {address}")


@contextmanager
def started(script: Path = ROOT / "app.py", log: Path | None = None) -> Iterator[str]:
    """The address of a server that ends with the `with`."""
    with running(script, log) as (address, _):
        yield address


@contextmanager
def running(
    script: Path = ROOT / "app.py", log: Path | None = None, **environment
) -> Iterator[tuple[str, int]]:
    """The same with the id of its process."""
    port = free_port()
    process = start(script, port, log, **environment)
    try:
        address = f"http://127.0.0.1:{port}"
        wait_until_ready(process, address)
        yield address, process.pid
    finally:
        process.terminate()
        process.wait(10)
