"""The saved files of articles, as drafts begin from them and come back to them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from kb.content.articles.parse import split_front_matter
from kb.content.editing.edit import CannotEdit, FileText, front_matter, offset
from kb.errors import WritingRefused
from kb.types import ArticleStatus


class ArticleFiles:
    """A folder of articles whose files are named by their paths below it, with forward slashes."""

    def __init__(self, folder: Path) -> None:
        """Store the folder; nothing is read yet.

        :param folder: The folder of articles.
        """
        self.folder = folder

    def path(self, below: str) -> str:
        """Return a file's path as messages and findings name it."""
        return str(self.folder / below)

    def below(self, path: str) -> str:
        """Return a file's path below the folder."""
        return Path(path).relative_to(self.folder).as_posix()

    def find(self, article_id: str, paths: Iterable[str]) -> str:
        """Return the path below the folder of an article's file, readable or not; empty if there is none."""
        found = next((path for path in sorted(paths) if Path(path).stem == article_id), "")
        return self.below(found) if found else ""

    def read(self, below: str) -> bytes | None:
        """Return a file's bytes as they are now.

        :param below: Its path below the folder.
        :return: None if there is no such file.
        :raises WritingRefused: If it cannot be read.
        """
        try:
            return (self.folder / below).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise WritingRefused(
                f"{self.path(below)} cannot be read: {error.strerror}. Check its permissions."
            ) from error

    def text(self, below: str, data: bytes) -> FileText:
        """Return a file's text, with plain line feeds, and how it is written.

        :param below: Its path below the folder, for the message.
        :param data: Its bytes.
        :return: The text.
        :raises WritingRefused: If it is not UTF-8.
        """
        try:
            return FileText.of(data)
        except UnicodeDecodeError as error:
            raise WritingRefused(
                f"{self.path(below)} is not UTF-8 text, so it cannot be edited here. Save it as UTF-8 first."
            ) from error


def plain(text: str) -> str:
    """Return a text as it is kept: plain line feeds, exactly one at the end, and nothing that UTF-8 cannot hold."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    return text.encode("utf-8", "replace").decode().rstrip("\n") + "\n"


def status_of(text: str) -> ArticleStatus:
    """Return whether a text says that it is a draft; one without a readable status is meant to be published."""
    try:
        node = front_matter(text)[0].value.get("status")
    except CannotEdit:
        return ArticleStatus.PUBLISHED
    is_draft = node is not None and str(node.value).strip().lower() == ArticleStatus.DRAFT
    return ArticleStatus.DRAFT if is_draft else ArticleStatus.PUBLISHED


def as_published(text: str) -> str:
    """Return a text as customers are to get it: ``status: draft`` becomes ``status: published``."""
    if split_front_matter(text)[0] is None or status_of(text) is ArticleStatus.PUBLISHED:
        return text
    node = front_matter(text)[0].value["status"]
    start, end = offset(text, (node.line, node.column)), offset(text, node.end)
    return text[:start] + ArticleStatus.PUBLISHED.value + text[end:]
