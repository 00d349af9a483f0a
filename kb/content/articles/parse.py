"""Parses one file into one article, with a finding for everything that is wrong with it.

A file such as ``late-fee.es.md`` gives the article in Spanish, with what stands in it alone;
:mod:`kb.content.articles.translations` adds what it shares with its article.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

from kb.common.findings import ID_PATTERN, Findings
from kb.common.reading import decode, parse_yaml
from kb.common.yaml_file import Located
from kb.content.articles.frontmatter import Fields, read_fields
from kb.content.articles.naming import id_of, is_translation, language_of
from kb.content.articles.recover import recover_keys
from kb.content.markdown.render import sections, with_spanish_notes
from kb.types import ELSEWHERE, SPANISH, Article, ArticleKind, Finding, Section, Severity

_FENCE = re.compile(r"---[ \t]*")
CHANNEL = re.compile(r"\{\{\s*channel\.([A-Za-z0-9_-]*)\s*\}\}")
"""A placeholder for a channel's words."""


@dataclass(frozen=True, slots=True)
class ParsedArticle:
    """An article with the position of each of its parts, for findings that need more than one file."""

    article: Article
    body_line: int
    """1-based line of the file at which the body begins."""
    fields: Located
    """The front matter with positions."""
    raw_body: str
    """The body as written, with its placeholders."""
    data: bytes = b""
    """The file, byte for byte."""
    unread: frozenset[str] = frozenset()
    """Keys of the front matter of which something is missing or wrong, and left out."""

    def at(self, *keys: str | int) -> tuple[int, int]:
        """Return the position of a front matter value, by key and then by position in a list."""
        node = self.fields
        for key in keys:
            children = node.value
            has_item = isinstance(children, list) and isinstance(key, int) and key < len(children)
            if not has_item and not (isinstance(children, dict) and key in children):
                break
            node = children[key]
        return node.line, node.column


def parse_article(
    path: str, data: bytes, channels: Mapping[str, str] | None = None
) -> tuple[ParsedArticle | None, list[Finding]]:
    """Parse one article.

    :param path: The file's path; its name is the article's id, and says whether it is a translation.
    :param data: The file's bytes; UTF-8, with or without a byte order mark, any line ends.
    :param channels: The text that replaces ``{{channel.NAME}}``, by name; an unknown name is an error.
    :return: The article, or None if a finding is an error; and all findings, in the order of their position.
    """
    article, findings = read_article(path, data, channels)
    return (article if is_whole(findings) else None), findings


def read_article(
    path: str, data: bytes, channels: Mapping[str, str] | None = None
) -> tuple[ParsedArticle | None, list[Finding]]:
    """Read as much of one article as can be read, so that an error hides nothing else that is wrong with the file.

    :param path: The file's path; its stem is the article's id.
    :param data: The file's bytes, as for :func:`parse_article`.
    :param channels: The text that replaces ``{{channel.NAME}}``, by name; an unknown name is an error.
    :return: The article without what is wrong, for checks alone if a finding is an error, or None if there is no front
        matter to read; and all findings, in the order of their position.
    """
    findings = Findings(path)
    article = _read(path, data, channels or {}, findings)
    return article, sorted(findings.found)


def is_whole(findings: Iterable[Finding]) -> bool:
    """Return whether a file with some findings can be used: none of them is an error."""
    return not any(finding.severity is Severity.ERROR for finding in findings)


Parse: TypeAlias = Callable[[str, bytes, Mapping[str, str] | None], tuple[ParsedArticle | None, list[Finding]]]
"""The signature of :func:`read_article`."""


def _read(path: str, data: bytes, channels: Mapping[str, str], findings: Findings) -> ParsedArticle | None:
    article_id = id_of(path)
    if not ID_PATTERN.fullmatch(article_id):
        fix = "Rename the file: small letters, digits and hyphens, such as late-fee.md"
        findings.add((1, 1), "id", f"{article_id!r} cannot be an article's id", fix)
    text = decode(data, findings)
    if text is None:
        return None
    front, body, body_line = split_front_matter(text)
    if front is None:
        if body_line:
            fix = "Add a line '---' after its last key"
            findings.add((1, 1), "no-front-matter", "the front matter has no end", fix)
        else:
            fix = "Start the file with a line '---', then title, kind and category, then another '---'"
            findings.add((1, 1), "no-front-matter", "there is no front matter", fix)
        return None
    root, lost = parse_yaml(front, findings, first_line=2), None
    if root is None:
        root, lost = recover_keys(front, first_line=2)
    fields = read_fields(root, findings, lost, is_translation=is_translation(path))
    root, values = fields.root, _completed(fields, path)
    if is_translation(path):
        channels = in_language(channels, language_of(path))
    filled = _filled(path, body, channels, findings, body_line)
    if "summary" in values:
        values["summary"] = fill_channels(values["summary"], channels, findings, root.value["summary"].line)
    if "spanish" in values:
        es = root.value["es"].value
        text = fill_channels(values["spanish"].text, in_language(channels, SPANISH), findings, es["text"].line)
        values["spanish"] = replace(values["spanish"], text=text)
    found = sections(filled, body_line)
    examples, tests = values.get("example_sections", {}), values.get("test_sections", {})
    values["example_sections"] = {question: section_anchor(name, found) for question, name in examples.items()}
    values["test_sections"] = {q: tuple(section_anchor(name, found) for name in names) for q, names in tests.items()}
    values.pop("translated_from", None)
    article = Article(id=article_id, path=path, body=filled, sections=found, language=language_of(path), **values)
    return ParsedArticle(article, body_line, root, body, data, fields.unread)


def _filled(path: str, body: str, channels: Mapping[str, str], findings: Findings, body_line: int) -> str:
    """Return a body as customers read it; an empty one is a finding."""
    filled = fill_channels(body, channels, findings, body_line, linked=True)
    if language_of(path) == SPANISH:
        return with_spanish_notes(filled)
    if not filled.strip():
        findings.add(
            (body_line, 1), "empty-body", "the article has no text", "Write it below the front matter", Severity.WARNING
        )
    return filled


def _completed(fields: Fields, path: str) -> dict[str, Any]:
    """Return the values of a front matter with something in place of what every article has, judged by its path."""
    folder = Path(path).parent.name
    kind = ArticleKind.SIGNPOST if folder == ELSEWHERE else ArticleKind.FAQ
    return {"title": id_of(path), "kind": kind, "category": folder, **fields.values}


def in_language(channels: Mapping[str, str], language: str) -> dict[str, str]:
    """Return the words of the channels in a language, in English where it has none."""
    return {name: channels.get(f"{language}.{name}", words) for name, words in channels.items()}


def section_anchor(name: str, found: tuple[Section, ...]) -> str:
    """Return the anchor that an editor means: it may be written as in a link, or as the words of the heading."""
    anchor = name.removeprefix("#")
    if any(section.anchor == anchor for section in found):
        return anchor
    return next((s.anchor for s in found if s.heading.casefold() == name.casefold()), anchor)


def split_front_matter(text: str) -> tuple[str | None, str, int]:
    """Split a file's text at the two lines ``---``.

    :param text: The whole text, with plain line feeds.
    :return: Front matter, body, and the body's first line; without a front matter None, an empty body, and 0, or 1
        when only its end is missing.
    """
    lines = text.split("\n")
    if not _FENCE.fullmatch(lines[0]):
        return None, "", 0
    for number, line in enumerate(lines[1:], start=2):
        if _FENCE.fullmatch(line):
            return "\n".join(lines[1 : number - 1]), "\n".join(lines[number:]), number + 1
    return None, "", 1


def fill_channels(
    text: str, channels: Mapping[str, str], findings: Findings, first_line: int, *, linked: bool = False
) -> str:
    """Replace ``{{channel.NAME}}`` by the channel's words; an unknown name is an error.

    :param text: Markdown, or a plain text.
    :param channels: The words by name, and addresses by ``url.NAME``.
    :param findings: Unknown names are added to them.
    :param first_line: The text's first line within its file.
    :param linked: Whether a channel that has an address becomes a link to it, outside links and headings.
    :return: The text with every known channel filled in.
    """

    def replacement(match: re.Match[str]) -> str:
        words = channels.get(match[1])
        if words is None:
            before = text[: match.start()]
            at = (before.count("\n") + first_line, len(before) - (before.rfind("\n") + 1) + 1)
            known = ", ".join(sorted(name for name in channels if "." not in name)) or "none is defined"
            findings.add(at, "channel", f"site.yaml has no channel {match[1]!r}", f"Use one of: {known}")
            return match[0]
        url = channels.get(f"url.{match[1]}", "") if linked and _may_link(text, match) else ""
        return f"[{words}]({url})" if url else words

    return CHANNEL.sub(replacement, text)


def _may_link(text: str, match: re.Match[str]) -> bool:
    """Return whether a placeholder stands in running text, and not in a heading, a link's words or code."""
    line = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
    return not line.lstrip().startswith("#") and line.count("[") == line.count("]") and line.count("`") % 2 == 0


def named_channels(data: bytes) -> dict[str, str]:
    """Return every channel that a file names, each filled in by its own name, for readers who need no real ones."""
    return {name: name for name in CHANNEL.findall(data.decode("utf-8", "replace"))}
