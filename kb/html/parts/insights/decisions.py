"""Decisions on a question: what was decided by whom, which one stands, and where it waits."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from kb.html.addresses import Page, Param
from kb.html.format import sentence
from kb.html.parts import lesson as part
from kb.html.parts.insights import pieces
from kb.html.parts.insights.pieces import badge, soft
from kb.html.parts.insights.view import Tab, View
from kb.html.words import words
from kb.review.lesson_records import LessonDetail, LessonEvent, Proposed
from kb.types import LessonKind, Library

PROPOSED = "proposed"
"""The view of /writing that lists what leads propose."""


def heading(*, may_decide: bool) -> Markup:
    """Return what is above the form, or why there is none."""
    labels = words().lessons
    lead = Markup.escape(labels.lead)
    if not may_decide:
        lead = sentence(labels.for_leads, writing=_writing(labels.waits_place))
    return Markup('<section class="kb-decide"><h2>{}</h2><p class="kb-soft">{}</p></section>').format(
        labels.title, lead
    )


def _writing(label: str, lesson_id: int | None = None) -> Markup:
    more = "" if lesson_id is None else f"&{Param.LESSON}={lesson_id}"
    return pieces.link(f"{Page.WRITING}?{Param.VIEW}={PROPOSED}{more}", label)


def warning(reason: str) -> Markup:
    """Return what has to be taken out of a question before it can be an example."""
    return Markup('<p class="kb-overdue">{}</p>').format(reason)


def refused(reason: str) -> Markup:
    """Return why a decision was not kept."""
    return Markup('<p class="kb-overdue" role="alert">{}</p>').format(reason)


def done(found: Proposed, view: View, library: Library | None) -> Markup:
    """Return what was decided, where it waits, and whose decision it replaced; it is announced.

    :param found: The decision.
    :param view: What is looked at.
    :param library: The articles, for titles.
    :return: HTML.
    """
    labels, lesson = words().lessons, found.lesson
    lines = [Markup("{} {}").format(labels.done, part.said(lesson, library))]
    if lesson.kind.changes_file:
        lines.append(sentence(labels.waits, place=_writing(labels.waits_place, lesson.id)))
    elif lesson.kind is LessonKind.GAP:
        lines.append(sentence(labels.gap_next, place=pieces.link(view.opened(Tab.GAPS), labels.gap_place)))
    if found.replaced is not None and found.replaced.who != lesson.who:
        when = f"{found.replaced.created_at:%Y-%m-%d %H:%M}"
        lines.append(Markup.escape(labels.took_place.format(who=found.replaced.who, when=when)))
    items = Markup().join(Markup("<p>{}</p>").format(line) for line in lines)
    return Markup('<div class="kb-done" data-decided="{}" data-announce="{}">{}</div>').format(
        lesson.id, labels.done, items
    )


def history(decisions: Sequence[LessonDetail], library: Library | None) -> Markup:
    """Return every decision on a question, the latest first.

    :param decisions: With their own histories.
    :param library: The articles, for titles.
    :return: HTML.
    """
    labels = words().lessons
    title = Markup("<h2>{}</h2>").format(labels.history)
    if not decisions:
        return Markup('<section class="kb-insights kb-gap">{}<p>{}</p></section>').format(title, labels.history_none)
    rows = [_decision(detail, library) for detail in decisions]
    listed = pieces.table(labels.history, labels.history_columns, rows)
    return Markup('<section class="kb-insights kb-gap">{}{}</section>').format(title, listed)


def _decision(detail: LessonDetail, library: Library | None) -> tuple[str, ...]:
    lesson, labels = detail.lesson, words().lessons
    note = soft(lesson.note) if lesson.note else Markup()
    marks = part.state(lesson)
    if lesson.stands:
        marks += Markup(" {}").format(badge(labels.stands, "stands"))
    what = part.said(lesson, library)
    if lesson.kind.changes_file and lesson.state.is_open:
        marks += soft(_writing(labels.waits_place, lesson.id))
    steps = Markup().join(soft(_step(step)) for step in detail.history[1:])
    return f"{lesson.created_at:%Y-%m-%d %H:%M}", lesson.who, what + note, marks + steps


def _step(step: LessonEvent) -> str:
    labels = words().lessons
    text = labels.step.format(
        state=labels.steps.get(step.new_state, step.new_state), who=step.who, when=f"{step.at:%Y-%m-%d %H:%M}"
    )
    return f"{text}: {step.note}" if step.note else text
