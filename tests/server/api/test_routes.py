"""The JSON API, and one clear sentence for every request that cannot be answered."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from kb.errors import IndexMissing
from kb.retrieval.query.suggest import Suggester
from kb.server.api import bodies
from kb.types import Library
from tests.ui.fakes import FakeAnswerer, FakeContainer, make_article

if TYPE_CHECKING:
    from starlette.testclient import TestClient

KEYS = {"id", "query", "outcome", "confidence", "hits", "choices", "reason", "signpost", "index_version", "took_ms",
        "query_id", "cut"}  # fmt: skip


def test_a_posted_question_gets_the_object_of_the_contract(client: TestClient) -> None:
    """Every key is there; hits are ranked from 1."""
    reply = client.post("/api/ask", json={"text": "why did my bill go up", "k": 2, "more": "ignored"})
    answer = reply.json()
    assert reply.status_code == 200
    assert set(answer) == KEYS
    assert answer["outcome"] == "answered"
    assert [(h["rank"], h["article_id"]) for h in answer["hits"]] == [(1, "why-bill-went-up"), (2, "late-fee")]
    assert answer["hits"][0]["anchor"] == "what-changed-on-the-bill"
    assert reply.headers["cache-control"] == "no-store"


def test_get_and_post_answer_alike(client: TestClient) -> None:
    """GET takes text and k in the address."""
    got = client.get("/api/ask", params={"text": "late", "k": "1"}).json()
    posted = client.post("/api/ask", json={"text": "late", "k": 1}).json()
    assert got["choices"] == posted["choices"] == ["late-fee", "late-payment"]
    assert len(got["hits"]) == len(posted["hits"]) == 1


def test_five_hits_unless_told_otherwise(client: TestClient) -> None:
    """The default is five hits, also for a null."""
    assert len(client.get("/api/ask", params={"text": "why did my bill go up"}).json()["hits"]) == 5
    assert len(client.post("/api/ask", json={"text": "why did my bill go up", "k": None}).json()["hits"]) == 5


@pytest.mark.parametrize("text", ["", "  ", "\n"])
def test_an_empty_question_is_an_answer_too(client: TestClient, text: str) -> None:
    """It has no hits, and a reason."""
    answer = client.post("/api/ask", json={"text": text}).json()
    assert answer["outcome"] == "no_answer"
    assert answer["reason"] == "empty_query"
    assert answer["hits"] == []


@pytest.mark.parametrize(
    "text", ["x" * 50_000, "😀" * 50_000, "مرحبا", "a\x00b", "<script>alert(1)</script>", "\ud800"]
)
def test_odd_questions_get_an_answer(client: TestClient, text: str) -> None:
    """Nothing a customer can type is an error, escaped in JSON or not."""
    reply = client.post("/api/ask", content=json.dumps({"text": text}))
    assert reply.status_code == 200
    assert reply.json()["outcome"] == "no_answer"


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        (b"", 400, "not JSON"),
        (b"{", 400, "not JSON"),
        (b'{"text": NaN', 400, "not JSON"),
        (b"[" * 100_000, 400, "not JSON"),
        (b"\xff\xfe", 400, "not UTF-8"),
        (b"[]", 422, "JSON object"),
        (b'"text"', 422, "JSON object"),
        (b"{}", 422, '"text" is missing'),
        (b'{"text": 1}', 422, "must be a string"),
        (b'{"text": null}', 422, "must be a string"),
        (b'{"text": "x", "k": "5"}', 422, "whole number"),
        (b'{"text": "x", "k": 2.5}', 422, "whole number"),
        (b'{"text": "x", "k": true}', 422, "whole number"),
        (b'{"text": "x", "k": 0}', 422, "from 1 to 100"),
        (b'{"text": "x", "k": 101}', 422, "from 1 to 100"),
    ],
)
def test_a_wrong_request_is_told_what_is_wrong(client: TestClient, body: bytes, status: int, words: str) -> None:
    """JSON with one sentence, never a traceback."""
    reply = client.post("/api/ask", content=body)
    assert reply.status_code == status
    assert set(reply.json()) == {"error"}
    assert words in reply.json()["error"]


def test_a_body_without_end_is_cut_off(client: TestClient, answerer: FakeAnswerer) -> None:
    """The limit holds whatever length was announced."""
    reply = client.post("/api/ask", content=iter([b" " * 65_536] * (bodies.MOST_BYTES // 65_536 + 2)))
    assert reply.status_code == 413
    assert "shorter" in reply.json()["error"]
    assert answerer.asked == []


@pytest.mark.parametrize(
    "address", ["/api/ask", "/api/ask?text=x&k=", "/api/ask?text=x&k=-1", "/api/ask?text=x&k=0", "/api/ask?text=x&k=²"]
)
def test_a_wrong_address_is_told_what_is_wrong(client: TestClient, address: str) -> None:
    """The same for GET."""
    reply = client.get(address)
    assert reply.status_code == 422
    assert set(reply.json()) == {"error"}


def test_other_methods_and_addresses_answer_in_json(client: TestClient) -> None:
    """Unknown methods and addresses are answered in JSON."""
    assert client.delete("/api/ask").status_code == 405
    reply = client.get("/api/nothing")
    assert reply.status_code == 404
    assert "error" in reply.json()


def test_without_an_index_the_api_is_unavailable(client: TestClient, container: FakeContainer) -> None:
    """503 with the reason; a client may try again."""
    container.put(answerer=IndexMissing("There is no index. Run: kb build"))
    for reply in (client.get("/api/ask?text=x"), client.get("/api/articles/late-fee"), client.get("/readyz")):
        assert reply.status_code == 503
        assert "kb build" in reply.text
    assert client.get("/healthz").status_code == 200


def test_an_article_as_json(client: TestClient) -> None:
    """Texts and sources, nothing of the file system."""
    article = client.get("/api/articles/set-up-autopay").json()
    assert article["title"] == "How do I set up Auto Pay?"
    assert article["kind"] == "tutorial"
    assert article["reviewed"] == "2026-11-22"
    assert [s["anchor"] for s in article["sections"]] == ["", "set-it-up", "if-it-fails"]
    assert article["sections"][1]["text"].startswith("1. Sign in.")
    assert "path" not in article


def test_earlier_and_unknown_ids_of_articles(client: TestClient) -> None:
    """An earlier id leads to the current one; an unknown id gets an error."""
    moved = client.get("/api/articles/autopay-setup")
    assert (moved.status_code, moved.headers["location"]) == (301, "/api/articles/set-up-autopay")
    assert client.get("/api/articles/nope").status_code == 404


def test_suggestions_come_while_typing(client: TestClient, answerer: FakeAnswerer) -> None:
    """Titles lead to their articles; nothing is asked, so nothing is counted, and nothing is kept."""
    reply = client.get("/api/suggest", params={"text": "late f"})
    assert reply.json() == {
        "text": "late f",
        "suggestions": [
            {
                "kind": "article",
                "text": "What is the late fee?",
                "article_id": "late-fee",
                "address": "/article?id=late-fee",
            }
        ],
        "announcement": "1 suggestion. Use the arrow keys to choose it.",
    }
    assert reply.headers["cache-control"] == "no-store"
    assert answerer.asked == []


def test_an_example_is_asked_as_it_stands(client: TestClient, container: FakeContainer) -> None:
    """Its address is that of its answer; the count is in the reader's language."""
    article = make_article("late-fee", title="The fee", examples=("¿Cuánto es el cargo?",))
    container.put(suggester=Suggester(Library({"late-fee": article}, ())))
    found = client.get("/api/suggest?text=cuanto", headers={"Accept-Language": "es"}).json()
    assert found["suggestions"][0]["address"] == "/?q=%C2%BFCu%C3%A1nto+es+el+cargo%3F"
    assert found["announcement"] == "2 sugerencias. Use las flechas para elegir una."


def test_nothing_typed_has_no_suggestions(client: TestClient) -> None:
    """Empty text gives an empty list and nothing to read out; a missing parameter is an error."""
    assert client.get("/api/suggest?text=").json() == {"text": "", "suggestions": [], "announcement": ""}
    assert client.get("/api/suggest").status_code == 422
