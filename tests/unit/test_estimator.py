"""Properties of the estimate, on the model fitted to the published tables."""

from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from matchatlas.applicant import Applicant
from matchatlas.catalog.database import open_catalog
from matchatlas.odds import base_rates, calibration, chance
from matchatlas.odds.calibration import later_edition, rank_bias, score
from matchatlas.odds.drift import FIRST_GUESS, RATES, STEPS, beta_mass, fit_wander, follow, series_of
from matchatlas.odds.estimator import EVIDENCE, EstimatorTables, NoEstimate, fit
from matchatlas.odds.laws import law
from matchatlas.odds.pooling import shrink
from matchatlas.odds.synthetic import group_average, laws_of_fields, log_losses
from matchatlas.odds.what_if import over_specialties

HELD_OUT = Path(calibration.__file__).with_name("held_out.csv")
TABLES = EstimatorTables.of(open_catalog())
MODEL = fit(TABLES)
LAWS = laws_of_fields(TABLES)
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
    st.none() | st.integers(214, 290),
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
def test_a_term_moves_the_way_its_figures_point_or_nothing_at_all(cell, name):
    if name not in MODEL.measures(*cell):
        return
    term = MODEL.term(*cell, name)
    values = [220, 230, 245, 260, 275] if name == "step2_ck" else [1, 2, 4, 8, 16]
    centers = [MODEL.estimate(applicant(cell, **{name: v})).center for v in values]
    if not term.gain:
        assert np.ptp(centers) == pytest.approx(0)
    elif name in ("step2_ck", "contiguous_ranks"):
        assert centers[-1] > centers[0]


def test_no_gain_is_said_where_the_unmatched_had_the_higher_mean():
    family = MODEL.estimate(applicant(("Non-US IMG", "Family Medicine"), step2_ck=250))
    assert family.center == pytest.approx(family.base.center)
    assert any("no gain seen here" in note for note in family.notes)


def test_averaged_over_the_groups_own_people_the_groups_rate_comes_back():
    seen = 0
    for name, laws in LAWS.items():
        for cell, known in laws.items():
            key = (*cell, EVIDENCE[name])
            if key in MODEL.terms and MODEL.terms[key].gain and len(known) == 2:
                base = MODEL.base(*cell).center
                assert group_average(MODEL, key, known) == pytest.approx(base, abs=0.002), key
                seen += 1
    assert seen > 150


def test_the_rate_of_a_large_group_counted_last_year_is_the_published_one():
    newest = TABLES.preferred_outcomes.query("edition == 2026 and total >= 400")
    assert len(newest) > 15
    for row in newest.itertuples():
        off = MODEL.base(row.applicant_type, row.specialty).center - row.matched / row.total
        shaken = row.specialty in (
            "Psychiatry",
            "Emergency Medicine",
            "Diagnostic Radiology",
            "Otolaryngology",
            "Dermatology",
            "Anesthesiology",
            "General Surgery",
        )
        assert abs(off) < (0.02 if shaken else 0.0125), row.specialty


def test_a_row_of_one_specialty_does_not_make_the_others_old():
    outcomes = TABLES.preferred_outcomes
    later = outcomes[(outcomes.applicant_type == "US DO Senior") & (outcomes.edition == 2026)]
    assert len(later) == 1, "Orthopaedics alone has a count of 2026"
    without = fit(replace(TABLES, preferred_outcomes=outcomes.drop(later.index)), match_year=2027)
    for specialty in ("General Surgery", "Internal Medicine", "Psychiatry"):
        cell = ("US DO Senior", specialty)
        one, other = MODEL.base(*cell), without.base(*cell)
        assert (one.center, one.low) == pytest.approx((other.center, other.low), abs=0.01)


def test_a_quiet_specialty_is_sharp_and_a_shaken_one_wide():
    quiet, shaken = (MODEL.base("US MD Senior", s) for s in ("Internal Medicine", "Emergency Medicine"))
    assert quiet.high - quiet.low < 0.04
    assert shaken.high - shaken.low > 2 * (quiet.high - quiet.low)


def test_one_shock_does_not_set_the_doubt_of_all():
    panel = {
        ("US MD Senior", str(n)): series_of([(year, 900, 1000) for year in range(2020, 2024)])
        for n in range(12)
    }
    shocked = panel | {
        ("US MD Senior", "0"): series_of([(2020, 950, 1000), (2021, 650, 1000), (2022, 940, 1000)])
    }
    prior = {"US MD Senior": beta_mass(9, 1)}
    calm, stirred = (fit_wander(p, prior).weights("US MD Senior", "5") @ STEPS for p in (panel, shocked))
    own = fit_wander(shocked, prior).weights("US MD Senior", "0") @ STEPS
    assert stirred < 1.5 * calm
    assert own > 3 * stirred


def test_an_old_count_is_worth_less_than_a_new_one():
    prior, series = beta_mass(1, 1), series_of([(2020, 800, 1000)])
    spread = [
        np.sqrt(m.mean(0) @ (RATES - m.mean(0) @ RATES) ** 2)
        for m in (follow(series, prior, year)[1] for year in (2021, 2023, 2030))
    ]
    assert spread[0] < spread[1] < spread[2]
    assert FIRST_GUESS[0] < 0


IM = ("Non-US IMG", "Internal Medicine")
ALL_ELSE_AT_THE_MEAN = {
    name: round(MODEL.term(*IM, name).typical) for name in MODEL.measures(*IM) if name != "contiguous_ranks"
}


@pytest.mark.parametrize("ranks", [1, 3, 8, 12])
def test_what_is_typed_at_the_groups_mean_changes_nothing_else(ranks):
    alone = MODEL.estimate(applicant(IM, contiguous_ranks=ranks)).center
    beside = MODEL.estimate(applicant(IM, contiguous_ranks=ranks, **ALL_ELSE_AT_THE_MEAN)).center
    assert alone == pytest.approx(beside, abs=0.01 if ranks > 8 else 0.04)


def test_a_field_without_effect_changes_nothing_at_all():
    cell = ("Non-US IMG", "Family Medicine")
    assert not MODEL.term(*cell, "step2_ck").gain
    alone = MODEL.estimate(applicant(cell, contiguous_ranks=6))
    beside = MODEL.estimate(applicant(cell, contiguous_ranks=6, step2_ck=228))
    assert (alone.center, alone.low) == pytest.approx((beside.center, beside.low))


@given(st.lists(st.floats(0.05, 1), min_size=1, max_size=6), st.floats(0, 0.6))
def test_weights_are_the_inverse_of_the_correlation_of_one_common_strength(strengths, correlation):
    effects = np.array(strengths)
    shared = correlation * (effects / effects.max()) ** 2
    matrix = np.outer(np.sqrt(shared), np.sqrt(shared))
    np.fill_diagonal(matrix, 1)
    assert chance.weights(shared) * effects == pytest.approx(np.linalg.solve(matrix, effects))


def test_one_field_counts_whole_and_the_strongest_share_the_assumed_correlation():
    terms = {name: MODEL.term(*IM, name) for name in MODEL.measures(*IM)}
    strongest = max(term.strength for term in terms.values())
    assert chance.shared(terms, strongest, chance.MIDDLE).max() == pytest.approx(chance.MIDDLE)
    assert chance.weights(np.array([0.3])) == pytest.approx(1)


@pytest.mark.parametrize("correlation", [0.0, 0.3, 0.6])
def test_log_loss_does_not_rise_as_more_is_known(correlation):
    line = log_losses(MODEL, LAWS, "Internal Medicine", correlation, common=True)
    assert line.groupby("order")["log_loss"].diff().max() < 0.001
    assert line["log_loss"].iloc[-1] < line["log_loss"].iloc[0] - 0.1


def test_ranks_go_on_counting_after_eight():
    rates = MODEL.curve(applicant(IM), "contiguous_ranks", [1, 4, 8, 12, 16]).center.to_numpy()
    assert (np.diff(rates) > 0.02).all()
    assert rates[2] > 0.78, "published mean and spread of both groups say about 85 %"
    assert rates[3] > 0.87


def test_a_laws_figures_are_honoured_all_at_once():
    figures = dict(n=2730, min=1, q1=1, median=2, q3=3, max=20, mean=2.5, sd=2.2)
    found = law(figures, np.arange(1, 21), np.zeros(20), 0.1)
    assert not found.misses
    assert found.mean() == pytest.approx(2.5, abs=0.051)
    assert found.sd() == pytest.approx(2.2, abs=0.051)
    below = np.cumsum(found.p)
    for level, value in ((0.25, 1), (0.5, 2), (0.75, 3)):
        assert below[value - 1] >= level - 0.001
        assert value == 1 or below[value - 2] <= level + 0.001


def test_figures_that_cannot_hold_together_are_named():
    figures = dict(n=1000, min=0, q1=4, median=5, q3=6, max=10, mean=9.0, sd=0.5)
    assert {m.split()[0] for m in law(figures, np.arange(11), np.zeros(11), 0.1).misses} & {
        "mean",
        "sd",
        "q3",
    }


def test_the_score_slope_of_seniors_is_what_their_own_figures_imply():
    slopes = [
        np.mean(t.beta) / 10 for k, t in MODEL.terms.items() if k[0] == "US MD Senior" and k[2] == "step2_ck"
    ]
    assert 0.045 < np.median(slopes) < 0.09


@pytest.mark.parametrize(
    "cell", [("US DO Senior", "Obstetrics and Gynecology"), ("US IMG", "Internal Medicine")]
)
def test_nobody_elses_figures_stand_in(cell):
    known = MODEL.estimate(applicant(cell, step2_ck=245, contiguous_ranks=3))
    assert known.center == known.base.center
    assert known.not_counted == (
        "Step 2 CK 245 (nothing published here)",
        "Contiguous ranks 3 (nothing published here)",
    )


def test_types_keep_the_order_of_their_rates_along_the_list_or_the_estimate_says_so():
    both = {s for t, s, m in MODEL.terms if m == "contiguous_ranks" and t == "US MD Senior"}
    both &= {s for t, s, m in MODEL.terms if m == "contiguous_ranks" and t == "Non-US IMG"}
    assert len(both) > 12
    for specialty in both:
        ours, theirs = (applicant((t, specialty), contiguous_ranks=4) for t in ("US MD Senior", "Non-US IMG"))
        lines = [MODEL.curve(a, "contiguous_ranks", range(1, 21)).center.to_numpy() for a in (ours, theirs)]
        if not (lines[0] >= lines[1]).all():
            assert any("compare at one length" in note for note in MODEL.estimate(ours).notes)


def test_a_score_that_does_not_pass_is_refused_with_the_standard_and_its_source():
    with pytest.raises(NoEstimate, match="the standard is 218 since 1 July 2025") as refused:
        MODEL.estimate(applicant(("US MD Senior", "Internal Medicine"), step2_ck=200))
    assert refused.value.source_id in set(TABLES.passing_standards["source_id"])
    before = MODEL.estimate(applicant(("US MD Senior", "Internal Medicine"), step2_ck=216))
    assert any("taken before 1 July 2025" in note for note in before.notes)


def test_the_sentence_is_of_a_rate_to_come_and_a_hundred_people_are_wider():
    at = MODEL.estimate(applicant(IM, step2_ck=250))
    assert "will match" in at.sentence and "the rate lies between" in at.sentence
    fewest, most = at.of_hundred
    assert fewest < 100 * at.low and most > 100 * at.high


def test_what_cannot_be_changed_is_no_advice():
    told = MODEL.what_would_move_most(applicant(IM, step2_ck=240, contiguous_ranks=5))
    assert not {"step2_ck", "contiguous_ranks"} & {name for name, _, _ in told}
    assert all(points >= 0.5 for _, _, (points, _, _) in told)
    open_still = MODEL.what_would_move_most(applicant(IM))
    assert {"step2_ck", "contiguous_ranks"} <= {name for name, _, _ in open_still}


def test_the_ranks_of_one_specialty_are_not_assumed_in_another():
    short, long = (over_specialties(MODEL, applicant(IM, contiguous_ranks=n)) for n in (1, 20))
    assert short["rate"].tolist() == long["rate"].tolist()


def test_what_the_number_does_not_know_is_named_from_the_persons_own_entries():
    at = MODEL.estimate(
        applicant(
            IM,
            step1_first_attempt_pass=False,
            visa_need="J-1",
            years_since_graduation=7,
            usce_observership_months=3,
        )
    )
    assert at.not_counted == (
        "Step 1 failed at first",
        "J-1 visa needed",
        "7 years since graduation",
        "3 months of U.S. observership",
    )
    assert MODEL.estimate(applicant(IM, step2_ck=250)).not_counted == ()


@pytest.mark.parametrize(
    "known",
    [
        {"step2_ck": 250, "contiguous_ranks": 6},
        {},
        {"step2_ck": 240},
        {"contiguous_ranks": 6},
        {"research_experiences": 3},
    ],
)
def test_curves_of_a_profile_with_unknowns_have_the_intervals_of_single_estimates(known):
    person = applicant(IM, **known)
    lines = MODEL.curves(person, {"step2_ck": [230, 260], "contiguous_ranks": [2, 12]})
    assert len(lines) == 4
    for row in lines.itertuples():
        alone = MODEL.estimate(person.model_copy(update={row.field: row.value}))
        assert (row.center, row.low, row.high) == pytest.approx((alone.center, alone.low, alone.high))


@settings(max_examples=10, deadline=None)
@given(st.lists(profiles, min_size=1, max_size=5), st.sampled_from(["before", "after"]))
def test_rates_of_many_profiles_in_one_go_are_those_of_single_estimates(people, view):
    rates = MODEL.rates(people, view)
    for person, row in zip(people, rates.itertuples(), strict=True):
        alone = MODEL.estimate(person, view)
        assert (row.center, row.low, row.high) == pytest.approx((alone.center, alone.low, alone.high))


@settings(max_examples=10, deadline=None)
@given(profiles)
def test_what_would_move_it_is_the_difference_of_two_estimates(person):
    for name, value, told in MODEL.what_would_move_most(person):
        changed = MODEL.estimate(person.model_copy(update={name: value}))
        assert told == pytest.approx(changed.minus(MODEL.estimate(person)))


def test_before_interviews_ranks_do_not_count():
    cell = ("Non-US IMG", "Internal Medicine")
    short, long = (MODEL.estimate(applicant(cell, contiguous_ranks=n), "before") for n in (1, 20))
    assert short.center == long.center == pytest.approx(MODEL.base(*cell).center)


def test_beyond_the_published_range_the_interval_widens_and_a_note_says_so():
    cell = ("Non-US IMG", "Internal Medicine")
    term = MODEL.term(*cell, "step2_ck")
    beyond = MODEL.estimate(applicant(cell, step2_ck=300))
    inside = MODEL.estimate(applicant(cell, step2_ck=int(term.high)))
    assert any("beyond what the published figures cover" in note for note in beyond.notes)
    assert not any("beyond what the published figures cover" in note for note in inside.notes)
    assert beyond.high - beyond.low > inside.high - inside.low


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("step2_ck", 301, "from 1 to 300"),
        ("contiguous_ranks", 0, "from 1 to 300"),
        ("us_letters", -1, "from 0 to 20"),
        ("step2_ck", 245.5, "whole number"),
        ("research_experiences", "many", "from 0 to 100"),
    ],
)
def test_impossible_input_raises_with_the_range(field, value, words):
    with pytest.raises(ValidationError, match=words):
        applicant(CELLS[0], **{field: value})


def test_the_same_seed_and_any_row_order_give_the_same_bits():
    draw = np.random.default_rng(1)
    shuffled = replace(
        TABLES,
        **{
            entry.name: getattr(TABLES, entry.name).sample(frac=1, random_state=int(draw.integers(99)))
            for entry in fields(TABLES)
        },
    )
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
    row = TABLES.preferred_outcomes.query("applicant_type == 'Non-US IMG' and cohort == 'all active'")
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


def with_rates(us: float, non_us: float):
    """The base rates where only rates, no counts, of the two kinds of IMG were read for the last Match."""
    table = TABLES.applicants
    newest = table["match_year"] == table["match_year"].max()
    for kind, rate in (("US IMG", us), ("Non-US IMG", non_us)):
        own = newest & (table["applicant_type"] == kind)
        table = table.assign(
            match_rate=table["match_rate"].mask(own, rate),
            active=table["active"].mask(own),
            matched=table["matched"].mask(own),
        )
    return base_rates.fit(replace(TABLES, applicants=table)).cell("US IMG", "Internal Medicine")


def test_rates_printed_as_all_or_none_move_a_derived_rate_no_further_than_they_are_rounded():
    alike = with_rates(0.9, 0.9)
    assert with_rates(1.0, 1.0).center == pytest.approx(alike.center)
    assert with_rates(0.0, 0.0).center == pytest.approx(alike.center)
    high, low = with_rates(1.0, 0.9), with_rates(0.0, 0.9)
    assert low.center < alike.center < high.center
    for cell in (high, low):
        assert cell.low < cell.center < cell.high, "one printed rate leaves doubt"


@pytest.mark.parametrize("absent", ["US IMG", "Non-US IMG"])
def test_a_derived_rate_needs_no_table_of_who_ranked_the_specialty(absent):
    ranking = TABLES.applicants_ranking.query("applicant_type != @absent")
    rates = base_rates.fit(replace(TABLES, applicants_ranking=ranking))
    cell = rates.cell("US IMG", "Internal Medicine")
    assert 0 < cell.low < cell.center < cell.high < 1
    assert "all who ranked" not in cell.notes[0]


def test_many_at_once_agree_with_one_at_a_time():
    cell = ("Non-US IMG", "Internal Medicine")
    table = pd.DataFrame({"step2_ck": [230, 250, np.nan], "contiguous_ranks": [2, np.nan, np.nan]})
    many = MODEL.estimate_many(*cell, table)
    one = [
        MODEL.estimate(applicant(cell, step2_ck=230, contiguous_ranks=2)).center,
        MODEL.estimate(applicant(cell, step2_ck=250)).center,
        MODEL.base(*cell).center,
    ]
    assert many == pytest.approx(one)


def test_difference_of_an_estimate_to_itself_is_nothing():
    e = MODEL.estimate(applicant(("Non-US IMG", "Psychiatry"), step2_ck=245))
    assert e.minus(e) == (0, 0, 0)
    better = MODEL.estimate(applicant(("Non-US IMG", "Psychiatry"), step2_ck=255))
    points, low, high = better.minus(e)
    assert low < points < high
    assert high - low < 100 * (e.high - e.low), "shared doubt cancels"


def test_seniors_of_2026_are_predicted_from_2024_and_before():
    row = score(pd.DataFrame(later_edition(TABLES)).assign(holdout="a")).iloc[0]
    assert row["error estimate"] <= min(1.8, row["error last"])
    assert 0.90 <= row["in 95 by people"] <= 0.99


def test_the_calibration_that_is_shown_reaches_its_goals():
    cells = pd.read_csv(HELD_OUT)
    table = score(cells)
    along = table[table["hold-out"].str.startswith(("(c)", "(d)"))]
    assert len(along) == 5
    assert (along["error estimate"] <= along["error last"] / 2).all()
    assert rank_bias(cells)["bias"].abs().max() <= 3
    ahead = table[table["hold-out"].str.startswith("(a) 2026")].iloc[0]
    assert ahead["error estimate"] <= ahead["error last"]


@given(st.lists(st.tuples(st.floats(-3, 3), st.floats(0.01, 2)), min_size=2, max_size=12))
def test_shrinkage_stays_between_the_value_and_the_mean(pairs):
    x, v = map(np.array, zip(*pairs, strict=True))
    pooled = shrink(x, v)
    low, high = np.minimum(x, pooled.mean), np.maximum(x, pooled.mean)
    assert ((low - 1e-9 <= pooled.values) & (pooled.values <= high + 1e-9)).all()


def test_profile_survives_the_url_and_drops_the_impossible_with_a_note():
    profile = applicant(("US IMG", "Psychiatry"), step2_ck=250, visa_need="J-1", ecfmg_certified=False)
    again, notes = Applicant.from_query(profile.to_query())
    assert (again, notes) == (profile, [])
    query = profile.to_query() | {"ck": "999", "wand": "holly"}
    again, notes = Applicant.from_query(query)
    assert again == profile.model_copy(update={"step2_ck": None})
    assert any("from 1 to 300" in note for note in notes)
    assert any("wand" in note for note in notes)


def test_every_evidence_field_is_a_field_of_the_profile():
    assert set(EVIDENCE) <= set(Applicant.model_fields)
