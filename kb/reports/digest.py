"""The weekly digest for leads, as Markdown, HTML or CSV."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from markdown_it import MarkdownIt
from markupsafe import Markup

from kb.database.engine import reading
from kb.gaps import store
from kb.gaps.records import WHY_NOT, GapRow, WhyNot
from kb.gaps.states import GapState
from kb.reports.exports import Cell, ReportTable, figures_table, slices_table
from kb.reports.figures import ArticleRow, Insights, Period, insights
from kb.reports.slices import LANGUAGES, NO_TOPIC

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import sqlalchemy as sa

    from kb.types import Article

_TOP = 10
_WEEK = re.compile(r"(\d{4})-?W(\d{1,2})")


class Format(StrEnum):
    """The format of a digest."""

    MARKDOWN = "markdown"
    HTML = "html"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class Digest:
    """The content of a week's digest."""

    period: Period
    insights: Insights
    top: tuple[GapRow, ...]
    """Open gaps, the most asked of the week first."""
    closed: tuple[tuple[int, str, str, str], ...]
    """Id, name, article and note of the gaps that were verified in the week and are still closed."""
    reopened: tuple[tuple[int, str, str], ...]
    """Id, name and note of the gaps that were reopened in the week and are still open."""
    overdue: tuple[ArticleRow, ...]
    """Articles whose review is overdue, the most shown first."""


def parse_week(text: str) -> Period:
    """Return the week that a text names.

    :param text: An ISO week, such as ``2026-W48``.
    :return: Monday to Sunday.
    :raises ValueError: If it is not a week; the message shows what one looks like.
    """
    match = _WEEK.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not a week. Use YYYY-Www, such as 2026-W48.")
    return Period.week(int(match[1]), int(match[2]))


def last_week(today: date) -> Period:
    """Return the whole week, Monday to Sunday, before the week of a day."""
    monday = today - timedelta(days=today.weekday() + 7)
    return Period(monday, monday + timedelta(days=6))


def weekly(
    engine: sa.Engine,
    period: Period,
    *,
    manifest: Mapping[str, Any] | None = None,
    articles: Iterable[Article] = (),
    today: date | None = None,
) -> Digest:
    """Gather a week's digest.

    :param engine: The journal's database.
    :param period: The week, or any other days.
    :param manifest: See :func:`kb.reports.figures.insights`.
    :param articles: All published articles.
    :param today: The day that decides what is overdue; the period's last day when None.
    :return: The digest.
    """
    found = insights(engine, period, manifest=manifest, articles=articles, today=today)
    end = datetime.combine(period.last + timedelta(days=1), time(), UTC)
    with reading(engine) as connection:
        listed = store.rows(connection, now=end, days=period.days)
        moved = store.moved(connection, period.first, period.last)
    states = {row.id: row.state for row in listed}
    closed = {i: (i, name, e.article_id, e.note) for i, name, e in moved if e.new_state == GapState.VERIFIED}
    reopened = {i: (i, name, e.note) for i, name, e in moved if e.new_state == GapState.REOPENED}
    return Digest(
        period=period,
        insights=found,
        top=tuple(row for row in listed if row.state.is_open and row.recent)[:_TOP],
        closed=tuple(item for i, item in sorted(closed.items()) if states.get(i) is GapState.VERIFIED),
        reopened=tuple(item for i, item in sorted(reopened.items()) if i in states and states[i].is_open),
        overdue=tuple(row for row in found.articles if row.overdue_since is not None)[:_TOP],
    )


def tables(digest: Digest) -> tuple[tuple[str, ReportTable], ...]:
    """Return the digest as headings and tables, in the order in which they are read."""
    sliced = digest.insights.slices
    return (
        ("Figures", figures_table(digest.insights)),
        ("By topic", slices_table("Topic", sliced.topics, {NO_TOPIC: "none"})),
        ("By language", slices_table("Language", sliced.languages, LANGUAGES)),
        ("Top gaps", gaps_table(digest.top)),
        ("Closed", ReportTable(("Gap", "Question", "Answered by", "How"), digest.closed)),
        ("Opened again", ReportTable(("Gap", "Question", "Why"), digest.reopened)),
        ("Overdue articles, the most shown first", _overdue(digest.overdue)),
    )


def gaps_table(rows: Sequence[GapRow]) -> ReportTable:
    """Return gaps as a table, as the page and the digest show them."""
    columns = (
        "Gap", "Question", "State", "Owner", "This period", "Period before", "In all", "Visits", "First seen",
        "Last seen", "Nearest article", "Why it did not answer", "Article", "Proposed for closing",
    )  # fmt: skip
    return ReportTable(columns, tuple(_gap(row) for row in rows))


def _gap(row: GapRow) -> tuple[Cell, ...]:
    why = WHY_NOT[WhyNot(row.why_not)] if row.why_not else ""
    first = row.first_seen.date() if row.first_seen else None
    last = row.last_seen.date() if row.last_seen else None
    return (
        row.id, row.name, row.state.value, row.owner, row.recent, row.before, row.count, row.visits, first, last,
        row.nearest, why, row.article_id, row.proposed,
    )  # fmt: skip


def _overdue(rows: Sequence[ArticleRow]) -> ReportTable:
    cells = tuple((row.article_id, row.title, row.shown, row.overdue_since) for row in rows)
    return ReportTable(("Article", "Title", "Shown", "Review was due"), cells)


def render(digest: Digest, form: Format) -> str:
    """Return a digest as text.

    :param digest: The result of :func:`weekly`.
    :param form: Markdown for a chat, HTML for an e-mail, CSV for a spreadsheet.
    :return: The text, ending with a line end. Customers' words are shown as they are, never as markup.
    """
    title = f"Help center, {digest.period.first.isoformat()} to {digest.period.last.isoformat()}"
    parts = tables(digest)
    if form is Format.CSV:
        return "\r\n".join(f"{ReportTable((heading,), ()).csv()}{table.csv()}" for heading, table in parts)
    text = "\n".join([f"# {title}", "", *(line for part in parts for line in _markdown(*part))])
    return _html(title, text) if form is Format.HTML else text


def _markdown(heading: str, table: ReportTable) -> list[str]:
    if not table.rows:
        return [f"## {heading}", "", "Nothing.", ""]
    head, *rows = ("| " + " | ".join(map(_plain, cells)) + " |" for cells in (table.columns, *table.rows))
    return [f"## {heading}", "", head, "|" + " --- |" * len(table.columns), *rows, ""]


def _plain(cell: Cell) -> str:
    """Return a cell as Markdown that shows it as it is."""
    text = "not known" if cell is None else " ".join(str(cell).split())
    return re.sub(r"([\\`*_{}\[\]<>#|!~@&])", r"\\\1", text)


def _html(title: str, markdown: str) -> str:
    """Return the Markdown as a page for a mail, whose programs know no style sheets."""
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = parser.parse(markdown)
    for token in tokens:
        if token.type == "table_open":
            token.attrs = {"border": "1", "cellpadding": "4"}
        elif token.type == "th_open":
            token.attrs = {"scope": "col"}
    body = parser.renderer.render(tokens, parser.options, {})
    page = Markup(
        '<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8"><title>{}</title></head>\n'
        "<body>\n{}</body>\n</html>\n"
    )
    return str(page.format(title, Markup(body)))  # noqa: S704 — rendered just now, raw HTML off
