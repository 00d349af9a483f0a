"""The change that a lesson proposes to one file: the edit, its diff, and what has changed since the decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kb.common.files import sha256
from kb.common.git import git_output
from kb.content.checks.sections import renamed
from kb.content.editing.lesson_edit import Edited, add_example, add_not_for, unified_patch
from kb.errors import ArticlesError
from kb.types import Article, Finding, LessonKind, Section

if TYPE_CHECKING:
    from kb.content.articles.corpus import Corpus
    from kb.content.articles.parse import ParsedArticle
    from kb.review.lesson_records import Lesson


@dataclass(frozen=True)
class ProposedChange:
    """What a lesson would do to its file now."""

    lesson: Lesson
    path: str
    """The file, as other messages name it; empty if it is gone."""
    title: str
    sections: tuple[Section, ...]
    """The sections there are now."""
    before: bytes
    after: bytes
    """The same if nothing has to change."""
    diff: str
    """As a patch that ``git apply`` takes; empty if nothing changes."""
    said: str
    """What the change does, or why there is none, in a few words."""
    findings: tuple[Finding, ...] = ()
    """Of the changed file."""
    new: tuple[Finding, ...] = ()
    """Findings that the change would bring, in this file or others."""
    problem: str = ""
    """Why it cannot be accepted; empty if it can."""
    outdated: tuple[str, ...] = ()
    """What has changed since the decision, a sentence each; empty if nothing has."""
    suggested: str = ""
    """The anchor that the lesson's section most likely became, if it is gone; empty if none is near."""

    @property
    def base(self) -> str:
        """SHA-256 of the file's bytes as they are now."""
        return sha256(self.before)

    @property
    def is_changed(self) -> bool:
        """Whether the file would get other bytes."""
        return self.before != self.after


def find_file(corpus: Corpus, article_id: str) -> ParsedArticle | None:
    """Return an article or a signpost with its bytes, by its id now or by an earlier one."""
    by_id = {parsed.article.id: parsed for parsed in corpus.parsed}
    if article_id in by_id:
        return by_id[article_id]
    return next((parsed for parsed in corpus.parsed if article_id in parsed.article.redirects), None)


def edit_file(
    path: str, data: bytes, *, kind: LessonKind, question: str, anchor: str | None = None, belongs: str = ""
) -> Edited:
    """Return a file with a decision in it.

    :param path: The file's path, for messages.
    :param data: Its bytes.
    :param kind: The decision, of a kind that changes a file.
    :param question: The words.
    :param anchor: The section, or empty for the direct answer; None for none.
    :param belongs: For ``not_for``, where the question belongs, if anywhere.
    :return: The new bytes.
    :raises ArticlesError: If the file cannot be edited, or the decision contradicts it.
    """
    if kind is LessonKind.NOT_FOR:
        return add_not_for(path, data, question, belongs)
    return add_example(path, data, question, anchor if kind in (LessonKind.BELONGS, LessonKind.PART) else None)


def take(lesson: Lesson, path: str, data: bytes) -> Edited:
    """Return a file with a lesson in it; see :func:`edit_file`."""
    return edit_file(
        path, data, kind=lesson.kind, question=lesson.question, anchor=lesson.anchor, belongs=lesson.belongs
    )


def propose_change(lesson: Lesson, corpus: Corpus, folder: Path) -> ProposedChange:
    """Return what a lesson would do to its file now, without checks of the whole folder.

    :param lesson: Of a kind that changes a file.
    :param corpus: The articles as they are on disk.
    :param folder: The folder of articles.
    :return: The change; with a problem where it cannot be made.
    """
    parsed = find_file(corpus, lesson.article_id)
    if parsed is None:
        gone = _gone(lesson, corpus)
        return ProposedChange(lesson, "", "", (), b"", b"", "", "", problem=gone[0], outdated=gone)
    path, data, article = parsed.article.path, parsed.data, parsed.article
    outdated = what_changed(lesson, article) if sha256(data) != lesson.base else ()
    is_gone = bool(lesson.anchor) and all(section.anchor != lesson.anchor for section in article.sections)
    suggested = renamed(lesson.anchor or "", article) if is_gone else ""
    try:
        edited = take(lesson, path, data)
    except ArticlesError as error:
        found = tuple(error.findings)
        named = (lesson, path, article.title, article.sections)
        return ProposedChange(*named, data, data, "", "", found, found, str(error), outdated, suggested)
    if not edited.is_changed:  # as when it was taken as a patch
        outdated = ()
    diff = unified_patch(path_in_patch(folder, path), data, edited.data)
    return ProposedChange(
        lesson, path, article.title, article.sections, data, edited.data, diff, edited.said, outdated=outdated
    )


def path_in_patch(folder: Path, path: str) -> str:
    """Return a file's path as a patch names it: below the checkout, or below the folder that holds the articles."""
    top = git_output(folder, "rev-parse", "--show-toplevel")
    root = Path(top.decode().rstrip("\n")) if top else folder.resolve().parent
    file = Path(path).resolve()
    return file.relative_to(root).as_posix() if file.is_relative_to(root) else Path(path).as_posix()


def what_changed(lesson: Lesson, article: Article) -> tuple[str, ...]:
    """Return what has changed in a lesson's file since it was decided, as far as it matters to the lesson.

    :param lesson: The lesson.
    :param article: The article as it is now, perhaps under another id.
    :return: A sentence each, at least one.
    """
    said = []
    if article.id != lesson.article_id:
        said.append(f"The article {lesson.article_id!r} has the id {article.id!r} now.")
    anchors = [section.anchor for section in article.sections if section.anchor]
    if lesson.anchor and lesson.anchor not in anchors:
        near = renamed(lesson.anchor, article)
        perhaps = f" Perhaps it was renamed: {near!r}." if near else ""
        there = f" There are: {', '.join(anchors)}." if anchors else " There are no headings now."
        said.append(f"It no longer has the section {lesson.anchor!r}.{perhaps}{there}")
    elif lesson.anchor:
        said.append(f"Its section {lesson.anchor!r} is still there, but the file was changed.")
    return tuple(said) or (f"The file of {article.title!r} was changed.",)


def _gone(lesson: Lesson, corpus: Corpus) -> tuple[str, ...]:
    unread = [finding for finding in corpus.findings if Path(finding.path).stem == lesson.article_id]
    if unread:
        return (f"The file of {lesson.article_id!r} cannot be read: {unread[0]}. Correct it first.",)
    return (f"There is no article or signpost {lesson.article_id!r} any more. Decline the lesson, or decide again.",)


def new_findings(before: Sequence[Finding], after: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return the findings that are there after a change and were not before, however lines have moved."""
    known: dict[tuple[str, str, str], int] = {}
    for finding in before:
        known[_shape(finding)] = known.get(_shape(finding), 0) + 1
    new = []
    for finding in after:
        left = known.get(_shape(finding), 0)
        known[_shape(finding)] = left - 1
        if left <= 0:
            new.append(finding)
    return tuple(new)


def _shape(finding: Finding) -> tuple[str, str, str]:
    """Return what stays the same of a finding when lines are added above it."""
    return finding.path, finding.code, "".join(c for c in finding.message if not c.isdigit())
