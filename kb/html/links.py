"""Addresses inside the help center, written in one place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlencode, urlsplit

from kb.html.addresses import Page, Param

_LONGEST_SHOWN: Final = 60
"""Characters of another site's address that are shown."""


def ask(query: str = "", *, none_of_these: bool = False, exact: bool = False) -> str:
    """Return the address that reproduces an answer.

    :param query: The question; the empty one leads to the start page.
    :param none_of_these: Whether the customer refused every choice offered.
    :param exact: Whether it is searched as typed.
    :return: The address, percent-encoded.
    """
    if not query:
        return Page.ASK
    params = {Param.QUERY.value: query}
    if none_of_these:
        params[Param.NONE_OF_THESE.value] = "1"
    if exact:
        params[Param.EXACT.value] = "1"
    return f"{Page.ASK}?{urlencode(params)}"


def article(article_id: str, anchor: str = "") -> str:
    """Return the address of an article, or of a heading in it."""
    return f"{Page.ARTICLE}?{urlencode({Param.ARTICLE.value: article_id})}{_fragment(anchor)}"


def plain_article(article_id: str, anchor: str = "") -> str:
    """Return the address of an article as plain HTML, or of a heading in it."""
    return f"{Page.PLAIN}/{quote(article_id, safe='')}{_fragment(anchor)}"


def markdown_article(article_id: str, anchor: str = "") -> str:
    """Return the address of an article as Markdown, or of a heading in it."""
    return f"{Page.PLAIN}/{quote(article_id, safe='')}.md{_fragment(anchor)}"


def category(category_id: str) -> str:
    """Return the address of a category's list."""
    return f"{Page.BROWSE}?{urlencode({Param.CATEGORY.value: category_id})}"


def plain_category(category_id: str) -> str:
    """Return the address of a category's list as plain HTML."""
    return f"{Page.PLAIN_CATEGORY}/{quote(category_id, safe='')}"


@dataclass(frozen=True, slots=True)
class Addresses:
    """The targets of a page's links: pages of the application, or plain ones."""

    article: Callable[[str, str], str]
    """Returns an article's address at an anchor; an empty anchor means its beginning."""
    category: Callable[[str], str]
    is_read_only: bool = False
    """Whether the reply is only looked at: nothing in it asks a question anew."""


PAGES: Final = Addresses(article, category)
READ_ONLY: Final = Addresses(article, category, is_read_only=True)
PLAIN: Final = Addresses(plain_article, plain_category)


def letter(first: str) -> str:
    """Return the address of the index from A to Z, at a letter."""
    return f"{Page.BROWSE}?{urlencode({Param.LETTER.value: first})}"


def bill(part_id: str = "") -> str:
    """Return the address of the sample bill, or of a part of it."""
    return f"{Page.BILL}?{urlencode({Param.PART.value: part_id})}" if part_id else str(Page.BILL)


def login(after: str = "") -> str:
    """Return the address where staff sign in, and are then taken to another page of theirs."""
    return f"{Page.LOGIN}?{urlencode({Param.NEXT.value: after})}" if after else str(Page.LOGIN)


def within(article_id: str, address: Callable[[str, str], str] = article) -> Callable[[str, str], str]:
    """Return what resolves the links of one article's body.

    :param article_id: The article the body belongs to; meant by links that are an anchor alone.
    :param address: Gives the address of an article and anchor.
    :return: The resolver that ``kb.content.markdown.render.render`` takes.
    """
    return lambda target, anchor: address(target or article_id, anchor)


def web_host(address: str) -> str:
    """Return the host of an http(s) address without ``www.``; empty for anything else."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"}:
        return ""
    return (parts.hostname or "").removeprefix("www.")


def web_short(address: str) -> str:
    """Return an http(s) address as it is read: host and path, shortened in the middle; empty for anything else."""
    host = web_host(address)
    if not host:
        return ""
    path = urlsplit(address).path.strip("/")
    last = path.rsplit("/", 1)[-1]
    short = f"{host}/{path}" if path else host
    return short if len(short) <= _LONGEST_SHOWN else f"{host}/…/{last[:_LONGEST_SHOWN]}"


def telephone(text: str) -> str:
    """Return a ``tel:`` address for a North American number, or nothing if it is not one."""
    digits = "".join(c for c in text if c.isdigit())
    if len(digits) == 10:  # noqa: PLR2004 - a national number
        digits = f"1{digits}"
    return f"tel:+{digits}" if len(digits) == 11 and digits[0] == "1" else ""  # noqa: PLR2004 - with the country's 1


def _fragment(anchor: str) -> str:
    return f"#{quote(anchor, safe='')}" if anchor else ""
