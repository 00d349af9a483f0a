"""Checks of links, anchors, related articles and redirects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from kb.common.findings import OR_FIX
from kb.content.articles.corpus import Corpus
from kb.content.articles.parse import ParsedArticle
from kb.content.checks.codes import finding
from kb.content.checks.lookup import Lookup, in_file, is_published
from kb.content.markdown.render import internal_target
from kb.types import Finding

MAX_RELATED = 8
"""More related articles do not help; an article that has this many need not relate back to another one."""


def check_links(lookup: Lookup) -> Iterator[Finding]:
    """Yield what is wrong with the links and related articles of every article."""
    for parsed in lookup.files:
        yield from _body_links(lookup, parsed)
    for parsed in lookup.corpus.parsed:
        yield from _related(lookup, parsed)
        yield from _own_redirects(parsed)
    yield from _orphans(lookup)


def _body_links(lookup: Lookup, parsed: ParsedArticle) -> Iterator[Finding]:
    for link in lookup.links[parsed.article.path]:
        target = None if link.is_image else internal_target(link.href)
        if target is None:
            continue
        article_id, anchor = target
        at = in_file(parsed, link.line, link.column)
        if article_id:
            yield from _target(lookup, parsed, article_id, at)
        aim = lookup.resolve(article_id or parsed.article.id)  # of a translation the English text: it has the anchors
        if aim is not None and anchor:
            yield from _anchor(parsed, aim, anchor, at)


def _target(lookup: Lookup, parsed: ParsedArticle, article_id: str, at: tuple[int, int]) -> Iterator[Finding]:
    path = parsed.article.path
    aim = lookup.resolve(article_id)
    if aim is None:
        fix = lookup.suggestion(article_id, "Use the id of an article, or a whole address with https://")
        code = "signpost-link" if parsed.article.is_signpost else "dead-link"
        yield finding(path, at, code, f"there is no article {article_id!r}", fix)
    elif aim.article.is_signpost:
        yield _to_signpost(parsed, article_id, at)
    elif aim.article.id == parsed.article.id:
        fix = "Remove it, or link to a heading of this article with #heading"
        yield finding(path, at, "self-link", "the article links to itself", fix)
    elif aim.article.id != article_id:
        yield finding(path, at, "old-id", f"{article_id!r} is an earlier id", f"Write {aim.article.id!r}")
    elif is_published(parsed.article) and not is_published(aim.article):
        fix = "Publish that article, or remove the link"
        yield finding(path, at, "link-to-draft", f"{article_id!r} is a draft, which customers cannot open", fix)


def _to_signpost(parsed: ParsedArticle, signpost: str, at: tuple[int, int]) -> Finding:
    message = f"{signpost!r} is a signpost, which customers cannot open"
    return finding(parsed.article.path, at, "link-to-signpost", message, "Name an article, or remove it")


def _anchor(parsed: ParsedArticle, aim: ParsedArticle, anchor: str, at: tuple[int, int]) -> Iterator[Finding]:
    anchors = [section.anchor for section in aim.article.sections if section.anchor]
    if anchor not in anchors:
        near = get_close_matches(anchor, anchors, n=1)
        fix = f"Did you mean '#{near[0]}'?" if near else f"Use one of: {', '.join(anchors) or 'it has no headings'}"
        message = f"{aim.article.id!r} has no heading with the anchor '#{anchor}'"
        yield finding(parsed.article.path, at, "dead-anchor", message, fix)


def _related(lookup: Lookup, parsed: ParsedArticle) -> Iterator[Finding]:
    article = parsed.article
    for n, other in enumerate(article.related):
        at = parsed.at("related", n)
        aim = lookup.resolve(other)
        if aim is None:
            meant = lookup.meant(other)
            otherwise = lookup.suggestion(other, "Use the id of an article, or remove it")
            fix = f"Write {meant!r}{OR_FIX}" if meant else otherwise
            yield finding(article.path, at, "dead-related", f"there is no article {other!r}", fix)
        elif aim.article.is_signpost:
            yield _to_signpost(parsed, other, at)
        elif aim.article.id == article.id:
            yield finding(article.path, at, "self-link", "the article relates to itself", "Remove it")
        elif aim.article.id != other:
            yield finding(article.path, at, "old-id", f"{other!r} is an earlier id", f"Write {aim.article.id!r}")
        elif is_published(article) and not is_published(aim.article):
            fix = "Publish that article, or remove it from 'related'"
            yield finding(article.path, at, "related-draft", f"{other!r} is a draft, which customers cannot open", fix)
        elif is_one_way(parsed, aim):
            message = f"{other!r} does not relate back to {article.id!r}"
            fix = f"Add {article.id!r} to 'related' of {aim.article.path}{OR_FIX}"
            yield finding(article.path, at, "related-one-way", message, fix)


def is_one_way(parsed: ParsedArticle, aim: ParsedArticle, added: int = 0) -> bool:
    """Return whether the second of two related published articles should relate back and does not.

    :param parsed: The article that relates to the other one.
    :param aim: The other one.
    :param added: The number of related articles that the other one is about to get.
    :return: False as well if the other one relates to enough articles already, or its list cannot be read.
    """
    if "related" in aim.unread:
        return False
    both = is_published(parsed.article) and is_published(aim.article)
    has_room = len(aim.article.related) + added < MAX_RELATED
    return both and has_room and parsed.article.id not in aim.article.related


def one_way_pairs(corpus: Corpus) -> list[tuple[str, str]]:
    """Return (id, other id) for each article that relates to another one that should relate back but does not."""
    by_id = {parsed.article.id: parsed for parsed in corpus.parsed if not parsed.article.is_signpost}
    return [
        (parsed.article.id, other)
        for parsed in corpus.parsed
        for other in dict.fromkeys(parsed.article.related)
        if other in by_id and by_id[other] is not parsed and is_one_way(parsed, by_id[other])
    ]


def _own_redirects(parsed: ParsedArticle) -> Iterator[Finding]:
    article = parsed.article
    for n, old in enumerate(article.redirects):
        if old.lower() == article.id.lower():
            message = f"{old!r} is this article's own id"
            yield finding(article.path, parsed.at("redirects", n), "redirect-to-self", message, "Remove it")


def _orphans(lookup: Lookup) -> Iterator[Finding]:
    reached = set()
    for parsed in lookup.corpus.parsed:
        if is_published(parsed.article):
            targets = [internal_target(link.href) for link in lookup.links[parsed.article.path] if not link.is_image]
            named = {*parsed.article.related, *(target[0] for target in targets if target)}
            found = {aim.article.id for name in named if (aim := lookup.resolve(name))}
            reached |= found - {parsed.article.id}
    for parsed in lookup.articles:
        if is_published(parsed.article) and parsed.article.id not in reached:
            message = "no other article links or relates to this one"
            fix = "Link to it from an article that customers read before it"
            yield finding(parsed.article.path, parsed.at("title"), "orphan", message, fix)


def check_redirects(lookup: Lookup, before: Mapping[str, str]) -> Iterator[Finding]:
    """Yield a finding for each published id that leads nowhere now, since customers may have kept its address.

    :param lookup: The articles.
    :param before: Each id published at an earlier revision, or redirected then, with its file's path.
    :yield: Findings, each with the file's path at that revision.
    """
    for old, path in sorted(before.items()):
        now = lookup.resolve(old)
        if now is None or now.article.is_signpost:
            message = f"{old!r} was published before, and is neither an article nor a redirect now"
            fix = f"Add {old!r} to 'redirects' of the article that takes its place"
            yield finding(path, (1, 1), "missing-redirect", message, fix)
