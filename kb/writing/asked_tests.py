"""How many of each article's tests find it in the index that serves: asked once per index, away from any page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from kb.common.background import Background
from kb.errors import KbError
from kb.evaluation.impact import is_right
from kb.evaluation.judgments import Judged
from kb.evaluation.runner import ask_one
from kb.types import Answerer, Article

_BREATH_SECONDS: Final = 0.05
"""A pause after each question, so that customers' questions come first."""
_NOTHING: Final[Mapping[str, int]] = MappingProxyType({})


class AskedTests:
    """A thread that asks the articles' tests of the index that serves, when someone wants to know."""

    def __init__(self, answerer: Callable[[], Answerer]) -> None:
        """Ask nothing yet.

        :param answerer: Returns what answers now; it raises a :class:`KbError` while nothing does.
        """
        self._answerer = answerer
        self._found: tuple[str, Mapping[str, int]] = ("", _NOTHING)
        self._background = Background("asked-tests", self._ask)

    def found(self) -> Mapping[str, int]:
        """Return how many tests find their article, by its id; empty until those of this index were asked."""
        try:
            version = self._answerer().index_version
        except KbError:
            return _NOTHING
        known, found = self._found
        if known == version:
            return found
        if self._background.is_running:
            self._background.wake()
        else:
            self._background.start()
        return _NOTHING

    def stop(self) -> None:
        """Stop asking."""
        self._background.stop()

    def _ask(self) -> None:
        try:
            answerer = self._answerer()
        except KbError:  # whoever wants to know next asks again
            return
        version = answerer.index_version
        if version == self._found[0]:
            return
        found = {article.id: self._count(answerer, article) for article in answerer.library}
        if not self._background.is_stopping:
            self._found = (version, found)

    def _count(self, answerer: Answerer, article: Article) -> int:
        right = 0
        for text in article.tests:
            if self._background.pause(_BREATH_SECONDS):
                return 0
            judged = Judged(text, text, {article.id: 1}, sections=article.test_sections.get(text, ()))
            right += is_right(ask_one(answerer, judged))
        return right
