"""The order of the test files."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

from tests.schedule import put_in_order, share


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


def test_every_file_is_compiled_by_one_process():
    """A replaced process has a number beyond the count, and compiles nothing."""
    paths = [Path(f"test_{n}.py") for n in range(11)]
    shares = [share(paths, f"gw{n}", 3) for n in range(3)]
    assert [path for part in shares for path in part] == paths
    assert {len(part) for part in shares} == {3, 4}
    assert share(paths, "gw3", 3) == []
