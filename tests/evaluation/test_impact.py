import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.evaluation.impact import Change, Effect, effect_of, impact, is_right, known_questions, renamed
from kb.evaluation.judgments import Judged
from kb.evaluation.runner import ShownPart
from tests.evaluation.fakes import ANSWERED, CLARIFY, NO_ANSWER, FakeAnswerer, result
from tests.support import make_article, make_library

A = {"a": 1}


@pytest.mark.parametrize(
    ("found", "right"),
    [
        (result(A, "abc", ANSWERED), True),
        (result(A, "bac", ANSWERED), False),
        (result(A, "bac", CLARIFY), True),
        (result(A, "bca", CLARIFY), False),
        (result(A, "abc", NO_ANSWER), False),
        (result({}, "abc", NO_ANSWER), True),
        (result({}, "abc", CLARIFY), False),
        (result({}, "abc", ANSWERED), False),
        (result({}, error="the index fell over"), False),
    ],
)
def test_right(found, right):
    """Answered with the right article, or offered it; unanswerable questions must be handed over."""
    assert is_right(found) is right


@pytest.mark.parametrize(
    ("relevant", "before", "after", "effect"),
    [
        (A, ("bac", ANSWERED), ("abc", ANSWERED), Effect.WON),
        (A, ("abc", NO_ANSWER), ("bac", CLARIFY), Effect.WON),
        (A, ("abc", ANSWERED), ("bac", ANSWERED), Effect.LOST),
        (A, ("abc", CLARIFY), ("abc", NO_ANSWER), Effect.LOST),
        (A, ("abc", ANSWERED), ("abc", CLARIFY), Effect.MOVED),
        (A, ("bac", NO_ANSWER), ("bca", NO_ANSWER), Effect.MOVED),
        (A, ("bac", NO_ANSWER), ("bcd", NO_ANSWER), Effect.MOVED),
        (A, ("bac", NO_ANSWER), ("cab", NO_ANSWER), Effect.SAME),
        (A, ("abc", ANSWERED), ("acb", ANSWERED), Effect.SAME),
        ({}, ("abc", ANSWERED), ("abc", NO_ANSWER), Effect.WON),
        ({}, ("abc", CLARIFY), ("abc", NO_ANSWER), Effect.WON),
        ({}, ("abc", NO_ANSWER), ("abc", ANSWERED), Effect.LOST),
        ({}, ("abc", CLARIFY), ("abc", ANSWERED), Effect.LOST),
        ({}, ("abc", NO_ANSWER), ("abc", CLARIFY), Effect.MOVED),
        ({}, ("abc", ANSWERED), ("abc", CLARIFY), Effect.MOVED),
        ({}, ("abc", NO_ANSWER), ("cba", NO_ANSWER), Effect.SAME),
    ],
)
def test_effect(relevant, before, after, effect):
    """Won, lost, moved or the same: for questions with an article and for those without."""
    assert effect_of(result(relevant, *before, 0.2), result(relevant, *after, 0.9)) is effect


def test_a_failure_is_lost():
    """What was right and fails now is lost, also where no article answers; failing twice is the same."""
    failed = result(A, error="the index fell over")
    assert effect_of(result(A, "abc", ANSWERED), failed) is Effect.LOST
    assert effect_of(result({}, "abc", NO_ANSWER), result({}, error="x")) is Effect.LOST
    assert effect_of(failed, failed) is Effect.SAME
    assert effect_of(result(A, "bac", NO_ANSWER), failed) is Effect.MOVED


results = st.builds(
    result,
    st.just(A) | st.just({}),
    st.permutations("abc"),
    st.sampled_from([ANSWERED, CLARIFY, NO_ANSWER]),
    st.floats(0, 1),
)


@given(results)
def test_no_change_has_no_effect(found):
    """Whatever came of a question, the same once more is the same."""
    assert effect_of(found, found) is Effect.SAME


@given(st.sampled_from([A, {}]), st.data())
def test_winning_and_losing_are_opposites(relevant, data):
    """For a question that an article answers, a change that wins it loses it when undone."""
    one, other = (data.draw(results) for _ in range(2))
    before, after = (result(A, r.ranking, r.outcome) for r in (one, other))
    opposite = {Effect.WON: Effect.LOST, Effect.LOST: Effect.WON}
    effect = effect_of(before, after)
    assert effect_of(after, before) is opposite.get(effect, effect)


@pytest.mark.parametrize(
    ("after", "drift"),
    [
        (result(A, "abc", NO_ANSWER, 0.49), True),
        (result(A, "acb", NO_ANSWER, 0.49), True),
        (result(A, "abc", NO_ANSWER, 0.4), False),
        (result(A, "bac", NO_ANSWER, 0.5), False),
        (result(A, confidence=0.5, error="x"), False),
    ],
)
def test_drift(after, drift):
    """The same first article, rank and about the same confidence: only a threshold passed by."""
    assert Change(Effect.LOST, result(A, "abc", CLARIFY, 0.5), after).is_drift is drift


def test_impact():
    """All questions are asked of both sides; counts, lists and JSON agree."""
    judged = [Judged("q1", "one", A), Judged("q2", "two", {"b": 1}), Judged("q3", "three"), Judged("q4", "four", A)]
    before = FakeAnswerer({"one": (ANSWERED, 0.9, "ab"), "two": (NO_ANSWER, 0.2, "ab"), "four": (ANSWERED, 0.9, "ab")})
    table = {"one": (NO_ANSWER, 0.3, "ba"), "two": (ANSWERED, 0.95, "ba"), "four": (ANSWERED, 0.8, "ab")}
    after = FakeAnswerer({**table, "three": (CLARIFY, 0.5, "ab")}, version="v1-new")
    told = []
    found = impact(before, after, judged, progress=lambda *step: told.append(step))
    assert [[c.judged.query_id for c in kind] for kind in (found.won, found.lost, found.moved)] == [
        ["q2"],
        ["q1"],
        ["q3"],
    ]
    assert (found.questions, found.right_before, found.right_after) == (4, 3, 2)
    assert (found.before_version, found.after_version) == ("v1-fake", "v1-new")
    assert told == [(n, 8) for n in range(1, 9)]
    value = json.loads(json.dumps(found.as_json()))
    assert value["lost"] == [
        {
            "id": "q1",
            "query": "one",
            "article": "a",
            "before": {"outcome": "answered", "first": "a", "rank": 1, "confidence": 0.9, "signpost": None,
                       "part": "top", "heading": None},
            "after": {"outcome": "no_answer", "first": "b", "rank": 2, "confidence": 0.3, "signpost": None,
                      "part": None, "heading": None},
            "drift": False,
        }
    ]  # fmt: skip
    assert value["moved"][0]["article"] is None


def test_a_signpost_takes_a_question_from_its_article_and_wins_its_own():
    """Answered before and handed over now is lost, or won if no article answers; another signpost is noticed."""
    answered, handed_over = result(A, "ab", ANSWERED), replace(result(A, "ab"), signpost="s")
    assert effect_of(answered, handed_over) is Effect.LOST
    assert effect_of(result(None, "ab", ANSWERED), replace(result(None, "ab"), signpost="s")) is Effect.WON
    assert effect_of(replace(handed_over, signpost="t"), handed_over) is Effect.MOVED
    assert effect_of(handed_over, handed_over) is Effect.SAME
    assert Change(Effect.LOST, answered, handed_over).as_json()["after"]["signpost"] == "s"


ONE, TWO = ShownPart("one", "One", "First."), ShownPart("two", "Two", "Second.")


def shown(part, sections=(), kind=ANSWERED, ranking="ab"):
    """Return a result of a question that names its sections, with the part that is shown."""
    found = result(A, ranking, kind, 0.9)
    return replace(found, judged=replace(found.judged, sections=sections), part=part)


def test_the_part_is_part_of_the_answer():
    """A test that names its sections is right with one of them; any other question is right with any part."""
    assert is_right(shown(ONE))
    assert is_right(shown(ONE, ("two", "one")))
    assert not is_right(shown(TWO, ("one",)))
    assert is_right(shown(None, ("one",), CLARIFY))
    assert effect_of(shown(ONE, ("one",)), shown(TWO, ("one",))) is Effect.LOST
    assert effect_of(shown(TWO, ("one",)), shown(ONE, ("one",))) is Effect.WON
    assert not Change(Effect.LOST, shown(ONE, ("one",)), shown(TWO, ("one",))).is_drift


def test_another_part_of_the_same_article_is_told_apart():
    """It is noticed if neither anchor nor text is the same, and only where one article answers before and after."""
    assert effect_of(shown(ONE), shown(TWO)) is Effect.PART
    assert not Change(Effect.PART, shown(ONE), shown(TWO)).is_drift
    assert effect_of(shown(ONE), shown(replace(TWO, anchor="one"))) is Effect.SAME
    assert effect_of(shown(ONE), shown(replace(TWO, text="First."))) is Effect.SAME
    assert effect_of(shown(ONE), shown(TWO, ranking="ba")) is Effect.LOST
    assert effect_of(shown(ONE, ranking="ba"), shown(TWO, ranking="ca")) is Effect.SAME
    assert effect_of(shown(ONE), shown(None, kind=CLARIFY)) is Effect.MOVED


def test_a_heading_that_was_reworded_is_the_same_part():
    """In an older result, a section is called by the anchor that it has now."""
    library = make_library(make_article("a", "Lead.\n\n## How much it costs\n\nTen.\n"), make_article("b"))
    old = shown(ShownPart("how-much-does-it-cost-now", "How much does it cost now", "Nine."))
    assert renamed(old, library).part.anchor == "how-much-it-costs"
    for anchor in ("top", "gone", "how-much-it-costs"):
        assert renamed(shown(ShownPart(anchor, "", "")), library).part.anchor == anchor


def test_parts_are_in_the_report():
    """Questions with another part are a list of their own; tests bring the sections that they name."""
    before, after = (
        FakeAnswerer({"one": (ANSWERED, 0.9, "ab")}),
        FakeAnswerer({"one": (ANSWERED, 0.9, "ab")}, version="v2"),
    )
    ask = after.ask

    def ask_with_section(text, k=5):
        answer = ask(text, k)
        hit = replace(
            answer.hits[0], passage=replace(answer.hits[0].passage, anchor="one", heading="One", text="Other.")
        )
        return replace(answer, outcome=replace(answer.outcome, hit=hit))

    after.ask = ask_with_section
    found = impact(before, after, [Judged("q1", "one", A)])
    assert [change.after.part.heading for change in found.parts] == ["One"]
    assert (found.won, found.lost, found.moved) == ((), (), ())
    (listed,) = json.loads(json.dumps(found.as_json()))["parts"]
    assert (listed["before"]["part"], listed["after"]["part"], listed["after"]["heading"]) == ("top", "one", "One")
    assert len(impact(before, after, [Judged("q1", "one", A, sections=("top",))]).lost) == 1


def test_a_rename_changes_nothing():
    """An article under a new id, with its redirect, is the same article on both sides."""
    judged = [Judged("old/1", "one", {"old": 1}), Judged("new/1", "two", {"new": 1})]
    before = FakeAnswerer(
        {"one": (ANSWERED, 0.9, ("old", "b")), "two": (CLARIFY, 0.5, ("b", "old"))},
        make_library(make_article("old"), make_article("b")),
    )
    after = FakeAnswerer(
        {"one": (ANSWERED, 0.9, ("new", "b")), "two": (CLARIFY, 0.5, ("b", "new"))},
        make_library(make_article("new", redirects=("old",)), make_article("b")),
    )
    found = impact(before, after, judged)
    assert (found.won, found.lost, found.moved, found.right_before) == ((), (), (), 2)
    assert found.unknown_articles == ()


def test_two_articles_made_one_count_once():
    """In an older ranking, two articles that are one now are listed once, at the better rank."""
    library = make_library(make_article("new", redirects=("a", "b")), make_article("c"))
    found = renamed(result({"new": 1}, "cab", CLARIFY), library)
    assert (found.ranking, found.choices, found.scores) == (("c", "new"), ("c", "new"), (0.9, 0.8))


def test_a_removed_article_is_lost_and_not_unknown():
    """What an article that is gone used to answer is lost; an id that never was is named."""
    judged = [Judged("gone/1", "one", {"gone": 1}), Judged("q", "two", {"never": 1})]
    before = FakeAnswerer({"one": (ANSWERED, 0.9, ("gone",))}, make_library(make_article("gone"), make_article("b")))
    found = impact(before, FakeAnswerer({}, make_library(make_article("b"))), judged)
    assert [c.judged.query_id for c in found.lost] == ["gone/1"]
    assert found.unknown_articles == ("never",)


def test_known_questions():
    """A test of both sides is asked once, as it is judged now; one taken away is still asked."""
    before = [Judged("a/1", "kept", A), Judged("a/2", "moved", A), Judged("a/3", "deleted", A)]
    after = [Judged("a/1", "kept", A), Judged("b/1", "moved", {"b": 1}), Judged("b/2", "new", {"b": 1})]
    filed = [Judged("f1", "kept", A)]
    found = known_questions(before, after, filed)
    assert [(q.query_id, q.text, q.article) for q in found] == [
        ("a/1", "kept", "a"),
        ("b/1", "moved", "b"),
        ("b/2", "new", "b"),
        ("a/3 (gone)", "deleted", "a"),
        ("f1", "kept", "a"),
    ]
