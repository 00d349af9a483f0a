"""Folders of Markdown, and pages of HTML."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any, Final

import yaml

from kb.content.articles.corpus import title_from_id
from kb.content.importing.dialects import to_ours
from kb.content.importing.files import name_of, read_text
from kb.content.importing.headings import tidy
from kb.content.importing.pages import convert
from kb.content.importing.record import LONGEST_BODY, Collected, Foreign
from kb.content.markdown.render import parse_tokens
from kb.types import Severity

MARKDOWN: Final = (".md", ".markdown", ".mdx", ".mdown", ".mkd")
HTML: Final = (".html", ".htm", ".xhtml")
_NO_ARTICLES = re.compile(
    r"(?:readme|contributing|changelog|license|licence|code_of_conduct|security|pull_request_template|authors|404)",
    re.IGNORECASE,
)
_INDEX = frozenset({"index", "readme", "_index"})
_DATE_BEFORE = re.compile(r"^\d{4}-\d{2}-\d{2}-(?=.)")
_NUMBER_BEFORE = re.compile(r"^\d{1,3}[-_.](?=[A-Za-z])")
_FRONT = re.compile(r"\A\s*---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_TOML = re.compile(r"\A\+\+\+[ \t]*\n(.*?)^\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_USED = frozenset({
    "title", "description", "summary", "excerpt", "meta_description", "slug", "permalink", "url", "aliases", "alias",
    "redirect_from", "redirects", "tags", "keywords", "categories", "category", "draft", "published", "hidden",
    "sidebar_label", "sidebartitle", "short_title", "shorttitle", "lastmod", "last_updated", "updated", "layout",
})  # fmt: skip
_LONGEST_KEPT = 300


def read_markdown(source: Path, files: Iterable[Path]) -> Collected:
    """Read a folder of Markdown; see :class:`kb.content.importing.record.Reader`."""
    collected = Collected()
    for path in files:
        if path.suffix.lower() not in MARKDOWN or _is_partial(path, source, collected):
            continue
        text = read_text(path, source, collected)
        if text is not None:
            _add_markdown(collected, path, source, text)
    return collected


def _is_partial(path: Path, source: Path, collected: Collected) -> bool:
    """Return whether a file is no article: about the repository, or a piece of other pages."""
    name = name_of(path, source)
    if path.parent == source and _NO_ARTICLES.fullmatch(path.stem) and path.stem.lower() != "index":
        collected.add(
            name,
            "no-article",
            "a file about the repository is no article",
            "Import it by its own name",
            severity=Severity.ADVICE,
        )
        return True
    if path.stem.startswith("_") and path.stem.lower() not in _INDEX:
        collected.add(
            name,
            "no-article",
            "a piece of other pages is no article",
            "Write it into those pages",
            severity=Severity.ADVICE,
        )
        return True
    return False


def _add_markdown(collected: Collected, path: Path, source: Path, text: str) -> None:
    name = name_of(path, source)
    front, body = _split(text, name, collected)
    if not body.strip():
        collected.add(
            name, "empty", "there is no text below the front matter", "Leave it out", severity=Severity.ADVICE
        )
        return
    if len(body) > LONGEST_BODY:
        collected.take(Foreign(key=name, name=name, title="", body=body))
        return
    try:
        dialect = to_ours(body)
    except RecursionError:
        collected.add(
            name, "too-deep", "the text is nested too deeply to be read", "Simplify it", severity=Severity.ERROR
        )
        return
    given = _first(front, "title", "sidebarTitle", "sidebar_label", "shortTitle", "short_title")
    markdown, title = tidy(dialect.markdown, given)
    place = PurePosixPath(name)
    stem = place.parent.name if place.stem.lower() in _INDEX and place.parent.name else place.stem
    stem = _NUMBER_BEFORE.sub("", _DATE_BEFORE.sub("", stem))
    tokens = parse_tokens(body, html=True)
    collected.take(
        Foreign(
            key=place.with_suffix("").as_posix(),
            name=name,
            title=title or title_from_id(stem),
            body=markdown,
            category=_category(front, place),
            slug=_slug(front, stem),
            folder=place.parent.as_posix() if place.parent.name else "",
            aliases=_aliases(front, place),
            summary=_first(front, "description", "summary", "excerpt", "meta_description"),
            keywords=_texts(front.get("keywords")) or _texts(front.get("tags")),
            is_draft=front.get("draft") is True or front.get("published") is False or front.get("hidden") is True,
            kept={key: _one_line(value) for key, value in front.items() if key.lower() not in _USED},
            anchors=dialect.anchors,
            left=tuple(dialect.left),
            tables=sum(t.type == "table_open" for t in tokens) + dialect.tables,
            code_blocks=sum(t.type == "fence" for t in parse_tokens(dialect.markdown)),
        )
    )


def _split(text: str, name: str, collected: Collected) -> tuple[dict[str, Any], str]:
    """Return the front matter, if it can be read, and the body."""
    if match := _TOML.match(text):
        try:
            return tomllib.loads(match[1]), text[match.end() :]
        except tomllib.TOMLDecodeError as error:
            collected.add(name, "front-matter", f"the front matter is not TOML: {error}", "Correct it there")
            return {}, text[match.end() :]
    match = _FRONT.match(text)
    if match is None:
        return {}, text
    front = match[1]
    try:
        read = yaml.safe_load(re.sub(r"\{%.*?%\}", "", front))
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        line = getattr(getattr(error, "problem_mark", None), "line", 0) + 2
        read = dict(re.findall(r"^([A-Za-z_][\w-]*):[ \t]+(.+?)[ \t]*$", front, re.MULTILINE))
        message = "the front matter is not YAML; its simple lines were read"
        collected.add(name, "front-matter", message, "Compare the article", line=line)
    return ({str(key): value for key, value in read.items()} if isinstance(read, dict) else {}), text[match.end() :]


def _first(front: Mapping[str, Any], *keys: str) -> str:
    return next(
        (_one_line(front[key]) for key in keys if isinstance(front.get(key), str | int) and str(front[key]).strip()), ""
    )


def _one_line(value: Any) -> str:
    return " ".join(str(value).split())[:_LONGEST_KEPT].strip("'\"")


def _texts(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return tuple(part.strip() for part in re.split(r"[,;]", value) if part.strip())
    if isinstance(value, list):
        return tuple(_one_line(item) for item in value if isinstance(item, str | int) and str(item).strip())
    return ()


def _category(front: Mapping[str, Any], place: PurePosixPath) -> str:
    """Return the folder that an article lies in, or what its front matter says."""
    folders = [part for part in place.parts[:-1] if part.strip("_.")]
    if place.stem.lower() in _INDEX and len(folders) > 1:
        folders.pop()
    if folders:
        return _NUMBER_BEFORE.sub("", folders[-1].strip("_"))
    given = _texts(front.get("category")) or _texts(front.get("categories"))
    return given[0] if given else ""


def _slug(front: Mapping[str, Any], stem: str) -> str:
    given = _first(front, "slug", "permalink", "url").strip("/")
    last = PurePosixPath(given).stem if given and ":" not in given else ""
    return last or stem


def _aliases(front: Mapping[str, Any], place: PurePosixPath) -> tuple[str, ...]:
    addresses = [_first(front, "permalink"), _first(front, "url"), _first(front, "slug")]
    for key in ("aliases", "alias", "redirect_from", "redirects"):
        addresses += _texts(front.get(key))
    if isinstance(front.get("id"), int):
        addresses.append(f"articles/{front['id']}")
    elif isinstance(front.get("id"), str):
        addresses.append((place.parent / str(front["id"])).as_posix())
    return tuple(address for address in addresses if address.strip("/ "))


def read_html(source: Path, files: Iterable[Path]) -> Collected:
    """Read pages of HTML; see :class:`kb.content.importing.record.Reader`."""
    collected = Collected()
    for path in files:
        if path.suffix.lower() not in HTML:
            continue
        text = read_text(path, source, collected)
        if text is None:
            continue
        name = name_of(path, source)
        page = convert(text, whole_page=True)
        if page.is_flat:
            collected.add(
                name, "too-deep", "the page is nested too deeply; only its words came over", "Compare the article"
            )
        markdown, title = tidy(page.markdown, page.title)
        if not markdown.strip():
            collected.add(name, "empty", "the page has no text", "Leave it out", severity=Severity.ADVICE)
            continue
        place = PurePosixPath(name)
        stem = place.parent.name if place.stem.lower() in _INDEX and place.parent.name else place.stem
        collected.take(
            Foreign(
                key=place.with_suffix("").as_posix(),
                name=name,
                title=title or title_from_id(stem),
                body=markdown,
                category=_category({}, place),
                slug=stem,
                folder=place.parent.as_posix() if place.parent.name else "",
                summary=" ".join(page.summary.split()),
                anchors=dict(page.anchors),
                left=page.left,
                tables=page.tables,
                code_blocks=page.code_blocks,
            )
        )
    return collected
