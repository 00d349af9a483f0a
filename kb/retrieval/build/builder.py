"""Builds an index version from articles: encodes new texts, learns, writes, verifies and publishes.

If possible, a correction is live before anything is learned from it; see :mod:`kb.retrieval.build.learning`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from kb.errors import ArticlesError, KbIndexError
from kb.retrieval.build.draft import Draft, version_of
from kb.retrieval.build.encoding import CachedEncoder
from kb.retrieval.build.engine_push import push_to_engine
from kb.retrieval.build.first_vectors import encoded_first, estimated, headings_alone
from kb.retrieval.build.general_questions import general_questions
from kb.retrieval.build.inputs import deciding_digests
from kb.retrieval.build.learning import Learned, is_interim, kept_from, learn, provisional
from kb.retrieval.build.library_units import EmbeddedUnits, units_elsewhere, units_of_articles, with_elsewhere
from kb.retrieval.build.report import BuildReport
from kb.retrieval.build.section_learning import fit_sections
from kb.retrieval.build.status import BuildStage, StatusWriter, build_status
from kb.retrieval.build.vector_cache import VectorCache
from kb.retrieval.encoder.models import BEST, QUICK, chosen
from kb.retrieval.encoder.prepare import prepared_encoder
from kb.retrieval.index.index import row_vectors
from kb.retrieval.index.names import Mentions
from kb.retrieval.index.passages import PlainText, Unit, passages_of
from kb.retrieval.index.searchable import Searchable
from kb.retrieval.index.versions import (
    VersionFiles,
    build_lock,
    current_name,
    publish_over_interim,
    read_version,
    write_version,
)
from kb.retrieval.query.normalise import without_name
from kb.retrieval.query.organizations import organizations_of
from kb.settings.settings import Settings
from kb.types import EmbeddingMatrix, Library, Progress, Say

_LEARN_S = 0.004
"""Seconds of learning per text, on two shared cores of 2023 (``benchmarks/build_time.py``)."""


def build_index(
    library: Library,
    settings: Settings,
    plain_text: PlainText,
    *,
    full: bool = False,
    quick: bool = False,
    wait: bool = False,
    when_live: Callable[[], None] | None = None,
    say: Say = lambda _: None,
    progress: Progress | None = None,
) -> BuildReport:
    """Build an index version of a library and publish it.

    If little changed, a version that keeps what was learned before is published first. The one that is published in the
    end is the same, to the last byte, as without an earlier version.

    :param library: Published articles only.
    :param settings: The index folder, the encoder and the promise.
    :param plain_text: Turns Markdown into plain text.
    :param full: Encode everything again, and learn before publishing.
    :param quick: Stop when the articles are live, if that is possible without learning; the next build learns.
    :param wait: Wait for a build that is running, instead of failing.
    :param when_live: Called when the articles are live and the build continues, to learn or with the best encoder.
    :param say: Called with each long step.
    :param progress: Called with the number of texts encoded.
    :return: What was done; if nothing changed, nothing is encoded and the version is the same.
    :raises ArticlesError: If there is no published article.
    :raises EncoderUnavailable: If the encoder cannot be loaded.
    :raises IndexBusy: If another build is running, and is not waited for.
    """
    started = time.perf_counter()
    if not len(library):
        raise ArticlesError("There is no published article, so nothing was built. Set 'status: published' in one.")
    settings = replace(settings, encoder=chosen(settings.encoder, _n_texts(library), say))
    with build_lock(settings.index, wait=wait):
        before = None if full else published(settings)
        with build_status(settings.index, settings.encoder, is_first=before is None) as status:
            steps = _Steps(say, status, progress, when_live)
            live_s = None
            if before is None and settings.encoder == BEST and not full:
                draft, version = _publish_first(library, settings, plain_text, steps)
                live_s = time.perf_counter() - started
                if quick:
                    return BuildReport.of(version, live_s, encoded=draft.encoded)
            encoder = open_encoder(library, settings, say, fresh=full)
            return _build(library, settings, plain_text, encoder, before, steps, started, live_s, quick=quick)


@dataclass(frozen=True)
class _Steps:
    """The receivers of a build's messages."""

    say: Say
    status: StatusWriter
    progress: Progress | None
    when_live: Callable[[], None] | None = None

    def goes_on(self, message: str) -> None:
        """Report that the articles are live, and that the build continues."""
        self.say(message)
        if self.when_live is not None:
            self.when_live()

    def begin(self, stage: BuildStage, message: str, encoder: str = "") -> None:
        self.status.enter(stage, encoder)
        self.say(message)

    @property
    def counted(self) -> Progress:
        return self.status.also(self.progress)


def _publish_first(
    library: Library, settings: Settings, plain_text: PlainText, steps: _Steps
) -> tuple[Draft, VersionFiles]:
    """Publish a first version quickly: with the quick encoder, many vectors estimated, and fixed strict thresholds."""
    settings = replace(settings, encoder=QUICK)
    steps.begin(BuildStage.PREPARING, f"First an index with the quick encoder {QUICK!r}, so that it can answer", QUICK)
    encoder = open_encoder(library, settings, steps.say)
    decides = deciding_digests(library, settings, encoder)
    draft = _draft(library, settings, plain_text, encoder, None, decides, steps, estimate=True)
    version = _publish_interim(draft, provisional(draft.unlearned), steps)
    steps.goes_on(f"Live: {version.name}, with the quick encoder and fixed thresholds; the better index is being built")
    return draft, version


def _build(
    library: Library,
    settings: Settings,
    plain_text: PlainText,
    encoder: CachedEncoder,
    before: VersionFiles | None,
    steps: _Steps,
    started: float,
    live_s: float | None,
    *,
    quick: bool,
) -> BuildReport:
    """Build with the encoder of the settings, and publish; see :func:`build_index`."""
    decides = deciding_digests(library, settings, encoder)
    is_live = before is not None and before.manifest["inputs"] == decides["inputs"]
    if before is not None and is_live and (quick or not is_interim(before)):
        push_to_engine(before, settings, steps.say)
        return BuildReport.of(before, time.perf_counter() - started)
    draft = _draft(library, settings, plain_text, encoder, before, decides, steps)
    if is_live:
        live_s = time.perf_counter() - started
    kept = None if before is None or is_live else _kept(draft, before)
    if kept is not None:
        version = _publish_interim(draft, kept, steps)
        live_s = time.perf_counter() - started
        if quick:
            return BuildReport.of(version, live_s, live_s=live_s, encoded=draft.encoded)
        seconds = max(1, round(draft.counts["units"] * _LEARN_S))
        steps.goes_on(
            f"Live: {version.name}; learning again from all examples in the background of this command, about "
            f"{seconds} s; Ctrl-C leaves the live version as it is"
        )
    version = _publish_learned(draft, steps)
    took = time.perf_counter() - started
    return BuildReport.of(version, took, live_s=live_s, encoded=draft.encoded)


def open_encoder(
    library: Library, settings: Settings, say: Say = lambda _: None, *, fresh: bool = False
) -> CachedEncoder:
    """Return the encoder that the settings choose for a library, with its cached vectors.

    :param library: Published articles only.
    :param settings: ``encoder``, ``precision`` and ``cache`` are read.
    :param say: Called with each long step.
    :param fresh: Use no cached vector.
    :return: The encoder, safe to share.
    :raises ArticlesError: If there is no published article.
    :raises EncoderUnavailable: If the encoder cannot be loaded.
    """
    if not len(library):
        raise ArticlesError("There is no published article, so nothing was built. Set 'status: published' in one.")
    prepared = prepared_encoder(replace(settings, encoder=chosen(settings.encoder, _n_texts(library), say)), say)
    return CachedEncoder(prepared, VectorCache(settings.cache), fresh=fresh)


def trial_version(
    library: Library,
    settings: Settings,
    plain_text: PlainText,
    encoder: CachedEncoder,
    before: VersionFiles | None,
    say: Say = lambda _: None,
    progress: Progress | None = None,
) -> tuple[VersionFiles, BuildReport]:
    """Build a version in memory, for a comparison: nothing is written or published.

    :param library: Published articles only.
    :param settings: The promise is read.
    :param plain_text: Turns Markdown into plain text.
    :param encoder: From :func:`open_encoder`.
    :param before: Always lends its vectors and its confidence, so that two versions with the same one differ only by
        their articles. If the articles are the same, it is the result. None learns everything.
    :param say: Called with each long step.
    :param progress: Called with the number of texts encoded.
    :return: The version, and what was done.
    """
    started = time.perf_counter()
    decides = deciding_digests(library, settings, encoder)
    if before is not None and before.manifest["inputs"] == decides["inputs"]:
        return before, BuildReport.of(before, time.perf_counter() - started)
    steps = _Steps(say, StatusWriter(None, encoder.card.name), progress)
    draft = _draft(library, settings, plain_text, encoder, before, decides, steps)
    kept = None if before is None else _kept(draft, before, least_same=0.0)
    version = version_of(draft, kept or _learn(draft, steps))
    took = time.perf_counter() - started
    return version, BuildReport.of(version, took, live_s=took, encoded=draft.encoded)


def published(settings: Settings) -> VersionFiles | None:
    """Return the published version, if every byte of it is good, to reuse what it holds."""
    try:
        return read_version(settings.index, current_name(settings.index))
    except KbIndexError:
        return None


# ---------------------------------------------------------------------------------------- what decides


def _n_texts(library: Library) -> int:
    """Return the approximate number of texts that a build embeds; long sections are cut later."""
    texts = (text for article in library for text in article.all_languages)
    return sum(1 + len(text.examples) + max(1, len(text.sections)) for text in texts)


# ------------------------------------------------------------------------------------------- the steps


def _draft(
    library: Library,
    settings: Settings,
    plain_text: PlainText,
    encoder: CachedEncoder,
    before: VersionFiles | None,
    decides: Mapping[str, str],
    steps: _Steps,
    *,
    estimate: bool = False,
) -> Draft:
    site = settings.site
    articles = sorted(library.articles.values(), key=lambda a: a.id)
    passages = [passages_of(article, plain_text) for article in articles]
    rows, others, bank = units_of_articles(library, articles, passages), units_elsewhere(library), general_questions()
    signposts = f"{len(library.signposts)} signposts, " if library.signposts else ""
    read = headings_alone(rows, passages) if estimate else rows
    now = encoded_first(read) if estimate else np.arange(len(rows))
    n_texts = len(now) + len(others)
    message = f"{len(articles)} articles, {sum(map(len, passages))} passages, {signposts}{n_texts} texts to embed"
    steps.begin(BuildStage.ENCODING, message, encoder.card.name)
    vectors, encoded = _vectors([*(read[row] for row in now), *others], encoder, site.provider, before, steps.counted)
    of_bank, _ = _vectors(bank, encoder, site.provider, before, steps.counted)
    own = estimated(read, now, vectors[: len(now)]) if estimate else vectors[: len(now)]
    of_articles = EmbeddedUnits(tuple(rows), tuple(passages), own)
    found, elsewhere = with_elsewhere(of_articles, others, bank, np.concatenate([vectors[len(now) :], of_bank]))
    unlearned = Searchable.unlearned(found.units, found.passages, found.vectors, elsewhere=elsewhere)
    organizations = organizations_of(site.other_providers, (site.provider, *site.names))
    mentions = Mentions.of(organizations, found.units)
    unlearned = replace(unlearned, sections=fit_sections(unlearned))
    return Draft(library, settings, encoder, decides, passages, unlearned, mentions, encoded, estimate)


def _vectors(
    rows: Sequence[Unit], encoder: CachedEncoder, name: str, before: VersionFiles | None, progress: Progress | None
) -> tuple[EmbeddingMatrix, int]:
    """Return one vector per unit, and the number of texts newly encoded. Each distinct text is encoded once."""
    texts = [without_name(unit.text, name) for unit in rows]
    card = encoder.card.as_json()
    is_same = before is not None and before.manifest["encoder"] == card and not before.manifest.get("estimated", False)
    if before is not None and is_same and encoder.unknown(texts):
        # The cache may be empty; the published version still has the vectors of its texts.
        old_name = before.manifest.get("own_name", "")
        encoder.lend({without_name(text, old_name): vector for text, vector in row_vectors(before).items()})
    earlier = encoder.encoded
    return encoder.encode_documents(texts, progress), encoder.encoded - earlier


def _kept(draft: Draft, before: VersionFiles, **bound: float) -> Learned | None:
    """Return the draft with an earlier version's learning, if that version learned as this program would."""
    if before.manifest.get("learner") != draft.decides["learner"]:
        return None
    return kept_from(before, draft.unlearned, draft.library, **bound)


def _learn(draft: Draft, steps: _Steps) -> Learned:
    steps.begin(BuildStage.LEARNING, "Learning to rank, and how sure to be")
    return learn(draft.unlearned, draft.mentions, draft.library, draft.settings, draft.encoder, steps.counted)


# -------------------------------------------------------------------------------------------- publishing


def _publish_interim(draft: Draft, kept: Learned, steps: _Steps) -> VersionFiles:
    """Publish an interim version, with room for one more, so that it removes no version with its own learning."""
    version = _written(draft, kept, steps)
    push_to_engine(version, draft.settings, steps.say)
    publish_over_interim(draft.settings.index, version.name, draft.settings.keep_versions + 1)
    return version


def _publish_learned(draft: Draft, steps: _Steps) -> VersionFiles:
    version = _written(draft, _learn(draft, steps), steps)
    push_to_engine(version, draft.settings, steps.say)
    publish_over_interim(draft.settings.index, version.name, draft.settings.keep_versions)
    return version


def _written(draft: Draft, learned: Learned, steps: _Steps) -> VersionFiles:
    steps.begin(BuildStage.WRITING, "Writing and verifying the new version")
    made = version_of(draft, learned)
    return replace(made, name=write_version(draft.settings.index, made.files, made.manifest))
