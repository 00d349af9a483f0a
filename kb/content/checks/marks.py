"""Checks of placeholders and notes that are not recognized, and of telephone numbers that belong in site.yaml."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from kb.common.findings import OR_FIX
from kb.content.articles.parse import CHANNEL, ParsedArticle
from kb.content.articles.telephone import PHONE, channel_of
from kb.content.checks.codes import finding
from kb.content.checks.lookup import Lookup, in_file
from kb.content.markdown.blocks import Block, BlockKind, blocks, place
from kb.content.markdown.render import ADMONITIONS
from kb.types import Finding

_HIDDEN = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)|(?<=\])\([^()\s]*\)|\w+://[^\s)>]+", re.DOTALL)
"""Code, link targets and addresses, which are not text."""
_BRACES = re.compile(r"\{\{[^{}\n]*\}{0,2}|(?<!\{)\{\s*channel\.[\w-]*\s*\}+", re.IGNORECASE)
_ADMONITION = re.compile(r"\[!\s*(\w*)\s*\]")


def check_marks(lookup: Lookup) -> Iterator[Finding]:
    """Yield what is wrong with the telephone numbers, placeholders and notes of every article."""
    for parsed in lookup.checked(lookup.files):
        yield from _telephone_links(lookup, parsed)
        texts = list(_texts(parsed))
        for number, at in _numbers(texts):
            channel = channel_of(number, lookup.corpus.channels)
            fix = f"Write {{{{channel.{channel}}}}}{OR_FIX}" if channel else _ADD_CHANNEL
            yield _phone(parsed, at, number, channel, fix)
        for text, places in texts:
            yield from _placeholders(parsed, text, places)
        yield from _admonitions(parsed)


class _Places:
    """A text, and the positions of its characters in its file."""

    def __init__(self, parsed: ParsedArticle, block: Block | None, lines: list[str], *keys: str) -> None:
        self._parsed, self._block, self._lines, self._keys = parsed, block, lines, keys

    def __call__(self, offset: int) -> tuple[int, int]:
        if self._block is None:
            return self._parsed.at(*self._keys)
        return in_file(self._parsed, *place(self._lines, self._block, offset))


def _texts(parsed: ParsedArticle) -> Iterator[tuple[str, _Places]]:
    """Yield the texts of the front matter and each block as written, with what is not text blanked out."""
    summary, es = (parsed.fields.value.get(key) for key in ("summary", "es"))
    if summary is not None:
        yield _visible(summary.text), _Places(parsed, None, [], "summary")
    if es is not None and es.value is not None:
        yield _visible(es.value["text"].text), _Places(parsed, None, [], "es", "text")
    lines = parsed.raw_body.split("\n")
    for block in blocks(parsed.raw_body):
        yield _visible(block.text), _Places(parsed, block, lines)


def _visible(text: str) -> str:
    return _HIDDEN.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)


def typed_numbers(parsed: ParsedArticle) -> Iterator[tuple[str, tuple[int, int]]]:
    """Return each telephone number typed into an article's texts, with its line and column.

    :param parsed: The article.
    :return: In a value of the front matter, the position is that of the value.
    """
    return _numbers(_texts(parsed))


def _numbers(texts: Iterable[tuple[str, _Places]]) -> Iterator[tuple[str, tuple[int, int]]]:
    for text, at in texts:
        for match in PHONE.finditer(text):
            yield match[0], at(match.start())


def _telephone_links(lookup: Lookup, parsed: ParsedArticle) -> Iterator[Finding]:
    for link in lookup.links[parsed.article.path]:
        if link.href.lower().startswith("tel:"):
            channel = channel_of(link.href, lookup.corpus.channels)
            fix = f"Write {{{{channel.{channel}}}}} in place of the link" if channel else _ADD_CHANNEL
            yield _phone(parsed, in_file(parsed, link.line, link.column), link.href, channel, fix)


_ADD_CHANNEL = "Write a channel of site.yaml, such as {{channel.phone}}; add the number there if it is missing"


def _phone(parsed: ParsedArticle, at: tuple[int, int], number: str, channel: str, fix: str) -> Finding:
    message = f"{number!r} {f'is channel.{channel}' if channel else 'looks like a telephone number'}"
    return finding(parsed.article.path, at, "phone-number", message, fix)


def _placeholders(parsed: ParsedArticle, text: str, at: _Places) -> Iterator[Finding]:
    for match in _BRACES.finditer(text):
        if not CHANNEL.fullmatch(match[0]):
            message = f"{match[0]!r} is not filled in but shown as it is"
            fix = "Write {{channel.NAME}}, in small letters, with the name of a channel of site.yaml"
            yield finding(parsed.article.path, at(match.start()), "unknown-placeholder", message, fix)


def _admonitions(parsed: ParsedArticle) -> Iterator[Finding]:
    lines = parsed.raw_body.split("\n")
    for block in blocks(parsed.raw_body):
        match = _ADMONITION.match(block.text) if block.kind is BlockKind.TEXT and block.is_nested else None
        line, column = place(lines, block, 0)
        if match is None or ">" not in lines[line - 1][: column - 1]:
            continue
        if match[1].upper() in ADMONITIONS:
            message = f"the text after {match[0]!r} keeps it from being a note"
            fix = "Write the text on the next line, after '> '"
        else:
            message = f"{match[0]!r} is shown as it is"
            fix = f"Use one of: {', '.join(f'[!{name}]' for name in ADMONITIONS)}"
        yield finding(parsed.article.path, in_file(parsed, line, column), "unknown-admonition", message, fix)
