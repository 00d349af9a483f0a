"""Questions that were tried with an article as it is written now: found or not, and what customers would read."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from kb.html.parts.insights import pieces
from kb.html.parts.insights.pieces import badge, soft
from kb.html.parts.writing import impact
from kb.html.words import words
from kb.types import Answered
from kb.writing.records import Tried


def html(found: Sequence[Tried]) -> Markup:
    """Return each question with its result.

    :param found: In the order in which they were typed.
    :return: HTML.
    """
    labels = words().editor
    said = labels.questions_said.format(found=sum(item.is_found for item in found), total=len(found))
    rows = [(impact.quoted(item.question), _result(item), _read(item)) for item in found]
    return Markup(
        '<section class="kb-desk kb-tried-all" data-tried="{done}/{total}" data-announce="{said}"><p>{said}</p>{table}'
        "</section>"
    ).format(
        done=sum(item.is_found for item in found),
        total=len(found),
        said=said,
        table=pieces.table(labels.questions, labels.questions_columns, rows),
    )


def _result(item: Tried) -> Markup:
    labels = words().editor
    mark = badge(labels.questions_found_here, "verified") if item.is_found else badge(labels.questions_not_found, "new")
    place = labels.questions_place.format(rank=item.rank) if item.rank else labels.questions_no_place
    return Markup("{}{}").format(mark, soft(place))


def _read(item: Tried) -> Markup:
    """Return what a customer would get; of an answer also which article and which part of it."""
    outcome = item.answer.outcome
    shown = Markup.escape(words().review.outcomes[item.outcome.value])
    if not isinstance(outcome, Answered):
        return shown
    passage = outcome.hit.passage
    part = passage.heading if passage.anchor else words().editor.questions_direct
    return Markup("{}{}{}").format(shown, soft(outcome.hit.title), soft(part))
