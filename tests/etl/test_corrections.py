"""A wrong figure of a source is corrected as data, and a mended source is noticed."""

import duckdb
import pytest

from etl.build import build
from etl.problems import DataError

MEANS = "nrmp/charting_outcomes_means.csv"


def test_the_right_value_reaches_the_mart(catalog):
    means = catalog.table("characteristics").query("edition == 2024 and outcome == 'not_matched'")
    means = means.set_index(["specialty", "measure"])["mean"]
    assert means["Interventional Radiology", "volunteer"] == 3.9
    assert ("Pediatrics", "abstracts_presentations_publications") not in means.index


def test_a_source_that_was_mended_is_noticed_and_nothing_published(inputs):
    file = inputs.tables / MEANS
    file.write_text(file.read_text().replace("10.1,15.6,", "10.1,3.9,"))
    with pytest.raises(DataError, match=r"value to correct is 15\.6") as told:
        build(inputs)
    assert "data/corrections.yml" in str(told.value) and "remove the correction" in str(told.value)
    assert not inputs.database.exists()


@pytest.mark.parametrize(
    ("former", "now", "told"),
    [
        ("edition_year: 2024", "edition_year: 1999", "means one row"),
        ("column: mean_vol", "column: mean_val", "columns of its contract"),
        ("expected: 15.6", "expekted: 15.6", "only keys that are known"),
    ],
)
def test_a_correction_that_means_no_cell_is_refused(inputs, former, now, told):
    file = inputs.data / "corrections.yml"
    file.write_text(file.read_text().replace(former, now, 1))
    with pytest.raises(DataError, match=told):
        build(inputs)


def test_what_was_corrected_is_told(inputs):
    build(inputs)
    with duckdb.connect(str(inputs.database.resolve()), read_only=True) as connection:
        rows = connection.execute('SELECT "column", expected, value FROM correction').fetchall()
    assert ("mean_volunteer_experiences", "15.6", "3.9") in rows
    assert ("mean_publications", "21.5", None) in rows
