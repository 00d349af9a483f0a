"""The desk of lessons: leads propose, and editors see what a lesson would change, accept it, or take it as a patch.

A lesson changes one Markdown file of the working copy, and only when an editor accepts it. Nothing is built by that.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from kb.app.lesson_changes import (
    ProposedChange,
    edit_file,
    find_file,
    new_findings,
    path_in_patch,
    propose_change,
    take,
)
from kb.authoring.draft_desk import DeskBusy, DraftDesk
from kb.common.files import sha256
from kb.content.editing.lesson_edit import unified_patch
from kb.content.editing.transaction import FileChange, apply_changes, complete_unfinished
from kb.errors import ArticlesError, LessonOutdated, LessonRefused
from kb.review.lesson_records import Lesson, LessonState, Proposed
from kb.review.wording import example_words
from kb.types import Answer, Article, LessonKind, Progress, Say, Severity

if TYPE_CHECKING:
    from kb.content.articles.corpus import Corpus
    from kb.evaluation.impact import Impact
    from kb.review.lessons import LessonBook
    from kb.settings.settings import Settings

__all__ = ["DeskBusy", "LessonDesk", "LessonImpact", "LessonPatch", "ProposedChange"]


@dataclass(frozen=True)
class LessonPatch:
    """Several lessons as one patch."""

    text: str
    """For ``git apply``; empty if there is nothing to change."""
    taken: tuple[Lesson, ...]
    left_out: tuple[tuple[Lesson, str], ...]
    """Lessons that cannot be taken now, with the reason."""


@dataclass(frozen=True)
class LessonImpact:
    """What lessons would win and lose."""

    impact: Impact
    """Over all tests and questions of ``not_for``."""
    asked: tuple[tuple[Lesson, Answer, Answer], ...]
    """The lessons' own questions, with what customers would get before and after."""


class LessonDesk:
    """A desk for lessons, shared by all visits and safe to share between threads."""

    def __init__(self, book: LessonBook, drafts: DraftDesk, settings: Settings) -> None:
        """Work on the lessons of a journal and the articles of a folder.

        :param book: The lessons.
        :param drafts: Follows the articles on disk.
        :param settings: ``articles`` and the settings of a build.
        """
        self.book = book
        self._drafts = drafts
        self._settings = settings
        self._measuring = threading.Lock()

    # ------------------------------------------------------------------------------------------- leads

    def propose(
        self,
        kind: LessonKind,
        question: str,
        *,
        who: str,
        article_id: str = "",
        anchor: str | None = None,
        belongs: str = "",
        query_id: str = "",
        note: str = "",
    ) -> Proposed:
        """Keep a lead's decision, if it could be taken into the file as it is now.

        :param kind: The decision.
        :param question: The words for the file: the customer's, or better ones.
        :param who: The lead.
        :param article_id: The article or signpost, by its id now or an earlier one.
        :param anchor: The section, or empty for the direct answer; None for none.
        :param belongs: For ``not_for``, where the question belongs, if anywhere.
        :param query_id: The question in the journal, if it is about one.
        :param note: For the history and for the editor.
        :return: The lesson, and the one whose place it took.
        :raises LessonRefused: If something is missing or is not there, or if the words hold personal data.
        :raises ArticlesError: If the file cannot be edited, or the decision contradicts it.
        :raises QueryUnknown: If the journal has no such question, or no longer.
        """
        keep = partial(self.book.propose, kind, who=who, anchor=anchor, belongs=belongs, query_id=query_id, note=note)
        if not kind.changes_file:
            return keep(question)
        corpus = self._drafts.look().corpus
        parsed = find_file(corpus, article_id)
        if parsed is None:
            raise LessonRefused(f"There is no article or signpost {article_id!r}. Choose one that there is.")
        _refuse_misplaced(kind, parsed.article, belongs, corpus)
        base, words = sha256(parsed.data), example_words(question)
        self._try(kind, words, parsed.article, anchor, belongs, parsed.data)
        return keep(words, article_id=parsed.article.id, base=base)

    def _try(
        self, kind: LessonKind, words: str, article: Article, anchor: str | None, belongs: str, data: bytes
    ) -> None:
        """Refuse a decision that could not be taken into its file."""
        if anchor and all(section.anchor != anchor for section in article.sections):
            there = ", ".join(section.anchor for section in article.sections if section.anchor) or "none"
            raise LessonRefused(f"{article.title!r} has no section {anchor!r}. There are: {there}.")
        edit_file(article.path, data, kind=kind, question=words, anchor=anchor, belongs=belongs)

    def renew(
        self, lesson_id: int, *, who: str, article_id: str = "", anchor: str | None = None, note: str = ""
    ) -> Lesson:
        """Propose an outdated lesson again, for the file as it is now.

        :param lesson_id: Its number.
        :param who: The person who renews it.
        :param article_id: Another article; by default the same, under the id that it has now.
        :param anchor: Another section; by default the same.
        :param note: For the history.
        :return: The lesson, proposed.
        :raises LessonRefused: If it is not outdated, or names what is not there.
        :raises ArticlesError: If the file cannot be edited, or the decision contradicts it.
        """
        lesson = self.book.show(lesson_id).lesson
        corpus = self._drafts.look().corpus
        parsed = find_file(corpus, article_id or lesson.article_id)
        if parsed is None:
            raise LessonRefused(
                f"There is no article or signpost {article_id or lesson.article_id!r} now. Name another, or decline "
                f"lesson {lesson_id}."
            )
        article, section = parsed.article, lesson.anchor if anchor is None else anchor
        _refuse_misplaced(lesson.kind, article, lesson.belongs, corpus)
        self._try(lesson.kind, lesson.question, article, section, lesson.belongs, parsed.data)
        base = sha256(parsed.data)
        return self.book.renew(lesson_id, who=who, base=base, article_id=article.id, anchor=section, note=note)

    # ----------------------------------------------------------------------------------------- editors

    def change(self, lesson_id: int) -> ProposedChange:
        """Return what a lesson would do to its file now, checked among all articles.

        :param lesson_id: Its number.
        :return: The change.
        :raises LessonRefused: If there is no such lesson, or it changes no file.
        """
        lesson = self._with_file(lesson_id)
        state = self._drafts.look()
        change = propose_change(lesson, state.corpus, self._settings.articles)
        if change.problem or not change.is_changed:
            own = tuple(finding for finding in state.findings if finding.path == change.path)
            return replace(change, findings=change.findings or own)
        found = self._drafts.findings_with({change.path: change.after})
        new = new_findings(state.findings, found)
        errors = [finding for finding in new if finding.severity is Severity.ERROR]
        problem = f"It would bring an error: {errors[0]}." if errors else ""
        own = tuple(finding for finding in found if finding.path == change.path)
        return replace(change, findings=own, new=new, problem=problem)

    def accept(self, lesson_id: int, *, who: str) -> ProposedChange:
        """Write a lesson into its file, in the working copy; nothing is built by that.

        :param lesson_id: Its number.
        :param who: The editor.
        :return: The change that was made.
        :raises LessonRefused: If it is not proposed now, such as when another editor was quicker.
        :raises LessonOutdated: If the file was changed since the decision; the lesson is kept as outdated.
        :raises ArticlesError: If the change would bring an error, or the file cannot be written.
        """
        change = self.change(lesson_id)
        lesson = change.lesson
        if lesson.state is LessonState.PROPOSED and change.outdated:
            self.book.outdate(lesson_id, who=who, note=" ".join(change.outdated))
            raise LessonOutdated(_outdated(lesson, change.outdated), change.outdated)
        if lesson.state is LessonState.PROPOSED and change.problem:
            raise ArticlesError(f"Lesson {lesson_id} was not taken: {change.problem} Nothing was changed.", change.new)
        if not change.is_changed:  # the file has it already, perhaps from a patch
            self.book.accept(lesson_id, who=who, base=lesson.base)
        else:
            after = sha256(change.after)
            self.book.accept(lesson_id, who=who, base=change.base, after=after, write=lambda: self._write(change))
        return change

    def _write(self, change: ProposedChange) -> None:
        folder = self._settings.articles
        complete_unfinished(folder)  # a rename that was cut short comes first
        below = Path(change.path).relative_to(folder).as_posix()
        apply_changes(folder, [FileChange(below, change.base, change.after.decode("utf-8"))])

    def patch(self, lesson_ids: Sequence[int] = ()) -> LessonPatch:
        """Return lessons as one patch, for an editor who works with files.

        :param lesson_ids: Their numbers; all that are proposed without.
        :return: The patch, and the lessons that it had to leave out.
        :raises LessonRefused: If there is no such lesson, or one changes no file.
        """
        folder, corpus = self._settings.articles, self._drafts.look().corpus
        before = {parsed.article.path: parsed.data for parsed in corpus.parsed}
        after, taken, left_out = self._taken(self._chosen(lesson_ids), corpus)
        texts = [unified_patch(path_in_patch(folder, path), before[path], data) for path, data in sorted(after.items())]
        return LessonPatch("".join(texts), taken, left_out)

    def impact(
        self, lesson_ids: Sequence[int] = (), say: Say = lambda _: None, progress: Progress | None = None
    ) -> LessonImpact:
        """Ask all known questions, and the lessons' own, without and with some lessons; it takes seconds to a minute.

        :param lesson_ids: Their numbers; all that are proposed without.
        :param say: Called with each long step.
        :param progress: Called with what is done and the total, of the step that runs.
        :return: What changes.
        :raises LessonRefused: If there is no such lesson, one changes no file, or none can be taken now.
        :raises ArticlesError: If the articles have errors.
        :raises DeskBusy: If it is being measured for another user.
        """
        from kb.authoring.trial_index import sides_of
        from kb.evaluation.impact import impact, known_questions
        from kb.evaluation.judgments import article_tests, not_for_questions

        corpus = self._drafts.look().corpus
        after, taken, left_out = self._taken(self._chosen(lesson_ids), corpus)
        if not taken:
            reason = left_out[0][1] if left_out else "There is no proposed lesson."
            raise LessonRefused(f"There is nothing to measure: {reason}")
        if not self._measuring.acquire(blocking=False):
            raise DeskBusy
        try:
            with sides_of(corpus, self._drafts.corpus_with(after), self._settings, say=say, progress=progress) as sides:
                judged = [
                    [*article_tests(side), *not_for_questions(side)]
                    for side in (sides.corpus_before, sides.corpus_after)
                ]
                found = impact(sides.before, sides.after, known_questions(*judged), progress=progress)
                asked = [
                    (lesson, sides.before.ask(lesson.question), sides.after.ask(lesson.question)) for lesson in taken
                ]
        finally:
            self._measuring.release()
        return LessonImpact(found, tuple(asked))

    def _chosen(self, lesson_ids: Sequence[int]) -> list[Lesson]:
        if lesson_ids:
            return [self._with_file(lesson_id) for lesson_id in lesson_ids]
        return [lesson for lesson in self.book.list([LessonState.PROPOSED]) if lesson.kind.changes_file]

    def _with_file(self, lesson_id: int) -> Lesson:
        lesson = self.book.show(lesson_id).lesson
        if not lesson.kind.changes_file:
            raise LessonRefused(f"Lesson {lesson_id} says {lesson.kind.value!r}, which changes no file.")
        if not lesson.question:
            raise LessonRefused(f"The words of lesson {lesson_id} are no longer kept. See what was changed in git.")
        return lesson

    def _taken(
        self, lessons: Iterable[Lesson], corpus: Corpus
    ) -> tuple[dict[str, bytes], tuple[Lesson, ...], tuple[tuple[Lesson, str], ...]]:
        """Return the files with lessons in them one after the other, the lessons taken, and those left out."""
        after: dict[str, bytes] = {}
        taken: list[Lesson] = []
        left_out: list[tuple[Lesson, str]] = []
        for lesson in lessons:
            change = propose_change(lesson, corpus, self._settings.articles)
            reason = " ".join(change.outdated) or change.problem
            try:
                if not reason:
                    edited = take(lesson, change.path, after.get(change.path, change.before))
                    after[change.path] = edited.data
                    taken.append(lesson)
            except ArticlesError as error:
                reason = str(error)
            if reason:
                left_out.append((lesson, reason))
        return after, tuple(taken), tuple(left_out)


def _outdated(lesson: Lesson, changes: Iterable[str]) -> str:
    return (
        f"Lesson {lesson.id} was decided on another state of the file of {lesson.article_id!r}. {' '.join(changes)} "
        "The decision is kept: renew it for the file as it is now, or decline it."
    )


def _refuse_misplaced(kind: LessonKind, article: Article, belongs: str, corpus: Corpus) -> None:
    """Refuse a decision that names an article where a signpost belongs, or the other way round, or nothing."""
    if kind is LessonKind.ELSEWHERE and not article.is_signpost:
        raise LessonRefused(f"{article.title!r} is an article. A question that is not answered here names a signpost.")
    if kind is not LessonKind.ELSEWHERE and article.is_signpost:
        raise LessonRefused(f"{article.title!r} is a signpost, which answers nothing. Name an article.")
    if belongs == article.id:
        raise LessonRefused(f"The question cannot belong to {belongs!r}, which does not answer it. Name another one.")
    if belongs and all(belongs != other.id for other in corpus.articles):
        raise LessonRefused(f"There is no article or signpost {belongs!r} that the question could belong to.")
