"""Damage to the index on disk is noticed while the server answers from memory."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from kb.app.index_files import IndexFiles, verify_index_files
from kb.retrieval.answering.live import LiveAnswerer
from kb.retrieval.index.versions import current_name
from kb.settings.settings import Settings
from tests.support import copy_index

if TYPE_CHECKING:
    from kb.app.container import Container


@pytest.fixture
def served(tiny_index: Settings, tmp_path) -> Iterator[Container]:
    """A container that serves a copy of the small index."""
    settings = copy_index(tiny_index, tmp_path / "index")
    answerer = LiveAnswerer(settings)
    yield cast("Container", SimpleNamespace(answerer=answerer, settings=settings, index_files=IndexFiles()))
    answerer.close()


def test_damage_on_the_disk_is_noticed_once_and_so_is_its_end(
    served: Container, caplog: pytest.LogCaptureFixture
) -> None:
    """One error with file and remedy, however often it is looked at; answers go on; mended, it says so."""
    pauses: list[int] = []
    assert served.index_files.state == "loaded"
    verify_index_files(served, lambda: pauses.append(1))
    assert served.index_files.state == "good"
    assert len(pauses) > 5
    path = served.settings.index / "versions" / current_name(served.settings.index) / "units.json"
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    with caplog.at_level(logging.WARNING):
        verify_index_files(served, lambda: None)
        verify_index_files(served, lambda: None)
        assert served.index_files.state == "damaged"
        (said,) = caplog.messages
        assert "units.json is damaged" in said
        assert "Build again: kb build" in said
        assert "goes on serving from memory" in said
        assert served.answerer.ask("late fee").hits
        path.write_bytes(whole)
        verify_index_files(served, lambda: None)
    assert served.index_files.state == "good"
    assert caplog.messages[1:] == ["The files of the index are whole again."]


@pytest.mark.parametrize("lost", ["manifest.json", "vectors.faiss"])
def test_a_file_that_is_gone_is_damage(served: Container, lost: str) -> None:
    """The list itself, or a file of it."""
    (served.settings.index / "versions" / served.answerer.index_version / lost).unlink()
    verify_index_files(served, lambda: None)
    assert served.index_files.last is not None
    assert f"{lost} is damaged (No such file" in served.index_files.last.damage
