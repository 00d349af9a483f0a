"""The articles as they are on disk now. Only files that changed are read again, and nothing is written.

``kb preview`` and the page /writing use it to follow an editor's work.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final, TypeAlias

from kb.bill.reader import BILL_FILE, ParsedBill, load_bill
from kb.common.findings import Findings
from kb.common.reading import read_bytes
from kb.content.articles.corpus import CATEGORY_FILE, Corpus, article_files, load_categories, read_corpus
from kb.content.articles.naming import is_translation
from kb.content.articles.parse import ParsedArticle, read_article
from kb.content.articles.pictures import ENDINGS, picture_files, reader
from kb.types import Category, Finding

Stamp: TypeAlias = tuple[int, int, int]
"""Time of the last change in nanoseconds, size, inode."""
_Parsed: TypeAlias = tuple[ParsedArticle | None, list[Finding]]

_BESIDE = (CATEGORY_FILE, BILL_FILE, *ENDINGS, *(ending.upper() for ending in ENDINGS))
"""Files next to the articles that are not articles."""
_NONE: Final[Mapping[str, bytes]] = MappingProxyType({})


class WorkingCopy:
    """A folder of articles whose changes are followed; safe to share between threads."""

    def __init__(self, folder: Path, channels: Mapping[str, str]) -> None:
        """Store what to read; nothing is read yet.

        :param folder: The folder of articles; it may be missing or empty.
        :param channels: The text that replaces ``{{channel.NAME}}``, by name.
        """
        self.folder = folder
        self._channels = channels
        self._lock = threading.RLock()
        self._stamps: dict[str, Stamp] = {}
        self._contents: dict[str, bytes] = {}
        self._parsed: dict[str, tuple[bytes, _Parsed]] = {}
        self._unread: dict[str, list[Finding]] = {}
        self._shelves: tuple[tuple[Category, ...], list[Finding]] = ((), [])
        self._bill: tuple[ParsedBill | None, list[Finding]] = (None, [])
        self._corpus = Corpus((), (), ())

    @property
    def corpus(self) -> Corpus:
        """Every article as of the last :meth:`refresh`, drafts included."""
        return self._corpus

    @property
    def paths(self) -> frozenset[str]:
        """Every article's file as of the last :meth:`refresh`, including those that could not be read.

        A translation is no article of its own.
        """
        return frozenset(path for path in self._stamps if not path.endswith(_BESIDE) and not is_translation(path))

    def refresh(self) -> frozenset[str]:
        """Read the files that changed since the last call.

        :return: The files that are new, changed or gone; empty when nothing changed.
        """
        with self._lock:
            stamps = self._scan()
            changed = {
                path for path in stamps.keys() | self._stamps.keys() if stamps.get(path) != self._stamps.get(path)
            }
            if not changed:
                return frozenset()
            for path in sorted(changed):
                self._read(path, stamps)
            if any(path.endswith(CATEGORY_FILE) for path in changed):
                self._shelves = load_categories(self.folder)
            if any(path.endswith(BILL_FILE) for path in changed):
                self._bill = load_bill(self.folder)
            self._stamps = stamps
            self._corpus = self._assemble(self._contents)
            return frozenset(changed)

    def with_file(self, path: str, data: bytes) -> Corpus:
        """Return the articles as if a file had been written; nothing on disk changes.

        :param path: Below the folder, as the other files' paths are given.
        :param data: The file's bytes.
        :return: A corpus of its own.
        """
        return self.with_files({path: data})

    def with_files(self, contents: Mapping[str, bytes], pictures: Mapping[str, bytes] = _NONE) -> Corpus:
        """Return the articles as if several files had been written; nothing on disk changes.

        :param contents: The files' bytes by path, below the folder, as the other files' paths are given.
        :param pictures: The same of pictures next to the articles.
        :return: A corpus of its own.
        """
        with self._lock:
            return self._assemble({**self._contents, **contents}, pictures)

    def _scan(self) -> dict[str, Stamp]:
        """Return every file with its stamp; if the folder cannot be listed, return the last ones."""
        try:
            files = [*article_files(self.folder), *self.folder.glob(f"*/{CATEGORY_FILE}")]
            files += [self.folder / BILL_FILE, *picture_files(self.folder)]
        except OSError:
            return self._stamps
        found = {}
        for path in files:
            try:
                stat = path.stat()
            except OSError:  # gone since it was listed
                continue
            found[str(path)] = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
        return found

    def _read(self, path: str, stamps: dict[str, Stamp]) -> None:
        """Read one file again, or forget it."""
        for known in (self._contents, self._parsed, self._unread):
            known.pop(path, None)
        if path not in stamps or path.endswith(_BESIDE):
            return
        unread = Findings(path)
        data = read_bytes(Path(path), unread)
        if data is not None:
            self._contents[path] = data
            self._parsed[path] = (data, read_article(path, data, self._channels))
        elif Path(path).exists():
            self._unread[path] = unread.found
        else:  # gone since it was listed
            del stamps[path]

    def _assemble(self, contents: Mapping[str, bytes], pictures: Mapping[str, bytes] = _NONE) -> Corpus:
        categories, found = self._shelves
        unread = [finding for findings in self._unread.values() for finding in findings]
        ordered = dict(sorted(contents.items()))
        bill, in_bill = self._bill
        findings = [*found, *unread, *in_bill]
        on_disk = reader(self.folder)

        def read(path: str) -> bytes | None:
            return pictures[path] if path in pictures else on_disk(path)

        return read_corpus(
            ordered, self._channels, categories, findings, parse=self._parse, bill=bill, read_picture=read
        )

    def _parse(self, path: str, data: bytes, channels: Mapping[str, str] | None = None) -> _Parsed:
        known = self._parsed.get(path)
        return known[1] if known is not None and known[0] == data else read_article(path, data, channels)
