"""What a package says it offers is what it offers; what a Protocol asks for is what the rooms give."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import types

import pytest

import kb
from kb import errors
from kb.retrieval.answering.answerer import IndexAnswerer
from kb.retrieval.answering.live import LiveAnswerer
from kb.retrieval.build.encoding import CachedEncoder
from kb.retrieval.encoder.serving import GraphEncoder, JoinedEncoder
from kb.types import Answerer, Encoder, IndexedAnswerer
from tests.support import FakeEncoder

PACKAGES = sorted(m.name for m in pkgutil.walk_packages(kb.__path__, "kb.") if m.ispkg)


@pytest.mark.parametrize("name", ["kb", *PACKAGES])
def test_public_names_equal_all(name):
    """``__all__`` is sorted, constants first, and is exactly what a package imports or defines for others."""
    package = importlib.import_module(name)
    offered = {
        n
        for n, value in vars(package).items()
        if not n.startswith("_") and not isinstance(value, types.ModuleType) and n != "annotations"
    }
    listed = getattr(package, "__all__", [])
    assert list(listed) == sorted(listed, key=lambda name: (not name.isupper(), name))
    assert offered == {n for n in listed if not n.startswith("_")}
    assert all(hasattr(package, n) for n in listed)


def test_the_version_is_a_version():
    """Three numbers."""
    assert len([int(part) for part in kb.__version__.split(".")]) == 3


def members(protocol: type) -> dict[str, object]:
    """Return what a Protocol asks for."""
    return {n: v for n, v in vars(protocol).items() if not n.startswith("_")}


@pytest.mark.parametrize(
    ("protocol", "given"),
    [
        (Answerer, IndexAnswerer),
        (Answerer, LiveAnswerer),
        (IndexedAnswerer, IndexAnswerer),
        (IndexedAnswerer, LiveAnswerer),
        (Encoder, GraphEncoder),
        (Encoder, JoinedEncoder),
        (Encoder, CachedEncoder),
        (Encoder, FakeEncoder),
    ],
)
def test_the_rooms_give_what_the_protocols_ask_for(protocol, given):
    """Every member, with the same parameters and defaults."""
    for name, wanted in members(protocol).items():
        mine = getattr(given, name)
        assert isinstance(mine, property) == isinstance(wanted, property), name
        if callable(wanted):
            asked, offered = (inspect.signature(f).parameters for f in (wanted, mine))
            assert list(offered) == list(asked), name
            assert [p.default for p in offered.values()] == [p.default for p in asked.values()], name


def test_every_error_of_ours_has_one_root():
    """Catch KbError and nothing raised on purpose gets past; each says when it happens."""
    ours = [v for v in vars(errors).values() if inspect.isclass(v) and v.__module__ == "kb.errors"]
    assert all(issubclass(e, errors.KbError) for e in ours)
    assert all(e.__doc__ for e in ours)
    drawn = errors.__doc__ or ""
    assert [e.__name__ for e in ours if e.__name__ not in drawn] == []
