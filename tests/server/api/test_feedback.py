"""``POST /api/feedback``, the visit's cookie, and what the API and plain pages record."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kb.errors import QueryUnknown
from kb.types import EventKind
from tests.server.api.test_openapi import check

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from tests.ui.fakes import FakeJournal

BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/131.0"}


def ask(client: TestClient, text: str = "why did my bill go up", **headers: str) -> str:
    """Ask by the API; return the question's id."""
    return str(client.post("/api/ask", json={"text": text}, headers=headers).json()["query_id"])


def test_an_answer_s_id_takes_feedback(client: TestClient, journal: FakeJournal) -> None:
    """Every kind of event is taken, with all of its fields; an article's earlier id is resolved."""
    asked = ask(client)
    for kind in EventKind:
        sent = {"query_id": asked, "event": kind.value, "article_id": "autopay-setup", "reason": "r", "text": "t"}
        reply = client.post("/api/feedback", json=sent)
        assert (reply.status_code, reply.json()) == (200, {"query_id": asked, "event": kind.value, "recorded": True})
        check("/api/feedback", "post", reply)
    assert [(e[0], e[1], e[2:5]) for e in journal.events] == [
        (asked, kind.value, ("set-up-autopay", "r", "t")) for kind in EventKind
    ]


@pytest.mark.parametrize(
    ("sent", "status", "said"),
    [
        ({"query_id": "0" * 32, "event": "helpful"}, 404, "There is no question with this query_id"),
        ({"event": "helpful"}, 422, '"query_id" must be a string.'),
        ({"query_id": 5, "event": "helpful"}, 422, '"query_id" must be a string.'),
        ({"query_id": "x" * 32, "event": "helpful"}, 422, '"query_id" must be the 32 hexadecimal digits'),
        ({"query_id": "0" * 33, "event": "helpful"}, 422, '"query_id" is longer than 32 characters.'),
        ({"query_id": "ID", "event": "liked"}, 422, '"event" must be one of: opened, expanded, chose, helpful'),
        ({"query_id": "ID"}, 422, '"event" must be a string.'),
        ({"query_id": "ID", "event": "opened", "article_id": "attic"}, 422, '"article_id" is not an article here.'),
        ({"query_id": "ID", "event": "opened", "article_id": 1}, 422, '"article_id" must be a string.'),
        ({"query_id": "ID", "event": "helpful", "text": "x" * 2001}, 422, '"text" is longer than 2000 characters.'),
        ({"query_id": "ID", "event": "helpful", "reason": "x" * 101}, 422, '"reason" is longer than 100 characters.'),
        ({"query_id": "ID", "event": "helpful", "texte": ""}, 422, "Unknown key 'texte': send query_id, event"),
        ([], 422, "The request must be a JSON object"),
    ],
)
def test_what_cannot_be_recorded_is_said(client, journal, sent, status, said):
    """404 for a question that is unknown, 422 for what has the wrong form; nothing is written."""
    asked = ask(client)
    if isinstance(sent, dict) and sent.get("query_id") == "ID":
        sent = {**sent, "query_id": asked}
    reply = client.post("/api/feedback", json=sent)
    assert reply.status_code == status
    assert reply.json()["error"].startswith(said)
    assert journal.events == []
    check("/api/feedback", "post", reply)


def test_a_body_that_is_none_is_said(client):
    """A body that is not JSON, or is far too long, is refused with the reason."""
    assert client.post("/api/feedback", content=b"{").status_code == 400
    assert client.post("/api/feedback", content=b" " * 40_000).status_code == 413
    assert client.get("/api/feedback").status_code == 405


def test_a_failing_journal_refuses_feedback_and_no_question(client, journal, monkeypatch):
    """503 with what to do; answers go on. Erased between look and write: 404."""
    asked = ask(client)
    journal.failing = True
    reply = client.post("/api/feedback", json={"query_id": asked, "event": "helpful"})
    assert (reply.status_code, reply.json()) == (503, {"error": "This cannot be recorded now. Try again later."})
    assert client.post("/api/ask", json={"text": "late"}).status_code == 200

    def erased(*_args, **_more):
        raise QueryUnknown("x")

    monkeypatch.setattr(journal, "record_event", erased)
    assert client.post("/api/feedback", json={"query_id": asked, "event": "helpful"}).status_code == 404


# --------------------------------------------------------------------------------------------- what is recorded


def test_the_api_records_its_questions(client: TestClient, journal: FakeJournal) -> None:
    """GET and POST are recorded with the whole ranking, HEAD is not; without a cookie, each is a separate visit."""
    first = ask(client)
    client.get("/api/ask", params={"text": "late", "k": "1"})
    client.head("/api/ask", params={"text": "nothing"})
    recorded = [(q[1], q[2], q[4]) for q in journal.queries]
    assert recorded == [("why did my bill go up", "api", "customer"), ("late", "api", "customer")]
    assert journal.queries[0][0] == first
    assert journal.queries[0][3] != journal.queries[1][3]


def test_bots_and_tests_are_marked(client, journal):
    """Bots are marked by user agent, tests by the header."""
    ask(client, **{"User-Agent": "Googlebot/2.1"})
    ask(client, **{"X-KB-Traffic": "test"})
    assert [q[4] for q in journal.queries] == ["bot", "test"]


def test_a_page_gives_a_visit_its_key(client: TestClient) -> None:
    """A cookie that ends with the browser, that no script reads; given once, not to files, the API or errors."""
    for address in ("/assets/kb.js", "/api/suggest?text=a", "/nowhere", "/healthz"):
        assert "set-cookie" not in client.get(address).headers
    cookie = client.get("/").headers["set-cookie"]
    key, *attributes = cookie.split("; ")
    assert len(key.removeprefix("kb_visit=")) == 32
    assert set(attributes) == {"HttpOnly", "Path=/", "SameSite=Lax"}
    assert "set-cookie" not in client.get("/browse").headers
    client.cookies.clear()
    client.cookies.set("kb_visit", "<script>")
    assert client.get("/").headers["set-cookie"].startswith("kb_visit=")


def test_over_https_the_key_stays_there(client: TestClient) -> None:
    """Marked Secure."""
    reply = client.get("https://testserver/")
    assert "Secure" in reply.headers["set-cookie"]


def test_a_plain_question_and_what_was_opened_after_it(client: TestClient, journal: FakeJournal) -> None:
    """One visit: asked twice the same question; an article of its ranking is opened, another is not its doing."""
    client.get("/ask", headers=BROWSER)
    for _ in range(2):
        client.post("/ask", data={"q": "why did my bill go up"}, headers=BROWSER)
    client.get("/a/late-fee", headers=BROWSER)
    ids = {q[0] for q in journal.queries}
    assert len(ids) == 1
    assert {(q[2], q[3], q[4]) for q in journal.queries} == {("plain", client.cookies["kb_visit"], "customer")}
    client.post("/ask", data={"q": "how do i set up auto pay"}, headers=BROWSER)
    client.get("/a/contact-billing", headers=BROWSER)
    assert [e[:3] for e in journal.events] == [(*ids, "opened", "late-fee"), (*ids, "opened", "contact-billing")]


def test_a_choice_and_a_hand_over_are_events(client: TestClient, journal: FakeJournal) -> None:
    """A choice that is opened was chosen; a question without an answer shows the contact."""
    client.get("/ask", headers=BROWSER)
    client.post("/ask", data={"q": "late"}, headers=BROWSER)
    client.get("/a/late-payment", headers=BROWSER)
    client.post("/ask", data={"q": "what is the weather"}, headers=BROWSER)
    client.post("/ask", data={"q": "late", "none": "1"}, headers=BROWSER)
    late, weather = (next(q[0] for q in journal.queries if q[1].startswith(w)) for w in ("late", "what"))
    assert [e[:3] for e in journal.events] == [
        (late, "opened", "late-payment"),
        (late, "chose", "late-payment"),
        (weather, "contact_shown", ""),
        (late, "none_of_these", ""),
        (late, "contact_shown", ""),
    ]


def test_going_to_the_contact_page_belongs_to_the_last_question(client: TestClient, journal: FakeJournal) -> None:
    """Without a question, or when only the head is asked for, it is nothing."""
    client.get("/contact", headers=BROWSER)
    client.post("/ask", data={"q": "why did my bill go up"}, headers=BROWSER)
    client.head("/contact", headers=BROWSER)
    assert journal.events == []
    client.get("/contact", headers=BROWSER)
    assert [e[:2] for e in journal.events] == [(journal.queries[0][0], "contact_opened")]


def test_a_page_is_drawn_though_an_event_cannot_be_written(client, journal, caplog):
    """The failed event is logged, and the article is shown."""
    client.get("/ask", headers=BROWSER)
    client.post("/ask", data={"q": "late"}, headers=BROWSER)
    journal.failing = True
    assert client.get("/a/late-fee", headers=BROWSER).status_code == 200
    assert "An event was not recorded: It fails." in caplog.text
