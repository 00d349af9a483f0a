"""Turns queries into the text that is searched, and text into the words that BM25 counts."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from kb.common.folding import as_typed, without_accents, without_invisible
from kb.retrieval.query.language import is_spanish
from kb.types import Query

MAX_QUERY_CHARACTERS = 2_000
"""Only so much of a longer query is searched; the encoder reads some 1,000 characters, BM25 a little more."""

_SPACE = re.compile(r"\s+")
_BEFORE_MARK = re.compile(r" ([?!.,;:])")
_LEAST_LETTERS = 4
"""Fewer are not a question: then the name itself was asked about."""
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")

STOP_WORDS = frozenset(
    # English function words; question words such as "how" and "why" carry little that tells articles apart.
    "a an and are as at be been but by can could did do does for from had has have he her his how i if in is it its"
    " just me my of on or our she so that the their them then there these they this to too was we were what when"
    " which who will with would you your im ive u ur pls please hi hello hey thanks"
    # Spanish function words
    " el la los las un una unos unas de del y o que en mi me por para con es no se lo su le al como"
    .split()
)  # fmt: skip


def normalise(raw: str) -> Query:
    """Return a query with the text that is searched.

    Compatibility forms are unified, invisible characters removed, quotes and dashes written as on a keyboard, control
    characters and white space made one space, and the length limited to :data:`MAX_QUERY_CHARACTERS`.

    :param raw: What was typed; any string.
    :return: The query; ``text`` is empty if nothing searchable is left.
    """
    text = unicodedata.normalize("NFKC", as_typed(without_invisible(raw[: 8 * MAX_QUERY_CHARACTERS])))
    kept = "".join(c if not _is_dropped(c) else " " for c in text)
    collapsed = _SPACE.sub(" ", kept).strip()[:MAX_QUERY_CHARACTERS].strip()
    searchable = collapsed if any(c.isalnum() for c in collapsed) else ""
    return Query(raw=raw, text=searchable, language="es" if is_spanish(searchable) else "en")


def _is_dropped(character: str) -> bool:
    """Return whether a character is a control, surrogate or unassigned one."""
    return unicodedata.category(character) in ("Cc", "Cs", "Cn", "Co")


def without_name(text: str, name: str) -> str:
    """Return a text without the operator's own name, which tells no articles of a help center apart.

    Left in, it would draw messages that repeat it toward articles that also repeat it.

    :param text: A query, or the text of an article.
    :param name: The name in site.yaml; empty if there is none.
    :return: The text itself if it does not have the name, or hardly anything else.
    """
    pattern = _name_pattern(name.strip())
    if pattern is None or not pattern.search(text):
        return text
    bare = _BEFORE_MARK.sub(r"\1", _SPACE.sub(" ", pattern.sub(" ", text))).strip(" -–—/,.:;")
    return bare if sum(c.isalpha() for c in bare) >= _LEAST_LETTERS else text


@lru_cache(maxsize=8)
def _name_pattern(name: str) -> re.Pattern[str] | None:
    """Return a pattern of a name as a word, possessive or tag, but not within an address such as spectrum.net."""
    if not name:
        return None
    return re.compile(rf"(?<![\w.@/])[#@]?{re.escape(name)}(?:['’]s)?(?!\w|\.\w)", re.IGNORECASE)


def words(text: str) -> list[str]:
    """Return the words of a text for counting: lower case, no accents, no stop words, plural endings cut.

    The same function reads articles and queries; the result may be empty.
    """
    found = (word.replace("'", "") for word in _WORD.findall(_plain(text)))
    return [stem(word) for word in found if word not in STOP_WORDS]


def stem(word: str) -> str:
    """Cut the most common English endings, so that ``bills``, ``billed`` and ``billing`` match.

    Harman's S-stemmer ("How effective is suffixing?", JASIS 1991) with -xes (taxes, boxes) added, then -ing and -ed of
    longer words.
    """
    if len(word) > 4 and word.endswith("ies") and not word.endswith(("eies", "aies")):
        word = word[:-3] + "y"
    elif len(word) > 4 and word.endswith("xes"):
        word = word[:-2]
    elif len(word) > 3 and word.endswith("s") and not word.endswith(("us", "ss")):
        word = word[:-1]
    for ending in ("ing", "ed"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)]
            if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "lsz":
                word = word[:-1]
            break
    return word[:-1] if len(word) > 4 and word.endswith("e") else word


def same_words(text: str) -> str:
    """Return a text's letters and digits in lower case, without accents: equal for the same question.

    Without spaces too, so that "autopay" and "Auto Pay" are the same.
    """
    return "".join(_WORD.findall(_plain(text))).replace("'", "")


def character_ngrams(text: str, shortest: int = 3, longest: int = 4) -> list[str]:
    """Return the character n-grams of a text's words, with spaces that mark where a word begins and ends.

    A word with one wrong letter keeps most of them, so that "recipt" still matches "receipt". Stop words are kept.
    """
    found = []
    for word in _WORD.findall(_plain(text)):
        padded = f" {word} "
        for length in range(shortest, longest + 1):
            found += [padded[n : n + length] for n in range(len(padded) - length + 1)]
    return found


def _plain(text: str) -> str:
    """Return a text in lower case, without accents."""
    return without_accents(as_typed(without_invisible(text)).lower())
