"""The search box for other sites as it is served: its size, its words, its policy."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from typing import TYPE_CHECKING

from kb.html.documents import embed
from kb.html.words.embed import EMBED_EN, EMBED_ES

if TYPE_CHECKING:
    from starlette.testclient import TestClient


def test_any_site_may_load_the_script(client: TestClient) -> None:
    """Also one that isolates itself; a caller who has it gets it no second time, and no cookie comes with it."""
    reply = client.get("/embed.js")
    assert (reply.status_code, reply.headers["content-type"]) == (200, "text/javascript; charset=utf-8")
    assert reply.headers["cross-origin-resource-policy"] == "cross-origin"
    assert reply.headers["access-control-allow-origin"] == "*"
    assert "set-cookie" not in reply.headers
    assert client.get("/embed.js", headers={"if-none-match": reply.headers["etag"]}).status_code == 304


def test_it_is_small_and_needs_no_exception_from_a_policy() -> None:
    """No code from text, no HTML from text, no style elements or attributes, no cookie, no storage."""
    script = embed.script()
    assert len(script.encode()) <= embed.MOST_BYTES
    for forbidden in (
        "eval",
        "Function(",
        "innerHTML",
        "insertAdjacent",
        ".style",
        "<style",
        "cookie =",
        "localStorage",
    ):
        assert forbidden not in script, forbidden
    addresses = re.findall(r"https?://[^\s\"'`]+", script)
    assert addresses == []


def test_its_words_are_those_of_the_pages_languages() -> None:
    """Both languages, every word, and every word that the script uses is there."""
    script = embed.script()
    match = re.search(r"const WORDS = (\{.*\});", script)
    assert match is not None
    assert json.loads(match[1]) == {"en": asdict(EMBED_EN), "es": asdict(EMBED_ES)}
    assert set(re.findall(r"\bwords\.(\w+)", script)) == set(asdict(EMBED_EN))


def test_the_page_that_shows_it(client: TestClient) -> None:
    """Scripts of this site may run there; the tag to copy is text; search engines leave the page out."""
    reply = client.get("/embed")
    assert "script-src 'self'" in reply.headers["content-security-policy"]
    assert "unsafe" not in reply.headers["content-security-policy"]
    assert "&lt;script src=&#34;http://testserver:8501/embed.js&#34; defer&gt;&lt;/script&gt;" in reply.text
    assert '<script src="/embed.js" data-target="#kb-embed-demo" defer></script>' in reply.text
    assert 'name="robots" content="noindex"' in reply.text
    for setting in re.findall(r"\bset\.(\w+)", embed.script()):
        assert f"data-{setting}" in reply.text


def test_other_plain_pages_run_no_script(client: TestClient) -> None:
    """The exception is for one address."""
    assert "script-src" not in client.get("/a/late-fee").headers["content-security-policy"]
