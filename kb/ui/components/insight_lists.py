"""The list of gaps, narrowed by state and text, and the list of articles."""

from __future__ import annotations

from collections import Counter
from typing import Final

import streamlit as st

from kb.app import insights
from kb.gaps.records import WHY_NOT, GapRow, WhyNot
from kb.gaps.states import GapState
from kb.html import links
from kb.html.format import counted, day_words, escape, shortened
from kb.html.words import words
from kb.reports.digest import gaps_table
from kb.reports.exports import articles_table, reason_words
from kb.reports.figures import ArticleRow, Insights
from kb.types import Library
from kb.ui import insight_view
from kb.ui.components import insight_parts as parts
from kb.ui.components.insight_figures import span
from kb.ui.insight_view import View
from kb.ui.keys import Key

_FIRST: Final = 20
"""Rows that are shown before somebody asks for all."""
_LONGEST_NAME: Final = 140


def show_gaps(every: list[GapRow], view: View, library: Library | None, waiting: int = 0) -> None:
    """Draw the gaps of the states that are looked at.

    :param every: All gaps.
    :param view: What is looked at.
    :param library: The articles, for their titles.
    :param waiting: Questions that are not grouped yet.
    """
    labels = words().insights
    wait = escape(counted(labels.gaps_waiting, waiting))
    st.html(
        f'<h2 class="kb-insights-part" id="gaps">{escape(labels.gaps_title)}</h2>'
        f'<p class="kb-intro">{escape(labels.gaps_lead)}</p>'
        + (f'<p class="kb-overdue" data-waiting="{waiting}">{wait}</p>' if waiting else "")
        + _states(every, view)
    )
    needle = st.text_input(labels.gaps_filter, key=Key.INSIGHTS_FILTER)
    states = view.states
    rows = insights.listed([row for row in every if not states or row.state in states], needle)
    st.html(f'<p class="kb-count" data-gaps="{len(rows)}">{escape(counted(labels.gaps_count, len(rows)))}</p>')
    if not rows:
        st.html(f"<p>{escape(labels.gaps_none)}</p>")
        return
    shown = rows if view.whole else rows[:_FIRST]
    cells = [_gap(row, view, library) for row in shown]
    st.html(f"{parts.table(labels.gaps_table, labels.gaps_columns, cells, numeric=(2, 3))}{_more(rows, shown, view)}")
    parts.download("gaps", gaps_table(rows), span(view))


def _states(every: list[GapRow], view: View) -> str:
    counts = Counter(row.state.value for row in every)
    counts[insight_view.OPEN] = sum(counts[state.value] for state in GapState if state.is_open)
    counts[insight_view.ALL] = len(every)
    chips = [
        parts.link(view.address(state=name, whole=False), f"{label} {counts[name]:,}", current=view.state == name)
        for name, label in words().insights.gaps_states.items()
        if counts[name] or name in (view.state, insight_view.OPEN, insight_view.ALL)
    ]
    return parts.tabs(words().insights.gaps_states_label, chips)


def _gap(row: GapRow, view: View, library: Library | None) -> tuple[str, ...]:
    labels = words().insights
    proposed = f" {parts.badge(labels.gaps_proposed, 'proposed')}" if row.proposed else ""
    owner = f'<span class="kb-soft">{escape(row.owner)}</span>' if row.owner else ""
    why = f'<span class="kb-soft">{escape(WHY_NOT[WhyNot(row.why_not)])}</span>' if row.why_not else ""
    trend = labels.gaps_trend.format(count=f"{row.before:,}", trend=parts.signed(row.trend))
    return (
        parts.link(view.address(gap=row.id), shortened(row.name, _LONGEST_NAME)) + proposed,
        f"{parts.badge(labels.gaps_states[row.state.value], row.state.value)}{owner}",
        f'{row.recent:,}<span class="kb-soft">{escape(trend)}</span>',
        f'{row.count:,}<span class="kb-soft">{escape(counted(labels.gap_visits, row.visits))}</span>',
        escape(day_words(row.last_seen.date())) if row.last_seen else "–",
        f"{article_link(row.nearest, library)}{why}" if row.nearest else escape(labels.gaps_no_nearest),
    )


def show_articles(found: Insights, view: View, library: Library | None) -> None:
    """Draw what customers did with each article."""
    labels = words().insights
    st.html(
        f'<h2 class="kb-insights-part" id="articles">{escape(labels.articles_title)}</h2>'
        f'<p class="kb-intro">{escape(labels.articles_lead)}</p>'
    )
    if not found.articles:
        st.html(f"<p>{escape(labels.articles_none)}</p>")
        return
    shown = found.articles if view.whole else found.articles[:_FIRST]
    cells = [_article(row, library) for row in shown]
    listed = parts.table(labels.articles_table, labels.articles_columns, cells, numeric=(1, 2, 3, 4))
    st.html(f"{listed}{_more(found.articles, shown, view)}")
    parts.download("articles", articles_table(found, _reasons()), span(view))


def _article(row: ArticleRow, library: Library | None) -> tuple[str, ...]:
    reasons = "".join(
        f'<span class="kb-soft">{escape(reason_words(reason, _reasons()))}: {count:,}</span>'
        for reason, count in row.reasons
    )
    return (
        article_link(row.article_id, library),
        f"{row.shown:,}",
        f"{row.opened:,}",
        f"{row.helpful:,}",
        f"{row.not_helpful:,}{reasons}",
        escape(day_words(row.overdue_since)) if row.overdue_since else "",
    )


def _reasons() -> dict[str, str]:
    """Return how the reasons read: as customers were offered them."""
    return {**words().feedback.reasons, "": words().insights.articles_no_reason}


def article_link(article_id: str, library: Library | None) -> str:
    """Return an article's title as a link; its id where it is gone."""
    article = library.resolve(article_id) if library is not None else None
    if article is None:
        gone = f' <span class="kb-soft">{escape(words().insights.articles_gone)}</span>' if library is not None else ""
        return f"{escape(article_id)}{gone}"
    return f'<a href="{escape(links.article(article.id))}">{escape(article.title)}</a>'


def _more(
    every: list[GapRow] | tuple[ArticleRow, ...], shown: list[GapRow] | tuple[ArticleRow, ...], view: View
) -> str:
    if len(shown) == len(every):
        return ""
    label = words().insights.show_all.format(count=len(every))
    return f'<p class="kb-more">{parts.link(view.address(whole=True), label)}</p>'
