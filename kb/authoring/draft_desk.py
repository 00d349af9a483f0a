"""The desk behind the page /writing: checks the working copy and a draft in it, and tries questions.

Nothing here writes to the articles or to the published index; a trial index is in memory only.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Final

from kb.content.articles.corpus import Corpus
from kb.content.articles.parse import read_article
from kb.content.articles.working_copy import WorkingCopy
from kb.content.checks.corpus_check import check_corpus
from kb.content.history import LastCommit
from kb.content.markdown.render import slugify
from kb.settings.settings import Settings
from kb.types import Answerer, Article, ArticleStatus, Finding, Progress

_NONE: Final[Mapping[str, bytes]] = MappingProxyType({})


@dataclass(frozen=True)
class DeskState:
    """The articles on disk at one moment, with all findings."""

    corpus: Corpus
    paths: frozenset[str]
    """Every article's file, including those that cannot be read."""
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class CheckedDraft:
    """A draft, checked as if it were saved."""

    path: str
    """The path it would have."""
    article: Article | None
    """None if it has errors."""
    readable: Article | None
    """The same with errors: what can be read of it, to be shown; None if nothing can."""
    findings: tuple[Finding, ...]
    elsewhere: tuple[Finding, ...]
    """New findings in other files that the draft would cause."""
    corpus: Corpus
    """All articles, with the draft in place of the saved one."""
    digest: str
    """Digest of the draft and of all other articles."""


class DeskBusy(Exception):
    """A trial index is being built for another user."""


class DraftDesk:
    """A desk for drafts, shared by all visits and safe to share between threads."""

    def __init__(self, settings: Settings, today: Callable[[], date] = date.today) -> None:
        """Store what to read; nothing is read yet.

        :param settings: ``articles``, ``site``, and the settings of a build.
        :param today: Returns the day with which review dates are compared.
        """
        self._settings = settings
        self._today = today
        self._copy = WorkingCopy(settings.articles, settings.site.channel_texts())
        self._commit = LastCommit(settings.articles)
        self._lock = threading.Lock()
        self._building = threading.Lock()
        self._state: tuple[Corpus, date, dict[str, str] | None, DeskState] | None = None
        self._draft: tuple[DeskState, tuple[object, ...], CheckedDraft] | None = None
        self._trial: tuple[str, Answerer] | None = None

    def look(self) -> DeskState:
        """Return the articles as they are on disk now, checked; fast if nothing changed."""
        with self._lock:
            self._copy.refresh()
            corpus, today, git = self._copy.corpus, self._today(), self._commit.ids()
            known = self._state
            if known is None or known[0] is not corpus or known[1] != today or known[2] is not git:
                findings = tuple(check_corpus(corpus, today=today, git=git))
                known = self._state = (corpus, today, git, DeskState(corpus, self._copy.paths, findings))
            return known[3]

    def check(
        self, text: str, article_id: str = "", *, path: str = "", pictures: Mapping[str, bytes] = _NONE
    ) -> CheckedDraft:
        """Check a draft as if it were saved among the others.

        :param text: Front matter and body, as pasted.
        :param article_id: The file's name; if empty, that of the article of the same title, or one made from the title.
        :param path: The file's path, where it is known; it decides instead of the name.
        :param pictures: The bytes of pictures that are not saved yet, by path.
        :return: Its findings, and the article if none of them is an error.
        """
        state = self.look()
        with self._lock:
            known, asked = self._draft, (text, article_id, path, *sorted(pictures.items()))
            if known is None or known[0] is not state or known[1] != asked:
                known = self._draft = (state, asked, self._check(state, text, article_id, path, pictures))
            return known[2]

    def corpus_with(self, contents: Mapping[str, bytes], pictures: Mapping[str, bytes] = _NONE) -> Corpus:
        """Return the articles as if some files had been written; nothing on disk changes.

        :param contents: The files' bytes by path, as the articles' paths are given.
        :param pictures: The same of pictures.
        :return: The articles as of the last :meth:`look`, with these files.
        """
        return self._copy.with_files(contents, pictures)

    def findings_with(
        self, contents: Mapping[str, bytes], pictures: Mapping[str, bytes] = _NONE, *, only: str = ""
    ) -> tuple[Finding, ...]:
        """Return all findings as if some files had been written.

        :param contents: As for :meth:`corpus_with`.
        :param pictures: The same of pictures.
        :param only: The path of the one file whose findings are wanted, in much less time; empty for all.
        :return: By path, line and column.
        """
        git = self._state[2] if self._state is not None else None
        return tuple(check_corpus(self.corpus_with(contents, pictures), today=self._today(), git=git, only=only))

    def _check(
        self, state: DeskState, text: str, article_id: str, path: str, pictures: Mapping[str, bytes]
    ) -> CheckedDraft:
        # A text field strips the line end, which is not the writer's mistake.
        data = (text.rstrip("\n") + "\n").encode("utf-8", "replace")
        path = path or self._place(state.corpus, data, article_id)
        corpus = self._copy.with_files({path: data}, pictures)
        git = self._state[2] if self._state is not None else None
        found = check_corpus(corpus, today=self._today(), git=git)
        before = set(state.findings)
        readable = next((i.article for i in corpus.with_partial.parsed if i.article.path == path), None)
        return CheckedDraft(
            path=path,
            article=next((article for article in corpus.articles if article.path == path), None),
            readable=readable,
            findings=tuple(f for f in found if f.path == path),
            elsewhere=tuple(f for f in found if f.path != path and f not in before),
            corpus=corpus,
            digest=_digest(corpus),
        )

    def _place(self, corpus: Corpus, data: bytes, article_id: str) -> str:
        """Return the path of the article that a draft replaces, or the path of a new one."""
        parsed, _ = read_article("draft.md", data, self._settings.site.channel_texts())
        title = parsed.article.title if parsed is not None and "title" not in parsed.unread else ""
        wanted = article_id.strip().removesuffix(".md")
        for item in corpus.with_partial.parsed:
            if item.article.id == wanted or (not wanted and title and item.article.title == title):
                return item.article.path
        folder = self._settings.articles / (parsed.article.category if parsed is not None else "")
        return str(folder / f"{wanted or slugify(title)[:80].strip('-') or 'draft'}.md")

    def trial(self, digest: str) -> Answerer | None:
        """Return the answerer that :meth:`build_trial` made for a draft, if it is still there."""
        known = self._trial
        return known[1] if known is not None and known[0] == digest else None

    def build_trial(
        self, draft: CheckedDraft, say: Callable[[str], None], progress: Progress | None = None
    ) -> Answerer:
        """Build an index with a draft in it, in memory; the published one only lends its vectors and confidence.

        :param draft: A draft without errors.
        :param say: Called with each long step.
        :param progress: Called with the number of texts encoded.
        :return: Answers from that index, until the next one is built.
        :raises DeskBusy: If one is being built already.
        :raises KbError: If it cannot be built.
        """
        # Imported here: the list of articles needs neither numpy nor the model runtime.
        from kb.authoring.trial_index import trial_index  # noqa: PLC0415
        from kb.retrieval.answering.answerer import IndexAnswerer  # noqa: PLC0415

        if not self._building.acquire(blocking=False):
            raise DeskBusy
        try:
            index, _ = trial_index(_published(draft), self._settings, say, progress)
            answerer = IndexAnswerer(index)
            self._trial = (draft.digest, answerer)
            return answerer
        finally:
            self._building.release()


def _published(draft: CheckedDraft) -> Corpus:
    """Return all articles with the draft as if it were published."""
    parsed = tuple(
        replace(item, article=replace(item.article, status=ArticleStatus.PUBLISHED))
        if item.article.path == draft.path
        else item
        for item in draft.corpus.parsed
    )
    return replace(draft.corpus, parsed=parsed)


def _digest(corpus: Corpus) -> str:
    total = hashlib.sha256()
    for item in corpus.files:
        total.update(item.article.path.encode("utf-8", "surrogateescape") + b"\0" + item.data + b"\0")
    return total.hexdigest()
