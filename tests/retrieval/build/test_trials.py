"""The trial runs: what is left out, what is asked, and that nothing asked as new was in the index."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from kb.retrieval.answering.confidence import SIGNALS
from kb.retrieval.build import trials as trials_module
from kb.retrieval.build.trials import (
    N_FOLDS,
    Observations,
    TrialKind,
    out_of_scope_questions,
    part_of,
    run_trials,
    with_slip,
)
from kb.retrieval.index.names import NameIndex
from kb.retrieval.query.organizations import Named
from tests.retrieval.build.trial_articles import LETTERS, NOBODY, TITLES, Encoding, corpus, course, examples, of_kind

ARTICLES = [f"topic-{c}" for c in LETTERS]
QUESTIONS = {text: f"topic-{c}" for c in LETTERS for text in [*examples(c), TITLES[f"topic-{c}"]]}


@pytest.fixture(scope="module")
def encode() -> Encoding:
    """Return what the trial runs of this module encode with."""
    return Encoding()


@pytest.fixture(scope="module")
def seen(encode: Encoding) -> Observations:
    """Return what the trial runs of the ten articles showed."""
    return run_trials(course(corpus()), encode)


# ------------------------------------------------------------------------------------------- what is asked


def test_every_question_is_a_near_miss_once(seen):
    """In the one fold in which its article is left out: four examples and a title an article."""
    assert Counter(of_kind(seen, TrialKind.NEAR_MISS).group.tolist()) == dict.fromkeys(ARTICLES, 5)


def test_every_question_about_other_things_is_asked_once(seen):
    """Each line of the shipped list is a separate group."""
    shipped = [text.lower() for text in out_of_scope_questions()]
    assert len(of_kind(seen, TrialKind.OTHER)) == len(shipped)
    assert set(of_kind(seen, TrialKind.OTHER).group.tolist()) == set(out_of_scope_questions())


@pytest.mark.parametrize(("kind", "salt"), [(TrialKind.NEW, "question"), (TrialKind.KNOWN, "slip")])
def test_a_question_is_asked_of_its_article_once_at_most(seen, kind, salt):
    """In its own fold, unless its article is left out there; a question held out is not known in that fold."""
    expected: Counter[str] = Counter()
    for text, article in QUESTIONS.items():
        fold = part_of(text, N_FOLDS, salt)
        is_held = kind is TrialKind.KNOWN and part_of(text, N_FOLDS, "question") == fold
        if part_of(article, N_FOLDS, "article") != fold and not is_held:
            expected[article] += 1
    assert 0 < sum(expected.values()) < len(QUESTIONS)
    assert Counter(of_kind(seen, kind).group.tolist()) == expected


def test_questions_are_encoded_once_and_together(seen, encode):
    """Ascending, each distinct one once, prepared; of a title what customers read, not its summary."""
    (texts,) = encode.calls
    assert texts == sorted(set(texts))
    assert all(text == text.lower() for text in texts)
    asked = {text.lower() for text in [*QUESTIONS, *out_of_scope_questions()]}
    assert set(texts) == asked
    assert not any("summary" in text for text in texts)


def test_what_prepares_to_nothing_is_not_asked():
    """A question that has no text left when it is searched."""
    kept = run_trials(course(corpus(), lambda text: "" if "bread" in text else text.lower()), Encoding())
    assert len(of_kind(kept, TrialKind.OTHER)) == len([t for t in out_of_scope_questions() if "bread" not in t])
    assert len(of_kind(kept, TrialKind.NEAR_MISS)) == 50


# ------------------------------------------------------------------------------------------ what comes of it


def test_a_near_miss_and_another_thing_are_never_right(seen):
    """Their article is not there, neither first nor among three."""
    for kind in (TrialKind.NEAR_MISS, TrialKind.OTHER):
        assert not of_kind(seen, kind).first.any()
        assert not of_kind(seen, kind).within.any()


def test_what_is_asked_as_new_was_not_in_the_index(seen):
    """Its own text would be at a cosine of 1, as what is known is: these words are too short for a slip."""
    assert of_kind(seen, TrialKind.NEW).best.max() < 0.99
    assert of_kind(seen, TrialKind.NEAR_MISS).best.max() < 0.99
    assert (of_kind(seen, TrialKind.KNOWN).best > 0.9999).mean() > 0.7  # titles are there with their summaries


def test_an_articles_own_word_finds_it(seen):
    """Every known question is right, and most of the new ones; where the first is right, one of three is."""
    assert of_kind(seen, TrialKind.KNOWN).first.all()
    assert of_kind(seen, TrialKind.NEW).first.mean() > 0.8
    assert (seen.within >= seen.first).all()


def test_the_signals_are_those_of_the_ranking(seen):
    """There is one row per question, with the signals in order; the cosine is one of them."""
    assert seen.signals.shape == (len(seen), len(SIGNALS))
    assert seen.signals.dtype == np.float32
    assert seen.best.dtype == np.float32
    assert (seen.best == seen.signals[:, SIGNALS.index("best")]).all()
    assert seen.signals[:, SIGNALS.index("score")].std() > 0


def test_first_and_within_are_of_the_group_that_was_asked(monkeypatch):
    """Rank 1 right, rank 3 right, rank 4 no longer."""
    ids = ("a", "b", "c", "d")
    found = {}
    for group in ids:
        ranked = _Ranked([2, 0, 3, 1])
        trial = trials_module._Trial(TrialKind.NEW, "text", Named(), group)
        row = trials_module._seen(_Rest(ids), NameIndex(NOBODY, {}), trial, ranked)
        found[group] = row[1:3]
        assert row[3:] == (pytest.approx(0.7), "new", group)
    assert found == {"c": (True, True), "a": (False, True), "d": (False, True), "b": (False, False)}


class _Rest:
    def __init__(self, ids: tuple[str, ...]) -> None:
        self.article_ids = ids


class _Ranked:
    def __init__(self, order: list[int]) -> None:
        self.articles = np.array(order)
        self.scores = np.linspace(0.9, 0.6, len(order))
        self.shares = np.full(len(order), 0.25)
        self.parts = {n: np.full(len(order), 0.7) for n in ("best", "mean", "text", "spelling", "head")}
        self.elsewhere = None


def test_tests_are_asked_of_their_articles():
    """Each once, in its fold, unless its article is left out there; found by the article's own word."""
    tests = {f"topic-{c}": [f"Q{c}x test {n}" for n in range(5)] for c in "abcd"}
    asked = of_kind(run_trials(course(corpus(), tests=tests), Encoding()), TrialKind.ASKED)
    expected = Counter(
        article
        for article, texts in tests.items()
        for text in texts
        if part_of(article, N_FOLDS, "article") != part_of(text, N_FOLDS, "question")
    )
    assert Counter(asked.group.tolist()) == expected
    assert asked.first.mean() > 0.8


# ----------------------------------------------------------------------------------------------- small and large


def test_too_few_articles_give_nothing():
    """Three articles left in a fold are too few to choose from; none give no trial."""
    nothing = run_trials(course(corpus("abc")), Encoding())
    assert len(nothing) == 0
    assert nothing.first.dtype == bool
    assert (len(nothing.signals), len(nothing.best), len(nothing.kind), len(nothing.group)) == (0, 0, 0, 0)


def test_folds_with_four_articles_left_are_run():
    """Each of the five folds leaves out what falls into it; the others' near misses are those of folds that ran."""
    letters = "abcde"
    gone = Counter(part_of(f"topic-{c}", N_FOLDS, "article") for c in letters)
    ran = [fold for fold in range(N_FOLDS) if len(letters) - gone[fold] > 3]
    found = run_trials(course(corpus(letters)), Encoding())
    assert 0 < len(ran) < N_FOLDS
    assert len(of_kind(found, TrialKind.NEAR_MISS)) == 5 * sum(gone[fold] for fold in ran)
    others = [part_of(text, N_FOLDS, "question") in ran for text in out_of_scope_questions()]
    assert len(of_kind(found, TrialKind.OTHER)) == sum(others)


def test_of_many_questions_a_sample_is_asked(monkeypatch):
    """A fifth of the most a fold: two of each kind, and the same ones whatever the order of the articles' units."""
    monkeypatch.setattr(trials_module, "MAX_QUESTIONS", 10)
    few = run_trials(course(corpus()), Encoding())
    gone = {part_of(article, N_FOLDS, "article") for article in ARTICLES}
    assert len(of_kind(few, TrialKind.NEAR_MISS)) == 2 * len(gone)
    assert len(of_kind(few, TrialKind.NEW)) == 10
    assert len(of_kind(few, TrialKind.KNOWN)) == 10
    questions = [trials_module._Question(n, "a", f"text {n}") for n in range(20)]
    sample = trials_module._sample(questions, 3)
    assert trials_module._sample(questions[::-1], 3) == sample
    assert [q.text for q in sample] == sorted((q.text for q in questions), key=lambda t: part_of(t, 2**32, "sample"))[
        :3
    ]


def test_of_equal_texts_the_first_article_is_sampled():
    """The text decides, then the article's id."""
    twins = [trials_module._Question(n, article, "the same") for n, article in enumerate("cab")]
    assert [q.article_id for q in trials_module._sample(twins, 2)] == ["a", "b"]


# ------------------------------------------------------------------------------------------------------ pieces


def test_some_of_the_observations():
    """The rows that are chosen, of every column."""
    n = np.arange(4)
    seen = Observations(
        n[:, np.newaxis].astype(np.float32), n > 0, n > 1, n.astype(np.float32), n.astype(str), (n * 10).astype(str)
    )
    some = seen.of(np.array([False, True, False, True]))
    assert (len(seen), len(some)) == (4, 2)
    assert some.signals.tolist() == [[1.0], [3.0]]
    assert some.first.tolist() == [True, True]
    assert some.within.tolist() == [False, True]
    assert some.best.tolist() == [1.0, 3.0]
    assert some.kind.tolist() == ["1", "3"]
    assert some.group.tolist() == ["10", "30"]


def test_the_shipped_questions_are_lines_without_comments():
    """The shipped lists in both languages have no empty line and no duplicate."""
    questions = out_of_scope_questions()
    assert questions[0] == "how do I bake bread"
    assert questions[-1] == "cómo aprendo a tocar la guitarra"
    assert len(questions) == len(set(questions)) == 100
    assert all(q and q == q.strip() and not q.startswith("#") for q in questions)


def test_a_text_falls_into_the_same_part_for_ever():
    """By its digest and a salt; an index built again is judged by the same questions."""
    assert [part_of("late-fee", N_FOLDS, salt) for salt in ("article", "question", "slip")] == [2, 1, 3]
    assert part_of("late-fee", 2**32, "sample") == 3181760448
    assert {part_of(str(n), 3, "x") for n in range(50)} == {0, 1, 2}
    assert part_of("anything", 1, "x") == 0


@pytest.mark.parametrize(
    ("typed", "slipped"),
    [
        ("Pay my invoice?", "pay my inovice"),
        ("Why did it go UP, again?", "why did it go up agani"),
        ("what's due", "wha'ts due"),
        ("don't", "do'nt"),
        ("abcd", "acbd"),
        ("bill bill", "blil bill"),
        ("año nuevo pasó", "año nuveo pasó"),
        ("my a b", "my a b"),
        ("Why?", "why"),
        ("?!", ""),
    ],
)
def test_a_slip(typed, slipped):
    """Two letters of the longest word, the first of equals, have changed places; never its first letter."""
    assert with_slip(typed) == slipped
