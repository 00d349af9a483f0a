"""The records of the sample bill, which a library holds beside its articles."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BillLine:
    """A line of the sample bill."""

    label: str
    value: str = ""
    """As printed at the right, for example an amount."""
    spanish: str = ""
    """The label in Spanish, for whoever reads the page in it; bills print the English."""


@dataclass(frozen=True, slots=True)
class BillWords:
    """What is said of a part of a bill, in one language."""

    title: str
    means: str
    question: str
    """A question ready to be asked."""


@dataclass(frozen=True, slots=True)
class BillPart:
    """A part of the sample bill, in the order of the paper."""

    id: str
    words: BillWords
    articles: tuple[str, ...]
    """Ids of the articles that explain it, the nearest first."""
    lines: tuple[BillLine, ...] = ()
    names: tuple[str, ...] = ()
    """What such lines are called on bills, in small letters."""
    spanish: BillWords | None = None
    monthly: bool = False
    """Whether its lines come every month."""

    def in_language(self, language: str) -> BillWords:
        """Return the words in a language: ``es``, or English for any other."""
        return self.spanish if language == "es" and self.spanish is not None else self.words
