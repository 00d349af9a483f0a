"""One gap: what it is, before and after, its questions and history."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import streamlit as st

from kb.app.insights import LeadDesk
from kb.gaps.records import WHY_NOT, GapDetail, StoredReplay, WhyNot
from kb.gaps.unanswered import MEANINGS
from kb.html.format import counted, day_words, escape, shortened
from kb.html.words import words
from kb.types import Library, User
from kb.ui.components import insight_parts as parts
from kb.ui.components import insight_steps
from kb.ui.components.insight_lists import article_link
from kb.ui.insight_view import View

_MEMBERS: Final = 30
_LONGEST: Final = 200


def show(desk: LeadDesk, detail: GapDetail, view: View, user: User) -> None:
    """Draw a gap, with what may be done about it."""
    labels = words().insights
    row = detail.row
    back = parts.link(view.address(gap=None), labels.gap_back)
    st.html(
        f'<section class="kb-insights kb-gap">'
        f'<nav class="kb-trail" aria-label="{escape(labels.gaps_title)}"><ol>'
        f"<li>{back}</li><li>{escape(labels.gap_title.format(number=row.id))}</li></ol></nav>"
        f"<h1>{escape(shortened(row.name, _LONGEST))}</h1>"
        f"{_facts(detail, desk.library)}{_proposal(detail, desk.library)}</section>"
    )
    insight_steps.show(desk, detail, user)
    st.html(
        f'<section class="kb-insights kb-gap">{_replay(detail)}{_reasons(detail)}{_members(detail)}{_comments(detail)}'
        f"{_history(detail)}</section>"
    )


def _facts(detail: GapDetail, library: Library | None) -> str:
    row, labels = detail.row, words().insights.gap_facts
    seen = ""
    if row.first_seen and row.last_seen:
        first, last = (escape(day_words(moment.date())) for moment in (row.first_seen, row.last_seen))
        seen = words().insights.gap_seen.format(first=first, last=last)
    visits = counted(words().insights.gap_visits, row.visits)
    why = f'<span class="kb-soft">{escape(WHY_NOT[WhyNot(row.why_not)])}</span>' if row.why_not else ""
    facts = {
        "state": parts.badge(words().insights.gaps_states[row.state.value], row.state.value),
        "owner": escape(row.owner or words().insights.gap_nobody),
        "asked": escape(words().insights.gap_asked[row.count != 1].format(count=row.count, visits=visits)),
        "seen": seen,
        "trend": f"{row.recent:,} · {row.before:,} ({parts.signed(row.trend)})",
        "nearest": f"{article_link(row.nearest, library)}{why}"
        if row.nearest
        else escape(words().insights.gaps_no_nearest),
        "article": article_link(row.article_id, library) if row.article_id else "",
        "dismissed": escape(row.dismissed_for),
    }
    items = "".join(
        f"<div><dt>{escape(labels[name])}</dt><dd>{text}</dd></div>" for name, text in facts.items() if text
    )
    return f'<dl class="kb-facts">{items}</dl>'


def _proposal(detail: GapDetail, library: Library | None) -> str:
    proposed = detail.row.proposed
    if not proposed:
        return ""
    text = escape(words().insights.gap_proposed_text).replace("{article}", article_link(proposed, library))
    return f'<div class="kb-proposal"><h2>{escape(words().insights.gap_proposed_title)}</h2><p>{text}</p></div>'


def _replay(detail: GapDetail) -> str:
    head = f"<h2>{escape(words().insights.gap_replay_title)}</h2>"
    if not detail.replays:
        return f"{head}<p>{escape(words().insights.gap_replay_none)}</p>"
    replay = detail.replays[0]
    said = words().insights.gap_replay_said.format(
        served=replay.served, counted=replay.counted, version=replay.index_version, day=day_words(replay.at.date())
    )
    texts = {question.key: question.text for question in detail.questions}
    rows = [_replayed(replay, side, texts) for side in replay.details[:_MEMBERS]]
    return (
        f'{head}<p data-replay="{replay.served}/{replay.counted}">{escape(said)}</p>'
        f"{parts.table(words().insights.gap_replay_title, words().insights.gap_replay_columns, rows)}"
    )


def _replayed(replay: StoredReplay, question: Mapping[str, Any], texts: Mapping[str, str]) -> tuple[str, ...]:
    mark = "served" if question["served"] else "open" if question["counts"] else "known"
    text = escape(shortened(texts.get(question["key"], words().insights.gap_replay_gone), _LONGEST))
    return (
        f"{text} {parts.badge(words().insights.gap_replay_marks[mark], f'replay-{mark}')}",
        _side(replay, question["before"]),
        _side(replay, question["after"]),
    )


def _side(replay: StoredReplay, side: Mapping[str, Any]) -> str:
    labels = words().insights
    outcome = labels.chart_outcomes[_OUTCOMES[side["outcome"]]] if side["outcome"] in _OUTCOMES else side["outcome"]
    said = labels.gap_replay_side.format(outcome=outcome, confidence=f"{side['confidence']:.2f}")
    if side["rank"]:
        place = labels.gap_replay_place.format(
            article=replay.article_id, rank=side["rank"], score=f"{side['score']:.2f}"
        )
    else:
        place = labels.gap_replay_leading.format(article=side["leading"]) if side["leading"] else ""
    return f'{escape(said)}<span class="kb-soft">{escape(place)}</span>'


_OUTCOMES: Final = {"answered": "answered", "clarify": "undecided", "no_answer": "handed_over"}


def _reasons(detail: GapDetail) -> str:
    items = "".join(
        f"<li><strong>{escape(words().insights.gap_times.format(count=count))}</strong> {escape(MEANINGS[reason])}</li>"
        for reason, count in detail.row.reasons
        if count
    )
    return f'<h2>{escape(words().insights.gap_why_title)}</h2><ul class="kb-plain">{items}</ul>'


def _members(detail: GapDetail) -> str:
    items = "".join(
        f"<li><strong>{escape(words().insights.gap_times.format(count=question.asked))}</strong> "
        f"<q>{escape(shortened(question.text, 400))}</q></li>"
        for question in detail.questions[:_MEMBERS]
    )
    return (
        f"<h2>{escape(words().insights.gap_members_title)}</h2><p>{escape(words().insights.gap_members_lead)}</p>"
        f'<ul class="kb-plain">{items}</ul>'
    )


def _comments(detail: GapDetail) -> str:
    if not detail.comments:
        return ""
    items = "".join(f"<li><q>{escape(text)}</q></li>" for text in detail.comments[:_MEMBERS])
    return f'<h2>{escape(words().insights.gap_comments_title)}</h2><ul class="kb-plain">{items}</ul>'


def _history(detail: GapDetail) -> str:
    rows = [
        (
            escape(f"{event.at:%Y-%m-%d %H:%M}"),
            escape(event.who),
            parts.badge(words().insights.gaps_states.get(event.new_state, event.new_state), event.new_state),
            escape(" · ".join(text for text in (event.article_id, event.note) if text)),
        )
        for event in reversed(detail.history)
    ]
    listed = parts.table(words().insights.gap_history_title, words().insights.gap_history_columns, rows)
    return f"<h2>{escape(words().insights.gap_history_title)}</h2>{listed}"
