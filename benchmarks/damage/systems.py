"""The systems whose files are damaged, each in a process of its own: ``python systems.py NAME DATA``.

It reads a line of JSON for each order, ``{"build": folder}`` or ``{"read": folder}``, and writes one with what it
found: a digest of everything that a search returns, or the error that it raised. The systems compared with this project
need nothing of it, so that they run in an environment of their own.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any, ClassVar

PROBES = 5
"""Queries of each reading; every one returns all texts, so that none is left unread."""


class System(ABC):
    """A store of texts with their vectors."""

    packages: ClassVar[tuple[str, ...]] = ()
    """What is installed for it; the first is the one that is compared."""

    def __init__(self, data: Path) -> None:
        """Read the texts and vectors.

        :param data: A file of ``numpy.savez`` with ``texts`` and ``vectors``.
        """
        import numpy as np

        found = np.load(data)
        self.texts: list[str] = [str(text) for text in found["texts"]]
        self.vectors = found["vectors"]
        self.queries = self.vectors[:: len(self.vectors) // PROBES][:PROBES] + self.vectors[:PROBES]

    @abstractmethod
    def build(self, folder: Path) -> None:
        """Write everything into a folder, as the documentation recommends."""

    @abstractmethod
    def read(self, folder: Path) -> Any:
        """Open a folder and return everything that searches give, with scores rounded to four places."""


class Faiss(System):
    """An exact index of FAISS in a file."""

    packages = ("faiss-cpu",)

    def build(self, folder: Path) -> None:
        """Write one file."""
        import faiss

        index = faiss.IndexFlatIP(self.vectors.shape[1])
        index.add(self.vectors)
        faiss.write_index(index, str(folder / "index.faiss"))

    def read(self, folder: Path) -> Any:
        """Search for all vectors."""
        import faiss

        index = faiss.read_index(str(folder / "index.faiss"))
        scores, ids = index.search(self.queries, len(self.texts))
        return [[round(float(s), 4) for s in scores.ravel()], ids.ravel().tolist()]


class LangChain(System):
    """The FAISS store of LangChain."""

    packages = ("langchain-community", "faiss-cpu")

    def build(self, folder: Path) -> None:
        """Write the index and the pickled texts."""
        from langchain_community.vectorstores import FAISS

        pairs = list(zip(self.texts, self.vectors.tolist(), strict=True))
        store = FAISS.from_embeddings(pairs, _Embedder(), metadatas=[{"n": n} for n in range(len(pairs))])
        store.save_local(str(folder))

    def read(self, folder: Path) -> Any:
        """Search for all texts."""
        from langchain_community.vectorstores import FAISS

        store = FAISS.load_local(str(folder), _Embedder(), allow_dangerous_deserialization=True)
        found = [store.similarity_search_with_score_by_vector(q.tolist(), k=len(self.texts)) for q in self.queries]
        return [[(d.page_content, str(d.metadata), round(float(s), 4)) for d, s in hits] for hits in found]


class _Embedder:
    """Stands for a model: every vector is given."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        raise NotImplementedError(texts)

    def embed_query(self, text: str) -> list[float]:
        raise NotImplementedError(text)

    def __call__(self, text: str) -> list[float]:
        raise NotImplementedError(text)


_vector_of: dict[str, Any] = {}


def transform(texts: list[str]) -> Any:
    """Return the given vectors of some texts; what txtai calls in place of a model."""
    import numpy as np

    return np.stack([_vector_of[text] for text in texts])


class Txtai(System):
    """The embeddings database of txtai, with its content in SQLite."""

    packages = ("txtai", "faiss-cpu")

    def __init__(self, data: Path) -> None:
        """Read the texts and vectors, and make them what the transformation gives."""
        super().__init__(data)
        _vector_of.update(zip(self.texts, self.vectors, strict=True))
        _vector_of.update((f"query {n}", query) for n, query in enumerate(self.queries))

    def build(self, folder: Path) -> None:
        """Write configuration, vectors and content."""
        from txtai import Embeddings

        embeddings = Embeddings(method="external", transform="systems.transform", content=True)
        embeddings.index([(n, text, None) for n, text in enumerate(self.texts)])
        embeddings.save(str(folder))
        embeddings.close()

    def read(self, folder: Path) -> Any:
        """Search for all texts."""
        from txtai import Embeddings

        embeddings = Embeddings()
        embeddings.load(str(folder))
        found = [embeddings.search(f"query {n}", len(self.texts)) for n in range(len(self.queries))]
        embeddings.close()
        return [[(hit["id"], hit["text"], round(float(hit["score"]), 4)) for hit in hits] for hits in found]


class LanceDb(System):
    """A table of LanceDB."""

    packages = ("lancedb",)

    def build(self, folder: Path) -> None:
        """Write one table."""
        import lancedb

        rows = [{"n": n, "text": t, "vector": v} for n, (t, v) in enumerate(zip(self.texts, self.vectors, strict=True))]
        lancedb.connect(str(folder)).create_table("units", rows)

    def read(self, folder: Path) -> Any:
        """Search for all texts."""
        import lancedb

        table = lancedb.connect(str(folder)).open_table("units")
        found = [table.search(query).limit(len(self.texts)).to_list() for query in self.queries]
        return [[(hit["n"], hit["text"], round(float(hit["_distance"]), 4)) for hit in hits] for hits in found]


class Ours(System):
    """An index version of this project, with the small encoder of its tests, loaded as a server loads it."""

    def build(self, folder: Path) -> None:
        """Build and publish one version."""
        import pytest

        from tests.support import build, tiny_words, toy_settings, write_tiny

        work = folder.with_name(f"{folder.name}-work")
        work.mkdir()
        with pytest.MonkeyPatch.context() as patch:
            from dataclasses import replace

            settings = toy_settings(work, tiny_words(), patch)
            build(replace(settings, articles=write_tiny(work / "articles"), index=folder))

    def read(self, folder: Path) -> Any:
        """Load as a server does, and ask everything that the small articles answer."""
        from kb.retrieval.answering.answerer import IndexAnswerer
        from kb.retrieval.answering.live import load_newest
        from kb.settings.settings import Settings
        from tests.support import TINY

        answerer = IndexAnswerer(load_newest(Settings(index=folder), _refuse))
        asked = [text for fields in TINY.values() for text in (fields["title"], *fields.get("examples", ()))]
        answers = [answerer.ask(text, 6).as_json() for text in asked]
        for answer in answers:
            answer.pop("took_ms", None)
        return [answers, [repr(article) for article in answerer.library]]


class _Refused(Exception):
    """A version, or the name of the one that serves, was refused by name."""


def _refuse(message: str) -> None:
    raise _Refused(message)


SYSTEMS: dict[str, type[System]] = {
    "ours": Ours,
    "faiss": Faiss,
    "langchain": LangChain,
    "txtai": Txtai,
    "lancedb": LanceDb,
}


def _carry_out(system: System, order: dict[str, str]) -> dict[str, str]:
    if "build" in order:
        system.build(Path(order["build"]))
        return {"built": order["build"]}
    try:
        found = system.read(Path(order["read"]))
        text = json.dumps(found, ensure_ascii=True, default=repr)
    except Exception as error:  # noqa: BLE001 — any error that a program can catch is one that it notices
        return {"error": f"{type(error).__module__}.{type(error).__name__}: {str(error)[:200]}"}
    return {"digest": hashlib.sha256(text.encode()).hexdigest()}


def _limit_memory() -> None:
    """Refuse what a damaged length may ask for, so that it is an error of this process and not of the machine."""
    import resource

    most = 16 << 30
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    """Carry out orders until there are none."""
    sys.modules["systems"] = sys.modules["__main__"]
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a library prints is no answer
    _limit_memory()
    system = SYSTEMS[sys.argv[1]](Path(sys.argv[2]))
    for line in sys.stdin:
        answers.write(json.dumps(_carry_out(system, json.loads(line))) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
