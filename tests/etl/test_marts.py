"""Marts on tiny inputs: rows given, rows expected."""

import duckdb
import pandas as pd
import pytest

from etl.marts import load_marts
from etl.paths import Paths

MARTS = {mart.name: mart.sql for mart in load_marts(Paths())}
PLACE = {"source_id": "a", "file": "f.csv", "line": 2, "trust": "single", "note": None}


def made(mart: str, **given) -> pd.DataFrame:
    """The mart as its SQL makes it from tables: raw ones by name, other marts as `of_<name>`."""
    connection = duckdb.connect()
    connection.execute("CREATE SCHEMA raw")
    for name, rows in given.items():
        frame = pd.DataFrame([PLACE | row for row in rows])
        connection.register("frame", frame)
        table = name.removeprefix("of_") if name.startswith("of_") else f"raw.{name}"
        connection.execute(f"CREATE TABLE {table} AS SELECT * FROM frame")
        connection.unregister("frame")
    connection.execute(MARTS[mart])
    return connection.execute(f'SELECT * FROM "{mart}"').df()


@pytest.mark.parametrize(
    ("band", "low", "high"),
    [
        ("181-190", 181, 190),
        ("180 or below", None, 180),
        ("above 260", 261, None),
        ("<200", None, 199),
        ("250+", 250, None),
        ("16 or more", 16, None),
        ("7", 7, 7),
        ("yes", None, None),
        ("score unknown", None, None),
    ],
)
def test_a_band_has_its_bounds(band, low, high):
    row = {
        "edition": "2007",
        "applicant_type": "US MD Senior",
        "specialty": "X",
        "measure": "m",
        "band": band,
        "band_order": 1,
        "n_matched": 3,
        "n_not_matched": 1,
        "n_total": None,
        "pct_matched": None,
    }
    found = made("outcome_bands", outcome_bands=[row]).astype(object).iloc[0]
    told = [None if pd.isna(found[name]) else found[name] for name in ("low", "high")]
    assert (told, found["total"]) == ([low, high], 4)


def test_a_rounded_percent_gives_no_counts():
    row = {
        "edition": "2020-2024 pooled",
        "applicant_type": "US MD Senior",
        "specialty": "X",
        "measure": "step2_ck",
        "band": "230-239",
        "band_order": 5,
        "n_matched": None,
        "n_not_matched": None,
        "n_total": 103,
        "pct_matched": 59.0,
    }
    found = made("outcome_bands", outcome_bands=[row]).iloc[0]
    assert (found["total"], found["match_rate"]) == (103, 0.59)
    assert pd.isna(found["matched"]) and pd.isna(found["unmatched"])


def test_what_was_left_open_is_taken_from_the_publication_that_adds_up():
    levels = [
        {
            "match_year": year,
            "specialty": "X",
            "level": level,
            "positions_offered": 10,
            "positions_filled": 8,
            "programs_unfilled": 1,
        }
        for year in (2024, 2025)
        for level in ("PGY-1", "PGY-2 advanced")
    ]
    covered = [{"match_year": 2025, "specialty": "X", "offered": 21, "filled": 18}]
    found = made("open_positions", of_positions_by_specialty_level=levels, of_positions_by_level=covered)
    assert dict(zip(found["match_year"], found["open"], strict=True)) == {2024: 4, 2025: 3}


def test_a_year_with_a_type_missing_has_no_bar():
    whole = {
        "match_year": 2008,
        "specialty": "X",
        "level": "PGY-1",
        "positions_filled": 10,
        "filled_us_md_senior": 4,
        "filled_us_md_grad": 1,
        "filled_us_do": 2,
        "filled_us_do_senior": None,
        "filled_us_do_grad": None,
        "filled_us_img": 1,
        "filled_non_us_img": 2,
    }
    partly = whole | {"match_year": 2021, "filled_us_img": None}
    none = {
        "match_year": 1,
        "specialty": "-",
        "scope": "-",
        "level": "-",
        "applicant_type": "-",
        "filled_by_type": 0,
        "filled_total": 0,
        "filled": 0,
        "filled_us_md_senior": 0,
        "filled_us_md_grad": 0,
        "filled_us_do_senior": 0,
        "filled_us_do_grad": 0,
        "filled_us_img": 0,
        "filled_non_us_img": 0,
    }
    found = made(
        "fills_by_year",
        of_positions_filled_by_type=[whole, partly],
        of_fills=[none],
        of_positions_by_level=[none],
    )
    assert set(found["match_year"]) == {2008}
    assert found["filled"].sum() == 10
    assert "US DO (seniors and graduates)" in set(found["applicant_type"])


def test_a_rule_change_knows_its_year_and_what_it_breaks():
    rows = [
        {"valid_from": "2025-07-01", "change": "Step 2 CK passing standard 218", "meaning": None},
        {"valid_from": "2027 ERAS season", "change": "MyERAS Publications section", "meaning": None},
    ]
    found = made("rule_changes", rule_changes=rows)
    assert found[["year", "concerns"]].values.tolist() == [[2025, "exams"], [2027, "application"]]


def test_a_change_of_definitions_knows_the_series_it_breaks():
    rows = [
        {"match_year": 2020, "change": "Single accreditation", "meaning": "m"},
        {"match_year": 2022, "change": "Step 1 pass/fail", "meaning": "m"},
    ]
    found = made("definition_change", definition_changes=rows)
    assert found["concerns"].tolist() == ["rates, positions, SOAP", "rates"]
