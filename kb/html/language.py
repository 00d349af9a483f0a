"""The language of a page: the reader's choice (``?lang=``, then remembered), the question's, or the browser's.

The language of a question is remembered as well, until the browser is closed, so that what is read after an answer is
in its language.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from typing import Final
from urllib.parse import parse_qsl, urlencode

from kb.html.addresses import Page, Param
from kb.html.words import Language, use_language, words
from kb.retrieval.query.language import told_by_words

COOKIE: Final = "kb_lang"
"""The language that the reader chose."""
ASKED_COOKIE: Final = "kb_asked"
"""The language of the last question."""
STAFF_PAGES: Final = frozenset({Page.WRITING.value, Page.INSIGHTS.value, Page.LOGIN.value, Page.LOGOUT.value})
"""Addresses of pages that are in English only."""

_here: ContextVar[str] = ContextVar("here", default="/")


def chosen(value: str | None) -> Language | None:
    """Return a language by its code; None for anything else."""
    return next((known for known in Language if known.value == value), None)


def preferred(accepted: str) -> Language:
    """Return the first language of ours that a browser accepts.

    :param accepted: The header Accept-Language, such as ``es-MX,es;q=0.9,en;q=0.8``.
    :return: English where none of ours is in it.
    """
    best, weight = Language.ENGLISH, 0.0
    for part in accepted.split(","):
        code, _, quality = part.strip().partition(";q=")
        found = chosen(code.split("-")[0].lower())
        value = _number(quality)
        if found is not None and value > weight:
            best, weight = found, value
    return best


def of_question(text: str) -> Language | None:
    """Return the language that a question's words tell; None if they tell none."""
    return chosen(told_by_words(text))


def negotiate(asked: Language | None, cookies: Mapping[str, str], accepted: str, question: str = "") -> Language:
    """Return the language of a request.

    :param asked: What the address says, ``?lang=``.
    :param cookies: The request's cookies.
    :param accepted: The header Accept-Language.
    :param question: The question that is asked by the request.
    :return: The reader's choice; else the language of this question, or of the last one; else the browser's, which is
        English where it names none of ours.
    """
    choice = asked or chosen(cookies.get(COOKIE))
    return choice or of_question(question) or chosen(cookies.get(ASKED_COOKIE)) or preferred(accepted)


def in_language(address: str, language: str) -> str:
    """Return the address of a page in a language, whatever the reader's is."""
    path, hash_sign, fragment = address.partition("#")
    joint = "&" if "?" in path else "?"
    return f"{path}{joint}{urlencode({Param.LANGUAGE.value: language})}{hash_sign}{fragment}"


def stand_at(address: str) -> None:
    """Record the address of the page being made in this thread or task.

    It becomes a link: more than one slash at its beginning would lead to another host.
    """
    _here.set("/" + address.lstrip("/\\"))


def in_english_only() -> None:
    """Record that the page being made is for staff; other visitors get the customers' page."""
    use_language(Language.ENGLISH)
    _here.set("")


def other_addresses() -> list[tuple[Language, str]]:
    """Return every other language with the address of the same page in it; none for pages of one language."""
    path, _, query = _here.get().partition("?")
    if not path:
        return []
    kept = [(name, value) for name, value in parse_qsl(query, keep_blank_values=True) if name != Param.LANGUAGE]
    return [
        (other, f"{path}?{urlencode([*kept, (Param.LANGUAGE.value, other.value)])}")
        for other in Language
        if other is not words().language
    ]


def _number(quality: str) -> float:
    if not quality:
        return 1.0
    try:
        return float(quality)
    except ValueError:
        return 0.0
