"""The note that tells customers that an article is overdue for review."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from kb.html.parts import article_body
from kb.server import app as server
from tests.ui.conftest import page_html
from tests.ui.fakes import FakeAnswerer, FakeContainer, make_article

if TYPE_CHECKING:
    from streamlit.testing.v1 import AppTest

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("reviewed", "days", "noted"),
    [
        (date(2026, 5, 1), 30, 1),
        (date(2026, 10, 23), 30, 0),  # due today
        (date(2026, 11, 1), 30, 0),
        (date(2026, 5, 1), None, 0),
        (None, 30, 0),
    ],
)
def test_customers_are_told_of_an_overdue_article(reviewed: date | None, days: int | None, noted: int) -> None:
    """With the date of its last review; not of an article that is in time, or that has no date."""
    note = article_body.review_note(make_article("x", reviewed=reviewed, review_in_days=days), TODAY)
    assert ("was last reviewed on May 1, 2026 and is due for review" in note) is bool(noted)
    assert bool(note) is bool(noted)


def test_the_note_stands_on_both_article_pages(
    app: AppTest, answerer: FakeAnswerer, container: FakeContainer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The note is on the application's page and on the plain HTML page."""
    old = make_article("old-one", reviewed=date(2020, 5, 1), review_in_days=30)
    library = replace(answerer.library, articles={**answerer.library.articles, "old-one": old})
    monkeypatch.setattr(answerer, "library", library)
    app.run()
    app.query_params["id"] = "old-one"
    app.switch_page("kb/ui/pages/article.py").run()
    note = "This article was last reviewed on May 1, 2020 and is due for review."
    assert note in page_html(app)
    application = Starlette(routes=server.routes(), middleware=server.middleware(container))
    with TestClient(application) as client:
        assert note in client.get("/a/old-one").text
        assert note not in client.get("/a/late-fee").text
