"""The order of the test files."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

from tests.schedule import put_in_order


def test_what_waits_for_the_index_comes_last_and_browsers_before():
    """Files stay whole, and within a kind the order is that of the seed."""
    asked = [
        ("a", []),
        ("b", ["built_index"]),
        ("b", []),
        ("c", ["browser"]),
        ("d", ["browser", "built_index"]),
        ("e", []),
    ]
    items = [SimpleNamespace(path=Path(name), fixturenames=names, n=n) for n, (name, names) in enumerate(asked)]
    put_in_order(items)
    assert [item.n for item in items] == [0, 5, 3, 4, 1, 2]
