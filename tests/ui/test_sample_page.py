"""The weekly sample on the page for leads: judged one by one, what it says, and the weeks before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from kb.database.engine import writing
from kb.database.tables.journal import queries
from kb.html.words import words
from kb.retrieval.answering.answerer import IndexAnswerer
from kb.review.sample import SampleBook
from kb.types import Role
from kb.ui.keys import Key
from tests.journal_rows import NOON
from tests.ui.conftest import page_html
from tests.ui.review_site import ReviewSite, opener

if TYPE_CHECKING:
    from streamlit.testing.v1 import AppTest

INSIGHTS = "kb/ui/pages/insights.py"
NOW = NOON + timedelta(days=7)
WEEK = "2026-W47"
Open = Callable[..., "AppTest"]


@pytest.fixture
def site(review_site: ReviewSite, monkeypatch: pytest.MonkeyPatch) -> ReviewSite:
    """A help center in whose last week three questions were answered, one of them with markup in it."""
    for n, text in enumerate(("why was i charged a late fee", "late fee amount", "what does paying late cost")):
        review_site.ask(n, text, **({"text": "<img src=x> late fee"} if n == 1 else {}))
    review_site.container.put(engine=review_site.engine)
    opened = SampleBook(review_site.engine, clock=lambda: NOW)
    monkeypatch.setattr("kb.app.container.Container.samples", property(lambda _: opened))
    return review_site


@pytest.fixture
def open_sample(site: ReviewSite, app: AppTest, monkeypatch: pytest.MonkeyPatch) -> Open:
    """Return what opens the sample."""
    del site
    opened = opener(app, monkeypatch, INSIGHTS)

    def at_sample(role: Role = Role.LEAD, **params: str) -> AppTest:
        return opened(role, view="sample", **params)

    return at_sample


def judge(at: AppTest, article: str, part: str | None = None) -> str:
    """Choose and save; return the page."""
    at.radio[0].set_value(article)
    if part is not None:
        at.radio[1].set_value(part)
    at.button[0].click().run()
    return shown(at)


def shown(at: AppTest) -> str:
    """Return the page, after looking whether all of it was drawn."""
    assert not at.exception
    return page_html(at)


def test_a_week_is_judged_answer_by_answer(site: ReviewSite, open_sample: Open) -> None:
    """The first that is open is shown as the customer saw it; progress and the address go on with it."""
    at = open_sample()
    html = shown(at)
    assert 'data-judged="0/3"' in html
    assert "Week 2026-W47, November 16, 2026 to November 22, 2026 (UTC)" in html
    assert 'data-answer-of="1"' in html
    assert 'class="kb-seen-card"' in html
    assert "none judged" in html
    html = judge(at, "yes", "yes")
    assert 'data-judged="1/3"' in html
    assert "Saved: right." in html
    assert (at.query_params["week"], at.query_params["place"]) == (WEEK, "2")
    assert 'data-answer-of="2"' in html
    html = judge(at, "no")
    assert 'data-judged="2/3"' in html
    assert "Saved: wrong." in html
    assert 'data-answer-of="2"' in html  # so that the lead can say what is right
    item = site.container.samples.show(WEEK).items[1]  # type: ignore[union-attr]
    assert f"view=question&amp;id={item.query_id}&amp;week={WEEK}&amp;place=2" in html
    assert "Judged wrong by kim" in html
    at = open_sample()
    html = judge(at, "yes", "no")
    assert words().sample.all_done in html
    assert '<div data-share="week-articles" data-verdict="not_certified"><dt>Wrong articles</dt><dd>' in html
    assert "<strong>33.3%</strong> (1 of 3)</dd>" in html
    assert "between 0.8% and 90.6%" in html
    assert "<strong>50.0%</strong> (1 of 2)</dd>" in html
    assert [e.what for e in site.container.accounts.audited(3)] == ["sample judged"] * 3
    assert "<img" not in html


def test_beside_the_promise(site: ReviewSite, open_sample: Open) -> None:
    """The certified share of the same quantity, and a verdict that follows from the interval."""
    manifest = {"calibration": {"certified": True, "risk_bound": 0.05, "parts": {"risk_bound": 0.1}}}
    index = site.answerer.index
    certified = replace(index, manifest={**index.manifest, **manifest})
    site.container.put(answerer=IndexAnswerer(certified))
    at = open_sample()
    for _ in range(3):
        html = judge(at, "no")
        at = open_sample()
    assert 'data-share="week-articles" data-verdict="broken"' in html
    assert "; promised: at most 5.0%" in html
    assert "Promise broken" in html
    assert 'data-share="week-parts" data-verdict="not_enough"' in html
    assert "promised: at most 10.0%" in html


def test_what_is_not_sure_stays_open(open_sample: Open) -> None:
    """One goes on; nothing is counted. What is not chosen is asked for."""
    at = open_sample()
    assert words().sample.choose in judge(at, "yes")
    html = judge(at, "yes", "unsure")
    assert "Answer 1 stays open." in html
    html = judge(at, "unsure")
    assert "Answer 2 stays open." in html
    assert 'data-judged="0/3"' in html
    assert 'data-answer-of="3"' in html
    assert 'data-answer-of="1"' in judge(at, "unsure")


def test_an_answer_is_judged_again(site: ReviewSite, open_sample: Open) -> None:
    """What was said before is chosen; the later word counts."""
    judge(open_sample(place="2"), "yes", "no")
    at = open_sample(place="2")
    assert (at.radio[0].value, at.radio[1].value) == ("yes", "no")
    judge(at, "yes", "yes")
    assert site.container.samples.result().parts.wrong == 0


def test_a_question_that_was_erased_still_counts(site: ReviewSite, open_sample: Open) -> None:
    """It is not shown and cannot be judged; what was judged stays."""
    judge(open_sample(place="1"), "yes", "yes")
    sample = site.container.samples.show(WEEK)
    assert sample is not None
    with writing(site.engine) as connection:
        connection.execute(sa.text("PRAGMA foreign_keys=ON"))
        for item in sample.items[:2]:
            connection.execute(sa.delete(queries).where(queries.c.query_id == item.query_id))
    html = shown(open_sample(place="1"))
    assert words().sample.gone in html
    assert "kb-seen-card" not in html
    assert 'data-judged="1/3"' in html
    assert 'data-answer-of="3"' in shown(open_sample())
    assert "Answer 2 of 3: no longer kept" in html


def test_an_editor_reads_what_leads_found(site: ReviewSite, open_sample: Open) -> None:
    """Only a lead's visit draws a sample; then editors see it, without the form."""
    assert words().sample.not_drawn in shown(open_sample(Role.EDITOR))
    assert site.container.samples.weeks() == ()
    open_sample()
    at = open_sample(Role.EDITOR)
    assert words().sample.for_leads in shown(at)
    assert not at.radio


def test_weeks_are_listed_and_others_can_be_opened(site: ReviewSite, open_sample: Open) -> None:
    """Those before; a week without answers, or one that is not over, says so."""
    site.ask(9, "bill increased", asked_at=NOON - timedelta(days=7))
    html = shown(open_sample())
    assert '<a href="/insights?view=sample&amp;week=2026-W46" data-same-visit>The week before</a>' in html
    assert "The week after" not in html
    judge(open_sample(week="2026-W46"), "no")
    html = shown(open_sample())
    assert html.index(">2026-W47</a>") < html.index(">2026-W46</a>")
    assert "All of 2 weeks together" in html
    assert 'data-share="all-articles"' in html
    html = shown(open_sample(week="2026-W40"))
    assert words().sample.refused in html
    assert "The week after" in html
    assert "is not over" in shown(open_sample(week="2026-W48"))
    assert 'data-judged="0/3"' in shown(open_sample(week="2026-W60"))  # no week: the last one


def test_a_place_beyond_the_sample_is_the_first_open_one(open_sample: Open) -> None:
    """As any address that cannot be meant."""
    assert 'data-answer-of="1"' in shown(open_sample(place="77"))
    assert Key.SAMPLE_SAVED not in open_sample(place="0").session_state
