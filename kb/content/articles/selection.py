"""The selection of articles to check: all of them, one category's folder, or one file.

A link or an id can only be checked among all articles, so the whole folder is read and the findings of the
selection are kept.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kb.content.articles.corpus import CATEGORY_FILE, Corpus
from kb.content.articles.naming import is_translation
from kb.errors import ArticlesError
from kb.types import Severity


@dataclass(frozen=True, slots=True)
class Selection:
    """A selection of articles, and the folder of all articles it belongs to."""

    root: Path
    """The folder of all articles; messages name files by paths that begin with it."""
    only: Path | None = None
    """The folder or file whose findings are wanted; None for all."""

    @property
    def holds(self) -> Callable[[str], bool]:
        """A function that tells whether a file, given by its path, belongs to the selection."""
        if self.only is None:
            return lambda _: True
        # Symbolic links below the folder are not followed, because a file may be one.
        only = _absolute(self.only)
        return lambda path: _absolute(Path(path)).is_relative_to(only)


@dataclass(frozen=True, slots=True)
class FileCount:
    """The number of files, and of those with errors."""

    files: int
    """Of articles and signposts."""
    with_errors: int
    translations: int = 0

    def __str__(self) -> str:
        if self.with_errors:
            files = self.files + self.translations
            return f"{files} file{'s' if files != 1 else ''}, {self.with_errors} with errors"
        count = f"{self.files} article{'s' if self.files != 1 else ''}"
        if not self.translations:
            return count
        more = f"{self.translations} translation{'s' if self.translations != 1 else ''}"
        return f"{count} and {more}" if self.files else more


def select(asked: Path, articles: Path) -> Selection:
    """Return the selection that a typed path means.

    :param asked: A folder or one article's file.
    :param articles: The configured folder of articles.
    :return: A path below the configured folder selects from that folder; a category's folder or a file selects from
        the folder that contains it; any other folder is a folder of articles itself.
    :raises ArticlesError: If there is no such file, or it is not an article.
    """
    whole, typed = _absolute(articles), _absolute(asked)
    if not asked.is_dir() and (asked.suffix == ".md" or asked.is_file()):
        if not asked.is_file():
            raise ArticlesError(f"There is no file {asked}. Name a folder of articles, or one article's file.")
        if asked.suffix != ".md":
            raise ArticlesError(f"{asked} is not an article. Its file would end in .md; to check all, type 'kb check'.")
    if typed == whole:
        return Selection(asked)
    if asked.exists() and typed.is_relative_to(whole):
        return Selection(articles, asked)
    folder = asked.parent if asked.is_file() else asked
    if _is_category(folder):
        return Selection(_parent(folder), asked)
    return Selection(folder, asked if asked.is_file() else None)


def count_files(corpus: Corpus, holds: Callable[[str], bool]) -> FileCount:
    """Count the articles of a selection, including those that could not be read.

    :param corpus: All articles.
    :param holds: Tells whether a file, given by its path, is selected.
    :return: The counts.
    """
    broken = {f.path for f in corpus.findings if f.severity is Severity.ERROR and holds(f.path)}
    files = {path for p in corpus.files if holds(path := p.article.path)} | {p for p in broken if p.endswith(".md")}
    translations = {path for path in files if is_translation(path)}
    return FileCount(len(files - translations), len(broken), len(translations))


def _is_category(folder: Path) -> bool:
    """Return whether a folder is a category, judged by its own file or by those of the folders next to it."""
    if (folder / CATEGORY_FILE).is_file():
        return True
    holds_categories = any(folder.glob(f"*/{CATEGORY_FILE}"))
    return folder.is_dir() and not holds_categories and any(_parent(folder).glob(f"*/{CATEGORY_FILE}"))


def _parent(folder: Path) -> Path:
    return folder.parent if folder.name not in ("", "..") else _absolute(folder).parent


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100 — resolve() would follow symbolic links
