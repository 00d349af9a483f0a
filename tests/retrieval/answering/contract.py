"""What holds for every answer, whatever is asked."""

from __future__ import annotations

import json
from typing import Any

from kb.types import Answer, Answered, Clarify, NoAnswer, NoAnswerReason

KEYS = ["id", "query", "outcome", "confidence", "hits", "choices", "reason", "signpost", "index_version", "took_ms"]
HIT_KEYS = ["rank", "article_id", "title", "heading", "anchor", "passage", "score", "direct_answer"]


def check(answer: Answer, text: str, k: int, n_articles: int) -> dict[str, Any]:
    """Check everything that holds for every answer; return its JSON."""
    value = answer.as_json("q1")
    assert list(value) == KEYS
    assert json.loads(json.dumps(value, allow_nan=False)) == value
    assert (value["id"], value["query"]) == ("q1", text)
    assert 0.0 <= value["confidence"] <= 1.0
    assert value["took_ms"] >= 0.0
    hits = value["hits"]
    assert all([key for key in hit if key != "language"] == HIT_KEYS for hit in hits)
    assert {hit.get("language", "en") for hit in hits} <= {"en", "es"}
    assert [hit["rank"] for hit in hits] == list(range(1, len(hits) + 1))
    assert len({hit["article_id"] for hit in hits}) == len(hits)
    assert [h.score for h in answer.hits] == sorted((h.score for h in answer.hits), reverse=True)
    assert all(hit["passage"].strip() and hit["heading"] and hit["title"] for hit in hits)
    outcome = answer.outcome
    assert value["outcome"] == outcome.kind.value
    if value["reason"] == "empty_query":
        assert (hits, value["confidence"], value["outcome"]) == ([], 0.0, "no_answer")
    else:
        assert len(hits) == min(k, n_articles)
    if isinstance(outcome, Clarify):
        assert 2 <= len(value["choices"]) <= 3
        ranked = [h["article_id"] for h in hits]
        shown = min(len(ranked), len(value["choices"]))
        assert value["choices"][:shown] == ranked[:shown]
    else:
        assert value["choices"] == []
    if isinstance(outcome, Answered):
        assert outcome.hit == answer.hits[0]
        assert outcome.hit not in outcome.others
        assert len(outcome.others) <= 4
    assert (value["reason"] is None) == (not isinstance(outcome, NoAnswer))
    if isinstance(outcome, NoAnswer):
        assert value["reason"] in {reason.value for reason in NoAnswerReason}
    elsewhere = outcome.elsewhere if isinstance(outcome, NoAnswer) else None
    assert (value["reason"] == "elsewhere") == (elsewhere is not None)
    assert value["signpost"] == (elsewhere.as_json() if elsewhere else None)
    return value
