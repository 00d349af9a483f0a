"""Records of the weekly sample, and what it says about the promise."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from kb.common.proportion import Interval, exact_interval

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime


class PromiseVerdict(StrEnum):
    """What a sample says about a certified share of wrong answers."""

    KEPT = "kept"
    """Even the upper end of the interval is no more than what was certified."""
    BROKEN = "broken"
    """Even the lower end of the interval is more than what was certified."""
    NOT_ENOUGH = "not_enough"
    """What was certified lies within the interval: more answers have to be judged."""
    NOT_CERTIFIED = "not_certified"
    """The index is certified for nothing that it could be compared with."""


@dataclass(frozen=True, slots=True)
class WrongShare:
    """How many of the judged answers are wrong, and what was certified for the same quantity."""

    wrong: int
    judged: int
    interval: Interval
    """Of the share, exact, at 95 % confidence; 0 to 1 if none was judged."""
    bound: float | None
    """The certified share, 0 to 1; None if there is none."""

    @property
    def share(self) -> float | None:
        """The share of wrong ones, 0 to 1; None if none was judged."""
        return self.wrong / self.judged if self.judged else None

    @property
    def verdict(self) -> PromiseVerdict:
        """What this says about what was certified."""
        if self.bound is None:
            return PromiseVerdict.NOT_CERTIFIED
        if self.interval.low > self.bound:
            return PromiseVerdict.BROKEN
        return PromiseVerdict.KEPT if self.interval.high <= self.bound else PromiseVerdict.NOT_ENOUGH

    def as_json(self) -> dict[str, Any]:
        """Return plain JSON values, shares with four decimals."""
        return {
            "wrong": self.wrong,
            "judged": self.judged,
            "share": None if self.share is None else round(self.share, 4),
            "low": round(self.interval.low, 4),
            "high": round(self.interval.high, 4),
            "certified": self.bound,
            "verdict": self.verdict.value,
        }


@dataclass(frozen=True, slots=True)
class SampleResult:
    """What the judged answers of one week or several say."""

    weeks: int
    drawn: int
    judged: int
    articles: WrongShare
    """Answers with a wrong article."""
    parts: WrongShare
    """Answers with a wrong part, among those with a right article whose part was judged."""

    def as_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        shares = {"articles": self.articles.as_json(), "parts": self.parts.as_json()}
        return {"weeks": self.weeks, "drawn": self.drawn, "judged": self.judged, **shares}


@dataclass(frozen=True, slots=True)
class SampleItem:
    """One answer of a sample."""

    place: int
    """From 1, in the order in which they were drawn."""
    query_id: str
    """Empty when the question is no longer kept."""
    text: str
    """The question after redaction; empty when it is no longer kept."""
    language: str
    confidence: float | None
    article_id: str
    anchor: str | None
    """The part shown; empty for the direct answer, None where it was not recorded."""
    heading: str
    index_version: str
    article_right: bool | None
    """None while nobody has judged it."""
    part_right: bool | None
    who: str
    at: datetime | None

    @property
    def is_judged(self) -> bool:
        """Whether somebody has judged it."""
        return self.article_right is not None

    def as_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "place": self.place,
            "query_id": self.query_id or None,
            "text": self.text or None,
            "language": self.language or None,
            "confidence": self.confidence,
            "article_id": self.article_id,
            "anchor": self.anchor,
            "heading": self.heading or None,
            "index_version": self.index_version,
            "article_right": self.article_right,
            "part_right": self.part_right,
            "who": self.who or None,
            "at": None if self.at is None else self.at.isoformat(),
        }


@dataclass(frozen=True, slots=True)
class Sample:
    """The sample of a week."""

    week: str
    answered: int
    """How many answers the week had."""
    drawn_at: datetime
    drawn_by: str
    items: tuple[SampleItem, ...]

    @property
    def judged(self) -> int:
        """How many of its answers are judged."""
        return sum(item.is_judged for item in self.items)

    def as_json(self) -> dict[str, Any]:
        """Return the object of ``kb sample --json``."""
        return {
            "week": self.week,
            "answered": self.answered,
            "drawn_at": self.drawn_at.isoformat(),
            "drawn_by": self.drawn_by,
            "items": [item.as_json() for item in self.items],
        }


@dataclass(frozen=True, slots=True)
class Certified:
    """The shares of wrong answers that an index is certified not to exceed, 0 to 1; None where it is not certified."""

    articles: float | None = None
    """Of the answers given, those with a wrong article."""
    parts: float | None = None
    """Of the answers with a right article, those with a wrong part."""

    @classmethod
    def of(cls, manifest: Mapping[str, Any] | None) -> Certified:
        """Return what a manifest certifies; nothing without one.

        :param manifest: The record of an index's build.
        :return: The shares.
        """
        figures = (manifest or {}).get("calibration") or {}
        parts = figures.get("parts") or {}
        return cls(
            float(figures["risk_bound"]) if figures.get("certified") else None,
            float(parts["risk_bound"]) if "risk_bound" in parts else None,
        )


def counted(
    judged: Sequence[tuple[bool, bool | None]], *, drawn: int, weeks: int, certified: Certified = Certified()
) -> SampleResult:
    """Return what judgments say.

    :param judged: For each judged answer, whether the article and the part are right; a part that was not judged counts
        neither way.
    :param drawn: The number of answers drawn.
    :param weeks: The number of weeks they are from.
    :param certified: What is compared with it.
    :return: The result.
    """
    articles = sum(not article for article, _ in judged)
    of_right = [part for article, part in judged if article and part is not None]
    parts = sum(not part for part in of_right)
    return SampleResult(
        weeks,
        drawn,
        len(judged),
        WrongShare(articles, len(judged), exact_interval(articles, len(judged)), certified.articles),
        WrongShare(parts, len(of_right), exact_interval(parts, len(of_right)), certified.parts),
    )
