"""A part of the articles to be checked: one category's folder, or one file, among all the others.

A link or an id can only be judged among all articles, so the whole folder is read and the part's findings are kept.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kb.content.articles.corpus import CATEGORY_FILE, Corpus
from kb.errors import ArticlesError
from kb.types import Severity


@dataclass(frozen=True, slots=True)
class Part:
    """What was asked for, and the folder of articles it lies in."""

    root: Path
    """The folder of all articles; files are named in messages as this path leads to them."""
    only: Path | None = None
    """The folder or file whose findings are wanted; None for all."""

    @property
    def holds(self) -> Callable[[str], bool]:
        """Whether a file, by its path, belongs to the part."""
        if self.only is None:
            return lambda _: True
        # No symbolic link is followed below the folder, as a file may be one.
        only = _absolute(self.only)
        return lambda path: _absolute(Path(path)).is_relative_to(only)


@dataclass(frozen=True, slots=True)
class FileCount:
    """How many files there are, and how many of them have errors."""

    files: int
    with_errors: int

    def __str__(self) -> str:
        if self.with_errors:
            return f"{self.files} file{'s' if self.files != 1 else ''}, {self.with_errors} with errors"
        return f"{self.files} article{'s' if self.files != 1 else ''}"


def part_of(asked: Path, articles: Path) -> Part:
    """Return what is to be checked when a path was typed.

    :param asked: A folder or one article's file.
    :param articles: The folder of articles as it is set.
    :return: Below the folder that is set, a part of that; a category's folder, or a file, is a part of the folder
        it lies in; any other folder is a folder of articles of its own.
    :raises ArticlesError: If there is no such file, or it is no article.
    """
    whole, typed = _absolute(articles), _absolute(asked)
    if not asked.is_dir() and (asked.suffix == ".md" or asked.is_file()):
        if not asked.is_file():
            raise ArticlesError(f"There is no file {asked}. Name a folder of articles, or one article's file.")
        if asked.suffix != ".md":
            raise ArticlesError(f"{asked} is no article. An article's file ends in .md; to check all, type 'kb check'.")
    if typed == whole:
        return Part(asked)
    if asked.exists() and typed.is_relative_to(whole):
        return Part(articles, asked)
    folder = asked.parent if asked.is_file() else asked
    if _is_category(folder):
        return Part(_parent(folder), asked)
    return Part(folder, asked if asked.is_file() else None)


def count_files(corpus: Corpus, holds: Callable[[str], bool]) -> FileCount:
    """Count the articles of a part, those that could not be read included.

    :param corpus: All articles.
    :param holds: Tells the part's files, by path.
    :return: The counts.
    """
    broken = {f.path for f in corpus.findings if f.severity is Severity.ERROR and holds(f.path)}
    files = {path for p in corpus.parsed if holds(path := p.article.path)} | {p for p in broken if p.endswith(".md")}
    return FileCount(len(files), len(broken))


def _is_category(folder: Path) -> bool:
    """Return whether a folder is a category: by its own file, or by those of the folders beside it."""
    if (folder / CATEGORY_FILE).is_file():
        return True
    holds_categories = any(folder.glob(f"*/{CATEGORY_FILE}"))
    return folder.is_dir() and not holds_categories and any(_parent(folder).glob(f"*/{CATEGORY_FILE}"))


def _parent(folder: Path) -> Path:
    return folder.parent if folder.name not in ("", "..") else _absolute(folder).parent


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100 — resolve() would follow symbolic links
