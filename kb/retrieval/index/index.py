"""An index in memory, made from a version's files."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from kb.common.files import canonical_json
from kb.errors import DimensionMismatch, EncoderUnavailable, IndexStale
from kb.retrieval.answering.confidence import ConfidenceModel
from kb.retrieval.answering.ranking import RankingModel
from kb.retrieval.encoder.probes import check_probes
from kb.retrieval.encoder.serving import load_encoder
from kb.retrieval.index.engine import VectorEngine
from kb.retrieval.index.lexical import LexicalIndex
from kb.retrieval.index.linear_head import LinearHead
from kb.retrieval.index.names import NameIndex
from kb.retrieval.index.searchable import Searchable
from kb.retrieval.index.section_head import SectionHead
from kb.retrieval.index.serialise import library_from_json, library_to_json, units_from_json, units_to_json
from kb.retrieval.index.vectors import VectorIndex, use_one_thread
from kb.retrieval.index.versions import VersionFiles
from kb.retrieval.query.normalise import same_words
from kb.retrieval.query.speller import FILE as SPELLING_WORDS
from kb.retrieval.query.speller import Speller, Vocabulary, count_words
from kb.types import TOP, Encoder, Library, Picture

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

VECTORS = "vectors.faiss"
LIBRARY = "library.json"
UNITS = "units.json"
DECISION = "decision.json"
PICTURE = "picture-"
"""How the names of pictures' files begin."""


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
    names: NameIndex
    own_name: str = ""
    """The operator's own name, which is left out of everything that is compared."""
    left_out: frozenset[str] = frozenset()
    """Titles and examples that this index is to be asked without; see :mod:`kb.retrieval.index.left_out`."""

    @cached_property
    def _plain(self) -> Callable[[str], str]:
        """Letters and digits of an editor's text, which two tables below need."""
        return cache(same_words)

    @cached_property
    def _known(self) -> dict[str, str]:
        """Titles and examples, word for word, that belong to one article or signpost alone."""
        owners: dict[str, set[str]] = {}
        for article in (*self.library, *self.library.signposts.values()):
            for text in (*(text.title for text in article.all_languages), *article.every_example):
                owners.setdefault(self._plain(text), set()).add(article.id)
            for other in article.not_for:
                owners.setdefault(self._plain(other.question), set()).add(other.belongs)
        known = {text: next(iter(found)) for text, found in owners.items() if len(found) == 1}
        return {text: found for text, found in known.items() if text not in self.left_out}

    def known_question(self, text: str) -> str | None:
        """Return the id of the article or signpost that this very question was written for.

        :param text: The question.
        :return: The id; empty if an editor wrote that nothing answers it; None if no editor wrote it.
        """
        return self._known.get(same_words(text))

    @cached_property
    def _tied(self) -> dict[tuple[str, str], str]:
        """Anchors by article and example, word for word."""
        return {
            (article.id, self._plain(text)): "" if anchor == TOP else anchor
            for article in (text for original in self.library for text in original.all_languages)
            for text, anchor in article.example_sections.items()
            if self._plain(text) not in self.left_out
        }

    def tied_section(self, article_id: str, text: str) -> str | None:
        """Return the section of an article that this very question was tied to.

        :param article_id: The article.
        :param text: The question.
        :return: The section's anchor; empty for the direct answer; None if the question is tied to none.
        """
        return self._tied.get((article_id, same_words(text)))

    @classmethod
    def load(cls, version: VersionFiles, encoder: Encoder | None = None) -> Index:
        """Parse a version's files, which were verified.

        :param version: Read and verified.
        :param encoder: Used in place of the version's own; the same encoder, already loaded.
        :return: An index that answers.
        :raises IndexDamaged: If the files do not fit each other.
        :raises IndexStale: If they are not the files this program writes.
        :raises DimensionMismatch: If the encoder's vectors are not as long as the index's.
        :raises EncoderUnavailable: If its encoder cannot be loaded.
        :raises VectorsDisagree: If the encoder gives other vectors on this processor than where it was built.
        """
        try:
            return cls._parse(version, encoder)
        except EncoderUnavailable as error:
            raise EncoderUnavailable(f"The index version {version.name} is refused: {error}") from error
        except (KeyError, TypeError, ValueError) as error:
            # The bytes were verified, so they are as written, but by another state of this program.
            raise IndexStale(
                f"The index version {version.name} does not fit this program ({type(error).__name__}: {error}). "
                "Build again: kb build --full"
            ) from error

    @classmethod
    def _parse(cls, version: VersionFiles, encoder: Encoder | None) -> Index:
        use_one_thread()
        files = dict(version.files)
        units, passages = units_from_json(json.loads(files[UNITS]))
        on_disk = version.on_disk.get(VECTORS)
        vectors = VectorIndex.from_bytes(files[VECTORS]) if on_disk is None else VectorIndex.mapped(on_disk)
        encoder = encoder or load_encoder(files, version.on_disk)
        if encoder.dim != vectors.dim:
            raise DimensionMismatch(
                f"The index version {version.name} holds vectors of {vectors.dim} dimensions, its encoder gives "
                f"{encoder.dim}. Build again: kb build --full"
            )
        check_probes(encoder, files, version.name)
        decision = json.loads(files[DECISION])
        index = cls(
            version=version.name,
            manifest=version.manifest,
            searchable=replace(
                Searchable.assemble(
                    units,
                    passages,
                    vectors,
                    LexicalIndex.from_files("lexical", files),
                    LexicalIndex.from_files("texts", files),
                    LexicalIndex.from_files("spelling", files),
                    LinearHead.from_files(files),
                    decision["elsewhere"],
                ),
                sections=SectionHead.from_files(files, passages),
            ),
            library=library_from_json(json.loads(files[LIBRARY]), _pictures(files)),
            encoder=encoder,
            speller=Speller(Vocabulary.from_json(json.loads(files[SPELLING_WORDS])), encoder.knows),
            ranking=RankingModel.from_json(decision["ranking"]),
            confidence=ConfidenceModel.from_json(decision["confidence"]),
            names=NameIndex.from_files(files),
            own_name=str(version.manifest.get("own_name", "")),
        )
        index._prepare()
        return index

    def _prepare(self) -> None:
        """Compute now what no customer should wait for."""
        self.known_question("")
        self.tied_section("", "")
        _ = self.searchable.is_passage, self.searchable.passage_of_row

    def asked_of(self, engine: VectorEngine) -> Index:
        """Return the same index, whose questions are asked of another engine that holds its vectors.

        :param engine: The engine.
        :return: An index that answers from there.
        """
        index = replace(self, searchable=replace(self.searchable, other_engine=engine))
        index._prepare()  # noqa: SLF001 - of this class
        return index


def _pictures(files: Mapping[str, bytes]) -> dict[str, Picture]:
    named = {name.removeprefix(PICTURE): data for name, data in files.items() if name.startswith(PICTURE)}
    return {name: Picture(name, data) for name, data in named.items()}


def index_files(
    searchable: Searchable, library: Library, ranking: RankingModel, confidence: ConfidenceModel, names: NameIndex
) -> dict[str, bytes]:
    """Return a version's files without the encoder's; the same content gives the same bytes."""
    return {
        VECTORS: searchable.vectors.to_bytes(),
        UNITS: canonical_json(units_to_json(searchable.units, searchable.passages)),
        SPELLING_WORDS: canonical_json(count_words(searchable.units, names.organizations.words()).to_json()),
        LIBRARY: canonical_json(library_to_json(library)),
        DECISION: canonical_json(
            {
                "ranking": ranking.to_json(),
                "confidence": confidence.to_json(),
                "elsewhere": [searchable.article_ids[a] for a in searchable.elsewhere.nonzero()[0]],
            }
        ),
        **names.to_files(),
        **searchable.lexical.to_files("lexical"),
        **searchable.texts.to_files("texts"),
        **searchable.spelling.to_files("spelling"),
        **(searchable.head.to_files() if searchable.head is not None else {}),
        **(searchable.sections.to_files() if searchable.sections is not None else {}),
        **{f"{PICTURE}{name}": picture.data for name, picture in library.pictures.items()},
    }


def row_vectors(version: VersionFiles) -> dict[str, npt.NDArray[np.float32]]:
    """Return a version's vectors by the text they were made from, for a build that changes little."""
    units, _ = units_from_json(json.loads(version.files[UNITS]))
    matrix = VectorIndex.from_bytes(version.files[VECTORS]).matrix
    return {unit.text: matrix[row].copy() for row, unit in enumerate(units)}
