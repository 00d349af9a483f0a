"""What a customer saw, to be read only; and beside it what the same question brings up now."""

from __future__ import annotations

from markupsafe import Markup

from kb.app.seen import Repeated, Reply, Seen
from kb.html.parts import as_seen
from kb.html.parts.insights.question_list import part, title_of
from kb.html.words import words
from kb.review.records import QuestionRow
from kb.settings.site import Site
from kb.types import Library, OutcomeKind


def html(found: Seen, row: QuestionRow, site: Site, library: Library | None) -> Markup:
    """Return the reply of then, and that of now where another index serves.

    :param found: Both replies.
    :param row: The question, for what was recorded.
    :param site: The operator's words.
    :param library: The articles that serve, for titles; None while none do.
    :return: HTML.
    """
    labels = words().review
    then = Markup('<section class="kb-then"><h2>{}</h2><p class="kb-soft" data-seen="{}">{}</p>{}</section>').format(
        labels.seen_title, found.how.value, _how(found, row, library), _card(found.then, site)
    )
    return Markup('<div class="kb-seen">{}{}</div>').format(then, _now(found, site, is_serving=library is not None))


def _how(found: Seen, row: QuestionRow, library: Library | None) -> str:
    labels = words().review
    says = {
        Repeated.EXACTLY: labels.seen_exactly,
        Repeated.FROM_RECORD: labels.seen_from_record,
        Repeated.NOT: labels.seen_gone,
    }
    return says[found.how].format(version=found.version, recorded=_recorded(row, library))


def _recorded(row: QuestionRow, library: Library | None) -> str:
    labels = words().review
    if row.outcome is OutcomeKind.ANSWERED:
        text = labels.seen_recorded_article if row.anchor is None else labels.seen_recorded_answer
        return text.format(title=title_of(row.article_id, library), part=part(row))
    if row.outcome is OutcomeKind.CLARIFY:
        titles = ", ".join(f"“{title_of(choice, library)}”" for choice in row.choices)
        return labels.seen_recorded_choices.format(titles=titles)
    given = labels.outcomes[row.outcome.value]
    reason = labels.reasons.get(row.reason, row.reason)
    return labels.outcome_reason.format(outcome=given, reason=reason) if reason else given


def _now(found: Seen, site: Site, *, is_serving: bool) -> Markup:
    """Return the reply of now; where the same index serves, or none does, only that."""
    labels = words().review
    if found.now is None:
        says = labels.seen_serving if is_serving else labels.seen_nothing_serves
        return Markup('<p class="kb-soft">{}</p>').format(says)
    says = labels.seen_now_other if found.is_changed else labels.seen_now_same
    card = _card(found.now, site) if found.is_changed or found.then is None else Markup()
    return Markup(
        '<section class="kb-now" data-changed="{changed}"><h2>{title}</h2><p class="kb-soft">{says}</p>{card}</section>'
    ).format(
        changed=str(found.is_changed).lower(),
        title=labels.seen_now_title,
        says=says.format(version=found.now.answer.index_version),
        card=card,
    )


def _card(reply: Reply | None, site: Site) -> Markup:
    """Return a reply as customers see it, without what their pages' scripts act on."""
    if reply is None:
        return Markup()
    labels = words().review
    return as_seen.card(reply.answer, reply.library, site, labels.seen_card, below=labels.seen_below)
