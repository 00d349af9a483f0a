"""Checks of a body's text and structure: images, raw HTML, headings, sentences, figures, and what a kind needs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from urllib.parse import unquote

from kb.content.articles.parse import ParsedArticle
from kb.content.checks.codes import finding
from kb.content.checks.lookup import Lookup, in_file, is_published
from kb.content.markdown.blocks import Block, BlockKind, blocks, place
from kb.content.markdown.links import BodyLink, raw_html
from kb.content.markdown.render import plain_text, slugify, steps
from kb.types import ArticleKind, Finding

MAX_WORDS = 30
"""A sentence of more words is hard to follow on a telephone's screen."""
MAX_TRANSLATED_WORDS = 36
"""Spanish says the same in a fifth more words."""
MAX_SIGNPOST = 3
"""Sentences; a signpost is read in passing."""
MIN_STEPS = 2
"""Fewer steps are not a tutorial."""

_SENTENCE = re.compile(r"\S.*?(?:[.!?][\"'”’)\]*_]*(?=\s|$)|\Z)", re.DOTALL)
_MONEY = re.compile(r"(?<!\w)(?:US)?\$\s?\d[\d,]*(?:\.\d+)?|\b\d[\d,.]*\s(?:dollars|cents)\b")
_AS_OF = re.compile(r"\b(?:19|20)\d\d\b|\bas of\b|\bundated\b|\bwithout a date\b|\bno date\b", re.IGNORECASE)
_MADE_UP = re.compile(
    r"\b(?:examples?|for instance|suppose|imagine|say|sample|made[- ]up|invented|such as)\b",
    re.IGNORECASE,
)
_PLACEHOLDER = re.compile(r"\bTODO:")
MIN_ENGLISH = 2
"""Function words; one may belong to what is printed on the bill."""


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ENGLISH_WORDS = _set(
    "the and your you is are was of to for with this that it on in not from our we they will can do if by or be"
)
_SPANISH_WORDS = _set(
    "el la los las y su sus usted es son de del para con este esta que lo en no un una se por o si al le a más"
)


def check_text(lookup: Lookup) -> Iterator[Finding]:
    """Yield what is wrong with the text of every article."""
    for parsed in lookup.checked(lookup.corpus.parsed):
        found = list(blocks(parsed.raw_body))
        yield from _images(lookup, parsed)
        yield from _html(parsed)
        yield from _headings(parsed, found)
        yield from _sentences(parsed, found)
        yield from _figures(parsed, found)
        yield from _kind(parsed, found)
        yield from _placeholders(parsed)
    for parsed in lookup.checked(lookup.corpus.translations):
        found = list(blocks(parsed.raw_body))
        yield from _images(lookup, parsed)
        yield from _html(parsed)
        yield from _sentences(parsed, found, MAX_TRANSLATED_WORDS)
        yield from _in_english(parsed, found)
        yield from _placeholders(parsed)


def _images(lookup: Lookup, parsed: ParsedArticle) -> Iterator[Finding]:
    for link in lookup.links[parsed.article.path]:
        if not link.is_image:
            continue
        at = in_file(parsed, link.line, link.column)
        fix = "Say in the square brackets what it shows"
        if not link.alt.strip():
            yield finding(parsed.article.path, at, "alt-text", f"the image {link.href!r} has no text", fix)
        elif _only_named(link):
            message = f"the text {link.alt!r} repeats the name of the file"
            yield finding(parsed.article.path, at, "alt-text", message, fix)


def _only_named(link: BodyLink) -> bool:
    """Return whether the words of a picture are no more than its file's name, with or without the ending."""
    name = PurePosixPath(unquote(link.href).partition("?")[0])
    return slugify(link.alt) in {slugify(name.name), slugify(name.stem)}


def _html(parsed: ParsedArticle) -> Iterator[Finding]:
    for text, line, column in raw_html(parsed.raw_body):
        shown = text.split("\n")[0][:40]
        fix = "Write it in Markdown, or put it in `backticks` when it is meant to be seen"
        yield finding(
            parsed.article.path, in_file(parsed, line, column), "raw-html", f"{shown!r} would be shown as text", fix
        )


def _headings(parsed: ParsedArticle, found: list[Block]) -> Iterator[Finding]:
    last = 1
    for block in found:
        if block.kind is not BlockKind.HEADING or block.is_nested:
            continue
        at = in_file(parsed, block.line, 1)
        if block.level == 1:
            message = "a level 1 heading; the title is one already"
            yield finding(parsed.article.path, at, "heading-order", message, "Begin it with '##'")
        elif block.level > last + 1:
            message = f"the heading jumps from level {last} to level {block.level}"
            fix = f"Begin it with '{'#' * (last + 1)}'"
            yield finding(parsed.article.path, at, "heading-order", message, fix)
        last = block.level


def _sentences(parsed: ParsedArticle, found: list[Block], most: int = MAX_WORDS) -> Iterator[Finding]:
    lines = parsed.raw_body.split("\n")
    for block in found:
        if block.kind is not BlockKind.TEXT:
            continue
        for match in _SENTENCE.finditer(block.text):
            words = len(Block(BlockKind.TEXT, match[0], 1).spoken.split())
            if words > most:
                at = in_file(parsed, *place(lines, block, match.start()))
                message = f"a sentence of {words} words"
                yield finding(parsed.article.path, at, "long-sentence", message, "Split it in two")


def _in_english(parsed: ParsedArticle, found: list[Block]) -> Iterator[Finding]:
    """Yield each block of a translation that has the function words of English, and few of the other language."""
    lines = parsed.raw_body.split("\n")
    for block in found:
        words = re.findall(r"[a-záéíóúñü]+", block.spoken.casefold())
        english = sum(word in _ENGLISH_WORDS for word in words)
        if english >= MIN_ENGLISH and english > sum(word in _SPANISH_WORDS for word in words):
            at = in_file(parsed, *place(lines, block, 0))
            message = f"{block.spoken[:40].strip()!r} is still in English"
            yield finding(parsed.article.path, at, "untranslated-text", message, "Write it in Spanish")


def _figures(parsed: ParsedArticle, found: list[Block]) -> Iterator[Finding]:
    """Yield amounts of money that have no date and are not an example, by their paragraph or its introduction."""
    lines = parsed.raw_body.split("\n")
    first: tuple[tuple[int, int], str] | None = None
    excused = _excused(parsed.article.title)
    for block in found:
        match = None if block.kind is BlockKind.HEADING else _MONEY.search(block.spoken)
        if match:
            offset = max(block.text.find(match[0]), 0)
            at = in_file(parsed, *place(lines, block, offset))
            first = first or (at, match[0])
            if not excused and not _excused(block.text):
                fix = "Say as of when, such as 'in January 2025', or that it is an example"
                message = f"{match[0]!r} has no date in its paragraph"
                yield finding(parsed.article.path, at, "figure-without-date", message, fix)
        if block.kind is BlockKind.HEADING:
            excused = _excused(block.text)
        elif not block.is_nested:  # an introduction speaks for the list, quote or table below it
            excused = _excused(block.text) if block.kind is BlockKind.TEXT else excused
    if first and not parsed.article.sources and "sources" not in parsed.unread:
        fix = "Add 'sources' with the address, the source's own date and when you read it"
        yield finding(parsed.article.path, first[0], "no-source", f"{first[1]!r} has no source", fix)


def _excused(text: str) -> bool:
    return bool(_AS_OF.search(text) or _MADE_UP.search(text))


def _kind(parsed: ParsedArticle, found: list[Block]) -> Iterator[Finding]:
    article = parsed.article
    at = parsed.at("kind")
    if article.is_signpost and (n := len(_SENTENCE.findall(plain_text(article.body)))) > MAX_SIGNPOST:
        fix = "Say that it isn't here and who helps, in three sentences at most"
        first = in_file(parsed, found[0].line, 1)
        yield finding(article.path, first, "long-signpost", f"a signpost of {n} sentences", fix)
    if article.kind is ArticleKind.TUTORIAL and len(steps(parsed.raw_body)) < MIN_STEPS:
        fix = "Write the steps as a list '1.', '2.' …, or choose another kind"
        yield finding(article.path, at, "tutorial-without-steps", "a tutorial without numbered steps", fix)
    if article.kind is ArticleKind.REFERENCE and not any(block.kind is BlockKind.TABLE for block in found):
        fix = "Put what is looked up in a table, or choose another kind"
        yield finding(article.path, at, "reference-without-table", "a reference without a table", fix)


def _placeholders(parsed: ParsedArticle) -> Iterator[Finding]:
    if not is_published(parsed.article):
        return
    text = parsed.data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    for number, line in enumerate(text.split("\n"), start=1):
        for match in _PLACEHOLDER.finditer(line):
            fix = "Write the text that belongs here, or set 'status: draft'"
            at = (number, match.start() + 1)
            yield finding(parsed.article.path, at, "placeholder", "a 'TODO:' is still to be done", fix)
