"""Signposts are shown only with a question: nothing that lists articles lists them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kb.content.articles.corpus import load_articles
from kb.html.az import index_of
from kb.html.parts import ask, shelf
from kb.retrieval.query.suggest import Suggester

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from kb.types import Library
    from tests.ui.fakes import FakeAnswerer

_ARTICLE = """---
title: "Late fee"
kind: faq
category: fees
summary: "When it is charged."
examples: ["late fee question"]
keywords: ["late"]
---

It is charged after the due date.
"""
_SIGNPOST = """---
title: "Quokka speed"
kind: signpost
examples: ["quokka crawls tonight"]
es: {title: "Quokka lento", text: "Quokka no se explica."}
---

Quokka is not explained here.
"""


@pytest.fixture
def library(tmp_path: Path, answerer: FakeAnswerer) -> Library:
    """Return the articles of a folder with one article and one signpost, behind the server."""
    for name, text in (("fees/late-fee.md", _ARTICLE), ("elsewhere/quokka-speed.md", _SIGNPOST)):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(text, encoding="utf-8")
    answerer.library = load_articles(tmp_path).library
    return answerer.library


LISTS = (
    *("/", "/browse", "/browse?category=fees", "/bill", "/contact", "/a/late-fee", "/article?id=late-fee", "/c/fees"),
    *("/sitemap.xml", "/robots.txt", "/api/articles/late-fee", "/api/suggest?text=late", "/api/suggest?text=quokka"),
)


def test_nothing_that_lists_articles_lists_a_signpost(client: TestClient, library: Library) -> None:
    """Topics, A to Z, suggestions, sitemap, structured data and every shell have the article alone."""
    assert list(library.signposts) == ["quokka-speed"]
    category = library.categories[0]
    letters = "".join(str(shelf.letter(letter, library)) for letter in index_of(library).letters)
    drawn = [
        shelf.topics(library, ["quokka-speed"]),
        shelf.category_list(category, library),
        letters,
        ask.topics(library),
    ]
    replies = [client.get(address.replace("quokka", "quokka+c")) for address in LISTS]
    assert {reply.status_code for reply in replies} == {200}
    everything = "\n".join(
        [*map(str, drawn), *(reply.text for reply in replies if "suggest?text=q" not in str(reply.url))]
    )
    assert re.search("quokka|elsewhere", everything, re.IGNORECASE) is None
    assert "late-fee" in everything
    assert [category.id for category in library.categories] == ["fees"]


def test_no_suggestion_leads_to_a_signpost(client: TestClient, library: Library) -> None:
    """Neither its title nor its examples are offered while a customer types."""
    assert Suggester(library).suggest("quokka") == []
    assert client.get("/api/suggest?text=quokka+crawls").json()["suggestions"] == []
    assert [s.article_id for s in Suggester(library).suggest("late fee")] == ["late-fee"]


@pytest.mark.parametrize(
    "address",
    [
        "/a/quokka-speed",
        "/article?id=quokka-speed",
        "/api/articles/quokka-speed",
        "/c/elsewhere",
        "/browse?category=elsewhere",
    ],
)
@pytest.mark.usefixtures("library")
def test_a_signpost_has_no_page(client: TestClient, address: str) -> None:
    """Its address leads nowhere, and nothing of it is shown there."""
    reply = client.get(address)
    assert reply.status_code == 404
    assert "not explained" not in reply.text
