"""The front matter of an article: its keys, their values, and the findings about wrong ones."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, TypeAlias

from kb.common.findings import ID_PATTERN, OR_FIX, Findings
from kb.common.yaml_file import Located
from kb.content.articles.forms import meant_choice, meant_date, meant_day, meant_id, meant_list
from kb.content.articles.keys import FileKind, file_kind, keys_of_kind
from kb.types import ELSEWHERE, ArticleKind, ArticleStatus, NotFor, Source, Translation

UNKNOWN_DATE = "unknown"
SOURCE_KEYS = ("address", "dated", "read")
_PARTIAL_DATE = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")


Reader: TypeAlias = Callable[[str, Located, Findings], Any]
"""(key, node, findings) → value, or None after adding a finding; with one, what could be read or is meant."""


@dataclass(frozen=True, slots=True)
class Fields:
    """What could be read of a front matter."""

    values: dict[str, Any]
    """By the names of an article's fields; wrong ones are left out."""
    root: Located
    """The front matter with positions; wrong values and wrong items of lists are left out here, too."""
    unread: frozenset[str]
    """The keys of which something is missing or was left out."""


def read_fields(
    root: Located, findings: Findings, lost: frozenset[str] | None = None, *, is_translation: bool = False
) -> Fields:
    """Read a front matter, adding everything wrong with it to ``findings``.

    :param root: The front matter with positions.
    :param findings: Gets what is wrong.
    :param lost: The keys that could not be read, because the front matter as a whole is not YAML; None if it is.
    :param is_translation: Whether the file translates an article, and leaves to it what is the same in all languages.
    :return: What could be read.
    """
    if not isinstance(root.value, dict):
        if root.value is not None:
            findings.add((root.line, root.column), "schema", "the front matter is not 'key: value' lines", "Write keys")
        root = Located({}, root.line, root.column, keys={})
    unknown = [key for key in root.value if key not in READERS]
    mistyped = {_unknown_key(key, (root.keys or {}).get(key, (root.line, 1)), findings) for key in unknown}
    kind = FileKind.TRANSLATION if is_translation else file_kind(root.value)
    missing = keys_of_kind(root, lost, kind, findings)
    values, kept = _read_keys(root.value, findings)
    if kind is FileKind.SIGNPOST:
        values = {"kind": ArticleKind.SIGNPOST, **values, "category": ELSEWHERE}
    cut = {key for key in READERS if key in root.value and kept.get(key) != root.value[key]}
    return Fields(values, replace(root, value=kept), frozenset({*missing, *(lost or ()), *cut, *mistyped}))


def _read_keys(nodes: Mapping[str, Located], findings: Findings) -> tuple[dict[str, Any], dict[str, Located]]:
    """Return the values by the names of an article's fields, and the nodes without what is wrong."""
    values, kept = {}, dict(nodes)
    for key, reader in READERS.items():
        node = nodes.get(key)
        if node is None or node.value is None:
            continue
        before = len(findings.found)
        value = reader(key, node, findings)
        if value is None:
            del kept[key]
            continue
        values[_FIELDS.get(key, key)] = value
        if len(findings.found) > before:
            kept[key] = _readable(key, node, reader)
    _separate_ties(values)
    return values, kept


def _readable(key: str, node: Located, reader: Reader) -> Located:
    """Return a value without the items that its reader leaves out, so that the positions of the others stay right."""
    if not isinstance(node.value, list):
        return node
    return replace(node, value=[i for i in node.value if reader(key, replace(node, value=[i]), Findings(""))])


def _separate_ties(values: dict[str, Any]) -> None:
    """Separate questions from the sections that they are tied to."""
    for key, ties in _TIES.items():
        if key in values:
            asked = values[key]
            values[key] = tuple(text for text, _ in asked)
            if tied := {text: named if key == "tests" else named[0] for text, named in asked if named}:
                values[ties] = tied


def _unknown_key(key: str, at: tuple[int, int], findings: Findings) -> str:
    """Add a finding for a key that means nothing; return the key that is probably meant, or an empty text."""
    near = get_close_matches(key, READERS, n=1)
    fix = f"Did you mean {near[0]!r}?" if near else f"Remove it, or use one of: {', '.join(READERS)}"
    findings.add(at, "unknown-key", f"unknown key {key!r}", fix)
    return near[0] if near else ""


def _at(node: Located) -> tuple[int, int]:
    return node.line, node.column


_ONE_OF = {
    "examples": "example",
    "tests": "test",
    "keywords": "keyword",
    "related": "related article",
    "redirects": "redirect",
    "sources": "source",
    "not_for": "question",
}


def _item(key: str, number: int, node: Located) -> str:
    """Return how a message names one item of a list: its number, from 1, and its line."""
    return f"{_ONE_OF[key]} {number} (line {node.line})"


def _wrong_type(name: str, node: Located, findings: Findings, wanted: str, fix: str) -> None:
    kinds = ((dict, "a mapping"), (list, "a list"))
    shown = next((words for kind, words in kinds if isinstance(node.value, kind)), repr(node.text))
    findings.add(_at(node), "wrong-type", f"{name} must be {wanted}, not {shown}", fix)


def _text(key: str, node: Located, findings: Findings) -> str | None:
    return _named_text(repr(key), node, findings)


def _named_text(name: str, node: Located, findings: Findings) -> str | None:
    if not isinstance(node.value, str):
        # YAML reads text with a colon and no quotes as a key and its value.
        fixes = ((dict, "Put it in double quotes if it has a colon"), (list, "Write it as text"))
        meant = node.text.strip()  # of a number, a date, yes or no
        otherwise = "Put it in quotes" + (OR_FIX if meant else "")
        fix = next((words for kind, words in fixes if isinstance(node.value, kind)), otherwise)
        _wrong_type(name, node, findings, "text", fix)
        return meant or None
    text = " ".join(node.value.split())
    if not text:
        findings.add(_at(node), "schema", f"{name} is empty", "Write some text, or remove the line")
        return None
    return text


_WITHOUT_COMMAS = ("keywords", "related", "redirects")
"""Lists of which an item has no comma, so that text with commas can only be several items."""


def list_as_text(key: str, node: Located) -> tuple[str, ...] | None:
    """Return the items of a list that is written as text on one line; None if it isn't, or could mean two things."""
    if not isinstance(node.value, str) or node.end[0] != node.line:
        return None
    return meant_list(node.value, by_commas=key in _WITHOUT_COMMAS)


def _texts(key: str, node: Located, findings: Findings) -> tuple[str, ...] | None:
    if not isinstance(node.value, list):
        meant = list_as_text(key, node)
        fix = "Write each on a line of its own after '- '" + (OR_FIX if meant else "")
        _wrong_type(repr(key), node, findings, "a list of texts", fix)
        return meant
    read = [_named_text(_item(key, n, item), item, findings) for n, item in enumerate(node.value, start=1)]
    return tuple(item for item in read if item is not None)


_QUESTION_FORM = '- {question: "…", section: ANCHOR}, or - "…" for the article as a whole'


def _questions(key: str, node: Located, findings: Findings) -> tuple[tuple[str, tuple[str, ...]], ...] | None:
    """Return each question with the sections that it is tied to, as written."""
    if not isinstance(node.value, list):
        texts = _texts(key, node, findings)
        return None if texts is None else tuple((text, ()) for text in texts)
    several = key == "tests"
    read = [_question(_item(key, n, item), item, findings, several=several) for n, item in enumerate(node.value, 1)]
    return tuple(item for item in read if item is not None)


def _question(title: str, node: Located, findings: Findings, *, several: bool) -> tuple[str, tuple[str, ...]] | None:
    # A question with a colon and no quotes is a mapping, too; its message says to put it in quotes.
    if not isinstance(node.value, dict) or not {"question", "section"} & {*node.value}:
        text = _named_text(title, node, findings)
        return None if text is None else (text, ())
    sections: tuple[str, ...] = ()
    fields = dict(node.value)
    named = fields.pop("section", None)
    if named is not None:
        listed = several and isinstance(named.value, list)
        read = [_named_text(f"'section' of {title}", item, findings) for item in (named.value if listed else [named])]
        sections = tuple(item for item in read if item)
    texts = _named_texts(title, replace(node, value=fields), ("question",), f"Write {_QUESTION_FORM}", findings)
    return (texts["question"], sections) if "question" in texts else None


def _ids(key: str, node: Located, findings: Findings) -> tuple[str, ...] | None:
    texts = _texts(key, node, findings) or ()
    items = node.value if isinstance(node.value, list) else [replace(node, value=text) for text in texts]
    for item in items:
        if isinstance(item.value, str) and item.value.strip() and not ID_PATTERN.fullmatch(item.value.strip()):
            message = f"{item.value!r} in {key!r} is not an article id"
            findings.add(_at(item), "schema", message, _id_fix(item.value))
    return tuple(found for text in texts if (found := meant_id(text)))


def _id_fix(written: str) -> str:
    meant = meant_id(written)
    return f"Write {meant!r}{OR_FIX}" if meant else "Use the file's name without .md"


def _choice(kinds: type[StrEnum]) -> Reader:
    def read(key: str, node: Located, findings: Findings) -> StrEnum | None:
        written, choices = str(node.value), tuple(kinds)
        if written in choices:
            return kinds(written)
        meant = meant_choice(written, choices)
        near = get_close_matches(written.casefold(), choices, n=1)
        fix = f"Did you mean {str(near[0])!r}?" if near else f"Use one of: {', '.join(kinds)}"
        findings.add(
            _at(node),
            "schema",
            f"{key!r} cannot be {node.text or node.plain()!r}",
            f"Write {str(meant)!r}{OR_FIX}" if meant else fix,
        )
        return kinds(meant) if meant else None

    return read


def _date(key: str, node: Located, findings: Findings) -> date | None:
    if isinstance(node.value, date) and not isinstance(node.value, datetime):
        return node.value
    meant = meant_day(node.text)
    fix = f"Write {meant}{OR_FIX}" if meant else "Use YYYY-MM-DD"
    findings.add(_at(node), "date", f"{key!r} is not a date: {node.text or node.plain()!r}", fix)
    return meant


def _days(key: str, node: Located, findings: Findings) -> int | None:
    if isinstance(node.value, int) and not isinstance(node.value, bool) and node.value > 0:
        return node.value
    _wrong_type(repr(key), node, findings, "a number of days above 0", "Write for example 180")
    return None


def _sources(key: str, node: Located, findings: Findings) -> tuple[Source, ...] | None:
    if not isinstance(node.value, list):
        _wrong_type(
            repr(key), node, findings, "a list of sources", 'Write - {address: "…", dated: 2024-01, read: 2026-11}'
        )
        return None
    read = [_source(_item(key, n, item), item, findings) for n, item in enumerate(node.value, start=1)]
    return tuple(source for source in read if source is not None)


def _source(title: str, node: Located, findings: Findings) -> Source | None:
    fix = 'Write {address: "…", dated: 2024-01, read: 2026-11}'
    if not isinstance(node.value, dict):
        _wrong_type(title, node, findings, "a mapping with address, dated and read", fix)
        return None
    for name in node.value:
        if name not in SOURCE_KEYS:
            findings.add((node.keys or {})[name], "unknown-key", f"unknown key {name!r} in {title}", fix)
    if "address" not in node.value:
        findings.add(_at(node), "schema", f"{title} has no 'address'", fix)
        return None
    address = _named_text(f"'address' of {title}", node.value["address"], findings)
    if address is None:
        return None
    return Source(address, *(_partial_date(title, node, name, findings) for name in ("dated", "read")))


def _partial_date(title: str, node: Located, name: str, findings: Findings) -> str:
    """Return YYYY, YYYY-MM, YYYY-MM-DD or ``unknown``; a wrong one is a finding and counts as unknown."""
    item: Located | None = node.value.get(name)
    if item is None or item.text == UNKNOWN_DATE:
        return UNKNOWN_DATE
    match = _PARTIAL_DATE.fullmatch(item.text)
    if match:
        try:
            date(int(match[1]), int(match[2] or 1), int(match[3] or 1))
        except ValueError:
            pass  # reported below, like a date in another form
        else:
            return item.text
    meant = meant_date(item.text)
    fix = f"Write {meant}{OR_FIX}" if meant else "Use YYYY, YYYY-MM, YYYY-MM-DD or unknown"
    findings.add(_at(item), "date", f"{name!r} of {title} is not a date: {item.text or item.plain()!r}", fix)
    return meant or UNKNOWN_DATE


def _not_for(key: str, node: Located, findings: Findings) -> tuple[NotFor, ...] | None:
    if not isinstance(node.value, list):
        _wrong_type(repr(key), node, findings, "a list of questions", f"Write {_NOT_FOR_FORM}")
        return None
    read = [_not_for_item(_item(key, n, item), item, findings) for n, item in enumerate(node.value, start=1)]
    return tuple(item for item in read if item is not None)


_NOT_FOR_FORM = '- {question: "…", belongs: ID}, or - "…" if nothing answers it'


def _not_for_item(title: str, node: Located, findings: Findings) -> NotFor | None:
    if not isinstance(node.value, dict):
        question = _named_text(title, node, findings)
        return None if question is None else NotFor(question)
    texts = _named_texts(title, node, ("question", "belongs"), f"Write {_NOT_FOR_FORM}", findings)
    if "question" not in texts:
        return None
    belongs = texts.get("belongs", "")
    if belongs and not ID_PATTERN.fullmatch(belongs):
        message = f"'belongs' of {title} is not an id: {belongs!r}"
        findings.add(_at(node.value["belongs"]), "schema", message, _id_fix(belongs))
        return NotFor(texts["question"], meant) if (meant := meant_id(belongs)) else None
    return NotFor(texts["question"], belongs)


def read_translation(key: str, node: Located, findings: Findings) -> Translation | None:
    """Read title and text in another language.

    :param key: Their key.
    :param node: Its value.
    :param findings: Gets what is wrong.
    :return: None if one of the two is missing.
    """
    form = 'Write {title: "…", text: "…"}'
    if not isinstance(node.value, dict):
        _wrong_type(repr(key), node, findings, "a mapping with title and text", form)
        return None
    texts = _named_texts(repr(key), node, ("title", "text"), form, findings)
    for name in ("title", "text"):
        if name not in node.value:
            findings.add(_at(node), "schema", f"{key!r} has no {name!r}", form)
    return Translation(**texts) if {*texts} == {"title", "text"} else None


def _named_texts(title: str, node: Located, names: tuple[str, ...], fix: str, findings: Findings) -> dict[str, str]:
    """Return the texts of a mapping; a key that means nothing and a value that is no text are findings."""
    texts = {}
    for name, item in node.value.items():
        if name not in names:
            findings.add((node.keys or {})[name], "unknown-key", f"unknown key {name!r} in {title}", fix)
        elif (text := _named_text(f"{name!r} of {title}", item, findings)) is not None:
            texts[name] = text
    if "question" in names and "question" not in node.value:
        findings.add(_at(node), "schema", f"{title} has no 'question'", fix)
    return texts


READERS: dict[str, Reader] = {
    "title": _text,
    "kind": _choice(ArticleKind),
    "category": _text,
    "summary": _text,
    "examples": _questions,
    "tests": _questions,
    "not_for": _not_for,
    "keywords": _texts,
    "related": _ids,
    "owner": _text,
    "reviewed": _date,
    "review_in_days": _days,
    "sources": _sources,
    "redirects": _ids,
    "es": read_translation,
    "translated_from": _text,
    "status": _choice(ArticleStatus),
}
"""Every key of a front matter, with the function that reads it."""
_FIELDS = {"es": "spanish"}
"""The names of an article's fields that differ from their keys."""
_TIES = {"examples": "example_sections", "tests": "test_sections"}
"""The fields with the sections of questions, by the key of the questions."""
