"""Fees: exact at every tier edge, and the laws that a sum of marginal fees obeys."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchatlas.charts.match_week import funnel_links
from matchatlas.road.costs import application_fees, list_fee, marginal_fees, newest_fees, plan_fees


@st.composite
def tiers(draw):
    """Tiers as a publisher may set them: marginal fees in whole cents, the last without an end."""
    edges = sorted(draw(st.sets(st.integers(1, 120), max_size=5)))
    first = [1, *(edge + 1 for edge in edges)]
    return tier_table(first, [*edges, None], [draw(st.integers(0, 10_000)) / 100 for _ in first])


def tier_table(first, last, fee):
    return pd.DataFrame(
        {"from_program": first, "to_program": pd.array(last, dtype="Int64"), "fee_usd_each": fee}
    )


counts = st.lists(st.integers(0, 400), min_size=1, max_size=20)


@pytest.mark.parametrize(
    ("applications", "usd"),
    [(0, 0), (1, 11), (29, 319), (30, 330), (31, 360), (32, 390), (80, 1830), (100, 2430)],
)
def test_the_published_tiers_to_the_dollar(catalog, applications, usd):
    season_2026 = catalog.table("fees").query("season == 2026 and kind == 'residency'")
    assert application_fees(applications, season_2026) == usd


def test_the_page_reads_the_latest_season(catalog):
    assert catalog.fee_tiers()["season"].unique() == catalog.table("fees")["season"].max()


@settings(deadline=None)
@given(tiers())
def test_every_edge_of_any_tiers(table):
    """Before, at and after each edge: the sum of the fees of the applications one by one."""
    edges = table["to_program"].dropna().astype(int).tolist()
    near = [number for edge in edges or [1] for number in (edge - 1, edge, edge + 1)]
    rows = list(table.itertuples())
    each = [
        next(row.fee_usd_each for row in rows if pd.isna(row.to_program) or n <= row.to_program)
        for n in range(1, max(near) + 1)
    ]
    expected = [sum(each[:n]) for n in near]
    assert application_fees(near, table) == pytest.approx(expected)


@settings(deadline=None)
@given(tiers(), counts)
def test_one_more_application_never_costs_less(table, numbers):
    fees = application_fees(sorted(numbers), table)
    assert (np.diff(fees) >= -1e-9).all()
    assert (application_fees(np.array(numbers) + 1, table) >= application_fees(numbers, table)).all()


@settings(deadline=None)
@given(tiers(), st.dictionaries(st.sampled_from("ABCDEFGH"), st.integers(0, 400)), st.data())
def test_a_plan_costs_the_sum_of_its_specialties(table, plan, data):
    half = data.draw(st.sets(st.sampled_from(sorted(plan)))) if plan else set()
    parts = [{k: n for k, n in plan.items() if (k in half) == inside} for inside in (True, False)]
    whole = plan_fees(plan, table)
    assert whole == pytest.approx(sum(plan_fees(part, table) for part in parts))
    assert whole == pytest.approx(sum(plan_fees({"one": n}, table) for n in plan.values()))


@settings(deadline=None)
@given(tiers(), counts)
def test_a_table_of_numbers_costs_what_each_costs_alone(table, numbers):
    alone = [float(application_fees(number, table)) for number in numbers]
    assert application_fees(numbers, table).tolist() == alone
    assert application_fees([numbers, numbers], table).tolist() == [alone, alone]


@settings(deadline=None)
@given(tiers(), st.integers(1, 300))
def test_marginal_fees_add_up(table, most):
    fees = marginal_fees(most, table)
    assert fees["fee_usd"].sum() == pytest.approx(float(application_fees(most, table)))
    assert fees["application"].tolist() == list(range(1, most + 1))


@pytest.mark.parametrize("bad", [-1, 1.5, float("nan"), float("inf"), [3, -2]])
def test_what_is_no_number_of_applications_is_refused(bad):
    with pytest.raises(ValueError, match="whole number from 0"):
        application_fees(bad, tier_table([1], [None], [10]))


@pytest.mark.parametrize(
    ("first", "last"),
    [([2], [None]), ([1, 32], [30, None]), ([1, 30], [30, None]), ([1, 31], [30, 60])],
    ids=["begins late", "gap", "overlap", "ends"],
)
def test_tiers_that_do_not_follow_each_other_are_refused(first, last):
    with pytest.raises(ValueError, match="follow each other"):
        application_fees(3, tier_table(first, last, [10] * len(first)))


def test_the_published_tiers_follow_each_other(catalog):
    for _, season in catalog.table("fees").groupby(["season", "kind"]):
        rows = season.sort_values("from_program")
        assert rows["from_program"].iloc[0] == 1
        for former, following in pairwise(rows.itertuples()):
            assert following.from_program == former.to_program + 1


def test_a_longer_list_costs_what_the_published_fees_add_up_to(catalog):
    fees = catalog.table("fee_items")
    assert list_fee(20, fees) == 70
    assert list_fee(25, fees) == 70 + 5 * 30
    assert list_fee(120, fees) == 70 + 100 * 30 + 50
    assert list_fee(0, fees) is None


def test_each_pays_the_newest_fee_of_their_own_kind(catalog):
    fees = catalog.table("fee_items")
    img, student = newest_fees(fees, is_img=True), newest_fees(fees, is_img=False)
    assert (img.loc["step1", "amount_usd"], img.loc["step1", "year"]) == (985, 2022)
    assert (student.loc["step1", "amount_usd"], student.loc["step1", "year"]) == (605, 2016)
    assert "ecfmg" not in student.index


def test_the_way_through_a_match_adds_up(catalog):
    ways = catalog.match_rates().dropna(subset=["active", "matched"])
    for _, way in ways.iterrows():
        links = funnel_links(way).groupby("source")["people"].sum()
        assert links["Active"] == way["active"]
        if "Registered" in links:
            assert links["Registered"] == way["registered"]
