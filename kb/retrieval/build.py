"""Articles to a published index version: encode what is new, learn, write, verify, publish.

A correction is live before anything is learned from it, where that can be: see :mod:`kb.retrieval.learning`.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from importlib.resources import files
from typing import Any

from kb.config import Settings
from kb.errors import ArticlesError, KbIndexError
from kb.retrieval.encoder.models import chosen
from kb.retrieval.encoder.prepare import prepared_encoder
from kb.retrieval.encoder.probes import probe_files
from kb.retrieval.encoding import CachedEncoder
from kb.retrieval.files import canonical_json, sha256
from kb.retrieval.index import index_files, row_vectors
from kb.retrieval.learning import Learned, is_interim, kept_from, learn
from kb.retrieval.passages import PlainText, Unit, split_passages, units
from kb.retrieval.ranking import ranking_model
from kb.retrieval.records import article_to_json, library_to_json
from kb.retrieval.searchable import Searchable
from kb.retrieval.text import without_name
from kb.retrieval.trials import out_of_scope_questions
from kb.retrieval.vector_cache import VectorCache
from kb.retrieval.versions import (
    FORMAT,
    MANIFEST,
    VersionFiles,
    build_lock,
    current_name,
    publish,
    read_version,
    version_name,
    version_names,
    write_version,
)
from kb.types import EmbeddingMatrix, Library, Passage, Progress

Say = Callable[[str], None]

_LEARN_S = 0.004
"""Seconds of learning per text, on two cores of 2023 that others use too (``benchmarks/build_time.py``)."""


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did; ``kb build --json`` prints it."""

    version: str
    articles: int
    passages: int
    examples: int
    encoded: int
    """Texts of the articles that had to be encoded."""
    reused: int
    """Texts of the articles whose vectors were known."""
    took_s: float
    live_s: float
    """Seconds until what the articles say now was published: all of them, unless learning came after it."""
    calibration: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        """Return the object of contract 4.3."""
        return {**asdict(self), "took_s": round(self.took_s, 2), "live_s": round(self.live_s, 2)}


@dataclass(frozen=True)
class _Draft:
    """A version before anything is learned."""

    library: Library
    settings: Settings
    encoder: CachedEncoder
    decides: Mapping[str, str]
    """Digests of everything that decides what the version holds: ``inputs``, and ``learner``, all but the articles."""
    passages: Sequence[Sequence[Passage]]
    unlearned: Searchable
    encoded: int

    @property
    def counts(self) -> dict[str, int]:
        """Return what the manifest counts."""
        return {
            "articles": len(self.library),
            "passages": sum(map(len, self.passages)),
            "examples": sum(len(article.examples) for article in self.library),
            "units": len(self.unlearned.units),
        }


def build_index(
    library: Library,
    settings: Settings,
    plain_text: PlainText,
    *,
    full: bool = False,
    quick: bool = False,
    say: Say = lambda _: None,
    progress: Progress | None = None,
) -> BuildReport:
    """Build an index version of a library and publish it.

    Where little changed, a version that keeps what was learned before is published first; the one that is published in
    the end is the same as if nothing had been there before, to the last byte.

    :param library: Published articles only.
    :param settings: Where to, with which encoder, for which promise.
    :param plain_text: Turns Markdown into plain text.
    :param full: Encode everything again, and learn before publishing.
    :param quick: Stop when the articles are live, if they can be without learning; the next build learns.
    :param say: Told each step that takes long.
    :param progress: Told how many texts are encoded.
    :return: What was done; with nothing changed, nothing is encoded and the version is the same.
    :raises ArticlesError: If there is no published article.
    :raises EncoderUnavailable: If the encoder cannot be loaded.
    :raises IndexBusy: If another build is running.
    """
    started = time.perf_counter()
    encoder = open_encoder(library, settings, say, fresh=full)
    with build_lock(settings.index):
        before = None if full else published(settings)
        decides = _decides(library, settings, encoder)
        is_live = before is not None and before.manifest["inputs"] == decides["inputs"]
        if before is not None and is_live and (quick or not is_interim(before)):
            return _unchanged(before, time.perf_counter() - started)
        draft = _draft(library, settings, plain_text, encoder, before, decides, say, progress)
        live_s = time.perf_counter() - started if is_live else None
        kept = None if before is None or is_live else _kept(draft, before)
        if kept is not None:
            version = _publish_interim(draft, kept, say)
            live_s = time.perf_counter() - started
            if quick:
                return _report(draft, version, live_s, live_s)
            seconds = max(1, round(draft.counts["units"] * _LEARN_S))
            say(
                f"Live: {version.name}; learning again from all examples in the background of this command, about "
                f"{seconds} s; Ctrl-C leaves the live version as it is"
            )
        version = _publish_learned(draft, say)
    took = time.perf_counter() - started
    return _report(draft, version, took, took if live_s is None else live_s)


def open_encoder(
    library: Library, settings: Settings, say: Say = lambda _: None, *, fresh: bool = False
) -> CachedEncoder:
    """Return the encoder that the settings choose for a library, with the vectors that were kept.

    :param library: Published articles only.
    :param settings: ``encoder``, ``precision`` and ``cache`` are read.
    :param say: Told what takes long.
    :param fresh: Take no vector from before.
    :return: Safe to share.
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
    :param settings: For which promise.
    :param plain_text: Turns Markdown into plain text.
    :param encoder: As :func:`open_encoder` gives it.
    :param before: Lends its vectors and, whatever changed, its confidence; two versions with the same one differ by
        their articles alone. With the same articles it is the result. None learns everything.
    :param say: Told each step that takes long.
    :param progress: Told how many texts are encoded.
    :return: The version, and what was done.
    """
    started = time.perf_counter()
    decides = _decides(library, settings, encoder)
    if before is not None and before.manifest["inputs"] == decides["inputs"]:
        return before, _unchanged(before, time.perf_counter() - started)
    draft = _draft(library, settings, plain_text, encoder, before, decides, say, progress)
    kept = None if before is None else _kept(draft, before, least_same=0.0)
    version = _version(draft, kept or _learn(draft, say))
    took = time.perf_counter() - started
    return version, _report(draft, version, took, took)


def published(settings: Settings) -> VersionFiles | None:
    """Return the version to take from: the published one, if every byte of it is good."""
    try:
        return read_version(settings.index, current_name(settings.index))
    except KbIndexError:
        return None


# ---------------------------------------------------------------------------------------- what decides


def _n_texts(library: Library) -> int:
    """Return about how many texts a build embeds: long sections are cut later."""
    return sum(1 + len(article.examples) + max(1, len(article.sections)) for article in library)


def _decides(library: Library, settings: Settings, encoder: CachedEncoder) -> dict[str, str]:
    """Return digests of everything that decides what an index holds, and of all of that but the articles."""
    learner = {
        "format": FORMAT,
        "program": _program(),
        "encoder": encoder.card.revision,
        "own_name": settings.site.provider,
        "target_wrong_answers": settings.target_wrong_answers,
        "assumed": [settings.assumed_unanswerable, settings.assumed_known],
        "out_of_scope": out_of_scope_questions(),
    }
    digest = sha256(canonical_json(learner))
    return {"learner": digest, "inputs": sha256(canonical_json([digest, library_to_json(library)]))}


def _program() -> str:
    """Return a digest of this package's own source: another program may give another index for the same articles."""
    folders = (files("kb.retrieval"), files("kb.retrieval.encoder"))
    sources = sorted((p for f in folders for p in f.iterdir() if p.name.endswith(".py")), key=str)
    return sha256(b"".join(p.name.encode() + p.read_bytes() for p in sources))


# ------------------------------------------------------------------------------------------- the steps


def _draft(
    library: Library,
    settings: Settings,
    plain_text: PlainText,
    encoder: CachedEncoder,
    before: VersionFiles | None,
    decides: Mapping[str, str],
    say: Say,
    progress: Progress | None,
) -> _Draft:
    articles = sorted(library.articles.values(), key=lambda a: a.id)
    passages = [split_passages(article, plain_text) for article in articles]
    rows = [u for a, p in zip(articles, passages, strict=True) for u in units(a, p)]
    say(f"{len(articles)} articles, {sum(map(len, passages))} passages, {len(rows)} texts to embed")
    vectors, encoded = _vectors(rows, encoder, settings.site.provider, before, progress)
    unlearned = Searchable.unlearned(rows, passages, vectors)
    return _Draft(library, settings, encoder, decides, passages, unlearned, encoded)


def _vectors(
    rows: Sequence[Unit], encoder: CachedEncoder, name: str, before: VersionFiles | None, progress: Progress | None
) -> tuple[EmbeddingMatrix, int]:
    """Return one vector per unit, and how many had to be encoded; a text seen before or twice is encoded once."""
    texts = [without_name(unit.text, name) for unit in rows]
    card = encoder.card.as_json()
    if before is not None and before.manifest["encoder"] == card and encoder.unknown(texts):
        # The cache was emptied; the published version still has the vectors of what it holds.
        old_name = before.manifest.get("own_name", "")
        encoder.lend({without_name(text, old_name): vector for text, vector in row_vectors(before).items()})
    earlier = encoder.encoded
    return encoder.encode_documents(texts, progress), encoder.encoded - earlier


def _kept(draft: _Draft, before: VersionFiles, **bound: float) -> Learned | None:
    """Return the draft with what an earlier version learned, if that one learned as this program would."""
    if before.manifest.get("learner") != draft.decides["learner"]:
        return None
    return kept_from(before, draft.unlearned, draft.library, **bound)


def _learn(draft: _Draft, say: Say) -> Learned:
    say("Learning to rank, and how sure to be")
    return learn(draft.unlearned, draft.library, draft.settings, draft.encoder)


def _version(draft: _Draft, learned: Learned) -> VersionFiles:
    """Return a version's files and manifest, not written yet."""
    searchable, calibration = learned.searchable, learned.calibration
    ranking, prepared = ranking_model(searchable), draft.encoder.prepared
    manifest: dict[str, Any] = {
        **draft.decides,
        "encoder": prepared.card.as_json(),
        "own_name": draft.settings.site.provider,
        "dimension": prepared.card.dim,
        "metric": "cosine",
        "counts": draft.counts,
        "articles": {a.id: sha256(canonical_json(article_to_json(a))) for a in draft.library},
        "ranking": {"head": searchable.head is not None, "weights": ranking.weights, **learned.ranking_notes},
        "calibration": {
            **calibration.figures,
            "answer_at": calibration.model.answer_at,
            "clarify_at": calibration.model.clarify_at,
        },
    }
    written = {
        **index_files(searchable, draft.library, ranking, calibration.model),
        **prepared.version_files(),
        **probe_files(draft.encoder),
    }
    return VersionFiles(version_name(canonical_json(manifest)), manifest, written)


# -------------------------------------------------------------------------------------------- publishing


def _publish_interim(draft: _Draft, kept: Learned, say: Say) -> VersionFiles:
    """Publish what keeps its learning, one more than are kept: it pushes no version out that has learned its own."""
    version = _written(draft, kept, say)
    _publish(draft.settings, version.name, draft.settings.keep_versions + 1)
    return version


def _publish_learned(draft: _Draft, say: Say) -> VersionFiles:
    version = _written(draft, _learn(draft, say), say)
    _publish(draft.settings, version.name, draft.settings.keep_versions)
    return version


def _publish(settings: Settings, name: str, keep: int) -> None:
    """Publish a version in the place of earlier ones that only kept their learning; they are removed after it."""
    interim = [found for found in version_names(settings.index) if found != name and _says_kept(settings, found)]
    publish(settings.index, name, keep + len(interim))
    for old in interim:
        shutil.rmtree(settings.index / "versions" / old, ignore_errors=True)


def _written(draft: _Draft, learned: Learned, say: Say) -> VersionFiles:
    say("Writing and verifying the new version")
    made = _version(draft, learned)
    return replace(made, name=write_version(draft.settings.index, made.files, made.manifest))


def _says_kept(settings: Settings, name: str) -> bool:
    try:
        manifest = json.loads((settings.index / "versions" / name / MANIFEST).read_bytes())
        return bool(manifest["calibration"].get("kept", False))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False  # damaged: it counts as one of those kept, and goes with them


# --------------------------------------------------------------------------------------------- reporting


def _unchanged(version: VersionFiles, took_s: float) -> BuildReport:
    counts = version.manifest["counts"]
    return BuildReport(
        version=version.name,
        articles=counts["articles"],
        passages=counts["passages"],
        examples=counts["examples"],
        encoded=0,
        reused=counts["units"],
        took_s=took_s,
        live_s=took_s,
        calibration=version.manifest["calibration"],
    )


def _report(draft: _Draft, version: VersionFiles, took_s: float, live_s: float) -> BuildReport:
    encoded = draft.encoded
    done = _unchanged(version, took_s)
    return replace(done, encoded=encoded, reused=done.reused - encoded, live_s=live_s)
