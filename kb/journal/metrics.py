"""The journal's figures since it was opened, as Prometheus collects them."""

from __future__ import annotations

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics

LATENCY_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
"""Upper bounds of the histogram's buckets."""

disable_created_metrics()  # type: ignore[no-untyped-call] # a second series for each counter, with the time of its first count


class JournalMetrics:
    """The metrics of one journal, in a registry of their own; safe to share between threads."""

    def __init__(self) -> None:
        """Start at zero."""
        self.registry = registry = CollectorRegistry()
        labels = ["outcome", "source"]
        self._questions = Counter("kb_questions", "Questions since the start.", labels, registry=registry)
        self._seconds = Histogram(
            "kb_question_seconds", "Time from a question to its answer.", buckets=LATENCY_SECONDS, registry=registry
        )
        self._events = Counter("kb_events", "What came after questions, since the start.", ["event"], registry=registry)
        self.waiting = Gauge("kb_journal_waiting", "Entries not written yet.", registry=registry)
        self.up = Gauge("kb_journal_up", "1 if the journal's database could be written last.", registry=registry)
        self.failures = Counter("kb_journal_failures", "Attempts to write that failed.", registry=registry)
        self.lost = Counter("kb_journal_lost", "Entries given up.", registry=registry)
        self.left_out = Counter(
            "kb_journal_left_out", "Questions answered and not kept, since the disk is too full.", registry=registry
        )
        self.up.set(1)

    def question(self, outcome: str, source: str, took_ms: float) -> None:
        """Count a question and the time its answer took."""
        self._questions.labels(outcome, source).inc()
        self._seconds.observe(took_ms / 1000)

    def event(self, kind: str) -> None:
        """Count an event."""
        self._events.labels(kind).inc()
