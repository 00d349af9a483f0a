"""Articles, and findings about them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
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


ENGLISH: Final = "en"
"""The language that every article is written in first."""
SPANISH: Final = "es"
TRANSLATED: Final = (SPANISH,)
"""The languages that articles may be translated into."""


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
    """The text of a signpost or of a category in another language."""

    title: str
    text: str
    """Of a signpost Markdown, channel names already filled in; of a category plain text."""


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
    language: str = ENGLISH
    """The language that the article is written in, as HTML names it."""
    translations: Mapping[str, Article] = field(default_factory=dict, hash=False)
    """The same article in other languages, by language: with the id, anchors and everything else of this one."""
    is_out_of_date: bool = False
    """Of a translation: whether the English text has changed since, or it isn't known from which text it was made."""
    status: ArticleStatus = ArticleStatus.PUBLISHED
    path: str = ""
    """The path it was read from, as given, for messages."""

    @property
    def is_signpost(self) -> bool:
        """Whether this is a signpost, which customers cannot open."""
        return self.kind is ArticleKind.SIGNPOST

    @property
    def name(self) -> str:
        """Its id, and for a translation its language as well, as in ``late-fee.es``."""
        return self.id if self.language == ENGLISH else f"{self.id}.{self.language}"

    def in_language(self, language: str) -> Article:
        """Return the article in a language; as it is if there is no such translation."""
        if language == SPANISH and language not in self.translations and self.spanish is not None:
            return replace(self, title=self.spanish.title, body=self.spanish.text, language=language)
        return self.translations.get(language, self)

    @property
    def every_example(self) -> tuple[str, ...]:
        """Its examples and those of its translations, each once."""
        return tuple(dict.fromkeys(text for article in self.all_languages for text in article.examples))

    @property
    def every_test(self) -> dict[str, tuple[str, ...]]:
        """Its tests and those of its translations, each with the anchors that answer it; none if any part will do."""
        return {text: a.test_sections.get(text, ()) for a in self.all_languages for text in a.tests}

    @property
    def all_languages(self) -> tuple[Article, ...]:
        """The article and its translations, in the order of their languages."""
        return (self, *(self.translations[language] for language in sorted(self.translations)))

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
    spanish: Translation | None = None
    """The title and the introduction in Spanish."""
    language: str = ENGLISH
    """The language of title and introduction."""

    def in_language(self, language: str) -> Category:
        """Return the category in a language; as it is if there are no such words."""
        if language != SPANISH or self.spanish is None:
            return self
        return replace(self, title=self.spanish.title, text=self.spanish.text, language=SPANISH)


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

    def in_language(self, language: str) -> Library:
        """Return the same in a language: every article and category that is translated, the others as they are.

        :param language: As HTML names it.
        :return: Always the same object for a language; this one if nothing is translated.
        """
        return self._in_languages.get(language, self)

    @cached_property
    def _in_languages(self) -> dict[str, Library]:
        return {language: found for language in TRANSLATED if (found := self._translated(language)) is not self}

    def _translated(self, language: str) -> Library:
        articles = {name: article.in_language(language) for name, article in self.articles.items()}
        categories = [category.in_language(language) for category in self.categories]
        languages = {article.language for article in articles.values()} | {each.language for each in categories}
        if languages <= {ENGLISH}:
            return self
        return replace(self, articles=articles, categories=tuple(categories))

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
        return sorted(chosen, key=lambda a: (a.title.lstrip("¿¡").casefold(), a.id))

    def __iter__(self) -> Iterator[Article]:
        return iter(self.articles.values())

    def __len__(self) -> int:
        return len(self.articles)
