"""Breaks of a series: every trend on the pages marks those that concern it, where they belong."""

import ast

import pandas as pd
import pytest

from etl.paths import ROOT
from matchatlas.charts import published, specialties

BREAKS = pd.DataFrame(
    {"match_year": [1990, 2020, 2022], "change": ["Too early", "Single accreditation", "Step 1 pass/fail"]}
)


def lines(figure) -> dict[str, float]:
    """Where each named line stands on the axis of years."""
    notes, shapes = figure.layout.annotations, figure.layout.shapes
    assert len(notes) == len(shapes)
    return {note.text: shape.x0 for note, shape in zip(notes, shapes, strict=True)}


def test_a_break_stands_between_the_years_that_it_parts():
    rows = pd.DataFrame({"match_year": [2018, 2020, 2022], "value": [1, 2, 3], "of": "a"})
    found = lines(published.trend(rows, "match_year", "value", "Value", "of", breaks=BREAKS))
    assert found == {"Single accreditation": 2019.5, "Step 1 pass/fail": 2021.5}


def test_where_bars_stand_side_by_side_a_break_parts_the_years_that_there_are():
    rows = pd.DataFrame({"match_year": [2014, 2018, 2021, 2024], "applicant_type": "US IMG", "filled": 1})
    found = lines(specialties.fills_over_years(rows, BREAKS))
    assert found == {"Single accreditation": 1.5, "Step 1 pass/fail": 2.5}


def test_what_changed_before_or_after_all_years_has_no_line():
    rows = pd.DataFrame({"match_year": [2022, 2023], "value": [1, 2], "of": "a"})
    assert lines(published.trend(rows, "match_year", "value", "Value", "of", breaks=BREAKS)) == {}


@pytest.mark.parametrize(
    ("concerned", "changes"),
    [
        ("rates", {2020: "Single accreditation", 2022: "Step 1 pass/fail"}),
        ("positions", {2020: "Single accreditation"}),
        ("SOAP", {2020: "Single accreditation", 2021: "SOAP has four offer rounds"}),
    ],
)
def test_a_series_has_the_breaks_that_concern_it(catalog, concerned, changes):
    found = catalog.breaks(concerned)
    assert dict(zip(found["match_year"], found["change"], strict=True)) == changes
    assert found["source_id"].notna().all()


def test_every_trend_on_the_pages_is_given_its_breaks():
    calls = [
        (page.name, call)
        for page in sorted((ROOT / "pages").glob("*.py"))
        for call in ast.walk(ast.parse(page.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and ast.unparse(call.func).endswith((".trend", "published.match_rates"))
    ]
    assert len(calls) >= 9
    without = [page for page, call in calls if "breaks" not in {word.arg for word in call.keywords}]
    assert without == []
