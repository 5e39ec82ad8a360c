import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchatlas.odds.intervals import jeffreys

counts = st.integers(1, 20000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(counts)
def test_interval_contains_the_rate_and_stays_a_share(count):
    matched, total = count
    low, high = jeffreys(matched, total)
    assert 0 <= low <= matched / total <= high <= 1


@given(counts)
def test_interval_shrinks_with_n(count):
    matched, total = count
    low, high = jeffreys([matched, 4 * matched], [total, 4 * total])
    assert high[1] - low[1] < high[0] - low[0]


@given(counts)
def test_interval_is_the_mirror_of_its_complement(count):
    matched, total = count
    low, high = jeffreys(matched, total)
    other_low, other_high = jeffreys(total - matched, total)
    assert np.allclose([low, high], [1 - other_high, 1 - other_low])


def test_more_matched_than_people_is_refused():
    with pytest.raises(ValueError, match="between 0 and total"):
        jeffreys(3, 2)
