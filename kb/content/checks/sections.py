"""Checks of the sections that examples and tests are tied to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from itertools import chain

from kb.common.findings import OR_FIX
from kb.content.articles.parse import ParsedArticle
from kb.content.checks.codes import finding
from kb.content.checks.lookup import Lookup
from kb.types import TOP, Article, Finding, Section

_NEAR = 0.5
"""How alike two anchors must be, 0 to 1, for one to be offered in place of the other."""


def check_sections(lookup: Lookup) -> Iterator[Finding]:
    """Yield what is wrong with the ties between questions and sections.

    :param lookup: The articles.
    :yield: Findings, in no order.
    """
    for parsed in lookup.checked(lookup.files):
        original = lookup.by_id.get(parsed.article.id)
        if original is not None:
            yield from _dead(parsed, original.article)
    for parsed in lookup.checked(lookup.corpus.parsed):
        yield from _same_heading(parsed)
        yield from _without_example(parsed)


def renamed(anchor: str, article: Article) -> str:
    """Return the anchor that an old one most likely became; empty if none is near.

    :param anchor: One that the article does not have.
    :param article: The article as it is now.
    :return: An anchor of the article.
    """
    return next(iter(_near(anchor, article)), "")


def followed(article: Article) -> dict[str, str]:
    """Return what lost anchors that questions are tied to became, where only one section of the article is near."""
    anchors = {section.anchor for section in article.sections}
    tied = {*article.example_sections.values(), *chain.from_iterable(article.test_sections.values())}
    return {lost: near[0] for lost in tied - anchors - {TOP} if len(near := _near(lost, article)) == 1}


def _near(anchor: str, article: Article) -> list[str]:
    """Return the anchors that an old one may have become, the likeliest first."""
    anchors = [section.anchor for section in article.sections if section.anchor]
    # A heading that was reworded keeps most of its words, whatever their order.
    shared = [(len(_words(anchor) & _words(other)) / len(_words(anchor) | _words(other)), other) for other in anchors]
    near = [other for share, other in sorted(shared, reverse=True) if share >= _NEAR]
    return near or get_close_matches(anchor, anchors)


def _words(anchor: str) -> set[str]:
    return set(re.split(r"-+", anchor))


def _dead(parsed: ParsedArticle, original: Article) -> Iterator[Finding]:
    """Yield each tie to a section that is not there; a translation has the sections of the English text."""
    article = parsed.article
    anchors = {section.anchor for section in original.sections} | {TOP}
    ties: list[tuple[str, int, tuple[str, ...]]]
    ties = [("examples", n, (article.example_sections.get(text, TOP),)) for n, text in enumerate(article.examples)]
    ties += [("tests", n, article.test_sections.get(text, ())) for n, text in enumerate(article.tests)]
    for key, n, named in ties:
        for place, anchor in enumerate(named):
            if anchor not in anchors:
                text = getattr(article, key)[n]
                message = f"the {key.removesuffix('s')} {text!r} is tied to the section {anchor!r}, which is not there"
                yield finding(
                    article.path,
                    parsed.at(key, n, "section", place),
                    "dead-section",
                    message,
                    _remedy(anchor, original),
                )


def _remedy(anchor: str, article: Article) -> str:
    near = renamed(anchor, article)
    if near:
        return f"Was it renamed? Write 'section: {near}'{OR_FIX if anchor in followed(article) else ''}"
    anchors = [section.anchor for section in article.sections if section.anchor]
    if not anchors:
        return "Remove 'section': there are no headings"
    return f"Use one of: {', '.join(anchors)}"


def _same_heading(parsed: ParsedArticle) -> Iterator[Finding]:
    seen: dict[str, Section] = {}
    for section in parsed.article.sections:
        first = seen.setdefault(section.heading.casefold(), section)
        if first is not section and section.heading:
            message = f"the heading {section.heading!r} is already on line {first.line}, so its anchor became "
            message += f"{section.anchor!r}"
            fix = "Reword one: a tie or a link by these words reaches the first only"
            yield finding(parsed.article.path, (section.line, 1), "duplicate-heading", message, fix)


def _without_example(parsed: ParsedArticle) -> Iterator[Finding]:
    """Yield a finding for each section that no example is tied to, in an article whose editor has begun to tie them."""
    article = parsed.article
    if not article.example_sections:
        return
    reached = set(article.example_sections.values())
    for section in article.sections:
        if section.anchor and section.anchor not in reached and section.markdown.strip():
            message = f"no example is tied to the section {section.heading!r}"
            fix = f'Add one: - {{question: "…", section: {section.anchor}}}'
            yield finding(article.path, (section.line, 1), "section-without-example", message, fix)
