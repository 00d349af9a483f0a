"""How the list of questions is narrowed, kept entirely in the address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from kb.html.addresses import Param
from kb.html.format import clean_text
from kb.review.records import FollowUp, QuestionFilter, QuestionOrder, Verdict
from kb.types import NoAnswerReason, OutcomeKind

if TYPE_CHECKING:
    from enum import StrEnum

    from kb.reports.figures import Period

_LONGEST: Final = 200
"""Characters of a text, an id or an anchor that are read."""
_DIRECT: Final = "."
"""Stands for the direct answer in an address, where an empty value says nothing; no anchor has a point."""
LANGUAGES: Final = ("en", "es")
"""The languages that a question is recorded in."""

_Choice = TypeVar("_Choice", bound="StrEnum")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which questions are listed, in which order, and from where on."""

    text: str = ""
    outcome: OutcomeKind | None = None
    reason: NoAnswerReason | None = None
    """Narrows the outcome "no answer"."""
    followed: FollowUp | None = None
    article: str = ""
    anchor: str | None = None
    """The part of the article; empty for the direct answer."""
    language: str = ""
    judged: Verdict | None = None
    order: QuestionOrder = QuestionOrder.NEWEST
    after: str = ""
    """Where the page of the list before this one ended."""

    @classmethod
    def of_address(cls, params: Mapping[str, str]) -> Asked:
        """Read an address; what cannot be read is ignored.

        :param params: The address's parameters.
        :return: What is listed.
        """
        given = {name: clean_text(params.get(name, ""))[:_LONGEST] for name in Param}
        outcome, reason = _known(OutcomeKind, given[Param.OUTCOME]), _known(NoAnswerReason, given[Param.OUTCOME])
        part = given[Param.PART] if given[Param.OF_ARTICLE] else ""
        return cls(
            text=given[Param.QUERY],
            outcome=OutcomeKind.NO_ANSWER if reason is not None else outcome,
            reason=reason,
            followed=_known(FollowUp, given[Param.FOLLOWED]),
            article=given[Param.OF_ARTICLE],
            anchor=(part if part != _DIRECT else "") if part else None,
            language=given[Param.ASKED_IN] if given[Param.ASKED_IN] in LANGUAGES else "",
            judged=_known(Verdict, given[Param.JUDGED]),
            order=_known(QuestionOrder, given[Param.ORDER]) or QuestionOrder.NEWEST,
            after=given[Param.AFTER],
        )

    def params(self) -> dict[Param, str]:
        """Return the parameters of the address; what is usual is empty."""
        return {
            Param.QUERY: self.text,
            Param.OUTCOME: self.reason or self.outcome or "",
            Param.FOLLOWED: self.followed or "",
            Param.OF_ARTICLE: self.article,
            Param.PART: "" if self.anchor is None else self.anchor or _DIRECT,
            Param.ASKED_IN: self.language,
            Param.JUDGED: self.judged or "",
            Param.ORDER: self.order if self.order is not QuestionOrder.NEWEST else "",
            Param.AFTER: self.after,
        }

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the order is chosen."""
        return self != Asked(order=self.order, after=self.after)

    def wanted(self, period: Period) -> QuestionFilter:
        """Return the filter of a period.

        :param period: Days, UTC.
        :return: What the book of questions lists.
        """
        return QuestionFilter(
            text=self.text,
            outcome=self.outcome,
            reason=self.reason,
            article=self.article,
            anchor=self.anchor,
            language=self.language,
            followed=self.followed,
            first=period.first,
            last=period.last,
            judged=self.judged,
            order=self.order,
        )


def _known(choices: type[_Choice], value: str) -> _Choice | None:
    return next((choice for choice in choices if choice.value == value), None)
