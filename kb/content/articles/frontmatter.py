"""The front matter of an article: its keys, their values, and the findings about wrong ones."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, TypeAlias

from kb.common.findings import ID_PATTERN, Findings
from kb.common.yaml_file import Located
from kb.types import ELSEWHERE, ArticleKind, ArticleStatus, NotFor, Source, Translation

REQUIRED = ("title", "kind", "category")
_REQUIRED_OF_SIGNPOSTS = ("title", "kind")
_NOT_IN_SIGNPOSTS = ("category", "summary", "not_for", "keywords", "related", "redirects")
_ONLY_IN_SIGNPOSTS = ("es",)
UNKNOWN_DATE = "unknown"
_PARTIAL_DATE = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")


Reader: TypeAlias = Callable[[str, Located, Findings], Any]
"""(key, node, findings) → value, or None after adding a finding."""


def read_fields(root: Located, findings: Findings) -> dict[str, Any]:
    """Return the values of a front matter, adding everything wrong with it to ``findings``."""
    if not isinstance(root.value, dict):
        if root.value is not None:
            findings.add((root.line, root.column), "schema", "the front matter is not 'key: value' lines", "Write keys")
        root = Located({}, root.line, root.column, keys={})
    nodes: Mapping[str, Located] = root.value
    for key in nodes:
        if key not in READERS:
            _unknown_key(key, (root.keys or {}).get(key, (root.line, 1)), findings)
    is_signpost = _is_signpost(nodes)
    _keys_of_kind(root, is_signpost=is_signpost, findings=findings)
    values = {}
    for key, reader in READERS.items():
        node = nodes.get(key)
        if node is not None and node.value is not None:
            value = reader(key, node, findings)
            if value is not None:
                values[_FIELDS.get(key, key)] = value
    _separate_ties(values)
    if is_signpost:
        values["category"] = ELSEWHERE
    return values


def _separate_ties(values: dict[str, Any]) -> None:
    """Separate questions from the sections that they are tied to."""
    for key, ties in _TIES.items():
        if key in values:
            asked = values[key]
            values[key] = tuple(text for text, _ in asked)
            if tied := {text: section for text, section in asked if section}:
                values[ties] = tied


def _is_signpost(nodes: Mapping[str, Located]) -> bool:
    return "kind" in nodes and nodes["kind"].value == ArticleKind.SIGNPOST


def _keys_of_kind(root: Located, *, is_signpost: bool, findings: Findings) -> None:
    """Add a finding for each key that the kind lacks or must not have."""
    for key in _NOT_IN_SIGNPOSTS if is_signpost else _ONLY_IN_SIGNPOSTS:
        if key in root.value:
            has = "a signpost has no" if is_signpost else "only a signpost has"
            findings.add((root.keys or {}).get(key, (root.line, 1)), "unknown-key", f"{has} {key!r}", "Remove it")
    for key in _REQUIRED_OF_SIGNPOSTS if is_signpost else REQUIRED:
        if key not in root.value or root.value[key].value is None:
            findings.add((root.line, 1), "schema", f"{key!r} is missing", f"Add a line '{key}: …'")
    if not is_signpost and "category" in root.value and root.value["category"].value == ELSEWHERE:
        fix = "Write the category of the article, or 'kind: signpost' without a category"
        findings.add(_at(root.value["category"]), "schema", f"only signposts are in {ELSEWHERE!r}", fix)


def _unknown_key(key: str, at: tuple[int, int], findings: Findings) -> None:
    near = get_close_matches(key, READERS, n=1)
    fix = f"Did you mean {near[0]!r}?" if near else f"Remove it, or use one of: {', '.join(READERS)}"
    findings.add(at, "unknown-key", f"unknown key {key!r}", fix)


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
        fix = next((words for kind, words in fixes if isinstance(node.value, kind)), "Put it in quotes")
        _wrong_type(name, node, findings, "text", fix)
        return None
    text = " ".join(node.value.split())
    if not text:
        findings.add(_at(node), "schema", f"{name} is empty", "Write some text, or remove the line")
        return None
    return text


def _texts(key: str, node: Located, findings: Findings) -> tuple[str, ...] | None:
    if not isinstance(node.value, list):
        _wrong_type(repr(key), node, findings, "a list of texts", "Write each on a line of its own after '- '")
        return None
    read = [_named_text(_item(key, n, item), item, findings) for n, item in enumerate(node.value, start=1)]
    return tuple(item for item in read if item is not None)


_QUESTION_FORM = '- {question: "…", section: ANCHOR}, or - "…" for the article as a whole'


def _questions(key: str, node: Located, findings: Findings) -> tuple[tuple[str, str], ...] | None:
    """Return each question with the section that it is tied to, as written; empty for the article as a whole."""
    if not isinstance(node.value, list):
        _wrong_type(repr(key), node, findings, "a list of texts", "Write each on a line of its own after '- '")
        return None
    read = [_question(_item(key, n, item), item, findings) for n, item in enumerate(node.value, start=1)]
    return tuple(item for item in read if item is not None)


def _question(title: str, node: Located, findings: Findings) -> tuple[str, str] | None:
    # A question with a colon and no quotes is a mapping, too; its message says to put it in quotes.
    if not isinstance(node.value, dict) or not {"question", "section"} & {*node.value}:
        text = _named_text(title, node, findings)
        return None if text is None else (text, "")
    texts = _named_texts(title, node, ("question", "section"), f"Write {_QUESTION_FORM}", findings)
    return (texts["question"], texts.get("section", "")) if "question" in texts else None


def _ids(key: str, node: Located, findings: Findings) -> tuple[str, ...] | None:
    texts = _texts(key, node, findings) or ()
    for item in node.value if isinstance(node.value, list) else ():
        if isinstance(item.value, str) and item.value.strip() and not ID_PATTERN.fullmatch(item.value.strip()):
            message = f"{item.value!r} in {key!r} is not an article id"
            findings.add(_at(item), "schema", message, "Use the file's name without .md")
    return tuple(item for item in texts if ID_PATTERN.fullmatch(item))


def _choice(kinds: type[StrEnum]) -> Reader:
    def read(key: str, node: Located, findings: Findings) -> StrEnum | None:
        try:
            return kinds(str(node.value))
        except ValueError:
            fix = f"Use one of: {', '.join(kinds)}"
            findings.add(_at(node), "schema", f"{key!r} cannot be {node.text or node.plain()!r}", fix)
            return None

    return read


def _date(key: str, node: Located, findings: Findings) -> date | None:
    if isinstance(node.value, date) and not isinstance(node.value, datetime):
        return node.value
    shown = node.text or node.plain()
    findings.add(_at(node), "date", f"{key!r} is not a date: {shown!r}", "Use YYYY-MM-DD")
    return None


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
        if name not in ("address", "dated", "read"):
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
    fix = "Use YYYY, YYYY-MM, YYYY-MM-DD or unknown"
    findings.add(_at(item), "date", f"{name!r} of {title} is not a date: {item.text or item.plain()!r}", fix)
    return UNKNOWN_DATE


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
        findings.add(_at(node.value["belongs"]), "schema", message, "Use the file's name without .md")
        return None
    return NotFor(texts["question"], belongs)


def _translation(key: str, node: Located, findings: Findings) -> Translation | None:
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
    "es": _translation,
    "status": _choice(ArticleStatus),
}
"""Every key of a front matter, with the function that reads it."""
_FIELDS = {"es": "spanish"}
"""The names of an article's fields that differ from their keys."""
_TIES = {"examples": "example_sections", "tests": "test_sections"}
"""The fields with the sections of questions, by the key of the questions."""
