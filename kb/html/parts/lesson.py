"""A lesson in a lead's words: what it says, what it changes, and what became of it."""

from __future__ import annotations

from markupsafe import Markup

from kb.app.lesson_changes import ProposedChange
from kb.html.format import sentence, shortened
from kb.html.words import words
from kb.review.lesson_records import Lesson, LessonState
from kb.types import Article, LessonKind, Library

_LONGEST = 300


def said(lesson: Lesson, library: Library | None) -> Markup:
    """Return in one sentence what a lesson says or changes.

    :param lesson: The lesson.
    :param library: The articles, for titles and headings.
    :return: HTML.
    """
    labels = words().lessons
    article = _article(lesson.article_id, library)
    heading = _heading(lesson, article)
    return sentence(
        labels.said[_form(lesson)],
        question=_quoted(shortened(lesson.question or labels.forgotten, _LONGEST)),
        article=_quoted(article.title if article is not None else lesson.article_id),
        section=_quoted(heading),
        belongs=_quoted(_title(lesson.belongs, library)),
    )


def _form(lesson: Lesson) -> str:
    """Return which of the sentences is meant."""
    kind = lesson.kind.value
    if lesson.kind is LessonKind.NOT_FOR:
        return f"{kind}_belongs" if lesson.belongs else kind
    if lesson.kind not in (LessonKind.BELONGS, LessonKind.PART) or lesson.anchor is None:
        return kind
    return "section" if lesson.anchor else "direct"


def _quoted(text: str) -> Markup:
    return Markup("“{}”").format(text)


def _article(article_id: str, library: Library | None) -> Article | None:
    if library is None or not article_id:
        return None
    return library.resolve(article_id) or library.signposts.get(article_id)


def _title(article_id: str, library: Library | None) -> str:
    article = _article(article_id, library)
    return article_id if article is None else article.title


def _heading(lesson: Lesson, article: Article | None) -> str:
    sections = () if article is None else article.sections
    return next((s.heading for s in sections if s.anchor == lesson.anchor and s.heading), lesson.anchor or "")


def state(lesson: Lesson) -> Markup:
    """Return a lesson's state; one that changes no file is only noted."""
    labels = words().lessons
    is_noted = not lesson.kind.changes_file and lesson.state is LessonState.ACCEPTED
    shown = labels.noted if is_noted else labels.states[lesson.state.value]
    return Markup('<span class="kb-state kb-state-lesson-{}">{}</span>').format(lesson.state.value, shown)


def change(found: ProposedChange) -> Markup:
    """Return the change of the file as lines that go and come, or why there is none."""
    labels = words().lessons
    if found.problem:
        return Markup('<p class="kb-overdue">{}</p>').format(labels.problem.format(problem=found.problem))
    if not found.diff:
        return Markup("<p>{}</p>").format(labels.diff_none)
    written = found.diff.splitlines()
    lines = Markup().join(_line(line) for line in written[2:])
    summary = labels.diff.format(path=written[1].removeprefix("+++ b/").rstrip("\t"))
    return Markup('<figure class="kb-diff"><figcaption>{}</figcaption><pre tabindex="0">{}</pre></figure>').format(
        summary, lines
    )


def _line(line: str) -> Markup:
    marks = {"+": "ins", "-": "del"}
    tag = Markup(marks.get(line[:1], "span"))  # noqa: S704 — a tag of ours
    return Markup("<{tag}>{line}\n</{tag}>").format(tag=tag, line=line)
