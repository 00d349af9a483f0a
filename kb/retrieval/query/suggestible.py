"""What may be suggested: titles, and questions that are well-formed and in words of editors."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from kb.common.folding import without_accents
from kb.types import SPANISH, TOP, Article, AskedOften, Library

MOST_POPULAR: Final = 5
"""Suggestions for an empty field."""
_FEWEST_READ: Final = 3
"""An article that was read less often than this is not popular."""
_LONGEST_SHOWN: Final = 90
"""Most characters of an example question that is suggested."""
_WORDS_OF_QUESTION: Final = 3
"""A question has at least so many words."""

_WORD = re.compile(r"[^\W_]+")


class SuggestionKind(StrEnum):
    """The effect of choosing a suggestion."""

    ARTICLE = "article"
    """Opens the article; the text is its title."""
    QUESTION = "question"
    """Asks; the text is an example question."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A text to choose."""

    kind: SuggestionKind
    text: str
    article_id: str
    anchor: str = ""
    """The section that the article opens at; empty for its beginning, and for a question."""


def folded(text: str) -> list[str]:
    """Return the words of a text in lower case, without accents or apostrophes."""
    return _WORD.findall(without_accents(text.lower()).replace("'", "").replace("’", ""))


def all_texts(library: Library, asked: Iterable[AskedOften], language: str) -> Iterator[Suggestion]:
    """Yield each article's texts, its title first, and then what is asked often."""
    for article in library:
        yield Suggestion(SuggestionKind.ARTICLE, article.in_language(language).title, article.id)
        sections = {text: part for each in article.all_languages for text, part in each.example_sections.items()}
        keywords = (word for text in article.all_languages for word in text.keywords)
        for text in (*keywords, *article.every_example):
            section = sections.get(text, TOP)
            yield Suggestion(SuggestionKind.QUESTION, text, article.id, "" if section == TOP else section)
    for often in asked:
        yield Suggestion(SuggestionKind.QUESTION, often.text, often.article_id)


def fit(asked: Iterable[AskedOften], library: Library, language: str) -> list[AskedOften]:
    """Return those that may be shown: whole questions of published articles, in words of editors, and no titles."""
    known = {word for article in library for word in edited(article.in_language(language))}
    own = frozenset(known)
    for article in library:
        known.update(edited(article.in_language(SPANISH)))
        known.update(word for text in article.every_example if text.startswith("¿") for word in folded(text))
    titles = {"".join(folded(article.in_language(language).title)) for article in library}
    return [
        often
        for often in asked
        if often.article_id in library.articles
        and is_question(often.text, own, language)
        and all(word in known for word in folded(often.text))
        and "".join(folded(often.text)) not in titles
    ]


def most_read(library: Library, read: Mapping[str, int], language: str) -> list[Suggestion]:
    """Return the titles of the articles that are read most, the first ones first."""
    often = [article for article in library if read.get(article.id, 0) >= _FEWEST_READ]
    often.sort(key=lambda article: (-read[article.id], article.id))
    most = often[:MOST_POPULAR]
    return [Suggestion(SuggestionKind.ARTICLE, a.in_language(language).title, a.id) for a in most]


def edited(article: Article) -> list[str]:
    """Return the words that editors use in an article, folded."""
    return folded(" ".join((article.title, article.summary, article.body, *article.keywords)))


def is_question(text: str, known: Collection[str], language: str) -> bool:
    """Return whether an example is a well-formed question; many imitate hurried customers, errors included.

    :param text: The example.
    :param known: All words that editors use in articles; other words are errors, or Spanish.
    :param language: On a Spanish page, an English question is none that is shown.
    :return: True for a question that is short enough, with a capital and a question mark, of edited words or Spanish.
    """
    words = folded(text)
    if len(text) > _LONGEST_SHOWN or len(words) < _WORDS_OF_QUESTION or not text.endswith("?"):
        return False
    if text.startswith("¿") or language == SPANISH:
        return text.startswith("¿")
    return text[0].isupper() and all(word in known for word in words)
