"""Markdown to sections, plain text and safe HTML: everything that shows an article goes through here.

markdown-it-py runs with raw HTML off, then nh3 applies an allow-list: two defenses, because each alone has failed
elsewhere.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from urllib.parse import parse_qs, unquote, urlsplit

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

from kb.common.folding import without_accents
from kb.types import Section

if TYPE_CHECKING:
    from markdown_it.rules_core import StateCore

LinkResolver: TypeAlias = Callable[[str, str], str]
"""(article id, anchor) → href; the id is empty for an anchor of the same article."""

ADMONITIONS = {"NOTE": "Note", "TIP": "Tip", "WARNING": "Warning"}
_SPANISH_ADMONITIONS = {"NOTE": "Nota", "TIP": "Consejo", "WARNING": "Atención"}
_ADMONITION_LINE = re.compile(r"\[!(es:)?(NOTE|TIP|WARNING)\][ \t]*(?:\n|$)", re.IGNORECASE)
_ADMONITION_OF_QUOTE = re.compile(r"^( *>[ >]*\[!)(?=(?:NOTE|TIP|WARNING)\])", re.IGNORECASE | re.MULTILINE)

_TAGS = frozenset({
    "p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "strong", "em", "s", "code", "pre", "blockquote", "a",
    "table", "thead", "tbody", "tr", "th", "td", "hr", "br", "div", "img",
})  # fmt: skip
_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "width", "height", "loading"},
    "ol": {"start"},
    "th": {"style"},
    "td": {"style"},
    "div": {"class", "role"},
    "p": {"class"},
    **{f"h{level}": {"id"} for level in range(1, 7)},
}
PICTURES = "/pictures"
"""Where pictures are served."""
_SIZE = re.compile(r"-(\d+)x(\d+)\.\w+$")
_CLASSES = ("admonition", "admonition-title", "note", "tip", "warning")


def slugify(text: str) -> str:
    """Return an ASCII anchor for a heading: lower case, words joined by hyphens; empty if nothing is left."""
    ascii_text = without_accents(text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_text.lower().replace("'", "")).strip("-")


def unique_anchors(headings: Sequence[str]) -> list[str]:
    """Return one anchor per heading, in order; a repeated one gets ``-2``, ``-3`` and so on."""
    taken: set[str] = set()
    counted: dict[str, int] = {}  # the last number of each anchor: counting from 1 again would take the square of time
    anchors = []
    for heading in headings:
        base = slugify(heading) or "section"
        anchor, n = base, counted.get(base, 1)
        while anchor in taken:
            n += 1
            anchor = f"{base}-{n}"
        counted[base] = n
        taken.add(anchor)
        anchors.append(anchor)
    return anchors


# --------------------------------------------------------------------------------------------- parsing


def _admonitions(state: StateCore) -> None:
    """Turn a block quote that starts with ``[!NOTE]`` into a titled division. Runs before inline parsing."""
    tokens = state.tokens
    opened: list[bool] = []  # of each quote around a token, whether it is an admonition
    for i, token in enumerate(tokens):
        if token.type == "blockquote_open":
            opened.append(_is_admonition(tokens, i))
        elif token.type == "blockquote_close" and opened.pop():
            token.tag = "div"


def _is_admonition(tokens: list[Token], i: int) -> bool:
    """Turn the block quote that begins at a token into an admonition if it is one, up to its end."""
    if i + 2 >= len(tokens) or tokens[i + 1].type != "paragraph_open":
        return False
    inline = tokens[i + 2]
    match = _ADMONITION_LINE.match(inline.content)
    if not match:
        return False
    name = match[2].upper()
    tokens[i].tag, tokens[i].meta = "div", {"admonition": name}
    tokens[i].attrSet("class", f"admonition {name.lower()}")
    tokens[i].attrSet("role", "note")
    inline.content = inline.content[match.end() :]
    titles = _SPANISH_ADMONITIONS if match[1] else ADMONITIONS
    inline.meta = {"admonition_title": titles[name]}
    return True


def with_spanish_notes(body: str) -> str:
    """Return a Spanish body in which the titles of notes are in Spanish as well.

    :param body: Markdown with ``> [!NOTE]`` and the like, as in English.
    :return: The same text, line by line.
    """
    return _ADMONITION_OF_QUOTE.sub(r"\1es:", body) if "[!" in body else body


def as_written(body: str) -> str:
    """Return a body of :func:`with_spanish_notes` as its file has it."""
    return body.replace("[!es:", "[!")


def _admonition_titles(state: StateCore) -> None:
    """Add each admonition's title as a paragraph of its own. Runs after inline parsing."""
    done: list[Token] = []
    for token in state.tokens:
        title = token.meta.get("admonition_title") if token.type == "inline" else None
        if title is None:
            done.append(token)
            continue
        opening = done.pop()
        text = Token("text", "", 0, content=title)
        first = Token("paragraph_open", "p", 1, attrs={"class": "admonition-title"}, block=True)
        done += [first, Token("inline", "", 0, children=[text], content=title, block=True)]
        done.append(Token("paragraph_close", "p", -1, block=True))
        done += [opening, token]
    state.tokens = done


def _parser(*, html: bool) -> MarkdownIt:
    parser = MarkdownIt("js-default", {"html": html})
    parser.core.ruler.before("inline", "admonitions", _admonitions)
    parser.core.ruler.after("inline", "admonition_titles", _admonition_titles)
    return parser


_SAFE = _parser(html=False)
_RAW = _parser(html=True)  # only to find raw HTML and its position; its output is never shown


BODIES: Final = 2048
"""Bodies of which it is remembered what is in them: an editor changes one at a time, and every check reads all."""


def parse_tokens(markdown: str, env: dict[str, Any] | None = None, *, html: bool = False) -> list[Token]:
    """Return the tokens of Markdown, admonitions resolved; raw HTML is separate from text only on request."""
    return (_RAW if html else _SAFE).parse(markdown, {} if env is None else env)


def _headings(tokens: Sequence[Token]) -> list[tuple[Token, str]]:
    """Return the headings outside lists and quotes, each with its plain text."""
    return [(t, _inline_text(inline)) for t, inline in pairwise(tokens) if t.type == "heading_open" and t.level == 0]


def sections(body: str, first_line: int = 1) -> tuple[Section, ...]:
    """Split Markdown at its headings.

    :param body: Markdown of a whole article.
    :param first_line: The line number of the body's first line in its file.
    :return: In order; the first has no heading and is left out if nothing precedes the first heading.
    """
    env: dict[str, Any] = {}
    headings = _headings(parse_tokens(body, env=env))
    lines = body.split("\n")
    definitions = _definitions(env)
    anchors = unique_anchors([text for _, text in headings])
    starts = [token.map or [0, 0] for token, _ in headings]
    ends = [start for start, _ in starts[1:]] + [len(lines)] * bool(starts)
    found = []
    lead = "\n".join(lines[: starts[0][0]] if starts else lines).strip()
    if lead:
        found.append(Section("", "", 1, definitions + lead, first_line))
    for (token, text), anchor, (start, after), end in zip(headings, anchors, starts, ends, strict=True):
        markdown = "\n".join(lines[after:end]).strip()
        found.append(Section(text, anchor, int(token.tag[1]), definitions + markdown, first_line + start))
    return tuple(found)


def _definitions(env: dict[str, Any]) -> str:
    """Return the body's link definitions, so that a single section still has them.

    They come first: of two with the same label the first counts, and a section may hold only the second.
    """
    references = env.get("references") or {}
    return "".join(f"[{label}]: <{ref['href']}>\n\n" for label, ref in references.items())


# ----------------------------------------------------------------------------------------- plain text


def _inline_text(token: Token) -> str:
    parts = []
    for child in token.children or []:
        if child.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        elif child.type in ("text", "code_inline", "image"):
            parts.append(child.content)
    return "".join(parts).strip()


class _Lists:
    """A counter of the list items around a token."""

    def __init__(self) -> None:
        self._numbers: list[int | None] = []
        self._marks: list[str] = []

    def follow(self, token: Token) -> None:
        """Count a list's beginning, item or end."""
        if token.type == "ordered_list_open":
            self._numbers.append(int(token.attrGet("start") or 1))
        elif token.type == "bullet_list_open":
            self._numbers.append(None)
        elif token.type in ("ordered_list_close", "bullet_list_close"):
            self._numbers.pop()
        elif token.type == "list_item_open":
            number = self._numbers[-1]
            self._marks.append("- " if number is None else f"{number}. ")
            self._numbers[-1] = None if number is None else number + 1

    def take_marks(self) -> str:
        """Return the marks of the items that began since the last text."""
        marks = "".join(self._marks)
        self._marks.clear()
        return marks


def plain_text(markdown: str) -> str:
    """Return Markdown as plain text: one line per paragraph, list item or table row, with the numbers of steps.

    The words of a picture that stands by itself are left out, unless there is nothing else: they say what one would
    see, and answer nothing.
    """
    lines: list[str] = []
    shown: list[str] = []
    lists = _Lists()
    cells: list[str] | None = None
    for token in parse_tokens(markdown):
        lists.follow(token)
        if token.type == "tr_open":
            cells = []
        elif token.type == "tr_close":
            lines.append(": ".join(c for c in cells or [] if c))
            cells = None
        elif token.type in ("fence", "code_block"):
            lines.append(token.content.strip())
        elif token.type == "inline":
            text = _inline_text(token)
            if cells is not None:
                cells.append(text)
            elif token.level == 1 and all(child.type in ("image", "softbreak") for child in token.children or []):
                shown.append(text)
            elif text:
                lines.append(lists.take_marks() + text)
    return "\n".join(lines or filter(None, shown))


@lru_cache(maxsize=BODIES)
def steps(markdown: str) -> tuple[str, ...]:
    """Return the items of the first ordered list outside other lists, as plain text: a tutorial's steps."""
    found: list[str] = []
    depth, inside = 0, False
    for token in parse_tokens(markdown):
        if token.type == "ordered_list_open" and token.level == 0 and not found:
            inside = True
        elif token.type == "ordered_list_close" and token.level == 0:
            inside = False
        elif inside and token.type == "list_item_open":
            depth += 1
            if depth == 1:
                found.append("")
        elif inside and token.type == "list_item_close":
            depth -= 1
        elif inside and token.type == "inline":
            found[-1] = f"{found[-1]} {_inline_text(token)}".strip()
    return tuple(found)


# -------------------------------------------------------------------------------------------- links


def internal_target(href: str) -> tuple[str, str] | None:
    """Return (article id, anchor) of a link to an article, or None for one that leaves the help center.

    ``late-fee``, ``late-fee.md``, ``../payments/late-fee.md``, ``/article?id=late-fee`` and ``/a/late-fee`` name the
    same article, each with an optional ``#anchor``; ``#anchor`` alone names the same article (id empty).
    """
    try:
        parts = urlsplit(href)
    except ValueError:  # "http://[" is not an address
        return None
    if parts.scheme or parts.netloc:
        return None
    path = unquote(parts.path)
    anchor = unquote(parts.fragment)
    if path.rstrip("/").endswith("article") and "id" in parse_qs(parts.query):
        return parse_qs(parts.query)["id"][0], anchor
    if path.startswith("/") and not path.startswith("/a/"):
        return None
    return path.rstrip("/").rsplit("/", 1)[-1].removesuffix(".md"), anchor


# -------------------------------------------------------------------------------------------- safe HTML


def render(
    markdown: str,
    link: LinkResolver,
    pictures: Mapping[str, str] | None = None,
    anchors: Sequence[tuple[str, str]] = (),
) -> str:
    """Render Markdown as safe HTML.

    :param markdown: A whole body or one section, from any source, even a hostile one.
    :param link: Gives the address of an article's anchor; called for links within the help center.
    :param pictures: The name of each picture by its address in the Markdown; of others the words are shown.
    :param anchors: Headings with the anchors that they have whatever their words are, in the order of the whole body.
    :return: HTML of the allow-list only; headings carry their anchors as ids.
    """
    tokens = parse_tokens(markdown)
    pairs = _headings(tokens)
    for (token, _), anchor in zip(pairs, _anchors([text for _, text in pairs], anchors), strict=True):
        token.attrSet("id", anchor)
    for token in tokens:
        for child in token.children or []:
            if child.type == "link_open":
                _resolve(child, link)
            elif child.type == "image":
                _show(child, (pictures or {}).get(str(child.attrGet("src") or "")))
    html: str = _SAFE.renderer.render(tokens, _SAFE.options, {})
    return nh3.clean(
        html,
        tags=set(_TAGS),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        attribute_filter=_attribute,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer",
    )


def _anchors(headings: Sequence[str], given: Sequence[tuple[str, str]]) -> list[str]:
    """Return one anchor per heading: the first given one of its words that is left, else one made from the words."""
    left: dict[str, deque[str]] = {}
    for heading, anchor in given:
        left.setdefault(heading, deque()).append(anchor)
    made = unique_anchors(headings)
    return [left[heading].popleft() if left.get(heading) else own for heading, own in zip(headings, made, strict=True)]


def _resolve(token: Token, link: LinkResolver) -> None:
    target = internal_target(str(token.attrGet("href") or ""))
    if target is not None:
        token.attrSet("href", link(*target))


def _show(token: Token, name: str | None) -> None:
    """Give a picture its address and its size, or its words if it is not to be had."""
    size = _SIZE.search(name or "")
    if name is None or size is None:
        token.type, token.tag, token.content = "text", "", _inline_text(Token("inline", "", 0, children=token.children))
        token.children = None
        return
    token.attrs = {"src": f"{PICTURES}/{name}", "alt": "", "width": size[1], "height": size[2], "loading": "lazy"}


@lru_cache(maxsize=256)
def _attribute(_tag: str, name: str, value: str) -> str | None:
    """Keep only our own classes and the alignment of table cells."""
    if name == "class":
        kept = " ".join(c for c in value.split() if c in _CLASSES)
        return kept or None
    if name == "style":
        return value if re.fullmatch(r"text-align:(left|center|right)", value) else None
    if name == "role":
        return value if value == "note" else None
    return value
