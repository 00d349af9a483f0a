"""The articles of a git revision."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from kb.common.git import require_revision, run_git
from kb.content.articles.corpus import Corpus, article_files, load_articles
from kb.content.articles.parse import named_channels
from kb.errors import ArticlesError


def articles_at(folder: Path, base: str, into: Path, channels: Mapping[str, str]) -> Corpus:
    """Read the articles of a git revision.

    :param folder: The folder of articles, in a git checkout.
    :param base: A commit, branch or tag.
    :param into: A folder to create and fill.
    :param channels: The text that replaces ``{{channel.NAME}}``, by name; a removed one is replaced by its name.
    :return: The articles as they were.
    :raises ArticlesError: If there is no git checkout, no such revision or no article in it, or if its articles have
        errors.
    """
    if not folder.is_dir():
        raise ArticlesError(f"{folder} is not a folder. Name the folder of articles with --articles or KB_ARTICLES.")
    _unpack(_archive(folder, base), into)
    files = article_files(into)
    if not files:
        raise ArticlesError(f"The revision {base!r} has no articles in {folder}. Name a later one with --base.")
    names = {name: name for path in files for name in named_channels(path.read_bytes())}
    corpus = load_articles(into, {**names, **channels})
    _refuse_errors(_with_paths(corpus, into, base), base)
    return corpus


def _archive(folder: Path, base: str) -> bytes:
    """Return a folder at a revision as a tar file."""
    if run_git(folder, "rev-parse", "--is-inside-work-tree").returncode:
        raise ArticlesError(f"{folder} is not in a git checkout, so there is no earlier state to compare with.")
    require_revision(folder, base)
    done = run_git(folder, "archive", "--format=tar", f"{base}^{{commit}}", ".")
    if done.returncode:
        # The most common reason: the folder is newer than the revision.
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        reason = said[-1] if said else "no reason given"
        raise ArticlesError(f"{folder} cannot be read at {base!r} ({reason}). Name a later revision with --base.")
    return done.stdout


def _unpack(data: bytes, into: Path) -> None:
    """Write the files of an archive, and the links that stay within it; whatever leads out of it is left out.

    Python does so itself from 3.11.4 on, and Debian 12 has 3.11.2.
    """
    into.mkdir(parents=True)
    root = into.resolve()
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        for member in archive:
            target = root / member.name
            leads_to = target.parent / member.linkname if member.issym() else target
            if not leads_to.resolve().is_relative_to(root):
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            if member.isdir():
                target.mkdir(exist_ok=True)
            elif member.issym():
                target.symlink_to(member.linkname)
            elif member.isreg() and (content := archive.extractfile(member)) is not None:
                target.write_bytes(content.read())


def _with_paths(corpus: Corpus, folder: Path, base: str) -> Corpus:
    """Return a corpus whose findings name the revision instead of a temporary folder."""
    prefix = f"{folder}/"
    return replace(
        corpus, findings=tuple(replace(f, path=f"{base}:{f.path.removeprefix(prefix)}") for f in corpus.findings)
    )


def _refuse_errors(corpus: Corpus, base: str) -> None:
    try:
        corpus.raise_on_errors()
    except ArticlesError as error:
        message = f"The articles of the revision {base!r} have errors, so there is nothing to compare with: {error}"
        raise ArticlesError(message, error.findings) from error
