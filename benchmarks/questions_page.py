"""The list of questions under load: reading them, the first page, and every filter, on SQLite and PostgreSQL.

    python benchmarks/questions_page.py --questions 100000

Fills a scratch journal of each kind by seed, reads it as the server does, and prints the median and the slowest of five
runs of what the page asks for: a page of fifty questions with their number. PostgreSQL is left out where it is not
installed.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

sys.path.insert(0, str(Path(__file__).parent.parent))

from kb.database.engine import open_engine, upgrade, writing
from kb.database.tables.journal import events, queries
from kb.database.tables.review import judgments
from kb.review.questions import QuestionsBook
from kb.review.records import FollowUp, QuestionFilter, QuestionOrder, Verdict
from kb.types import NoAnswerReason, OutcomeKind
from tests import postgres

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
DAYS = 180
TIMES = 5
AT_ONCE = 5_000
ARTICLES = [f"article-{n}" for n in range(130)]
WORDS = """bill late fee pay paid autopay card bank month twice charged refund credit modem return store paper statement
why how when my the is it not higher promotion ended price rose cancel service moved address cuánto cobro factura
pagar""".split()  # noqa: SIM905 — words
JUDGED = 0.01
"""The share of questions that leads have judged."""


def rows(count: int) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Yield questions with their events: some two in a visit, over the days, a third without an answer."""
    chance = random.Random(14)
    at, visit = NOW - timedelta(days=DAYS), ""
    for n in range(count):
        at += timedelta(seconds=DAYS * 86_400 / count)
        visit = visit if visit and chance.random() < 0.5 else f"{chance.getrandbits(128):032x}"
        row = question(n, at, visit, chance)
        yield row, list(after(row, chance))


def question(n: int, at: datetime, visit: str, chance: random.Random) -> dict[str, Any]:
    """Return a question's row."""
    outcome = chance.choices(("answered", "clarify", "no_answer"), (65, 15, 20))[0]
    ranked = chance.sample(ARTICLES, 10)
    answered = outcome == "answered"
    section = chance.choice(("", "what-to-do", "how-to-get-it-back", "when-it-comes"))
    return {
        "query_id": f"{n:032x}",
        "visit": visit,
        "source": "page",
        "traffic": chance.choices(("customer", "test", "bot"), (94, 3, 3))[0],
        "asked_at": at,
        "text": " ".join(chance.choices(WORDS, k=chance.randint(3, 20))),
        "language": chance.choices(("en", "es"), (9, 1))[0],
        "outcome": outcome,
        "reason": chance.choice(("below_threshold", "out_of_scope", "elsewhere")) if outcome == "no_answer" else None,
        "confidence": round(chance.random(), 4),
        "hits": [[article, round(1 - place / 20, 4)] for place, article in enumerate(ranked)],
        "choices": ranked[:3] if outcome == "clarify" else [],
        "index_version": "20261101-000000-abcdef",
        "took_ms": 2.0,
        "article_id": ranked[0] if answered else "",
        "anchor": section if answered else None,
        "heading": section.replace("-", " ").capitalize() if answered else "",
    }


def after(row: dict[str, Any], chance: random.Random) -> Iterator[dict[str, Any]]:
    """Yield what happened after a question."""
    for kind, share in (("opened", 0.25), ("helpful", 0.05), ("not_helpful", 0.03), ("contacted", 0.04)):
        if chance.random() < share:
            yield {"query_id": row["query_id"], "kind": kind, "article_id": row["article_id"], "reason": "", "text": "",
                   "at": row["asked_at"]}  # fmt: skip


def fill(engine: Engine, count: int) -> None:
    """Write questions and events."""
    asked: list[dict[str, Any]] = []
    followed: list[dict[str, Any]] = []
    for n, (row, then) in enumerate(rows(count), start=1):
        asked.append(row)
        followed += then
        if len(asked) == AT_ONCE or n == count:
            with writing(engine) as connection:
                connection.execute(sa.insert(queries), asked)
                connection.execute(sa.insert(events), followed)
            asked, followed = [], []


def judge(engine: Engine, count: int) -> None:
    """Write judgments of some questions."""
    chance = random.Random(15)
    said = [
        {"query_id": f"{n:032x}", "article_right": chance.random() < 0.9, "part_right": True, "who": "lee", "at": NOW}
        for n in chance.sample(range(count), int(count * JUDGED))
    ]
    with writing(engine) as connection:
        connection.execute(sa.insert(judgments), said)


def analyze(engine: Engine) -> None:
    """Let PostgreSQL look at its tables, as it does by itself within minutes."""
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE")


FILTERS = {
    "a word": QuestionFilter(text="autopay"),
    "two words with accents": QuestionFilter(text="cuánto factura"),
    "words that nobody asked": QuestionFilter(text="walrus"),
    "outcome": QuestionFilter(outcome=OutcomeKind.CLARIFY),
    "reason": QuestionFilter(reason=NoAnswerReason.ELSEWHERE),
    "article": QuestionFilter(article="article-7"),
    "article and part": QuestionFilter(article="article-7", anchor="what-to-do"),
    "part: the direct answer": QuestionFilter(anchor=""),
    "language": QuestionFilter(language="es"),
    **{f"followed: {kind.value}": QuestionFilter(followed=kind) for kind in FollowUp},
    "one week": QuestionFilter(first=(NOW - timedelta(days=37)).date(), last=(NOW - timedelta(days=30)).date()),
    "confidence .90 to .95": QuestionFilter(least=0.9, most=0.95),
    **{f"judgment: {verdict.value}": QuestionFilter(judged=verdict) for verdict in Verdict},
    "the least sure first": QuestionFilter(order=QuestionOrder.LEAST_SURE),
    "least sure, answered, disliked": QuestionFilter(
        outcome=OutcomeKind.ANSWERED, followed=FollowUp.DISLIKED, order=QuestionOrder.LEAST_SURE
    ),
}
"""Every filter of the page, alone, and a few together."""


def timed(run: Callable[[], Any], times: int = TIMES) -> tuple[float, float, Any]:
    """Return the median and the slowest of some runs, in seconds, and the last result."""
    took = []
    found = None
    for _ in range(times):
        started = time.perf_counter()
        found = run()
        took.append(time.perf_counter() - started)
    return statistics.median(took), max(took), found


def measure(url: str, count: int) -> dict[str, tuple[float, float, int]]:
    """Return, for each step, the median, the slowest, and the number of questions found."""
    engine = open_engine(url)
    upgrade(engine)
    fill(engine, count)
    analyze(engine)
    book = QuestionsBook(engine)
    found: dict[str, tuple[float, float, int]] = {}
    *took, added = timed(book.refresh, 1)
    found["reading all of them, once"] = (took[0], took[1], added)
    judge(engine, count)
    analyze(engine)
    first, slowest, page = timed(book.list)
    found["first page"] = (first, slowest, page.total)
    for name, wanted in FILTERS.items():
        median, slowest, page = timed(lambda w=wanted: book.list(w))
        found[name] = (median, slowest, page.total)
    after = book.list(limit=5_000).after
    median, slowest, page = timed(lambda: book.list(after=after))
    found["the hundredth page"] = (median, slowest, page.total)
    median, slowest, _ = timed(lambda: book.show(f"{count // 2:032x}"))
    found["one question with its visit"] = (median, slowest, 1)
    found["ten new questions, then the first page"] = new_questions(engine, book, count)
    engine.dispose()
    return found


def new_questions(engine: Engine, book: QuestionsBook, count: int) -> tuple[float, float, int]:
    """Return how long a page takes when ten questions have come since the last one."""
    chance, number = random.Random(16), iter(range(count, count + 10 * TIMES))

    def come() -> None:
        new = [question(next(number), NOW, f"{chance.getrandbits(128):032x}", chance) for _ in range(10)]
        with writing(engine) as connection:
            connection.execute(sa.insert(queries), [{**row, "traffic": "customer"} for row in new])

    took = []
    for _ in range(TIMES):
        come()
        took.append(timed(lambda: (book.refresh(), book.list()), 1)[0])
    return statistics.median(took), max(took), 10


def main() -> None:
    """Measure both kinds of database, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=100_000)
    given = parser.parse_args()
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        sides = {"SQLite": measure(f"sqlite:///{Path(folder, 'journal.db')}", given.questions)}
        programs = postgres.programs()
        if programs is None:
            print("PostgreSQL is not installed.", file=sys.stderr)
        else:
            server = stack.enter_context(postgres.server(programs))
            sides["PostgreSQL"] = measure(server.new_database(), given.questions)
    print(f"{given.questions:,} questions; seconds, median of {TIMES} (slowest)")
    print("| step | found | " + " | ".join(sides) + " |")
    print("| --- | ---: | " + " | ".join("---:" for _ in sides) + " |")
    for name, (_, _, total) in sides["SQLite"].items():
        times = [f"{side[name][0]:.3f} ({side[name][1]:.3f})" for side in sides.values()]
        print(f"| {name} | {total:,} | " + " | ".join(times) + " |")


if __name__ == "__main__":
    main()
