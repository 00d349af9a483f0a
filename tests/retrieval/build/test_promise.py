"""The promise: counted by hand where that can be done, and by trying where it cannot."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.retrieval.answering.confidence import DEFAULT
from kb.retrieval.build.promise import (
    certify,
    chance_of_breaking,
    design_effect,
    fewest_answers,
    greatest_share,
    hypergeometric_tail,
)


@pytest.mark.parametrize(("n", "wrong", "later"), [(3, 1, 2), (4, 0, 1), (5, 2, 3), (4, 3, 4), (2, 1, 0)])
def test_the_tail_is_what_counting_gives(n, wrong, later):
    """Of all ways to place the wrong ones among 2n answers, those with at most so many among the first n."""
    placed = list(combinations(range(2 * n), wrong + later))
    few = sum(sum(place < n for place in places) <= wrong for places in placed)
    expected = few / len(placed) if later else 1.0
    assert hypergeometric_tail(n, wrong, later) == pytest.approx(expected)


def test_the_chance_is_that_of_the_nearest_breach():
    """5 % of 60 is 3, so 4 break the promise, and 3 do not."""
    assert chance_of_breaking(60, 1, 0.05) == hypergeometric_tail(60, 1, 4)
    assert chance_of_breaking(60, 2, 0.05) > chance_of_breaking(60, 1, 0.05) > chance_of_breaking(60, 0, 0.05)


def test_the_greatest_share_is_the_last_likely_one():
    """One more wrong answer than that is unlikely; all wrong, or none at all, leaves everything possible."""
    share = greatest_share(200, 2, 0.05)
    assert hypergeometric_tail(200, 2, round(share * 200)) > 0.05
    assert hypergeometric_tail(200, 2, round(share * 200) + 1) <= 0.05
    assert greatest_share(5, 5, 0.05) == 1.0
    assert greatest_share(0, 0, 0.05) == 1.0


@pytest.mark.parametrize("wrong", [0, 3, 9, 20])
def test_the_bound_is_within_the_target_where_the_test_passes(wrong):
    """The figure that is shown and the test that is made say the same."""
    for n in (100, 237, 400):
        assert (greatest_share(n, wrong, 0.05) <= 0.05) is (chance_of_breaking(n, wrong, 0.05) <= 0.05)


def test_independent_questions_count_whole_and_clustered_ones_for_less():
    """Ten articles, each wrong throughout or right throughout: ten questions count as one."""
    wrong = np.repeat([True, True, False, False, False, False, False, False, False, False], 10)
    assert design_effect(wrong, np.repeat(np.arange(10), 10)) == pytest.approx(10.0)
    assert design_effect(wrong, np.arange(100)) == pytest.approx(1.0)
    assert design_effect(np.zeros(5, bool), np.zeros(5, np.int64)) == 1.0


def test_a_certificate_needs_enough_questions():
    """One answer fewer, all of them right, proves nothing."""
    least = fewest_answers(0.05, 0.05)
    assert least == 80  # the first at which five wrong ones break the promise: 1 in 2 to the 5th is less than δ
    for n, certified in ((least - 1, False), (least, True)):
        promise = certify(np.full(n, 0.9), np.ones(n, bool), np.arange(n).astype(str), 0.05, 0.05)
        assert promise.certified is certified
    assert promise.risk == 0.0
    assert promise.bound <= 0.05


def test_a_failure_ends_the_sequence():
    """Wrong ones at the top are not outweighed by right ones further down: that would be fishing for a certificate."""
    predicted = np.linspace(1.0, 0.0, 1000)
    right = np.ones(1000, bool)
    right[:20] = False
    promise = certify(predicted, right, np.arange(1000).astype(str), 0.05, 0.05)
    assert not promise.certified
    right[:20] = True
    assert certify(predicted, right, np.arange(1000).astype(str), 0.05, 0.05).coverage == 1.0


def test_without_a_certificate_the_threshold_is_the_strictest():
    """No certified threshold could be above it."""
    promise = certify(np.linspace(0.1, 0.97, 50), np.zeros(50, bool), np.arange(50).astype(str), 0.05, 0.05)
    assert not promise.certified
    assert promise.threshold == pytest.approx(0.97)
    assert promise.threshold >= DEFAULT.answer_at


@given(st.integers(0, 10_000), st.floats(0.02, 0.4))
def test_a_certified_risk_is_within_the_promise(seed, target):
    """The bound of what is answered is never above the target when the test passed."""
    random = np.random.default_rng(seed)
    predicted = random.random(300)
    right = random.random(300) < predicted
    promise = certify(predicted, right, random.integers(0, 60, 300).astype(str), target, 0.05)
    if promise.certified:
        assert promise.risk <= promise.bound <= target + 1e-9
        assert 0 < promise.coverage <= 1


def test_the_next_answers_break_the_promise_as_seldom_as_stated():
    """Two samples of one kind of question: certified on the first, counted on the second."""
    random = np.random.default_rng(7)
    broken = certified = 0
    rounds = 400
    for _ in range(rounds):
        predicted = random.random(1600)
        right = random.random(1600) < 1 - 0.4 * (1 - predicted) ** 3
        alone = np.arange(800).astype(str)
        promise = certify(predicted[:800], right[:800], alone, 0.05, 0.05)
        answered = predicted[800:] >= promise.threshold
        certified += promise.certified
        broken += (answered & ~right[800:]).sum() > 0.05 * answered.sum()
    assert certified > 0.9 * rounds
    assert broken <= 0.05 * rounds + 2 * (0.05 * 0.95 * rounds) ** 0.5
