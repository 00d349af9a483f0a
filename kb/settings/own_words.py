"""Words of the customers' pages that name the subject, as the operator wants them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kb.common.yaml_file import Located
from kb.settings.site_reader import fail, mapping, text

FILLED_IN: Final[Mapping[str, tuple[str, ...]]] = {
    "ask_title": (),
    "ask_lead": (),
    "ask_empty": (),
    "ask_example": (),
    "elsewhere_text": ("provider", "names"),
    "elsewhere_nearest": (),
    "out_of_scope_text": ("provider",),
}
"""The words that may be given, each with what is filled in where it has a name in curly braces."""
_BRACES = re.compile(r"\{([^{}]*)\}|[{}]")


@dataclass(frozen=True, slots=True)
class OwnWords:
    """The operator's words in place of ours, by their names in site.yaml."""

    english: tuple[tuple[str, str], ...] = ()
    spanish: tuple[tuple[str, str], ...] = ()

    def of(self, language: str) -> tuple[tuple[str, str], ...]:
        """Return the words of a language, ``en`` or ``es``."""
        return self.spanish if language == "es" else self.english


def read_own_words(path: Path, fields: Mapping[str, Located]) -> OwnWords:
    """Read ``words`` and ``words_es``.

    :param path: The operator's file.
    :param fields: Its values by key.
    :return: What is given.
    :raises ConfigError: Naming line and remedy.
    """
    return OwnWords(*(_read(path, fields[key]) if key in fields else () for key in ("words", "words_es")))


def _read(path: Path, node: Located) -> tuple[tuple[str, str], ...]:
    given = mapping(path, node, tuple(FILLED_IN))
    found = [(key, text(path, given, key)) for key in given]
    for key, words in found:
        wrong = next((m[0] for m in _BRACES.finditer(words) if m[1] not in FILLED_IN[key]), None)
        if wrong is not None:
            allowed = " and ".join(f"{{{name}}}" for name in FILLED_IN[key])
            fix = f"Use only {allowed}." if allowed else "Leave the curly braces out."
            raise fail(path, given[key], f"{wrong!r} in {key!r} is not filled in", fix)
    return tuple((key, words) for key, words in found if words)
