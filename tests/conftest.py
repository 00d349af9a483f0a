"""Fixtures for all tests; support.py has what they are made of."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import hypothesis
import pytest
from streamlit import logger as streamlit_logger

from kb.app.container import use
from kb.content.articles.corpus import load_articles
from kb.settings.settings import Settings
from kb.types import Library
from tests.ci import pytest_make_collect_report, pytest_runtest_makereport
from tests.databases import (
    engine,
    engine_url,
    postgres_server,
    postgres_with_tables,
    ready_url,
    sqlite_with_tables,
    url,
    vector_server,
)
from tests.schedule import (
    put_in_order,
    pytest_collection,
    pytest_collection_finish,
    pytest_sessionfinish,
    shared_folder,
    shared_index,
)
from tests.support import (
    FakeEncoder,
    build,
    forget_vectors,
    is_plain_cpu_possible,
    make_article,
    tiny_words,
    toy_settings,
    write_tiny,
)
from tests.ui import fakes
from tests.ui.fakes import FakeContainer

__all__ = [
    "FakeEncoder",
    "engine",
    "engine_url",
    "make_article",
    "postgres_server",
    "postgres_with_tables",
    "pytest_collection",
    "pytest_collection_finish",
    "pytest_make_collect_report",
    "pytest_runtest_makereport",
    "pytest_sessionfinish",
    "ready_url",
    "sqlite_with_tables",
    "url",
    "vector_server",
]


# The same examples on every run, however slow the machine; what fails here fails everywhere.
hypothesis.settings.register_profile("house", derandomize=True, deadline=None, database=None)
hypothesis.settings.load_profile("house")


LEFT_OUT = {
    "slow": lambda: True,
    "models": lambda: find_spec("torch") is None or find_spec("sentence_transformers") is None,
}
"""Marks, and whether their tests are left out of a run that asks for no mark."""
IMPOSSIBLE = {"plain_cpu": lambda: not is_plain_cpu_possible()}
"""Marks, and whether their tests cannot run on this machine: they are left out of a run that does not name the mark."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the files in order, and leave out what is slow, unless a mark was asked for, and what cannot run here.

    ``-m slow`` runs the slow ones, ``-m ""`` everything. Left out, not skipped: what CI skips has failed.
    """
    put_in_order(items)
    named = config.option.markexpr
    is_asked = "-m" in config.invocation_params.args or named
    reasons = {mark: why for mark, why in IMPOSSIBLE.items() if mark not in named} | ({} if is_asked else LEFT_OUT)
    marked = {mark for mark in reasons if any(item.get_closest_marker(mark) for item in items)}
    without = [mark for mark in marked if reasons[mark]()]
    left = [item for item in items if any(item.get_closest_marker(mark) for mark in without)]
    config.hook.pytest_deselected(items=left)
    items[:] = [item for item in items if item not in left]


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what the developer has set out of the tests."""
    for name in [n for n in os.environ if n.startswith("KB_") and n != "KB_CHROMIUM"]:
        monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def _own_log(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Give back every logger as it was: a server in the test's process sets the log of all."""
    monkeypatch.setattr(streamlit_logger, "setup_formatter", streamlit_logger.setup_formatter)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    named = [logging.getLogger(), *(logging.getLogger(name) for name in list(logging.root.manager.loggerDict))]
    before = [(log, log.handlers[:], log.level, log.propagate, log.disabled) for log in named]
    yield
    for log, handlers, level, propagate, disabled in before:
        log.handlers[:], log.propagate, log.disabled = handlers, propagate, disabled
        if log.level != level:
            log.setLevel(level)


@pytest.fixture
def container() -> Iterator[FakeContainer]:
    """The container that pages and routes use, with the settings of a small help center and no real part in it."""
    made = FakeContainer(fakes.settings())
    use(made)
    yield made
    use(None)


@pytest.fixture(scope="session")
def built_index(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings whose index holds the repository's articles, built with the real encoder; not to be written to.

    The processes that share a run share it; it is built next to the first tests. Vectors of texts are kept
    in the user's own cache from one run to the next: they are the same to the last bit, and take minutes.
    """
    return shared_index(shared_folder(tmp_path_factory))


@pytest.fixture(scope="session")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings with an encoder that knows the words of the small articles and takes no time."""
    with pytest.MonkeyPatch.context() as patch:
        return toy_settings(tmp_path_factory.mktemp("toy"), tiny_words(), patch)


@pytest.fixture(autouse=True)
def _no_vectors_of_other_tests(request: pytest.FixtureRequest) -> None:
    """Empty the toy's vector cache, so that what a test sees encoded does not depend on the tests before it."""
    if "toy" in request.fixturenames:
        forget_vectors(request.getfixturevalue("toy"))


@pytest.fixture(scope="session")
def tiny_articles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with six small articles and a draft; not to be written to."""
    return write_tiny(tmp_path_factory.mktemp("tiny") / "articles")


@pytest.fixture(scope="session")
def tiny_library(tiny_articles: Path) -> Library:
    """The six small articles."""
    return load_articles(tiny_articles).library


@pytest.fixture(scope="session")
def tiny_index(toy: Settings, tiny_articles: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings whose index holds the six small articles; not to be written to."""
    settings = replace(toy, articles=tiny_articles, index=tmp_path_factory.mktemp("tiny-index") / "index")
    build(settings)
    return settings


@pytest.fixture
def settings(toy: Settings, tmp_path: Path) -> Settings:
    """Settings with six small articles and an index folder, nothing built yet; the test's own to write to."""
    return replace(toy, articles=write_tiny(tmp_path / "articles"), index=tmp_path / "index")
