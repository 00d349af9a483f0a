"""Look-ups that the checks share: ids, links, and positions in a file."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches

from kb.content.articles.corpus import Corpus
from kb.content.articles.parse import ParsedArticle
from kb.content.markdown.links import BodyLink, links
from kb.types import Article, ArticleStatus


@dataclass(frozen=True)
class Lookup:
    """A corpus prepared for the checks."""

    corpus: Corpus
    today: date
    by_id: dict[str, ParsedArticle] = field(init=False)
    """Every article and signpost that could be read, by its id."""
    articles: tuple[ParsedArticle, ...] = field(init=False)
    """Those that customers can open: no signposts."""
    redirects: dict[str, str] = field(init=False)
    """Earlier ids and the id of the article that has them now."""
    links: dict[str, tuple[BodyLink, ...]] = field(init=False)
    """The links and images of each article's body, by the article's path."""

    def __post_init__(self) -> None:
        """Fill the tables."""
        parsed = self.corpus.parsed
        redirects = {old: p.article.id for p in parsed for old in p.article.redirects}
        object.__setattr__(self, "by_id", {p.article.id: p for p in parsed})
        object.__setattr__(self, "redirects", redirects)
        object.__setattr__(self, "articles", tuple(p for p in parsed if not p.article.is_signpost))
        object.__setattr__(self, "links", {p.article.path: tuple(links(p.raw_body)) for p in parsed})

    def resolve(self, article_id: str) -> ParsedArticle | None:
        """Return the article of an id or of an earlier id, or None."""
        return self.by_id.get(article_id) or self.by_id.get(self.redirects.get(article_id, ""))

    def suggestion(self, article_id: str, otherwise: str) -> str:
        """Return a fix that names the article's id most similar to a wrong one, or the given fix if none is similar."""
        near = get_close_matches(article_id, [parsed.article.id for parsed in self.articles], n=1)
        return f"Did you mean {near[0]!r}?" if near else otherwise


def is_published(article: Article) -> bool:
    """Return whether customers may see an article."""
    return article.status is ArticleStatus.PUBLISHED


def in_file(parsed: ParsedArticle, line: int, column: int) -> tuple[int, int]:
    """Return a body's line and column as a line and column of the file."""
    return parsed.body_line + line - 1, column
