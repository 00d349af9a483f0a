"""The keys that a file's front matter must have and may have, by what the file is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from typing import Final

from kb.common.findings import Findings
from kb.common.yaml_file import Located
from kb.types import ELSEWHERE, ArticleKind


class FileKind(StrEnum):
    """What a file is, which decides its keys."""

    ARTICLE = "article"
    SIGNPOST = "signpost"
    TRANSLATION = "translation"


@dataclass(frozen=True, slots=True)
class _Rule:
    """The keys of one kind of file."""

    required: tuple[str, ...]
    refused: tuple[str, ...]
    """Keys of other kinds that mean nothing here."""
    reason: str
    """The beginning of the message about a refused key."""
    fix: str = "Remove it"


_RULES: Final[Mapping[FileKind, _Rule]] = {
    FileKind.ARTICLE: _Rule(("title", "kind", "category"), ("es",), "only a signpost has"),
    FileKind.SIGNPOST: _Rule(
        ("title", "kind"), ("category", "summary", "not_for", "keywords", "related", "redirects"), "a signpost has no"
    ),
    FileKind.TRANSLATION: _Rule(
        ("title",),
        (
            "kind", "category", "not_for", "related", "owner", "review_in_days", "sources", "redirects", "es", "status",
        ),
        "a translation has no",
        "Remove it: it is taken from the English file",
    ),
}  # fmt: skip
_OF_TRANSLATIONS: Final = ("translated_from",)
"""Keys that no other kind of file has."""


def file_kind(nodes: Mapping[str, Located]) -> FileKind:
    """Return what a front matter is, or is meant to be: that of an article or of a signpost."""
    written = str(nodes["kind"].value).strip().casefold() if "kind" in nodes else ""
    kinds = tuple(ArticleKind)
    meant = written if written in kinds else next(iter(get_close_matches(written, kinds, n=1)), "")
    return FileKind.SIGNPOST if meant == ArticleKind.SIGNPOST else FileKind.ARTICLE


def keys_of_kind(root: Located, lost: frozenset[str] | None, kind: FileKind, findings: Findings) -> list[str]:
    """Add a finding for each key that a kind of file lacks or must not have.

    :param root: The front matter with positions.
    :param lost: The keys that could not be read; None if the front matter is YAML.
    :param kind: What the file is.
    :param findings: Gets what is wrong.
    :return: The keys that are missing.
    """
    rule = _RULES[kind]
    for key in rule.refused:
        if key in root.value:
            findings.add(_key_at(root, key), "unknown-key", f"{rule.reason} {key!r}", rule.fix)
    for key in () if kind is FileKind.TRANSLATION else _OF_TRANSLATIONS:
        if key in root.value:
            findings.add(_key_at(root, key), "unknown-key", f"only a translation has {key!r}", "Remove it")
    missing = [key for key in rule.required if key not in root.value or root.value[key].value is None]
    for key in missing if lost is None else ():
        findings.add((root.line, 1), "schema", f"{key!r} is missing", f"Add a line '{key}: …'")
    if kind is FileKind.ARTICLE and "category" in root.value and root.value["category"].value == ELSEWHERE:
        node = root.value["category"]
        fix = "Write the category of the article, or 'kind: signpost' without a category"
        findings.add((node.line, node.column), "schema", f"only signposts are in {ELSEWHERE!r}", fix)
    return missing


def _key_at(root: Located, key: str) -> tuple[int, int]:
    return (root.keys or {}).get(key, (root.line, 1))
