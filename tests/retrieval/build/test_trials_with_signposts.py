"""The trial runs of articles next to signposts: what belongs elsewhere is never right."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from kb.retrieval.answering.confidence import SIGNALS
from kb.retrieval.build import trials as trials_module
from kb.retrieval.build.trials import N_FOLDS, Observations, TrialKind, part_of, run_trials
from kb.retrieval.index.passages import Unit
from kb.retrieval.index.searchable import Searchable
from kb.retrieval.query.organizations import OTHER_PROVIDERS, Organization, Organizations
from kb.types import Passage, UnitKind
from tests.retrieval.build.trial_articles import LETTERS, NOBODY, Encoding, course, examples, of_kind, units_of
from tests.support import FakeEncoder

SIGNS = "uvwxyz"
BANKS = Organizations(
    (Organization("Delta Cable", OTHER_PROVIDERS), Organization("Zeta Water", "water"), Organization("Eta", "hotels")),
    ("Us",),
)


def signposted(*, with_bill: bool = False) -> Searchable:
    """Return the ten articles with six signposts; with one more example each that can be asked of another company."""
    units = [unit for c in LETTERS for unit in units_of(f"topic-{c}", c)]
    if with_bill:
        units = [more for u in units for more in (u, *_bills(u))]
    units += [Unit(UnitKind.EXAMPLE, f"~{c}", text, -1) for c in SIGNS for text in examples(c)]
    ids = sorted({unit.article_id for unit in units})
    passages = [[Passage(f"{i}#0", i, "", "", "Q", "Q")] if not i.startswith("~") else [] for i in ids]
    matrix = FakeEncoder().encode_documents([unit.text.lower() for unit in units])
    return Searchable.unlearned(units, passages, matrix, elsewhere={i for i in ids if i.startswith("~")}).learned()


def _bills(unit: Unit) -> list[Unit]:
    """Return, beside an article's title, ten questions about the provider's bill."""
    c = unit.article_id[-1]
    texts = [f"Q{c}x on my bill {n}" for n in range(10)] if unit.kind is UnitKind.TITLE else []
    return [Unit(UnitKind.EXAMPLE, unit.article_id, text, -1) for text in texts]


@pytest.fixture(scope="module")
def beside() -> Observations:
    """Return what trial runs of articles beside signposts showed."""
    return run_trials(course(signposted(with_bill=True), organizations=BANKS), Encoding())


UNANSWERABLE = (
    TrialKind.NEAR_MISS,
    TrialKind.ELSEWHERE,
    TrialKind.UNFORESEEN,
    TrialKind.STRANGER,
    TrialKind.OTHER,
)


@pytest.mark.parametrize("kind", UNANSWERABLE)
def test_what_is_unanswerable_is_never_right(beside, kind):
    """Neither first nor among three, though the article that a stranger was written for is there."""
    asked = of_kind(beside, kind)
    assert len(asked) > 0
    assert not asked.first.any()
    assert not asked.within.any()


def test_a_signposts_questions_are_asked_with_and_without_it(beside):
    """Each once as unforeseen, in the fold that leaves the signpost out, and once at most as elsewhere."""
    ids = {f"~{c}" for c in SIGNS}
    assert Counter(of_kind(beside, TrialKind.UNFORESEEN).group.tolist()) == dict.fromkeys(ids, 4)
    expected: Counter[str] = Counter()
    for c in SIGNS:
        for text in examples(c):
            fold = part_of(text, N_FOLDS, "question")
            expected[f"~{c}"] += part_of(f"~{c}", N_FOLDS, "article") != fold
    assert Counter(of_kind(beside, TrialKind.ELSEWHERE).group.tolist()) == +expected


def test_signposts_are_neither_known_nor_new(beside):
    """Nor near misses: those are of articles alone."""
    for kind in (TrialKind.KNOWN, TrialKind.NEW, TrialKind.NEAR_MISS, TrialKind.STRANGER):
        assert not any(group.startswith("~") for group in of_kind(beside, kind).group.tolist())


def test_the_words_of_a_signpost_tell_that_it_is_there(beside):
    """Its own questions are likelier elsewhere than articles' questions are."""
    column = SIGNALS.index("elsewhere")
    there = of_kind(beside, TrialKind.ELSEWHERE).signals[:, column]
    assert there.mean() > of_kind(beside, TrialKind.NEW).signals[:, column].mean() + 1
    assert there.mean() > of_kind(beside, TrialKind.KNOWN).signals[:, column].mean() + 1


def test_a_stranger_is_a_new_question_of_another_company(beside):
    """One for each new question that has a place for a name; nobody else is a stranger."""
    column = SIGNALS.index("stranger")
    assert (of_kind(beside, TrialKind.STRANGER).signals[:, column] == 1).all()
    rest = beside.of(beside.kind != TrialKind.STRANGER.value)
    assert not rest.signals[:, column].any()
    new = Counter(of_kind(beside, TrialKind.NEW).group.tolist())
    strangers = Counter(of_kind(beside, TrialKind.STRANGER).group.tolist())
    assert strangers <= new
    assert 0 < sum(strangers.values()) < sum(new.values())


def test_questions_are_renamed_to_who_sends_bills():
    """Other providers mostly; a hotel's name and an everyday word never; nothing where nobody is listed."""
    questions = [trials_module._Question(n, "a", f"is question {n} on my bill") for n in range(300)]
    questions.append(trials_module._Question(300, "a", "how late is it"))
    texts = [q.text for q in trials_module._renamed(questions, BANKS)]
    assert len(texts) == 300
    counts = Counter("Delta Cable" if "Delta Cable" in text else "Zeta Water" for text in texts)
    assert all("Delta Cable bill" in text or "Zeta Water bill" in text for text in texts)
    assert counts["Delta Cable"] > 10 * counts["Zeta Water"] > 0
    everyday = Organizations(
        (Organization("Target", "banks", (), frozenset({"target"})), Organization("Eta", "hotels"))
    )
    assert trials_module._renamed(questions, everyday) == []
    assert trials_module._renamed(questions, NOBODY) == []


def test_a_fold_with_signposts_needs_articles():
    """Three articles are too few to choose from, however many classes stand beside them."""
    whole = signposted()
    kept = [u.article_id.startswith("~") or u.article_id[-1] in "abc" for u in whole.units]
    assert len(run_trials(course(whole.subset(np.array(kept))), Encoding())) == 0
