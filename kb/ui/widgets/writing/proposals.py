"""What leads propose: listed by state, and each accepted, declined, proposed again or taken as a patch."""

from __future__ import annotations

import streamlit as st
from markupsafe import Markup

from kb.app.container import current
from kb.app.lessons import LessonDesk, ProposedChange
from kb.errors import ArticlesError, JournalUnavailable, LessonRefused
from kb.html.addresses import Page, Param
from kb.html.parts import message
from kb.html.parts.writing import proposals as part
from kb.html.parts.writing.proposals import ProposalView
from kb.html.words import words
from kb.review.lesson_records import Lesson, LessonDetail, LessonState
from kb.types import LessonKind, Library, User
from kb.ui.current_user import current_user
from kb.ui.draw import draw
from kb.ui.keys import Key
from kb.ui.widgets.writing.working import Said, ask_for, is_asked_for, worked

_LONGEST_NOTE = 500


def show(view: ProposalView, library: Library) -> None:
    """Draw the changes of a state, or the one that is open.

    :param view: What is looked at.
    :param library: The articles of the working copy, for their titles.
    """
    if not current().has_journal:
        draw(part.no_journal())
        return
    try:
        desk = current().lesson_desk
        if view.lesson is None:
            _show_list(desk, view, library)
        else:
            _show_one(desk, desk.book.show(view.lesson), view, library)
    except LessonRefused as problem:
        draw(part.unknown(str(problem)))
    except JournalUnavailable as problem:
        draw(message.note(words().insights.no_journal, str(problem)))


def _show_list(desk: LessonDesk, view: ProposalView, library: Library) -> None:
    every = [lesson for lesson in desk.book.list() if lesson.kind.changes_file]
    draw(part.listed(every, view, library))
    if any(lesson.state is LessonState.PROPOSED for lesson in every):
        _patch(desk, words().lessons.patch_all, "proposed-changes", [])


def _show_one(desk: LessonDesk, detail: LessonDetail, view: ProposalView, library: Library) -> None:
    lesson, user = detail.lesson, current_user()
    draw(part.head(detail, view, library, _question(lesson, user)))
    _say_done(lesson)
    if lesson.state.is_open and lesson.question:
        with st.spinner(words().writing.draft_checking):
            change = desk.change(lesson.id)
        if _is_outdated(lesson, change):
            draw(part.outdated(change))
        else:
            draw(part.change(change))
        _impact(desk, lesson, change)
        if user is not None and not user.role.edits_articles:
            draw(part.for_editors())
        else:
            _steps(desk, lesson, change, _name(user))
    draw(part.history(detail))


def _is_outdated(lesson: Lesson, change: ProposedChange) -> bool:
    """Return whether the file was changed since the decision, which is recorded when somebody goes on with it."""
    return lesson.state is LessonState.OUTDATED or bool(change.outdated)


def _question(lesson: Lesson, user: User | None) -> str:
    """Return where a question is seen as its customer saw it; only those who are signed in may."""
    if user is None or not lesson.query_id:
        return ""
    return f"{Page.INSIGHTS}?{Param.VIEW}=question&{Param.ARTICLE}={lesson.query_id}"


def _name(user: User | None) -> str:
    return words().lessons.local_editor if user is None else user.name


# --------------------------------------------------------------------------------------------- the steps


def _steps(desk: LessonDesk, lesson: Lesson, change: ProposedChange, who: str) -> None:
    if _is_outdated(lesson, change):
        _renew(desk, lesson, change, who)
    else:
        with st.container(horizontal=True, gap="small"):
            can = not change.problem
            if st.button(words().lessons.accept, key=Key.PROPOSAL_ACCEPT, type="primary", disabled=not can):
                _accept(desk, lesson, who)
            if change.is_changed and can:
                _patch(desk, words().lessons.patch, f"change-{lesson.id}", [lesson.id])
    with st.form(f"{Key.PROPOSAL_DECLINE_FORM}{lesson.id}", border=False):
        labels = words().lessons
        note = st.text_input(labels.decline_note, max_chars=_LONGEST_NOTE, key=f"{Key.PROPOSAL_NOTE}{lesson.id}")
        if st.form_submit_button(labels.decline, key=Key.PROPOSAL_DECLINE):
            _decline(desk, lesson, note, who)


def _accept(desk: LessonDesk, lesson: Lesson, who: str) -> None:
    labels = words().lessons
    try:
        change = desk.accept(lesson.id, who=who)
    except (LessonRefused, ArticlesError) as problem:
        # What is kept may have moved on: as outdated, or as what another editor made of it.
        st.session_state[Key.PROPOSAL_REFUSED] = str(problem)
        st.rerun()
    said = labels.accepted.replace("{path}", change.path) if change.is_changed else labels.accepted_same
    _note("lesson accepted", lesson)
    _done(lesson, said)


def _decline(desk: LessonDesk, lesson: Lesson, note: str, who: str) -> None:
    try:
        desk.book.decline(lesson.id, who=who, note=note)
    except LessonRefused as problem:
        draw(part.refused(str(problem)))
        return
    _note("lesson declined", lesson)
    _done(lesson, words().lessons.declined)


def _renew(desk: LessonDesk, lesson: Lesson, change: ProposedChange, who: str) -> None:
    """Offer to propose an outdated lesson again, for a part that there is now."""
    labels, anchor = words().lessons, lesson.anchor
    if lesson.kind in (LessonKind.BELONGS, LessonKind.PART) and anchor is not None and change.sections:
        parts = {section.anchor: section.heading or labels.section_direct for section in change.sections}
        there = list(parts)
        anchor = st.selectbox(
            labels.outdated_section,
            there,
            index=there.index(anchor) if anchor in there else None,
            format_func=parts.__getitem__,
            key=f"{Key.PROPOSAL_SECTION}{lesson.id}",
        )
    can = bool(change.path) and (anchor is not None or lesson.anchor is None)
    if st.button(labels.outdated_again, key=Key.PROPOSAL_RENEW, type="primary", disabled=not can):
        try:
            if lesson.state is LessonState.PROPOSED:
                desk.book.outdate(lesson.id, who=who, note=" ".join(change.outdated))
            desk.renew(lesson.id, who=who, anchor=anchor)
        except (LessonRefused, ArticlesError) as problem:
            draw(part.refused(str(problem)))
            return
        _note("lesson renewed", lesson)
        _done(lesson, labels.renewed)


def _note(what: str, lesson: Lesson) -> None:
    """Write a step into the audit; the editor on this computer has no account to write it for."""
    user = current_user()
    if user is not None:
        current().accounts.note(user, what, str(lesson.id), lesson.article_id)


def _done(lesson: Lesson, said: str) -> None:
    st.session_state.pop(f"{Key.PROPOSAL_IMPACT}{lesson.id}", None)
    st.session_state[Key.PROPOSAL_DONE] = {"lesson": lesson.id, "said": said}
    st.rerun()


def _say_done(lesson: Lesson) -> None:
    """Show once what the previous step did, or why it was refused."""
    made = st.session_state.pop(Key.PROPOSAL_DONE, None)
    if made is not None and made["lesson"] == lesson.id:
        draw(part.done(made["said"], words().lessons.command if "{command}" in made["said"] else ""))
    reason = st.session_state.pop(Key.PROPOSAL_REFUSED, "")
    if reason:
        draw(part.refused(reason))


def _patch(desk: LessonDesk, label: str, name: str, lessons: list[int]) -> None:
    def made() -> bytes:  # when it is asked for, not when the button is drawn
        return desk.patch(lessons).text.encode()

    st.download_button(
        label,
        data=made,
        file_name=f"{name}.patch",
        mime="text/x-diff",
        key=f"{Key.PROPOSAL_PATCH}{name}",
        on_click="ignore",  # nothing on the page changes: a run would only lose the next click
    )


# ------------------------------------------------------------------------------------------- the impact


def _impact(desk: LessonDesk, lesson: Lesson, change: ProposedChange) -> None:
    """Offer what a change wins and loses; what was measured stays until the file is another one."""
    if change.problem or not change.is_changed or _is_outdated(lesson, change):
        return
    key = f"{Key.PROPOSAL_IMPACT}{lesson.id}"
    kept = st.session_state.get(key)
    labels, asked_for = words().lessons, f"{Key.PROPOSAL_MEASURE_ASKED}{lesson.id}"
    if is_asked_for(asked_for):
        said = Said(labels.impact_running, labels.impact_asking, labels.impact_busy, labels.impact_failed)
        found = worked(asked_for, said, lambda say, progress: desk.impact([lesson.id], say, progress))
        if found is not None:
            kept = st.session_state[key] = {"base": change.base, "html": str(part.impact(found))}
    if kept is None or kept["base"] != change.base:
        st.button(labels.impact, key=Key.PROPOSAL_MEASURE, on_click=ask_for, args=(asked_for,))
        return
    draw(Markup(kept["html"]))  # noqa: S704 — made by part.impact, kept as text
