"""Figures of what the articles are like: how they read, what they show, where they lead, and what they lean on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from statistics import median
from typing import Final
from urllib.parse import urlsplit

from kb.content.articles.corpus import Corpus
from kb.content.articles.parse import ParsedArticle
from kb.content.checks.lookup import is_published
from kb.content.checks.voice import grade, prose
from kb.content.markdown.links import links
from kb.types import SPANISH, Finding

_UNKNOWN: Final = "unknown"
_OUTDATED: Final = "translation-outdated"
_VOICE: Final = ("search-for-sources", "process-words")


@dataclass(frozen=True, slots=True)
class ContentFigures:
    """What was counted in the published articles of a folder."""

    articles: int
    signposts: int
    spanish: int
    """Articles with a Spanish text."""
    spanish_outdated: int
    """Those whose English text has changed since it was translated."""
    spanish_signposts: int
    few_spanish_examples: tuple[str, ...]
    """Articles and signposts with fewer than twelve Spanish examples, by id."""
    median_grade: float
    """Median of the articles' reading grade, in years of school."""
    hardest: tuple[tuple[float, str], ...]
    """The articles with the highest grade, and the grade."""
    speak_of_sources: tuple[str, ...]
    """Files that speak of the search for sources."""
    with_picture: int
    external_links: int
    hosts: Mapping[str, int]
    """External links by host."""
    unlisted: tuple[tuple[str, str], ...] = field(default=())
    """File and address of each link to a host that is not on the operator's list."""
    sources: int = 0
    sources_dated: int = 0
    """Sources with a date of their own; the others say that it is unknown."""
    without_source: tuple[str, ...] = ()


FEW_SPANISH: Final = 12


def content_figures(
    corpus: Corpus, findings: Iterable[Finding], is_spanish: Callable[[str], bool], official: tuple[str, ...] = ()
) -> ContentFigures:
    """Count.

    :param corpus: All articles.
    :param findings: The findings of :func:`kb.content.checks.corpus_check.check_corpus`.
    :param is_spanish: Whether a question is in Spanish.
    :param official: Hosts that articles may link to, each with its subdomains; empty for any.
    :return: The figures.
    """
    published = [parsed for parsed in corpus.parsed if is_published(parsed.article)]
    articles = [parsed for parsed in published if not parsed.article.is_signpost]
    signposts = [parsed for parsed in published if parsed.article.is_signpost]
    findings = tuple(findings)
    grades = sorted(((grade(prose(p)), p.article.id) for p in articles), reverse=True)
    outside = [(p.article.path, link) for p in published for link in _outside(p)]
    hosts = Counter(urlsplit(link).hostname or "" for _, link in outside)
    sources = [source for p in articles for source in p.article.sources]
    return ContentFigures(
        articles=len(articles),
        signposts=len(signposts),
        spanish=sum(SPANISH in p.article.translations for p in articles),
        spanish_outdated=len({f.path for f in findings if f.code == _OUTDATED}),
        spanish_signposts=sum(p.article.in_language(SPANISH) is not p.article for p in signposts),
        few_spanish_examples=tuple(
            p.article.id for p in published if sum(map(is_spanish, p.article.every_example)) < FEW_SPANISH
        ),
        median_grade=round(median(value for value, _ in grades), 1) if grades else 0.0,
        hardest=tuple((round(value, 1), name) for value, name in grades[:5]),
        speak_of_sources=tuple(sorted({f.path for f in findings if f.code in _VOICE})),
        with_picture=sum(any(link.is_image for link in links(p.raw_body)) for p in articles),
        external_links=len(outside),
        hosts=dict(hosts.most_common()),
        unlisted=tuple((path, link) for path, link in outside if official and not _is_on(official, link)),
        sources=len(sources),
        sources_dated=sum(source.dated != _UNKNOWN for source in sources),
        without_source=tuple(p.article.id for p in articles if not p.article.sources),
    )


def _outside(parsed: ParsedArticle) -> list[str]:
    return [link.href for link in links(parsed.raw_body) if not link.is_image and link.href.startswith("http")]


def _is_on(official: tuple[str, ...], link: str) -> bool:
    host = (urlsplit(link).hostname or "").removeprefix("www.")
    return any(host == site or host.endswith(f".{site}") for site in official)
