"""The history of an article, the two texts of a conflict, and a publication on its way."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from kb.html.format import counted
from kb.html.moments import moment_words, zone_name
from kb.html.parts.insights import pieces
from kb.html.parts.insights.pieces import soft
from kb.html.parts.writing import comparison
from kb.html.words import words
from kb.writing.records import Conflict, DraftVersion, Publication, PublicationState, Revision

_FIRST = 20


def listed(found: Sequence[Revision], zone: str) -> Markup:
    """Return the published versions, the newest first.

    :param found: The versions.
    :param zone: The reader's IANA time zone; empty for UTC.
    :return: HTML.
    """
    labels = words().editor
    if not found:
        return Markup('<p class="kb-hint">{}</p>').format(labels.versions_none)
    columns = [column.format(zone=zone_name(zone)) for column in labels.versions_columns]
    rows = [(moment_words(item.at, zone), item.who, item.message or "–") for item in found[:_FIRST]]
    table = pieces.table(labels.versions_published, columns, rows)
    return Markup('<div data-revisions="{}">{}</div>').format(len(found), table)


def revision_name(item: Revision, zone: str) -> str:
    """Return how a published version is called in a choice."""
    when = moment_words(item.at, zone)
    return words().editor.version_words.format(when=when, who=item.who, message=item.message or "–")


def draft_name(item: DraftVersion, zone: str) -> str:
    """Return how a version of the draft is called in a choice."""
    labels = words().editor
    form = labels.version_aside if item.is_aside else labels.version_draft_words
    return form.format(when=moment_words(item.at, zone))


def conflict(found: Conflict, zone: str) -> Markup:
    """Return that two texts compete, how they differ, and both in full.

    :param found: The conflict.
    :param zone: The reader's IANA time zone; empty for UTC.
    :return: HTML.
    """
    labels = words().editor
    said = labels.conflict_file
    if not found.is_file and found.at is not None:
        said = labels.conflict_draft.format(time=moment_words(found.at, zone), who=found.who)
    return Markup(
        '<section class="kb-outdated" role="alert" data-conflict><h2>{title}</h2><p>{said}</p></section>{compared}'
        '<div class="kb-both">{theirs}{mine}</div>'
    ).format(
        title=labels.conflict_title,
        said=said,
        compared=comparison.html(found.theirs, found.mine, labels.conflict_compare),
        theirs=_whole(labels.conflict_theirs, found.theirs),
        mine=_whole(labels.conflict_mine, found.mine),
    )


def _whole(label: str, text: str) -> Markup:
    return Markup(
        '<details class="kb-days"><summary>{0}</summary><pre class="kb-text" tabindex="0" role="group" '
        'aria-label="{0}">{1}</pre></details>'
    ).format(label, text)


def publication(found: Publication) -> Markup:
    """Return how far a publication is, or how it ended; each new step is announced."""
    labels = words().editor
    if found.state is PublicationState.DONE:
        reason = soft(found.reason) if found.reason else Markup()
        return Markup('<div class="kb-done" data-publication="done" data-announce="{0}"><p>{0}</p>{1}</div>').format(
            labels.publish_done, reason
        )
    if found.state is PublicationState.FAILED:
        said = labels.publish_failed.format(reason=found.reason)
        return Markup('<p class="kb-overdue" role="alert" data-publication="failed">{}</p>').format(said)
    step = found.step.value if found.step is not None else found.state.value
    said = labels.publish_steps[step]
    ahead = counted(labels.publish_ahead, found.waiting) if found.waiting else ""
    bar = Markup('<progress aria-label="{}"{}></progress>').format(
        said, Markup(' value="{}" max="{}"').format(found.done, found.total) if found.total else Markup()
    )
    return Markup(
        '<section class="kb-desk kb-progress" data-publication="{step}" data-announce="{said}"><h2>{title}</h2>'
        "<p>{said} {ahead}</p>{bar}<p>{still}</p></section>"
    ).format(
        step=step,
        said=said,
        title=labels.publish_running.format(title=found.title),
        ahead=ahead,
        bar=bar,
        still=labels.publish_still,
    )
