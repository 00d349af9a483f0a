"""The collections and questions that systems are measured on.

The articles of this project come with tests; the other sets are read from a folder given on the command line and are
never copied. Its layout, every file JSON Lines unless said otherwise::

    telecom/judged.jsonl            {id, text, scope, best, also, sure}
    banking77_oos/items.jsonl       {text, label, split, scope}
    <retrieval set>/docs.jsonl      {id, title, text}
    <retrieval set>/queries.jsonl   {id, text}
    <retrieval set>/qrels.tsv       query, document, relevance
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.peers.base import Shelf
from kb.content.articles.corpus import load_articles
from kb.content.markdown.render import plain_text
from kb.evaluation.judgments import Judged, article_tests, current_ids, read_judged
from kb.evaluation.voices import voice_of
from kb.retrieval.build.trials import part_of
from kb.settings.settings import Settings
from kb.types import Article, ArticleKind, Category, Half, Library, Section

N_FOLDS = 5
RETRIEVAL_SETS = ("bank_faqs", "covid_faq_deepset", "stackfaq_paraphrases")
CLEAR = 3
"""The certainty of a judge in a clear case."""
_TITLE_WORDS = 10
_PROVIDERS = re.compile(
    r"@?\b(?:comcast\w*|xfinity\w*|verizon\w*|at&t|att(?:cares)?|t-?mobile\w*|sprint\w*|charter\w*|ask_spectrum)\b",
    re.IGNORECASE,
)


def lines(path: Path) -> list[dict[str, Any]]:
    """Return the objects in a file of JSON Lines."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


# ----------------------------------------------------------------------------------------- the own articles


def own_articles(settings: Settings, half: Half) -> tuple[Shelf, list[Judged]]:
    """Return the articles, and the tests of one half."""
    corpus = load_articles(settings.articles, settings.site.channel_texts())
    corpus.raise_on_errors()
    return Shelf("own", corpus.library, plain_text), article_tests(corpus, half)


def without_folds(shelf: Shelf) -> list[Shelf]:
    """Return the collection five times, each with a different fifth of the articles left out."""
    return [_without(shelf, fold) for fold in range(N_FOLDS)]


def _without(shelf: Shelf, fold: int) -> Shelf:
    kept = {name: a for name, a in shelf.library.articles.items() if fold_of(name) != fold}
    library = replace(shelf.library, articles=kept)
    return Shelf(f"{shelf.name}-without-{fold}", library, shelf.plain_text, seed=shelf)


def fold_of(article_id: str) -> int:
    """Return the fold in which an article is left out, chosen by its digest."""
    return part_of(article_id, N_FOLDS, "left out")


def near_misses(tests: Iterable[Judged]) -> list[list[Judged]]:
    """Return the tests by the fold in which their article is left out, judged unanswerable."""
    folds: list[list[Judged]] = [[] for _ in range(N_FOLDS)]
    for test in tests:
        if not test.is_answerable:  # a signpost's: no article to leave out
            continue
        folds[fold_of(test.article)].append(replace(test, relevant={}))
    return folds


# --------------------------------------------------------------------------------------- telecom customers


def telecom(folder: Path, library: Library, least: int = CLEAR) -> tuple[list[Judged], list[Judged]]:
    """Return real customers' messages, those that an article answers and those that no article answers.

    :param folder: The folder of all sets.
    :param library: The articles; judgments may know them by an earlier id.
    :param least: The least certainty of the judge.
    :return: The messages, with names of other providers replaced by this one's.
    """
    sure = [row for row in lines(folder / "telecom" / "judged.jsonl") if row["sure"] >= least]
    found, _ = current_ids([_message(row) for row in sure if row["scope"] == "answer"], library)
    return found, [_message(row) for row in sure if row["scope"] == "none"]


def _message(row: dict[str, Any]) -> Judged:
    text = _PROVIDERS.sub("Spectrum", row["text"])
    relevant = {} if row["scope"] == "none" else {**dict.fromkeys(row["also"], 1), row["best"]: 2}
    return Judged(str(row["id"]), text, relevant, voice_of(text).value)


# ------------------------------------------------------------------------------------------------ BANKING77


def banking(folder: Path, examples: int | None) -> tuple[Shelf, dict[str, list[Judged]]]:
    """Return articles made of a bank's 50 known intents, and questions of the split ``valid``.

    :param folder: The folder of all sets.
    :param examples: The number of training questions per article, chosen by digest; None for all.
    :return: The questions by scope: ``in``, ``id-oos`` (near misses), ``ood-oos`` (about different subjects).
    """
    rows = lines(folder / "banking77_oos" / "items.jsonl")
    texts: defaultdict[str, set[str]] = defaultdict(set)
    for row in rows:
        if row["split"] == "train" and row["scope"] == "in":
            texts[row["label"]].add(row["text"])
    articles = [_intent(label, sorted(found, key=_by_digest)[:examples]) for label, found in sorted(texts.items())]
    asked: defaultdict[str, list[Judged]] = defaultdict(list)
    for n, row in enumerate(row for row in rows if row["split"] == "valid"):
        relevant = {_slug(row["label"]): 1} if row["scope"] == "in" else {}
        asked[row["scope"]].append(Judged(str(n), row["text"], relevant, voice_of(row["text"]).value))
    return Shelf(f"banking-{examples or 'all'}", _library(articles), str), dict(asked)


def _by_digest(text: str) -> int:
    return part_of(text, 2**32, "example")


def _slug(label: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", label.lower()).strip("-")


def _intent(label: str, examples: Sequence[str]) -> Article:
    title = label.replace("_", " ").strip(" ?").capitalize()
    return _article(_slug(label), title, "", tuple(examples))


# -------------------------------------------------------------------------------------------- retrieval sets


def retrieval_set(folder: Path, name: str) -> tuple[Shelf, list[Judged]]:
    """Return a set of documents, and questions; a document without a title gets its first words as the title."""
    documents = lines(folder / name / "docs.jsonl")
    articles = [_article(d["id"], d["title"] or _first_words(d["text"]), d["text"]) for d in documents]
    judged = read_judged(folder / name / "queries.jsonl", folder / name / "qrels.tsv").judged
    return Shelf(name, _library(articles), str), [j for j in judged if j.is_answerable]


def _first_words(text: str) -> str:
    return " ".join(text.split()[:_TITLE_WORDS])


def _article(article_id: str, title: str, text: str, examples: tuple[str, ...] = ()) -> Article:
    sections = (Section("", "", 1, text, 1),) if text.strip() else ()
    return Article(article_id, title, ArticleKind.FAQ, "faq", text, sections, examples=examples)


def _library(articles: Iterable[Article]) -> Library:
    return Library({article.id: article for article in articles}, (Category("faq", "FAQ"),))
