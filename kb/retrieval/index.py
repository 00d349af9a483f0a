"""An index in memory: what a version's files mean."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from kb.errors import DimensionMismatch, IndexDamaged
from kb.retrieval.confidence import ConfidenceModel
from kb.retrieval.encoder import query_encoder
from kb.retrieval.files import canonical_json
from kb.retrieval.lexical import LexicalIndex
from kb.retrieval.passages import Unit
from kb.retrieval.ranking import RankingModel
from kb.retrieval.records import library_from_json, library_to_json, units_from_json, units_to_json
from kb.retrieval.vectors import VectorIndex
from kb.retrieval.versions import VersionFiles
from kb.types import Encoder, Library, Passage

VECTORS = "vectors.faiss"
LIBRARY = "library.json"
UNITS = "units.json"
DECISION = "decision.json"


@dataclass(frozen=True)
class Searchable:
    """What a query is compared with: units in rows, the rows of an article next to each other."""

    article_ids: tuple[str, ...]
    """Ascending."""
    units: tuple[Unit, ...]
    passages: tuple[tuple[Passage, ...], ...]
    """By article."""
    vectors: VectorIndex
    lexical: LexicalIndex
    starts: npt.NDArray[np.int64]
    """Shape (n_articles + 1,): article a has the rows starts[a] to starts[a + 1]."""
    article_of_row: npt.NDArray[np.int64]
    sums: npt.NDArray[np.float32]
    """Shape (n_articles, dim): the sum of each article's vectors, not of unit norm."""

    @classmethod
    def assemble(
        cls,
        units: Sequence[Unit],
        passages: Sequence[Sequence[Passage]],
        vectors: VectorIndex,
        lexical: LexicalIndex,
    ) -> Searchable:
        """Put the parts together.

        :param units: In the order of the rows; an article's next to each other.
        :param passages: By article, in the same order of articles.
        :param vectors: A row a unit.
        :param lexical: A row a unit.
        :return: The parts with the positions that tie them together.
        :raises IndexDamaged: If the parts do not have the same number of rows.
        """
        if not len(units) == len(vectors) == lexical.n_rows:
            raise IndexDamaged(
                f"The index has {len(units)} units, {len(vectors)} vectors and {lexical.n_rows} lexical rows. "
                "Build again: kb build --full"
            )
        ids = sorted({unit.article_id for unit in units})
        position = {article: n for n, article in enumerate(ids)}
        owner = np.array([position[unit.article_id] for unit in units], np.int64)
        starts = np.searchsorted(owner, np.arange(len(ids) + 1))
        sums = np.add.reduceat(vectors.matrix, starts[:-1], axis=0) if len(units) else np.zeros((0, vectors.dim))
        return cls(
            tuple(ids),
            tuple(units),
            tuple(tuple(p) for p in passages),
            vectors,
            lexical,
            starts,
            owner,
            sums.astype(np.float32),
        )

    def rows(self, article: int) -> slice:
        """Return the rows of an article."""
        return slice(int(self.starts[article]), int(self.starts[article + 1]))

    def __len__(self) -> int:
        return len(self.article_ids)


@dataclass(frozen=True)
class Index:
    """Everything needed to answer, from one version."""

    version: str
    manifest: Mapping[str, Any]
    searchable: Searchable
    library: Library
    encoder: Encoder
    ranking: RankingModel
    confidence: ConfidenceModel

    @classmethod
    def load(cls, version: VersionFiles) -> Index:
        """Parse a version's files, which were verified.

        :param version: Read and verified.
        :return: An index that answers.
        :raises IndexDamaged: If the files do not fit each other.
        :raises DimensionMismatch: If the encoder's vectors are not as long as the index's.
        """
        files = dict(version.files)
        units, passages = units_from_json(json.loads(files[UNITS]))
        vectors = VectorIndex.from_bytes(files[VECTORS])
        encoder = query_encoder(files)
        if encoder.dim != vectors.dim:
            raise DimensionMismatch(
                f"The index version {version.name} holds vectors of {vectors.dim} dimensions, its encoder gives "
                f"{encoder.dim}. Build again: kb build --full"
            )
        decision = json.loads(files[DECISION])
        return cls(
            version=version.name,
            manifest=version.manifest,
            searchable=Searchable.assemble(units, passages, vectors, LexicalIndex.from_files(files)),
            library=library_from_json(json.loads(files[LIBRARY])),
            encoder=encoder,
            ranking=RankingModel.from_json(decision["ranking"]),
            confidence=ConfidenceModel.from_json(decision["confidence"]),
        )


def index_files(
    searchable: Searchable, library: Library, ranking: RankingModel, confidence: ConfidenceModel
) -> dict[str, bytes]:
    """Return the files of a version, without the encoder's; the same content gives the same bytes."""
    return {
        VECTORS: searchable.vectors.to_bytes(),
        UNITS: canonical_json(units_to_json(searchable.units, searchable.passages)),
        LIBRARY: canonical_json(library_to_json(library)),
        DECISION: canonical_json({"ranking": ranking.to_json(), "confidence": confidence.to_json()}),
        **searchable.lexical.to_files(),
    }


def row_vectors(version: VersionFiles) -> dict[str, npt.NDArray[np.float32]]:
    """Return the vectors of a version by the text they were made from, for a build that changes little."""
    units, _ = units_from_json(json.loads(version.files[UNITS]))
    vectors = VectorIndex.from_bytes(version.files[VECTORS])  # held: its matrix is a view of its memory
    return {unit.text: vectors.matrix[row].copy() for row, unit in enumerate(units)}
