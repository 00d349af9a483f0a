"""Words that tell names from talk: given names, those that are also words, and the plain words of billing.

The lists are files in ``words/``; their README says where they come from.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path
from typing import Final

_FOLDER: Final = Path(__file__).resolve().parent / "words"


def bare(word: str) -> str:
    """Return a word in small letters without accents."""
    word = word.lower()
    if word.isascii():
        return word
    return "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))


@cache
def given() -> frozenset[str]:
    """Return the given names that are nothing but names."""
    return _read("given.txt")


@cache
def given_rare() -> frozenset[str]:
    """Return the given names that few people have."""
    return _read("given_rare.txt")


@cache
def given_words() -> frozenset[str]:
    """Return the given names that are also words, places or brands."""
    return _read("given_words.txt")


@cache
def plain() -> frozenset[str]:
    """Return the words that texts about bills are made of, in both languages."""
    return _read("plain.txt")


def _read(name: str) -> frozenset[str]:
    return frozenset((_FOLDER / name).read_text(encoding="utf-8").split())
