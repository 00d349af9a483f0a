"""What other programs read: Markdown, llms.txt, the feed, the sitemap, the description of the search."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from kb.content.articles.corpus import Corpus
from kb.content.articles.parse import ParsedArticle
from kb.content.markdown.links import links
from kb.errors import IndexDamaged
from kb.html.documents import machines
from kb.types import ArticleStatus, Library
from tests.ui import fakes
from tests.ui.fakes import FakeAnswerer, FakeContainer, make_article

if TYPE_CHECKING:
    from starlette.testclient import TestClient

HERE = "http://testserver:8501"
ATOM = {"a": "http://www.w3.org/2005/Atom"}
EVERYTHING = ("/llms.txt", "/feed.xml", "/opensearch.xml", "/sitemap.xml", "/a/late-fee.md")


def parsed(text: str) -> ET.Element:
    """Return XML of ours as a tree."""
    return ET.fromstring(text)


def test_an_article_as_markdown(client: TestClient) -> None:
    """Title, body and where it is from; links lead to Markdown, and search engines to the page."""
    reply = client.get("/a/why-bill-went-up.md")
    assert (reply.status_code, reply.headers["content-type"]) == (200, "text/markdown; charset=utf-8")
    assert reply.headers["link"] == f'<{HERE}/a/why-bill-went-up>; rel="canonical"'
    text = reply.text
    assert text.startswith("# Why did my bill go up?\n\n> Summary of why-bill-went-up.\n\nA bill goes up")
    assert f"See [auto pay]({HERE}/a/set-up-autopay.md#set-it-up)." in text
    assert "> [!TIP]\n> Mark new lines." in text
    assert "- Checked against its sources: 2026-11-22" in text
    assert "- Source: <https://www.example.com/bill> (dated unknown, read 2026-11)" in text
    assert f"- [How do I set up Auto Pay?]({HERE}/a/set-up-autopay.md): Summary" in text
    assert "no-such-article" not in text
    assert fakes.NOTICE in text


def test_an_earlier_id_and_none(client: TestClient) -> None:
    """The earlier id leads to the article's; an unknown one says where all are listed."""
    reply = client.get("/a/autopay-setup.md")
    assert (reply.status_code, reply.headers["location"]) == (301, "/a/set-up-autopay.md")
    reply = client.get("/a/nope.md")
    assert reply.status_code == 404
    assert reply.headers["content-type"].startswith("text/plain")
    assert f"{HERE}/llms.txt" in reply.text


def test_signposts_and_drafts_are_nowhere(client: TestClient, answerer: FakeAnswerer) -> None:
    """Neither by their address nor in any list."""
    base = fakes.library()
    draft = make_article("not-yet", status=ArticleStatus.DRAFT)
    parsed = [ParsedArticle(article, 1, None, "") for article in (*fakes.ARTICLES, fakes.SIGNPOST, draft)]
    answerer.library = Corpus(tuple(parsed), base.categories, ()).library
    for wanted in (fakes.SIGNPOST.id, "not-yet"):
        assert client.get(f"/a/{wanted}.md").status_code == 404
        for address in EVERYTHING:
            assert wanted not in client.get(address).text
    assert client.get("/a/late-fee.md").status_code == 200


def test_links_in_code_and_to_other_sites_stay() -> None:
    """Only links within the help center become absolute; those by reference and from the root, too."""
    body = (
        "Use `[x](late-fee)` or [it](late-fee.md), [this][fee], [here](#top), [call](tel:+15550100), "
        "[web](https://e.org/a), [contact](/contact), [fee]: see.\n\n"
        "    [code](late-fee)\n\n[fee]: ../fees/late-fee.md#a\n"
    )
    shown = make_article("own", body)
    text = machines.article(shown, Library({"own": shown}, ()), fakes.SITE, "https://h.org")
    fee = "https://h.org/a/late-fee.md"
    assert f"`[x](late-fee)` or [it]({fee}), [this][fee], [here](#top), [call](tel:+15550100)" in text
    assert "[web](https://e.org/a), [contact](https://h.org/contact)" in text
    assert "    [code](late-fee)" in text
    assert f"[fee]: {fee}#a" in text


def test_llms_lists_every_article_once(client: TestClient) -> None:
    """Under its category, with its summary and the address of its Markdown, which is there."""
    reply = client.get("/llms.txt")
    assert reply.headers["content-type"] == "text/plain; charset=utf-8"
    assert reply.text.startswith("# Billing Help\n\n> ")
    assert "## Price changes\n\n- [What if I pay late?]" in reply.text
    found = [link.href for link in links(reply.text) if link.href.endswith(".md")]
    assert sorted(found) == sorted(f"{HERE}/a/{a.id}.md" for a in fakes.ARTICLES)
    assert {client.get(address).status_code for address in found} == {200}


def test_a_bracket_in_a_title_ends_no_link(client: TestClient, answerer: FakeAnswerer) -> None:
    """Nor does a line break begin another line."""
    odd = make_article("odd", title="What is [this](https://evil.example)\n# x?")
    answerer.library = Library({"odd": odd}, fakes.CATEGORIES)
    text = client.get("/llms.txt").text
    assert [link.href for link in links(text)][:1] == [f"{HERE}/a/odd.md"]
    assert "\n# x?" not in text


def test_the_feed_has_the_last_reviewed_first(client: TestClient, answerer: FakeAnswerer) -> None:
    """Its ids stay the same whatever the host; an article that nobody reviewed is left out."""
    base = fakes.library()
    articles = {
        **base.articles,
        "late-fee": replace(base.articles["late-fee"], reviewed=date(2026, 12, 1), title='A & <b> "fee" \x0b?'),
        "late-payment": replace(base.articles["late-payment"], reviewed=None),
    }
    answerer.library = replace(base, articles=articles)
    reply = client.get("/feed.xml")
    assert reply.headers["content-type"] == "application/atom+xml; charset=utf-8"
    tree = parsed(reply.text)
    entries = tree.findall("a:entry", ATOM)
    assert entries[0].findtext("a:title", "", ATOM) == 'A & <b> "fee" ?'
    assert len(entries) == len(fakes.ARTICLES) - 1
    assert tree.findtext("a:updated", "", ATOM) == "2026-12-01T00:00:00Z"
    assert entries[0].find("a:link", ATOM).get("href") == f"{HERE}/a/late-fee"
    ids = [e.findtext("a:id", "", ATOM) for e in entries]
    assert len({tree.findtext("a:id", "", ATOM), *ids}) == len(ids) + 1
    elsewhere = client.get("/feed.xml", headers={"host": "help.example.com"})
    assert [e.findtext("a:id", "", ATOM) for e in parsed(elsewhere.text).findall("a:entry", ATOM)] == ids
    assert "http://help.example.com/a/late-fee" in elsewhere.text


def test_a_feed_without_entries_is_a_feed(client: TestClient, answerer: FakeAnswerer) -> None:
    """Its required fields are there."""
    answerer.library = Library({}, ())
    assert parsed(client.get("/feed.xml").text).findtext("a:updated", "", ATOM) == "1970-01-01T00:00:00Z"


def test_the_sitemap_says_when(client: TestClient) -> None:
    """Articles and categories have the day of the last review; pages, which have none, no day."""
    text = client.get("/sitemap.xml").text
    assert f"<url><loc>{HERE}/a/late-fee</loc><lastmod>2026-11-22</lastmod></url>" in text
    assert f"<url><loc>{HERE}/c/autopay-and-paperless</loc><lastmod>2026-11-22</lastmod></url>" in text
    assert f"<url><loc>{HERE}/contact</loc><xhtml:link" in text
    parsed(text)


def test_a_page_that_is_switched_off_is_not_listed(client: TestClient, container: FakeContainer) -> None:
    """Nor may search engines list it when they find it."""
    assert f"<loc>{HERE}/bill</loc>" in client.get("/sitemap.xml").text
    container.put(settings=replace(fakes.settings(), site=replace(fakes.SITE, has_bill_page=False)))
    assert "/bill<" not in client.get("/sitemap.xml").text
    assert '<meta name="robots" content="noindex" />' in client.get("/bill").text


def test_the_description_of_the_search(client: TestClient, container: FakeContainer) -> None:
    """A browser that follows it gets the answer to what was typed; names are cut to the lengths of OpenSearch."""
    site = replace(fakes.SITE, name="The <long> name & of a help center of a company with a name")
    container.put(settings=replace(fakes.settings(), site=site))
    tree = parsed(client.get("/opensearch.xml").text)
    space = "{http://a9.com/-/spec/opensearch/1.1/}"
    assert tree.findtext(f"{space}ShortName") == "The <long> name"
    assert len(tree.findtext(f"{space}LongName", "")) <= 48
    template = tree.find(f"{space}Url").get("template")
    assert template == f"{HERE}/?q={{searchTerms}}"
    assert client.get(template.replace("{searchTerms}", "late+fee")).status_code == 200


@pytest.mark.parametrize("address", EVERYTHING)
def test_what_a_caller_has_is_not_sent_again(client: TestClient, address: str) -> None:
    """By its ETag; HEAD has the same headers and no body."""
    first = client.get(address)
    assert first.headers["cache-control"] == "no-cache"
    tag = first.headers["etag"]
    again = client.get(address, headers={"if-none-match": f'"other", W/{tag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert client.get(address, headers={"if-none-match": '"other"'}).status_code == 200
    head = client.head(address)
    assert (head.status_code, head.content) == (200, b"")
    assert (head.headers["etag"], head.headers["content-length"]) == (tag, str(len(first.content)))
    assert "default-src 'none'" in first.headers["content-security-policy"]
    assert "set-cookie" not in first.headers


def test_without_an_index(client: TestClient, container: FakeContainer) -> None:
    """What needs articles says when to come back; the rest is there."""
    container.put(answerer=IndexDamaged("vectors.bin is damaged"))
    for address in ("/llms.txt", "/feed.xml", "/a/late-fee.md"):
        reply = client.get(address)
        assert (reply.status_code, reply.headers["retry-after"]) == (503, "60")
        assert "vectors.bin" not in reply.text
    assert client.get("/opensearch.xml").status_code == 200
    assert "lastmod" not in client.get("/sitemap.xml").text


@pytest.mark.parametrize("address", ["/", "/browse", "/article?id=late-fee", "/a/late-fee", "/c/autopay-and-paperless"])
def test_every_page_names_them(client: TestClient, address: str) -> None:
    """Browsers and feed readers find search and feed in a page's head; an article also names its Markdown."""
    head = client.get(address).text.split("</head>")[0]
    assert re.search(
        r'<link rel="search" type="application/opensearchdescription\+xml" [^>]*href="/opensearch.xml"', head
    )
    assert re.search(r'<link rel="alternate" type="application/atom\+xml" [^>]*href="/feed.xml"', head)
    named = re.findall(r'<link rel="alternate" type="text/markdown" href="([^"]+)"', head)
    assert named == (["/a/late-fee.md"] if "late-fee" in address else [])


def test_reading_markdown_is_no_opening(client: TestClient, journal: fakes.FakeJournal) -> None:
    """Programs are no customers."""
    client.get("/a/late-fee.md")
    assert not journal.events
