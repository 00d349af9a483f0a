"""The list of gaps, narrowed by state, and the list of articles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from markupsafe import Markup

from kb.gaps.records import WHY_NOT, GapRow, WhyNot
from kb.html.format import counted, day_words, shortened
from kb.html.moments import local_day
from kb.html.parts.insights import pieces, view
from kb.html.parts.insights.pieces import article_link, badge, soft
from kb.html.parts.insights.view import View
from kb.html.words import words
from kb.reports.exports import reason_words
from kb.reports.figures import ArticleRow, Insights
from kb.types import Library

_FIRST: Final = 20
"""Rows that are shown until all are asked for."""
_LONGEST_NAME: Final = 140


def gaps_heading(every: Sequence[GapRow], shown: View, user: str, waiting: int = 0) -> Markup:
    """Return what is above the list of gaps: questions that are not grouped yet, and the states to choose from.

    :param every: All gaps.
    :param shown: What is looked at.
    :param user: The name of the user who is signed in.
    :param waiting: Questions that are not grouped yet.
    :return: HTML.
    """
    labels = words().insights
    wait = Markup('<p class="kb-overdue" data-waiting="{}">{}</p>').format(
        waiting, counted(labels.gaps_waiting, waiting)
    )
    return Markup('<p class="kb-intro" id="gaps">{}</p>{}{}').format(
        labels.gaps_lead, wait if waiting else "", _states(every, shown, user)
    )


def _states(every: Sequence[GapRow], shown: View, user: str) -> Markup:
    offered = {name: replace(shown, state=name, whole=False) for name in words().insights.gaps_states}
    counts = {name: sum(choice.lists(row, user) for row in every) for name, choice in offered.items()}
    chips = [
        pieces.link(choice.address(), f"{label} {counts[name]:,}", current=shown.state == name)
        for (name, choice), label in zip(offered.items(), words().insights.gaps_states.values(), strict=True)
        if counts[name] or name in (shown.state, view.OPEN, view.ALL)
    ]
    return pieces.tabs(words().insights.gaps_states_label, chips)


def gaps_count(count: int) -> Markup:
    """Return how many gaps are listed."""
    shown = counted(words().insights.gaps_count, count)
    return Markup('<p class="kb-count" data-gaps="{}">{}</p>').format(count, shown)


def gaps(rows: Sequence[GapRow], shown: View, library: Library | None, zone: str = "") -> Markup:
    """Return the gaps that are listed.

    :param rows: In the order shown.
    :param shown: What is looked at.
    :param library: The articles, for their titles.
    :param zone: The reader's IANA time zone; empty for UTC.
    :return: HTML.
    """
    labels = words().insights
    if not rows:
        return Markup("<p>{}</p>").format(labels.gaps_none)
    cells = [_gap(row, shown, library, zone) for row in (rows if shown.whole else rows[:_FIRST])]
    return pieces.table(labels.gaps_table, labels.gaps_columns, cells, numeric=(2, 3)) + _more(rows, shown)


def _gap(row: GapRow, shown: View, library: Library | None, zone: str) -> tuple[str, ...]:
    labels = words().insights
    proposed = Markup(" {}").format(badge(labels.gaps_proposed, "proposed")) if row.proposed else Markup()
    owner = soft(row.owner) if row.owner else Markup()
    trend = labels.gaps_trend.format(count=f"{row.before:,}", trend=pieces.signed(row.trend))
    return (
        pieces.link(shown.address(gap=row.id), shortened(row.name, _LONGEST_NAME)) + proposed,
        badge(labels.gaps_states[row.state.value], row.state.value) + owner,
        Markup("{:,}{}").format(row.recent, soft(trend)),
        Markup("{:,}{}").format(row.count, soft(counted(labels.gap_visits, row.visits))),
        day_words(local_day(row.last_seen, zone)) if row.last_seen else "–",
        nearest(row, library),
    )


def nearest(row: GapRow, library: Library | None) -> Markup:
    """Return the article that came nearest to a gap's questions, and why it did not answer them."""
    if not row.nearest:
        return Markup.escape(words().insights.gaps_no_nearest)
    why = soft(WHY_NOT[WhyNot(row.why_not)]) if row.why_not else ""
    return article_link(row.nearest, library) + why


def articles_heading() -> Markup:
    """Return what is above the list of articles."""
    labels = words().insights
    return Markup('{}<p class="kb-intro">{}</p>').format(
        pieces.heading(labels.articles_title, "articles"), labels.articles_lead
    )


def articles(found: Insights, shown: View, library: Library | None) -> Markup:
    """Return what customers did with each article."""
    labels = words().insights
    if not found.articles:
        return Markup("<p>{}</p>").format(labels.articles_none)
    cells = [_article(row, library) for row in (found.articles if shown.whole else found.articles[:_FIRST])]
    listed = pieces.table(labels.articles_table, labels.articles_columns, cells, numeric=(1, 2, 3, 4))
    return listed + _more(found.articles, shown)


def _article(row: ArticleRow, library: Library | None) -> tuple[str, ...]:
    reasons = (soft(f"{reason_words(reason, reason_names())}: {count:,}") for reason, count in row.reasons)
    return (
        article_link(row.article_id, library),
        f"{row.shown:,}",
        f"{row.opened:,}",
        f"{row.helpful:,}",
        Markup("{:,}{}").format(row.not_helpful, Markup().join(reasons)),
        day_words(row.overdue_since) if row.overdue_since else "",
    )


def reason_names() -> dict[str, str]:
    """Return how the reasons read: as customers were offered them."""
    return {**words().feedback.reasons, "": words().insights.articles_no_reason}


def _more(every: Sequence[GapRow] | Sequence[ArticleRow], shown: View) -> Markup:
    if shown.whole or len(every) <= _FIRST:
        return Markup()
    label = words().insights.show_all.format(count=len(every))
    return Markup('<p class="kb-more">{}</p>').format(pieces.link(shown.address(whole=True), label))
