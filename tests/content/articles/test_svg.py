"""Drawings: what they may hold, what they may not, and on which line it is."""

from __future__ import annotations

import pytest

from kb.content.articles.svg import MAX_DEPTH, MAX_ELEMENTS, MAX_SVG_BYTES, SvgRefused, read_svg
from tests.pictures import drawing

SVG = 'xmlns="http://www.w3.org/2000/svg"'
STYLE = (
    ":root{--ink:#222}@media (prefers-color-scheme:dark){:root{--ink:#eee}}@media print{text{fill:black}}"
    "text{font:14px system-ui,sans-serif;fill:var(--ink)}rect{fill:rgb(1 2 3);clip-path:url('#a')}"
)


def test_a_plain_drawing_has_its_size():
    """Of its width and height, or of its viewBox; style sheets of its own, gradients and words are allowed."""
    inside = (
        f"<title>Bill</title><style>{STYLE}</style><defs><linearGradient id='a'><stop offset='1'/></linearGradient>"
        "</defs><g transform='translate(1 2) rotate(3)'><text x='1' y='2' style='fill:url(#a)' xml:lang='es'>"
        "<tspan>año &amp; más</tspan></text></g><path d='M0 0h3' marker-end='url(#a)'/>"
    )
    assert read_svg(drawing(inside)) == (360, 240)
    assert read_svg(f'<svg {SVG} viewBox="0,0 120.4 80"/>'.encode()) == (120, 80)
    assert read_svg(b"\xef\xbb\xbf" + drawing()) == (360, 240)


@pytest.mark.parametrize(
    ("inside", "words"),
    [
        ("<script>alert(1)</script>", "<script>"),
        ("<g xmlns:h='http://www.w3.org/1999/xhtml'><h:script/></g>", "<script>"),
        ("<foreignObject/>", "<foreignObject>"),
        ("<image href='a.png'/>", "<image>"),
        ("<a href='https://example.com'/>", "<a>"),
        ("<use href='#a'/>", "<use>"),
        ("<animate attributeName='x'/>", "<animate>"),
        ("<set attributeName='x'/>", "<set>"),
        ("<svg/>", "inside a drawing"),
        ("<rect onload='alert(1)'/>", "'onload'"),
        ("<rect ONCLICK='alert(1)'/>", "'ONCLICK'"),
        ("<rect href='https://example.com/a'/>", "'href'"),
        ("<rect xmlns:x='http://www.w3.org/1999/xlink' x:href='#a'/>", "'href'"),
        ("<rect fill='url(https://example.com/a)'/>", "url(https"),
        ("<rect fill=' URL( //example.com/a)'/>", "example.com"),
        ("<rect style='fill:image-set(\"a\" 1x)'/>", "image-set"),
        ("<rect style='fill:u\\72l(a)'/>", "escape"),
        ("<style>@import 'a.css';</style>", "@import"),
        ("<style>@im<g/>port 'a.css';</style>", "@import"),
        ("<style>@font-face{src:url(a)}</style>", "@font-face"),
        ("<style>@keyframes a{to{x:9}}</style>", "@keyframes"),
        ("<style>@media print{rect{mask:url(a.svg#b)}}</style>", "url(a.svg"),
        ("<style><![CDATA[rect{fill:url(data:image/png;base64,AA)}]]></style>", "url(data:"),
        ("<style>rect{fill:u/**/rl(a)}</style>", "comment"),
        ("<?xml-stylesheet href='a.css'?>", "xml-stylesheet"),
        ("<rect", "whole XML"),
        ("&name;", "whole XML"),
        ("<g/>" * MAX_ELEMENTS, "too many"),
        ("<g>" * MAX_DEPTH + "</g>" * MAX_DEPTH, "too many"),
    ],
)
def test_what_customers_may_not_get_is_refused_with_its_line(inside: str, words: str):
    """Scripts, handlers, references, movement, pages of a web site, and files that only wait to be large."""
    with pytest.raises(SvgRefused) as refused:
        read_svg(drawing(f"\n\n{inside}"))
    assert words in refused.value.what
    assert refused.value.line >= 3
    assert refused.value.fix


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b'<!DOCTYPE svg [<!ENTITY a "b">]><svg/>', "document type"),
        (b"<html/>", "<html>"),
        (b"<svg/>", "<svg> is not allowed"),  # not of the namespace: browsers draw nothing
        (f"<g {SVG}/>".encode(), "begins with <g>"),
        (f"<svg {SVG}/>".encode(), "viewBox"),
        (f'<svg {SVG} viewBox="0 0 0 5"/>'.encode(), "width"),
        (f'<svg {SVG} viewBox="0 0 5 9000"/>'.encode(), "height"),
        (f'<svg {SVG} viewBox="0 0 5 {"9" * 400}"/>'.encode(), "height"),
        (drawing().decode().encode("utf-16"), "UTF-8"),
        (b"", "whole XML"),
        (drawing(" " * MAX_SVG_BYTES), "kB"),
    ],
)
def test_what_is_no_drawing_is_refused(data: bytes, words: str):
    """Other files, sizes that are none, and a drawing that is larger than drawings are."""
    with pytest.raises(SvgRefused) as refused:
        read_svg(data)
    assert words in refused.value.what
