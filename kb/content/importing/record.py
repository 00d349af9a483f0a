"""What every reader gives: foreign articles in our Markdown, and what happened to their parts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from kb.types import Finding, Severity


@dataclass(slots=True)
class Tally:
    """How many parts of a kind were found, and how many of them came over."""

    found: int = 0
    came: int = 0

    @property
    def left(self) -> int:
        """How many did not come over."""
        return max(self.found - self.came, 0)


LONGEST_BODY = 200_000
"""Characters; nobody reads an article as long, and parsers take seconds for more."""
PARTS = ("links", "pictures", "tables", "code blocks")


@dataclass(slots=True)
class Foreign:
    """One article of another system; its links and pictures still lead to where they led there."""

    key: str
    """What it is called there: a path without its ending, or a number. The same from one import to the next."""
    name: str
    """The source it is reported under: a file below the source, with the record's number if it has several."""
    title: str
    body: str
    """Our Markdown."""
    category: str = ""
    """The title of its category; empty for the one that has none."""
    slug: str = ""
    """Words for its id; those of the title if it is empty."""
    folder: str = ""
    """The folder that relative links start from, below the source."""
    aliases: tuple[str, ...] = ()
    """Further addresses and paths of it."""
    summary: str = ""
    keywords: tuple[str, ...] = ()
    is_draft: bool = False
    address: str = ""
    """Its page on the web."""
    dated: str = ""
    """When it was last changed there: YYYY-MM-DD."""
    kept: Mapping[str, str] = field(default_factory=dict)
    """What its front matter says and ours cannot."""
    anchors: Mapping[str, str] = field(default_factory=dict)
    """The heading of each anchor that has a name of its own."""
    left: tuple[str, ...] = ()
    """What could not be brought over, as it was written."""
    tables: int = 0
    code_blocks: int = 0
    """Found in the source."""


@dataclass(slots=True)
class Collected:
    """Everything that a reader found in a source."""

    articles: list[Foreign] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def take(self, article: Foreign) -> bool:
        """Add an article; return whether it was short enough to be one."""
        if len(article.body) > LONGEST_BODY:
            message = f"it has {len(article.body):,} characters; at most {LONGEST_BODY:,} are an article"
            self.add(article.name, "too-long", message, "Split it, or leave it out", severity=Severity.ERROR)
            return False
        self.articles.append(article)
        return True

    def add(
        self, name: str, code: str, message: str, fix: str, *, severity: Severity = Severity.WARNING, line: int = 1
    ) -> None:
        """Add a finding about a file of the source."""
        self.findings.append(Finding(name, line, 1, severity, code, message, fix))


class Reader(Protocol):
    """Reads one kind of source."""

    def __call__(self, source: Path, files: Iterable[Path]) -> Collected:
        """Return what a source holds.

        :param source: A folder, or one file.
        :param files: Its files that may be read, in the order of their paths.
        :return: Articles and findings; never raises for what a file holds.
        """
