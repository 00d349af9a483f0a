"""Two sides of a change as answerers: the articles of a git revision, and trial indexes next to the published one."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from kb.common.git import require_revision, run_git
from kb.content.articles.corpus import Corpus, article_files, load_articles
from kb.content.articles.parse import named_channels
from kb.content.markdown.render import plain_text
from kb.errors import ArticlesError
from kb.retrieval.answering.answerer import IndexAnswerer
from kb.retrieval.build.builder import Say, open_encoder, published, trial_version
from kb.retrieval.build.learning import is_interim
from kb.retrieval.build.report import BuildReport
from kb.retrieval.index.index import Index
from kb.settings.settings import Settings
from kb.types import Progress


@dataclass(frozen=True)
class Sides:
    """The articles before and after a change, each with its answerer."""

    before: IndexAnswerer
    after: IndexAnswerer
    corpus_before: Corpus
    corpus_after: Corpus
    encoded: int
    """Texts that had to be encoded for both."""


@contextmanager
def both_sides(
    settings: Settings, base: str = "HEAD", say: Say = lambda _: None, progress: Progress | None = None
) -> Iterator[Sides]:
    """Build the articles of a revision and those of the working tree, in memory.

    Only the articles differ: both sides have today's site.yaml, settings and encoder, and the confidence of the
    published index. A text is encoded once, whichever side has it, and a question once, though both are asked.

    :param settings: ``articles`` is the folder of the working tree; ``index`` is only read.
    :param base: The revision to compare with.
    :param say: Told each step that takes long.
    :param progress: Told how many texts are encoded.
    :yield: Both sides.
    :raises ArticlesError: If there is no such revision, or the articles of a side have errors.
    """
    channels = settings.site.channel_texts()
    after = load_articles(settings.articles, channels)
    after.raise_on_errors()
    with TemporaryDirectory(prefix="kb-impact-") as folder:
        before = articles_at(settings.articles, base, Path(folder) / "articles", channels)
    encoder = open_encoder(after.library, settings, say)
    source = published(settings)
    say(f"Building the articles of {base}")
    old, first = trial_version(before.library, settings, plain_text, encoder, source, say, progress)
    say("Building the articles of the working tree")
    # Both have one confidence, so that what differs is the articles' doing alone: the published one, or the first's.
    lender = source if old is source or is_interim(old) else old
    new, second = trial_version(after.library, settings, plain_text, encoder, lender, say, progress)
    sides = (IndexAnswerer(Index.load(old, encoder)), IndexAnswerer(Index.load(new, encoder)))
    try:
        yield Sides(*sides, before, after, first.encoded + second.encoded)
    finally:
        encoder.flush()


def trial_index(
    corpus: Corpus,
    settings: Settings,
    say: Say = lambda _: None,
    progress: Progress | None = None,
) -> tuple[Index, BuildReport]:
    """Build an index in memory, to be asked and forgotten.

    The published version lends its vectors and its confidence, and is only read.

    :param corpus: The articles, without errors.
    :param settings: How it is built.
    :param say: Told each step that takes long.
    :param progress: Told how many texts are encoded.
    :return: The index, and what the build did.
    :raises ArticlesError: If there is no published article.
    """
    encoder = open_encoder(corpus.library, settings, say)
    version, built = trial_version(corpus.library, settings, plain_text, encoder, published(settings), say, progress)
    return Index.load(version, encoder), built


# -------------------------------------------------------------------------------------------------- git


def articles_at(folder: Path, base: str, into: Path, channels: Mapping[str, str]) -> Corpus:
    """Read the articles of a git revision.

    :param folder: The folder of articles, in a git checkout.
    :param base: A commit, branch or tag.
    :param into: A folder that is made and filled.
    :param channels: What ``{{channel.NAME}}`` is replaced by; one that is no more stands under its own name.
    :return: The articles as they were.
    :raises ArticlesError: If there is no git checkout, no such revision or no article in it, or its articles have
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
        # The commonest reason: the folder is newer than the revision.
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        reason = said[-1] if said else "no reason given"
        raise ArticlesError(f"{folder} cannot be read at {base!r} ({reason}). Name a later revision with --base.")
    return done.stdout


def _unpack(data: bytes, into: Path) -> None:
    into.mkdir(parents=True)
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        archive.extractall(into, filter="data")


def _with_paths(corpus: Corpus, folder: Path, base: str) -> Corpus:
    """Return a corpus whose findings name the revision in place of a temporary folder."""
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
