"""Ten articles that trial runs ask about, and an encoder that keeps what it was given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kb.retrieval.build.trials import Course, Observations, TrialKind
from kb.retrieval.index.names import Mentions
from kb.retrieval.index.passages import Unit
from kb.retrieval.index.searchable import Searchable
from kb.retrieval.query.organizations import Organizations
from kb.types import Passage, UnitKind
from tests.support import FakeEncoder

if TYPE_CHECKING:
    import numpy as np

LETTERS = "abcdefghij"
TITLES = {f"topic-{c}": f"Q{c}x ttl" for c in LETTERS}
"""What is asked; the index has a summary with the title."""


def examples(c: str) -> list[str]:
    """Return four questions of an article, in words too short for a slip; one word is the article's own."""
    return [f"Q{c}x E{c}{m} " + ("why", "how")[m % 2] for m in range(4)]


NOBODY = Organizations(())


def course(searchable: Searchable, prepare=str.lower, organizations: Organizations = NOBODY, tests=None) -> Course:
    """Return what trial runs of an index are made of."""
    return Course(searchable, TITLES, tests or {}, Mentions.of(organizations, searchable.units), prepare)


def corpus(letters: str = LETTERS) -> Searchable:
    """Return an index of articles with a title, a passage and four examples each."""
    units = [unit for c in letters for unit in units_of(f"topic-{c}", c)]
    passages = [[Passage(f"topic-{c}#0", f"topic-{c}", "", "", f"Q{c}x", f"Q{c}x")] for c in letters]
    return Searchable.build(units, passages, FakeEncoder().encode_documents([unit.text.lower() for unit in units]))


def units_of(article: str, c: str) -> list[Unit]:
    """Return the title, the passage and the examples of an article."""
    title = Unit(UnitKind.TITLE, article, f"{TITLES[article]}. And a summary.", -1)
    shown = Unit(UnitKind.PASSAGE, article, f"Q{c}x", 0)
    return [title, shown, *(Unit(UnitKind.EXAMPLE, article, text, -1) for text in examples(c))]


class Encoding:
    """An encoder that keeps what it was given."""

    def __init__(self) -> None:
        """Start with nothing."""
        self.calls: list[list[str]] = []

    def __call__(self, texts) -> np.ndarray:
        """Return one vector per text."""
        self.calls.append(list(texts))
        return FakeEncoder().encode_queries(texts)


def of_kind(seen: Observations, kind: TrialKind) -> Observations:
    """Return the rows of one kind."""
    return seen.of(seen.kind == kind.value)
