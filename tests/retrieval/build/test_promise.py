"""The promise: counted by hand where that can be done, and by trying where it cannot."""

import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import hypergeom

from kb.retrieval.answering.confidence import DEFAULT
from kb.retrieval.build.promise import (
    Promise,
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


# ------------------------------------------------------------------------------------ promises made by hand


def promise_of(wrong: list[int], n: int, target: float = 0.05, of_one: int = 1, delta: float = 0.05) -> Promise:
    """Return the promise for n answers, the surest first, some of them wrong; so many in a row are of one article."""
    right = np.ones(n, bool)
    right[wrong] = False
    return certify(np.linspace(1.0, 0.0, n), right, np.repeat(np.arange(n), of_one)[:n].astype(str), target, delta)


def chance(n: int, wrong: int, later: int) -> float:
    """Return the same tail as scipy computes it."""
    return float(hypergeom.cdf(wrong, 2 * n, wrong + later, n))


def test_right_answers_alone_are_all_given():
    """The threshold is the least confidence; the bound is 4 of the next 1000, since five have a chance of 1 in 32."""
    found = promise_of([], 1000)
    assert found == Promise(threshold=0.0, certified=True, answered=1000, coverage=1.0, risk=0.0, bound=0.004)


def test_the_threshold_is_the_last_that_passes():
    """With a third wrong answer, the 171st, the test fails: 170 are answered, 2 of them wrong."""
    found = promise_of([50, 150, 170, 180, 190, 200, 210], 250)
    assert chance(170, 2, 9) <= 0.05 < chance(171, 3, 9)
    assert found.certified
    assert found.threshold == pytest.approx(1 - 169 / 249, abs=1e-6)
    assert found.threshold == round(found.threshold, 6)
    assert (found.answered, found.coverage) == (170, 170 / 250)
    assert found.risk == 2 / 170
    assert chance(170, 2, 8) > 0.05 >= chance(170, 2, 9)
    assert 8 / 170 <= found.bound <= 8 / 169  # a design effect of 1 and a bit rounds one question away


def test_testing_starts_where_a_quarter_of_the_target_passes():
    """At 160 answers, 2 of them wrong; at the 80 that are enough without a wrong one, one would end it."""
    assert chance(80, 1, 5) > 0.05 >= chance(160, 2, 9)
    assert promise_of([50], 160).certified
    assert promise_of([50, 51], 160).certified
    assert not promise_of([50, 51, 52], 160).certified
    assert not promise_of([50], 81).certified


def test_testing_starts_at_a_tenth_of_the_questions():
    """Three wrong of 160 would end it; three of 200, a tenth of 2000, do not."""
    assert chance(160, 3, 9) > 0.05 >= chance(230, 3, 12)
    assert promise_of([10, 20, 30], 2300).certified
    assert not promise_of([10, 20, 30], 1700).certified


def test_questions_are_tested_in_two_hundred_steps():
    """Equal ones, from the first number that is tested to all: the last step before too many are wrong is used."""
    n, wrong = 3000, list(range(2000, 3000))
    steps = sorted({int(300 + i * (n - 300) / 199) for i in range(200)})
    passed = [m for m in steps if chance(m, max(0, m - 2000), int(0.05 * m + 1e-9) + 1) <= 0.05]
    found = promise_of(wrong, n)
    assert found.answered == max(passed)
    assert 2000 < found.answered < 2100


def test_questions_of_one_article_count_for_less():
    """Ten wrong, in two articles: five questions count as one, so that fewer are answered, and the bound is wide."""
    wrong = list(range(200, 210))
    alone, together = promise_of(wrong, 250, target=0.2), promise_of(wrong, 250, target=0.2, of_one=5)
    assert alone.answered == 250
    assert (together.answered, together.coverage) == (210, 0.84)
    assert together.risk == 10 / 210
    assert together.bound == 7 / 42  # 210 questions count as 42, 10 wrong ones as 2
    assert chance(42, 2, 7) > 0.05 >= chance(42, 2, 8)


def test_equally_sure_questions_are_taken_in_their_order():
    """And answered together: the threshold does not tell them apart."""
    right = np.ones(400, bool)
    right[300:] = False
    found = certify(np.full(400, 0.5), right, np.arange(400).astype(str), 0.05, 0.05)
    assert found.certified
    assert (found.threshold, found.answered, found.coverage, found.risk) == (0.5, 400, 1.0, 0.25)
    n = np.arange(300)
    last = (n % 3 > 0) & (n >= 240)  # of the 200 less sure ones the last 40
    found = certify(np.where(n % 3, 0.5, 0.6), ~last, n.astype(str), 0.05, 0.05)
    assert (found.certified, found.threshold, found.risk) == (True, 0.5, 40 / 300)


def test_a_stricter_delta_needs_more():
    """For a target of 1 in 5, twelve right answers pass at 1 in 5, and not at 1 in 20."""
    assert fewest_answers(0.2, 0.2) == 10
    assert fewest_answers(0.2, 0.05) == 15
    assert promise_of([], 12, target=0.2, delta=0.2).certified
    assert not promise_of([], 12, target=0.2, delta=0.05).certified


def test_a_chance_of_just_delta_passes():
    """Here and where the fewest answers are counted; of the bound it is the share that is no longer likely."""
    just = chance_of_breaking(80, 0, 0.05)
    assert fewest_answers(0.05, just) == 80
    assert greatest_share(80, 0, just) == 4 / 80
    assert promise_of([], 80, delta=just).certified


def test_a_single_answer_may_be_enough():
    """Where more than every second certificate may be false."""
    assert fewest_answers(0.05, 0.6) == 1
    assert promise_of([], 1, delta=0.6) == Promise(
        threshold=1.0, certified=True, answered=1, coverage=1.0, risk=0.0, bound=0.0
    )


@pytest.mark.parametrize(
    ("surest", "expected"),
    [
        (0.5, Promise(threshold=0.9, certified=False, answered=0, coverage=0.0, risk=0.0, bound=1.0)),
        (0.97, Promise(threshold=0.97, certified=False, answered=1, coverage=0.01, risk=1.0, bound=1.0)),
    ],
)
def test_a_promise_that_was_not_kept(surest, expected):
    """Half of all wrong, the surest too: the default threshold, or the surest question's where that is higher."""
    found = certify(np.linspace(surest, 0, 100), np.arange(100) % 2 == 1, np.arange(100).astype(str), 0.05, 0.05)
    assert found == expected


@pytest.mark.parametrize(
    ("target", "expected", "fewest"),
    [(0.05, 0.0, 80), (0.05, 0.0125, 160), (0.05, 0.02, 240), (0.1, 0.0, 40), (0.1, 0.025, 70)],
)
def test_the_fewest_answers_are_the_first_that_pass(target, expected, fewest):
    """With as many wrong ones as are expected, rounded up."""

    def passes(n: int) -> bool:
        return chance(n, math.ceil(expected * n), math.floor(target * n + 1e-9) + 1) <= 0.05

    assert fewest_answers(target, 0.05, expected) == fewest
    assert passes(fewest)
    assert not any(passes(n) for n in range(1, fewest) if math.floor(target * n + 1e-9) < n)


@pytest.mark.parametrize(
    ("n", "wrong", "share"), [(1000, 0, 0.004), (100, 3, 0.09), (10, 9, 1.0), (10, 0, 0.3), (1, 0, 1.0), (2, 0, 1.0)]
)
def test_the_greatest_share_by_hand(n, wrong, share):
    """The last number of wrong ones that is likelier than 1 in 20."""
    expected = max((later for later in range(n + 1) if chance(n, wrong, later) > 0.05), default=0) / n
    assert greatest_share(n, wrong, 0.05) == pytest.approx(expected)
    assert share == pytest.approx(expected)


def test_the_design_effect_is_a_ratio_of_variances():
    """Two articles of three questions and one: squared errors of each article over n · p · (1 - p); never below 1."""
    wrong, cluster = np.array([True, False, False, True]), np.array([0, 0, 0, 1])
    errors = (1 - 3 * 0.5, 1 - 1 * 0.5)
    assert design_effect(wrong, cluster) == max(1.0, sum(e * e for e in errors) / (4 * 0.25))
    alike = np.array([True, True, True, False])
    errors = (3 - 3 * 0.75, 0 - 1 * 0.75)
    assert design_effect(alike, cluster) == pytest.approx(sum(e * e for e in errors) / (4 * 0.75 * 0.25))
    assert design_effect(np.ones(5, bool), np.zeros(5, np.int64)) == 1.0
    assert design_effect(np.zeros(0, bool), np.zeros(0, np.int64)) == 1.0


# ------------------------------------------------------------------------------------------ promises by chance


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
