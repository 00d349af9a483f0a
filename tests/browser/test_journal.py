"""What a real browser's visit leaves in the journal: every question once, with what happened next."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from kb.database.engine import open_engine, reading
from kb.database.tables.journal import events, queries
from tests.browser.conftest import Visit
from tests.server.process import RunningServer
from tests.support import wait_until

if TYPE_CHECKING:
    from sqlalchemy.engine import Row

pytestmark = pytest.mark.browser

Rows = Callable[[], "list[Row]"]


@pytest.fixture
def written(server: RunningServer, visit: Visit) -> Iterator[Rows]:
    """Return what reads the questions of this browser window, with the events of each."""
    engine = open_engine(f"sqlite:///{server.log.parent / 'data' / 'journal.db'}")

    def read() -> list[Row]:
        key = next(c["value"] for c in visit.page.context.cookies() if c["name"] == "kb_visit")
        happened = sa.select(events.c.kind, events.c.article_id, events.c.query_id).order_by(events.c.seq)
        with reading(engine) as connection:
            asked = connection.execute(sa.select(queries).where(queries.c.visit == key).order_by(queries.c.seq)).all()
            came = connection.execute(happened).all()
        return [(q, [(e.kind, e.article_id) for e in came if e.query_id == q.query_id]) for q in asked]

    yield read
    engine.dispose()


def test_a_question_is_one_however_often_it_is_drawn(visit: Visit, written: Rows) -> None:
    """A question that is asked, redrawn, reloaded and left is one row; another question is another row."""
    page = visit.page
    visit.open("/")
    visit.ask("why did my bill go up")
    expect(page.locator(".kb-answer")).to_be_visible()
    page.reload()
    expect(page.locator(".kb-answer")).to_be_visible()
    visit.ask("what is the late fee")
    expect(page.locator("[data-answer]")).not_to_have_attribute("data-answer", "why-bill-went-up")
    page.go_back()
    expect(page.locator("[data-answer=why-bill-went-up]")).to_be_visible()
    page.go_forward()
    expect(page.locator("[data-answer=why-bill-went-up]")).to_have_count(0)
    visit.open("/?q=why+did+my+bill+go+up")
    wait_until(lambda: len(written()) >= 2)
    rows = [row for row, _ in written()]
    assert [(r.text, r.source, r.traffic, r.outcome) for r in rows] == [
        ("why did my bill go up", "page", "customer", "answered"),
        ("what is the late fee", "page", "customer", "answered"),
    ]
    assert rows[0].hits[0][0] == "why-bill-went-up"


def test_what_was_opened_and_that_an_agent_was_called_is_known(visit: Visit, written: Rows) -> None:
    """The answer's article from the page, and the telephone number of the hand-over."""
    page = visit.page
    visit.open("/?q=why+did+my+bill+go+up")
    page.locator(".kb-from a").click()
    wait_until(lambda: any(kind == "opened" for _, happened in written() for kind, _ in happened))
    visit.open("/?q=how+do+I+bake+bread+with+raisins")
    number = page.locator('.kb-handover a[href^="tel:"]').first
    number.evaluate("link => link.addEventListener('click', event => event.preventDefault())")
    with page.expect_response(lambda reply: reply.url.endswith("/api/feedback")) as told:
        number.click()
    assert told.value.status == 200
    wait_until(lambda: len(written()) >= 2 and bool(written()[0][1]))
    (bill, opened), (bread, called) = written()
    assert (bill.outcome, opened) == ("answered", [("opened", "why-bill-went-up")])
    assert (bread.outcome, called) == ("no_answer", [("contact_shown", ""), ("contacted", "")])


def test_a_part_that_is_unfolded_is_known_once(visit: Visit, written: Rows) -> None:
    """A part that is unfolded repeatedly, by keyboard or after a reload, is one event of its article."""
    page = visit.page
    visit.open("/?q=why+did+my+bill+go+up")
    part = page.locator(".kb-others details").first
    article = part.get_attribute("data-expand")
    with page.expect_response(lambda reply: reply.url.endswith("/api/feedback")) as told:
        part.locator("summary").focus()
        page.keyboard.press("Enter")
    assert told.value.status == 200
    expect(part.locator(".kb-prose")).to_be_visible()
    page.keyboard.press("Enter")
    expect(part.locator(".kb-prose")).to_be_hidden()
    page.keyboard.press("Enter")
    expect(part.locator(".kb-prose")).to_be_visible()
    visit.open("/?q=why+did+my+bill+go+up")
    other = page.locator(".kb-others details").nth(1)
    for part in (page.locator(".kb-others details").first, other):  # the second reply comes after the first's row
        with page.expect_response(lambda reply: reply.url.endswith("/api/feedback")):
            part.locator("summary").click()
    wait_until(lambda: len(written()[0][1]) == 2)
    assert written()[0][1] == [("expanded", article), ("expanded", other.get_attribute("data-expand"))]
