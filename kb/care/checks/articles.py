"""Checks of the articles: whether a build would take them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from kb.care.installation import Installation
from kb.care.results import Result, from_error, ok, problem, warning
from kb.content.articles.corpus import load_articles
from kb.errors import ArticlesError
from kb.types import Severity


def articles(installation: Installation) -> Iterator[Result]:
    """Check that the articles can be read and built."""
    folder, corpus = installation.settings.articles, installation.corpus
    if corpus is None:
        yield _why_none(installation)
        return
    found = Counter(finding.severity for finding in corpus.findings)
    published = len(corpus.library)
    if found[Severity.ERROR]:
        yield problem(
            "articles",
            f"{found[Severity.ERROR]} errors in {folder}: nothing new can be built",
            "Correct what 'kb check' lists; 'kb check --fix' corrects what has one right form.",
        )
    elif not published:
        yield problem("articles", f"none in {folder} is published", "Set 'status: published' in one.")
    elif found[Severity.WARNING]:
        said = f"{published} in {folder}, with {found[Severity.WARNING]} warnings"
        yield warning("articles", said, "Read them: kb check")
    else:
        yield ok("articles", f"{published} published in {folder}, no errors")


def _why_none(installation: Installation) -> Result:
    try:
        load_articles(installation.settings.articles)
    except ArticlesError as error:
        return from_error("articles", error)
    return problem("articles", "they could not be read a moment ago, and can be now", "Run it again: kb doctor")
