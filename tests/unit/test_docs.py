"""What the documents say, against what is there."""

import re
import tomllib

import pytest
import typer
import yaml

from docs import generate
from etl.__main__ import app as commands
from etl.paths import ROOT

DOCUMENTS = sorted(
    file
    for file in [*ROOT.glob("*.md"), *ROOT.glob("d*/**/*.md")]
    if not any(part.startswith(".") for part in file.relative_to(ROOT).parts)
)
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]


@pytest.mark.parametrize("name", generate.WRITTEN)
def test_the_reference_is_what_the_code_says(name):
    made = generate.HEAD + generate.WRITTEN[name]()
    assert (ROOT / "docs" / name).read_text("utf-8") == made, "out of date: make docs"


def anchors(text: str) -> set[str]:
    heads = re.findall(r"^#+ (.+)$", text, re.M)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda file: str(file.relative_to(ROOT)))
def test_links_lead_somewhere(document):
    for target in re.findall(r"\]\(([^)\s]+)\)", document.read_text("utf-8")):
        if target.startswith(("http:", "https:")):
            continue
        path, _, anchor = target.partition("#")
        file = (document.parent / path).resolve() if path else document
        assert file.exists(), target
        if anchor:
            assert anchor in anchors(file.read_text("utf-8")), target


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda file: str(file.relative_to(ROOT)))
def test_files_and_commands_that_are_named_exist(document):
    text = document.read_text("utf-8")
    for path in re.findall(
        r"`((?:pages|matchatlas|etl|data|tests|benchmarks|deploy|docs)/[\w./-]*\w(?:/|\.\w+))`", text
    ):
        made_by_a_build = path.startswith(("data/imports", "data/builds"))
        assert made_by_a_build or (ROOT / path).exists(), path
    known = typer.main.get_command(commands).commands
    for command in re.findall(r"python -m etl (\w+)", text):
        assert command in {*known, "COMMAND"}, command
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M)
    for target in re.findall(r"(?:`|^)make ([a-z]+)", text, re.M):
        assert target in targets, target


def test_one_version_everywhere():
    assert yaml.safe_load((ROOT / "CITATION.cff").read_text())["version"] == VERSION
    assert re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), re.M)[1] == VERSION
