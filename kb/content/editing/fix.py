"""``kb check --fix``: fixes that need no judgment and never change what an article says.

Every fix is verified before it is written: the new text is read again, and apart from the fixed lists the article must
be the same and look the same to a customer. In a file with errors, what can be read of it must be the same, and no fix
may add an error.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TypeAlias

from kb.common.files import replace_file
from kb.common.yaml_file import Located
from kb.content.articles.corpus import Corpus, load_articles
from kb.content.articles.frontmatter import READERS
from kb.content.articles.naming import is_translation
from kb.content.articles.parse import ParsedArticle, read_article, split_front_matter
from kb.content.articles.telephone import by_channel
from kb.content.checks.links import is_one_way
from kb.content.checks.lookup import ids_by_fold
from kb.content.checks.sections import followed
from kb.content.editing import mend
from kb.content.editing.edit import CannotEdit, FileText, append_item, drop_item, front_matter, list_items, offset
from kb.content.markdown.render import parse_tokens, render
from kb.errors import ArticlesError
from kb.types import Article, Finding, Severity

_TEXT_KEYS = ("title", "category", "summary", "owner")
_TEXT_LISTS = ("examples", "tests", "keywords", "related", "redirects")
_UNORDERED = ("keywords", "related", "redirects")

Fix: TypeAlias = tuple[str, Callable[[str], str]]
"""A description of a fix, and the function that applies it to a text."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """The fixes of one file, written or not."""

    path: str
    done: tuple[str, ...]
    """A few words for each fix."""
    text: str
    """The new content, with its line ends."""


@dataclass(frozen=True, slots=True)
class Beside:
    """What a fix of one file needs to know besides its text."""

    channels: Mapping[str, str] = field(default_factory=dict)
    """The text that replaces ``{{channel.NAME}}``, by name."""
    relate: tuple[str, ...] = ()
    """Ids to add to ``related``."""
    ids: Mapping[str, str] = field(default_factory=dict)
    """Every id, by the same in lowercase."""


def fixes(path: str, data: bytes, beside: Beside = Beside()) -> Fixed:
    """Fix one file's text without writing it.

    :param path: The file's path.
    :param data: Its bytes.
    :param beside: What the file alone does not say.
    :return: The new content and its fixes; none if there was nothing to fix.
    """
    try:
        file = FileText.of(data)
    except UnicodeDecodeError:
        return Fixed(path, (), "")
    text, done = file.text, []
    if file.newline != "\n" or file.has_bom:
        done.append("line ends")
    for words, fix in fixes_of(beside, of_translation=is_translation(path)):
        try:
            tried = fix(text)
        except CannotEdit:
            continue
        if tried != text and is_same_article(path, text, tried, beside.channels):
            text = tried
            done.append(words)
    return Fixed(path, tuple(done), text)


def fix_folder(
    folder: Path, channels: Mapping[str, str] | None = None, wanted: Callable[[str], bool] = lambda _: True
) -> list[Fixed]:
    """Fix every file below a folder, each written in one step.

    :param folder: The folder of articles.
    :param channels: The text that replaces ``{{channel.NAME}}``, by name.
    :param wanted: Tells whether a file, given by its path, may be written; all files are read.
    :return: The files that were fixed, by path.
    :raises ArticlesError: If the folder holds no article or a file cannot be written.
    """
    corpus = load_articles(folder, channels).with_partial
    readable = {p.article.path: p.data for p in corpus.files}
    broken = {f.path for f in corpus.findings if f.severity is Severity.ERROR} - set(readable)
    fixed_files = []
    relations, ids = missing_relations(corpus), ids_by_fold(corpus)
    for path in sorted(filter(wanted, set(readable) | {p for p in broken if p.endswith(".md")})):
        try:
            data = readable[path] if path in readable else Path(path).read_bytes()
            fixed = fixes(path, data, Beside(channels or {}, relations.get(path, ()), ids))
            if fixed.done and Path(path).read_bytes() == data:  # an editor may be writing it right now
                replace_file(Path(path), fixed.text.encode())
                fixed_files.append(fixed)
        except OSError as error:
            raise ArticlesError(f"{path} cannot be fixed: {error.strerror}. Check its permissions.") from error
    return fixed_files


def missing_relations(corpus: Corpus) -> dict[str, tuple[str, ...]]:
    """Return, by path, the ids that each file's ``related`` lacks to relate back."""
    by_id = {parsed.article.id: parsed for parsed in corpus.parsed}
    found: dict[str, list[str]] = {}
    for parsed in corpus.parsed:
        for other in dict.fromkeys(parsed.article.related):
            aim = by_id.get(other)
            if aim is not None and aim is not parsed and is_one_way(parsed, aim, len(found.get(aim.article.path, ()))):
                found.setdefault(aim.article.path, []).append(parsed.article.id)
    return {path: tuple(ids) for path, ids in found.items()}


# ------------------------------------------------------------------------------------------- the fixes


def fixes_of(beside: Beside, *, of_translation: bool = False) -> Iterator[Fix]:
    """Yield every fix, in the order in which they are tried; each may raise :class:`CannotEdit`."""
    yield "text that YAML reads as something else", quote_scalars
    yield "kind and status in lowercase", mend.write_choices
    yield "dates as YYYY-MM-DD", mend.write_dates
    yield "lists written as text", mend.write_lists
    yield "ids", partial(mend.write_ids, right=beside.ids)
    if not of_translation:  # which names the sections of another file
        yield "sections by their anchors", mend.write_anchors
        yield "sections that were renamed", partial(_follow_sections, channels=beside.channels)
    yield "telephone numbers that are channels", partial(mend.write_channels, channels=beside.channels)
    yield "spaces at line ends", strip_line_ends
    yield "blank lines at the end", end_with_one_newline
    yield "order of keys", order_keys
    for key in _UNORDERED:
        yield f"doubled {key}", partial(drop_doubles, key=key)
    for other in beside.relate:
        yield f"related: {other}", partial(append_item, key="related", value=other)


def _follow_sections(text: str, channels: Mapping[str, str]) -> str:
    """Return the text with questions tied to what their sections are called now, if that is beyond doubt."""
    parsed, _ = read_article("", text.encode(), channels)
    return text if parsed is None else mend.follow_sections(text, followed(parsed.article))


def quote_scalars(text: str) -> str:
    """Return the text with quotes around values that must be text but that YAML reads as something else."""
    root, _ = front_matter(text)
    wrong = [node for node in _texts(root) if not isinstance(node.value, str | list | dict) and node.text]
    for node in sorted(wrong, key=lambda node: (node.line, node.column), reverse=True):
        start, end = offset(text, (node.line, node.column)), offset(text, node.end)
        if text[start:end] == node.text:  # no tag, no block style
            text = text[:start] + json.dumps(node.text, ensure_ascii=False) + text[end:]
    return text


def _texts(root: Located) -> Iterator[Located]:
    """Yield every value of a front matter that must be text."""
    for key in _TEXT_KEYS:
        if key in root.value:
            yield root.value[key]
    for key in _TEXT_LISTS:
        node = root.value.get(key)
        for item in node.value if node is not None and isinstance(node.value, list) else ():
            yield from item.value.values() if isinstance(item.value, dict) else (item,)
    yield from _nested_texts(root)


def _nested_texts(root: Located) -> Iterator[Located]:
    """Yield the texts within ``not_for`` and ``es``."""
    not_for, es = (node.value if (node := root.value.get(key)) is not None else None for key in ("not_for", "es"))
    for item in not_for if isinstance(not_for, list) else ():
        yield from item.value.values() if isinstance(item.value, dict) else (item,)
    yield from es.values() if isinstance(es, dict) else ()


def strip_line_ends(text: str) -> str:
    """Return the text without spaces at line ends, except for Markdown's line breaks and in code."""
    front, body, body_line = split_front_matter(text)
    if front is None:
        return text
    code: set[int] = set()
    for token in parse_tokens(body):
        if token.type in ("fence", "code_block") and token.map:
            code.update(range(token.map[0], token.map[1]))
    lines = text.split("\n")
    for n, line in enumerate(lines):
        stripped = line.rstrip(" \t")
        is_break = n >= body_line - 1 and line.endswith("  ") and bool(stripped)
        if n - (body_line - 1) not in code and not is_break:
            lines[n] = stripped
    return "\n".join(lines)


def end_with_one_newline(text: str) -> str:
    """Return the text with exactly one line end after its last character."""
    return text.rstrip("\n") + "\n"


def order_keys(text: str) -> str:
    """Return the text with the keys of the front matter in their usual order, each with the comments above it."""
    root, fence = front_matter(text)
    keys = root.keys or {}
    order = list(READERS)
    if any(key not in order for key in keys):
        raise CannotEdit("there is an unknown key")
    lines = text.split("\n")
    starts: dict[str, int] = {}
    for key, (line, _) in keys.items():
        start = line
        while start - 1 > 1 and re.match(r"[ \t]*#", lines[start - 2]):
            start -= 1
        starts[key] = start
    begin = min(starts.values(), default=fence)
    ends = dict(zip(starts, [*list(starts.values())[1:], fence], strict=True)) if starts else {}
    blocks = {key: lines[start - 1 : ends[key] - 1] for key, start in starts.items()}
    ordered = [line for key in sorted(blocks, key=order.index) for line in blocks[key]]
    return "\n".join([*lines[: begin - 1], *ordered, *lines[fence - 1 :]])


def drop_doubles(text: str, key: str) -> str:
    """Return the text with each item of a list once, at its first position."""
    seen: set[str] = set()
    doubled = []
    for n, item in enumerate(list_items(text, key)):
        if isinstance(item.value, str):
            if item.value.casefold() in seen:
                doubled.append(n)
            seen.add(item.value.casefold())
    for n in reversed(doubled):
        text = drop_item(text, key, n)
    return text


# -------------------------------------------------------------------------------------------- the proof


def is_same_article(path: str, old: str, new: str, channels: Mapping[str, str]) -> bool:
    """Return whether two texts of a file say the same, apart from the fixed lists, and the new one has no new error."""
    before, errors_before = read_article(path, old.encode(), channels)
    after, errors_after = read_article(path, new.encode(), channels)
    if before is None or after is None or not _has_no_more(errors_before, errors_after):
        return False
    for key in _UNORDERED:
        kept = _once(getattr(before.article, key))
        if _once(getattr(after.article, key))[: len(kept)] != kept:
            return False
    return _said(before.article, before, channels) == _said(after.article, before, channels) and (
        _looks(before, channels) == _looks(after, channels)
    )


def _said(article: Article, before: ParsedArticle, channels: Mapping[str, str]) -> Article:
    """Return what an article says besides its body, with all that a fix may change as it was before."""
    spanish = article.spanish and replace(article.spanish, text=by_channel(article.spanish.text, channels))
    moved = followed(before.article)
    return replace(
        article,
        body="",
        sections=(),
        summary=by_channel(article.summary, channels),
        spanish=spanish,
        not_for=tuple(replace(other, belongs=other.belongs.casefold()) for other in article.not_for),
        example_sections={text: moved.get(anchor, anchor) for text, anchor in article.example_sections.items()},
        test_sections={
            text: tuple(moved.get(anchor, anchor) for anchor in anchors)
            for text, anchors in article.test_sections.items()
        },
        **{key: getattr(before.article, key) for key in _UNORDERED},
    )


def _once(items: tuple[str, ...]) -> list[str]:
    return list(dict.fromkeys(item.casefold() for item in items))


def _looks(parsed: ParsedArticle, channels: Mapping[str, str]) -> tuple[str, list[tuple[str, str]]]:
    body = by_channel(parsed.article.body, channels)
    html = render(body, lambda article_id, anchor: f"{article_id}#{anchor}")
    return html, [(section.anchor, by_channel(section.heading, channels)) for section in parsed.article.sections]


def _has_no_more(before: list[Finding], after: list[Finding]) -> bool:
    """Return whether a fix added nothing that is wrong with the file alone."""
    return {(f.code, f.message) for f in after} <= {(f.code, f.message) for f in before}
