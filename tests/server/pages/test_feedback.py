"""``POST /feedback``: judgments sent by a form, without any script."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kb.app.visits import COOKIE
from kb.types import EventKind
from tests.ui.fakes import FakeJournal

if TYPE_CHECKING:
    from starlette.testclient import TestClient

KEY = "0" * 32
FORM = {"article_id": "autopay-setup", "query_id": "", "event": "helpful"}


@pytest.fixture
def kept(journal: FakeJournal) -> list[tuple[str, ...]]:
    """Return the events of a journal that knows one question."""
    journal.queries.append((KEY, "why", "plain", KEY, "customer"))
    return journal.events


def test_yes_is_kept_with_its_visit(client: TestClient, kept: list[tuple[str, ...]]) -> None:
    """Of the article by its present id; thanks, and the way back."""
    reply = client.post("/feedback", data=FORM, headers={"Cookie": f"{COOKIE}={KEY}"})
    assert reply.status_code == 200
    assert kept == [("", EventKind.HELPFUL, "set-up-autopay", "", "", KEY)]
    assert "Thank you." in reply.text
    assert 'href="/a/set-up-autopay"' in reply.text
    assert "script-src" not in reply.headers["content-security-policy"]


def test_no_asks_why_and_keeps_the_answer(client: TestClient, kept: list[tuple[str, ...]]) -> None:
    """First the form, nothing kept; then reason and words; a reason that is none of ours is left out."""
    asked = client.post("/feedback", data={**FORM, "event": "not_helpful", "query_id": KEY})
    assert "What was wrong?" in asked.text
    assert f'name="query_id" value="{KEY}"' in asked.text
    assert kept == []
    sent = {**FORM, "event": "not_helpful", "sent": "1", "query_id": KEY, "text": "x" * 5000}
    client.post("/feedback", data={**sent, "reason": "unclear"})
    client.post("/feedback", data={**sent, "reason": "<b>"})
    assert [event[:4] for event in kept] == [
        (KEY, EventKind.NOT_HELPFUL, "set-up-autopay", "unclear"),
        (KEY, EventKind.NOT_HELPFUL, "set-up-autopay", ""),
    ]
    assert {len(event[4]) for event in kept} == {1000}


@pytest.mark.parametrize(
    "changed", [{"article_id": "nope"}, {"event": "opened"}, {"event": ""}, {"query_id": "4111 1111 1111 1111"}]
)
def test_what_is_no_judgment_of_ours_is_refused(
    client: TestClient, kept: list[tuple[str, ...]], changed: dict[str, str]
) -> None:
    """An unknown judgment is refused, and nothing is kept."""
    assert client.post("/feedback", data={**FORM, **changed}).status_code == 422
    assert kept == []


def test_a_journal_that_fails_is_not_thanked_for(client: TestClient, journal: FakeJournal) -> None:
    """A failing journal gives status 503 and an explanation."""
    journal.failing = True
    reply = client.post("/feedback", data=FORM)
    assert reply.status_code == 503
    assert "could not be saved" in reply.text


def test_a_form_too_long_is_refused(client: TestClient, kept: list[tuple[str, ...]]) -> None:
    """A form that is too long is refused before it is parsed."""
    assert client.post("/feedback", data={**FORM, "text": "x" * 40_000}).status_code == 413
    assert kept == []


def test_plain_articles_and_answers_ask(client: TestClient) -> None:
    """Each with its article; an answer also with its question."""
    assert 'action="/feedback" method="post"' in client.get("/a/late-fee").text
    answer = client.post("/ask", data={"q": "why did my bill go up"}).text
    assert 'name="article_id" value="why-bill-went-up"' in answer
