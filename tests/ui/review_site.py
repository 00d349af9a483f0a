"""A help center of six small articles with a real index, a journal, and the pages for staff over them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from kb.app.seen import PastVersions
from kb.journal.encode import query_row
from kb.retrieval.answering.answerer import IndexAnswerer
from kb.retrieval.answering.live import load_newest
from kb.types import Answer, QuerySource, Role, Traffic, User
from tests.journal_rows import NOON, put_query
from tests.support import build, write_signpost

if TYPE_CHECKING:
    import pytest
    import sqlalchemy as sa
    from streamlit.testing.v1 import AppTest

    from kb.settings.settings import Settings
    from tests.ui.fakes import FakeContainer

LATE = "why was i charged a late fee"
"""A question that the small articles answer."""


class ReviewSite:
    """Articles in a folder of the test's own, asked by customers and looked at by staff."""

    def __init__(self, settings: Settings, container: FakeContainer, engine: sa.Engine) -> None:
        """Build the index, and put everything into the container.

        :param settings: With the six small articles; the folder gets a signpost.
        :param container: What the pages use.
        :param engine: An empty journal.
        """
        write_signpost(
            settings.articles, "bank-account", title="Your bank account", examples=["overdraft fee of my bank"]
        )
        self.settings = replace(settings, site=container.settings.site, database_url=str(engine.url))
        self.container, self.engine = container, engine
        container.put(settings=self.settings, engine=engine)
        self.serve()

    def serve(self) -> None:
        """Build the index anew, and answer from it."""
        build(self.settings)
        self.answerer = IndexAnswerer(load_newest(self.settings, _refused))
        self.container.put(answerer=self.answerer, past_versions=PastVersions(self.settings))

    def ask(self, number: int, question: str = LATE, /, **fields: Any) -> str:
        """Let a customer ask; return the question's id.

        :param number: Makes the id.
        :param question: The question.
        :param fields: Columns of the journal that are other than the answer's.
        """
        return put_answer(self.engine, number, self.answerer.ask(question), **fields)


def _refused(message: str) -> None:
    raise AssertionError(message)


def put_answer(engine: sa.Engine, number: int, answer: Answer, **fields: Any) -> str:
    """Write a question with the answer that it got, as the journal does."""
    row = query_row(answer, source=QuerySource.PAGE, visit=f"visit-{number}", traffic=Traffic.CUSTOMER, at=NOON)
    del row["query_id"]
    return put_query(engine, number, **{**row, **fields})


def as_user(monkeypatch: pytest.MonkeyPatch, role: Role | None, name: str) -> None:
    """Let somebody be signed in; nobody without a role."""
    user = None if role is None else User(name, role)
    for place in ("current_user.current_user", "main.current_user", "widgets.writing.proposals.current_user"):
        monkeypatch.setattr(f"kb.ui.{place}", lambda: user)


def opener(app: AppTest, monkeypatch: pytest.MonkeyPatch, page: str) -> Callable[..., AppTest]:
    """Return what opens a page at an address, as somebody."""

    def opened(role: Role | None = Role.LEAD, name: str = "kim", **params: str) -> AppTest:
        as_user(monkeypatch, role, name)
        app.run()
        app.query_params.clear()
        app.query_params.update(params)
        app.switch_page(page).run()
        assert not app.exception
        return app

    return opened
