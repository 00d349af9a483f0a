"""Streamlit's scripts are sent compressed to clients that accept it, and never changed."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import TYPE_CHECKING

from streamlit import file_util

from kb.server.middleware.compressed import compressed
from kb.server.pages.assets import static_paths

if TYPE_CHECKING:
    from starlette.testclient import TestClient


def largest() -> str:
    """Return the address of the largest script."""
    scripts = [path for path in static_paths() if path.startswith("/static/js/")]
    return max(scripts, key=lambda path: len(content(path)))


def content(path: str) -> bytes:
    """Return what is in a file of Streamlit's."""
    return Path(file_util.get_static_dir(), path.removeprefix("/")).read_bytes()


def test_a_script_is_the_same_and_smaller(client: TestClient) -> None:
    """A third or less, to be kept by the browser for good, with our headers as on everything."""
    path = largest()
    reply = client.get(path, headers={"Accept-Encoding": "br, gzip"})
    assert reply.content == content(path)
    assert reply.headers["content-encoding"] == "gzip"
    assert reply.headers["vary"] == "Accept-Encoding"
    assert "immutable" in reply.headers["cache-control"]
    assert reply.headers["content-type"].startswith("text/javascript")
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert int(reply.headers["content-length"]) < len(content(path)) / 2.5


def test_whoever_takes_no_gzip_gets_it_as_it_is(client: TestClient) -> None:
    """Such a request goes on to Streamlit's own route, which this client has not."""
    reply = client.get(largest(), headers={"Accept-Encoding": "identity"})
    assert reply.status_code == 404


def test_only_scripts_and_styles_that_are_there_are_answered(client: TestClient) -> None:
    """No way out of the folder, no fonts, no shell."""
    for path in ("/static/js/nope.js", "/static/../index.html", "/index.html", "/static/%2e%2e/%2e%2e/proto.js"):
        assert "content-encoding" not in client.get(path, headers={"Accept-Encoding": "gzip"}).headers


def test_compressing_gives_the_same_bytes_each_time() -> None:
    """No time stamp in them; a small file is left alone."""
    path = largest()
    assert gzip.decompress(compressed(path)) == content(path)
    assert compressed(path)[4:8] == b"\0\0\0\0"
    small = min((p for p in static_paths() if p.startswith("/static/js/")), key=lambda p: len(content(p)))
    assert compressed(small) == b""
