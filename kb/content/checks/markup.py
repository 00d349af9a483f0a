"""Checks of what an editor wrote and a customer would not see, or would see as marks: nothing disappears silently."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from kb.content.articles.parse import CHANNEL, ParsedArticle
from kb.content.checks.codes import finding
from kb.content.checks.lookup import Lookup, in_file
from kb.content.markdown.render import BODIES, internal_target, parse_tokens
from kb.types import Finding

if TYPE_CHECKING:
    from markdown_it.token import Token

BILL_PAGE = "/bill"
"""The address of the sample bill, which an article may link to; ``?part=`` opens one of its parts."""

_CONFLICT = re.compile(r"(<{7}|>{7}|\|{7}) \S|={7}$")
_HEADING = re.compile(r" {0,3}(#{1,6})([^\s#]|[\u00a0\u2007\u202f])")
_SPACES = " #\u00a0\u2007\u202f"
_REFERENCE = re.compile(r"\[([^\[\]]+)\]\[([^\[\]]*)\]")
_FOOTNOTE = re.compile(r" {0,3}\[\^[^\]\s]+\]:")
_PIPE = re.compile(r"(?<!\\)\|")
_COMMENT = re.compile(r"(?P<before>(?:[A-Za-z_]+:|\s*-)[ \t]+(?P<text>[^\s\"'\[{|>&*!#][^#]*?))[ \t]+(?P<lost>#\S.*)$")
"""A plain text that YAML ends at a number sign; a space after the sign makes it a comment that was meant as one."""

_FOREIGN = (
    (re.compile(r"\{%.*?%\}"), "a tag of Liquid or Jinja", "Write its result as plain Markdown"),
    (re.compile(r"\{:[^}\n]*\}"), "an attribute list of Kramdown", "Remove it"),
    (re.compile(r"\{#[\w-]+\}"), "a heading's own anchor", "Remove it: the anchor is made from the heading"),
    (re.compile(r"^ {0,3}!!! ?\w+", re.MULTILINE), "a note of MkDocs", "Write '> [!NOTE]', with '> ' before each line"),
    (
        re.compile(r"^ {0,3}:::+ ?\w+", re.MULTILINE),
        "a note of Docusaurus",
        "Write '> [!NOTE]', with '> ' before each line",
    ),
    (re.compile(r"\[\^[^\]\s]+\]"), "a footnote", "Write it into the sentence, or as a sentence of its own"),
    (
        re.compile(r"^\[[ xX]\] ", re.MULTILINE),
        "a task list",
        "Write a numbered list; a tutorial's steps can be checked off",
    ),
)
"""Markup of other tools, which customers would read as it stands; what it is, and what to do."""


def check_markup(lookup: Lookup) -> Iterator[Finding]:
    """Yield what customers of an article would not see as it was meant.

    :param lookup: The articles.
    :yield: Findings, in no order.
    """
    for parsed in lookup.checked(lookup.files):
        for found in _of_body(parsed.raw_body):
            yield replace(found, path=parsed.article.path, line=parsed.body_line + found.line - 1)
        yield from _links(lookup, parsed)
        yield from _front_matter(parsed)


@lru_cache(maxsize=BODIES)
def _of_body(body: str) -> tuple[Finding, ...]:
    """Return what is wrong with a body, without its file's name, and with the lines of the body."""
    env: dict[str, Any] = {}
    tokens, lines = parse_tokens(body, env), body.split("\n")
    found = [*_conflicts(lines), *_footnotes(lines), *_doubled_labels(env)]
    for token in tokens:
        if token.type == "fence":
            found += _open_fence(token, lines)
        elif token.type == "table_open":
            found += _lost_cells(token, lines)
        elif token.type == "inline" and token.map is not None:
            found += _of_text(token)
    return tuple(found)


def _wrong(line: int, code: str, message: str, fix: str) -> Finding:
    """Return a finding about a line of a body, counted from 0."""
    return finding("", (line + 1, 1), code, message, fix)


def _conflicts(lines: list[str]) -> Iterator[Finding]:
    is_open = False
    for n, line in enumerate(lines):
        if not _CONFLICT.match(line) or (line[0] in "=|" and not is_open):  # "=======" may underline a heading
            continue
        is_open = line[0] == "<" or (is_open and line[0] != ">")
        fix = "Keep the right version, and remove the three marks"
        message = f"{line[:20]!r} was left by a merge that was not finished"
        yield _wrong(n, "conflict-mark", message, fix)


def _footnotes(lines: list[str]) -> Iterator[Finding]:
    """Yield the texts of footnotes, which Markdown takes for addresses of links."""
    for n, line in enumerate(lines):
        if _FOOTNOTE.match(line):
            fix = "Write it into the sentence, or as a sentence of its own"
            message = f"{line[:30]!r} is a footnote, which customers do not see"
            yield _wrong(n, "foreign-markup", message, fix)


def _doubled_labels(env: dict[str, Any]) -> Iterator[Finding]:
    for doubled in env.get("duplicate_refs", ()):
        message = (
            f"the label [{doubled['label'].lower()}] is defined before, with another address; this one is not used"
        )
        fix = "Give it another label"
        yield _wrong(doubled["map"][0], "duplicate-label", message, fix)


def _open_fence(token: Token, lines: list[str]) -> Iterator[Finding]:
    first, after = token.map or (0, 0)
    last = lines[after - 1].strip(" >\t")
    if after - 1 == first or set(last) != {token.markup[0]} or len(last) < len(token.markup):
        message = f"the block of code that begins here with {token.markup} has no end, so all that follows is code"
        fix = f"Write {token.markup} on a line of its own after it"
        yield _wrong(first, "open-fence", message, fix)


def _lost_cells(token: Token, lines: list[str]) -> Iterator[Finding]:
    first, after = token.map or (0, 0)
    columns = len(_cells(lines[first]))
    for n in range(first + 2, after):
        cells = _cells(lines[n])
        if len(cells) > columns:
            lost = ", ".join(repr(cell) for cell in cells[columns:])
            message = f"the row has {len(cells)} cells and the table {columns} columns, so {lost} disappears"
            fix = r"Add a column to the heading, or write \| for a bar that belongs to the text"
            yield _wrong(n, "lost-cells", message, fix)


def _cells(line: str) -> list[str]:
    text = line.strip(" >\t")
    return [cell.strip() for cell in _PIPE.split(text.removeprefix("|").removesuffix("|"))]


def _of_text(token: Token) -> Iterator[Finding]:
    """Yield what is wrong with a block of text, without code and addresses in it."""
    line = (token.map or (0, 0))[0]
    heading = _HEADING.match(token.content)
    if heading:
        message = f"{token.content[:30]!r} is no heading: an ordinary space must follow the {heading[1]}"
        fix = f"Write '{heading[1]} {token.content.lstrip(_SPACES)[:20]}…'"
        yield _wrong(line, "heading-space", message, fix)
    for child in token.children or []:
        if child.type in ("softbreak", "hardbreak"):
            line += 1
        elif child.type == "text":
            yield from _of_words(child.content, line)


def _of_words(text: str, line: int) -> Iterator[Finding]:
    for match in _REFERENCE.finditer(text):
        label = match[2] or match[1]
        message = f"nothing defines the label [{label}], so customers read {match[0]!r}"
        yield _wrong(line, "undefined-label", message, f"Add a line '[{label}]: ADDRESS', or link directly")
    for pattern, what, fix in _FOREIGN:
        for match in pattern.finditer(text):
            yield _wrong(line, "foreign-markup", f"{match[0]!r} is {what}, which is shown as it is", fix)


def _links(lookup: Lookup, parsed: ParsedArticle) -> Iterator[Finding]:
    for link in lookup.links[parsed.article.path]:
        if link.is_image:
            continue
        at = in_file(parsed, link.line, link.column)
        if not link.href:
            yield finding(
                parsed.article.path, at, "dead-link", "the link has no address", "Write one, or remove the link"
            )
        elif link.href.startswith("/") and not link.href.startswith("//") and internal_target(link.href) is None:
            problem = _own_page(lookup, link.href)
            if problem is not None:
                yield finding(parsed.article.path, at, "dead-link", *problem)


def _own_page(lookup: Lookup, href: str) -> tuple[str, str] | None:
    """Return what is wrong with an address without a site, and the remedy; None for the sample bill or a part of it."""
    address, _, query = href.partition("?")
    parts = [part.id for part in lookup.corpus.bill.parts] if lookup.corpus.bill is not None else []
    if address != BILL_PAGE or not parts:
        fix = "Write the id of an article, or a whole address with https://"
        return f"{href!r} is an address of another site, without its name", fix
    if query and query not in {f"part={part}" for part in parts}:
        return (
            f"the sample bill has no {query!r}",
            f"Write {BILL_PAGE}, or {BILL_PAGE}?part= with one of: {', '.join(parts)}",
        )
    return None


def _front_matter(parsed: ParsedArticle) -> Iterator[Finding]:
    for key in ("title", "summary"):
        node = parsed.fields.value.get(key)
        if node is not None and key == "title" and CHANNEL.search(str(node.value)):
            message = "a title is shown as it is, also a channel's name in braces"
            fix = "Name the channel in the text, and leave it out of the title"
            yield finding(parsed.article.path, (node.line, node.column), "unknown-placeholder", message, fix)
    text = parsed.data.decode("utf-8", "replace").replace("\r\n", "\n").split("\n")
    for n, line in enumerate(text[: parsed.body_line - 1], start=1):
        match = _COMMENT.match(line)
        if match:
            message = f"YAML takes {match['lost'][:30]!r} for a comment, so the text ends at {match['text'][-20:]!r}"
            fix = "Put the whole text in double quotes"
            yield finding(parsed.article.path, (n, match.start("lost") + 1), "yaml-comment", message, fix)
