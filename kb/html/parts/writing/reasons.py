"""A question that was tried: what the customer sees, why, and every article with what brought it up."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from markupsafe import Markup

from kb.html import links
from kb.html.format import echo
from kb.html.parts import as_seen
from kb.html.parts.writing import why
from kb.html.words import words
from kb.settings.site import Site
from kb.types import Answer, Clarify, Hit, Library, NoAnswer, NoAnswerReason


def html(answer: Answer, library: Library, site: Site, draft_id: str = "") -> Markup:
    """Return what was decided about a question, and why.

    :param answer: The whole reply.
    :param library: The articles it was found in.
    :param site: The operator's words.
    :param draft_id: The article that is a draft; empty for none.
    :return: HTML.
    """
    labels, outcome = words().reasons, answer.outcome
    if isinstance(outcome, NoAnswer) and outcome.reason is NoAnswerReason.EMPTY_QUERY:
        return Markup('<p class="kb-hint">{}</p>').format(labels.empty)
    told = (Markup("<li>{}</li>").format(text) for text in why.reasons(answer, library))
    return Markup(
        '<section class="kb-desk kb-tried" data-outcome="{kind}" data-announce="{decided}">'
        '<p class="kb-asked"><q>{query}</q></p><h2>{decided}</h2><h3>{why}</h3><ul class="kb-why">{told}</ul>{signals}'
        '</section><section class="kb-as-seen"><h2>{seen}</h2>{card}</section>'
        '<section class="kb-reasons"><h2>{ranking}</h2><ol>{hits}</ol></section>'
    ).format(
        kind=outcome.kind.value,
        decided=outcome_words(answer),
        query=echo(answer.query.raw),
        why=labels.why,
        told=Markup().join(told),
        signals=_details(_signals(answer.signals)),
        seen=labels.seen,
        card=as_seen.card(answer, library, site, labels.seen, below=labels.seen_below, without=draft_id),
        ranking=labels.ranking,
        hits=Markup().join(_hit(answer, hit, library, is_draft=hit.article_id == draft_id) for hit in answer.hits),
    )


def outcome_words(answer: Answer) -> str:
    """Return in words what the customer gets."""
    outcome, labels = answer.outcome, words().reasons
    if isinstance(outcome, Clarify):
        return labels.outcomes[outcome.kind.value].format(count=len(outcome.choices))
    if isinstance(outcome, NoAnswer):
        if outcome.elsewhere is not None:
            return labels.outcomes["elsewhere"]
        return labels.outcomes[outcome.kind.value].format(reason=labels.no_answers[outcome.reason.value])
    return labels.outcomes[outcome.kind.value]


def _hit(answer: Answer, hit: Hit, library: Library, *, is_draft: bool) -> Markup:
    labels = words().reasons
    badge = Markup(' <span class="kb-kind">{}</span>').format(labels.draft_badge) if is_draft else ""
    # A draft has no page to lead to.
    link = Markup('<a href="{}">{}</a>').format(links.article(hit.article_id), hit.title)
    said = [text for text in (why.found_by(answer, hit, library), why.part_of(hit)) if text]
    return Markup(
        '<li data-hit="{id}"><h3>{title}{badge}</h3><p class="kb-path"><code>{id}</code></p>'
        '<p class="kb-unit">{said}</p>{numbers}</li>'
    ).format(
        id=hit.article_id,
        title=hit.title if is_draft else link,
        badge=badge,
        said=" ".join(said),
        numbers=_details(_numbers(hit)),
    )


# ---------------------------------------------------------------------------------------------- numbers


def _details(pairs: list[tuple[str, str]]) -> Markup:
    """Return numbers behind a fold."""
    if not pairs:
        return Markup()
    return Markup('<details class="kb-details"><summary>{}</summary><p>{}</p>{}</details>').format(
        words().reasons.details, words().reasons.details_note, _parts(pairs)
    )


def _signals(signals: Mapping[str, float]) -> list[tuple[str, str]]:
    labels = words().reasons
    return [(labels.signals.get(name, name), _signal(name, value)) for name, value in signals.items()]


def _signal(name: str, value: float) -> str:
    if name in {"share", "elsewhere"}:  # kept as log-odds
        return f"{1 / (1 + math.exp(-value)):.1%}"
    if name == "stranger":
        return words().reasons.yes if value else words().reasons.no
    return f"{value:.0f}" if name == "agreement" else f"{value:.3f}"


def _numbers(hit: Hit) -> list[tuple[str, str]]:
    labels, evidence = words().reasons, hit.evidence
    if evidence is None:
        return []
    pairs = [(labels.parts.get(name, name), f"{part:.3f}") for name, part in evidence.parts.items()]
    share = [(labels.parts["part"], f"{evidence.part.share:.1%}")] if evidence.part is not None else []
    return [(labels.score, f"{hit.score:.3f}"), *pairs, *share]


def _parts(pairs: Iterable[tuple[str, str]]) -> Markup:
    items = (Markup("<div><dt>{}</dt><dd>{}</dd></div>").format(*pair) for pair in pairs)
    return Markup('<dl class="kb-parts">{}</dl>').format(Markup().join(items))
