"""Articles, and findings about them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from kb.types.bill import BillPart


class ArticleKind(StrEnum):
    """The kind of an article, which decides its layout."""

    FAQ = "faq"
    TROUBLESHOOTING = "troubleshooting"
    TUTORIAL = "tutorial"
    REFERENCE = "reference"
    SIGNPOST = "signpost"
    """No article: it stands for questions that are not answered here, and says who helps instead."""


ELSEWHERE: Final = "elsewhere"
"""The category of signposts, and the folder that they lie in."""
CONTACT_CATEGORY: Final = "contact-and-escalation"
"""The category of the articles about reaching an agent."""


TOP: Final = "top"
"""The name by which a question is tied to an article's direct answer, the text before the first heading."""


class ArticleStatus(StrEnum):
    """An article's status: customers see published articles; drafts are never indexed."""

    DRAFT = "draft"
    PUBLISHED = "published"


class Severity(StrEnum):
    """The severity of a finding; only errors stop a build."""

    ERROR = "error"
    WARNING = "warning"
    ADVICE = "advice"


class Half(StrEnum):
    """The halves of the articles: the tests of one may guide choices, those of the other are only reported."""

    GUIDE = "guide"
    REPORT = "report"


def half_of(article_id: str) -> Half:
    """Return the half that an article belongs to, which a hash of its id decides for good."""
    return Half.REPORT if hashlib.sha256(f"half {article_id}".encode()).digest()[0] % 2 else Half.GUIDE


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A problem in a file: where it is, and how to fix it."""

    path: str
    line: int
    """1-based; 1 if the finding is about the whole file."""
    column: int
    """1-based, counted in characters."""
    severity: Severity = field(compare=False)
    code: str
    message: str
    fix: str

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}:{self.column}"
        return f"{place}: {self.severity.value} {self.code}: {self.message} ({self.fix})"


@dataclass(frozen=True, slots=True)
class Source:
    """A source of an article's facts."""

    address: str
    dated: str
    """The source's own date, YYYY, YYYY-MM or YYYY-MM-DD, or ``unknown``."""
    read: str
    """When the editor read it, in the same forms."""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of an article and the Markdown beneath it, up to the next heading."""

    heading: str
    """Plain text; empty for the text before the first heading."""
    anchor: str
    """ASCII, unique within the article; empty for the text before the first heading."""
    level: int
    """2 to 6; 1 for the text before the first heading."""
    markdown: str
    line: int
    """1-based line of the heading in the article's file."""


@dataclass(frozen=True, slots=True)
class NotFor:
    """A question that looks as if an article answers it, and that the article does not answer."""

    question: str
    belongs: str = ""
    """The id of the article or signpost that it belongs to; empty if nothing answers it."""


@dataclass(frozen=True, slots=True)
class Translation:
    """The text of a signpost in another language."""

    title: str
    text: str
    """Markdown, channel names already filled in."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that articles show."""

    name: str
    """``<digest>-<width>x<height>.<type>``, from what it holds: the same picture always has the same name."""
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Article:
    """One help article or signpost, parsed; its id is its file's stem and never changes."""

    id: str
    title: str
    kind: ArticleKind
    category: str
    body: str
    """Markdown below the front matter, channel names already filled in."""
    sections: tuple[Section, ...]
    summary: str = ""
    examples: tuple[str, ...] = ()
    """Ways customers ask; embedded into the index."""
    tests: tuple[str, ...] = ()
    """Ways customers ask; never embedded: each must find this article."""
    keywords: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    owner: str = ""
    reviewed: date | None = None
    """When the owner last read the article against its sources."""
    review_in_days: int | None = None
    sources: tuple[Source, ...] = ()
    redirects: tuple[str, ...] = ()
    """Earlier ids of this article."""
    not_for: tuple[NotFor, ...] = ()
    example_sections: Mapping[str, str] = field(default_factory=dict, hash=False)
    """The anchor of the section that answers an example, by example; :data:`TOP` without one."""
    test_sections: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    """The anchors of the sections that answer a test, any of which is right, by test; absent if any part will do."""
    pictures: Mapping[str, str] = field(default_factory=dict, hash=False)
    """The name of each picture that can be shown, by its address in the body."""
    spanish: Translation | None = None
    """A signpost's text in Spanish."""
    status: ArticleStatus = ArticleStatus.PUBLISHED
    path: str = ""
    """The path it was read from, as given, for messages."""

    @property
    def is_signpost(self) -> bool:
        """Whether this is a signpost, which customers cannot open."""
        return self.kind is ArticleKind.SIGNPOST

    @property
    def review_due(self) -> date | None:
        """The day of the next review; None without a review date, or if that day is beyond the calendar."""
        if self.reviewed is None or self.review_in_days is None:
            return None
        try:
            return self.reviewed + timedelta(days=self.review_in_days)
        except OverflowError:
            return None


@dataclass(frozen=True, slots=True)
class Category:
    """A shelf of the help center: the articles of one folder, with an introduction."""

    id: str
    title: str
    text: str = ""
    order: int = 1000
    """Lower numbers are shown first; equal ones are sorted by title."""


@dataclass(frozen=True)
class Library:
    """Everything that customers can open: published articles, their categories, and the sample bill."""

    articles: Mapping[str, Article]
    categories: tuple[Category, ...]
    """In the order shown; each has at least one article."""
    bill: tuple[BillPart, ...] = ()
    """The sample bill from top to bottom; empty if the articles have none."""
    signposts: Mapping[str, Article] = field(default_factory=dict)
    """By id; apart from the articles, so that nothing that lists articles lists them."""
    pictures: Mapping[str, Picture] = field(default_factory=dict)
    """The pictures of all articles by name."""

    def resolve(self, article_id: str) -> Article | None:
        """Return the article with an id, current or earlier, or None."""
        found = self.articles.get(article_id)
        if found is not None:
            return found
        for article in self.articles.values():
            if article_id in article.redirects:
                return article
        return None

    def in_category(self, category_id: str) -> list[Article]:
        """Return the articles of a category, by title."""
        chosen = [a for a in self.articles.values() if a.category == category_id]
        return sorted(chosen, key=lambda a: (a.title.casefold(), a.id))

    def __iter__(self) -> Iterator[Article]:
        return iter(self.articles.values())

    def __len__(self) -> int:
        return len(self.articles)
