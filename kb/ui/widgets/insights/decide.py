"""What is decided about a question: one step, chosen, worded and sent; then where it waits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import streamlit as st

from kb.app import review
from kb.app.container import current
from kb.errors import ArticlesError, LessonRefused, QueryUnknown
from kb.html.parts.insights import decisions
from kb.html.parts.insights.view import View
from kb.html.words import words
from kb.review.lesson_records import LessonDetail, Proposed
from kb.review.records import QuestionDetail
from kb.review.wording import LONGEST, example_words
from kb.types import Article, LessonKind, Library, OutcomeKind, User
from kb.ui.draw import draw
from kb.ui.keys import Key

_ANY: Final = "*"
"""Stands for no part in particular; no anchor has such a character."""
_LONGEST_NOTE: Final = 500


@dataclass(frozen=True, slots=True)
class Given:
    """What a form names besides the question."""

    article_id: str = ""
    anchor: str | None = None
    belongs: str = ""
    missing: str = ""
    """What has to be chosen first; empty if nothing."""


@dataclass(frozen=True, slots=True)
class Asking:
    """A question about which something is decided."""

    detail: QuestionDetail
    library: Library

    def key(self, name: Key, kind: LessonKind | None = None) -> str:
        """Return the key of a field: after each decision in this window the form is a new one."""
        made = st.session_state.get(self.counter, 0)
        return f"{name}{self.detail.row.query_id}_{made}{f'_{kind.value}' if kind is not None else ''}"

    @property
    def counter(self) -> str:
        """The key under which the decisions of this window are counted; those of others do not shut an open form."""
        return f"{Key.LESSON_MADE}{self.detail.row.query_id}"


def show(detail: QuestionDetail, view: View, library: Library | None, user: User) -> tuple[LessonDetail, ...]:
    """Draw the form, for those who may decide.

    :param detail: The question.
    :param view: What is looked at.
    :param library: The articles that serve; without them nothing can be chosen.
    :param user: The user who is signed in.
    :return: The decisions that there are, the latest first.
    """
    made = review.decisions_on(current(), detail.row.query_id)
    draw(decisions.heading(may_decide=user.role.moves_gaps))
    _say_done(view, library, made)
    if user.role.moves_gaps and library is not None:
        _form(Asking(detail, library), user)
    return made


def kinds(detail: QuestionDetail, library: Library) -> dict[LessonKind, str]:
    """Return the decisions that make sense for a question, each in words.

    :param detail: The question.
    :param library: The articles that serve.
    :return: In the order offered.
    """
    labels, row = words().lessons, detail.row
    is_answer = row.outcome is OutcomeKind.ANSWERED
    more = {OutcomeKind.CLARIFY: labels.kinds_of_choice, OutcomeKind.NO_ANSWER: labels.kinds_of_hand_over}
    named = {**labels.kinds, **more.get(row.outcome, {})}
    shown = library.resolve(row.article_id) if is_answer else None
    possible = {
        LessonKind.RIGHT: True,
        LessonKind.PART: shown is not None and len(shown.sections) > 1,
        LessonKind.BELONGS: True,
        LessonKind.ELSEWHERE: bool(library.signposts),
        LessonKind.NOT_FOR: bool(_refusable(detail, library)),
        LessonKind.GAP: True,
    }
    return {kind: named[kind.value] for kind, can in possible.items() if can}


def _form(asking: Asking, user: User) -> None:
    labels, offered = words().lessons, kinds(asking.detail, asking.library)
    kind = st.radio(
        labels.kind, list(offered), index=None, format_func=offered.__getitem__, key=asking.key(Key.LESSON_KIND)
    )
    if kind is None:
        return
    given = _FIELDS[kind](asking) if kind in _FIELDS else Given()
    with st.form(asking.key(Key.LESSON_FORM, kind), border=False):
        question = _question(asking, kind) if kind.changes_file else asking.detail.row.text
        note = st.text_input(labels.note, max_chars=_LONGEST_NOTE, key=asking.key(Key.LESSON_NOTE, kind))
        sent = st.form_submit_button(labels.submit, type="primary", key=asking.key(Key.LESSON_SUBMIT, kind))
    if sent:
        _take(asking, kind, question, note, given, user)


def _question(asking: Asking, kind: LessonKind) -> str:
    """Draw the field with the question, and what has to be taken out of it first."""
    labels, text = words().lessons, asking.detail.row.text
    try:
        example_words(text)
    except LessonRefused as problem:
        draw(decisions.warning(str(problem)))
    return st.text_area(
        labels.words,
        value=text[:LONGEST],
        max_chars=LONGEST,
        height="content",
        help=labels.words_help,
        key=asking.key(Key.LESSON_WORDS, kind),
    )


def _take(asking: Asking, kind: LessonKind, question: str, note: str, given: Given, user: User) -> None:
    if given.missing:
        draw(decisions.refused(given.missing))
        return
    try:
        found = current().lesson_desk.propose(
            kind,
            question,
            who=user.name,
            article_id=given.article_id,
            anchor=given.anchor,
            belongs=given.belongs,
            query_id=asking.detail.row.query_id,
            note=note,
        )
    except (LessonRefused, ArticlesError, QueryUnknown) as problem:
        draw(decisions.refused(str(problem)))
        return
    current().accounts.note(user, f"lesson {kind.value}", str(found.lesson.id), given.article_id)
    st.session_state[Key.LESSON_DONE] = found.lesson.id
    st.session_state[asking.counter] = st.session_state.get(asking.counter, 0) + 1
    st.rerun()


def _say_done(view: View, library: Library | None, made: tuple[LessonDetail, ...]) -> None:
    """Show once what was decided just before."""
    number = st.session_state.pop(Key.LESSON_DONE, None)
    lesson = next((m.lesson for m in made if m.lesson.id == number), None)
    if lesson is None:
        return
    replaced = next((m.lesson for m in made if m.lesson.id == lesson.replaces), None)
    draw(decisions.done(Proposed(lesson, replaced), view, library))


# ---------------------------------------------------------------------------------- what a step names


def _part(asking: Asking) -> Given:
    article = asking.library.articles[_now(asking.detail.row.article_id, asking.library)]
    anchor = _section(asking, LessonKind.PART, article, words().lessons.section_right, with_any=False)
    missing = words().lessons.choose_section if anchor is None else ""
    return Given(article.id, anchor, missing=missing)


def _belongs(asking: Asking) -> Given:
    labels, library = words().lessons, asking.library
    article_id = _choose(asking, Key.LESSON_ARTICLE, labels.article, _titles(library.articles), labels.article_hint)
    if article_id is None:
        return Given(missing=labels.choose_article)
    anchor = _section(asking, LessonKind.BELONGS, library.articles[article_id], labels.section, with_any=True)
    return Given(article_id, None if anchor == _ANY else anchor)


def _elsewhere(asking: Asking) -> Given:
    labels = words().lessons
    titles = _titles(asking.library.signposts)
    signpost = _choose(asking, Key.LESSON_SIGNPOST, labels.signpost, titles, labels.signpost_hint)
    return Given(missing=labels.choose_signpost) if signpost is None else Given(signpost)


def _not_for(asking: Asking) -> Given:
    labels, library = words().lessons, asking.library
    shown = _refusable(asking.detail, library)
    article_id = next(iter(shown))
    if len(shown) > 1:
        chosen = st.selectbox(
            labels.not_for_article,
            list(shown),
            format_func=shown.__getitem__,
            key=asking.key(Key.LESSON_ARTICLE, LessonKind.NOT_FOR),
        )
        article_id = chosen or article_id
    others = _titles({**library.articles, **library.signposts})
    others.pop(article_id, None)
    belongs = _choose(asking, Key.LESSON_BELONGS, labels.belongs, others, labels.article_hint, labels.no_article)
    return Given(article_id, belongs=belongs or "")


_FIELDS: Final[Mapping[LessonKind, Callable[[Asking], Given]]] = {
    LessonKind.PART: _part,
    LessonKind.BELONGS: _belongs,
    LessonKind.ELSEWHERE: _elsewhere,
    LessonKind.NOT_FOR: _not_for,
}


def _choose(
    asking: Asking, key: Key, label: str, titles: Mapping[str, str], placeholder: str, explained: str | None = None
) -> str | None:
    """Draw a field in which an article is found by typing; return its id, or None."""
    return st.selectbox(
        label,
        list(titles),
        index=None,
        format_func=titles.__getitem__,
        key=asking.key(key),
        placeholder=placeholder,
        help=explained,
    )


def _section(asking: Asking, kind: LessonKind, article: Article, label: str, *, with_any: bool) -> str | None:
    """Draw the choice of a part of an article; return its anchor, which is empty for the direct answer."""
    labels = words().lessons
    parts = {_ANY: labels.section_any} if with_any else {}
    parts |= {section.anchor: section.heading or labels.section_direct for section in article.sections}
    shown = asking.detail.row.anchor if kind is LessonKind.PART else None
    parts.pop(shown, None)  # type: ignore[arg-type]  # it is the one that was wrong; None is no part
    return st.selectbox(
        label,
        list(parts),
        index=0 if with_any else None,
        format_func=parts.__getitem__,
        key=f"{asking.key(Key.LESSON_SECTION, kind)}_{article.id}",
        placeholder="",
    )


def _refusable(detail: QuestionDetail, library: Library) -> dict[str, str]:
    """Return the articles that were shown, which can be told that they do not answer."""
    row = detail.row
    shown = [row.article_id] if row.outcome is OutcomeKind.ANSWERED else row.choices
    found = [article for name in shown if (article := library.resolve(name)) is not None]
    return {article.id: article.title for article in found}


def _now(article_id: str, library: Library) -> str:
    article = library.resolve(article_id)
    return article_id if article is None else article.id


def _titles(articles: Mapping[str, Article]) -> dict[str, str]:
    return {a.id: a.title for a in sorted(articles.values(), key=lambda article: article.title.casefold())}
