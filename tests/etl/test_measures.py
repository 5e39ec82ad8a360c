"""The measures (match rate, fill rate, share) on tiny inputs: rows given, rows expected."""

import duckdb
import pandas as pd
import pytest

from matchatlas.catalog.places import Places
from matchatlas.catalog.positions import Positions
from tests.etl.test_marts import made

TYPES = ("US MD Senior", "US MD Graduate", "US DO Senior", "US DO Graduate", "US IMG", "Non-US IMG")
COLUMNS = ("us_md_senior", "us_md_grad", "us_do_senior", "us_do_grad", "us_img", "non_us_img")


@pytest.fixture
def asked(tmp_path):
    """Asks a query of a build that holds nothing but the tables given."""

    def ask(subject, query: str, **tables) -> pd.DataFrame:
        file = tmp_path / "tiny.duckdb"
        with duckdb.connect(str(file)) as connection:
            connection.execute("CREATE TABLE build AS SELECT 'tiny' AS build_id, now() AS built_at")
            for name, rows in tables.items():
                connection.register("frame", pd.DataFrame(rows))
                connection.execute(f"CREATE TABLE {name} AS SELECT * FROM frame")
                connection.unregister("frame")
        return getattr(subject(file), query)()

    return ask


def listed(frame: pd.DataFrame, *columns: str) -> list[list]:
    """Rows as lists, what is missing as None."""
    return [[None if pd.isna(cell) else cell for cell in row] for row in frame[list(columns)].values.tolist()]


def applicants(**given) -> dict:
    """A row of the input, with nothing but what is given."""
    empty = dict.fromkeys(
        (
            "registered",
            "withdrew",
            "no_rank_list",
            "active_applicants",
            "matched_pgy1",
            "match_rate_pct",
            "placed_after_soap_active",
            "placement_rate_active_pct",
        )
    )
    return {"match_year": 2026, "applicant_type": "US IMG"} | empty | given


@pytest.mark.parametrize(
    ("given", "rate", "from_counts"),
    [
        ({"match_rate_pct": 67.8, "active_applicants": 1000, "matched_pgy1": 600}, 0.678, False),
        ({"active_applicants": 1000, "matched_pgy1": 600}, 0.6, True),
        ({"match_rate_pct": 67.8}, 0.678, False),
        ({"active_applicants": 1000}, None, True),
        ({"match_rate_pct": 0.0}, 0.0, False),
    ],
)
def test_a_match_rate_is_the_published_one_or_else_the_ratio_of_the_counts(given, rate, from_counts):
    found = made("applicants", applicants_by_type=[applicants(**given)])
    assert listed(found, "match_rate", "rate_from_counts") == [[pytest.approx(rate), from_counts]]


def test_a_placement_rate_is_a_share_and_no_match_rate():
    found = made("applicants", applicants_by_type=[applicants(placement_rate_active_pct=81.5)])
    assert listed(found, "match_rate", "placement_rate") == [[None, pytest.approx(0.815)]]


def test_the_rate_of_rank_list_lengths_is_a_share():
    row = {
        "match_year": 2026,
        "applicant_type": "US IMG",
        "matched": 3,
        "unmatched": 1,
        "match_rate_pct": 75.0,
        "mean_ranks_matched": 6.5,
        "mean_ranks_unmatched": 2.5,
    }
    assert listed(made("rank_lengths", rank_list_lengths=[row]), "match_rate") == [[0.75]]


def preferred(measure: str, matched: int, unmatched: int, file: str = "a.csv") -> dict:
    return {
        "edition_year": 2024,
        "applicant_type": "US IMG",
        "specialty": "X",
        "measure": measure,
        "n_matched": matched,
        "n_not_matched": unmatched,
        "n_total": matched + unmatched,
        "positions": None,
        "all_applicants_preferring": None,
        "file": file,
    }


def test_outcomes_of_different_cohorts_are_never_one_row_and_a_count_printed_twice_stands_once():
    rows = [
        preferred("preferred specialty, all active applicants", 30, 10, "a.csv"),
        preferred("preferred specialty, all active applicants", 30, 10, "b.csv"),
        preferred("preferred specialty, consented", 15, 5),
    ]
    found = made("preferred_outcomes", preferred_specialty_outcomes=rows).sort_values("cohort")
    assert listed(found, "cohort", "matched", "total") == [["all active", 30, 40], ["consented", 15, 20]]


def level(name: str, filled: tuple[int, ...], offered: int) -> dict:
    return {
        "match_year": 2025,
        "specialty": "X",
        "level": name,
        "offered": offered,
        "filled": sum(filled),
        **{f"filled_{column}": count for column, count in zip(COLUMNS, filled, strict=True)},
    }


NO_POSITIONS = {"scope": "PGY-1", **level("PGY-1", (0,) * 6, 0), "filled_us_img": None}


def test_fills_of_all_levels_are_summed_by_type_and_shares_are_of_all_filled(asked):
    levels = [level("PGY-1", (1, 2, 3, 4, 5, 5), 25), level("PGY-2", (1, 0, 0, 0, 0, 4), 6)]
    fills = made("fills", of_positions=[NO_POSITIONS], of_positions_by_level=levels)
    assert set(fills["scope"]) == {"all levels and tracks"}
    kinds = [{"applicant_type": name, "position": place} for place, name in enumerate(TYPES)]
    found = asked(Positions, "fills", fills=fills.to_dict("records"), applicant_type=kinds)
    assert listed(found, "applicant_type", "filled_by_type", "filled_total") == [
        [name, count, 25] for name, count in zip(TYPES, (2, 2, 3, 4, 5, 9), strict=True)
    ]
    assert found["share"].tolist() == pytest.approx([0.08, 0.08, 0.12, 0.16, 0.2, 0.36])
    assert found["share"].sum() == pytest.approx(1)


def test_what_is_open_is_offered_less_filled_of_one_publication():
    covered = [level("PGY-1", (1, 2, 3, 4, 5, 5), 25), level("PGY-2", (1, 0, 0, 0, 0, 4), 6)]
    other = {
        "specialty": "X",
        "level": "PGY-1",
        "positions_offered": 9,
        "positions_filled": 7,
        "programs_unfilled": 2,
    }
    found = made(
        "open_positions",
        of_positions_by_level=covered,
        of_positions_by_specialty_level=[{"match_year": 2025} | other, {"match_year": 2024} | other],
    ).sort_values("match_year")
    assert listed(found, "match_year", "offered", "filled", "open") == [[2024, 9, 7, 2], [2025, 31, 25, 6]]


def test_a_fill_rate_is_filled_of_offered_and_missing_where_nothing_was_offered(asked):
    row = {
        "match_year": 2026,
        "scope": "PGY-1",
        "programs": 1,
        "filled_us_md_senior": 1,
        "filled_us_do_senior": 0,
        "filled_us_img": 1,
        "filled_non_us_img": 1,
        "applicants_total": None,
        "trust": "single",
        "source_id": "a",
    }
    rows = [
        row | {"specialty": "A", "offered": 8, "filled": 6},
        row | {"specialty": "B", "offered": 0, "filled": 0},
        row | {"specialty": "All specialties", "offered": 8, "filled": 6},
    ]
    found = asked(Positions, "positions", positions=rows)
    assert listed(found, "specialty", "fill_rate") == [["A", 0.75], ["B", None]]


def test_a_states_share_of_imgs_is_of_its_filled_positions(asked):
    row = {"match_year": 2026, "filled_us_img": 1, "filled_non_us_img": 2, "source_id": "a"}
    rows = [
        row | {"state": "A", "offered": 16, "filled": 12},
        row | {"state": "B", "offered": 0, "filled": 0, "filled_us_img": 0, "filled_non_us_img": 0},
    ]
    places = [{"state": state, "code": state, "tile_row": 0, "tile_column": 0} for state in "AB"]
    found = asked(Places, "states", state_positions=rows, state=places)
    assert listed(found, "state", "fill_rate", "img_share", "filled_imgs") == [
        ["A", 0.75, 0.25, 3],
        ["B", None, None, 0],
    ]


def test_applicants_a_position_are_of_the_positions_offered(asked):
    row = {"match_year": 2026, "source_id": "a"}
    rows = [
        row | {"specialty": "A", "applicants": 30, "offered": 20},
        row | {"specialty": "B", "applicants": 3, "offered": 0},
    ]
    found = asked(Positions, "first_choice", first_choice=rows)
    assert listed(found, "specialty", "applicants_per_position") == [["A", 1.5], ["B", None]]
