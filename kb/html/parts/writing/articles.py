"""All articles at a glance: their owners, review dates and findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from markupsafe import Markup

from kb.authoring.draft_desk import DeskState
from kb.content.checks.lookup import is_published
from kb.html.format import article_count, counted
from kb.html.parts.writing import findings
from kb.html.words import words
from kb.types import ELSEWHERE, Article, Finding


@dataclass(frozen=True, slots=True)
class Row:
    """One file of an article."""

    path: str
    article: Article | None
    """None for a file with errors."""
    due: date | None
    overdue_days: int
    """0 when it is not overdue; drafts never are."""
    shown: int | None
    """How often customers were shown it; None while this is not counted, which is not 0."""
    findings: tuple[Finding, ...]

    @property
    def is_signpost(self) -> bool:
        """Whether it is a signpost; a file with errors is one by its folder."""
        return self.article.is_signpost if self.article is not None else Path(self.path).parent.name == ELSEWHERE

    @property
    def title(self) -> str:
        """The article's title; of a file with errors its name."""
        return self.article.title if self.article is not None else Path(self.path).name


def heading() -> Markup:
    """Return the heading of the page for writers."""
    labels = words().writing
    return Markup('<div class="kb-writing"><h1>{}</h1><p class="kb-intro">{}</p></div>').format(
        labels.title, labels.lead
    )


def rows(state: DeskState, today: date, shown: Mapping[str, int] | None = None) -> list[Row]:
    """Return a row per file: overdue articles first, by demand where it is counted, then by how long; others by title.

    :param state: The articles.
    :param today: The day review dates are compared with.
    :param shown: How often each article was shown; None while this is not counted.
    :return: In the order shown.
    """
    articles = {article.path: article for article in state.corpus.articles}
    found = [_row(path, articles.get(path), state.findings, today, shown) for path in state.paths]
    return sorted(found, key=_order)


def _row(
    path: str, article: Article | None, every: Sequence[Finding], today: date, shown: Mapping[str, int] | None
) -> Row:
    due = article.review_due if article is not None else None
    late = (today - due).days if due is not None and article is not None and is_published(article) else 0
    count = None if shown is None else shown.get(Path(path).stem, 0)
    return Row(path, article, due, max(late, 0), count, tuple(f for f in every if f.path == path))


def _order(row: Row) -> tuple[bool, int, int, str, str]:
    is_overdue = row.overdue_days > 0
    demand = (row.shown or 0) if is_overdue else 0
    title = row.article.title if row.article is not None else ""
    return not is_overdue, -demand, -row.overdue_days, title.casefold(), row.path


def cells(row: Row) -> dict[str, Any]:
    """Return a row as the table of its group shows it."""
    found = _cells(row)
    return {name: value for name, value in found.items() if not row.is_signpost or name in _of_signposts()}


def _of_signposts() -> Mapping[str, str]:
    return words().writing.signpost_columns


def _cells(row: Row) -> dict[str, Any]:
    article = row.article
    late = words().writing.overdue_days[row.overdue_days != 1].format(days=row.overdue_days)
    return {
        "title": row.title,
        "overdue": late if row.overdue_days else "",
        "findings": len(row.findings),
        # A number, so that the column sorts 9 before 99; without counts, every row has words instead.
        "shown": words().writing.not_counted if row.shown is None else row.shown,
        "category": article.category if article else Path(row.path).parent.name,
        "status": article.status.value if article else words().writing.status_broken,
        "owner": article.owner if article else "",
        "reviewed": article.reviewed if article else None,
        "due": row.due,
    }


def summary(state: DeskState, listed: Sequence[Row]) -> Markup:
    """Return how many articles, signposts and findings there are, and how many of the former are overdue."""
    signposts = sum(row.is_signpost for row in listed)
    counts = [article_count(len(listed) - signposts)]
    counts += [counted(words().writing.signpost_count, signposts)] if signposts else []
    shown = words().writing.summary.format(
        articles=", ".join(counts),
        overdue=sum(row.overdue_days > 0 for row in listed),
        findings=findings.count_words(state.findings),
    )
    return Markup('<p class="kb-count">{}</p>').format(shown)


def signposts_heading() -> Markup:
    """Return the heading of the signposts' table."""
    labels = words().writing
    return Markup("<h2>{}</h2><p>{}</p>").format(labels.signposts, labels.signposts_lead)


def selected(row: Row | None) -> Markup:
    """Return the findings of the row that is selected; a hint to select one while none is."""
    labels = words().writing
    if row is None:
        return Markup('<p class="kb-hint">{}</p>').format(labels.select)
    return Markup(
        '<section class="kb-desk" data-findings="{id}"><h2>{title}</h2>'
        '<p class="kb-path"><code>{path}</code></p>{listed}</section>'
    ).format(
        id=Path(row.path).stem,
        title=row.title,
        path=row.path,
        listed=findings.html(row.findings) or Markup("<p>{}</p>").format(labels.no_findings),
    )


def others(state: DeskState) -> Markup:
    """Return findings of files that have no row: a category, or an article that was deleted without a redirect."""
    found = [finding for finding in state.findings if finding.path not in state.paths]
    if not found:
        return Markup()
    return Markup('<section class="kb-desk"><h2>{}</h2>{}</section>').format(
        words().writing.other_findings, findings.html(found)
    )
