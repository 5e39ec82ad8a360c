"""Properties of the estimate, on the model fitted to the published tables."""

from dataclasses import fields, replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from matchatlas.applicant import Applicant
from matchatlas.calibration import report
from matchatlas.catalog import open_catalog
from matchatlas.estimator import EVIDENCE, NoEstimate, fit
from matchatlas.evidence import g, g_inverse, logistic_slope
from matchatlas.pooling import shrink

TABLES = open_catalog().estimator_tables()
MODEL = fit(TABLES)
CELLS = sorted(MODEL.base_rates.cells)
FIELDS = ("step2_ck", "contiguous_ranks", "research_experiences", "volunteer_experiences")
cells = st.sampled_from(CELLS)


def applicant(cell, **known) -> Applicant:
    return Applicant(applicant_type=cell[0], specialty=cell[1], **known)


profiles = st.builds(
    lambda cell, ck, ranks, research: applicant(
        cell, step2_ck=ck, contiguous_ranks=ranks, research_experiences=research
    ),
    cells,
    st.none() | st.integers(200, 290),
    st.none() | st.integers(1, 30),
    st.none() | st.integers(0, 20),
)


@given(cells)
def test_unknown_gives_the_base_rate(cell):
    estimate = MODEL.estimate(applicant(cell))
    assert estimate.center == pytest.approx(MODEL.base(*cell).center)
    assert estimate.contributions == ()


@given(profiles)
@settings(max_examples=60, deadline=None)
def test_intervals_hold_their_center_and_nest(profile):
    e = MODEL.estimate(profile)
    assert 0 < e.low <= e.low80 <= e.center <= e.high80 <= e.high < 1


@given(profiles)
@settings(max_examples=40, deadline=None)
def test_contributions_add_up_from_base_to_estimate(profile):
    e = MODEL.estimate(profile)
    total = 100 * e.base.center + sum(points for _, points in e.contributions)
    assert total == pytest.approx(100 * e.center)


@given(cells, st.sampled_from(FIELDS))
@settings(max_examples=60, deadline=None)
def test_each_term_moves_one_way_the_way_its_published_means_point(cell, name):
    if name not in MODEL.measures(*cell):
        return
    term = MODEL.term(*cell, name)
    values = [215, 230, 245, 260, 275] if name == "step2_ck" else [1, 2, 4, 8, 16]
    centers = [MODEL.estimate(applicant(cell, **{name: v})).center for v in values]
    steps = np.sign(np.round(np.diff(centers), 12))
    assert set(steps) <= {0, np.sign(term.slope)}
    if not term.gain:
        assert set(steps) == {0}


def test_no_gain_is_said_where_the_unmatched_had_the_higher_mean():
    family = MODEL.estimate(applicant(("Non-US IMG", "Family Medicine"), step2_ck=250))
    assert family.center == pytest.approx(family.base.center)
    assert any("no gain seen here" in note for note in family.notes)


@given(profiles)
@settings(max_examples=20, deadline=None)
def test_the_average_applicant_gets_the_base_rate_back(profile):
    cell = profile.applicant_type, profile.specialty
    for name in MODEL.measures(*cell):
        term = MODEL.term(*cell, name)
        average = g_inverse(term.measure, term.center)
        assert float(g(term.measure, average)) == pytest.approx(term.center)
        shift = term.slope * (g(term.measure, average) - term.center)
        assert shift == pytest.approx(0, abs=1e-9)


def test_before_interviews_ranks_do_not_count():
    cell = ("Non-US IMG", "Internal Medicine")
    short, long = (MODEL.estimate(applicant(cell, contiguous_ranks=n), "before") for n in (1, 20))
    assert short.center == long.center == pytest.approx(MODEL.base(*cell).center)


def test_beyond_the_published_range_the_interval_widens_and_a_note_says_so():
    cell = ("Non-US IMG", "Internal Medicine")
    term = MODEL.term(*cell, "step2_ck")
    beyond = MODEL.estimate(applicant(cell, step2_ck=300))
    inside = MODEL.estimate(applicant(cell, step2_ck=int(term.high)))
    assert any("beyond the published range" in note for note in beyond.notes)
    assert not any("beyond the published range" in note for note in inside.notes)
    assert beyond.high - beyond.low > inside.high - inside.low


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [("step2_ck", 301, "from 1 to 300"), ("contiguous_ranks", 0, "from 1 to 300"),
     ("us_letters", -1, "from 0 to 20"), ("step2_ck", 245.5, "whole number"),
     ("research_experiences", "many", "from 0 to 100")],
)  # fmt: skip
def test_impossible_input_raises_with_the_range(field, value, words):
    with pytest.raises(ValidationError, match=words):
        applicant(CELLS[0], **{field: value})


def test_the_same_seed_and_any_row_order_give_the_same_bits():
    draw = np.random.default_rng(1)
    shuffled = replace(TABLES, **{
        entry.name: getattr(TABLES, entry.name).sample(frac=1, random_state=int(draw.integers(99)))
        for entry in fields(TABLES)
    })  # fmt: skip
    again = fit(shuffled)
    assert again.checksums == MODEL.checksums
    for cell in CELLS[::7]:
        profile = applicant(cell, step2_ck=247, contiguous_ranks=5)
        one, other = MODEL.estimate(profile), again.estimate(profile)
        assert one.center == other.center
        assert (one.draws == other.draws).all()


def test_more_people_give_a_narrower_base_rate():
    outcomes = TABLES.preferred_outcomes.copy()
    few = (outcomes.applicant_type == "Non-US IMG") & (outcomes.specialty == "Child Neurology")
    outcomes.loc[few, ["matched", "unmatched", "total"]] *= 40
    widths = [
        (cell := model.base("Non-US IMG", "Child Neurology")).high - cell.low
        for model in (MODEL, fit(replace(TABLES, preferred_outcomes=outcomes)))
    ]
    assert widths[1] < widths[0]


def test_a_table_added_later_lights_up_a_cell_without_a_change_of_code():
    with pytest.raises(NoEstimate, match="No table tells how Non-US IMGs who preferred Urology"):
        MODEL.base("Non-US IMG", "Urology")
    row = TABLES.preferred_outcomes.query(
        "applicant_type == 'Non-US IMG' and cohort == 'all active'"
    )
    row = row.iloc[[0]].assign(specialty="Urology", matched=30, unmatched=70, total=100)
    later = fit(replace(TABLES, preferred_outcomes=pd.concat([TABLES.preferred_outcomes, row])))
    assert later.base("Non-US IMG", "Urology").n == 100


def test_types_without_tables_say_so():
    with pytest.raises(NoEstimate, match="US MD Graduates"):
        MODEL.base("US MD Graduate", "Internal Medicine")
    derived = MODEL.base("US IMG", "Internal Medicine")
    published = MODEL.base("Non-US IMG", "Internal Medicine")
    assert (derived.kind, derived.n) == ("derived", 0)
    assert derived.high - derived.low > published.high - published.low
    assert any(note.startswith("Derived") for note in derived.notes)


def test_many_at_once_agree_with_one_at_a_time():
    cell = ("Non-US IMG", "Internal Medicine")
    table = pd.DataFrame({"step2_ck": [230, 250, np.nan], "contiguous_ranks": [2, np.nan, np.nan]})
    many = MODEL.estimate_many(*cell, table)
    one = [MODEL.estimate(applicant(cell, step2_ck=230, contiguous_ranks=2)).center,
           MODEL.estimate(applicant(cell, step2_ck=250)).center, MODEL.base(*cell).center]  # fmt: skip
    assert many == pytest.approx(one)


def test_difference_of_an_estimate_to_itself_is_nothing():
    e = MODEL.estimate(applicant(("Non-US IMG", "Psychiatry"), step2_ck=245))
    assert e.minus(e) == (0, 0, 0)
    better = MODEL.estimate(applicant(("Non-US IMG", "Psychiatry"), step2_ck=255))
    points, low, high = better.minus(e)
    assert low < points < high
    assert high - low < 100 * (e.high - e.low), "shared doubt cancels"


def test_held_out_goals_are_reached():
    table = report(TABLES)
    assert (table["gain over a"] >= 0.40).all()
    known = table.dropna(subset=["mae b"])
    assert (known["mae ours"] <= known["mae b"]).all()
    assert table["covered 95%"].between(0.90, 0.99).all()


@given(st.floats(-2, 2), st.integers(200, 5000))
@settings(max_examples=30, deadline=None)
def test_logistic_slope_finds_the_gap_of_two_gaussians(gap, n):
    grid = np.linspace(0.005, 0.995, 100)
    from scipy.stats import norm

    x0, x1 = norm.ppf(grid), norm.ppf(grid) + gap
    slope, variance = logistic_slope(x1, x0, n, n)
    assert slope == pytest.approx(gap, abs=0.05 + 0.12 * abs(gap))
    assert 0 < variance < 1


@given(st.lists(st.tuples(st.floats(-3, 3), st.floats(0.01, 2)), min_size=2, max_size=12))
def test_shrinkage_stays_between_the_value_and_the_mean(pairs):
    x, v = map(np.array, zip(*pairs, strict=True))
    pooled = shrink(x, v)
    low, high = np.minimum(x, pooled.mean), np.maximum(x, pooled.mean)
    assert ((low - 1e-9 <= pooled.values) & (pooled.values <= high + 1e-9)).all()


def test_profile_survives_the_url_and_drops_the_impossible_with_a_note():
    profile = applicant(
        ("US IMG", "Psychiatry"), step2_ck=250, visa_need="J-1", ecfmg_certified=False
    )
    again, notes = Applicant.from_query(profile.to_query())
    assert (again, notes) == (profile, [])
    query = profile.to_query() | {"ck": "999", "wand": "holly"}
    again, notes = Applicant.from_query(query)
    assert again == profile.model_copy(update={"step2_ck": None})
    assert any("from 1 to 300" in note for note in notes)
    assert any("wand" in note for note in notes)


def test_every_evidence_field_is_a_field_of_the_profile():
    assert set(EVIDENCE) <= set(Applicant.model_fields)
