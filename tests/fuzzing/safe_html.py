"""What a browser would make of HTML, according to a parser that none of the product uses, and what is wrong with it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

_ARTICLE: Final[Mapping[str, frozenset[str]]] = {
    **dict.fromkeys(("strong", "em", "s", "code", "pre", "blockquote", "ul", "li", "table", "thead", "tbody", "tr"), frozenset()),
    **{f"h{level}": frozenset({"id"}) for level in range(1, 7)},
    **{cell: frozenset({"style"}) for cell in ("th", "td")},
    "hr": frozenset(),
    "br": frozenset(),
    "p": frozenset({"class"}),
    "div": frozenset({"class", "role"}),
    "ol": frozenset({"start"}),
    "a": frozenset({"href", "title", "rel"}),
    "img": frozenset({"src", "alt", "title", "width", "height", "loading"}),
}  # fmt: skip
"""Tags that an article may become, and their attributes: written down here again, not read from the product."""
_ANSWER: Final = {
    **_ARTICLE,
    "mark": frozenset(),
    "ol": frozenset({"start", "class"}),
    "input": frozenset({"type", "class", "aria-label"}),
}
"""The same as a page shows it: words marked, steps with a box."""
_CLASSES: Final = frozenset({"admonition", "admonition-title", "note", "tip", "warning", "kb-steps", "kb-step"})
_STYLE: Final = re.compile(r"text-align:(?:left|center|right)")
_ID: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_PICTURE: Final = re.compile(r"/pictures/[0-9a-f]{16}-\d+x\d+\.\w+")
_SCHEME: Final = re.compile(r"([a-z][a-z0-9+.-]*):")
_SCHEMES: Final = frozenset({"http", "https", "mailto", "tel"})
_SKIPPED: Final = dict.fromkeys(range(33))
"""Characters that browsers skip at the beginning of an address; tab and line breaks, anywhere in it."""
_PAGE_TAGS: Final = frozenset(
    [
        "html",
        "head",
        "body",
        "meta",
        "title",
        "link",
        "script",
        "style",
        "main",
        "header",
        "footer",
        "nav",
        "section",
        "article",
        "aside",
        "div",
        "span",
        "p",
        "a",
        "ul",
        "ol",
        "li",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "form",
        "label",
        "input",
        "button",
        "textarea",
        "select",
        "option",
        "fieldset",
        "legend",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "caption",
        "dl",
        "dt",
        "dd",
        "strong",
        "em",
        "s",
        "cite",
        "code",
        "pre",
        "blockquote",
        "hr",
        "br",
        "img",
        "svg",
        "path",
        "circle",
        "rect",
        "g",
        "figure",
        "figcaption",
        "details",
        "summary",
        "noscript",
        "mark",
        "time",
        "abbr",
        "q",
        "small",
        "b",
        "i",
        "dialog",
        "template",
        "kbd",
    ]
)
_SCRIPTS: Final = re.compile(r"/assets/[\w./-]+(?:\?v=\w+)?|/embed\.js|\./static/js/[\w.-]+\.js")


def scheme_of(address: str) -> str:
    """Return the scheme a browser would see in an address; empty if there is none."""
    found = _SCHEME.match(address.translate(_SKIPPED).lower())
    return found[1] if found else ""


def article_problems(html: str, *, as_shown: bool = False) -> list[str]:
    """Return what is wrong with the HTML of an article.

    :param html: A fragment.
    :param as_shown: Whether words are marked and steps have boxes.
    :return: One line for each thing that no article may become; empty if it is safe.
    """
    body = LexborHTMLParser(f'<body><div id="in">{html}</div><i id="after"></i></body>').body
    assert body is not None
    around = [(node.tag, node.attributes.get("id")) for node in body.iter(include_text=True)]
    found = [] if around == [("div", "in"), ("i", "after")] else [f"it leaves its place on the page: {around}"]
    for node in body.traverse(include_text=False):
        if node.attributes.get("id") not in ("in", "after") and node.tag != "body":
            found += _wrong(node, _ANSWER if as_shown else _ARTICLE)
    return found


def _wrong(node: LexborNode, allowed: Mapping[str, frozenset[str]]) -> Iterator[str]:
    tag = str(node.tag)
    if tag not in allowed:
        yield f"tag <{tag}>"
        return
    for name, given in node.attributes.items():
        value = given or ""
        if name not in allowed[tag]:
            yield f"attribute {name} of <{tag}>"
        elif name == "class" and not set(value.split()) <= _CLASSES:
            yield f"class {value!r}"
        elif name == "style" and not _STYLE.fullmatch(value):
            yield f"style {value!r}"
        elif name == "id" and not _ID.fullmatch(value):
            yield f"id {value!r}"
        elif name == "src" and not _PICTURE.fullmatch(value):
            yield f"picture from {value!r}"
        elif name == "href" and scheme_of(value) not in _SCHEMES | {""}:
            yield f"address {value!r}"
        elif (name, tag) == ("type", "input") and value != "checkbox":
            yield f"input of type {value!r}"


def scripts_within(html: str) -> frozenset[str]:
    """Return the text of every script that stands in a page itself."""
    found = LexborHTMLParser(html).css("script:not([src])")
    return frozenset(node.text() for node in found)


def page_problems(html: str, scripts: frozenset[str] = frozenset()) -> list[str]:
    """Return what is wrong with a whole page of ours: no tag, handler, script or address that we did not write.

    :param html: A document.
    :param scripts: Text of the scripts that may stand in it.
    :return: One line for each; empty if it is safe.
    """
    root = LexborHTMLParser(html).root
    assert root is not None
    found: list[str] = []
    for node in root.traverse(include_text=False):
        tag = str(node.tag)
        if tag not in _PAGE_TAGS and not tag.startswith(("-", "!")):
            found.append(f"tag <{tag}>")
        for name, given in node.attributes.items():
            if name.startswith("on") or name in ("srcdoc", "formaction"):
                found.append(f"attribute {name} of <{tag}>")
            elif (name in ("href", "src", "action") and scheme_of(given or "") not in _SCHEMES | {"", "data"}) or (
                name == "href" and scheme_of(given or "") == "data"
            ):
                found.append(f"address {given!r}")
        if tag == "script":
            found += _wrong_script(node, scripts)
    return found


def _wrong_script(node: LexborNode, known: frozenset[str]) -> Iterator[str]:
    source = node.attributes.get("src")
    if source is not None:
        if not _SCRIPTS.fullmatch(source):
            yield f"script from {source!r}"
    elif node.attributes.get("type") == "application/ld+json":
        try:
            json.loads(node.text())
        except ValueError:
            yield "structured data that is not JSON"
    elif node.text() not in known:
        yield f"a script: {node.text()[:80]!r}"
