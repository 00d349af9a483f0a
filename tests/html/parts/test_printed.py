"""The way back from paper: a QR code that says what the short link says."""

from __future__ import annotations

import re
from urllib.parse import unquote

import pytest
import segno

from kb.html.parts import printed


def test_the_code_and_the_short_link_are_the_article_s() -> None:
    """At the host that the reader has, whatever page of it; the picture is SVG with its margin."""
    html = printed.way_back("late-fee", "https://help.example.com:8443/article")
    assert "<span>help.example.com:8443/a/late-fee</span>" in html
    drawn = unquote(html.split('src="')[1].split('"')[0])
    assert drawn.startswith("data:image/svg+xml")
    meant = segno.make("https://help.example.com:8443/a/late-fee", error="m", micro=False)
    lines = re.findall(r" d='([^']*)'", unquote(meant.svg_data_uri(border=4, dark="#000", light="#fff")))
    assert re.findall(r" d='([^']*)'", drawn) == lines
    assert f"viewBox='0 0 {meant.symbol_size(border=4)[0]} " in drawn


@pytest.mark.parametrize("address", ["", "/article", "javascript:alert(1)", "https:///a"])
def test_without_an_address_there_is_none(address: str) -> None:
    """A code that leads nowhere is worse than none."""
    assert printed.way_back("late-fee", address) == ""
