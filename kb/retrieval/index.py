"""An index in memory: what a version's files mean."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from kb.errors import DimensionMismatch, IndexDamaged, IndexStale
from kb.retrieval.confidence import ConfidenceModel
from kb.retrieval.encoder import query_encoder
from kb.retrieval.files import canonical_json
from kb.retrieval.head import LinearHead, fit_head
from kb.retrieval.lexical import LexicalIndex
from kb.retrieval.passages import Unit
from kb.retrieval.ranking import RankingModel
from kb.retrieval.records import library_from_json, library_to_json, units_from_json, units_to_json
from kb.retrieval.speller import FILE as SPELLING_WORDS
from kb.retrieval.speller import Speller, vocabulary
from kb.retrieval.text import character_ngrams, same_words, words
from kb.retrieval.threads import use_one_thread
from kb.retrieval.vectors import VectorIndex
from kb.retrieval.versions import VersionFiles
from kb.types import EmbeddingMatrix, Encoder, Library, Passage, UnitKind

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
    """Words, a row a unit: nominates candidates, and helps to choose the passage."""
    texts: LexicalIndex
    """Words, a row an article: all that stands in its units."""
    spelling: LexicalIndex
    """Character n-grams, a row a unit; passages have none, they are long and spelt right."""
    head: LinearHead | None
    starts: npt.NDArray[np.int64]
    """Shape (n_articles + 1,): article a has the rows starts[a] to starts[a + 1]."""
    article_of_row: npt.NDArray[np.int64]
    means: EmbeddingMatrix
    """Shape (n_articles, dim): the direction of the mean of each article's vectors, of unit norm."""

    @classmethod
    def build(cls, units: Sequence[Unit], passages: Sequence[Sequence[Passage]], matrix: EmbeddingMatrix) -> Searchable:
        """Make everything that follows from the units and their vectors.

        :param units: In the order of the rows; an article's next to each other, articles ascending.
        :param passages: By article, in the same order.
        :param matrix: A row a unit.
        :return: Ready to be searched.
        """
        counted = [words(unit.text) for unit in units]
        ids = sorted({unit.article_id for unit in units})
        whole: dict[str, list[str]] = {article: [] for article in ids}
        for unit, found in zip(units, counted, strict=True):
            whole[unit.article_id] += found
        spelt = [character_ngrams(u.text) if u.kind is not UnitKind.PASSAGE else [] for u in units]
        return cls.assemble(
            units,
            passages,
            VectorIndex.build(matrix),
            LexicalIndex.build(counted),
            LexicalIndex.build(list(whole.values())),
            LexicalIndex.build(spelt),
            fit_head(matrix, _owners(units, ids), len(ids)),
        )

    @classmethod
    def assemble(
        cls,
        units: Sequence[Unit],
        passages: Sequence[Sequence[Passage]],
        vectors: VectorIndex,
        lexical: LexicalIndex,
        texts: LexicalIndex,
        spelling: LexicalIndex,
        head: LinearHead | None,
    ) -> Searchable:
        """Put the parts together.

        :param units: In the order of the rows; an article's next to each other.
        :param passages: By article, in the same order of articles.
        :param vectors: A row a unit.
        :param lexical: A row a unit.
        :param texts: A row an article.
        :param spelling: A row a unit.
        :param head: A row an article, or None.
        :return: The parts with the positions that tie them together.
        :raises IndexDamaged: If the parts do not have the same number of rows.
        """
        ids = sorted({unit.article_id for unit in units})
        rows = {"vectors": len(vectors), "lexical": lexical.n_rows, "spelling": spelling.n_rows}
        of_articles = {"texts": texts.n_rows, "passages": len(passages)}
        if head is not None:
            of_articles["head"] = len(head.intercept)
        wrong = [name for name, n in rows.items() if n != len(units)]
        wrong += [name for name, n in of_articles.items() if n != len(ids)]
        if wrong:
            raise IndexDamaged(
                f"The index has {len(units)} units of {len(ids)} articles, but other numbers of {', '.join(wrong)}. "
                "Build again: kb build --full"
            )
        owner = _owners(units, ids)
        starts = np.searchsorted(owner, np.arange(len(ids) + 1))
        sums = np.add.reduceat(vectors.matrix, starts[:-1], axis=0) if len(units) else np.zeros((0, vectors.dim))
        norms = np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)
        return cls(
            article_ids=tuple(ids),
            units=tuple(units),
            passages=tuple(tuple(p) for p in passages),
            vectors=vectors,
            lexical=lexical,
            texts=texts,
            spelling=spelling,
            head=head,
            starts=starts,
            article_of_row=owner,
            means=(sums / norms).astype(np.float32),
        )

    def subset(self, keep: npt.NDArray[np.bool_]) -> Searchable:
        """Return the index as if the other units had never been written; an article without units is gone.

        :param keep: Shape (n_units,).
        :return: An index of its own, everything that is learned learned anew.
        """
        kept = np.flatnonzero(keep)
        articles = np.unique(self.article_of_row[kept])
        return Searchable.build(
            [self.units[row] for row in kept], [self.passages[a] for a in articles], self.vectors.matrix[kept]
        )

    def rows(self, article: int) -> slice:
        """Return the rows of an article."""
        return slice(int(self.starts[article]), int(self.starts[article + 1]))

    def __len__(self) -> int:
        return len(self.article_ids)


def _owners(units: Sequence[Unit], ids: Sequence[str]) -> npt.NDArray[np.int64]:
    position = {article: n for n, article in enumerate(ids)}
    return np.array([position[unit.article_id] for unit in units], np.int64)


@dataclass(frozen=True)
class Index:
    """Everything needed to answer, from one version."""

    version: str
    manifest: Mapping[str, Any]
    searchable: Searchable
    library: Library
    encoder: Encoder
    speller: Speller
    ranking: RankingModel
    confidence: ConfidenceModel

    @cached_property
    def _known(self) -> dict[str, str]:
        """Titles and examples, word for word, that belong to one article alone."""
        owners: dict[str, set[str]] = {}
        for article in self.library:
            for text in (article.title, *article.examples):
                owners.setdefault(same_words(text), set()).add(article.id)
        return {text: next(iter(found)) for text, found in owners.items() if len(found) == 1}

    def known_question(self, text: str) -> str | None:
        """Return the id of the article that an editor wrote a question for, word for word; None for a new one."""
        return self._known.get(same_words(text))

    @classmethod
    def load(cls, version: VersionFiles) -> Index:
        """Parse a version's files, which were verified.

        :param version: Read and verified.
        :return: An index that answers.
        :raises IndexDamaged: If the files do not fit each other.
        :raises IndexStale: If they are not the files this program writes.
        :raises DimensionMismatch: If the encoder's vectors are not as long as the index's.
        """
        try:
            return cls._parse(version)
        except (KeyError, TypeError, ValueError) as error:
            # The bytes were verified, so they are as they were written: by another state of this program.
            raise IndexStale(
                f"The index version {version.name} does not fit this program ({type(error).__name__}: {error}). "
                "Build again: kb build --full"
            ) from error

    @classmethod
    def _parse(cls, version: VersionFiles) -> Index:
        use_one_thread()
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
        index = cls(
            version=version.name,
            manifest=version.manifest,
            searchable=Searchable.assemble(
                units,
                passages,
                vectors,
                LexicalIndex.from_files("lexical", files),
                LexicalIndex.from_files("texts", files),
                LexicalIndex.from_files("spelling", files),
                LinearHead.from_files(files),
            ),
            library=library_from_json(json.loads(files[LIBRARY])),
            encoder=encoder,
            speller=Speller(*_spelling_words(files[SPELLING_WORDS]), encoder.knows),
            ranking=RankingModel.from_json(decision["ranking"]),
            confidence=ConfidenceModel.from_json(decision["confidence"]),
        )
        index.known_question("")  # made now, so that no customer waits for it
        return index


def index_files(
    searchable: Searchable, library: Library, ranking: RankingModel, confidence: ConfidenceModel
) -> dict[str, bytes]:
    """Return the files of a version, without the encoder's; the same content gives the same bytes."""
    return {
        VECTORS: searchable.vectors.to_bytes(),
        UNITS: canonical_json(units_to_json(searchable.units, searchable.passages)),
        SPELLING_WORDS: canonical_json(vocabulary(searchable.units)),
        LIBRARY: canonical_json(library_to_json(library)),
        DECISION: canonical_json({"ranking": ranking.to_json(), "confidence": confidence.to_json()}),
        **searchable.lexical.to_files("lexical"),
        **searchable.texts.to_files("texts"),
        **searchable.spelling.to_files("spelling"),
        **(searchable.head.to_files() if searchable.head is not None else {}),
    }


def _spelling_words(data: bytes) -> tuple[dict[str, int], list[str]]:
    right, asked = json.loads(data)
    return right, asked


def row_vectors(version: VersionFiles) -> dict[str, npt.NDArray[np.float32]]:
    """Return the vectors of a version by the text they were made from, for a build that changes little."""
    units, _ = units_from_json(json.loads(version.files[UNITS]))
    vectors = VectorIndex.from_bytes(version.files[VECTORS])  # held: its matrix is a view of its memory
    return {unit.text: vectors.matrix[row].copy() for row, unit in enumerate(units)}
