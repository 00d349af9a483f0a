"""A ranking with its reasons: what each article was found by, every part of its score, and how sure the answer is."""

from __future__ import annotations

import math
from collections.abc import Mapping

from kb.html import links
from kb.html.format import echo, escape
from kb.html.words import words
from kb.types import Answer, Clarify, Hit, NoAnswer, NoAnswerReason

_LONGEST_UNIT = 400


def html(answer: Answer, draft_id: str = "") -> str:
    """Return what was decided about a question, and why.

    :param answer: The whole reply.
    :param draft_id: The article that is a draft; empty for none.
    :return: HTML.
    """
    outcome = answer.outcome
    if isinstance(outcome, NoAnswer) and outcome.reason is NoAnswerReason.EMPTY_QUERY:
        return f'<p class="kb-hint">{escape(words().writing.try_empty)}</p>'
    said = outcome_words(answer)
    percent = words().writing.try_confidence.format(percent=f"{answer.confidence:.0%}")
    items = "".join(_hit(hit, is_draft=hit.article_id == draft_id) for hit in answer.hits)
    return (
        f'<section class="kb-desk kb-tried" data-outcome="{escape(outcome.kind.value)}" data-announce="{escape(said)}">'
        f'<p class="kb-asked"><q>{echo(answer.query.raw)}</q></p><h2>{escape(said)}</h2><p>{escape(percent)}</p>'
        f"{_signals(answer.signals)}</section>"
        f'<section class="kb-reasons"><h2>{escape(words().writing.try_ranking)}</h2>'
        f"<p>{escape(words().writing.try_parts_note)}</p>"
        f"<ol>{items}</ol></section>"
    )


def outcome_words(answer: Answer) -> str:
    """Return in words what the customer gets."""
    outcome = answer.outcome
    text = words().writing.try_outcomes[outcome.kind.value]
    if isinstance(outcome, Clarify):
        return text.format(count=len(outcome.choices))
    return f"{text}: {words().writing.try_reasons[outcome.reason.value]}" if isinstance(outcome, NoAnswer) else text


def _signals(signals: Mapping[str, float]) -> str:
    if not signals:
        return ""
    pairs = "".join(_pair(words().writing.try_signals.get(name, name), _signal(name, v)) for name, v in signals.items())
    return f'<h3>{escape(words().writing.try_signals_title)}</h3><dl class="kb-parts">{pairs}</dl>'


def _signal(name: str, value: float) -> str:
    if name == "share":  # kept as log-odds
        return f"{1 / (1 + math.exp(-value)):.1%}"
    return f"{value:.0f}" if name == "agreement" else f"{value:.3f}"


def _pair(name: str, value: str) -> str:
    return f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>"


def _hit(hit: Hit, *, is_draft: bool) -> str:
    badge = f' <span class="kb-kind">{escape(words().writing.try_draft_badge)}</span>' if is_draft else ""
    # A draft has no page to lead to.
    title = (
        escape(hit.title) if is_draft else f'<a href="{escape(links.article(hit.article_id))}">{escape(hit.title)}</a>'
    )
    return (
        f'<li data-hit="{escape(hit.article_id)}"><h3>{title}{badge}</h3>'
        f'<p class="kb-path"><code>{escape(hit.article_id)}</code> '
        f"{escape(words().writing.try_score)} {hit.score:.3f}</p>"
        f"{_evidence(hit)}</li>"
    )


def _evidence(hit: Hit) -> str:
    labels = words().writing
    evidence = hit.evidence
    if evidence is None:
        return ""
    text = evidence.unit_text
    shown = text if len(text) <= _LONGEST_UNIT else f"{text[:_LONGEST_UNIT].rstrip()}…"
    pairs = "".join(_pair(labels.try_parts.get(name, name), f"{part:.3f}") for name, part in evidence.parts.items())
    return (
        f'<p class="kb-unit">{escape(labels.try_units[evidence.unit_kind.value])}: <q>{escape(shown)}</q></p>'
        f'<dl class="kb-parts">{pairs}</dl>'
    )
