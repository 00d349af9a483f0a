"""The page for support leads over figures and gaps made by hand: what is drawn, and that all of it is escaped."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from kb.app import insights, people
from kb.app.insights import LeadDesk
from kb.common.proportion import Interval
from kb.errors import GapRefused
from kb.gaps.records import GapDetail, GapEvent, GapQuestion, GapRow, StoredReplay
from kb.gaps.states import GapState, Step
from kb.gaps.unanswered import Unanswered
from kb.html.words import words
from kb.reports.figures import ArticleRow, DayPoint, Figure, FigureUnit, Insights, Period, Ratio
from kb.reports.slices import NO_TOPIC, Sliced, SliceRow, Slices
from kb.review.sample_records import PromiseVerdict
from kb.types import Role, User
from tests.ui.conftest import page_html
from tests.ui.fakes import library

if TYPE_CHECKING:
    from streamlit.testing.v1 import AppTest

INSIGHTS = "kb/ui/pages/insights.py"
HOSTILE = "<img src=x onerror=alert(1)> & \"quoted\" 'text'"
NOON = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)
DAY = date(2026, 11, 20)


def gap_row(number: int = 7, **fields: Any) -> GapRow:
    """Return a gap with hostile texts wherever it holds a text."""
    row = GapRow(
        id=number,
        name=HOSTILE,
        state=GapState.NEW,
        count=1200,
        visits=1,
        first_seen=NOON,
        last_seen=NOON,
        nearest="late-fee",
        why_not="below_threshold",
        article_id="",
        owner=HOSTILE,
        reasons=((Unanswered.NO_ANSWER, 3), (Unanswered.CONTACTED, 0)),
        recent=4,
        before=6,
        proposed="",
    )
    return replace(row, **fields)


def gap_detail(row: GapRow, *, replays: bool = True) -> GapDetail:
    """Return a gap with questions, replays, comments and history."""
    before = {"outcome": "no_answer", "confidence": 0.2, "rank": 2, "score": 0.25, "leading": "paper-bill"}
    after = {"outcome": "answered", "confidence": 0.93, "rank": 0, "score": 0.0, "leading": "<late-fee>"}
    details = (
        {"key": "a", "served": True, "counts": True, "before": before, "after": after},
        {"key": "gone", "served": False, "counts": True, "before": before, "after": {**after, "leading": ""}},
        {"key": "a", "served": False, "counts": False, "before": before, "after": {**after, "outcome": "<odd>"}},
    )
    return GapDetail(
        row=row,
        questions=(GapQuestion("a", HOSTILE, 2, (Unanswered.NO_ANSWER,), NOON),),
        history=(
            GapEvent(NOON, "kim", "", "new", "", ""),
            GapEvent(NOON, HOSTILE, "new", row.state.value, HOSTILE, "late-fee"),
        ),
        replays=(StoredReplay(NOON, "v<2>", 2, 1, "late-fee", details),) if replays else (),
        comments=(HOSTILE,) if replays else (),
        feedback=(("incomplete", 3), ("", 1)) if replays else (),
        steps=tuple(Step),
    )


def found(period: Period, *, empty: bool = False) -> Insights:
    """Return figures of each kind: known, with and without a prior, and unknown."""
    values = {
        name: Figure(
            name, f"{name} <label>", float(40 + n), (None, 30.0, 0.0)[n % 3], FigureUnit.COUNT, f"{name} & meaning"
        )
        for n, name in enumerate(n for names in words().insights.figures_groups.values() for n in names)
    }
    rated = Ratio(4, 9, Interval(0.189, 0.733))
    values["rated_wrong"] = Figure("rated_wrong", "Rated", 4 / 9, 0.05, FigureUnit.SHARE, "Wrong.", rated)
    checked = Ratio(1, 20, Interval(0.001, 0.249), PromiseVerdict.NOT_ENOUGH)
    values["risk_checked"] = Figure("risk_checked", "Checked", 0.05, None, FigureUnit.SHARE, "Judged.", checked)
    values["risk_promised"] = Figure("risk_promised", "Promise", None, None, FigureUnit.SHARE, "Bound.")
    articles = tuple(
        ArticleRow(name, name, 1234, 5, 6, 2, (("unclear", 1), ("", 1), (HOSTILE, 3)), DAY if name == "gone" else None)
        for name in ("late-fee", "gone", *(f"article-{n}" for n in range(20)))
    )
    days = tuple(DayPoint(date(2026, 11, n), 1000 * n, n, 0, n) for n in range(1, 4))
    some = {Sliced.QUESTIONS: 1200, Sliced.CONTACTED: 3}
    topics = tuple(SliceRow(key, some) for key in ("autopay-and-paperless", "<gone>", NO_TOPIC))
    sliced = Slices(() if empty else (SliceRow("es", some), SliceRow("fr", some)), () if empty else topics, 7)
    return Insights(period, tuple(values.values()), () if empty else days, () if empty else articles, sliced)


class FakeBook:
    """Gaps in memory."""

    def __init__(self, rows: list[GapRow], detail: GapDetail | None) -> None:
        """Remember what is shown."""
        self._rows, self._detail = rows, detail

    def list(self, states: tuple[GapState, ...] = (), days: int = 30) -> list[GapRow]:
        """Return all gaps."""
        del states, days
        return self._rows

    def show(self, number: int, days: int) -> GapDetail:
        """Return the one gap."""
        del days
        if self._detail is None or self._detail.row.id != number:
            raise GapRefused(f"There is no gap {number} <here>.")
        return self._detail


def opened(
    app: AppTest,
    monkeypatch: pytest.MonkeyPatch,
    *,
    rows: list[GapRow] | None = None,
    detail: GapDetail | None = None,
    params: dict[str, str] | None = None,
    with_library: bool = True,
    role: Role = Role.LEAD,
) -> AppTest:
    """Return the page, run."""
    desk = LeadDesk(FakeBook(rows or [], detail), None, library() if with_library else None, 1 if rows else 0)  # type: ignore[arg-type]
    monkeypatch.setattr("kb.ui.current_user.current_user", lambda: User("kim", role))
    monkeypatch.setattr("kb.ui.main.current_user", lambda: User("kim", role))
    monkeypatch.setattr(insights, "open_desk", lambda _container: desk)
    monkeypatch.setattr(people, "owners", lambda _container: ["kim", "lee"])
    monkeypatch.setattr(insights, "figures", lambda _desk, period: found(period, empty=rows is None))
    monkeypatch.setattr(insights, "today", lambda: date(2026, 11, 25))
    app.run()
    app.query_params.update(params or {})
    app.switch_page(INSIGHTS).run()
    assert not app.exception
    return app


def test_figures_and_articles_are_drawn(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    """With their changes, links to the other views, and no text of a customer as HTML."""
    html = page_html(opened(app, monkeypatch, rows=[]))
    assert '<a href="/insights" data-same-visit aria-current="true">Overview</a>' in html
    assert '<a href="/insights?view=gaps" data-same-visit>Gaps</a>' in html
    assert '<strong data-figure="rated_wrong">4 of 9</strong>' in html
    assert "44.4%; 95% interval 18.9% to 73.3%" in html
    assert "before: 5.0% (+39 points)" in html
    assert '<strong data-figure="risk_checked">1 of 20</strong>' in html
    assert "Too few are judged to tell: what is promised lies within the interval." in html
    assert '<td data-label="Shown" class="kb-num">1,234</td>' in html
    assert '<a href="/article?id=late-fee">What is the late fee?</a>' in html
    assert "Show all 22" in html
    assert '<a href="/browse?category=autopay-and-paperless">Auto Pay</a>' in html
    assert '<th scope="row">&lt;gone&gt;</th><td data-label="Questions" class="kb-num">1,200</td>' in html
    assert '<th scope="row">No topic: about something else, or only asking for an agent</th>' in html
    assert '<th scope="row">Spanish</th>' in html
    assert "7 questions of this period are in neither table" in html
    assert "<img" not in html


def test_gaps_are_drawn(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    """With their changes and with links to gaps and articles; figures are in the overview only."""
    states = [gap_row(n + 1, state=state, why_not="", nearest="", owner="") for n, state in enumerate(GapState)]
    rows = [gap_row(90, proposed="late-fee"), *states, *(gap_row(n) for n in range(100, 120))]
    html = page_html(opened(app, monkeypatch, rows=rows, params={"view": "gaps"}))
    assert '<a href="/insights?view=gaps" data-same-visit aria-current="true">Gaps</a>' in html
    assert '<a href="/insights?gap=90" data-same-visit>&lt;img src=x' in html
    assert 'kb-state-proposed">' in html
    assert '<a href="/article?id=late-fee">What is the late fee?</a>' in html
    assert "data-figure" not in html
    assert "<img" not in html


def test_every_row_is_drawn_where_it_is_asked_for(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists can be shown completely and by state; without an index there are no titles."""
    rows = [gap_row(n, state=GapState.DISMISSED) for n in range(1, 25)]
    shown = {"all": "1", "state": "dismissed", "days": "7"}
    html = page_html(opened(app, monkeypatch, rows=rows, params=shown, with_library=False))
    assert html.count("data-same-visit>&lt;img src=x") == 24
    assert "Show all" not in html
    assert words().insights.no_index in html


def test_a_period_without_anything_says_so(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    """No chart, no table, no button."""
    january = {"from": "2026-01-01", "to": "2026-01-31"}
    html = page_html(opened(app, monkeypatch, params=january))
    assert words().insights.chart_none in html
    assert words().insights.articles_none in html
    assert 'data-period="2026-01-01/2026-01-31"' in html
    html = page_html(opened(app, monkeypatch, params={**january, "state": "new"}))
    assert words().insights.gaps_none in html
    assert '<input type="hidden" name="view" value="gaps"><input type="hidden" name="state" value="new">' in html


@pytest.mark.parametrize("role", [Role.LEAD, Role.EDITOR])
@pytest.mark.parametrize("state", [GapState.NEW, GapState.DRAFTING, GapState.VERIFIED])
def test_a_gap_is_drawn_with_its_evidence(
    app: AppTest, monkeypatch: pytest.MonkeyPatch, role: Role, state: GapState
) -> None:
    """Facts, proposal, replay, reasons, questions, comments and history; every text is text."""
    row = gap_row(state=state, article_id="set-up-autopay", proposed="late-fee", dismissed_for=HOSTILE)
    html = page_html(opened(app, monkeypatch, detail=gap_detail(row), params={"gap": "7"}, role=role))
    assert "<dd>4 · 6 (−2)</dd>" in html
    assert '<p data-replay="1/2">' in html
    assert "&lt;odd&gt;" in html
    assert '<a href="/article?id=late-fee">What is the late fee?</a>' in html
    assert "<img" not in html
    assert ("<code>kb new" in html) == (state is GapState.DRAFTING)


def test_a_gap_without_replays_and_without_an_index(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Says that it was not replayed; ids are shown for titles."""
    row = gap_row(owner="", nearest="", first_seen=None, last_seen=None, visits=3, article_id="gone")
    detail = gap_detail(row, replays=False)
    html = page_html(opened(app, monkeypatch, detail=detail, params={"gap": "7"}, with_library=False))
    assert words().insights.gap_replay_none in html
    assert "<dd>gone</dd>" in html
    assert words().insights.gap_nobody in html


def test_a_gap_that_is_not_there(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reason is shown under a heading."""
    html = page_html(opened(app, monkeypatch, params={"gap": "9"}))
    assert "There is no gap 9 &lt;here&gt;." in html
