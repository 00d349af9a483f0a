"""The questions on the page for leads, over a real journal: the list, its filters, and one question as it was seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from kb.app import insights, review
from kb.app.chores import chores
from kb.database.engine import open_engine, upgrade
from kb.html.words import words
from kb.types import Role, User
from tests.journal_rows import NOON, put_query
from tests.ui.conftest import page_html
from tests.ui.fakes import FakeAnswerer, FakeContainer

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine
    from streamlit.testing.v1 import AppTest

INSIGHTS = "kb/ui/pages/insights.py"
HOSTILE = "<img src=x onerror=alert(1)> & \"quoted\" 'text' late"
ANSWERED = {
    "outcome": "answered",
    "confidence": 0.914,
    "article_id": "why-bill-went-up",
    "anchor": "what-changed-on-the-bill",
    "heading": "What changed on the bill",
    "hits": [["why-bill-went-up", 0.9], ["late-fee", 0.4]],
    "index_version": "fake-1",
}
Open = Callable[..., "AppTest"]


@pytest.fixture
def engine(tmp_path: Path, container: FakeContainer) -> Iterator[Engine]:
    """A journal with questions of every outcome."""
    opened = open_engine(f"sqlite:///{tmp_path / 'journal.db'}")
    upgrade(opened)
    asked: list[tuple[str, dict[str, Any]]] = [
        ("Why did my bill go up?", {**ANSWERED, "events": [("not_helpful", "why-bill-went-up", "unclear")]}),
        (HOSTILE, {**ANSWERED, "visit": "v", "asked_at": NOON}),
        (
            "late",
            {"outcome": "clarify", "choices": ["late-fee", "late-payment"], "visit": "v", "index_version": "gone"},
        ),
        ("¿por qué?", {"language": "es", "reason": "below_threshold"}),
        ("old one", {**ANSWERED, "anchor": None, "heading": "", "days_ago": 20, "article_id": "gone-article"}),
    ]
    for n, (text, fields) in enumerate(asked):
        put_query(
            opened,
            n,
            text,
            **{"asked_at": NOON + timedelta(minutes=n), **fields} if "days_ago" not in fields else fields,
        )
    container.put(engine=opened)
    yield opened
    opened.dispose()


@pytest.fixture
def open_page(app: AppTest, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Open:
    """Return what opens the page at an address, as somebody with a role."""
    del engine
    monkeypatch.setattr(insights, "today", lambda: date(2026, 11, 25))

    def opened(role: Role = Role.LEAD, name: str = "kim", **params: str) -> AppTest:
        for place in ("kb.ui.current_user.current_user", "kb.ui.main.current_user"):
            monkeypatch.setattr(place, lambda: User(name, role))
        app.run()
        app.query_params.from_dict(params) if hasattr(app.query_params, "from_dict") else app.query_params.update(
            params
        )
        app.switch_page(INSIGHTS).run()
        assert not app.exception
        return app

    return opened


def test_all_questions_are_listed(open_page: Open) -> None:
    """The newest first, with what each got and what followed; a customer's words are text."""
    html = page_html(open_page(view="questions"))
    assert 'data-questions="5"' in html
    assert "<img" not in html
    order = [html.index(text) for text in ("¿por qué?", ">late<", "&lt;img src=x", "old one")]
    assert order == sorted(order)
    assert '<td data-label="Sure" class="kb-num">91%</td>' in html
    assert "rated not helpful" in html
    assert "asked again" in html
    assert "What changed on the bill" in html
    assert words().review.part_unknown in html
    assert "gone-article" in html
    assert 'Offered: <a href="/article?id=late-fee">What is the late fee?</a>' in html
    assert f"/insights?view=question&amp;id={3:032x}" in html


@pytest.mark.parametrize(
    ("params", "shown"),
    [
        ({"q": "LATE"}, [1, 2]),
        ({"outcome": "clarify"}, [2]),
        ({"outcome": "below_threshold"}, [3]),
        ({"followed": "disliked"}, [0]),
        ({"article": "why-bill-went-up", "part": "what-changed-on-the-bill"}, [0, 1]),
        ({"article": "why-bill-went-up", "part": "."}, []),
        ({"language": "es"}, [3]),
        ({"judged": "judged"}, []),
        ({"days": "7"}, [0, 1, 2, 3]),
        ({"from": "2026-10-30", "to": "2026-11-01"}, [4]),
    ],
)
def test_the_list_is_narrowed_by_its_address(open_page: Open, params: dict[str, str], shown: list[int]) -> None:
    """Each filter and the period; the form shows what is chosen."""
    html = page_html(open_page(view="questions", **params))
    assert f'data-questions="{len(shown)}"' in html
    assert [n for n in range(5) if f"id={n:032x}" in html] == shown
    for name, value in params.items():
        if name in {"outcome", "followed", "language", "judged"}:
            assert f'<option value="{value}" selected>' in html
        if name == "q":
            assert 'name="q" value="LATE"' in html


def test_the_form_keeps_what_it_has_no_field_for(open_page: Open) -> None:
    """The view, the period and the part; the part can be let go of."""
    chosen = {"days": "7", "article": "why-bill-went-up", "part": "what-changed-on-the-bill"}
    form = page_html(open_page(view="questions", **chosen)).split('<form class="kb-filter"')[1]
    kept = {"view": "questions", "days": "7", "part": "what-changed-on-the-bill"}
    for name, value in kept.items():
        assert f'<input type="hidden" name="{name}" value="{value}">' in form.split("</form>")[0]
    assert "Only with the part “What changed on the bill”" in form
    assert '<a href="/insights?view=questions&amp;days=7&amp;article=why-bill-went-up" data-same-visit>' in form


def test_a_period_without_questions_says_so(open_page: Open) -> None:
    """And a filter that lets nothing through says something else."""
    assert words().review.none_at_all in page_html(
        open_page(view="questions", **{"from": "2026-01-01", "to": "2026-01-02"})
    )
    assert words().review.none in page_html(open_page(view="questions", q="zebra"))


def test_a_question_is_shown_as_the_customer_saw_it(open_page: Open) -> None:
    """The card with its part, nothing in it that scripts act on, and no word that would be asked anew."""
    html = page_html(open_page(view="question", id=f"{1:032x}", q="late", days="7"))
    assert 'data-seen="from_record"' in html
    card = html.split('class="kb-seen-card"')[1].split('<section class="kb-insights kb-gap">')[0]
    assert "Compare <strong>two bills</strong>." in card
    assert " data-" not in card
    assert words().review.seen_serving in html
    assert "<img" not in html
    assert '<a href="/insights?view=questions&amp;days=7&amp;q=late" data-same-visit>Questions</a>' in html
    assert "article=why-bill-went-up&amp;part=what-changed-on-the-bill" in html
    assert f"id={2:032x}" in html  # the other question of the visit
    assert "None of these" not in card


def test_a_version_that_is_gone_leaves_its_record(open_page: Open) -> None:
    """What was offered then, beside what is offered now."""
    html = page_html(open_page(view="question", id=f"{2:032x}"))
    assert 'data-seen="not"' in html
    assert "a choice between “What is the late fee?”, “What if I pay late?”" in html
    assert 'data-changed="false"' in html
    assert '<span class="kb-off">None of these</span>' in html
    assert "shows the same" in html


@pytest.mark.parametrize("number", [0, 3, 4])
def test_every_kind_of_question_can_be_opened(open_page: Open, number: int) -> None:
    """An answer that is repeated, a hand-over, one of before parts were recorded."""
    html = page_html(open_page(view="question", id=f"{number:032x}"))
    assert f'data-question="{number:032x}"' in html
    assert ('<h1 lang="es">' in html) == (number == 3)


def test_a_question_that_is_not_there(open_page: Open) -> None:
    """Erased in the meantime, or never asked."""
    html = page_html(open_page(view="question", id="f" * 32))
    assert words().review.question_unknown in html


def test_without_an_index_questions_are_there(open_page: Open, container: FakeContainer) -> None:
    """Titles are missing, and what they would see now."""
    from kb.errors import IndexMissing

    container.put(answerer=IndexMissing("None yet."))
    assert words().insights.no_index in page_html(open_page(view="questions"))
    assert words().review.seen_nothing_serves in page_html(open_page(view="question", id=f"{1:032x}"))


def test_many_new_questions_are_left_to_the_background(
    engine: Engine, container: FakeContainer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page says how many wait, and has the chore hurry."""
    hurried: list[str] = []
    container.put(caretaker=SimpleNamespace(does=lambda _: True, hurry=hurried.append), answerer=FakeAnswerer())
    monkeypatch.setattr(review, "_READ_AT_ONCE", 3)
    desk = review.open_questions(container)
    assert (desk.waiting, hurried, desk.book.list().total) == (5, [review.READING], 0)
    next(c for c in chores(container) if c.name == review.READING).do(lambda: None)
    assert review.open_questions(container).book.list().total == 5
    del engine
