"""The ids that customers could open at an earlier revision, read from git, so that old addresses keep working."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from kb.common.git import git_output, require_revision
from kb.content.articles.naming import is_translation
from kb.content.articles.parse import named_channels, parse_article
from kb.content.checks.lookup import is_published
from kb.errors import ArticlesError


def published_ids(folder: Path, base: str = "HEAD") -> dict[str, str] | None:
    """Return every id that was published or redirected at a revision.

    :param folder: The folder of articles, as it is given to ``load_articles``.
    :param base: A revision.
    :return: Each id with the path its file had; None without version control, or if nothing
        was committed yet.
    :raises ArticlesError: If there is no such revision.
    """
    if git_output(folder, "rev-parse", "--is-inside-work-tree") is None:
        return None
    try:
        require_revision(folder, base)
    except ArticlesError:
        if base == "HEAD":
            return None
        raise
    listing = git_output(folder, "ls-tree", "-r", "-z", "--full-tree", f"{base}:./") or b""
    found: dict[str, str] = {}
    files = _blobs(listing)
    for name, data in zip(files, _contents(folder, list(files.values())), strict=True):
        for article_id in _ids(name, data):
            found.setdefault(article_id, str(folder / name))
    return found


class LastCommit:
    """The ids published at the last commit; git's files are read again only after the next commit."""

    def __init__(self, folder: Path) -> None:
        """Store the folder; git does not run yet.

        :param folder: The folder of articles.
        """
        self._folder = folder
        self._head = b""
        self._ids: dict[str, str] | None = None

    def ids(self) -> dict[str, str] | None:
        """Return what :func:`published_ids` does; None without version control or without a commit."""
        head = git_output(self._folder, "rev-parse", "--verify", "--quiet", "HEAD") or b""
        if head != self._head:
            self._ids = published_ids(self._folder) if head else None
            self._head = head
        return self._ids


def _blobs(listing: bytes) -> dict[str, str]:
    """Return path and object of each article in a listing of ``git ls-tree -z``."""
    found = {}
    for entry in listing.decode("utf-8", "replace").split("\0"):
        if not entry:
            continue
        meta, name = entry.split("\t", 1)
        parts = PurePosixPath(name).parts
        if name.endswith(".md") and not is_translation(name) and not any(part.startswith((".", "_")) for part in parts):
            found[name] = meta.split()[2]
    return found


def _contents(folder: Path, objects: list[str]) -> list[bytes]:
    """Return the bytes of git objects, read by one process."""
    if not objects:
        return []
    out = git_output(folder, "cat-file", "--batch", given="\n".join(objects).encode() + b"\n") or b""
    contents, at = [], 0
    while at < len(out):
        end = out.index(b"\n", at)
        size = int(out[at:end].split()[2])
        contents.append(out[end + 1 : end + 1 + size])
        at = end + 1 + size + 1
    return contents


def _ids(name: str, data: bytes) -> list[str]:
    """Return the ids of an article; none for a draft, a signpost or a file that was not an article."""
    parsed, _ = parse_article(name, data, named_channels(data))  # whatever site.yaml had then
    if parsed is None or not is_published(parsed.article) or parsed.article.is_signpost:
        return []
    return [parsed.article.id, *parsed.article.redirects]
