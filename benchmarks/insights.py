"""Time the lead's figures with a million questions in the journal.

    python benchmarks/insights.py [--questions 1000000] [--database URL]

Fills a scratch journal (SQLite in a temporary folder unless told otherwise; a named database must be empty) with
invented questions over 180 days, in the order of time as the writer writes them: after a third of them something is
opened, some are rated, some visits contact an agent. Then it times the first roll-up, a page's figures for 7, 30 and 90
days, with and without something new, the first grouping, and the list of gaps.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import sqlalchemy as sa

from kb.database.engine import open_engine, upgrade, writing
from kb.database.tables.journal import events, queries
from kb.gaps.book import GapBook
from kb.gaps.collect import Grouper
from kb.reports.figures import Period, insights
from kb.reports.rollup import roll_up
from kb.types import EmbeddingMatrix, Progress, Vector

NOW = datetime(2026, 11, 20, 18, tzinfo=UTC)
DAYS = 180
ARTICLES = [f"article-{n}" for n in range(130)]
THINGS = [f"thing{n}" for n in range(600)]
AT_ONCE = 20_000
TIMES = 5


class WordVectors:
    """An encoder that is only for timing: one fixed direction per word."""

    dim = 384

    def encode_query(self, text: str) -> Vector:
        """Return the mean of the words' directions."""
        rows = [np.random.default_rng(abs(hash(word)) % 2**32).standard_normal(self.dim) for word in text.split()]
        total = np.sum(rows, axis=0)
        return (total / np.linalg.norm(total)).astype(np.float32)

    def encode_documents(self, texts: Any, progress: Progress | None = None) -> EmbeddingMatrix:  # noqa: ARG002
        """Return one vector per text."""
        return np.stack([self.encode_query(text) for text in texts])

    def knows(self, word: str) -> bool:  # noqa: ARG002
        """Return whether a word is known; no word is."""
        return False


def rows(count: int, first: int = 0, days: float = DAYS) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Yield invented questions with what happened after each, oldest first."""
    chance = random.Random(first)
    for number in range(first, first + count):
        before = days * 86_400 * (1 - (number - first) / count)
        outcome = chance.choices(("answered", "clarify", "no_answer"), (60, 25, 15))[0]
        at = NOW - timedelta(seconds=before)
        nearest = [[article, round(0.6 - 0.05 * n, 3)] for n, article in enumerate(chance.sample(ARTICLES, 5))]
        query_id = f"{number:032x}"
        thing = THINGS[min(int(chance.expovariate(1 / 80)), len(THINGS) - 1)]
        yield (
            {
                "query_id": query_id,
                "visit": f"{max(0, number - chance.randrange(4)):032x}",
                "source": "page",
                "traffic": "bot" if chance.random() < 0.02 else "customer",
                "asked_at": at,
                "text": f"why is my {thing} {chance.choice(('late', 'high', 'gone', 'wrong'))}",
                "language": "en",
                "outcome": outcome,
                "confidence": chance.random() * (0.9 if outcome == "no_answer" else 1.0),
                "reason": "below_threshold" if outcome == "no_answer" else None,
                "hits": nearest,
                "choices": [article for article, _ in nearest[:2]] if outcome == "clarify" else [],
                "index_version": "v1-0000000000000000",
                "took_ms": 2.0,
            },
            list(happened(chance, query_id, nearest[0][0], at)),
        )


def happened(chance: random.Random, query_id: str, article: str, at: datetime) -> Iterator[dict[str, Any]]:
    """Yield what happened after one question."""
    for kind, share in (("opened", 0.3), ("helpful", 0.05), ("not_helpful", 0.03), ("contacted", 0.04)):
        if chance.random() < share:
            reason = chance.choice(("wrong", "too_vague", "")) if kind == "not_helpful" else ""
            yield {"query_id": query_id, "kind": kind, "article_id": article, "reason": reason, "text": "", "at": at}


def fill(engine: sa.Engine, count: int, first: int = 0, days: float = DAYS) -> None:
    """Write questions and events."""
    asked: list[dict[str, Any]] = []
    followed: list[dict[str, Any]] = []
    for n, (row, after) in enumerate(rows(count, first, days), start=1):
        asked.append(row)
        followed += after
        if len(asked) == AT_ONCE or n == count:
            with writing(engine) as connection:
                connection.execute(sa.insert(queries), asked)
                if followed:
                    connection.execute(sa.insert(events), followed)
            asked, followed = [], []


def timed(what: str, run: Callable[[], Any], times: int = 1) -> Any:
    """Run a function, print how long it took, and return its result."""
    took = []
    for _ in range(times):
        started = time.perf_counter()
        found = run()
        took.append(time.perf_counter() - started)
    spread = f" (slowest {max(took):.3f})" if times > 1 else ""
    print(f"{what}: {statistics.median(took):.3f} s{spread}", flush=True)
    return found


def measure(engine: sa.Engine, count: int) -> None:
    """Fill the journal, and time the figures."""
    upgrade(engine)
    timed(f"writing {count:,} questions", lambda: fill(engine, count))
    timed("first roll-up of all days", lambda: roll_up(engine))
    for days in (7, 30, 90):
        period = Period.last_days(days, NOW.date())
        found = timed(f"figures of {days} days", lambda p=period: insights(engine, p), TIMES)
        print(f"    {found.figure('questions').value:,.0f} questions, {len(found.articles)} articles")
    period, more = Period.last_days(30, NOW.date()), iter(range(count, count + TIMES * 10, 10))

    def busy() -> None:
        fill(engine, 10, next(more), days=0.01)
        insights(engine, period)

    timed("figures of 30 days, ten new questions before each", busy, TIMES)
    book = GapBook(engine, clock=lambda: NOW)
    grouper = Grouper(WordVectors(), "words@1", 0.85)
    done = timed("first grouping", lambda: book.refresh(grouper))
    print(f"    {done.unanswered:,} unanswered, {done.encoded:,} distinct, {len(done.new_gaps):,} gaps")
    timed("grouping with nothing new", lambda: book.refresh(grouper), TIMES)

    def asked_more() -> None:
        fill(engine, 10, next(more) + 10 * TIMES, days=0.01)
        book.refresh(grouper)

    more = iter(range(count, count + TIMES * 10, 10))
    timed("grouping with ten new questions", asked_more, TIMES)
    listed = timed("list of gaps", book.list, TIMES)
    timed("one gap in detail", lambda: book.show(listed[0].id), TIMES)


def main() -> None:
    """Measure in a scratch journal."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=1_000_000)
    parser.add_argument("--database", default="", help="an empty database; SQLite in a temporary folder without")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(given.database or f"sqlite:///{Path(folder, 'journal.db')}")
        measure(engine, given.questions)
        engine.dispose()


if __name__ == "__main__":
    main()
