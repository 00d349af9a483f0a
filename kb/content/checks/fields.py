"""Checks of the front matter as a whole: titles, folders, lists, dates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from difflib import get_close_matches
from pathlib import PurePath

from kb.common.findings import OR_FIX
from kb.content.articles.frontmatter import UNKNOWN_DATE
from kb.content.articles.parse import ParsedArticle
from kb.content.checks.codes import finding
from kb.content.checks.lookup import Lookup, is_published
from kb.types import ELSEWHERE, Article, Finding

_LISTS = ("keywords", "related", "redirects")


def check_fields(lookup: Lookup) -> Iterator[Finding]:
    """Yield what is wrong with the front matter of every article."""
    yield from _titles(lookup.corpus.parsed)
    yield from _titles(lookup.corpus.translations)
    yield from _folders(lookup)
    yield from _signposts_folder(lookup)
    for parsed in lookup.corpus.parsed:
        yield from _lists(parsed)
        yield from _dates(parsed, lookup.today)
        if not parsed.article.summary and not parsed.article.is_signpost and "summary" not in parsed.unread:
            fix = "Add 'summary': one sentence that answers the title"
            yield finding(parsed.article.path, (1, 1), "no-summary", "there is no summary", fix)
    for parsed in lookup.corpus.translations:
        yield from _doubled(parsed, "keywords")
        yield from _reviewed_later(parsed, lookup.today)


def _titles(of_one_language: Iterable[ParsedArticle]) -> Iterator[Finding]:
    first: dict[str, str] = {}
    for parsed in of_one_language:
        if "title" in parsed.unread:
            continue
        path, title = parsed.article.path, parsed.article.title
        other = first.setdefault(" ".join(title.casefold().rstrip("?!. ").split()), path)
        if other != path:
            message = f"the title {title!r} is also that of {other}"
            fix = "Say in each title what sets it apart"
            yield finding(path, parsed.at("title"), "duplicate-title", message, fix)


def _folders(lookup: Lookup) -> Iterator[Finding]:
    """Compare category and folder, unless the corpus is one flat folder that is not a category."""
    folders = {PurePath(p.article.path).parent for p in lookup.articles}
    categories = {p.article.category for p in lookup.articles}
    if len(folders) == 1 and not {folder.name for folder in folders} & categories:
        return
    known = {category.id for category in lookup.corpus.categories} | {folder.name for folder in folders}
    for parsed in lookup.articles:
        name, category = PurePath(parsed.article.path).parent.name, parsed.article.category
        if name not in (category, ELSEWHERE) and category != ELSEWHERE:  # which is an error already
            message = f"the category is {category!r}, but the file lies in the folder {name!r}"
            fix = _folder_fix(category, name, known)
            yield finding(parsed.article.path, parsed.at("category"), "category-folder", message, fix)


def _signposts_folder(lookup: Lookup) -> Iterator[Finding]:
    """Yield each signpost that lies with the articles, and each article that lies with the signposts."""
    for parsed in lookup.corpus.parsed:
        article, folder = parsed.article, PurePath(parsed.article.path).parent.name
        if article.is_signpost and folder != ELSEWHERE:
            message = f"a signpost lies in the folder {ELSEWHERE!r}, not in {folder!r}"
            yield finding(article.path, parsed.at("kind"), "signpost-folder", message, "Move the file there")
        elif folder == ELSEWHERE and not article.is_signpost:
            message = f"the folder {ELSEWHERE!r} is for signposts, and this is an article"
            fix = f"Move the file to the folder {article.category!r}, or write 'kind: signpost' without a category"
            yield finding(article.path, parsed.at("kind"), "signpost-folder", message, fix)


def _folder_fix(category: str, name: str, known: set[str]) -> str:
    """Return a fix for a category that is not the folder's name; for a typing error, name the right folder."""
    if category in known:
        return f"Move the file to the folder {category!r}, or write 'category: {name}'"
    near = get_close_matches(category, sorted(known), n=1)
    if near and near[0] != name:
        return f"There is no folder {category!r}. Did you mean {near[0]!r}? If not, write 'category: {name}'"
    return f"There is no folder {category!r}. Write 'category: {name}'"


def _lists(parsed: ParsedArticle) -> Iterator[Finding]:
    for key in _LISTS:
        yield from _doubled(parsed, key)


def _doubled(parsed: ParsedArticle, key: str) -> Iterator[Finding]:
    seen: set[str] = set()
    for n, item in enumerate(getattr(parsed.article, key)):
        if item.casefold() in seen:
            message = f"{key!r} names {item!r} twice"
            fix = "Remove one" + OR_FIX
            yield finding(parsed.article.path, parsed.at(key, n), "duplicate-item", message, fix)
        seen.add(item.casefold())


def _dates(parsed: ParsedArticle, today: date) -> Iterator[Finding]:
    article = parsed.article
    yield from _reviewed_later(parsed, today)
    for n, source in enumerate(article.sources):
        for key, written in (("dated", source.dated), ("read", source.read)):
            if written != UNKNOWN_DATE and written > today.isoformat()[: len(written)]:
                message = f"'{key}' is {written}, but today is {today}"
                yield finding(article.path, parsed.at("sources", n, key), "future-date", message, "Correct the date")
    due = article.review_due
    if due and due < today and is_published(article):
        days = (today - due).days
        message = f"the review was due on {due}, {days} day{'s' if days != 1 else ''} ago"
        fix = "Read it against its sources, then write today's date at 'reviewed'"
        yield finding(article.path, parsed.at("reviewed"), "overdue", message, fix)


def _reviewed_later(parsed: ParsedArticle, today: date) -> Iterator[Finding]:
    reviewed = parsed.article.reviewed
    if reviewed and reviewed > today:
        message = f"'reviewed' is {reviewed}, but today is {today}"
        fix = "Write the day on which it was reviewed"
        yield finding(parsed.article.path, parsed.at("reviewed"), "future-date", message, fix)


def overdue(articles: tuple[Article, ...], today: date) -> list[Article]:
    """Return the published articles whose review is overdue, the longest overdue first."""
    due = [(day, a.id, a) for a in articles if is_published(a) and (day := a.review_due) and day < today]
    return [article for _, _, article in sorted(due, key=lambda item: item[:2])]
