"""The exact interval of a share, against the distribution of a library that the server does not have."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta, binom

from kb.common.proportion import at_most, exact_interval, score_interval


@given(st.integers(0, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_it_is_clopper_and_pearson_s(drawn):
    """To nine digits, for every share of up to 400."""
    count, n = drawn
    found = exact_interval(count, n)
    low = beta.ppf(0.025, count, n - count + 1) if count else 0.0
    high = beta.ppf(0.975, count + 1, n - count) if count < n else 1.0
    assert (found.low, found.high) == (pytest.approx(low, abs=1e-9), pytest.approx(high, abs=1e-9))


def test_the_values_of_the_textbook():
    """None of twenty, and one of nothing."""
    assert exact_interval(0, 20).high == pytest.approx(0.1684, abs=5e-5)
    assert (exact_interval(0, 0).low, exact_interval(0, 0).high) == (0.0, 1.0)
    assert exact_interval(2, 20, 0.9).high == pytest.approx(0.2826, abs=5e-5)
    for count, n in ((-1, 5), (6, 5)):
        with pytest.raises(ValueError, match=f"{count} of {n} is no share"):
            exact_interval(count, n)


@given(st.integers(0, 50), st.integers(0, 50), st.floats(0, 1))
def test_the_tail_is_the_binomial_s(count, more, share):
    """Ends included."""
    n = count + more
    assert at_most(count, n, share) == pytest.approx(float(binom.cdf(count, n, share)), abs=1e-9)


@pytest.mark.parametrize(
    ("count", "n", "low", "high"),
    [(4, 9, 0.1888, 0.7333), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (40_000, 100_000, 0.39697, 0.40304)],
)
def test_the_quick_interval_is_wilson_s(count, n, low, high):
    """Values of the literature, and in no time for many."""
    found = score_interval(count, n)
    assert (found.low, found.high) == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))


def test_the_quick_interval_of_nothing_and_of_no_share():
    """With none looked at, nothing is known."""
    assert (score_interval(0, 0).low, score_interval(0, 0).high) == (0.0, 1.0)
    with pytest.raises(ValueError, match="3 of 2 is no share"):
        score_interval(3, 2)
