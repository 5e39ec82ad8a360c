"""What the charts show, against SQL straight on the input tables, past the marts."""

import duckdb
import pytest

from etl.paths import ROOT
from matchatlas.odds.friendliness import verdicts

NRMP = ROOT / "data/tables/nrmp"


def ask(sql: str, **files):
    names = {name: f"read_csv('{NRMP / file}.csv')" for name, file in files.items()}
    return duckdb.sql(sql.format(**names)).fetchall()


def test_img_shares_of_positions(catalog):
    expected = ask(
        """SELECT sum(filled_us_img + filled_non_us_img) / sum(positions_filled)
           FROM {t} WHERE specialty = 'Internal Medicine'""",
        t="positions_by_specialty_type",
    )[0][0]
    fills = catalog.fills()
    shown = fills[(fills.specialty == "Internal Medicine") & fills.applicant_type.str.endswith("IMG")]
    assert shown.share.sum() == pytest.approx(expected)


def test_every_share_of_the_stacked_bars(catalog):
    expected = dict(
        ask(
            "SELECT specialty, sum(filled_non_us_img) FROM {t} GROUP BY specialty",
            t="positions_by_specialty_type",
        )
    )
    fills = catalog.fills()
    shown = fills[fills.applicant_type == "Non-US IMG"]
    assert sorted(shown.filled_by_type) == sorted(expected.values())


def test_friendliness_rates_and_averages(catalog):
    rows, share, rate = verdicts(catalog.img_friendliness())
    ((expected_rate,),) = ask(
        "SELECT sum(n_matched) / sum(n_total) FROM {t} WHERE edition_year = 2026 "
        "AND applicant_type = 'Non-US IMG'",
        t="preferred_specialty_outcomes",
    )
    ((expected_share,),) = ask(
        "SELECT sum(filled_non_us_img) / sum(positions_filled) FROM {t}", t="positions_by_specialty_type"
    )
    assert (share, rate) == (pytest.approx(expected_share), pytest.approx(expected_rate))
    family = rows.set_index("specialty").loc["Family Medicine"]
    assert (family.matched, family.total) == (599, 1112)
    assert family.low < family.rate < family.high
    assert "more non-US IMGs than average train here" in family.verdict


def test_a_row_that_lacks_a_side_has_no_verdict(catalog):
    rows, _, _ = verdicts(catalog.img_friendliness())
    lacking = rows[rows.img_share.isna() | rows.total.isna()]
    assert len(lacking)
    assert lacking.verdict.isna().all()


@pytest.mark.parametrize("measure", ["step2ck", "contiguous_ranks", "research"])
def test_means_of_matched_and_not_matched(catalog, measure):
    expected = ask(
        f"SELECT outcome, sum(mean) FROM {{t}} WHERE measure = '{measure}' GROUP BY outcome ORDER BY outcome",
        t="charting_outcomes_distributions",
    )
    shown = catalog.characteristics()
    code = "step2_ck" if measure == "step2ck" else measure
    shown = shown[(shown.measure == code) & (shown.edition == 2026)]
    sums = shown.groupby("outcome")["mean"].sum()
    assert [(name, pytest.approx(value)) for name, value in sums.items()] == expected


def test_applicants_per_position(catalog):
    expected = ask(
        "SELECT max(first_or_only_choice_applicants / positions_offered) FROM {t}",
        t="first_choice_applicants",
    )[0][0]
    assert catalog.first_choice().applicants_per_position.max() == pytest.approx(expected)


def test_states(catalog):
    expected = ask(
        "SELECT state, positions_offered, (filled_us_img + filled_non_us_img) / positions_filled "
        "FROM {t} ORDER BY positions_offered DESC LIMIT 1",
        t="positions_by_state_type",
    )[0]
    top = catalog.states().sort_values("offered").iloc[-1]
    assert (top.state, top.offered) == expected[:2]
    assert top.img_share == pytest.approx(expected[2])


def test_state_history(catalog):
    expected = ask(
        "SELECT sum(positions_offered) FROM {t} WHERE match_year = 2019 AND state = 'NY' "
        "AND specialty = 'Internal Medicine'",
        t="positions_by_state_specialty",
    )[0][0]
    rows = catalog.state_specialties()
    shown = rows[(rows.match_year == 2019) & (rows.code == "NY") & (rows.specialty == "Internal Medicine")]
    assert shown.offered.sum() == expected


def test_plastic_surgery_under_two_printed_names_is_one_specialty(catalog):
    expected = ask(
        "SELECT sum(matched_pgy1) FROM {t} WHERE match_year = 2009 "
        "AND applicant_type = 'US MD Senior' AND specialty LIKE 'Plastic Surgery%'",
        t="matches_by_specialty",
    )[0][0]
    rows = catalog.matches()
    shown = rows[
        (rows.match_year == 2009)
        & (rows.specialty == "Plastic Surgery")
        & (rows.applicant_type == "US MD Senior")
    ]
    assert shown.matched.tolist() == [expected] == [87]


def test_measures_are_not_mixed(catalog):
    """Populations that are counted differently never share a row key."""
    outcomes = catalog.outcomes()
    assert not outcomes.duplicated(["year", "applicant_type", "specialty", "measure"]).any()
    assert outcomes.groupby("measure").size().size == 4
