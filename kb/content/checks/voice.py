"""Checks of how an article sounds, as far as a program can tell: docs/voice.md has the rules."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Final

from pyphen import Pyphen

from kb.content.articles.parse import ParsedArticle
from kb.content.checks.codes import finding
from kb.content.checks.lookup import Lookup, in_file
from kb.content.markdown.blocks import Block, BlockKind, blocks, place
from kb.types import Finding

MAX_GRADE: Final = 9.0
"""Years of school that a text may ask for; the aim of docs/voice.md is one year less."""
MIN_WORDS: Final = 100
"""The grade of a shorter text says little."""

_SEARCHED = re.compile(
    r"\b(?:no|any|a|one)\b[^.!?]{0,80}\b(?:page|rule|source|figure|list|number|date|text)s?\b[^.!?]{0,80}\b(?:was|were|is|be)\s+"
    r"(?:not\s+)?found\b"
    r"|\bwe\s+(?:have\s+)?(?:found|could\s?n[o']t\s+find|did\s?n[o']t\s+find|looked)\b"
    r"|\b(?:was|were)\s+not\s+(?:found|checked)\b|\bcould\s+not\s+be\s+found\b",
    re.IGNORECASE,
)
_PROCESS = re.compile(
    r"\bthird-party\s+(?:page|site|website|guide|copy)|\b(?:undated|stored|older|legacy)\s+(?:\w+\s+)?(?:page|copy|text|guide)s?\b"
    r"|\breseller(?:'s|’s)?\s+(?:copy|page)|\bthe\s+material\s+behind\b|\bthe\s+(?:part\s+of\s+(?:that|the)\s+)?pages?\s+we\s+have\b"
    r"|\bmay\s+differ\s+from\s+what\b",
    re.IGNORECASE,
)
_BRITISH: Final = {
    "behaviour": "behavior",
    "cancelled": "canceled",
    "cancelling": "canceling",
    "centre": "center",
    "cheque": "check",
    "colour": "color",
    "favour": "favor",
    "favourite": "favorite",
    "honour": "honor",
    "instalment": "installment",
    "instalments": "installments",
    "labour": "labor",
    "licence": "license",
    "neighbour": "neighbor",
    "neighbours": "neighbors",
    "organisation": "organization",
    "organise": "organize",
    "programme": "program",
    "realise": "realize",
    "recognise": "recognize",
    "recognised": "recognized",
    "travelling": "traveling",
    "whilst": "while",
}
_BRITISH_WORD = re.compile(rf"\b(?:{'|'.join(_BRITISH)})\b", re.IGNORECASE)
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_DAY_FIRST = re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?({_MONTHS}),?\s+(\d{{4}})\b")
_ADDRESS = re.compile(r"\]\([^)\n]*\)|https?://\S+|`[^`\n]*`")
"""What is not read out: addresses and code."""
_SENTENCE_END = re.compile(r"[.!?:](?=\s|$)|\n")
_WORD = re.compile(r"[A-Za-z][A-Za-z'’-]*")


def check_voice(lookup: Lookup) -> Iterator[Finding]:
    """Yield what the English articles and signposts say in another voice than ours."""
    for parsed in lookup.corpus.parsed:
        found = list(blocks(parsed.raw_body))
        yield from _summary(parsed)
        yield from _first(parsed, found)
        for block in found:
            yield from _words(parsed, block)
        yield from _grade(parsed, found)


def grade(text: str) -> float:
    """Return the Flesch-Kincaid grade: the years of school in the US that a text asks for.

    Source: Kincaid, Fishburne, Rogers and Chissom 1975. Syllables are the places where a word may be hyphenated, which
    finds a tenth too few.

    :param text: English prose, with a line break or a full stop after each heading, item and sentence.
    :return: 0.0 for a text without a word.
    """
    words = _WORD.findall(text)
    if not words:
        return 0.0
    sentences = max(1, sum(bool(_WORD.search(part)) for part in _SENTENCE_END.split(text)))
    syllables = sum(_syllables(word.lower()) for word in words)
    return max(0.0, 0.39 * len(words) / sentences + 11.8 * syllables / len(words) - 15.59)


def prose(parsed: ParsedArticle) -> str:
    """Return the text whose grade counts: a line for each paragraph and item; not headings, tables and code."""
    return "\n".join(block.spoken for block in blocks(parsed.raw_body) if block.kind is BlockKind.TEXT)


@lru_cache(maxsize=20_000)
def _syllables(word: str) -> int:
    return len(_hyphenation().positions(word)) + 1


@cache
def _hyphenation() -> Pyphen:
    return Pyphen(lang="en_US")


def _summary(parsed: ParsedArticle) -> Iterator[Finding]:
    if _SEARCHED.search(parsed.article.summary) or _PROCESS.search(parsed.article.summary):
        yield _about_us(parsed, parsed.at("summary"), "the summary")


def _first(parsed: ParsedArticle, found: list[Block]) -> Iterator[Finding]:
    first = next((block for block in found if block.kind is BlockKind.TEXT), None)
    match = first and (_SEARCHED.search(first.text) or _PROCESS.search(first.text))
    if first and match:
        at = in_file(parsed, *place(parsed.raw_body.split("\n"), first, match.start()))
        yield _about_us(parsed, at, "the first paragraph")


def _about_us(parsed: ParsedArticle, at: tuple[int, int], where: str) -> Finding:
    message = f"{where} speaks of the search for sources"
    fix = "Begin with the answer, or with what the customer can do; sources belong into 'sources'"
    return finding(parsed.article.path, at, "search-for-sources", message, fix)


def _words(parsed: ParsedArticle, block: Block) -> Iterator[Finding]:
    lines, path = parsed.raw_body.split("\n"), parsed.article.path
    text = _ADDRESS.sub(lambda match: " " * len(match[0]), block.text)
    for match in _PROCESS.finditer(text):
        at = in_file(parsed, *place(lines, block, match.start()))
        fix = "Say the fact with its date, and put where it was read into 'sources'"
        yield finding(path, at, "process-words", f"{match[0]!r} is about our work, not about the customer", fix)
    for match in _BRITISH_WORD.finditer(text):
        at = in_file(parsed, *place(lines, block, match.start()))
        fix = f"Write {_BRITISH[match[0].lower()]!r}"
        yield finding(path, at, "british-spelling", f"{match[0]!r} is not the spelling of the US", fix)
    for match in _DAY_FIRST.finditer(text):
        at = in_file(parsed, *place(lines, block, match.start()))
        fix = f"Write {f'{match[2]} {int(match[1])}, {match[3]}'!r}"
        yield finding(path, at, "date-style", f"{match[0]!r} is not how dates are written in the US", fix)


def _grade(parsed: ParsedArticle, found: list[Block]) -> Iterator[Finding]:
    text = prose(parsed)
    if len(_WORD.findall(text)) < MIN_WORDS:
        return
    found_grade = grade(text)
    if found_grade > MAX_GRADE:
        first = next((block for block in found if block.kind is BlockKind.TEXT), found[0])
        at = in_file(parsed, *place(parsed.raw_body.split("\n"), first, 0))
        message = f"the text asks for {found_grade:.1f} years of school"
        fix = f"Shorten its sentences and use plainer words, down to {MAX_GRADE:.0f}"
        yield finding(parsed.article.path, at, "reading-grade", message, fix)
