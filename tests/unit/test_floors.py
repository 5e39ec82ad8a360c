"""Which floor may import which, by the contracts of pyproject.toml: kept, and each able to fail."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from etl.paths import ROOT

CLIMBS = [
    (
        "matchatlas/charts/style.py",
        "from matchatlas.web import ui",
        "The app's floors import downwards alone",
    ),
    ("matchatlas/catalog/database.py", "import matchatlas.odds.terms", "The app's floors import downwards"),
    (
        "matchatlas/road/costs.py",
        "from matchatlas.plan import Plan",
        "The app's floors import downwards alone",
    ),
    ("matchatlas/attic.py", "", "The app's floors import downwards alone"),
    ("etl/build.py", "from matchatlas import text", "Pages stand on the app, the app on the ETL"),
    ("matchatlas/web/ui.py", "import pages.start", "Pages stand on the app, the app on the ETL"),
    ("matchatlas/odds/laws.py", "import streamlit", "know neither screen nor database"),
    ("matchatlas/matching/lab.py", "from etl import database", "know neither screen nor database"),
    ("matchatlas/charts/odds.py", "import streamlit", "Charts know neither screen nor data"),
    ("matchatlas/web/fields.py", "from matchatlas.web import address", "No module imports, by any way"),
]


def contracts(root: Path) -> subprocess.CompletedProcess[str]:
    """What the contracts say of the modules under `root`."""
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=root,
        capture_output=True,
        text=True,
    )


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    root = tmp_path_factory.mktemp("floors")
    for name in ("pages", "matchatlas", "etl"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", root)
    return root


def test_no_import_climbs():
    said = contracts(ROOT)
    assert said.returncode == 0, said.stdout


@pytest.mark.parametrize(("file", "line", "broken"), CLIMBS)
def test_an_import_that_climbs_is_told(copy, file, line, broken):
    module = copy / file
    former = module.read_text() if module.exists() else None
    module.write_text(f"{former or ''}\n{line}\n")
    said = contracts(copy)
    if former is None:
        module.unlink()
    else:
        module.write_text(former)
    assert said.returncode == 1
    assert any(broken in told and told.rstrip().endswith("BROKEN") for told in said.stdout.splitlines()), (
        said.stdout
    )
