"""Questions of two needs, how they are grouped, and an answerer that is told what it answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kb.gaps.book import GapBook
from kb.gaps.collect import Grouped, Grouper
from kb.gaps.replaying import ReplayedGap
from kb.types import Answer, Answered, Hit, Library, NoAnswer, NoAnswerReason, Passage, Query
from tests.journal_rows import put_query
from tests.support import FakeEncoder, make_article, make_library

if TYPE_CHECKING:
    import sqlalchemy as sa

LOW = 0.8
FEE = "why is there a late fee on my bill"
FEE_AGAIN = "why do you charge a late fee on my bill"
PAY = "take the money from my bank every month"
PAY_HITS = [["set-up-autopay", 0.4], ["ways-to-pay", 0.2]]
LIBRARY = make_library(make_article("late-fee", title="What is the late fee?", examples=("cost of paying late",)))


class Index:
    """An answerer that answers the questions it is told to, with one article, and no others."""

    def __init__(self, version: str = "v2", answers: dict[str, str] | None = None, library: Library = LIBRARY) -> None:
        """Answer questions with articles."""
        self.index_version, self.library, self._answers = version, library, answers or {}

    def ask(self, text: str, k: int = 5) -> Answer:
        """Return an answer, or none."""
        article = self._answers.get(text)
        hit = Hit(1, article or "paper-bill", "T", Passage("p#0", "p", "", "", "", ""), 0.6)
        outcome = Answered(hit, ()) if article else NoAnswer(NoAnswerReason.BELOW_THRESHOLD, ())
        return Answer(Query(text, text), outcome, 0.95 if article else 0.2, (hit,), self.index_version, 1.0)


def replay(book: GapBook, index: Index, rest: Index | None = None) -> tuple[ReplayedGap, ...]:
    """Replay against an index; ``rest`` is what is left of it without what repeats a question."""
    return book.replay(index, lambda _: rest or Index(), low_below=LOW)


def grouper(name: str = "fake@1", **more: Any) -> Grouper:
    """Return the test encoder as the index's."""
    return Grouper(FakeEncoder(), name, LOW, **more)


def two_gaps(engine: sa.Engine, book: GapBook) -> Grouped:
    """Write five questions of two needs and group them: gap 1 about fees, gap 2 about paying."""
    put_query(engine, 1, FEE, visit="a", days_ago=40)
    put_query(engine, 2, FEE_AGAIN, visit="b", days_ago=35)
    put_query(engine, 3, FEE.upper(), visit="b", days_ago=1)
    put_query(engine, 4, PAY, hits=PAY_HITS, reason="out_of_scope")
    put_query(engine, 5, "an answer that served", outcome="answered", confidence=0.9)
    return book.refresh(grouper())
