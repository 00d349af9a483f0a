"""Articles, topics, contact, and what is shown when something is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kb.errors import ConfigError, IndexDamaged, IndexMissing
from tests.ui.conftest import page_html
from tests.ui.fakes import FakeContainer

if TYPE_CHECKING:
    from streamlit.testing.v1 import AppTest

PAGES = ("ask", "article", "browse", "contact", "privacy")


def visit(app: AppTest, page: str, **params: str) -> str:
    """Go to a page at an address, and return it."""
    app.run()
    for name, value in params.items():
        app.query_params[name] = value
    app.switch_page(f"kb/ui/pages/{page}.py").run()
    assert not app.exception
    return page_html(app)


@pytest.mark.parametrize("page", PAGES)
def test_every_page_has_one_main_heading_and_the_way_to_an_agent(app: AppTest, page: str) -> None:
    """Headings begin with one h1; the link to the contact page comes first in the same place."""
    html = visit(app, page)
    assert html.count("<h1") == 1
    assert '<a href="/contact"' in html.split("</nav>")[0]
    assert "kb-footer" in html


def test_an_article_has_all_its_parts(app: AppTest) -> None:
    """Title, way back, body, related ones that exist, sources with their dates, review date."""
    html = visit(app, "article", id="why-bill-went-up")
    assert "<h1>Why did my bill go up?</h1>" in html
    assert 'href="/browse?category=bill-changes-and-prices"' in html
    assert 'id="what-changed-on-the-bill"' in html
    assert 'class="admonition tip"' in html
    assert 'href="/article?id=set-up-autopay#set-it-up"' in html
    assert "no-such-article" not in html
    assert "Undated source, read November 2026" in html
    assert "Last reviewed November 22, 2026" in html
    assert "checked" not in html.lower()


def test_an_earlier_id_opens_the_article(app: AppTest) -> None:
    """A renamed article is found, and the address becomes the new one."""
    html = visit(app, "article", id="autopay-setup")
    assert "<h1>How do I set up Auto Pay?</h1>" in html
    assert app.query_params["id"] == "set-up-autopay"


@pytest.mark.parametrize("wanted", ["nope", "", "<script>alert(1)</script>", "../../etc/passwd"])
def test_an_unknown_article_is_said_kindly(app: AppTest, wanted: str) -> None:
    """Not a blank page: words, and the field to ask with."""
    html = visit(app, "article", id=wanted)
    assert "We can’t find that article" in html
    assert 'role="search"' in html
    assert "<script" not in html


def test_browse_lists_the_topics_with_counts(app: AppTest) -> None:
    """Every category, with what it is about."""
    html = visit(app, "browse")
    assert "Price changes" in html
    assert "Why the total is higher." in html
    assert "3 articles" in html
    assert "1 article<" in html


def test_a_topic_lists_its_articles_with_kind_and_summary(app: AppTest) -> None:
    """The articles of one category only."""
    html = visit(app, "browse", category="autopay-and-paperless")
    assert "<h1>Auto Pay</h1>" in html
    assert "Steps</span>" in html
    assert "Summary of set-up-autopay." in html
    assert "late-fee" not in html


def test_an_unknown_topic_shows_all(app: AppTest) -> None:
    """A mistyped address still leads somewhere."""
    html = visit(app, "browse", category="nope")
    assert "There is no topic of that name" in html
    assert "Price changes" in html


def test_contact_shows_channels_what_to_have_ready_and_articles(app: AppTest) -> None:
    """All that is needed before a call."""
    html = visit(app, "contact")
    assert "(833) 267-6094" in html
    assert [box.label for box in app.checkbox] == ["Your account number", "Your latest statement"]
    assert "How do I reach billing?" in html


@pytest.mark.parametrize("page", ["ask", "article", "browse"])
def test_without_an_index_the_page_names_the_command(app: AppTest, container: FakeContainer, page: str) -> None:
    """One plain sentence with the remedy, and the way to an agent; no traceback."""
    container.put(answerer=IndexMissing("There is no index at /srv/index."))
    html = visit(app, page)
    assert "No index has been built yet" in html
    assert "<code>kb build</code>" in html
    assert "(833) 267-6094" in html
    assert "/srv/index" not in html


def test_a_damaged_index_does_not_show_its_inside(app: AppTest, container: FakeContainer) -> None:
    """Customers read that it is not their fault; file names stay in the log."""
    container.put(answerer=IndexDamaged("/srv/index/versions/x/vectors.bin is damaged"))
    html = visit(app, "ask")
    assert "Answers are not available right now" in html
    assert "vectors.bin" not in html


def test_contact_works_without_an_index(app: AppTest, container: FakeContainer) -> None:
    """The numbers matter most when nothing else works."""
    container.put(answerer=IndexMissing("none"))
    html = visit(app, "contact")
    assert "(833) 267-6094" in html
    assert "Before and after you call" not in html


def test_a_wrong_site_file_is_named(app: AppTest, container: FakeContainer) -> None:
    """The operator reads file, line and remedy."""
    container.put(settings=ConfigError("site.yaml:3:1: unknown key 'brnd'. Use name."))
    app.run()
    assert not app.exception
    assert "site.yaml:3:1" in page_html(app)
