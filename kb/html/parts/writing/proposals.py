"""What leads propose to change in the articles: the list by state, and one change with all that an editor weighs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlencode

from markupsafe import Markup

from kb.app.lesson_changes import ProposedChange
from kb.app.lessons import LessonImpact
from kb.html.addresses import Page, Param
from kb.html.format import counted, sentence
from kb.html.parts import lesson as part
from kb.html.parts.insights import pieces
from kb.html.parts.insights.decisions import PROPOSED
from kb.html.parts.insights.pieces import article_link, soft
from kb.html.parts.writing import findings
from kb.html.parts.writing import impact as impact_part
from kb.html.words import words
from kb.review.lesson_records import Lesson, LessonDetail, LessonState
from kb.types import Answer, Answered, Library

_FIRST: Final = 50
"""Changes that are listed until all are asked for."""
_SHOWN: Final = (LessonState.PROPOSED, LessonState.OUTDATED, LessonState.ACCEPTED, LessonState.DECLINED,
                 LessonState.REPLACED)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ProposalView:
    """The state that is listed, or one change; in the address."""

    state: LessonState = LessonState.PROPOSED
    lesson: int | None = None
    whole: bool = False
    is_asked_for: bool = False
    """Whether the address names this part of the page at all."""

    @classmethod
    def of_address(cls, params: Mapping[str, str]) -> ProposalView:
        """Read an address; what cannot be read is ignored.

        :param params: The address's parameters.
        :return: What is looked at.
        """
        number = params.get(Param.LESSON, "")
        return cls(
            state=next((s for s in _SHOWN if s.value == params.get(Param.STATE)), LessonState.PROPOSED),
            lesson=int(number) if number.isascii() and number.isdigit() and len(number) < 10 else None,  # noqa: PLR2004 — a number of ours
            whole=params.get(Param.WHOLE) == "1",
            is_asked_for=params.get(Param.VIEW) == PROPOSED,
        )

    def address(self, **changes: object) -> str:
        r"""Return the address of this view with some of it changed.

        :param \**changes: Fields of the view.
        :return: A path with its query.
        """
        view = replace(self, **changes)  # type: ignore[arg-type]
        params = {
            Param.VIEW: PROPOSED,
            Param.STATE: view.state if view.state is not LessonState.PROPOSED else "",
            Param.WHOLE: "1" if view.whole else "",
            Param.LESSON: "" if view.lesson is None else str(view.lesson),
        }
        return f"{Page.WRITING}?{urlencode({name.value: value for name, value in params.items() if value})}"


def no_journal() -> Markup:
    """Return that there is no journal, and so nothing that was decided."""
    return _hint(words().lessons.proposals_no_journal)


def unknown(reason: str) -> Markup:
    """Return that a change does not exist, and the way to those that do."""
    labels = words().lessons
    back = pieces.link(ProposalView().address(), labels.back)
    return Markup('<section class="kb-desk"><h2>{}</h2><p>{}</p><p>{}</p></section>').format(
        labels.unknown, reason, back
    )


# --------------------------------------------------------------------------------------------- the list


def listed(every: Sequence[Lesson], view: ProposalView, library: Library | None) -> Markup:
    """Return the changes of a state: those that wait in the order in which they came, others the latest first.

    :param every: All lessons that change a file, the oldest first.
    :param view: What is looked at.
    :param library: The articles, for their titles.
    :return: HTML.
    """
    labels = words().lessons
    counts = Counter(lesson.state for lesson in every)
    chips = [
        pieces.link(
            view.address(state=state, lesson=None, whole=False),
            f"{labels.states[state.value]} {counts[state]:,}",
            current=state is view.state,
        )
        for state in _SHOWN
        if counts[state] or state in (view.state, LessonState.PROPOSED)
    ]
    rows = [lesson for lesson in every if lesson.state is view.state]
    rows = rows if view.state.is_open else rows[::-1]
    shown = rows if view.whole else rows[:_FIRST]
    return Markup('<section class="kb-proposals" data-proposals="{}"><p>{}</p>{}{}{}</section>').format(
        len(rows),
        labels.proposals_lead,
        pieces.tabs(labels.proposals_label, chips),
        _table(shown, view, library) if rows else _hint(labels.proposals_none),
        _more(len(rows) - len(shown), view),
    )


def _table(rows: Iterable[Lesson], view: ProposalView, library: Library | None) -> Markup:
    labels = words().lessons
    cells = [
        (
            pieces.link(view.address(lesson=row.id), part.said(row, library)) + (soft(row.note) if row.note else ""),
            part.state(row),
            row.who,
            f"{row.created_at:%Y-%m-%d %H:%M}",
        )
        for row in rows
    ]
    return pieces.table(labels.proposals, labels.proposals_columns, cells)


def _more(left: int, view: ProposalView) -> Markup:
    if left <= 0:
        return Markup()
    label = counted(words().lessons.proposals_more, left)
    return Markup('<p class="kb-more">{}</p>').format(pieces.link(view.address(whole=True), label))


# ------------------------------------------------------------------------------------------- one change


def head(detail: LessonDetail, view: ProposalView, library: Library | None, question_address: str) -> Markup:
    """Return what a change is about, who decided it and why.

    :param detail: The lesson.
    :param view: What is looked at.
    :param library: The articles, for their titles.
    :param question_address: Where the question can be seen; empty if the reader may not, or if it is erased.
    :return: HTML.
    """
    lesson, labels = detail.lesson, words().lessons
    seen = soft(pieces.link(question_address, labels.see_question)) if question_address else Markup()
    facts = {
        "state": part.state(lesson),
        "question": Markup("<q>{}</q>{}").format(lesson.question or labels.forgotten, seen),
        "article": article_link(lesson.article_id, library) if not _is_signpost(lesson, library) else "",
        "who": lesson.who,
        "when": f"{lesson.created_at:%Y-%m-%d %H:%M}",
        "note": lesson.note,
    }
    item = Markup('<div data-fact="{}"><dt>{}</dt><dd>{}</dd></div>')
    items = (item.format(name, labels.facts[name], text) for name, text in facts.items() if text)
    return Markup(
        '<section class="kb-proposal-one" data-lesson="{id}"><nav class="kb-trail" aria-label="{trail}"><ol>'
        '<li>{back}</li></ol></nav><h2>{said}</h2><dl class="kb-facts">{facts}</dl></section>'
    ).format(
        id=lesson.id,
        trail=labels.proposals,
        back=pieces.link(view.address(lesson=None), labels.back),
        said=part.said(lesson, library),
        facts=Markup().join(items),
    )


def _is_signpost(lesson: Lesson, library: Library | None) -> bool:
    return library is not None and lesson.article_id in library.signposts


def change(found: ProposedChange) -> Markup:
    """Return what would change in the file, and what the check finds then."""
    labels = words().lessons
    count = len(found.findings)
    return Markup("{change}<h3>{title}</h3>{new}{own}").format(
        change=part.change(found),
        title=labels.findings_new,
        new=_new(found) or Markup("<p>{}</p>").format(labels.findings_none),
        own=_folded(counted(labels.findings_own, count), findings.html(found.findings, with_path=False)),
    )


def _new(found: ProposedChange) -> Markup:
    """Return what the check finds then and not now: in this file by line, in others with their files."""
    here = [finding for finding in found.new if finding.path == found.path]
    elsewhere = [finding for finding in found.new if finding.path != found.path]
    return findings.html(here, with_path=False) + findings.html(elsewhere)


def _folded(label: str, content: Markup) -> Markup:
    if not content:
        return content
    return Markup('<details class="kb-days"><summary>{}</summary>{}</details>').format(label, content)


def outdated(found: ProposedChange) -> Markup:
    """Return what has changed in the file since the decision."""
    labels = words().lessons
    items = Markup().join(Markup("<li>{}</li>").format(text) for text in found.outdated)
    return Markup('<div class="kb-outdated"><h3>{}</h3><ul>{}</ul><p>{}</p></div>').format(
        labels.outdated_title, items, labels.outdated_lead
    )


def history(detail: LessonDetail) -> Markup:
    """Return the steps of a lesson."""
    labels = words().lessons
    step = Markup("<li>{}{}</li>")
    items = (
        step.format(
            labels.step.format(
                state=labels.steps.get(e.new_state, e.new_state), who=e.who, when=f"{e.at:%Y-%m-%d %H:%M}"
            ),
            soft(e.note) if e.note else "",
        )
        for e in detail.history
    )
    return Markup('<section class="kb-desk"><h3>{}</h3><ul class="kb-plain">{}</ul></section>').format(
        words().insights.gap_history_title, Markup().join(items)
    )


def done(text: str, command: str = "") -> Markup:
    """Return what the step before did; it is announced.

    :param text: With ``{command}`` for a command, if there is one.
    :param command: The command.
    :return: HTML.
    """
    shown = sentence(text, command=Markup("<code>{}</code>").format(command)) if command else Markup.escape(text)
    heard = text.replace("{command}", command)
    return Markup('<p class="kb-done" data-announce="{}">{}</p>').format(heard, shown)


def refused(reason: str) -> Markup:
    """Return why a step was not taken."""
    return Markup('<p class="kb-overdue" role="alert">{}</p>').format(reason)


def for_editors() -> Markup:
    """Return who may accept and decline, for a lead."""
    return _hint(words().lessons.for_editors)


def _hint(text: str) -> Markup:
    return Markup('<p class="kb-hint">{}</p>').format(text)


# ------------------------------------------------------------------------------------------- the impact


def impact(found: LessonImpact) -> Markup:
    """Return what customers would get: for the question itself, and for every known question that changes."""
    labels = words().lessons
    rows = [(impact_part.quoted(lesson.question), _got(before), _got(after)) for lesson, before, after in found.asked]
    own = pieces.table(labels.impact_own, labels.impact_columns, rows)
    return impact_part.html(found.impact, about=Markup("<h4>{}</h4>{}").format(labels.impact_own, own))


def _got(answer: Answer) -> Markup:
    """Return what a customer would read."""
    outcome = answer.outcome
    shown = Markup.escape(words().review.outcomes[outcome.kind.value])
    if not isinstance(outcome, Answered):
        return shown
    passage = outcome.hit.passage
    heading = passage.heading if passage.anchor else words().review.direct_answer
    return shown + soft(outcome.hit.title) + soft(heading)
