"""What the tests of the vector engine share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from kb.retrieval.answering.live import LiveAnswerer, load_newest
from kb.retrieval.engine import serving
from kb.retrieval.engine.connections import EngineAddress
from kb.retrieval.engine.pushing import push
from kb.retrieval.engine.rows import VersionRows
from kb.retrieval.engine.serving import EngineClient
from kb.retrieval.index.index import Index
from kb.settings.settings import IndexEngine, Settings


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look for an engine that is gone a little more often, so that no test waits for long."""
    monkeypatch.setattr(serving, "_FIRST_PAUSE", timedelta(seconds=0.05))


@pytest.fixture
def address(engine_url: str) -> EngineAddress:
    """An engine that holds nothing."""
    return EngineAddress(engine_url, "kb_index")


@pytest.fixture
def served(tiny_index: Settings, engine_url: str) -> Settings:
    """Settings of the six small articles whose questions are asked of an engine that holds nothing yet."""
    return replace(tiny_index, index_engine=IndexEngine.PGVECTOR, index_engine_url=engine_url)


@pytest.fixture
def index(tiny_index: Settings) -> Index:
    """The index of the six small articles."""
    return load_newest(tiny_index, pytest.fail)


@pytest.fixture
def rows(index: Index) -> VersionRows:
    """Its rows."""
    return VersionRows.of(index.version, index.searchable)


@pytest.fixture
def pushed(address: EngineAddress, rows: VersionRows) -> EngineAddress:
    """An engine that holds the index of the six small articles."""
    push(address, rows)
    return address


@pytest.fixture
def said() -> list[str]:
    """What operators were told."""
    return []


@pytest.fixture
def serve(said: list[str]) -> Iterator[Callable[[Settings], tuple[LiveAnswerer, EngineClient]]]:
    """Start answering as a server does, and stop at the end."""
    opened: list[LiveAnswerer] = []

    def start(settings: Settings) -> tuple[LiveAnswerer, EngineClient]:
        answerer = LiveAnswerer(settings, said.append)
        opened.append(answerer)
        assert answerer.vector_engine is not None
        return answerer, answerer.vector_engine

    yield start
    for answerer in opened:
        answerer.close()


def made_rows(version: str = "v3-made", n_rows: int = 900, dim: int = 24, n_articles: int = 60) -> VersionRows:
    """Return unit vectors in articles of different sizes, the same on every machine."""
    chance = np.random.default_rng(n_rows)
    matrix = chance.standard_normal((n_rows, dim)).astype(np.float32)
    matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
    owners = np.sort(np.concatenate([np.arange(n_articles), chance.integers(0, n_articles, n_rows - n_articles)]))
    return VersionRows(version, matrix, owners)
