"""Words that are the same on every page, whatever its language."""

from __future__ import annotations

from typing import Final

ARTICLES_IN_ENGLISH_ES: Final = "Puede preguntar en español. Los artículos están en inglés."
NO_INDEX_COMMAND: Final = "kb build"
LANGUAGE_NAMES: Final = {"en": "English", "es": "Español"}
