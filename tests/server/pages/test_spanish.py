"""Pages for readers of Spanish: translated articles, their addresses in both languages, and questions that decide."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from kb.types import Library, Translation
from tests.ui import fakes

if TYPE_CHECKING:
    from starlette.testclient import TestClient

HERE = "http://testserver:8501"
BODY = """La factura sube por varias razones.

## Qué cambió en la factura

Compare dos facturas.

> [!es:TIP]
> Marque las líneas nuevas.

## Cuándo llamar

Vea [Auto Pay](set-up-autopay#set-it-up)."""


def translated(*, is_out_of_date: bool = False) -> Library:
    """Return the small help center with one article and one category in Spanish."""
    library = fakes.library()
    original = library.articles["why-bill-went-up"]
    made = fakes.make_article(
        "why-bill-went-up", BODY, title="¿Por qué subió mi factura?", summary="Por varias razones.", language="es"
    )
    anchors = zip(made.sections, original.sections, strict=True)
    made = replace(
        made,
        sections=tuple(replace(s, anchor=o.anchor) for s, o in anchors),
        related=original.related,
        is_out_of_date=is_out_of_date,
    )
    shelf = replace(library.categories[0], spanish=Translation("Cambios de precio", "Por qué sube."))
    article = replace(original, translations={"es": made})
    return replace(
        library, articles={**library.articles, original.id: article}, categories=(shelf, *library.categories[1:])
    )


@pytest.fixture
def spanish(client: TestClient, answerer: fakes.FakeAnswerer) -> TestClient:
    """Return a client of the help center with the translation."""
    answerer.library = translated()
    return client


def test_a_plain_article_is_in_spanish(spanish: TestClient) -> None:
    """Title, text, category and notes are; the anchors are the English ones; nothing is marked as English."""
    html = spanish.get("/a/why-bill-went-up?lang=es").text
    assert "<h1>¿Por qué subió mi factura?</h1>" in html
    assert '<h2 id="what-changed-on-the-bill">Qué cambió en la factura</h2>' in html
    assert '<p class="admonition-title">Consejo</p>' in html
    assert ">Cambios de precio</a>" in html
    assert 'href="/a/set-up-autopay#set-it-up"' in html
    body = html.split("<article>")[1].split("</article>")[0]
    assert 'lang="en"' not in body
    assert '"inLanguage": "es"' in html


def test_addresses_of_both_languages_are_named(spanish: TestClient) -> None:
    """Each language's page is canonical for itself and names the other; an article in English alone names none."""
    for address, canonical in (("/a/why-bill-went-up", ""), ("/a/why-bill-went-up?lang=es", "?lang=es")):
        html = spanish.get(address).text
        assert f'<link rel="canonical" href="{HERE}/a/why-bill-went-up{canonical}">' in html
        assert f'<link rel="alternate" hreflang="es" href="{HERE}/a/why-bill-went-up?lang=es">' in html
        assert f'<link rel="alternate" hreflang="x-default" href="{HERE}/a/why-bill-went-up">' in html
    assert 'hreflang="x-default"' not in spanish.get("/a/late-fee?lang=es").text
    head = spanish.get("/article?id=why-bill-went-up&lang=es").text.split("</head>")[0]
    assert f'hreflang="en" href="{HERE}/a/why-bill-went-up">' in head
    assert "<title>¿Por qué subió mi factura? · Billing Help</title>" in head


def test_the_sitemap_names_every_language(spanish: TestClient) -> None:
    """A translated article has an entry in each language, and each names both."""
    tree = ET.fromstring(spanish.get("/sitemap.xml").text)
    listed = [url.findtext("{*}loc") for url in tree]
    assert f"{HERE}/a/why-bill-went-up?lang=es" in listed
    assert f"{HERE}/a/late-fee?lang=es" not in listed
    entry = next(url for url in tree if url.findtext("{*}loc") == f"{HERE}/a/why-bill-went-up")
    assert [link.get("hreflang") for link in entry.findall("{*}link")] == ["en", "es"]


def test_an_article_in_english_alone_says_so(spanish: TestClient) -> None:
    """A Spanish page shows it, marked as English."""
    html = spanish.get("/a/late-fee?lang=es").text
    assert '<h1 lang="en">What is the late fee?</h1>' in html
    assert "Este artículo todavía está solo en inglés." in html


def test_an_old_translation_leads_to_the_english_text(client: TestClient, answerer: fakes.FakeAnswerer) -> None:
    """In one line, on the article and above an answer from it."""
    answerer.library = translated(is_out_of_date=True)
    note = "Esta traducción puede no incluir los últimos cambios."
    html = client.get("/a/why-bill-went-up?lang=es").text
    assert note in html
    assert 'href="/a/why-bill-went-up?lang=en" hreflang="en">Vea el texto más reciente, en inglés.</a>' in html
    assert note not in client.get("/a/why-bill-went-up?lang=en").text


def test_a_question_in_spanish_turns_the_page(spanish: TestClient) -> None:
    """Against the browser, and the next page follows; a choice of the reader stands above both."""
    reply = spanish.post("/ask", data={"q": "¿why did my bill go up?"}, headers={"Accept-Language": "en"})
    assert '<html lang="es">' in reply.text
    assert 'data-answer="why-bill-went-up"' in reply.text
    assert "Compare dos facturas." in reply.text
    cookies = [c for c in reply.headers.get_list("set-cookie") if c.startswith("kb_asked=es;")]
    assert len(cookies) == 1
    assert "Max-Age" not in cookies[0]
    assert "¿Por qué subió mi factura?" in spanish.get("/a/why-bill-went-up", headers={"Accept-Language": "en"}).text
    assert '<html lang="en">' in spanish.get("/?q=why+did+my+bill+go+up").text
    assert '<html lang="en">' in spanish.post("/ask?lang=en", data={"q": "¿why did my bill go up?"}).text


def test_the_short_address_leads_to_spanish(client: TestClient) -> None:
    """An address to say on the telephone."""
    reply = client.get("/es", follow_redirects=False)
    assert (reply.status_code, reply.headers["location"]) == (302, "/?lang=es")


def test_the_api_and_markdown_speak_the_language_asked_for(spanish: TestClient) -> None:
    """English without a word about it; the address of an earlier id keeps the wish."""
    english = spanish.get("/api/articles/why-bill-went-up", headers={"Accept-Language": "es"}).json()
    assert (english["title"], english["language"], english["languages"]) == (
        "Why did my bill go up?",
        "en",
        ["en", "es"],
    )
    found = spanish.get("/api/articles/why-bill-went-up?lang=es").json()
    assert (found["title"], found["out_of_date"]) == ("¿Por qué subió mi factura?", False)
    assert [s["anchor"] for s in found["sections"]] == [s["anchor"] for s in english["sections"]]
    moved = spanish.get("/api/articles/autopay-setup?lang=es", follow_redirects=False)
    assert moved.headers["location"] == "/api/articles/set-up-autopay?lang=es"
    text = spanish.get("/a/why-bill-went-up.md?lang=es").text
    assert text.startswith("# ¿Por qué subió mi factura?")
    assert "> [!TIP]" in text
    asked = {"text": "why did my bill go up"}
    assert spanish.post("/api/ask?lang=es", json=asked).json()["hits"][0]["title"] == "¿Por qué subió mi factura?"
    assert "language" not in spanish.post("/api/ask", json=asked).json()["hits"][0]


def test_lists_are_in_spanish(spanish: TestClient) -> None:
    """A category's page and the list of all of them; what is not translated is marked."""
    html = spanish.get("/c/bill-changes-and-prices?lang=es").text
    assert "<h1>Cambios de precio</h1>" in html
    assert '<a href="/a/why-bill-went-up">¿Por qué subió mi factura?</a>' in html
    assert '<a href="/a/late-fee" lang="en">What is the late fee?</a>' in html


ATOM = {"a": "http://www.w3.org/2005/Atom"}


def test_markdown_leads_on_in_spanish(spanish: TestClient) -> None:
    """Links in the text, the page itself and related articles keep the language; in English, nothing changes."""
    text = spanish.get("/a/why-bill-went-up.md?lang=es").text
    assert text.startswith("# ¿Por qué subió mi factura?")
    assert f"({HERE}/a/set-up-autopay.md?lang=es#set-it-up)" in text
    assert f"<{HERE}/a/why-bill-went-up?lang=es>" in text
    assert f"- [How do I set up Auto Pay?]({HERE}/a/set-up-autopay.md):" in text
    assert "lang=es" not in spanish.get("/a/why-bill-went-up.md").text


def test_the_feed_in_spanish(spanish: TestClient) -> None:
    """Translated entries have their own ids and addresses; the others are marked as English and stay what they are."""
    feeds = [ET.fromstring(spanish.get(address).text) for address in ("/feed.xml", "/feed.xml?lang=es")]
    english, found = ({e.findtext("a:title", "", ATOM): e for e in feed.findall("a:entry", ATOM)} for feed in feeds)
    lang = "{http://www.w3.org/XML/1998/namespace}lang"
    assert [feed.get(lang) for feed in feeds] == ["en", "es"]
    assert feeds[1].find("a:link", ATOM).get("href") == f"{HERE}/feed.xml?lang=es"
    entry = found["¿Por qué subió mi factura?"]
    assert entry.find("a:link", ATOM).get("href") == f"{HERE}/a/why-bill-went-up?lang=es"
    assert entry.findtext("a:summary", "", ATOM) == "Por varias razones."
    assert entry.get(lang) is None
    known = english["Why did my bill go up?"].findtext("a:id", "", ATOM)
    assert entry.findtext("a:id", "", ATOM) != known
    other = found["What if I pay late?"]
    assert other.get(lang) == "en"
    assert other.findtext("a:id", "", ATOM) == english["What if I pay late?"].findtext("a:id", "", ATOM)


def test_a_spanish_page_names_the_spanish_feed(spanish: TestClient) -> None:
    """And the Markdown in its language."""
    head = spanish.get("/a/why-bill-went-up?lang=es").text.split("</head>")[0]
    assert 'href="/feed.xml?lang=es"' in head
    assert 'href="/a/why-bill-went-up.md?lang=es"' in head
