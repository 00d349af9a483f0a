"""The names of article files: ``late-fee.md``, and ``late-fee.es.md`` beside it for the same article in Spanish."""

from __future__ import annotations

from pathlib import PurePath
from typing import Final

from kb.types import ENGLISH, TRANSLATED

_ENDINGS: Final = {f".{language}.md": language for language in TRANSLATED}


def language_of(path: str | PurePath) -> str:
    """Return the language of an article's file, by its name."""
    name = PurePath(path).name
    return next((language for ending, language in _ENDINGS.items() if name.endswith(ending)), ENGLISH)


def is_translation(path: str | PurePath) -> bool:
    """Return whether a file translates an article, by its name."""
    return language_of(path) != ENGLISH


def id_of(path: str | PurePath) -> str:
    """Return the id of the article that a file holds or translates."""
    return PurePath(path).stem.removesuffix(f".{language_of(path)}")


def translation_path(path: str, language: str) -> str:
    """Return the path of an article's translation."""
    return str(PurePath(path).with_name(f"{id_of(path)}.{language}.md"))


def original_path(path: str) -> str:
    """Return the path of the article that a file translates; of an article its own."""
    return str(PurePath(path).with_name(f"{id_of(path)}.md"))
