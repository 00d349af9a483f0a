"""Look-ups that the checks share: ids, links, and positions in a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from kb.content.articles.corpus import Corpus
from kb.content.articles.parse import ParsedArticle
from kb.content.checks.nearest import Nearest
from kb.content.markdown.links import BodyLink, links
from kb.types import Article, ArticleStatus


@dataclass(frozen=True)
class Lookup:
    """A corpus prepared for the checks."""

    corpus: Corpus
    today: date
    only: str = ""
    """The path of the one file whose findings are wanted; empty for all."""
    by_id: dict[str, ParsedArticle] = field(init=False)
    """Every article and signpost that could be read, by its id."""
    articles: tuple[ParsedArticle, ...] = field(init=False)
    """Those that customers can open: no signposts."""
    files: tuple[ParsedArticle, ...] = field(init=False)
    """Every article and signpost, and their translations."""
    redirects: dict[str, str] = field(init=False)
    """Earlier ids and the id of the article that has them now."""
    folded: dict[str, str] = field(init=False)
    """Every id by the same in lowercase."""
    links: dict[str, tuple[BodyLink, ...]] = field(init=False)
    """The links and images of each file's body, by its path."""

    def __post_init__(self) -> None:
        """Fill the tables."""
        parsed = self.corpus.parsed
        redirects = {old: p.article.id for p in parsed for old in p.article.redirects}
        object.__setattr__(self, "by_id", {p.article.id: p for p in parsed})
        object.__setattr__(self, "redirects", redirects)
        object.__setattr__(self, "folded", ids_by_fold(self.corpus))
        object.__setattr__(self, "articles", tuple(p for p in parsed if not p.article.is_signpost))
        object.__setattr__(self, "files", self.corpus.files)
        object.__setattr__(self, "links", {p.article.path: tuple(links(p.raw_body)) for p in self.files})

    def checked(self, files: Iterable[ParsedArticle]) -> Iterator[ParsedArticle]:
        """Yield those of some files whose findings are wanted."""
        return (parsed for parsed in files if self.only in ("", parsed.article.path))

    def resolve(self, article_id: str) -> ParsedArticle | None:
        """Return the article of an id or of an earlier id, or None."""
        return self.by_id.get(article_id) or self.by_id.get(self.redirects.get(article_id, ""))

    def meant(self, written: str) -> str:
        """Return the only id that is the same but for capitals; empty if there is none."""
        return self.folded.get(written.casefold(), "")

    def suggestion(self, article_id: str, otherwise: str) -> str:
        """Return a fix that names the ids that a wrong one most likely means, or the given fix if none is near."""
        near = [meant] if (meant := self.meant(article_id)) else self._nearest.to(article_id)
        return f"Did you mean {' or '.join(map(repr, near))}?" if near else otherwise

    @cached_property
    def _nearest(self) -> Nearest:
        return Nearest(parsed.article for parsed in self.articles)


def ids_by_fold(corpus: Corpus) -> dict[str, str]:
    """Return every id by the same in lowercase; those that differ by capitals alone are left out, and are an error."""
    counts = Counter(parsed.article.id.casefold() for parsed in corpus.parsed)
    return {fold: p.article.id for p in corpus.parsed if counts[fold := p.article.id.casefold()] == 1}


def is_published(article: Article) -> bool:
    """Return whether customers may see an article."""
    return article.status is ArticleStatus.PUBLISHED


def in_file(parsed: ParsedArticle, line: int, column: int) -> tuple[int, int]:
    """Return a body's line and column as a line and column of the file."""
    return parsed.body_line + line - 1, column
