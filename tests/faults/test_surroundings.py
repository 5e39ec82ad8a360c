"""Broken surroundings: links, rights, paths, environments. What was live is served; one clear line."""

import asyncio
import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from benchmarks.client import Visitor
from benchmarks.server import running
from etl.build import ensure, live_build_id, ready
from etl.export import export
from etl.paths import ROOT
from etl.problems import DataError
from matchatlas.catalog.database import open_catalog
from tests.conftest import copy_of_inputs
from tests.faults.test_publish_or_nothing import damage, next_year, small_disk


def etl(inputs, *words, **environment) -> subprocess.CompletedProcess:
    """A command as an analyst runs it."""
    return subprocess.run(
        [sys.executable, "-m", "etl", *map(str, words)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env=os.environ | {"MATCH_ATLAS_DATA": str(inputs.data), "NO_COLOR": "1"} | environment,
    )


def told(run: subprocess.CompletedProcess) -> str:
    """What a refused command says, without a traceback, before it says what stays."""
    assert run.returncode == 1
    line, stays = run.stderr.splitlines()
    assert stays.startswith("Nothing was published")
    return line


@contextmanager
def read_only(folder):
    subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
    try:
        yield
    finally:
        subprocess.run(["mount", "-o", "remount,rw", str(folder)], check=True)


def visit(address: str, *pages: str) -> list[str]:
    """Open pages as a browser does; returns the last one's texts. Fails where a page fails."""

    async def opened() -> list[str]:
        async with Visitor(address) as visitor:
            for page in pages:
                await visitor.open(page)
            return visitor.texts

    with ThreadPoolExecutor(1) as thread:  # Playwright's loop may be running in this one
        return thread.submit(asyncio.run, opened()).result()


def health(address: str) -> dict:
    with urllib.request.urlopen(f"{address}/healthz", timeout=20) as answer:
        return json.load(answer)


@pytest.mark.parametrize("how", ["to itself", "to nothing"])
def test_a_broken_link_is_told_and_mended_by_the_next_build(inputs, how):
    published = ensure(inputs)
    inputs.database.unlink()
    inputs.database.symlink_to("atlas.duckdb" if how == "to itself" else "builds/none.duckdb")
    assert live_build_id(inputs) is None
    assert "Mend: publish one" in told(etl(inputs, "why", "Dermatology", "2025"))
    assert ensure(inputs) == published


def test_a_folder_in_the_database_s_place_is_told(inputs):
    inputs.database.mkdir()
    assert "is a link to a build, no folder" in told(etl(inputs, "build"))
    with pytest.raises(DataError, match="no folder"):
        ready(inputs)


def test_a_folder_without_tables_is_told(inputs):
    inputs.tables.rename(inputs.data / "elsewhere")
    assert "tables. Rule: is there" in told(etl(inputs, "build"))


def test_in_a_read_only_folder_an_older_build_goes_on_being_served(tmp_path, caplog):
    disk = tmp_path / "disk"
    with small_disk(disk, 300):
        inputs = copy_of_inputs(disk)
        published = ensure(inputs)
        next_year(inputs)
        with read_only(disk):
            ready(inputs)
            assert f"Build {published} goes on being served" in caplog.text
            assert "can be read and written" in told(etl(inputs, "build"))
            with running(MATCH_ATLAS_DATA=str(inputs.data)) as (address, _):
                visit(address, "specialties", "data")
                assert health(address)["build_id"] == published
        assert ensure(inputs) != published


def test_where_nothing_can_be_served_the_page_says_what_is_the_matter(tmp_path):
    disk = tmp_path / "disk"
    with small_disk(disk, 20):
        inputs = copy_of_inputs(disk)
        with read_only(disk):
            with pytest.raises(DataError, match="Read-only file system"):
                ready(inputs)
            with running(MATCH_ATLAS_DATA=str(inputs.data)) as (address, _):
                visit(address, "specialties")
                with pytest.raises(urllib.error.HTTPError) as answer:
                    health(address)
                assert answer.value.code == 503


def test_a_running_app_survives_its_database_cut_deleted_and_its_link_broken(inputs):
    published = ensure(inputs)
    with running(MATCH_ATLAS_DATA=str(inputs.data)) as (address, _):
        visit(address, "specialties")
        damage(inputs.database.resolve(), "cut")
        visit(address, "data", "citizenship")
        assert health(address)["build_id"] == published
        for file in (inputs.database.resolve(), inputs.database):
            file.unlink()
        visit(address, "citizenship", "places")
        inputs.database.unlink(missing_ok=True)
        inputs.database.symlink_to("atlas.duckdb")
        visit(address, "places", "competitiveness")
        assert health(address)["build_id"] == published
        assert live_build_id(inputs) == published, "it was built anew"


def test_a_user_without_rights_reads_what_is_there_and_is_told_the_rest(tmp_path):
    if os.geteuid() != 0:
        pytest.skip("only root can take the rights of another user")
    inputs = copy_of_inputs(tmp_path)
    published = ensure(inputs)
    secret = inputs.tables / "nrmp"

    def as_nobody(code: str) -> str:
        script = (
            "import os, sys; from pathlib import Path; from etl import build; from etl.paths import Paths\n"
            f"paths = Paths(Path({str(inputs.data)!r})); os.setgid(65534); os.setuid(65534)\n{code}"
        )
        run = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
        return run.stdout + run.stderr

    for folder in (tmp_path, *(above for above in tmp_path.parents if "pytest" in above.as_posix())):
        folder.chmod(0o755)
    assert published in as_nobody("print(build.ensure(paths))")
    next_year(inputs)
    said = as_nobody("build.ready(paths); print(build.live_build_id(paths))")
    assert published in said and "Permission denied" in said
    secret.chmod(0o700)
    said = as_nobody("build.build(paths)")
    assert "DataError" in said and "Permission denied" in said
    inputs.lock.unlink()
    for folder in (inputs.data, inputs.builds):
        folder.chmod(0o777)
    said = as_nobody("build.build(paths)")
    assert f"{secret}. Rule: can be read and written" in said
    assert live_build_id(inputs) == published, "no build without the tables that it cannot read"


@pytest.mark.parametrize(
    "name", ["a [b] c*", "it's", "Übung 数据", "a;b$(c)", "what?", "a?b=c#d%20", "x.duckdb?.wal"]
)
def test_a_path_of_any_signs_can_be_built_read_and_exported_to(tmp_path, name):
    inputs = copy_of_inputs(tmp_path / name)
    published = ensure(inputs)
    assert published in etl(inputs, "history").stdout
    next_year(inputs)
    assert ensure(inputs) == live_build_id(inputs) != published
    assert not list(inputs.builds.glob("*.tmp*"))
    files = export(inputs.database, tmp_path / name / "out'put")
    assert all(file.stat().st_size for file in files)
    for catalog in (open_catalog(inputs.database), open_catalog(inputs.database)):
        assert catalog.build_id == live_build_id(inputs) and len(catalog.totals())
        with pytest.raises(duckdb.PermissionException):
            catalog._query("FROM read_text('/etc/hostname')")


def test_an_export_onto_a_file_is_told(inputs, tmp_path):
    ensure(inputs)
    (tmp_path / "taken").write_text("")
    assert "taken" in told(etl(inputs, "export", tmp_path / "taken"))


def test_a_bare_environment_builds_the_same(inputs):
    bare = {
        "PATH": os.environ["PATH"],
        "LANG": "C",
        "TZ": "Pacific/Kiritimati",
        "MATCH_ATLAS_DATA": str(inputs.data),
    }
    run = subprocess.run(
        [sys.executable, "-O", "-m", "etl", "build"], cwd=ROOT, capture_output=True, text=True, env=bare
    )
    assert run.returncode == 0, run.stderr
    assert live_build_id(inputs) == live_build_id(type(inputs)(Path(ROOT / "data")))


def test_a_port_that_is_taken_is_told_in_one_line(server):
    port = server.rsplit(":", 1)[1]
    run = subprocess.run(
        [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        env=os.environ | {"STREAMLIT_SERVER_HEADLESS": "true"},
    )
    assert run.returncode != 0
    said = (run.stdout + run.stderr).strip().splitlines()
    assert len(said) == 1 and f"Port {port}" in said[0]
