"""The desk on which editors write articles in the browser.

Drafts are kept in the database, and a file changes only by a publication; files stay what articles are made of.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from kb.authoring.draft_desk import DeskBusy, DraftDesk
from kb.content.articles.parse import read_article
from kb.errors import WritingRefused
from kb.types import (
    ELSEWHERE,
    Answer,
    Answered,
    Article,
    ArticleStatus,
    Clarify,
    Finding,
    Progress,
    Say,
    Severity,
    User,
)
from kb.writing.files import as_published, plain
from kb.writing.publishing import Publishing
from kb.writing.records import CheckedText, Draft, Tried, WritingRow

if TYPE_CHECKING:
    from kb.evaluation.impact import Impact
    from kb.settings.settings import Settings
    from kb.writing.asked_tests import AskedTests
    from kb.writing.publisher import Publisher, Stores

__all__ = ["DeskBusy", "WritingDesk"]


class WritingDesk(Publishing):
    """A desk for all editors, safe to share between threads."""

    def __init__(
        self, stores: Stores, checks: DraftDesk, settings: Settings, publisher: Publisher, asked: AskedTests
    ) -> None:
        """Work on the drafts and publications of a database, and the articles of a folder.

        :param stores: Where drafts, publications and their history are kept.
        :param checks: Follows the articles on disk.
        :param settings: The settings of a build, and what site.yaml says of writing.
        :param publisher: Publishes what waits.
        :param asked: Knows how many tests find their article.
        """
        super().__init__(stores, checks, settings, publisher)
        self._asked = asked
        self._measuring = threading.Lock()

    def close(self) -> None:
        """Stop what runs in the background; a publication goes on at the next start."""
        super().close()
        self._asked.stop()

    # ------------------------------------------------------------------------------------------ the list

    def rows(self, user: User, today: date | None = None) -> tuple[WritingRow, ...]:
        """Return everything that can be written at: articles and signposts, and new ones that are only drafts.

        :param user: Whose drafts are their own.
        :param today: The day with which review dates are compared; the server's without.
        :return: By title.
        """
        state, drafts = self._checks.look(), self.open_drafts()
        whole = {article.path: article for article in state.corpus.articles}
        read = {article.path: article for article in state.corpus.with_partial.articles}
        read |= {draft.path: article for draft in drafts if draft.is_new and (article := _readable(draft)) is not None}
        today = today or date.today()  # noqa: DTZ011 — review dates are plain days, wherever the editor is
        tests_found, rows = self._asked.found(), []
        for path in {*state.paths, *(draft.path for draft in drafts)}:
            named = "new" if path not in state.paths else whole[path].status.value if path in whole else "broken"
            found = [finding for finding in state.findings if finding.path == path]
            row = _row(path, read.get(path), named, found, today)
            of_it = [draft for draft in drafts if draft.path == path]
            own = next((draft for draft in of_it if draft.author == user.name), None)
            asked = tests_found.get(row.article_id) if named == ArticleStatus.PUBLISHED else None
            others = tuple(draft for draft in of_it if draft is not own)
            rows.append(replace(row, draft=own, others=others, tests_found=asked))
        return tuple(sorted(rows, key=lambda row: (row.title.casefold(), row.path)))

    # ----------------------------------------------------------------------------------------- questions

    def try_questions(
        self,
        draft: Draft,
        questions: Sequence[str],
        say: Say = lambda _: None,
        progress: Progress | None = None,
    ) -> tuple[Tried, ...]:
        """Ask questions of an index in memory that has a draft in it; nothing is published.

        :param draft: With the text to try, which need not be saved.
        :param questions: As customers would type them; empty ones are left out.
        :param say: Called with each long step; the first time with a text takes seconds.
        :param progress: Called with the number of texts encoded.
        :return: What customers would get.
        :raises WritingRefused: If the text has errors.
        :raises DeskBusy: If an index is being built for another editor.
        :raises KbError: If it cannot be built.
        """
        checked = self._without_errors(draft)
        answerer = self._checks.trial(checked.checked.digest)
        if answerer is None:
            answerer = self._checks.build_trial(checked.checked, say, progress)
        asked = [" ".join(question.split()) for question in questions]
        return tuple(_tried(question, answerer.ask(question), draft.article_id) for question in asked if question)

    def impact(self, draft: Draft, say: Say = lambda _: None, progress: Progress | None = None) -> Impact:
        """Ask all known questions of the articles as they are, and with a draft; it takes seconds to a minute.

        :param draft: With the text to measure, which need not be saved.
        :param say: Called with each long step.
        :param progress: Called with what is done and the total, of the step that runs.
        :return: What the draft would win and lose.
        :raises WritingRefused: If the text has errors.
        :raises ArticlesError: If other articles have errors.
        :raises DeskBusy: If it is being measured for another editor.
        """
        # Imported here: the list of articles needs neither numpy nor the model runtime.
        from kb.authoring.trial_index import sides_of  # noqa: PLC0415
        from kb.evaluation.impact import impact, known_questions  # noqa: PLC0415
        from kb.evaluation.judgments import article_tests, not_for_questions  # noqa: PLC0415

        self._without_errors(draft)
        before, data = self._checks.look().corpus, as_published(plain(draft.text)).encode()
        after = self._checks.corpus_with({draft.path: data}, self._pictures_by_path(draft))
        if not self._measuring.acquire(blocking=False):
            raise DeskBusy
        try:
            with sides_of(before, after, self._settings, say=say, progress=progress) as sides:
                judged = [[*article_tests(side), *not_for_questions(side)] for side in (before, after)]
                return impact(sides.before, sides.after, known_questions(*judged), progress=progress)
        finally:
            self._measuring.release()

    def _without_errors(self, draft: Draft) -> CheckedText:
        checked = self.check(draft)
        if checked.article is None:
            n = len(checked.errors)
            raise WritingRefused(
                f"Correct the {'errors' if n != 1 else 'error'} first; with {'them' if n != 1 else 'it'} no index can "
                "be built.",
                checked.errors,
            )
        return checked


def _readable(draft: Draft) -> Article | None:
    """Return what can be read of an article that is only a draft, for the list."""
    parsed, _ = read_article(draft.path, draft.text.encode("utf-8", "replace"))
    return None if parsed is None else parsed.article


def _row(path: str, article: Article | None, state: str, found: Sequence[Finding], today: date) -> WritingRow:
    """Return a file's row without its drafts; of a file that cannot be read, what its path says."""
    article_id, folder = Path(path).stem, Path(path).parent.name
    findings = {severity: sum(finding.severity is severity for finding in found) for severity in Severity}
    if article is None:
        return WritingRow(article_id, article_id, path, folder, folder == ELSEWHERE, state, "", None, None, 0, findings)
    is_published, due = state == ArticleStatus.PUBLISHED, article.review_due
    return WritingRow(
        article_id=article_id,
        title=article.title,
        path=path,
        category=article.category,
        is_signpost=article.is_signpost,
        state=state,
        owner=article.owner,
        reviewed=article.reviewed,
        review_due=due,
        overdue_days=max(0, (today - due).days) if due is not None and is_published else 0,
        findings=findings,
        tests_total=len(article.tests) if is_published else None,
    )


def _tried(question: str, answer: Answer, article_id: str) -> Tried:
    outcome = answer.outcome
    rank = next((n for n, hit in enumerate(answer.hits, start=1) if hit.article_id == article_id), None)
    shown = answer.hits[rank - 1] if rank is not None else None
    is_answer = isinstance(outcome, Answered) and outcome.hit.article_id == article_id
    is_offered = isinstance(outcome, Clarify) and any(hit.article_id == article_id for hit in outcome.choices)
    passage = shown.passage if shown is not None else None
    heading = passage.heading if passage is not None and passage.anchor else ""
    return Tried(question, is_answer or is_offered, rank, heading, outcome.kind, answer)
