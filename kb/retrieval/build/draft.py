"""A version while it is made: what is known of it before anything is learned, and the files that it becomes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kb.common.files import canonical_json, sha256
from kb.errors import VectorsDisagree
from kb.retrieval.answering.ranking import ranking_model
from kb.retrieval.build.encoding import CachedEncoder
from kb.retrieval.build.general_questions import MARK
from kb.retrieval.build.learning import Learned
from kb.retrieval.build.library_units import NOT_FOR
from kb.retrieval.build.neighbors import searched
from kb.retrieval.encoder.probes import LEAST_COSINE, N_CHECKED, probe_files, read_probes
from kb.retrieval.index.index import index_files
from kb.retrieval.index.names import Mentions
from kb.retrieval.index.searchable import Searchable
from kb.retrieval.index.serialise import article_to_json
from kb.retrieval.index.versions import VersionFiles, version_name
from kb.settings.settings import Settings
from kb.types import Library, Passage


@dataclass(frozen=True)
class Draft:
    """A version before anything is learned."""

    library: Library
    settings: Settings
    encoder: CachedEncoder
    decides: Mapping[str, str]
    """Digests of everything that determines the version: ``inputs``, and ``learner``, which leaves out the articles."""
    passages: Sequence[Sequence[Passage]]
    unlearned: Searchable
    mentions: Mentions
    encoded: int
    is_estimated: bool = False
    """The vectors of passages and of some examples are estimated."""

    @property
    def counts(self) -> dict[str, int]:
        """The counts for the manifest."""
        return {
            "articles": len(self.library),
            "passages": sum(map(len, self.passages)),
            "examples": sum(len(article.every_example) for article in self.library),
            "signposts": len(self.library.signposts),
            "units": sum(u.article_id == NOT_FOR or u.article_id[:1] != MARK for u in self.unlearned.units),
        }


def version_of(draft: Draft, learned: Learned) -> VersionFiles:
    """Return a version's files and manifest without writing them.

    :param draft: What is known of it without learning.
    :param learned: What was learned, or kept from an earlier version.
    :return: The version.
    :raises VectorsDisagree: If the vectors in the cache are those of another kind of processor.
    """
    calibration = learned.calibration
    searchable, search_notes = searched(learned.searchable)
    ranking, prepared = ranking_model(searchable), draft.encoder.prepared
    names = draft.mentions.index(searchable.units, signposts=draft.library.signposts)
    manifest: dict[str, Any] = {
        **draft.decides,
        "encoder": prepared.card.as_json(),
        "own_name": draft.settings.site.provider,
        "dimension": prepared.card.dim,
        "metric": "cosine",
        **search_notes,
        **({"estimated": True} if draft.is_estimated else {}),
        "counts": draft.counts,
        "classes": list(searchable.article_ids),
        "articles": {a.id: sha256(canonical_json(article_to_json(a))) for a in draft.library},
        "ranking": {"head": searchable.head is not None, "weights": ranking.weights, **learned.ranking_notes},
        "calibration": {
            **calibration.figures,
            "answer_at": calibration.model.answer_at,
            "clarify_at": calibration.model.clarify_at,
        },
    }
    written = {
        **index_files(searchable, draft.library, ranking, calibration.model, names),
        **prepared.version_files(),
        **_probes(draft.encoder),
    }
    return VersionFiles(version_name(canonical_json(manifest)), manifest, written)


def _probes(encoder: CachedEncoder) -> dict[str, bytes]:
    """Return the version's probes, and refuse vectors that were cached on another kind of processor."""
    found = probe_files(encoder)
    texts, kept = read_probes(found)
    here = encoder.encode_uncached(texts[:N_CHECKED])
    if not ((here * kept[:N_CHECKED]).sum(axis=1) >= LEAST_COSINE).all():
        raise VectorsDisagree(
            "The vectors in the cache were made on a processor that computes differently from this one, so nothing was "
            "built from them. Encode everything here: kb build --full"
        )
    return found
