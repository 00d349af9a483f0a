"""Trial runs: questions asked of indexes that do not contain them, to learn how right and wrong answers differ.

Customers ask differently. Some nearly use the words of an example, many do not; the first kind is tried as examples
with a typing error, the second as examples that the index has never seen.

The corpus is split into folds. In each, a fifth of the articles is left out completely, and a fifth of the other
articles' examples and titles; everything is learned again from the rest, and from scratch, because a head that started
from the full one would have seen the questions. Then the left-out examples of articles that are present are asked (an
answer exists), those of articles that are absent (none exists: a true near miss), and a shipped list of questions about
something else entirely.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from enum import StrEnum
from importlib.resources import files
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from kb.retrieval.answering.confidence import MAX_CHOICES, signals
from kb.retrieval.answering.ranking import Ranking, rank_many, ranking_model
from kb.retrieval.index.names import Mentions, NameIndex
from kb.retrieval.index.searchable import Searchable
from kb.retrieval.index.vectors import use_one_thread
from kb.retrieval.query.organizations import OTHER_PROVIDERS, Named, Organizations
from kb.types import ENGLISH, EmbeddingMatrix, UnitKind, Vector

EncodeAll: TypeAlias = Callable[[Sequence[str]], EmbeddingMatrix]
"""Encodes questions, one row each."""

N_FOLDS = 5
MIN_SLIP = 4
"""Shorter words are typed correctly."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_BILLING_FIELDS = _words(
    "banks credit-cards insurance internet-tv-phone mobile streaming electricity gas water loans online-shops "
    "other_providers"
)
"""Fields of organizations whose bills customers mistake for this provider's."""
_OFTEN = 20
"""Other providers are named so many times as often as another organization."""
LEAST_ELSEWHERE = 10
"""In each fold at most so many questions of signposts and of the bank are asked, or as many as of the articles."""
MAX_QUESTIONS = 4000
"""Most questions of each kind; more change the figures by less than their own uncertainty."""


class TrialKind(StrEnum):
    """The kind of a question in a trial run."""

    KNOWN = "known"
    """An example that is in the index, asked with a typing error."""
    NEW = "new"
    """An example that was left out, of an article that is present."""
    ASKED = "asked"
    """A test of an article that is present: nobody embedded it, and it was written to be answered."""
    NEAR_MISS = "near_miss"
    """Its article was left out."""
    ELSEWHERE = "elsewhere"
    """An example of a signpost, or of the shipped bank, that was left out."""
    UNFORESEEN = "unforeseen"
    """Its signpost, or its field of the bank, was left out."""
    STRANGER = "stranger"
    """Like a new one, but about an organization that its article does not mention."""
    OTHER = "other"
    """From the shipped list; no billing help center answers it."""


@dataclass(frozen=True)
class Observations:
    """The observations of trial runs, one row per question."""

    signals: npt.NDArray[np.float32]
    """Shape (n, len(SIGNALS))."""
    first: npt.NDArray[np.bool_]
    """Whether rank 1 was right."""
    within: npt.NDArray[np.bool_]
    """Whether one of the first three was right."""
    best: npt.NDArray[np.float32]
    """Cosine of rank 1's nearest vector."""
    kind: npt.NDArray[np.str_]
    group: npt.NDArray[np.str_]
    """The id of the article it was written for, or its own text: a group must not be on both sides of a split."""

    def __len__(self) -> int:
        return len(self.first)

    def of(self, chosen: npt.NDArray[np.bool_]) -> Observations:
        """Return some of the rows."""
        return Observations(
            self.signals[chosen],
            self.first[chosen],
            self.within[chosen],
            self.best[chosen],
            self.kind[chosen],
            self.group[chosen],
        )


def out_of_scope_questions() -> list[str]:
    """Return the shipped questions that no billing help center answers."""
    text = files("kb.retrieval").joinpath("data/out_of_scope.txt").read_text(encoding="utf-8")
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]


def part_of(text: str, parts: int, salt: str) -> int:
    """Return the part that a text belongs to, which depends only on the text's digest."""
    return int.from_bytes(hashlib.sha256(f"{salt} {text}".encode()).digest()[:8], "big") % parts


@dataclass(frozen=True, slots=True)
class _Question:
    row: int
    article_id: str
    text: str


@dataclass(frozen=True, slots=True)
class _Trial:
    kind: TrialKind
    text: str
    """The text that is searched."""
    named: Named
    """The organizations that it names."""
    group: str


@dataclass(frozen=True)
class _Fold:
    keep: npt.NDArray[np.bool_]
    """The units that stay in the index."""
    trials: tuple[_Trial, ...]


@dataclass(frozen=True)
class Course:
    """What trial runs are made of."""

    searchable: Searchable
    """The whole index."""
    titles: Mapping[str, str]
    """Each article's title by id; titles are asked too, so that a corpus without examples can be judged."""
    tests: Mapping[str, Sequence[str]]
    """Tests by article id; of half of the articles, so that those of the other half can judge the result."""
    mentions: Mentions
    """The organizations that each unit mentions."""
    prepare: Callable[[str], str]
    """Turns a typed question into the text that is searched."""


def run_trials(course: Course, encode: EncodeAll) -> Observations:
    """Ask the corpus's own questions of indexes that do not contain them.

    :param course: The index, and what else is needed to ask.
    :param encode: Encodes questions as when serving, each alone; called once, with those of all folds.
    :return: In the order of folds and rows.
    """
    questions = _questions(course.searchable, course.titles)
    folds = [fold for n in range(N_FOLDS) if (fold := _plan(course, questions, n)) is not None]
    vectors = _encoded(folds, encode)
    use_one_thread()
    # Arithmetic that releases the interpreter, one thread per fold; the result does not depend on how many run.
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        rows = [row for found in pool.map(lambda fold: _run(course, fold, vectors), folds) for row in found]
    if not rows:
        empty = np.zeros(0, bool)
        return Observations(
            np.zeros((0, 0), np.float32), empty, empty, np.zeros(0, np.float32), np.zeros(0, str), np.zeros(0, str)
        )
    values, first, within, best, kind, group = zip(*rows, strict=True)
    return Observations(
        np.stack(values),
        np.array(first),
        np.array(within),
        np.array(best, np.float32),
        np.array(kind),
        np.array(group),
    )


def _questions(searchable: Searchable, titles: Mapping[str, str]) -> list[_Question]:
    """Return the titles and examples that may be asked: those of the English files, in whichever language.

    Customers ask in Spanish far less often than translations have examples; with all of those, the confidence was too
    modest for questions in English. The tests of translations are asked.
    """
    found = []
    for row, unit in enumerate(searchable.units):
        if unit.language != ENGLISH:
            continue
        if unit.kind is UnitKind.EXAMPLE:
            found.append(_Question(row, unit.article_id, unit.text))
        elif unit.kind is UnitKind.TITLE and unit.article_id in titles:
            found.append(_Question(row, unit.article_id, titles[unit.article_id]))
    return found


def _plan(course: Course, questions: Sequence[_Question], fold: int) -> _Fold | None:
    """Return the index of a fold and its questions; None if too few articles would stay."""
    searchable = course.searchable
    elsewhere = {searchable.article_ids[a] for a in np.flatnonzero(searchable.elsewhere)}
    gone = {a for a in searchable.article_ids if part_of(a, N_FOLDS, "article") == fold}
    held = [q for q in questions if q.article_id not in gone and part_of(q.text, N_FOLDS, "question") == fold]
    keep = np.array([unit.article_id not in gone for unit in searchable.units], bool)
    keep[[q.row for q in held]] = False
    kept = {searchable.article_ids[a] for a in np.unique(searchable.article_of_row[keep])} if keep.any() else set()
    if len(kept - elsewhere) <= MAX_CHOICES:
        return None
    most = MAX_QUESTIONS // N_FOLDS
    new = _sample([q for q in held if q.article_id in kept - elsewhere], most)
    there = [q for q in questions if q.article_id not in elsewhere]
    there = [q for q in there if keep[q.row] and part_of(q.text, N_FOLDS, "slip") == fold]
    near = [q for q in questions if q.article_id in gone]
    asked = [(TrialKind.NEW, q) for q in new]
    asked += [(TrialKind.ASKED, q) for q in _tests(course.tests, kept - elsewhere, fold)]
    asked += [(TrialKind.STRANGER, q) for q in _renamed(new, course.mentions.organizations)]
    asked += [(TrialKind.KNOWN, replace(q, text=with_slip(q.text))) for q in _sample(there, most)]
    asked += [(TrialKind.NEAR_MISS, q) for q in _sample([q for q in near if q.article_id not in elsewhere], most)]
    most = min(most, max(LEAST_ELSEWHERE, len(asked)))  # the bank is as large for a site with six articles
    asked += [(TrialKind.UNFORESEEN, q) for q in _sample([q for q in near if q.article_id in elsewhere], most)]
    asked += [(TrialKind.ELSEWHERE, q) for q in _sample([q for q in held if q.article_id in elsewhere], most)]
    others = [t for t in out_of_scope_questions() if part_of(t, N_FOLDS, "question") == fold]
    asked += [(TrialKind.OTHER, _Question(-1, text, text)) for text in others]
    named = course.mentions.organizations.named
    prepared = ((kind, course.prepare(q.text), named(q.text), q.article_id) for kind, q in asked)
    return _Fold(keep, tuple(_Trial(kind, text, names, group) for kind, text, names, group in prepared if text))


def _tests(tests: Mapping[str, Sequence[str]], kept: set[str], fold: int) -> list[_Question]:
    """Return a fold's share of the tests of the articles that stay."""
    found = [_Question(-1, article, text) for article in sorted(kept) for text in tests.get(article, ())]
    return [q for q in found if part_of(q.text, N_FOLDS, "question") == fold]


def _renamed(questions: Sequence[_Question], organizations: Organizations) -> list[_Question]:
    """Return some of the questions as a customer of another company would ask them."""
    found = []
    names = [o for o in organizations.listed if not o.words and o.field in _BILLING_FIELDS]
    names = [o for o in names if o.field == OTHER_PROVIDERS] * _OFTEN + names
    for question in questions if names else ():
        name = names[part_of(question.text, len(names), "name")].name
        text = organizations.renamed(question.text, name)
        if text:
            found.append(replace(question, text=text))
    return found


def _encoded(folds: Sequence[_Fold], encode: EncodeAll) -> dict[str, Vector]:
    """Return the vector of each question of all folds, each encoded once."""
    texts = sorted({trial.text for fold in folds for trial in fold.trials})
    return dict(zip(texts, encode(texts), strict=True)) if texts else {}


_Row: TypeAlias = tuple[npt.NDArray[np.float32], bool, bool, float, str, str]
"""Signals, rank 1 right, one of three right, cosine, kind, group."""


def _run(course: Course, fold: _Fold, vectors: Mapping[str, Vector]) -> list[_Row]:
    """Return the observations of each question of a fold."""
    rest = course.searchable.subset(fold.keep)
    names = course.mentions.index(course.searchable.units, fold.keep)
    texts = [trial.text for trial in fold.trials]
    matrix = np.stack([vectors[text] for text in texts]) if texts else np.zeros((0, rest.vectors.dim), np.float32)
    rankings = rank_many(rest, ranking_model(rest), matrix, texts, MAX_CHOICES)
    return [_seen(rest, names, trial, ranking) for trial, ranking in zip(fold.trials, rankings, strict=True)]


def _seen(rest: Searchable, names: NameIndex, trial: _Trial, ranking: Ranking) -> _Row:
    top = [rest.article_ids[a] for a in ranking.articles[:MAX_CHOICES]]
    best = float(ranking.parts["best"][0])
    values = signals(ranking, is_stranger=bool(names.strangers(trial.named, top[0])))
    right = trial.group if trial.kind is not TrialKind.STRANGER else ""
    return values, right == top[0], right in top, best, trial.kind.value, trial.group


def with_slip(text: str) -> str:
    """Return a question as typed in a hurry: two letters of its longest word swapped, lower case, no punctuation.

    Always the same for the same text.
    """
    plain = re.sub(r"[^\w\s']", "", text.lower())
    longest = max(plain.split(), key=len, default="")
    if len(longest) < MIN_SLIP:
        return plain
    at = 1 + part_of(text, len(longest) - 2, "slip at")
    return plain.replace(longest, longest[:at] + longest[at + 1] + longest[at] + longest[at + 2 :], 1)


def _sample(questions: Sequence[_Question], most: int) -> list[_Question]:
    """Return at most so many questions, always the same ones regardless of their order."""
    return sorted(questions, key=lambda q: (part_of(q.text, 2**32, "sample"), q.article_id))[:most]
