"""What a check of an installation says."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum

from kb.errors import KbError


class Level(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARNING = "warning"
    """Works, and should be changed."""
    PROBLEM = "problem"
    """Does not work, or not for long."""


@dataclass(frozen=True, slots=True)
class Result:
    """One line of the report."""

    check: str
    """What was looked at, in a word."""
    level: Level
    message: str
    """What was found, a sentence without a period."""
    remedy: str = ""
    """What to do, a sentence; only with a warning or a problem."""

    def as_json(self) -> dict[str, str]:
        """Return plain JSON values."""
        return {name: str(value) for name, value in asdict(self).items()}


def ok(check: str, message: str) -> Result:
    """Return a result that nothing needs to be done about."""
    return Result(check, Level.OK, message)


def warning(check: str, message: str, remedy: str) -> Result:
    """Return a result that should be changed."""
    return Result(check, Level.WARNING, message, remedy)


def problem(check: str, message: str, remedy: str) -> Result:
    """Return a result that has to be changed."""
    return Result(check, Level.PROBLEM, message, remedy)


def from_error(check: str, error: KbError) -> Result:
    """Return the problem that an error states; its last sentence is the remedy, as in all our errors.

    :param check: What was looked at.
    :param error: One of ours.
    :return: The result.
    """
    said, _, remedy = str(error).rstrip(".").rpartition(". ")
    return problem(check, said or remedy, f"{remedy}." if said else "See the message.")
