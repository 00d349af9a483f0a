"""Exports of other help centers, and lists of questions with their answers."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup

from kb.content.importing.dialects import to_ours
from kb.content.importing.files import LARGEST_EXPORT, name_of, read_text
from kb.content.importing.headings import tidy
from kb.content.importing.pages import convert
from kb.content.importing.record import Collected, Foreign
from kb.content.markdown.render import parse_tokens, slugify
from kb.types import Severity

_LOOKS_LIKE_HTML = re.compile(r"</?(?:p|div|br|ul|ol|li|a|b|strong|em|i|span|table|h[1-6])\b[^>]*>", re.IGNORECASE)
_QUESTION = ("question", "q", "title", "frage", "pregunta", "subject")
_ANSWER = ("answer", "a", "text", "body", "antwort", "respuesta", "content")
_CATEGORY = ("category", "topic", "section", "group", "kategorie")
_USED = frozenset({
    "id", "title", "name", "body", "html_url", "url", "draft", "label_names", "section_id", "updated_at", "edited_at",
    "state", "description", "parent_id", "locale", "content_tags",
})  # fmt: skip


def read_json(source: Path, files: Iterable[Path]) -> Collected:
    """Read exports in JSON, of Zendesk Guide or of Intercom, and schema.org's FAQPage.

    See :class:`kb.content.importing.record.Reader`.
    """
    collected = Collected()
    values: list[tuple[str, Any]] = []
    for path in files:
        if path.suffix.lower() not in (".json", ".jsonld"):
            continue
        text = read_text(path, source, collected, LARGEST_EXPORT)
        if text is None:
            continue
        name = name_of(path, source)
        try:
            values.append((name, json.loads(text)))
        except json.JSONDecodeError as error:
            collected.add(
                name,
                "json",
                f"this is not JSON: {error.msg}",
                "Export it again",
                line=error.lineno,
                severity=Severity.ERROR,
            )
        except RecursionError:
            collected.add(name, "json", "this is nested too deeply", "Export it again", severity=Severity.ERROR)
    shelves = _names_of(values, ("sections", "collections", "categories"))
    seen: set[str] = set()
    for name, value in values:
        found = 0
        for record in _records(value):
            found += _add_record(collected, name, record, shelves, seen)
        for question, answer in _faq_items(value):
            found += _add_answer(collected, name, question, answer, "", seen)
        if not found and not _list_of(value, ("sections", "collections", "categories")):
            collected.add(
                name, "no-article", "there is no article in it", "Export articles, as JSON", severity=Severity.ADVICE
            )
    return collected


def _list_of(value: Any, keys: Iterable[str]) -> list[Mapping[str, Any]]:
    if isinstance(value, Mapping):
        value = next((value[key] for key in keys if isinstance(value.get(key), list)), [])
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def _records(value: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the articles of an export."""
    if isinstance(value, Mapping) and "body" in value and ("title" in value or "name" in value):
        yield value
    for record in _list_of(value, ("articles", "data", "results")):
        if "body" in record or "title" in record:
            yield record


def _names_of(values: Iterable[tuple[str, Any]], keys: tuple[str, ...]) -> dict[str, str]:
    """Return the names of sections and collections by their ids."""
    found = {}
    for _, value in values:
        for key in keys:
            records = value.get(key) if isinstance(value, Mapping) else None
            for record in records if isinstance(records, list) else []:
                if isinstance(record, Mapping) and record.get("id") and record.get("name"):
                    found[str(record["id"])] = str(record["name"])
    return found


def _add_record(
    collected: Collected, name: str, record: Mapping[str, Any], shelves: Mapping[str, str], seen: set[str]
) -> int:
    number = str(record.get("id") or "")
    title = _text(record.get("title") or record.get("name"))
    where = f"{name} · {number or title or 'without a title'}"
    body = record.get("body")
    if not isinstance(body, str) or not body.strip():
        collected.add(where, "empty", "the article has no text", "Leave it out", severity=Severity.ADVICE)
        return 0
    page = convert(body)
    if page.is_flat:
        collected.add(where, "too-deep", "the article is nested too deeply; only its words came over", "Compare it")
    markdown, title = tidy(page.markdown, title)
    key = number or slugify(title) or "untitled"
    if key in seen:
        collected.add(where, "duplicate", "the export has this article twice; the first is used", "Compare them")
        return 0
    seen.add(key)
    address = _text(record.get("html_url") or record.get("url"))
    shelf = str(record.get("section_id") or record.get("parent_id") or "")
    labels = record.get("label_names")
    collected.take(
        Foreign(
            key=key,
            name=where,
            title=title or "Untitled",
            body=markdown,
            category=shelves.get(shelf, ""),
            slug=slugify(title),
            aliases=tuple(a for a in (address, f"articles/{number}" if number else "") if a),
            summary=_text(record.get("description")),
            keywords=tuple(_text(item) for item in labels if _text(item)) if isinstance(labels, list) else (),
            is_draft=record.get("draft") is True or record.get("state") == "draft",
            address=address if address.startswith("http") else "",
            dated=m[0]
            if (m := re.match(r"\d{4}-\d{2}-\d{2}", _text(record.get("edited_at") or record.get("updated_at"))))
            else "",
            kept={
                k: _text(v)[:300] for k, v in record.items() if k not in _USED and v not in (None, "", [], {}, False)
            },
            anchors=dict(page.anchors),
            left=page.left,
            tables=page.tables,
            code_blocks=page.code_blocks,
        )
    )
    return 1


def _text(value: Any) -> str:
    return " ".join(str(value).split()) if value is not None else ""


# --------------------------------------------------------------------------------- questions and answers


def _faq_items(value: Any, depth: int = 0) -> Iterator[tuple[str, str]]:
    """Yield the questions of every FAQPage in a value of schema.org."""
    if depth > 8:  # noqa: PLR2004 — a graph within a page is two deep
        return
    if isinstance(value, list):
        for item in value:
            yield from _faq_items(item, depth + 1)
    elif isinstance(value, Mapping):
        kinds = value.get("@type")
        if kinds == "FAQPage" or (isinstance(kinds, list) and "FAQPage" in kinds):
            entities = value.get("mainEntity")
            for item in entities if isinstance(entities, list) else [entities]:
                answer = item.get("acceptedAnswer") if isinstance(item, Mapping) else None
                answer = answer[0] if isinstance(answer, list) and answer else answer
                if isinstance(item, Mapping) and isinstance(answer, Mapping):
                    yield _text(item.get("name")), str(answer.get("text") or "")
        elif "@graph" in value:
            yield from _faq_items(value["@graph"], depth + 1)


def read_faq_pages(source: Path, files: Iterable[Path]) -> Collected:
    """Read the FAQPage data within pages of HTML; see :class:`kb.content.importing.record.Reader`."""
    collected = Collected()
    seen: set[str] = set()
    for path in files:
        if path.suffix.lower() not in (".html", ".htm", ".xhtml"):
            continue
        text = read_text(path, source, collected)
        if text is None:
            continue
        name, found = name_of(path, source), 0
        for script in BeautifulSoup(text, "html.parser").find_all("script", type="application/ld+json"):
            try:
                value = json.loads(script.string or "")
            except (json.JSONDecodeError, RecursionError):
                collected.add(name, "json", "its structured data is not JSON", "Correct it there")
                continue
            for question, answer in _faq_items(value):
                found += _add_answer(collected, name, question, answer, "", seen)
        if not found:
            collected.add(
                name, "no-article", "there is no FAQPage in it", "Leave --as faqpage out", severity=Severity.ADVICE
            )
    return collected


def read_csv(source: Path, files: Iterable[Path]) -> Collected:
    """Read tables of questions and answers; see :class:`kb.content.importing.record.Reader`."""
    collected = Collected()
    seen: set[str] = set()
    for path in files:
        if path.suffix.lower() not in (".csv", ".tsv"):
            continue
        text = read_text(path, source, collected, LARGEST_EXPORT)
        if text is not None:
            _add_rows(collected, name_of(path, source), text, seen)
    return collected


def _add_rows(collected: Collected, name: str, text: str, seen: set[str]) -> None:
    first = text.split("\n", 1)[0]
    delimiter = max((",", ";", "\t"), key=first.count)
    csv.field_size_limit(LARGEST_EXPORT)
    rows = csv.DictReader(io.StringIO(text), delimiter=delimiter)
    names = {(column or "").strip().lower(): column for column in rows.fieldnames or ()}
    question, answer, category = (
        next((names[n] for n in known if n in names), None) for known in (_QUESTION, _ANSWER, _CATEGORY)
    )
    if question is None or answer is None:
        message = f"the first line names no question and answer: {first[:80]!r}"
        collected.add(name, "columns", message, "Call two columns question and answer", severity=Severity.ERROR)
        return
    try:
        for row in rows:
            where = f"{name} · line {rows.line_num}"
            _add_answer(
                collected, where, _text(row[question]), str(row[answer] or ""), _text(row.get(category or "")), seen
            )
    except csv.Error as error:
        collected.add(
            name,
            "csv",
            f"the table ends here: {error}",
            "Correct the line",
            line=rows.line_num,
            severity=Severity.ERROR,
        )


def _add_answer(collected: Collected, where: str, question: str, answer: str, category: str, seen: set[str]) -> int:
    """Add one question with its answer as an article."""
    question = html.unescape(question).strip()
    if not question or not answer.strip():
        collected.add(where, "empty", "a question or its answer is missing", "Write both", severity=Severity.ADVICE)
        return 0
    key = slugify(question) or question
    if key in seen:
        collected.add(
            where, "duplicate", f"the question {question!r} is there twice; the first is used", "Compare them"
        )
        return 0
    seen.add(key)
    if _LOOKS_LIKE_HTML.search(answer):
        page = convert(answer)
        markdown, left, tables, blocks = page.markdown, page.left, page.tables, page.code_blocks
    else:
        dialect = to_ours(answer.strip())
        markdown, left, tables = dialect.markdown, tuple(dialect.left), dialect.tables
        tokens = parse_tokens(answer)
        tables += sum(t.type == "table_open" for t in tokens)
        blocks = sum(t.type == "fence" for t in tokens)
    body, _ = tidy(markdown, question)
    collected.take(
        Foreign(
            key=key,
            name=where,
            title=question,
            body=body,
            category=category,
            slug=slugify(question),
            left=left,
            tables=tables,
            code_blocks=blocks,
        )
    )
    return 1
