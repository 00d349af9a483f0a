"""Articles to a published index version: encode what is new, calibrate, write, verify, publish."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from importlib.resources import files
from typing import Any

import numpy as np

from kb.config import Settings
from kb.errors import ArticlesError, KbIndexError
from kb.retrieval.calibrate import Calibration, Mixture, calibrate
from kb.retrieval.encoder.models import chosen
from kb.retrieval.encoder.prepare import PreparedEncoder, prepared_encoder
from kb.retrieval.encoder.probes import probe_files
from kb.retrieval.files import canonical_json, sha256
from kb.retrieval.index import index_files, row_vectors
from kb.retrieval.passages import PlainText, Unit, split_passages, units
from kb.retrieval.ranking import ranking_model
from kb.retrieval.records import article_to_json, library_to_json
from kb.retrieval.searchable import Searchable
from kb.retrieval.speller import Speller, count_words
from kb.retrieval.text import normalise, without_name
from kb.retrieval.trials import out_of_scope_questions, run_trials
from kb.retrieval.versions import FORMAT, VersionFiles, build_lock, current_name, publish, read_version, write_version
from kb.types import EmbeddingMatrix, Library, Passage, Progress

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did; ``kb build --json`` prints it."""

    version: str
    articles: int
    passages: int
    examples: int
    encoded: int
    """Texts that had to be encoded."""
    reused: int
    """Texts whose vectors were taken from the version before."""
    took_s: float
    calibration: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        """Return the object of contract 4.3."""
        return {**asdict(self), "took_s": round(self.took_s, 2)}


def build_index(
    library: Library,
    settings: Settings,
    plain_text: PlainText,
    *,
    full: bool = False,
    learned: Calibration | None = None,
    say: Say = lambda _: None,
    progress: Progress | None = None,
) -> BuildReport:
    """Build an index version of a library and publish it.

    :param library: Published articles only.
    :param settings: Where to, with which encoder, for which promise.
    :param plain_text: Turns Markdown into plain text.
    :param full: Encode everything again.
    :param learned: Use this confidence instead of learning one, for a trial index: quick, and two indexes with the same
        one differ by their articles alone.
    :param say: Told each step that takes long.
    :param progress: Told how many texts are encoded.
    :return: What was done; with nothing changed, nothing is encoded and the version is the same.
    :raises ArticlesError: If there is no published article.
    :raises EncoderUnavailable: If the encoder cannot be loaded.
    :raises IndexBusy: If another build is running.
    """
    started = time.perf_counter()
    if not len(library):
        raise ArticlesError("There is no published article, so nothing was built. Set 'status: published' in one.")
    encoder = prepared_encoder(replace(settings, encoder=chosen(settings.encoder, _n_texts(library), say)), say)
    with build_lock(settings.index):
        before = _published(settings)
        inputs = _inputs(library, settings, encoder)
        if before is not None and not full and before.manifest["inputs"] == inputs:
            return _unchanged(before, started)
        if full:
            before = None
        return _build(library, settings, plain_text, encoder, before, inputs, learned, started, say, progress)


def _n_texts(library: Library) -> int:
    """Return about how many texts a build embeds: long sections are cut later."""
    return sum(1 + len(article.examples) + max(1, len(article.sections)) for article in library)


def _published(settings: Settings) -> VersionFiles | None:
    """Return the version to take vectors from: the published one, if every byte of it is good."""
    try:
        return read_version(settings.index, current_name(settings.index))
    except KbIndexError:
        return None


def _inputs(library: Library, settings: Settings, encoder: PreparedEncoder) -> str:
    """Return a digest of everything that decides what an index holds."""
    decides = {
        "format": FORMAT,
        "program": _program(),
        "library": library_to_json(library),
        "encoder": sha256(encoder.card.to_bytes()),
        "own_name": settings.site.provider,
        "target_wrong_answers": settings.target_wrong_answers,
        "assumed": [settings.assumed_unanswerable, settings.assumed_known],
        "out_of_scope": out_of_scope_questions(),
    }
    return sha256(canonical_json(decides))


def _program() -> str:
    """Return a digest of this package's own source: another program may give another index for the same articles."""
    sources = sorted((p for p in files("kb.retrieval").iterdir() if p.name.endswith(".py")), key=lambda p: p.name)
    return sha256(b"".join(p.name.encode() + p.read_bytes() for p in sources))


def _unchanged(version: VersionFiles, started: float) -> BuildReport:
    counts = version.manifest["counts"]
    return BuildReport(
        version=version.name,
        articles=counts["articles"],
        passages=counts["passages"],
        examples=counts["examples"],
        encoded=0,
        reused=counts["units"],
        took_s=time.perf_counter() - started,
        calibration=version.manifest["calibration"],
    )


def _build(
    library: Library,
    settings: Settings,
    plain_text: PlainText,
    encoder: PreparedEncoder,
    before: VersionFiles | None,
    inputs: str,
    learned: Calibration | None,
    started: float,
    say: Say,
    progress: Progress | None,
) -> BuildReport:
    articles = sorted(library.articles.values(), key=lambda a: a.id)
    passages = [split_passages(article, plain_text) for article in articles]
    rows = [u for a, p in zip(articles, passages, strict=True) for u in units(a, p)]
    say(f"{len(articles)} articles, {sum(map(len, passages))} passages, {len(rows)} texts to embed")
    name = settings.site.provider
    vectors, encoded = _vectors(rows, encoder, name, before, progress)
    say("Learning to rank")
    searchable = Searchable.build(rows, passages, vectors)
    calibration = learned or _calibration(searchable, library, settings, encoder, say)
    ranking = ranking_model(searchable)
    written = {**index_files(searchable, library, ranking, calibration.model), **encoder.version_files(), **probe_files(encoder.load())}
    counts = _counts(library, passages, rows)
    manifest: dict[str, Any] = {
        "inputs": inputs,
        "encoder": encoder.card.as_json(),
        "own_name": name,
        "dimension": encoder.card.dim,
        "metric": "cosine",
        "counts": counts,
        "articles": {a.id: sha256(canonical_json(article_to_json(a))) for a in articles},
        "ranking": {"head": searchable.head is not None, "weights": ranking.weights},
        "calibration": {
            **calibration.figures,
            "answer_at": calibration.model.answer_at,
            "clarify_at": calibration.model.clarify_at,
        },
    }
    say("Writing and verifying the new version")
    version = write_version(settings.index, written, manifest)
    publish(settings.index, version, settings.keep_versions)
    return BuildReport(
        version=version,
        articles=counts["articles"],
        passages=counts["passages"],
        examples=counts["examples"],
        encoded=encoded,
        reused=len(rows) - encoded,
        took_s=time.perf_counter() - started,
        calibration=manifest["calibration"],
    )


def _calibration(
    searchable: Searchable, library: Library, settings: Settings, encoder: PreparedEncoder, say: Say
) -> Calibration:
    say("Calibrating the confidence")
    titles = {article.id: article.title for article in library}
    queries = encoder.load()
    speller = Speller(count_words(searchable.units), queries.knows)
    name = settings.site.provider
    known = {without_name(u.text, name): n for n, u in enumerate(searchable.units)} if encoder.card.is_alike else {}

    def encode(texts: Sequence[str]) -> EmbeddingMatrix:
        matrix = np.zeros((len(texts), encoder.card.dim), np.float32)
        new = [n for n, text in enumerate(texts) if text not in known]
        old = [n for n, text in enumerate(texts) if text in known]
        matrix[new] = queries.encode_queries([texts[n] for n in new])
        matrix[old] = searchable.vectors.matrix[[known[texts[n]] for n in old]]
        return matrix

    def compared(text: str) -> str:
        return without_name(speller.searched(normalise(text)), name)

    seen = run_trials(searchable, titles, encode, compared)
    return calibrate(
        seen,
        len(library),
        target=settings.target_wrong_answers,
        assumed=Mixture(settings.assumed_unanswerable, settings.assumed_known),
    )


def _counts(library: Library, passages: Sequence[Sequence[Passage]], rows: Sequence[Unit]) -> dict[str, int]:
    return {
        "articles": len(library),
        "passages": sum(map(len, passages)),
        "examples": sum(len(article.examples) for article in library),
        "units": len(rows),
    }


def _vectors(
    rows: Sequence[Unit], encoder: PreparedEncoder, name: str, before: VersionFiles | None, progress: Progress | None
) -> tuple[EmbeddingMatrix, int]:
    """Return a vector a unit, and how many had to be encoded; a text seen before or twice is encoded once."""
    card = encoder.card.as_json()
    known: dict[str, np.ndarray] = {}
    if before is not None and (before.manifest["encoder"], before.manifest.get("own_name", "")) == (card, name):
        known = {without_name(text, name): vector for text, vector in row_vectors(before).items()}
    texts = [without_name(unit.text, name) for unit in rows]
    missing = sorted(set(texts) - known.keys())
    if missing:
        known.update(zip(missing, encoder.load().encode_documents(missing, progress), strict=True))
    return np.stack([known[text] for text in texts]).astype(np.float32), len(missing)
