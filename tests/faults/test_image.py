"""What `deploy/Dockerfile` puts into the image, put together here without a container: it builds its
database, serves every page, and writes nothing."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
import yaml

from benchmarks.client import Visitor
from benchmarks.server import free_port, wait_until_ready
from benchmarks.table import PAGES, address_of
from etl.paths import ROOT, Paths
from tests.browser.test_security import run

DEPLOY = ROOT / "deploy"
STEPS = [
    line.split(maxsplit=1)
    for line in (DEPLOY / "Dockerfile").read_text().replace("\\\n", " ").splitlines()
    if line and not line.startswith("#")
]


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    """The folder /opt/match-atlas of the image."""
    folder = tmp_path_factory.mktemp("image") / "match-atlas"
    folder.mkdir()
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text().split()
    taken = {name[1:] for name in ignored if name.startswith("!")}
    left = shutil.ignore_patterns(
        *(Path(name).name for name in ignored if name[0] not in "!*" or "/" in name)
    )
    for kind, rest in STEPS:
        if kind == "COPY" and not rest.startswith("--from"):
            source, target = rest.split()
            assert source in taken, f"{source} is kept out of the image by Dockerfile.dockerignore"
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, folder / target, ignore=left)
            else:
                shutil.copy(ROOT / source, folder / target)
        if kind == "RUN" and "pip" not in rest:
            command = rest.replace("python ", f"{shlex.quote(sys.executable)} ")
            subprocess.run(
                command, shell=True, cwd=folder, check=True, capture_output=True, env=surroundings()
            )
    return folder


def surroundings() -> dict[str, str]:
    said = {"STREAMLIT_SERVER_HEADLESS": "true", "PYTHONDONTWRITEBYTECODE": "1"}
    return {k: v for k, v in os.environ.items() if k != "MATCH_ATLAS_DATA"} | said


def state_of(folder: Path) -> dict[str, tuple]:
    """What any write changes: a file that comes and goes changes its folder's time."""
    found = {}
    for file in [folder, *folder.rglob("*")]:
        status = file.lstat()
        found[str(file)] = (status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
    return found


def test_the_image_serves_every_page_and_writes_nothing_into_itself(image):
    port = free_port()
    address = f"http://127.0.0.1:{port}"

    async def visit_all():
        for page in PAGES:
            async with Visitor(address) as visitor:
                await visitor.open(address_of(page))
                for widget, options in list(visitor.selects.items())[:1]:
                    await visitor.choose(widget, options[-1])

    assert len(list((image / "data" / "builds").glob("*.npz"))) == 2, "what takes long to fit is in it"
    before = state_of(image)
    command = [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}"]
    process = subprocess.Popen(
        command, cwd=image, env=surroundings(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_until_ready(process, address)
        with urllib.request.urlopen(f"{address}/readyz", timeout=120) as answer:
            assert json.load(answer)["build_id"] == live_id(image)
        run(visit_all())
    finally:
        process.terminate()
        process.wait(20)
    assert state_of(image) == before


def live_id(image: Path) -> str:
    return Paths(data=image / "data").database.resolve().stem.rpartition("-")[2]


def test_a_write_would_have_been_seen(tmp_path):
    before = state_of(tmp_path)
    (tmp_path / "passing").touch()
    (tmp_path / "passing").unlink()
    assert state_of(tmp_path) != before


def test_the_figures_are_checked_before_they_are_in_the_image_and_nothing_can_be_written_there():
    stages = " ".join(f"{kind} {rest}" for kind, rest in STEPS).split("FROM ")
    assert "etl check" in stages[2] and "etl build" in stages[2]
    last = stages[-1]
    assert "COPY --from=data" in last and "--chown" not in last and "VOLUME" not in last
    assert re.search(r"USER [1-9]\d*:[1-9]\d*", last)
    services = yaml.safe_load((DEPLOY / "compose.yml").read_text())["services"]
    for name in ("replica1", "replica2"):
        assert services[name]["read_only"] and "volumes" not in services[name]


def test_a_data_folder_of_ones_own_is_written_by_the_service_that_builds_it_alone():
    services = yaml.safe_load((DEPLOY / "compose.data.yml").read_text())["services"]
    for name, service in services.items():
        (volume,) = service["volumes"]
        assert volume.endswith(":/data:ro") == (name != "build")
        assert service["environment"]["MATCH_ATLAS_DATA"] == "/data"
