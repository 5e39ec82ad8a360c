"""Documents brought in: what was printed comes back whole, and every fault is refused."""

import random

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl.add import Asked, add, try_out
from etl.build import ensure, live_build_id
from etl.contract import load_contracts
from etl.dimensions import Dimensions
from etl.paths import Paths
from etl.problems import DataError
from etl.readers import read
from matchatlas.catalog.database import Catalog
from tests.etl import documents

CONTRACTS = load_contracts(Paths())
SOURCE = "nrmp-2025-positions-by-specialty-type"
FEW = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


TYPES = ["US MD Senior", "US DO Senior", "US IMG", "Non-US IMG", "US MD Graduate", "US DO Graduate"]
COLUMNS = {
    "applicant_type": ("Applicant Type", ""),
    "active_applicants": ("Applicants", "Active"),
    "matched_pgy1": ("Applicants", "No. Matched"),
    "match_rate_pct": ("Result", "% Matched"),
}


def made_up(seed: int) -> list[dict]:
    draw = random.Random(seed)
    rows = []
    for name in TYPES:
        active = draw.randint(100, 20000)
        matched = draw.randint(0, active)
        rows.append(
            {
                "applicant_type": name,
                "active_applicants": active,
                "matched_pgy1": matched,
                "match_rate_pct": round(100 * matched / active, 1),
            }
        )
    return rows


@given(seed=st.integers(0, 10**6))
@FEW
def test_wide_xlsx_comes_back_whole(tmp_path, seed):
    rows, path = made_up(seed), tmp_path / "wide.xlsx"
    documents.wide_xlsx(path, rows, COLUMNS)
    frame = read(path, CONTRACTS["applicants_by_type"], 2027, Dimensions(Paths())).rows
    for key in ("applicant_type", "active_applicants", "matched_pgy1"):
        assert frame[key].tolist() == [str(row[key]) for row in rows]
    assert [float(v) for v in frame.match_rate_pct] == [row["match_rate_pct"] for row in rows]


def wide_csv(rows, separator=",") -> str:
    lines = [
        "Table 4. A made-up table",
        separator.join(["Applicant Type", "Active", "No. Matched", "% Matched"]),
    ]
    for row in rows:
        cells = [
            f"{row['applicant_type']}*",
            f"{row['active_applicants']:,}",
            f"{row['matched_pgy1']:,}\u00a0",
            f"{row['match_rate_pct']}%",
        ]
        lines.append(separator.join(f'"{cell}"' for cell in cells))
    return "\n".join([*lines, "* A footnote"]) + "\n"


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_wide_csv_of_any_separator_is_added_and_published(inputs, tmp_path, separator):
    path = tmp_path / "wide.csv"
    path.write_text(wide_csv(made_up(1), separator), encoding="utf-8")
    add(inputs, Asked(CONTRACTS["applicants_by_type"], path, 2027, SOURCE, {}))
    rates = Catalog(inputs.database.resolve()).match_rates()
    assert rates[rates.match_year == 2027].active.sum() == sum(r["active_applicants"] for r in made_up(1))


def refused(inputs, path, table="applicants_by_type", **kwargs) -> str:
    before = live_build_id(inputs)
    with pytest.raises(DataError) as caught:
        add(inputs, Asked(CONTRACTS[table], path, 2027, SOURCE, {}, **kwargs))
    assert live_build_id(inputs) == before
    assert not list(inputs.tables.rglob("*_2027*"))
    return str(caught.value)


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"", "is not empty"),
        (b"\x00\x01\x02\x03ab" * 200, "is text, XLSX"),
        ("Applicant Type,Active\nUS IMG\x81,1\n".encode("latin-1"), "UTF-8"),
        (b"%PDF-1.4 truncated", "whole PDF"),
        (b"PK\x03\x04 truncated", "whole XLSX"),
        (b"Colour,Height\nred,3\nblue,4\n", "required column"),
        (b"Applicant Type,Active\n", "rows below its header"),
        (b'Applicant Type,Active\n"US IMG,1\n', "balanced quotes"),
    ],
)
def test_bad_documents_are_refused(inputs, tmp_path, content, part):
    ensure(inputs)
    path = tmp_path / "document.csv"
    path.write_bytes(content)
    message = refused(inputs, path)
    assert part in message
    assert "document.csv" in message
    assert "Mend:" in message


def test_a_huge_file_is_refused_before_it_is_read(inputs, tmp_path):
    ensure(inputs)
    path = tmp_path / "document.csv"
    with path.open("wb") as file:
        file.truncate(1_000_000_000)
    assert "at most 200 MB" in refused(inputs, path)


def test_a_formula_in_a_cell_is_refused_with_its_place(inputs, tmp_path):
    ensure(inputs)
    path = tmp_path / "wide.xlsx"
    documents.wide_xlsx(path, made_up(2), COLUMNS, total=False)
    book = openpyxl.load_workbook(path)
    book.active["C6"] = "=B6-1"
    book.save(path)
    message = refused(inputs, path)
    assert "Sheet!C6" in message
    assert "no formulas" in message


def test_a_totals_row_that_is_not_the_sum_is_refused(inputs, tmp_path):
    ensure(inputs)
    path = tmp_path / "wide.xlsx"
    documents.wide_xlsx(path, made_up(2), COLUMNS)
    book = openpyxl.load_workbook(path)
    book.active["B11"] = 7
    book.save(path)
    assert "totals row is the sum" in refused(inputs, path)


FAULTS = ["rate", "matched", "type", "number", "twice", "formula", "negative"]


@given(seed=st.integers(0, 10**6), fault=st.sampled_from(FAULTS), place=st.integers(0, 5))
@settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_two_hundred_bad_files_are_each_refused_with_the_row(shared_inputs, tmp_path, seed, fault, place):
    rows = made_up(seed)
    spoiled = {
        "rate": {"match_rate_pct": 101},
        "matched": {"matched_pgy1": rows[place]["active_applicants"] + 1},
        "type": {"applicant_type": "US Wizard"},
        "number": {"active_applicants": "many"},
        "twice": {"applicant_type": rows[place - 1]["applicant_type"]},
        "formula": {"applicant_type": "=1+1"},
        "negative": {"active_applicants": -5},
    }[fault]
    table = pd.DataFrame(rows).astype(object)
    for column, value in spoiled.items():
        table.loc[place, column] = value
    path = tmp_path / "bad.csv"
    table.to_csv(path, index=False)
    before = shared_inputs.database.resolve().read_bytes()
    message = refused(shared_inputs, path)
    assert "bad.csv, row" in message
    assert "Rule:" in message
    assert "Mend:" in message
    if fault != "twice":
        assert f"row {place + 2}," in message
    assert shared_inputs.database.resolve().read_bytes() == before


@pytest.fixture(scope="module")
def shared_inputs(tmp_path_factory):
    import shutil

    from etl.paths import ROOT

    data = tmp_path_factory.mktemp("shared") / "data"
    shutil.copytree(ROOT / "data", data, ignore=shutil.ignore_patterns("*.duckdb", "builds", "imports"))
    paths = Paths(data=data)
    ensure(paths)
    return paths


def test_a_dry_run_shows_what_would_change_and_writes_nothing(inputs, tmp_path):
    ensure(inputs)
    before = {file: file.stat().st_mtime_ns for file in inputs.data.rglob("*")}
    path = tmp_path / "document.csv"
    path.write_text("A title,\nApplicant Type,Active\nUS IMG,4700\nTotal,4700\n", encoding="utf-8")
    asked = Asked(CONTRACTS["applicants_by_type"], path, 2027, SOURCE, {})
    added, found = try_out(inputs, asked)
    assert [(d.table, d.kind, d.key) for d in found] == [("applicants_by_type", "new", "2027 / US IMG")]
    assert added.file == inputs.tables / "nrmp" / "applicants_by_type_2027.csv"
    assert "row 4 “Total”" in added.notes[0]
    assert {file: file.stat().st_mtime_ns for file in inputs.data.rglob("*")} == before
    path.write_text("Applicant Type,Active\nUS Wizard,4700\n", encoding="utf-8")
    with pytest.raises(DataError, match="row 2, column applicant_type"):
        try_out(inputs, asked)


def test_a_doubled_row_is_told_by_both_rows_of_the_document(inputs, tmp_path):
    ensure(inputs)
    path = tmp_path / "document.csv"
    path.write_text("A title,\n\nApplicant Type,Active\nUS IMG,4700\nNon-US IMG,9\nUS IMG,4700\n")
    message = refused(inputs, path)
    assert "document.csv, row 6" in message
    assert "the same key stands in document.csv, row 4" in message
