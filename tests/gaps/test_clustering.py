"""Questions grouped by meaning: duplicates, joining, clustering, merging, names."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.gaps.clustering import Group, Question, features, group_questions, grouped_text, near_duplicates, question_key
from tests.support import FakeEncoder

ENCODER = FakeEncoder()
HITS = {"fee": (("late-fee", 0.4), ("why-bill-went-up", 0.3)), "pay": (("set-up-autopay", 0.5), ("paper-bill", 0.3))}


def question(text: str, about: str = "fee", asked: int = 1, gap_id: int | None = None) -> Question:
    """Return a question as the store gives it."""
    return Question(question_key(text), text, ENCODER.encode_query(text), HITS[about], asked, gap_id)


FEES = [question("why is there a late fee on my bill"), question("a late fee is on my bill why is that")]
PAYS = [
    question("take my bill from the bank every month", "pay"),
    question("can the bank take my bill by month", "pay"),
]


def texts(groups: list[Group], questions: list[Question]) -> list[set[str]]:
    """Return the texts of each group."""
    by_key = {q.key: q.text for q in questions}
    return [{by_key[key] for key in group.keys} for group in groups]


def test_equal_questions_share_a_key() -> None:
    """Capitals, accents, spaces and marks make no other question; a word does."""
    assert question_key("Auto-Pay, por qué?") == question_key("autopay por que")
    assert question_key("autopay on") != question_key("autopay off")


def test_what_every_question_has_in_common_is_left_out() -> None:
    """Names of the provider, handles, tags and addresses."""
    asked = "@AcmeHelp Acme's bill is wrong, see https://example.com/x #acmefail"
    assert grouped_text(asked, ["Acme"]) == "bill is wrong, see"
    assert grouped_text("Acme?", ["Acme"]) == "Acme?"
    assert grouped_text("acmecorp bill", ["Acme"]) == "acmecorp bill"


def test_features_weigh_meaning_and_nearest_articles_alike() -> None:
    """The product of two rows is the mean of the two cosines."""
    one, other = FEES[0], PAYS[0]
    rows = features([one, other])
    assert float(rows[0] @ rows[1]) == pytest.approx(0.5 * float(one.vector @ other.vector), abs=1e-5)
    same = features([one, FEES[1]])
    assert float(same[0] @ same[1]) == pytest.approx(0.5 * float(one.vector @ FEES[1].vector) + 0.5, abs=1e-5)
    assert np.linalg.norm(rows, axis=1) == pytest.approx([1, 1], abs=1e-6)


def test_questions_that_mean_the_same_are_one_group() -> None:
    """Two needs, two groups; the most asked comes first."""
    asked = [*FEES, *PAYS, question("bank takes my bill each month", "pay")]
    groups = group_questions(asked)
    assert texts(groups, asked) == [{q.text for q in asked[2:]}, {q.text for q in FEES}]
    assert [g.gap_id for g in groups] == [None, None]


def test_a_new_question_joins_the_gap_it_is_near_to() -> None:
    """The old gap keeps its id; the remaining questions form a separate group."""
    old = [question(q.text, "fee", gap_id=7) for q in FEES]
    new = question("my bill has a late fee, why")
    groups = group_questions([*old, new, *PAYS])
    assert groups[0].gap_id == 7
    assert set(groups[0].keys) == {q.key for q in [*old, new]}
    assert [(g.gap_id, set(g.keys)) for g in groups[1:]] == [(None, {q.key for q in PAYS})]


def test_the_same_questions_again_change_nothing() -> None:
    """Grouping what is grouped gives the same gaps, in the order of their ids."""
    old = [question(q.text, "fee", gap_id=7) for q in FEES] + [question(q.text, "pay", gap_id=3) for q in PAYS]
    groups = group_questions(old, untouched=[3, 7])
    assert [(g.gap_id, set(g.keys)) for g in groups] == [(3, {q.key for q in PAYS}), (7, {q.key for q in FEES})]


def test_untouched_gaps_merge_into_the_oldest() -> None:
    """Two gaps that turn out to be one need become one, and the older id stays."""
    old = [question(FEES[0].text, gap_id=4), question(FEES[1].text, gap_id=9)]
    (group,) = group_questions(old, untouched=[4, 9])
    assert (group.gap_id, group.absorbed, set(group.keys)) == (4, (9,), {q.key for q in FEES})


def test_gaps_that_are_worked_on_are_never_merged() -> None:
    """Gaps in progress are never merged, however near they are."""
    old = [question(FEES[0].text, gap_id=4), question(FEES[1].text, gap_id=9)]
    assert [(g.gap_id, g.keys) for g in group_questions(old)] == [(4, (FEES[0].key,)), (9, (FEES[1].key,))]
    assert [g.gap_id for g in group_questions(old, untouched=[9])] == [4, 9]


def test_a_group_is_named_by_its_most_central_question() -> None:
    """The question nearest to all others is chosen, weighted by frequency; very short or long ones only if need be."""
    asked = [question("late fee on my bill"), question("late fee on my bill today"), question("fee", asked=1)]
    (group,) = group_questions(asked, distance=0.9)
    assert group.name == "late fee on my bill today" if group.keys[0] == asked[1].key else "late fee on my bill"
    (alone,) = group_questions([question("  fee \n late ")])
    assert alone.name == "fee late"


def test_a_question_asked_often_pulls_the_name() -> None:
    """More frequent questions weigh more."""
    often = [question("late fee on my bill for march", asked=50), question("why do i pay a late fee for my bill")]
    assert group_questions(often, distance=0.9)[0].name == "late fee on my bill for march"


def test_nearly_the_same_question_is_a_duplicate() -> None:
    """The first question represents its duplicates; known ones win, and chains end at the first."""
    vector = FEES[0].vector
    turned = (vector + 0.01 * PAYS[0].vector).astype(np.float32)
    twin = Question("twin", "x", turned / np.linalg.norm(turned))
    assert near_duplicates([twin, PAYS[0]], [FEES[0]]) == {"twin": FEES[0].key}
    assert near_duplicates([FEES[0], twin], []) == {"twin": FEES[0].key}
    assert near_duplicates([], FEES) == {}
    third = Question("third", "y", twin.vector)
    assert near_duplicates([twin, third], [FEES[0]]) == {"twin": FEES[0].key, "third": FEES[0].key}


def test_nothing_gives_no_group() -> None:
    """No question, no group."""
    assert group_questions([]) == []


WORDS = st.sampled_from(["late", "fee", "bill", "bank", "month", "card", "refund", "modem", "price", "paper"])


@given(st.lists(st.lists(WORDS, min_size=2, max_size=5).map(" ".join), min_size=1, max_size=12, unique_by=question_key))
def test_every_question_is_in_exactly_one_group(asked: list[str]) -> None:
    """Nothing is lost or doubled, and a second grouping with the ids given keeps every group."""
    questions = [question(text) for text in asked]
    groups = group_questions(questions)
    assert sorted(key for g in groups for key in g.keys) == sorted(q.key for q in questions)
    gap_of = {key: n for n, g in enumerate(groups, start=1) for key in g.keys}
    again = group_questions([question(q.text, gap_id=gap_of[q.key]) for q in questions])
    assert {g.gap_id: set(g.keys) for g in again} == {n: set(g.keys) for n, g in enumerate(groups, start=1)}
