"""A ranking with its reasons: what each article was found by, every part of its score, and how sure the answer is."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from markupsafe import Markup

from kb.html import links
from kb.html.format import echo, shortened
from kb.html.words import words
from kb.types import Answer, Clarify, Elsewhere, Hit, NoAnswer, NoAnswerReason

_LONGEST_UNIT = 400


def html(answer: Answer, draft_id: str = "") -> Markup:
    """Return what was decided about a question, and why.

    :param answer: The whole reply.
    :param draft_id: The article that is a draft; empty for none.
    :return: HTML.
    """
    labels, outcome = words().writing, answer.outcome
    if isinstance(outcome, NoAnswer) and outcome.reason is NoAnswerReason.EMPTY_QUERY:
        return Markup('<p class="kb-hint">{}</p>').format(labels.try_empty)
    return Markup(
        '<section class="kb-desk kb-tried" data-outcome="{kind}" data-announce="{decided}">'
        '<p class="kb-asked"><q>{query}</q></p><h2>{decided}</h2>{elsewhere}<p>{percent}</p>{signals}</section>'
        '<section class="kb-reasons"><h2>{ranking}</h2><p>{note}</p><ol>{hits}</ol></section>'
    ).format(
        kind=outcome.kind.value,
        decided=outcome_words(answer),
        query=echo(answer.query.raw),
        elsewhere=_elsewhere(outcome.elsewhere) if isinstance(outcome, NoAnswer) and outcome.elsewhere else "",
        percent=labels.try_confidence.format(percent=f"{answer.confidence:.0%}"),
        signals=_signals(answer.signals),
        ranking=labels.try_ranking,
        note=labels.try_parts_note,
        hits=Markup().join(_hit(hit, is_draft=hit.article_id == draft_id) for hit in answer.hits),
    )


def outcome_words(answer: Answer) -> str:
    """Return in words what the customer gets."""
    outcome = answer.outcome
    text = words().writing.try_outcomes[outcome.kind.value]
    if isinstance(outcome, Clarify):
        return text.format(count=len(outcome.choices))
    return f"{text}: {words().writing.try_reasons[outcome.reason.value]}" if isinstance(outcome, NoAnswer) else text


def _elsewhere(found: Elsewhere) -> Markup:
    """Return the signpost that the customer reads, and the companies that the question names."""
    labels = words().writing
    signpost = [labels.try_signpost.format(title=found.signpost.title)] if found.signpost is not None else []
    names = [labels.try_names.format(names=", ".join(found.names))] if found.names else []
    return Markup().join(Markup("<p>{}</p>").format(line) for line in (*signpost, *names))


def _signals(signals: Mapping[str, float]) -> Markup:
    if not signals:
        return Markup()
    labels = words().writing
    pairs = ((labels.try_signals.get(name, name), _signal(name, value)) for name, value in signals.items())
    return Markup("<h3>{}</h3>{}").format(labels.try_signals_title, _parts(pairs))


def _signal(name: str, value: float) -> str:
    if name in {"share", "elsewhere"}:  # kept as log-odds
        return f"{1 / (1 + math.exp(-value)):.1%}"
    if name == "stranger":
        return words().writing.try_yes if value else words().writing.try_no
    return f"{value:.0f}" if name == "agreement" else f"{value:.3f}"


def _parts(pairs: Iterable[tuple[str, str]]) -> Markup:
    items = (Markup("<div><dt>{}</dt><dd>{}</dd></div>").format(*pair) for pair in pairs)
    return Markup('<dl class="kb-parts">{}</dl>').format(Markup().join(items))


def _hit(hit: Hit, *, is_draft: bool) -> Markup:
    labels = words().writing
    badge = Markup(' <span class="kb-kind">{}</span>').format(labels.try_draft_badge) if is_draft else ""
    # A draft has no page to lead to.
    link = Markup('<a href="{}">{}</a>').format(links.article(hit.article_id), hit.title)
    return Markup(
        '<li data-hit="{id}"><h3>{title}{badge}</h3><p class="kb-path"><code>{id}</code> {label} {score:.3f}</p>'
        "{evidence}</li>"
    ).format(
        id=hit.article_id,
        title=hit.title if is_draft else link,
        badge=badge,
        label=labels.try_score,
        score=hit.score,
        evidence=_evidence(hit),
    )


def _evidence(hit: Hit) -> Markup:
    labels = words().writing
    evidence = hit.evidence
    if evidence is None:
        return Markup()
    parts = _parts((labels.try_parts.get(name, name), f"{part:.3f}") for name, part in evidence.parts.items())
    return Markup('<p class="kb-unit">{}: <q>{}</q></p>{}').format(
        labels.try_units[evidence.unit_kind.value], shortened(evidence.unit_text, _LONGEST_UNIT), parts
    )
