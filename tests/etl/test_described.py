"""Every column of every table is described once, and what is described is what is built."""

import json
import shutil

import pytest

from etl.build import build, mart_names
from etl.contract import glossary, load_contracts
from etl.database import read_only
from etl.export import data_package
from etl.paths import Paths
from etl.problems import DataError


def test_every_input_column_has_title_meaning_and_unit(catalog):
    described = catalog.input_columns()
    wanted = {(c.name, column) for c in load_contracts(Paths()).values() for column in c.columns}
    assert set(zip(described["input"], described["column"], strict=True)) == wanted
    assert described.notna().all(axis=None)
    assert (described[["title", "meaning", "unit"]].map(str.strip) != "").all(axis=None)


def test_no_word_of_the_glossary_is_left_over(catalog):
    marts = {column for mart in catalog.marts()["mart"] for column in catalog.columns(mart)["column"]}
    assert set(glossary(Paths())) == marts | set(catalog.input_columns()["column"])


def test_the_data_package_describes_every_table_as_built(database):
    with read_only(database) as connection:
        package = json.loads(data_package(connection))
        names = mart_names(connection)
    assert [resource["path"] for resource in package["resources"]] == [f"{n}.csv" for n in names]
    for resource in package["resources"]:
        fields = resource["schema"]["fields"]
        assert all(field["title"] and field["description"] and field["unit"] for field in fields)
        assert set(resource["schema"]["primaryKey"]) <= {field["name"] for field in fields}
        assert "any" not in {field["type"] for field in fields}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("key: [match_year, event]", "key: [match_year]"), "match_year occur together once"),
        (("columns: [match_year, couples", "columns: [couples, match_year"), "its description names"),
    ],
)
def test_a_mart_that_is_not_as_described_is_not_published(inputs, tmp_path, change, told):
    marts = tmp_path / "marts"
    shutil.copytree(inputs.marts, marts)
    former, now = change
    changed = [file for file in marts.glob("*.yml") if former in file.read_text()]
    assert changed
    for file in changed[:1]:
        file.write_text(file.read_text().replace(former, now))
    with pytest.raises(DataError, match=told):
        build(Paths(data=inputs.data, marts=marts))
