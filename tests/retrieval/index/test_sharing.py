"""Graphs that versions have in common: one file on disk, and each version as good as before."""

from __future__ import annotations

from pathlib import Path

import pytest  # noqa: TC002 - as in its neighbors

from kb.retrieval.index import sharing
from kb.retrieval.index.sharing import share_graphs
from kb.retrieval.index.versions import LARGE, read_version, write_version

GRAPH = b"weights" * (LARGE // 7 + 1)


def index_of(folder: Path, graph: bytes = GRAPH, about: bytes = b"{}") -> Path:
    """Write an index with one version; return its graph."""
    name = write_version(folder, {"encoder-x.onnx": graph, "encoder-y.onnx": b"small", "library.json": about}, {})
    return folder / "versions" / name / "encoder-x.onnx"


def test_the_same_graph_is_kept_once(tmp_path: Path) -> None:
    """Across brands, and not again the second time; versions are read as before, and small files stay apart."""
    north, south = index_of(tmp_path / "north"), index_of(tmp_path / "south", about=b"[]")
    other = index_of(tmp_path / "other", GRAPH[::-1])
    indexes = [tmp_path / name for name in ("north", "south", "other", "missing")]
    assert share_graphs(indexes) == len(GRAPH)
    assert north.samefile(south)
    assert not north.samefile(other)
    assert not north.with_name("encoder-y.onnx").samefile(south.with_name("encoder-y.onnx"))
    for index, graph in ((tmp_path / "north", north), (tmp_path / "south", south), (tmp_path / "other", other)):
        read_version(index, graph.parent.name)
    assert share_graphs(indexes) == 0


def test_a_damaged_graph_is_given_to_nobody(tmp_path: Path) -> None:
    """The bytes are compared with the manifest first."""
    north, south = index_of(tmp_path / "north"), index_of(tmp_path / "south", about=b"[]")
    north.write_bytes(b"x" + GRAPH[1:])
    assert share_graphs([tmp_path / "north", tmp_path / "south"]) == 0
    read_version(tmp_path / "south", south.parent.name)


def test_what_cannot_be_linked_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on two file systems."""
    north, south = index_of(tmp_path / "north"), index_of(tmp_path / "south", about=b"[]")

    def refuse(*_: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(sharing.os, "link", refuse)
    assert share_graphs([tmp_path / "north", tmp_path / "south"]) == 0
    assert not north.samefile(south)
    assert not list(south.parent.glob(".*"))
