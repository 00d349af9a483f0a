import json
from math import log2
from random import Random

import pytest

from kb.evaluation.metrics import RANKING, ArticleFigures, by_article, ranking_values, report
from kb.evaluation.runner import Run
from kb.evaluation.statistics import Figure
from tests.evaluation.fakes import ANSWERED, CLARIFY, NO_ANSWER, result

RESULTS = (
    result({"a": 1}, "abc", ANSWERED, 0.9, "q1", "story"),
    result({"b": 1}, "abc", CLARIFY, 0.6, "q2", "story"),
    result({"c": 2, "a": 1}, "bca", ANSWERED, 0.8, "q3", "messy"),
    result({"d": 1}, "abc", NO_ANSWER, 0.2, "q4", "messy"),
    result({}, "abc", ANSWERED, 0.95, "u1"),
    result({}, "bca", NO_ANSWER, 0.1, "u2"),
)
"""Four answerable questions and two unanswerable ones."""


@pytest.fixture(scope="module")
def found():
    """The report of the six questions."""
    return report(Run(RESULTS, "v1-x"), resamples=50)


def values(figures):
    """Return the figures without their intervals."""
    return {name: figure.value for name, figure in figures.items()}


def test_ranking_by_hand():
    """The field's own definitions, of each question: graded gains count in nDCG."""
    ideal = 2 + 1 / log2(3)
    expected = {
        "ndcg@10": [1, 1 / log2(3), (2 / log2(3) + 1 / log2(4)) / ideal, 0, 0, 0],
        "success@1": [1, 0, 0, 0, 0, 0],
        "success@3": [1, 1, 1, 0, 0, 0],
        "rr@10": [1, 1 / 2, 1 / 2, 0, 0, 0],
    }
    got = ranking_values(RESULTS)
    assert tuple(got) == RANKING
    for name, each in expected.items():
        assert got[name].tolist() == pytest.approx(each)


def test_ranking_is_as_the_field_defines_it():
    """The same values as ir-measures', for rankings of every length and graded relevance."""
    ir_measures = pytest.importorskip("ir_measures")  # its library has no package for ARM under Linux
    random = Random(11)
    names = "abcdefghijklmnop"
    many = [
        result({a: random.choice((0, 1, 1, 2)) for a in random.sample(names, n % 5)} | {"a": 1}, order, ANSWERED, 0.9)
        for n in range(60)
        for order in ["".join(random.sample(names, n % 14))]
    ]
    measures = [ir_measures.nDCG @ 10, ir_measures.Success @ 1, ir_measures.Success @ 3, ir_measures.RR @ 10]
    qrels = [ir_measures.Qrel(str(n), a, g) for n, r in enumerate(many) for a, g in r.judged.relevant.items()]
    ranked = [ir_measures.ScoredDoc(str(n), a, -float(p)) for n, r in enumerate(many) for p, a in enumerate(r.ranking)]
    got = ranking_values(many)
    seen = {name: [0.0] * len(many) for name in RANKING}
    for metric in ir_measures.iter_calc(measures, qrels, ranked):
        seen[RANKING[measures.index(metric.measure)]][int(metric.query_id)] = metric.value
    for name in RANKING:
        assert got[name].tolist() == pytest.approx(seen[name])


def test_ranking_is_over_answerable_questions(found):
    """Unanswerable questions have no right article and do not lower the ranking's figures."""
    assert values(found.ranking) == pytest.approx(
        {"ndcg@10": 0.57515, "success@1": 1 / 4, "success@3": 3 / 4, "rr@10": 2 / 4}, abs=1e-5
    )


def test_equal_scores_keep_our_order():
    """A tie is not broken again: what the customer sees first is first."""
    tied = result({"z": 1}, "za", ANSWERED, 0.9)
    object.__setattr__(tied, "scores", (0.5, 0.5))
    assert ranking_values([tied])["success@1"].tolist() == [1.0]


def test_decision_by_hand(found):
    """Three of six are answered, one of them right; one of the choices offered holds the right article."""
    assert values(found.overall) == pytest.approx(
        {
            "coverage": 3 / 6,
            "risk": 2 / 3,
            "handed_over": 2 / 6,
            "clarify": 1 / 6,
            "clarify_right": 1.0,
            "calibration_error": 2.55 / 6,
            "calibration_error_equal_mass": 2.75 / 6,
        }
    )
    assert values(found.answerable) == pytest.approx(
        {"answered": 2 / 4, "risk": 1 / 2, "clarify": 1 / 4, "clarify_right": 1, "handed_over": 1 / 4, "served": 2 / 4}
    )
    assert values(found.unanswerable) == pytest.approx(
        {"wrongly_answered": 1 / 2, "clarify": 0, "handed_over": 1 / 2, "auroc": 1 / 2, "wrongly_answered_at_80": 1 / 2}
    )
    assert found.threshold == 0.2


def test_counts_and_voices(found):
    """Voices are counted over answerable questions; each has its own figures."""
    assert found.counts == {"all": 6, "answerable": 4, "unanswerable": 2, "failed": 0}
    assert found.voice_counts == {"messy": 2, "story": 2}
    assert found.voices["story"]["success@1"].value == 0.5
    assert found.voices["messy"]["handed_over"].value == 0.5
    assert found.voices["story"]["risk"].value == 0.0


def test_curve_ends_with_everything_answered(found):
    """At the lowest threshold all six are answered, and five of them wrong."""
    assert (found.curve[-1].coverage, found.curve[-1].risk) == (1.0, pytest.approx(5 / 6))
    assert (found.curve[0].threshold, found.curve[0].risk) == (0.95, 1.0)


def test_articles_the_worst_first():
    """Articles go by the share found first, then in three; the most frequent rival is named."""
    results = [
        result({"a": 1}, "abc", ANSWERED, 0.9),
        result({"b": 1}, "abc"),
        result({"b": 1}, "acd"),
        result({"b": 1}, "cbd"),
        result({"d": 1}, "acb"),
        result({}, "abc"),
    ]
    assert by_article(results) == [
        ArticleFigures("d", 1, 0, 0, 0, "a", 1),
        ArticleFigures("b", 3, 0, 2, 0, "a", 2),
        ArticleFigures("a", 1, 1, 1, 1, "", 0),
    ]


def test_failed_questions_count_as_missed():
    """A question that failed is in every denominator and never right."""
    failed = result({"a": 1}, query_id="q9", error="the index fell over")
    found = report(Run((RESULTS[0], failed), "v1-x"), resamples=10)
    assert found.counts["failed"] == 1
    assert found.ranking["success@1"].value == 0.5
    assert found.overall["coverage"].value == 0.5
    assert found.articles[0].questions == 2


def test_only_answerable_and_only_unanswerable():
    """Without one of the two kinds its figures are undefined, not zero."""
    answerable = report(Run(RESULTS[:4], "v"), resamples=10)
    assert set(answerable.unanswerable.values()) == {Figure(None)}
    unanswerable = report(Run(RESULTS[4:], "v"), resamples=10)
    assert set(unanswerable.ranking.values()) == {Figure(None)}
    assert unanswerable.unanswerable["auroc"] == Figure(None)
    assert (unanswerable.threshold, unanswerable.articles, unanswerable.voices) == (None, (), {})


def test_an_empty_run():
    """No question at all gives no figure, and no error."""
    found = report(Run((), "v"))
    assert found.counts["all"] == 0
    assert set(found.overall.values()) == {Figure(None)}
    assert found.took_ms == {"median": 0.0, "p95": 0.0}


def test_as_json(found):
    """The report is plain JSON, with every group and four decimals."""
    value = json.loads(json.dumps(found.as_json(worst=1)))
    assert list(value) == [
        "index_version",
        "queries",
        "ranking",
        "all",
        "answerable",
        "unanswerable",
        "threshold_80",
        "voices",
        "articles",
        "risk_coverage",
        "took_ms",
    ]
    assert value["all"]["risk"]["value"] == 0.6667
    assert value["voices"]["story"]["queries"] == 2
    assert len(value["articles"]) == 1
    assert value["risk_coverage"][-1] == {"threshold": 0.1, "coverage": 1.0, "risk": 0.8333}
