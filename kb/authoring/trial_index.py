"""Trial indexes: built in memory next to the published one, which only lends its vectors and its confidence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from kb.authoring.revisions import articles_at
from kb.content.articles.corpus import Corpus, load_articles
from kb.content.markdown.render import plain_text
from kb.retrieval.answering.answerer import IndexAnswerer
from kb.retrieval.build.builder import open_encoder, published, trial_version
from kb.retrieval.build.learning import is_interim
from kb.retrieval.build.report import BuildReport
from kb.retrieval.index.index import Index
from kb.settings.settings import Settings
from kb.types import Progress, Say


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
    published index. A text is encoded once for both sides, and so is a question.

    :param settings: ``articles`` is the folder of the working tree; ``index`` is only read.
    :param base: The revision to compare with.
    :param say: Called with each long step.
    :param progress: Called with the number of texts encoded.
    :yield: Both sides.
    :raises ArticlesError: If there is no such revision, or if the articles of a side have errors.
    """
    channels = settings.site.channel_texts()
    after = load_articles(settings.articles, channels)
    after.raise_on_errors()
    with TemporaryDirectory(prefix="kb-impact-") as folder:
        before = articles_at(settings.articles, base, Path(folder) / "articles", channels)
    with sides_of(before, after, settings, (f"of {base}", "of the working tree"), say, progress) as sides:
        yield sides


@contextmanager
def sides_of(
    before: Corpus,
    after: Corpus,
    settings: Settings,
    names: tuple[str, str] = ("as they are", "with the change"),
    say: Say = lambda _: None,
    progress: Progress | None = None,
) -> Iterator[Sides]:
    """Build the articles before and after a change, in memory; see :func:`both_sides`.

    :param before: The articles before it, without errors.
    :param after: The articles after it, without errors.
    :param settings: The settings of a build; the published index is only read.
    :param names: How each long step calls the two sides.
    :param say: Called with each long step.
    :param progress: Called with the number of texts encoded.
    :yield: Both sides.
    :raises ArticlesError: If the articles of a side have errors.
    """
    for corpus in (before, after):
        corpus.raise_on_errors()
    encoder = open_encoder(after.library, settings, say)
    source = published(settings)
    say(f"Building the articles {names[0]}")
    old, first = trial_version(before.library, settings, plain_text, encoder, source, say, progress)
    say(f"Building the articles {names[1]}")
    # Both share one confidence, the published one or the first's, so that only the articles make a difference.
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
    """Build an index in memory, for temporary use.

    The published version lends its vectors and its confidence, and is only read.

    :param corpus: The articles, without errors.
    :param settings: The settings of the build.
    :param say: Called with each long step.
    :param progress: Called with the number of texts encoded.
    :return: The index, and the report of the build.
    :raises ArticlesError: If there is no published article.
    """
    encoder = open_encoder(corpus.library, settings, say)
    version, built = trial_version(corpus.library, settings, plain_text, encoder, published(settings), say, progress)
    return Index.load(version, encoder), built
