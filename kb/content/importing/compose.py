"""An imported article as a file of ours: the front matter, what it kept from elsewhere, and the body."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from kb.content.importing.record import Foreign
from kb.content.markdown.render import parse_tokens, plain_text, sections, slugify, steps
from kb.types import ArticleKind

SOURCE_LINE = re.compile(r"^# import: source (\".*\")$", re.MULTILINE)
_QUESTION = re.compile(
    r"(?:how|what|when|where|which|who|why|can|could|do|does|did|is|are|should|will)\b.*\s\S+\s\S+|.*\?", re.IGNORECASE
)
_YAML_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
"""Categories that YAML would not read as text."""
_MOST_QUESTIONS = 20
_MOST_KEYWORDS = 20
_LONGEST = 300
_MIN_STEPS = 2


def source_line(source: str) -> str:
    """Return the comment that says where an article comes from."""
    return f"# import: source {_quoted(source)}"


def compose(article: Foreign, body: str, category: str, source: str, left: Sequence[str], asked: set[str]) -> str:
    """Return the text of an article's file.

    :param article: What the reader gave.
    :param body: Its body with our links.
    :param category: The category's folder.
    :param source: Where it comes from, the same for every import.
    :param left: What did not come over.
    :param asked: The questions that other articles have; those of this one are added.
    :return: Front matter and body; the same for the same article.
    """
    lines = [
        "---",
        f"title: {_quoted(article.title)}",
        f"kind: {_kind(article, body)}",
        f"category: {_quoted(category) if category.isdigit() or category in _YAML_WORDS else category}",
    ]
    if summary := article.summary or _first_sentence(body):
        lines.append(f"summary: {_quoted(summary)}")
    lines += _examples(body, asked)
    if keywords := [_quoted(word) for word in dict.fromkeys(article.keywords)][:_MOST_KEYWORDS]:
        lines.append(f"keywords: [{', '.join(keywords)}]")
    if article.address:
        dated = article.dated or "unknown"
        lines.append(f"sources:\n  - {{address: {_quoted(article.address)}, dated: {dated}}}")
    if article.is_draft:
        lines.append("status: draft")
    lines.append(source_line(source))
    lines += [f"# import: kept {_comment(f'{key}: {value}')}" for key, value in article.kept.items()]
    lines += [f"# import: left {_comment(item)}" for item in dict.fromkeys(left)]
    return "\n".join([*lines, "---", "", body.strip("\n"), ""])


def _quoted(text: str) -> str:
    plain = "".join(c if c.isprintable() else " " for c in text)
    return json.dumps(" ".join(plain.split()), ensure_ascii=False)


def _comment(text: str) -> str:
    plain = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return plain if len(plain) <= _LONGEST else plain[: _LONGEST - 1] + "…"


def _kind(article: Foreign, body: str) -> ArticleKind:
    if re.match(r"how (?:to|do|can)\b", article.title, re.IGNORECASE) and len(steps(body)) >= _MIN_STEPS:
        return ArticleKind.TUTORIAL
    return ArticleKind.FAQ


def _first_sentence(body: str) -> str:
    """Return the first sentence of the text before the first heading, if it can be a summary."""
    found = sections(body)
    if not found or found[0].anchor:
        return ""
    for token in parse_tokens(found[0].markdown):
        if token.type == "inline" and token.level == 1:
            text = " ".join(plain_text(token.content).split())
            match = re.match(r".{20,200}?[.!?](?=\s|$)", text)
            return match[0] if match else ""
        if token.type not in ("paragraph_open", "inline", "paragraph_close"):
            return ""
    return ""


def _examples(body: str, asked: set[str]) -> list[str]:
    """Return headings that are questions, tied to their sections if every section has such a heading."""
    found = [section for section in sections(body) if section.anchor]
    questions = [s for s in found if _QUESTION.fullmatch(s.heading) and len(s.heading) <= _LONGEST]
    is_tied = bool(questions) and len(questions) == len(found)
    lines = []
    for section in questions[:_MOST_QUESTIONS]:
        key = slugify(section.heading)
        if not key or key in asked:
            continue
        asked.add(key)
        question = _quoted(section.heading)
        lines.append(f"  - {{question: {question}, section: {section.anchor}}}" if is_tied else f"  - {question}")
    return ["examples:", *lines] if lines else []
