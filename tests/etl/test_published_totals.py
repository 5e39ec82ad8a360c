"""Figures in the database against figures as published, and the identities between them."""

import csv

import duckdb
import pytest

from etl.build import build, load_tables
from etl.contract import load_contracts
from etl.dimensions import Dimensions
from etl.paths import ROOT


@pytest.mark.parametrize(
    ("year", "applicant_type", "active", "matched", "percent"),
    [
        (2025, "All applicants", 47208, 37667, 79.8),
        (2025, "US MD Senior", 20368, 19044, 93.5),
        (2025, "US IMG", 4587, 3108, 67.8),
        (2025, "Non-US IMG", 11465, 6653, 58.0),
        (2024, "US IMG", 4751, 3181, 67.0),
        (2024, "Non-US IMG", 10021, 5864, 58.5),
        (2026, "Non-US IMG", 11944, 6733, 56.4),
    ],
)
def test_match_rates_as_published(catalog, year, applicant_type, active, matched, percent):
    rates = catalog.match_rates()
    row = rates[(rates.match_year == year) & (rates.applicant_type == applicant_type)].iloc[0]
    assert (row.active, row.matched, round(100 * row.match_rate, 1)) == (active, matched, percent)


def test_positions_2025_add_up_to_the_published_total(catalog):
    by_level = catalog.table("positions_by_level")
    by_state = catalog.table("state_positions")
    for table in (by_level, by_state):
        assert (table.offered.sum(), table.filled.sum()) == (43237, 40764)


@pytest.mark.parametrize(
    ("year", "offered"), [(2020, 34266), (2021, 35194), (2022, 36277), (2023, 37425), (2024, 38494)]
)
def test_pgy1_positions_add_up_to_the_published_total(catalog, year, offered):
    positions = catalog.positions()
    rows = positions[(positions.match_year == year) & (positions.scope == "PGY-1")]
    assert rows.offered.sum() == offered


def test_every_total_checked_agrees(catalog):
    checks = catalog.check_totals()
    assert len(checks) >= 30
    assert checks.agrees.all()


def test_parts_by_type_add_up_to_filled(catalog):
    fills = catalog.table("fills")
    parts = fills.groupby(["match_year", "specialty", "scope"]).agg(
        parts=("filled_by_type", "sum"), filled=("filled_total", "first")
    )
    others = parts.filled - parts.parts
    # The publications count a handful of other applicants beside the six types.
    assert (others >= 0).all()
    assert (others <= 5).all()


def test_outcomes_agree_with_the_input_rows(catalog):
    """Straight from the input file, not through the SQL."""
    rows = {}
    for path in sorted((ROOT / "data/tables/nrmp").glob("preferred_specialty_outcomes*.csv")):
        with open(path, encoding="utf-8") as file:
            for row in csv.DictReader(file):
                if row["edition_year"] == "2026" and row["n_total"]:
                    rows[row["applicant_type"], row["specialty"]] = row
    shown = catalog.outcomes()
    shown = shown[(shown.year == 2026) & shown.measure.str.startswith("Preferred")]
    assert len(shown) == len(rows)
    assert shown.matched.sum() == sum(int(row["n_matched"]) for row in rows.values())
    assert (shown.matched + shown.unmatched == shown.total).all()


def test_every_figure_leads_to_a_source(catalog):
    known = set(catalog.sources().source_id)
    for name in catalog.tables().table_name:
        table = catalog.table(name)
        if "source_id" in table and name != "guide_claim":
            assert set(table.source_id) <= known, name
        if "line" in table:
            assert (table.line >= 2).all(), name


def test_guide_claims_are_held_against_the_tables(catalog):
    claims = catalog.guide_claims().set_index("position")
    # The guide gives the 2025 rates as those of 2024.
    assert claims.loc[1, "verdict"] == claims.loc[2, "verdict"] == "another year"
    assert "67.0 % (2024)" in claims.loc[1, "published"]
    assert "58.5 % (2024)" in claims.loc[2, "published"]
    assert claims.loc[3, "verdict"] == "agrees"
    assert claims.loc[4, "verdict"] == "differs" and claims.loc[4, "published"].startswith("31.8 %")
    assert "25.6 % of all physicians (2004)" in claims.loc[9, "published"]
    assert claims.loc[10, "published"] != claims.loc[10, "published"], "no table has it"


def test_two_builds_have_the_same_content(inputs):
    assert build(inputs).marts == build(inputs).marts


def test_every_input_row_is_read(inputs):
    """No row is lost between file and table (the reader does not skip or merge)."""
    contracts = load_contracts(inputs)
    with duckdb.connect() as connection:
        load_tables(connection, contracts, Dimensions(inputs))
        for contract in contracts.values():
            lines = sum(
                sum(1 for _ in csv.reader(path.open(encoding="utf-8"))) - 1 for path in contract.paths(inputs)
            )
            read = connection.execute(f'SELECT count(*) FROM raw."{contract.name}"').fetchone()
            assert read == (lines,), contract.name
