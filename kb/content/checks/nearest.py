"""The articles that a wrong id most likely means: by its spelling, or else by what customers say with its words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from kb.common.stems import stems
from kb.types import Article

_SLIP: Final = 0.8
"""Ratio of equal characters from which a wrong id is an existing one with a typing error."""
_LEAST: Final = 0.5
"""Least likeness of a title, keyword or example to a wrong id, 0 to 1, for its article to be meant."""
_CLOSE: Final = 0.85
"""Share of the best one's likeness from which a second article is named, too."""
_OFTEN: Final = 0.2
"""How much an article gains if all its examples have the words: it is more about them than one with a single one."""


@dataclass(frozen=True, slots=True)
class _Said:
    """What is said with an article: its title and id, keywords and examples, each as a set of words."""

    article_id: str
    texts: tuple[frozenset[str], ...]
    n_examples: int


class Nearest:
    """The ids of some articles, to be compared with wrong ones."""

    def __init__(self, articles: Iterable[Article]) -> None:
        """Store what is said with the articles.

        :param articles: Those that a link may lead to.
        """
        self._said = [_said(article) for article in articles]

    def to(self, wrong: str) -> list[str]:
        """Return one or two ids that are probably meant; none if nothing is near.

        :param wrong: An id that no article has.
        :return: The likeliest first.
        """
        ids = [item.article_id for item in self._said]
        slip = get_close_matches(wrong, ids, n=1, cutoff=_SLIP)
        asked = stems(wrong)
        if slip or not asked:
            return slip
        scored = sorted((-_likeness(asked, item), item.article_id) for item in self._said)
        best = -scored[0][0] if scored else 0.0
        if best < _LEAST:
            return get_close_matches(wrong, ids, n=1)
        return [article_id for score, article_id in scored[:2] if -score >= _CLOSE * best]


def _said(article: Article) -> _Said:
    texts = (article.id, article.title, *article.keywords, *article.examples)
    return _Said(article.id, tuple(map(stems, texts)), len(article.examples))


def _likeness(asked: frozenset[str], said: _Said) -> float:
    """Return the likeness of the text that is most like some words, and a little for each example that has them all."""
    most = max((2 * len(asked & text) / (len(asked) + len(text)) for text in said.texts if text), default=0.0)
    whole = sum(asked <= text for text in said.texts[len(said.texts) - said.n_examples :])
    return most + _OFTEN * whole / max(said.n_examples, 1)
