"""How many ranks a chance takes: read off the estimate itself, and never beyond what is published."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchatlas.applicant import APPLICANT_TYPES, Applicant
from matchatlas.catalog.database import open_catalog
from matchatlas.odds.estimator import EstimatorTables, NoEstimate, fit
from matchatlas.odds.how_many import CHANCES, GROUPS, how_many, near_interviews, ranks_needed

CATALOG = open_catalog()
MODEL = fit(EstimatorTables.of(CATALOG))
COUNTED = sorted(
    (kind, specialty) for kind, specialty, measure in MODEL.terms if measure == "contiguous_ranks"
)


def person(cell, **known):
    return Applicant(applicant_type=cell[0], specialty=cell[1], **known)


def test_the_shortest_list_that_reaches_each_chance():
    line = pd.DataFrame(
        {
            "value": [1, 2, 3, 4],
            "low": [0.3, 0.6, 0.8, 0.88],
            "center": [0.5, 0.8, 0.9, 0.94],
            "high": [0.81, 0.9, 0.95, 0.97],
        }
    )
    needed = ranks_needed(line).set_index("chance")
    assert needed.loc[0.8].tolist() == [2, 1, 3]
    assert needed.loc[0.9, ["ranks", "fewest"]].tolist() == [3, 2]
    assert needed.loc[0.95, "fewest"] == 3
    assert needed.loc[[0.9, 0.95], "most"].isna().all(), "nobody knows how much longer"
    assert pd.isna(needed.loc[0.95, "ranks"])


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(COUNTED), st.none() | st.integers(225, 280), st.none() | st.integers(1, 40))
def test_the_answer_is_the_shipped_estimate_s_own(cell, score, ranks):
    applicant = person(cell, step2_ck=score, contiguous_ranks=ranks)
    found = how_many(MODEL, applicant)
    for row in found.needed.dropna().itertuples():
        assert row.fewest <= row.ranks <= row.most <= found.longest
        there = MODEL.estimate(applicant.model_copy(update={"contiguous_ranks": int(row.ranks)}))
        assert there.center >= row.chance
        if row.ranks > 1:
            shorter = applicant.model_copy(update={"contiguous_ranks": int(row.ranks) - 1})
            assert MODEL.estimate(shorter).center < row.chance
    assert found.needed["chance"].tolist() == list(CHANCES)
    if ranks is None:
        assert found.one_more is None
    else:
        points, low, high = found.one_more
        assert low <= points <= high
        assert points >= 0


def test_a_type_without_a_curve_gets_none_and_one_without_rates_the_reason():
    assert how_many(MODEL, person(("US DO Senior", "Internal Medicine"))) is None
    with pytest.raises(NoEstimate, match="US MD Graduates"):
        how_many(MODEL, person(("US MD Graduate", "Internal Medicine")))


def test_an_old_stretched_count_says_so():
    found = how_many(MODEL, person(("US MD Senior", "Internal Medicine")))
    assert any("counted in 2007" in note for note in found.notes)


@pytest.mark.parametrize("kind", APPLICANT_TYPES)
def test_each_published_fact_names_who_and_when_and_is_of_the_newest_season(kind):
    sent = CATALOG.table("eras_statistics")
    facts = near_interviews(
        person((kind, "Internal Medicine")),
        sent,
        CATALOG.table("internal_medicine_programs"),
        CATALOG.table("published_effects"),
    )
    assert all(fact.source_id in set(CATALOG.sources()["source_id"]) for fact in facts)
    own = sent[sent["applicant_group"].isin(GROUPS[kind]) & (sent["specialty"] == "All specialties")]
    own = own[own["measure"] == "mean applications per applicant"].nlargest(1, "season").iloc[0]
    assert any(
        f"{own['value']:.0f} applications on average in the {own['season']} season" in f.sentence
        for f in facts
    )
    assert any("Community programs" in f.sentence for f in facts) == (kind in ("US IMG", "Non-US IMG"))
