"""The finder: every filter finds what a walk over the rows finds."""

import pandas as pd
import pytest

from etl.dimensions import Dimensions
from etl.paths import Paths
from matchatlas.catalog.programs import list_programs
from matchatlas.charts import programs as program_charts
from matchatlas.road.finder import FILLS, FULL, LAST, NEW, REGIONS, Wanted, find
from tests.pages.test_programs import made_up_rows


@pytest.fixture(scope="module")
def programs() -> pd.DataFrame:
    rows = made_up_rows(7)
    rows["institution"] = "Hospital " + (rows["code"].str[:4].astype(int) // 3).astype(str)
    names = {
        "140C": "Internal Medicine",
        "120C": "Family Medicine",
        "140P": "Internal Medicine (Preliminary)",
    }
    rows["specialty"] = rows["code"].str[4:8].map(names)
    rows["level"] = rows["code"].str[7].map({"C": "PGY-1", "P": "PGY-1 preliminary"})
    return list_programs(rows)


def codes(rows) -> set[str]:
    return set(rows["code"])


def by_hand(programs, keep) -> set[str]:
    return {row.code for row in programs.itertuples() if keep(row)}


def test_the_list_tells_each_programs_matches(programs):
    rows = made_up_rows(7)
    rows = rows[rows["quota"] > 0]
    for row in programs.sample(30, random_state=1).itertuples():
        own = rows[rows["code"] == row.code].sort_values("match_year")
        assert list(row.match_years) == own["match_year"].tolist()
        assert list(row.quotas) == own["quota"].tolist()
        assert list(row.fills) == own["filled"].tolist()
        share = dict(zip(own["match_year"], (100 * own["filled"] / own["quota"]).round(), strict=True))
        assert [float(h) for h in row.history] == pytest.approx(
            [share.get(y, 0) for y in (2024, 2025, 2026)], abs=1
        )


@pytest.mark.parametrize(
    ("wanted", "keep"),
    [
        (Wanted(), lambda row: True),
        (Wanted(places=("South",)), lambda row: row.state in ("Florida", "Texas")),
        (Wanted(places=("Northeast", "Texas")), lambda row: row.state in ("New York", "Texas")),
        (Wanted(specialties=("Family Medicine",)), lambda row: row.specialty == "Family Medicine"),
        (Wanted(levels=("PGY-1 preliminary",)), lambda row: row.code[7] == "P"),
        (Wanted(size=(5, 9)), lambda row: 5 <= row.quota <= 9),
        (Wanted(fill=LAST), lambda row: row.filled < row.quota),
        (Wanted(fill=FULL), lambda row: list(row.quotas) == list(row.fills)),
        (Wanted(fill=NEW), lambda row: len(row.match_years) < 3),
        (
            Wanted(unfilled_in=2),
            lambda row: sum(f < q for f, q in zip(row.fills, row.quotas, strict=True)) >= 2,
        ),
        (Wanted(text="city 3"), lambda row: row.city == "City 3"),
        (Wanted(text="(Site"), lambda row: False),
    ],
)
def test_each_filter_finds_what_a_walk_finds(programs, wanted, keep):
    expected = by_hand(programs, keep)
    assert codes(find(programs, wanted)) == expected
    assert expected or wanted.text


def test_institutions_with_two_specialties(programs):
    both = find(programs, Wanted(specialties=("Internal Medicine",), beside="Family Medicine"))
    offers = {}
    for row in programs.itertuples():
        offers.setdefault((row.state, row.institution), set()).add(row.specialty)
    expected = by_hand(
        programs,
        lambda row: (
            {"Internal Medicine", "Family Medicine"} <= offers[row.state, row.institution]
            and row.specialty in ("Internal Medicine", "Family Medicine")
        ),
    )
    assert codes(both) == expected
    assert expected


def test_every_state_is_in_one_region():
    states = [state for region in REGIONS.values() for state in region]
    assert sorted(states) == sorted(Dimensions(Paths())["state"].members["name"])
    assert set(FILLS) == {"Any", LAST, FULL, NEW}


def test_a_history_chart_has_a_bar_a_match_and_one_scale():
    rows = pd.DataFrame({"match_year": [2024, 2026], "quota": [8, 9], "filled": [8, 5]})
    figure = program_charts.history(rows, (2022, 2026), 40)
    assert [list(bar.x) for bar in figure.data] == [[2024, 2026]] * 2
    assert [list(bar.y) for bar in figure.data] == [[8, 5], [0, 4]]
    assert figure.layout.yaxis.range[1] == 42
    assert tuple(figure.layout.xaxis.range) == (2021.5, 2026.5)
