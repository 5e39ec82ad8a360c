"""A fault in a YAML file of data/ or a contract is refused with file, row and mend, never a traceback."""

import shutil
from dataclasses import replace

import pytest

from etl.build import build, ensure, live_build_id
from etl.contract import load_contracts
from etl.problems import DataError

SOURCE = "- id: made-up\n  publisher: NRMP\n  year: 2027\n  title: A made-up title\n  read_from: here\n"
SPECIALTY = "- {name: Podiatry, family: Other}\n"
FAULTS = [  # file, what is appended, the row of it that is told, parts of the message
    ("sources", SOURCE.replace("A made-up title", "Made up: 2027"), 4, "in quotes"),
    ("sources", SOURCE.replace("  publisher", "\tpublisher"), 2, "instead of the tab"),
    ("sources", SOURCE.replace("made-up title", "mad\xe9-up title").encode("cp1252"), 4, "UTF-8"),
    ("sources", SOURCE * 2, 6, "id stands once"),
    ("sources", SOURCE.replace("year", "yaer"), 3, "write `year:`"),
    ("sources", SOURCE.replace("  title: A made-up title\n", ""), 1, "add `title:`"),
    ("sources", SOURCE.replace("2027", "soon"), 3, "whole number"),
    ("sources", SOURCE.replace("A made-up title", "12"), 4, "in quotes"),
    ("sources", SOURCE.replace("NRMP", "nrpm"), 2, "add it under `publishers`"),
    ("sources", SOURCE + "  title: Another\n", 6, "a key stands once"),
    ("specialties", SPECIALTY.replace("}", ", aliases: [Podiatry: surgical]}"), 1, "in quotes"),
    ("specialties", SPECIALTY.replace("}", ", aliases: [12]}"), 1, "in quotes"),
    ("specialties", SPECIALTY.replace("}", ", aliases: [NO]}"), 1, "in quotes"),
    ("specialties", SPECIALTY.replace("}", ", aliases: Feet}"), 1, "write [one, another]"),
    ("specialties", SPECIALTY.replace("}", ", aliasses: [Feet]}"), 1, "write `aliases:`"),
    ("specialties", SPECIALTY.replace("Other", "feet, as some say: x"), 1, "in quotes"),
    ("specialties", SPECIALTY * 2, 2, "name stands once"),
    ("specialties", SPECIALTY + SPECIALTY.replace("Podiatry", "PODIATRY"), 2, "one name only"),
    ("specialties", SPECIALTY + "- Feet\n", 2, "write `key: value`"),
    ("specialties", "- {name: [\n", None, "is YAML"),
    ("states", "- {name: X, code: X, tile_row: " + "9" * 5000 + ", tile_column: 1}\n", 1, "in quotes"),
    ("states", "- \x00\n", 1, "control characters"),
    ("applicant_types", "- {name: X, kind: sort, meaning: Y}\n", 1, "'type'"),
    ("corrections", "- table: match_totals\n  wher: {match_year: 2026}\n", 2, "write `where:`"),
    ("applicant_types", "- !!python/name:os.system {}\n", 1, "is YAML"),
]


@pytest.mark.parametrize(("stem", "added", "row", "part"), FAULTS)
def test_a_fault_is_told_with_file_row_and_mend(inputs, stem, added, row, part):
    file = inputs.data / f"{stem}.yml"
    lines = len(file.read_text().splitlines())
    with file.open("ab") as stream:
        stream.write(added if isinstance(added, bytes) else added.encode())
    with pytest.raises(DataError) as caught:
        build(inputs)
    message = str(caught.value)
    assert f"data/{stem}.yml" in message
    assert part in message
    if row:
        assert f"data/{stem}.yml, row {lines + row}" in message


def test_a_file_emptied_or_gone_is_told(inputs):
    published = ensure(inputs)
    (inputs.data / "states.yml").write_text("")
    with pytest.raises(DataError, match="is not empty"):
        build(inputs)
    (inputs.data / "states.yml").unlink()
    with pytest.raises(DataError, match=r"states\.yml\. Rule: is there"):
        build(inputs)
    assert live_build_id(inputs) == published


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ("type: integer", "type: intger", "'integer'"),
        ("required: true", "requierd: true", "write `required:`"),
        ("title: Active", "title: Active: ", "in quotes"),
        ("key: [match_year", "key: [match_yaer", "a key column is one of the columns"),
        ("min: 0", "min: none", "is a number"),
        ("files: nrmp/", "files: ../nrmp/", "below data/tables"),
    ],
)
def test_a_fault_in_a_contract_is_told(inputs, tmp_path, old, new, part):
    contracts = tmp_path / "etl" / "contracts"
    shutil.copytree(inputs.contracts, contracts)
    file = contracts / "applicants_by_type.yml"
    text = file.read_text()
    assert old in text
    row = text[: text.index(old)].count("\n") + 1
    file.write_text(text.replace(old, new, 1))
    with pytest.raises(DataError) as caught:
        load_contracts(replace(inputs, contracts=contracts))
    assert f"etl/contracts/applicants_by_type.yml, row {row}" in str(caught.value)
    assert part in str(caught.value)
