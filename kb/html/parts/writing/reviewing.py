"""A draft on its way through a review: what its author is told, and what its reviewer reads."""

from __future__ import annotations

from markupsafe import Markup

from kb.html.format import counted
from kb.html.words import words
from kb.types import Severity
from kb.writing.records import CheckedText, Draft, DraftState


def state(draft: Draft) -> Markup:
    """Return what its author is told of a review; nothing while there was none.

    :param draft: The draft.
    :return: HTML.
    """
    labels, review = words().editor, draft.review
    if review is None or not review.reviewer:
        return Markup()
    if draft.state is DraftState.APPROVED:
        return Markup('<p class="kb-done" data-review="approved">{}</p>').format(
            labels.review_approved.format(who=review.reviewer)
        )
    if draft.state is DraftState.EDITING and review.note:
        said = labels.review_returned.format(who=review.reviewer, note=review.note)
        return Markup('<p class="kb-overdue" data-review="returned">{}</p>').format(said)
    return Markup()


def asked(draft: Draft, checked: CheckedText) -> Markup:
    """Return who asks for the review, with what note, and whether there are errors.

    :param draft: Somebody else's draft.
    :param checked: Its findings.
    :return: HTML.
    """
    labels, note = words().editor, draft.review.note if draft.review is not None else ""
    lines = [labels.review_theirs.format(who=draft.author), *([note] if note else [])]
    errors = [item for item in checked.findings if item.finding.severity is Severity.ERROR]
    lines += [counted(labels.publish_errors, len(errors))] if errors else []
    items = Markup().join(Markup("<p>{}</p>").format(line) for line in lines)
    return Markup('<section class="kb-desk" data-review="asked">{}</section>').format(items)
