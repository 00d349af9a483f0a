"""Follows a folder of articles for ``kb preview``: every article's newest good version, with its findings.

One thread looks for saved files and shows them at once; another one runs the whole check, which takes longer.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Final

from kb.common.background import Background
from kb.content.articles.corpus import Corpus
from kb.content.articles.parse import ParsedArticle
from kb.content.articles.working_copy import WorkingCopy
from kb.content.checks.corpus_check import check_corpus
from kb.content.history import LastCommit
from kb.types import ELSEWHERE, Article, Finding, Library, Picture, Severity

LOOK_SECONDS: Final = 0.2
"""Seconds between two readings of the files' times and sizes, which take two milliseconds."""


class PageState(StrEnum):
    """The state of the file behind a page."""

    GOOD = "good"
    BROKEN = "broken"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class PreviewPage:
    """One article's file."""

    path: str
    state: PageState
    article: Article | None
    """The newest version without errors; if there was none since the start, what can be read of it, or None."""
    findings: tuple[Finding, ...] = ()
    is_checked: bool = False
    """Whether the findings are those of the whole check, not only of reading the file."""
    is_partial: bool = False
    """Whether the article is what can be read of a file with errors."""

    @property
    def article_id(self) -> str:
        """The article's id, even if the file is not an article yet."""
        return Path(self.path).stem

    @property
    def is_signpost(self) -> bool:
        """Whether it is a signpost; a file that never was without errors is one by its folder."""
        return self.article.is_signpost if self.article is not None else Path(self.path).parent.name == ELSEWHERE


@dataclass(frozen=True)
class Snapshot:
    """All articles at one moment."""

    revision: int
    pages: tuple[PreviewPage, ...]
    """In the order of their paths."""
    library: Library
    """The articles that customers could open, broken ones in their newest good version."""
    others: tuple[Finding, ...] = ()
    """Findings of files that have no page, such as category.yaml."""
    pictures: Mapping[str, Picture] = field(default_factory=dict)
    """Those of all articles, drafts included, by name."""

    def translation(self, page: PreviewPage, language: str) -> PreviewPage | None:
        """Return the page of an article's translation, or None if there is none that could be shown.

        :param page: The article's.
        :param language: As HTML names it.
        :return: The translation with the findings of its own file.
        """
        found = None if page.article is None else page.article.translations.get(language)
        if found is None:
            return None
        findings = tuple(finding for finding in self.others if finding.path == found.path)
        return replace(page, path=found.path, article=found, findings=findings)

    def find(self, article_id: str) -> PreviewPage | None:
        """Return the page of an id, current or earlier, or None."""
        named = [page for page in self.pages if page.article_id == article_id]
        earlier = [p for p in self.pages if p.article is not None and article_id in p.article.redirects]
        found = [*named, *earlier]
        return next((page for page in found if page.state is not PageState.GONE), next(iter(found), None))


class ArticleWatch:
    """A follower of a folder of articles; safe to share between threads."""

    def __init__(self, folder: Path, channels: Mapping[str, str], today: Callable[[], date] = date.today) -> None:
        """Read the folder once; :meth:`start` begins to follow it.

        :param folder: The folder of articles.
        :param channels: The text that replaces ``{{channel.NAME}}``, by name.
        :param today: Returns the day with which review dates are compared.
        """
        self._copy = WorkingCopy(folder, channels)
        self._commit = LastCommit(folder)
        self._today = today
        self._good: dict[str, ParsedArticle] = {}
        self._known: set[str] = set()
        self._checked: dict[str, tuple[Finding, ...]] = {}
        self._others: tuple[Finding, ...] = ()
        self._lock = threading.RLock()
        self._waiting: set[tuple[asyncio.AbstractEventLoop, asyncio.Future[None]]] = set()
        self._looking = Background("preview-look", self._look_now)
        self._checking = Background("preview-check", self.check)
        self._snapshot = Snapshot(0, (), Library({}, ()))
        self.look()

    @property
    def snapshot(self) -> Snapshot:
        """The newest state."""
        return self._snapshot

    def look(self) -> bool:
        """Show the files saved since the last look, with the findings of each file alone.

        :return: Whether anything changed.
        """
        with self._lock:
            changed = self._copy.refresh()
            if not changed:
                return False
            self._known |= self._copy.paths
            self._good.update({item.article.path: item for item in self._copy.corpus.parsed})
            for path in changed:
                self._checked.pop(path, None)
            self._publish()
        self._checking.wake()
        return True

    def check(self) -> None:
        """Run the whole check; its findings are shown unless a file was saved in the meantime."""
        corpus = self._copy.corpus
        findings = check_corpus(corpus, today=self._today(), git=self._commit.ids())
        with self._lock:
            if corpus is not self._copy.corpus:
                return
            paths = self._copy.paths
            self._checked = {path: tuple(f for f in findings if f.path == path) for path in paths}
            self._others = tuple(f for f in findings if f.path not in paths)
            self._publish()

    def _publish(self) -> None:
        """Publish the newest state, and wake those who wait for it."""
        corpus = self._copy.corpus
        present = self._copy.paths
        pages = tuple(self._page(path, corpus, present) for path in sorted(self._known))
        standing = tuple(item for path, item in sorted(self._good.items()) if path in present)
        library = replace(corpus, parsed=standing).library
        others = tuple(finding for finding in self._others if finding.path not in self._known)
        self._snapshot = Snapshot(self._snapshot.revision + 1, pages, library, others, corpus.pictures)
        self._wake()

    def _page(self, path: str, corpus: Corpus, present: frozenset[str]) -> PreviewPage:
        good = self._good.get(path)
        shown = good or next((item for item in corpus.partial if item.article.path == path), None)
        article = shown.article if shown is not None else None
        if path not in present:
            return PreviewPage(path, PageState.GONE, article, tuple(f for f in self._others if f.path == path))
        findings = self._checked.get(path)
        read = tuple(f for f in corpus.findings if f.path == path)
        is_broken = any(f.severity is Severity.ERROR for f in read)
        state = PageState.BROKEN if is_broken else PageState.GOOD
        known = read if findings is None else findings
        return PreviewPage(path, state, article, known, findings is not None, is_partial=shown is not good)

    # ---------------------------------------------------------------------------------------- following

    def start(self) -> None:
        """Follow the folder from threads of its own, until :meth:`close`."""
        self._looking.start()
        self._checking.start()

    def _look_now(self) -> float:
        self.look()
        return LOOK_SECONDS

    def stop(self) -> None:
        """Stop following, and release the waiting callers; returns at once."""
        self._looking.tell_to_stop()
        self._checking.tell_to_stop()
        self._wake()

    def close(self) -> None:
        """Stop following, and wait for the threads."""
        self.stop()
        self._looking.stop(None)
        self._checking.stop(None)

    async def changed(self, since: int, timeout_s: float) -> int:
        """Wait for a state newer than the one already seen.

        :param since: The revision seen.
        :param timeout_s: The longest wait.
        :return: The newest revision; the one seen if nothing changed.
        """
        loop = asyncio.get_running_loop()
        waiter = (loop, loop.create_future())
        with self._lock:
            if self._snapshot.revision != since or self._looking.is_stopping:
                return self._snapshot.revision
            self._waiting.add(waiter)
        try:
            await asyncio.wait_for(waiter[1], timeout_s)
        except TimeoutError:
            pass
        finally:
            with self._lock:
                self._waiting.discard(waiter)
        return self._snapshot.revision

    def _wake(self) -> None:
        with self._lock:
            waiting, self._waiting = self._waiting, set()
        for loop, future in waiting:
            try:
                loop.call_soon_threadsafe(_settle, future)
            except RuntimeError:  # that loop has ended, and with it the waiter
                continue


def _settle(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
