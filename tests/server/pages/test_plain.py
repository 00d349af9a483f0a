"""Without JavaScript, and for machines: categories, a posted question, schema.org, and the card of a shared address."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from kb.errors import IndexDamaged
from kb.html.documents import structured
from kb.types import ArticleKind
from tests.ui.fakes import ARTICLES, FakeAnswerer, FakeContainer, FakeJournal, make_article

if TYPE_CHECKING:
    from starlette.testclient import TestClient

ADDRESS = "https://help.example.com/a/x"


def structured_data(html: str) -> dict[str, Any]:
    """Return the JSON-LD of a page."""
    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html)
    data: dict[str, Any] = json.loads(block)
    return data


def test_a_category_is_a_page_of_its_own(client: TestClient) -> None:
    """Title, description, canonical address, its articles by their plain addresses, the field to ask."""
    reply = client.get("/c/autopay-and-paperless")
    assert reply.status_code == 200
    assert "<title>Auto Pay · Billing Help</title>" in reply.text
    assert '<meta name="description" content="Paying by itself.">' in reply.text
    assert '<link rel="canonical" href="http://testserver:8501/c/autopay-and-paperless">' in reply.text
    assert 'href="/a/set-up-autopay"' in reply.text
    assert "/a/late-fee" not in reply.text
    assert 'action="/ask" method="post"' in reply.text


def test_the_application_s_category_points_to_it(client: TestClient) -> None:
    """Search engines list one of the two."""
    html = client.get("/browse?category=autopay-and-paperless").text
    assert '<link rel="canonical" href="http://testserver:8501/c/autopay-and-paperless" />' in html
    assert "/c/autopay-and-paperless</loc>" in client.get("/sitemap.xml").text


def test_a_posted_question_is_answered_on_a_plain_page(client: TestClient, answerer: FakeAnswerer) -> None:
    """The passage, links to plain pages, the question still in the field, and nothing kept by anybody."""
    reply = client.post("/ask", data={"q": "why did my bill go up"})
    assert reply.status_code == 200
    assert answerer.asked == ["why did my bill go up"]
    assert 'data-answer="why-bill-went-up"' in reply.text
    assert 'href="/a/why-bill-went-up#what-changed-on-the-bill"' in reply.text
    assert 'value="why did my bill go up"' in reply.text
    assert "/article?id=" not in reply.text
    assert reply.headers["cache-control"] == "no-store"
    assert "noindex" in reply.text
    assert "script-src" not in reply.headers["content-security-policy"]


def test_a_choice_is_refused_without_an_address(client: TestClient) -> None:
    """The question travels in the body again, and the hand-over follows."""
    choice = client.post("/ask", data={"q": "late"}).text
    assert '<button name="none" value="1">None of these</button>' in choice
    assert "/?q=" not in choice
    refused = client.post("/ask", data={"q": "late", "none": "1"}).text
    assert "An agent can help with this" in refused
    assert "(833) 267-6094" in refused


def test_a_correction_is_refused_without_an_address(client: TestClient, journal: FakeJournal) -> None:
    """The button asks exactly what was typed, and then nothing is corrected."""
    corrected = client.post("/ask", data={"q": "paperles bill"}).text
    assert '<button name="exact" value="1">Search instead for <q>paperles bill</q></button>' in corrected
    exact = client.post("/ask", data={"q": "paperles bill", "exact": "1"}).text
    assert "Showing results for" not in exact
    assert [query[1] for query in journal.queries] == ["paperles bill"] * 2


def test_what_is_not_answered_here_shows_no_agent_at_first(client: TestClient, journal: FakeJournal) -> None:
    """The card says what it is about; the ways to an agent are folded, so the journal counts none as shown."""
    html = client.post("/ask", data={"q": "my wifi crawls"}).text
    assert "<h2>This seems to be about: Slow internet</h2>" in html
    assert html.index("If you meant your bill") < html.index('<details class="kb-agent">')
    client.post("/ask", data={"q": "agent"})
    assert [event[1] for event in journal.events] == ["contact_shown"]


def test_the_end_of_a_long_question_is_left_out_and_said(client: TestClient, answerer: FakeAnswerer) -> None:
    """All of it stays in the field, which cuts nothing by itself."""
    html = client.post("/ask", data={"q": "late" * 600}).text
    assert [len(text) for text in answerer.asked] == [2000]
    assert "Only the first 2,000 characters are read." in html
    assert f'value="{"late" * 600}"' in html
    assert "maxlength" not in html
    assert "Only the first" not in client.post("/ask", data={"q": "late"}).text


def test_a_question_in_the_address_is_not_answered(client: TestClient, answerer: FakeAnswerer) -> None:
    """GET shows the form alone: addresses end up in histories and logs."""
    assert client.get("/ask?q=late").status_code == 200
    assert answerer.asked == []


@pytest.mark.parametrize("text", ["", "  ", "\x00"])
def test_an_empty_form_gets_a_hint(client: TestClient, answerer: FakeAnswerer, text: str) -> None:
    """An empty form gets a hint, and nothing is searched."""
    assert "Type a few words about your bill" in client.post("/ask", data={"q": text}).text
    assert answerer.asked == []


def test_odd_forms_are_answered_or_refused(client: TestClient) -> None:
    """Markup is text, half a letter is replaced, a form without the field is empty, too much is too much."""
    assert "<img" not in client.post("/ask", data={"q": '"><img src=x>'}).text
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert client.post("/ask", content=b"q=%ff%fe", headers=headers).status_code == 200
    assert "Type a few words" in client.post("/ask", content=b"x=1", headers=headers).text
    assert client.post("/ask", content=b"q=" + b"x" * 70_000, headers=headers).status_code == 413


def test_without_an_index_plain_pages_say_when_to_come_back(client: TestClient, container: FakeContainer) -> None:
    """Without an index, plain pages answer 503 without internal details."""
    container.put(answerer=IndexDamaged("vectors.bin is damaged"))
    for reply in (client.get("/c/x"), client.post("/ask", data={"q": "late"})):
        assert (reply.status_code, reply.headers["retry-after"]) == (503, "60")
        assert "vectors.bin" not in reply.text


def test_a_tutorial_is_a_how_to() -> None:
    """Every step in order."""
    tutorial = next(a for a in ARTICLES if a.kind is ArticleKind.TUTORIAL)
    data = structured.article(tutorial, ADDRESS)
    assert data["@type"] == "HowTo"
    assert [(s["position"], s["text"]) for s in data["step"]] == [
        (1, "Sign in."),
        (2, "Open Billing."),
        (3, "Turn it on."),
    ]


def test_any_other_article_is_a_question_with_its_answer(client: TestClient) -> None:
    """As schema.org's FAQPage; the answer is the article's text, without Markdown."""
    data = structured_data(client.get("/a/why-bill-went-up").text)
    assert data["@type"] == "FAQPage"
    (question,) = data["mainEntity"]
    assert question["name"] == "Why did my bill go up?"
    assert "Compare two bills." in question["acceptedAnswer"]["text"]
    assert data["url"] == "http://testserver:8501/a/why-bill-went-up"
    assert data["dateModified"] == "2026-11-22"


def test_nothing_in_an_article_ends_the_data_block() -> None:
    """Not even its own closing tag in an article ends the data block."""
    hostile = make_article("x", "</script><script>alert(1)</script>", title="</SCRIPT><!-- &amp;")
    block = structured.script(structured.article(hostile, ADDRESS))
    assert block.lower().count("</script") == 1
    assert "<!--" not in block
    assert structured_data(block)["mainEntity"][0]["name"] == "</SCRIPT><!-- &amp;"


@pytest.mark.parametrize("address", ["/", "/article?id=late-fee", "/a/late-fee", "/c/autopay-and-paperless"])
def test_a_shared_address_has_a_card(client: TestClient, address: str) -> None:
    """Title and a picture that comes from here."""
    html = client.get(address).text
    assert re.search(r'<meta property="og:title" content="[^"]+">', html)
    assert '<meta property="og:image" content="http://testserver:8501/assets/card.png">' in html
    picture = client.get("/assets/card.png")
    assert picture.content[:8] == b"\x89PNG\r\n\x1a\n"
    assert tuple(int.from_bytes(picture.content[at : at + 4], "big") for at in (16, 20)) == structured.CARD_SIZE
