"""The records of the sample bill, which a library holds next to its articles."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BillLine:
    """A line of the sample bill."""

    label: str
    value: str = ""
    """As printed on the right, for example an amount."""
    spanish: str = ""
    """The label in Spanish, for pages in that language; bills print the English label."""
    article: str = ""
    """Id of the article that explains this line; empty if those of its part do."""


@dataclass(frozen=True, slots=True)
class BillWords:
    """The words about a part of a bill, in one language."""

    title: str
    means: str
    question: str
    """A question ready to be asked."""


@dataclass(frozen=True, slots=True)
class BillPart:
    """A part of the sample bill."""

    id: str
    words: BillWords
    articles: tuple[str, ...]
    """Ids of the articles that explain it, the closest first."""
    lines: tuple[BillLine, ...] = ()
    names: tuple[str, ...] = ()
    """Names of such lines on bills, in lower case."""
    spanish: BillWords | None = None
    monthly: bool = False
    """Whether its lines come every month."""

    def in_language(self, language: str) -> BillWords:
        """Return the words in a language: ``es``, or English for any other."""
        return self.spanish if language == "es" and self.spanish is not None else self.words
