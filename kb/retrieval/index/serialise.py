"""Records of an index as JSON and back: articles, categories, passages, units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from kb.retrieval.index.passages import Unit
from kb.types import (
    ENGLISH,
    Article,
    ArticleKind,
    ArticleStatus,
    BillLine,
    BillPart,
    BillWords,
    Category,
    Library,
    NotFor,
    Passage,
    Picture,
    Section,
    Source,
    Translation,
    UnitKind,
)

_PRIVATE = ("tests", "test_sections", "path")
"""Fields left out of an index: tests must never be indexed, and a path belongs to the machine that built it."""
_OF_TRANSLATIONS: Mapping[str, Any] = {"translations": {}, "language": ENGLISH, "is_out_of_date": False}


def article_to_json(article: Article) -> dict[str, Any]:
    """Return an article as plain JSON values, without what an index must not hold."""
    values = asdict(article)
    values["not_for"] = [list(other.values()) for other in values["not_for"]]
    for name in _PRIVATE:
        del values[name]
    values["translations"] = {language: article_to_json(text) for language, text in article.translations.items()}
    for name, usual in _OF_TRANSLATIONS.items():  # absent, so that such an index is what it was before translations
        if values[name] == usual:
            del values[name]
    values["reviewed"] = article.reviewed.isoformat() if article.reviewed else None
    return values


def article_from_json(values: dict[str, Any]) -> Article:
    """Return the article of :func:`article_to_json`."""
    reviewed = values["reviewed"]
    spanish = values["spanish"]
    tuples = {name: tuple(values[name]) for name in ("examples", "keywords", "related", "redirects")}
    return Article(
        **{
            **values,
            **tuples,
            "kind": ArticleKind(values["kind"]),
            "not_for": tuple(NotFor(*other) for other in values["not_for"]),
            "spanish": Translation(**spanish) if spanish else None,
            "status": ArticleStatus(values["status"]),
            "reviewed": date.fromisoformat(reviewed) if reviewed else None,
            "sections": tuple(Section(**section) for section in values["sections"]),
            "sources": tuple(Source(**source) for source in values["sources"]),
            "translations": {
                language: article_from_json(text) for language, text in values.get("translations", {}).items()
            },
        }
    )


def library_to_json(library: Library) -> dict[str, Any]:
    """Return a library as plain JSON values, articles in the order of their ids."""
    articles = sorted(library.articles.values(), key=lambda a: a.id)
    values: dict[str, Any] = {
        "articles": [article_to_json(article) for article in articles],
        "categories": [_category_to_json(category) for category in library.categories],
    }
    if library.signposts:
        signposts = sorted(library.signposts.values(), key=lambda a: a.id)
        values["signposts"] = [article_to_json(signpost) for signpost in signposts]
    if library.bill:  # absent if there is none, so that such an index is what it was before there were bills
        values["bill"] = [asdict(part) for part in library.bill]
    return values


def library_from_json(values: dict[str, Any], pictures: Mapping[str, Picture] | None = None) -> Library:
    """Return the library of :func:`library_to_json`.

    :param values: Plain JSON values.
    :param pictures: Its pictures by name, which are files of their own.
    :return: The library.
    """
    articles = [article_from_json(item) for item in values["articles"]]
    bill = tuple(_bill_part(item) for item in values.get("bill", ()))
    signposts = [article_from_json(item) for item in values.get("signposts", ())]
    categories = tuple(_category(item) for item in values["categories"])
    return Library({a.id: a for a in articles}, categories, bill, {a.id: a for a in signposts}, pictures or {})


def _category_to_json(category: Category) -> dict[str, Any]:
    values = asdict(category)
    del values["language"]
    if category.spanish is None:
        del values["spanish"]
    return values


def _category(values: dict[str, Any]) -> Category:
    spanish = values.get("spanish")
    return Category(**{**values, "spanish": Translation(**spanish) if spanish else None})


def _bill_part(values: dict[str, Any]) -> BillPart:
    return BillPart(
        id=values["id"],
        words=BillWords(**values["words"]),
        articles=tuple(values["articles"]),
        lines=tuple(BillLine(**line) for line in values["lines"]),
        names=tuple(values["names"]),
        spanish=BillWords(**values["spanish"]) if values["spanish"] else None,
        monthly=values["monthly"],
    )


def units_to_json(units: Sequence[Unit], passages: Sequence[Sequence[Passage]]) -> dict[str, Any]:
    """Return the units of the vectors' rows, and every article's passages."""
    return {
        "units": [
            [unit.kind.value, unit.article_id, unit.text, unit.passage, *_if_translated(unit.language)]
            for unit in units
        ],
        "passages": [[_passage_to_json(passage) for passage in of_article] for of_article in passages],
    }


def _if_translated(language: str) -> list[str]:
    return [] if language == ENGLISH else [language]


def _passage_to_json(passage: Passage) -> dict[str, Any]:
    values = asdict(passage)
    if passage.language == ENGLISH:
        del values["language"]
    return values


def units_from_json(values: dict[str, Any]) -> tuple[tuple[Unit, ...], tuple[tuple[Passage, ...], ...]]:
    """Return the units and passages of :func:`units_to_json`."""
    units = tuple(Unit(UnitKind(kind), *rest) for kind, *rest in values["units"])
    return units, tuple(tuple(Passage(**item) for item in of_article) for of_article in values["passages"])
