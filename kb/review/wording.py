"""The words of a lesson: redacted a second time, and refused while anything personal, or its mark, is in them."""

from __future__ import annotations

from typing import Final

from kb.errors import LessonRefused
from kb.privacy.redact import redact
from kb.privacy.text import Kind, mark

LONGEST: Final = 500
"""Characters of an example; a longer question is a story that no other customer tells."""
_MOST_KEPT: Final = 5000


def example_words(question: str) -> str:
    """Return a question as it may stand in an article.

    :param question: The words, on any number of lines.
    :return: The same words on one line.
    :raises LessonRefused: If they hold personal data or a mark in its place, say nothing, or are too long.
    """
    words = _one_line(question)
    left = [kind for kind in Kind if mark(kind).casefold() in words.casefold()]
    found = [kind.value for kind in left] + list(redact(words).kinds)
    if found:
        kinds = ", ".join(f"the {kind}" for kind in dict.fromkeys(found))
        raise LessonRefused(
            f"Rewrite the question without {kinds}: an example is public, so nothing personal may be in it, nor a "
            "mark in its place. Keep only what other customers ask as well."
        )
    if not any(character.isalpha() for character in words):
        raise LessonRefused("The question has no words. Write it as a customer would ask it.")
    if len(words) > LONGEST:
        raise LessonRefused(
            f"The question has {len(words)} characters, and an example has at most {LONGEST}. Shorten it to the need."
        )
    return words


def kept_words(text: str) -> str:
    """Return a text as it may be kept in the database: on one line, redacted, and cut."""
    return redact(_one_line(text[: 4 * _MOST_KEPT])).text[:_MOST_KEPT]


def _one_line(text: str) -> str:
    return " ".join(text.replace("\x00", " ").encode("utf-8", "replace").decode("utf-8").split())
