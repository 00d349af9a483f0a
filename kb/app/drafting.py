"""Drafts begun with one click from what customers asked: a gap, or one question that was answered wrongly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kb.app.insights import draft_title
from kb.content.editing import scaffold
from kb.content.markdown.render import slugify
from kb.errors import ArticlesError, KbError, WritingRefused
from kb.gaps.states import GapState, Step, after
from kb.types import ArticleKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kb.app.container import Container
    from kb.types import User
    from kb.writing.records import Draft

_ASKED: Final = 20
"""Most of a gap's questions that a draft has as comments."""
_OTHERWISE: Final = "new-article"
_MOST_TRIES: Final = 100


def from_gap(container: Container, gap_id: int, user: User) -> Draft:
    """Begin an article for a gap, with its questions in it, and note that the gap is being drafted.

    :param container: Holds the gaps, the desk and the index.
    :param gap_id: The gap's number.
    :param user: The editor.
    :return: The draft; the one that was begun for it before, if it is one's own or its file is there.
    :raises GapRefused: If there is no such gap, or nothing can be drafted for it now.
    :raises KbError: If the draft cannot be begun.
    """
    detail = container.gaps.show(gap_id)
    row, asked = detail.row, [question.text for question in detail.questions[:_ASKED]]
    if row.state is not GapState.NEW:
        after(row.state, Step.DRAFT)
    draft = _known(container, row.article_id, user, asked)
    if draft is None:
        draft = _new(container, draft_title(detail), row.nearest, user, asked)
    container.gaps.draft(gap_id, draft.article_id, who=user.name)
    return draft


def from_question(container: Container, query_id: str, user: User, *, article_id: str = "") -> Draft:
    """Begin a draft for one question: of the article that is to answer it, or of a new one.

    :param container: Holds the questions, the desk and the index.
    :param query_id: The question in the journal.
    :param user: The editor.
    :param article_id: The article; empty for a new one.
    :return: The draft, with the question among those to try.
    :raises QueryUnknown: If the journal has no such question, or no longer.
    :raises KbError: If the draft cannot be begun.
    """
    detail = container.questions.show(query_id)
    text = detail.row.text
    if article_id:
        return container.writing.open(article_id, user, [text])
    nearest = detail.row.article_id or next((article for article, _ in detail.hits), "")
    return _new(container, scaffold.title_from_question(text), nearest, user, [text])


def _known(container: Container, article_id: str, user: User, asked: Sequence[str]) -> Draft | None:
    """Return a draft of the article that was begun for a gap before; None if there is none that one may go on with."""
    if not article_id:
        return None
    try:
        return container.writing.open(article_id, user, asked)
    except WritingRefused:  # it is a draft of someone else's, or is gone
        return None


def _new(container: Container, title: str, nearest: str, user: User, asked: Sequence[str]) -> Draft:
    """Begin a new article next to the nearest one, under the first id of its title that is free."""
    slug = slugify(title)[: scaffold.MAX_SLUG - 4].strip("-") or _OTHERWISE
    tried, n = slug, 1
    while True:
        try:
            return container.writing.start_new(
                slug=tried,
                title=title or slug.replace("-", " ").capitalize(),
                kind=ArticleKind.FAQ,
                category=_category(container, nearest),
                user=user,
                questions=asked,
            )
        except (ArticlesError, WritingRefused):
            n += 1
            if n > _MOST_TRIES or not _is_taken(container, tried):
                raise
            tried = f"{slug}-{n}"


def _is_taken(container: Container, slug: str) -> bool:
    """Return whether an article has or had an id, or someone is writing a new one of it."""
    try:
        scaffold.refuse_taken(container.settings.articles, slug)
    except ArticlesError:
        return True
    return bool(container.writing.open_drafts(slug))


def _category(container: Container, nearest: str) -> str:
    """Return the category of the nearest article; without one, the first that there is."""
    try:
        article = container.answerer.library.resolve(nearest) if nearest else None
    except KbError:  # no index serves; the first category is as good a guess as any
        article = None
    known = scaffold.categories(container.settings.articles)
    if article is not None and article.category in known:
        return article.category
    return known[0] if known else "general"
