"""HTML to Markdown, by markdownify, with what our articles have in place of what they cannot have."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from bs4 import BeautifulSoup, Comment, Tag
from markdownify import MarkdownConverter

_NEVER = ("script", "style", "noscript", "template", "svg", "object", "embed", "form", "input", "button", "canvas")
_AROUND = ("nav", "header", "footer", "aside")
_NOTES = {
    "note": "NOTE", "info": "NOTE", "important": "NOTE", "callout": "NOTE", "admonition": "NOTE", "alert": "NOTE",
    "success": "NOTE", "check": "NOTE", "primary": "NOTE", "secondary": "NOTE", "abstract": "NOTE", "example": "NOTE",
    "question": "NOTE", "quote": "NOTE", "tip": "TIP", "hint": "TIP", "warning": "WARNING", "caution": "WARNING",
    "danger": "WARNING", "error": "WARNING", "attention": "WARNING", "bug": "WARNING", "failure": "WARNING",
}  # fmt: skip
_CLASS_WORD = re.compile(r"[a-z]+")


def note_kind(name: str) -> str:
    """Return our kind of note for a word that other systems use, or an empty text."""
    return _NOTES.get(name.lower(), "")


@dataclass(frozen=True, slots=True)
class Page:
    """HTML as Markdown."""

    markdown: str
    title: str = ""
    summary: str = ""
    tables: int = 0
    code_blocks: int = 0
    left: tuple[str, ...] = ()
    anchors: tuple[tuple[str, str], ...] = ()
    """The heading of each anchor."""
    is_flat: bool = False
    """Whether it was nested too deeply, so that only its words came over."""


class _Converter(MarkdownConverter):
    """markdownify with notes, folded parts and cells as our renderer shows them."""

    def convert_div(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Return a division; one that is a note becomes one of ours."""
        words = set(_CLASS_WORD.findall(" ".join(el.get_attribute_list("class")).lower())) if el.get("class") else set()
        kinds = [_NOTES[word] for word in ("danger", "warning", "caution", "tip", "hint", *_NOTES) if word in words]
        inner = text.strip()
        if not kinds or not inner or "_inline" in parent_tags:
            return f"\n\n{inner}\n\n" if inner else ""
        return f"\n\n{as_note(kinds[0], inner)}\n\n"

    convert_aside = convert_div
    convert_section = convert_div

    def convert_summary(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Return the visible line of a folded part in bold."""
        return f"\n\n**{text.strip()}**\n\n" if text.strip() else ""

    def convert_dt(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Return a term in bold."""
        return f"\n\n**{text.strip()}**\n\n" if text.strip() else ""

    def convert_dd(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Return what a term means."""
        return f"\n\n{text.strip()}\n\n"

    def convert_kbd(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Return a key in bold."""
        return f"**{text.strip()}**" if text.strip() else ""

    def convert_td(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Return a cell; a bar in it is no border."""
        escaped = re.sub(r"(?<!\\)\|", r"\\|", " ".join(text.split()))
        done: str = super().convert_td(el, escaped, parent_tags)  # type: ignore[misc]  # not in its stub
        return done

    def convert_th(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Return a cell of the header."""
        escaped = re.sub(r"(?<!\\)\|", r"\\|", " ".join(text.split()))
        done: str = super().convert_th(el, escaped, parent_tags)  # type: ignore[misc]  # not in its stub
        return done

    def convert_iframe(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Return a film or the like as a link to it."""
        address = str(el.get("src") or "")
        address = f"https:{address}" if address.startswith("//") else address
        return f"\n\n[{el.get('title') or 'Video'}]({address})\n\n" if address.startswith("http") else ""


def as_note(kind: str, text: str) -> str:
    """Return a text as one of our notes."""
    lines = "\n".join(f"> {line}".rstrip() for line in text.strip().split("\n"))
    return f"> [!{kind}]\n{lines}"


def _language(el: Tag) -> str:
    classes = [
        name for tag in (el, el.find("code")) if isinstance(tag, Tag) for name in tag.get_attribute_list("class")
    ]
    return next(
        (m[1] for n in classes if n and (m := re.match(r"(?:language-|lang-|highlight-source-)([\w+#-]+)", n))), ""
    )


def convert(html: str, *, whole_page: bool = False) -> Page:
    """Return HTML as Markdown.

    :param html: Of any origin.
    :param whole_page: Whether it is a page with navigation and the like around its article.
    :return: Markdown without raw HTML; nothing of it can run.
    """
    try:
        return _convert(html, whole_page=whole_page)
    except RecursionError:
        words = re.sub(r"<(script|style)\b.*?</\1\s*>", " ", html, flags=re.DOTALL | re.IGNORECASE)
        words = re.sub(r"<[^<>]*>", "\n", words)
        text = BeautifulSoup(words, "html.parser").get_text()
        return Page("\n\n".join(line.strip() for line in text.split("\n") if line.strip()), is_flat=True)


def _convert(html: str, *, whole_page: bool) -> Page:
    soup = BeautifulSoup(html, "html.parser")
    title = summary = ""
    if whole_page:
        title, summary = _head(soup)
    root: Any = soup
    if whole_page:
        for tag in soup.find_all(_AROUND):
            tag.decompose()
        root = soup.find("article") or soup.find("main") or soup.body or soup
    left = [f"<{tag.name}>" for tag in root.find_all(_NEVER) if tag.name not in ("style", "svg", "noscript")]
    for tag in root.find_all(_NEVER):
        if tag.name == "form":
            tag.unwrap()  # its words are kept
        else:
            tag.decompose()
    for comment in root.find_all(string=lambda text: isinstance(text, Comment)):
        comment.extract()
    for video in root.find_all("video"):
        source = video.get("src") or (video.source.get("src") if video.source else "")
        left.append(f"<video> {source}")
    anchors = [
        (str(h["id"]), h.get_text(" ", strip=True)) for h in root.find_all(re.compile(r"^h[1-6]$")) if h.get("id")
    ]
    converter = _Converter(
        heading_style="ATX", bullets="-", code_language_callback=_language, table_infer_header=True, escape_misc=False
    )
    tables, blocks = len(root.find_all("table")), len(root.find_all("pre"))
    markdown: str = converter.convert_soup(root)
    markdown = re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in markdown.split("\n"))).strip()
    return Page(markdown, title, summary, tables, blocks, tuple(left), tuple(anchors))


def _head(soup: BeautifulSoup) -> tuple[str, str]:
    """Return the title and the description of a page."""
    first = soup.find("h1")
    title = first.get_text(" ", strip=True) if first else ""
    if not title and soup.title is not None:
        title = re.split(r"\s[|–—·]\s", soup.title.get_text(" ", strip=True))[0]
    described = soup.find("meta", attrs={"name": "description"})
    return title, str(described.get("content") or "") if isinstance(described, Tag) else ""
