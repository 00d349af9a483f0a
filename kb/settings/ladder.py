"""The ladder of escalation in site.yaml: what to do when a problem is not solved, lowest step first."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kb.common.yaml_file import Located
from kb.settings.site_reader import fail, mapping, number, text

_LONGEST_DAYS: Final = 365
_WORDS: Final = ("title", "text", "say")
_STEP_KEYS: Final = (*_WORDS, "es", "article", "channel", "after_days", "answer_days", "source", "dated")


@dataclass(frozen=True, slots=True)
class LadderWords:
    """A step of the ladder in one language."""

    title: str
    text: str = ""
    say: str = ""
    """A sentence to say or write, word for word."""


@dataclass(frozen=True, slots=True)
class LadderStep:
    """A step to take when the steps before it did not solve the problem."""

    words: LadderWords
    spanish: LadderWords | None = None
    article: str = ""
    """Id of the article that explains it; checked by ``kb check``."""
    channel: str = ""
    """Name of the channel to use."""
    after_days: int = 0
    """Days to wait after the previous step; 0 for none."""
    answer_days: int | None = None
    """Days within which an answer is due, if a source states it."""
    source: str = ""
    """Address of the page that states it."""
    dated: str = ""
    """That source's own date, or ``unknown``."""
    line: int = 1
    column: int = 1
    """The position at which site.yaml names the article."""

    def in_language(self, language: str) -> LadderWords:
        """Return the words in a language: ``es``, or English for any other."""
        return self.spanish if language == "es" and self.spanish is not None else self.words


def read_ladder(path: Path, node: Located, channels: frozenset[str]) -> tuple[LadderStep, ...]:
    """Read the ladder of escalation.

    :param path: The operator's file.
    :param node: The list of steps.
    :param channels: Names of the channels there are.
    :return: The steps, lowest first.
    :raises ConfigError: Naming line and remedy.
    """
    if not isinstance(node.value, list):
        raise fail(path, node, "'escalation' must be a list of steps", "Write each step as '- title: …'.")
    return tuple(_step(path, item, channels) for item in node.value)


def _step(path: Path, node: Located, channels: frozenset[str]) -> LadderStep:
    fields = mapping(path, node, _STEP_KEYS)
    words = _ladder_words(path, node, fields)
    channel = text(path, fields, "channel")
    if channel and channel not in channels:
        known = ", ".join(sorted(channels)) or "none is defined"
        raise fail(path, fields["channel"], f"there is no channel {channel!r}", f"Use one of: {known}.")
    answer_days = number(path, fields, "answer_days", 1, _LONGEST_DAYS)
    source, dated = text(path, fields, "source"), text(path, fields, "dated")
    if answer_days is not None and not (source and dated):
        fix = "Add 'source' and 'dated' (the source's own date, or unknown)."
        raise fail(path, fields["answer_days"], "a time within which an answer is due needs its source", fix)
    at = fields.get("article", node)
    spanish = fields.get("es")
    return LadderStep(
        words=words,
        spanish=None if spanish is None else _ladder_words(path, spanish, mapping(path, spanish, _WORDS)),
        article=text(path, fields, "article"),
        channel=channel,
        after_days=number(path, fields, "after_days", 0, _LONGEST_DAYS) or 0,
        answer_days=answer_days,
        source=source,
        dated=dated,
        line=at.line,
        column=at.column,
    )


def _ladder_words(path: Path, node: Located, fields: dict[str, Located]) -> LadderWords:
    title = text(path, fields, "title")
    if not title:
        raise fail(path, node, "a step of the escalation lacks 'title'", "Add it.")
    return LadderWords(title, text(path, fields, "text"), text(path, fields, "say"))
