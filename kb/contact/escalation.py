"""The ladder of escalation: the days of its steps, counted from the day of the first contact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kb.settings.ladder import LadderStep
from kb.types import Finding, Library, Severity


@dataclass(frozen=True, slots=True)
class DatedStep:
    """A step of the ladder with its days."""

    step: LadderStep
    starts: date
    """The first day on which the step makes sense."""
    answer_by: date | None
    """The day by which an answer is due if the step is taken on ``starts``; None without a rule."""


def dated_steps(steps: Sequence[LadderStep], contacted: date, promised_by: date | None = None) -> list[DatedStep]:
    """Return the days of a ladder.

    :param steps: The steps, lowest first.
    :param contacted: The day of the first contact.
    :param promised_by: The day of a promise; the next step comes after it.
    :return: The steps with their days; ``after_days`` counts from the step before. No step waits for an answer that may
        never come.
    """
    found: list[DatedStep] = []
    earliest = contacted
    for number, step in enumerate(steps):
        starts = earliest + timedelta(days=step.after_days)
        if number and promised_by is not None:
            starts = max(starts, promised_by + timedelta(days=1))
        answer_by = starts + timedelta(days=step.answer_days) if step.answer_days else None
        found.append(DatedStep(step, starts, answer_by))
        earliest = starts
    return found


def dead_steps(path: str, steps: Sequence[LadderStep], library: Library) -> list[Finding]:
    """Return a finding for each step whose article customers cannot open.

    :param path: The operator's file.
    :param steps: The ladder.
    :param library: The articles that customers may open.
    :return: Findings at the place of the article's id.
    """
    return [
        Finding(
            path,
            step.line,
            step.column,
            Severity.WARNING,
            "dead-step",
            f"the step {step.words.title!r} names the article {step.article!r}, which customers cannot open",
            "Name a published article, or remove the key",
        )
        for step in steps
        if step.article and library.resolve(step.article) is None
    ]
