"""Markdown of other systems as ours: Jekyll, Hugo, MkDocs, Docusaurus, Mintlify, GitHub docs."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from kb.content.importing.mask import Mask
from kb.content.importing.pages import as_note, convert, note_kind

_MKDOCS = re.compile(r"^([ \t]*)(?:!!!|\?\?\?\+?)[ \t]+([\w-]+)[^\"\n]*(?:\"([^\"\n]*)\")?.*$")
_TAB = re.compile(r"^([ \t]*)===[!+]*[ \t]+\"([^\"\n]+)\"[ \t]*$")
_COLONS = re.compile(r"^([ \t]*):{3,}[ \t]*([A-Za-z]+)[ \t]*(?:\[([^\]\n]*)\]|([^\n{]*))?.*$")
_COLONS_END = re.compile(r"^[ \t]*:{3,}[ \t]*$")
_FENCE = re.compile(r"^[ \t>]*(?:(?:[-*+]|\d+[.)])[ \t]+)*(`{3,}|~{3,})")

_HIGHLIGHT = re.compile(r"\{%-?\s*highlight\s+([\w+#-]+)[^%]*%\}\n?(.*?)\n?\{%-?\s*endhighlight\s*-?%\}", re.DOTALL)
_PAIRED = re.compile(
    r"\{%-?\s*(callout|alert|note|tip|warning|danger|info|caution|important)\b([^%]*)%\}(.*?)\{%-?\s*end\1\s*-?%\}",
    re.DOTALL,
)
_SHORTCODE = re.compile(
    r"\{\{[<%]\s*(callout|alert|admonition|hint|notice|note|tip|warning|caution|important|info)\b([^>%]*)[>%]\}\}(.*?)"
    r"\{\{[<%]\s*/\s*\1\s*[>%]\}\}",
    re.DOTALL,
)
_JSX_NOTE = re.compile(
    r"<(Note|Tip|Warning|Info|Check|Caution|Danger|Callout|Admonition)\b([^>]*)>(.*?)</\1>", re.DOTALL
)
_JSX_TITLED = re.compile(r"<(Step|Tab|TabItem|Accordion|Card|Expandable|Update)\b([^>]*?)(/?)>", re.DOTALL)
_ATTRIBUTE = re.compile(r"(\w+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|\{\s*[\"'`]([^\"'`]*)[\"'`]\s*\})")
_JSX_ANY = re.compile(r"</?(?:[A-Z][A-Za-z0-9]+(?:\.[A-Z]\w*)?)\b[^<>]*/?>|</?>")
_BLOCKS = (
    "table",
    "script",
    "style",
    "iframe",
    "video",
    "svg",
    "figure",
    "picture",
    "dl",
    "ul",
    "ol",
    "object",
    "form",
    "pre",
)
_OPENING = re.compile(rf"<({'|'.join(_BLOCKS)})\b[^>]*>", re.IGNORECASE)
_KNOWN_TAGS = re.compile(
    r"</?(?:div|span|p|center|details|section|article|aside|main|font|u|sup|sub|small|big|figure|figcaption|label|button|"
    r"video|source|nav|header|footer|hr|tt|wbr|abbr|time|input|col|colgroup|h[1-6]|blockquote|thead|tbody|tr|td|th|ins|"
    r"table|ul|ol|li|dl|dt|dd|picture|iframe|a|b|i|em|strong|code|kbd|mark|br|img|svg|path|g|style|script)\b[^<>]*>",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Dialect:
    """What a text became, and what could not be brought over."""

    markdown: str = ""
    left: list[str] = field(default_factory=list)
    anchors: dict[str, str] = field(default_factory=dict)
    tables: int = 0


def to_ours(text: str) -> Dialect:
    """Return the Markdown of another system as ours.

    :param text: The body, without its front matter.
    :return: Markdown that our renderer shows as it was meant; what has no such form is in ``left``.
    """
    done = Dialect()
    text = _HIGHLIGHT.sub(lambda m: f"```{m[1]}\n{m[2]}\n```", text)
    text = "\n".join(_containers(text.split("\n")))
    mask = Mask()
    masked = mask.hide(text)
    for step in (_comments, _notes, _titled, _blocks, _inline_html, _templates, _attributes, _signs, _footnotes):
        masked = step(masked, done)
    masked = re.sub(r"^[ \t]+$", "", masked, flags=re.MULTILINE)
    done.markdown = mask.show(re.sub(r"\n{3,}", "\n\n", masked)).strip("\n").rstrip()
    done.left = [mask.show(item) for item in done.left]
    return done


# --------------------------------------------------------------------------------------------- containers


def _containers(lines: list[str]) -> list[str]:
    """Return lines with notes and tabs, which are marked by lines and indentation, as ours."""
    done: list[str] = []
    n = 0
    while n < len(lines):
        line = lines[n]
        if fence := _FENCE.match(line):
            end = _end_of_fence(lines, n, fence[1])
            done += lines[n:end]
            n = end
        elif match := _MKDOCS.match(line):
            inside, n = _indented(lines, n + 1, len(match[1].expandtabs(4)) + 4)
            done += _note(match[1], match[2], match[3] or "", inside)
        elif match := _TAB.match(line):
            inside, n = _indented(lines, n + 1, len(match[1].expandtabs(4)) + 4)
            done += ["", f"{match[1]}**{match[2]}**", "", *(match[1] + item for item in _containers(inside)), ""]
        elif (match := _COLONS.match(line)) and (last := _end_of_colons(lines, n)) is not None:
            title = (match[3] or match[4] or "").strip().strip('"')
            inside = [item.removeprefix(match[1]) for item in lines[n + 1 : last]]
            done += _note(match[1], match[2], title, inside) if note_kind(match[2]) else _containers(inside)
            n = last + 1
        else:
            done.append(line)
            n += 1
    return done


def _end_of_fence(lines: list[str], start: int, mark: str) -> int:
    closing = re.compile(rf"[ \t>]*{re.escape(mark[0])}{{{len(mark)},}}[ \t]*$")
    return next((k + 1 for k in range(start + 1, len(lines)) if closing.match(lines[k])), len(lines))


def _end_of_colons(lines: list[str], start: int) -> int | None:
    depth, n = 1, start + 1
    while n < len(lines):
        if fence := _FENCE.match(lines[n]):
            n = _end_of_fence(lines, n, fence[1])
            continue
        if _COLONS_END.match(lines[n]):
            depth -= 1
            if not depth:
                return n
        elif _COLONS.match(lines[n]):
            depth += 1
        n += 1
    return None


def _indented(lines: list[str], start: int, indent: int) -> tuple[list[str], int]:
    """Return the lines that belong to a container, without their indentation, and where it ends."""
    end = start
    for n in range(start, len(lines)):
        expanded = lines[n].expandtabs(4)
        if expanded.strip() and len(expanded) - len(expanded.lstrip()) < indent:
            break
        if expanded.strip():
            end = n + 1
    return [line.expandtabs(4)[indent:] for line in lines[start:end]], end


def _note(indent: str, name: str, title: str, inside: list[str]) -> list[str]:
    body = "\n".join(_containers(inside)).strip("\n")
    text = f"**{title}**\n\n{body}" if title and title.lower() != name.lower() else body
    note = as_note(note_kind(name) or "NOTE", text or title or name)
    return ["", *(indent + line for line in note.split("\n")), ""]


# ------------------------------------------------------------------------------------------------- steps


def _comments(text: str, done: Dialect) -> str:
    text = re.sub(r"<!--.*?(?:-->|\Z)", "", text, flags=re.DOTALL)
    text = re.sub(r"\{/\*.*?\*/\}", "", text, flags=re.DOTALL)
    text = re.sub(r"^\[//\]: # .*$", "", text, flags=re.MULTILINE)
    text = re.sub(
        r"^(?:import\s[^\n]*?from\s*[\"'][^\"'\n]+[\"'];?|import\s+[\"'][^\"'\n]+[\"'];?)[ \t]*$",
        "",
        text,
        flags=re.MULTILINE,
    )
    kept = re.compile(r"^export\s+(?:const|default|function)\b[^\n]*(?:\n(?!\n)[^\n]*)*", re.MULTILINE)
    return kept.sub(lambda m: _leave(m[0], done), text)


def _notes(text: str, _done: Dialect) -> str:
    def note(match: re.Match[str]) -> str:
        words = re.findall(r"[A-Za-z]+", match[2])
        kinds = [kind for word in (*words, match[1]) if (kind := note_kind(word))]
        title = next((v for k, v in _attributes_of(match[2]) if k == "title"), "")
        inside = _dedent(match[3])
        titled = f"**{title}**\n\n{inside}" if title else inside
        return f"\n\n{as_note((kinds or ['NOTE'])[0], titled)}\n\n"

    for pattern in (_PAIRED, _SHORTCODE, _JSX_NOTE):
        text = pattern.sub(note, text)
    return re.sub(
        r"\[!(IMPORTANT|CAUTION|INFO|DANGER)\]", lambda m: f"[!{note_kind(m[1]) or 'NOTE'}]", text, flags=re.IGNORECASE
    )


def _dedent(text: str) -> str:
    lines = text.strip("\n").split("\n")
    least = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    return "\n".join(line[least:] for line in lines).strip()


def _attributes_of(text: str) -> list[tuple[str, str]]:
    return [(m[1], m[2] or m[3] or m[4] or "") for m in _ATTRIBUTE.finditer(text)]


def _titled(text: str, done: Dialect) -> str:
    def heading(match: re.Match[str]) -> str:
        given = dict(_attributes_of(match[2]))
        title = given.get("title") or given.get("label") or given.get("value") or ""
        shown = f"[{title}]({given['href']})" if title and given.get("href") else title
        return f"\n\n**{shown}**\n\n" if shown else "\n\n"

    text = _JSX_TITLED.sub(heading, text)
    text = re.sub(r"<Image\b", "<img", text)

    def other(match: re.Match[str]) -> str:
        if match[0].endswith("/>"):
            return _leave(match[0], done)
        return ""

    return (
        re.sub(r"^[ \t]+(?=\*\*|\ue000|[A-Za-z])", "", _JSX_ANY.sub(other, text), flags=re.MULTILINE)
        if _JSX_ANY.search(text)
        else text
    )


def _blocks(text: str, done: Dialect) -> str:
    """Convert whole elements, such as tables, in which Markdown has no meaning."""
    result, at = [], 0
    while match := _OPENING.search(text, at):
        end = _end_of_element(text, match)
        result.append(text[at : match.start()])
        page = convert(text[match.start() : end])
        done.tables += page.tables
        done.left += page.left
        indent = re.search(r"[ \t]*\Z", text[: match.start()])
        lead = indent[0] if indent else ""
        result.append(
            "\n\n" + "\n".join(lead + line for line in page.markdown.split("\n")) + "\n\n" if page.markdown else ""
        )
        at = end
    return "".join([*result, text[at:]])


def _end_of_element(text: str, opening: re.Match[str]) -> int:
    """Return where an element ends; the end of its tag if it is never closed."""
    tag = re.compile(rf"<(/?){opening[1]}\b[^>]*>", re.IGNORECASE)
    depth = 0
    for match in tag.finditer(text, opening.start()):
        if match[0].endswith("/>"):
            continue
        depth += -1 if match[1] else 1
        if depth <= 0:
            return match.end()
    return opening.end()


def _inline_html(text: str, _done: Dialect) -> str:
    def element(match: re.Match[str]) -> str:
        return convert(match[0]).markdown or ""

    text = re.sub(r"<a\b[^>]*\b(?:name|id)=[\"'][^\"']*[\"'][^>]*>\s*</a>", "", text, flags=re.IGNORECASE)
    text = re.sub(r"<img\b[^<>]*>", element, text, flags=re.IGNORECASE)
    text = re.sub(r"<a\b[^<>]*\bhref=[^<>]*>(?:(?!</?a\b).)*?</a>", element, text, flags=re.DOTALL | re.IGNORECASE)
    for tags, mark in (("b|strong|kbd|summary", "**"), ("i|em", "*"), ("code|tt", "`"), ("s|del|strike", "~~")):
        pattern = re.compile(
            rf"<({tags})(?:\s[^<>]*)?>\s*((?:(?!\n\s*\n|</?\1\b).)*?)\s*</\1>", re.DOTALL | re.IGNORECASE
        )
        text = pattern.sub(lambda m, mark=mark: f"{mark}{m[2]}{mark}" if m[2] else "", text)  # type: ignore[misc]
    text = re.sub(
        r"<h([1-6])\b[^<>]*>(.*?)</h\1>",
        lambda m: f"\n\n{'#' * int(m[1])} {' '.join(m[2].split())}\n\n",
        text,
        flags=re.DOTALL | re.IGNORECASE,
    )
    lines = [
        re.sub(r"<br\s*/?>", " " if "|" in line else "  \n", line, flags=re.IGNORECASE) for line in text.split("\n")
    ]
    return _KNOWN_TAGS.sub("", "\n".join(lines))


def _leave(text: str, done: Dialect) -> str:
    done.left.append(" ".join(text.split()))
    return ""


_LINK_TAG = re.compile(r"\{%-?\s*(?:link|post_url)\s+([^\s%]+)\s*-?%\}")
_REF = re.compile(r"\{\{[<%]\s*(?:rel)?ref\s+[\"']?([^\"'\s>%]+)[\"']?[^>%]*[>%]\}\}")
_SITE = re.compile(r"\{\{-?\s*(?:site|page)\.(?:baseurl|url|github\.url)\s*-?\}\}")
_URL = re.compile(r"\{\{-?\s*[\"']([^\"'{}]+)[\"']\s*\|\s*(?:relative_url|absolute_url|relref|url)\s*-?\}\}")
_PICTURE_TAG = re.compile(
    r"\{%-?\s*image\s+(?:src=)?[\"']?([^\s\"'%]+)[\"']?\s*(?:(?:alt=)?[\"']([^\"'%]*)[\"']|([^%]*?))\s*-?%\}"
)
_FIGURE = re.compile(r"\{\{[<%]\s*(?:figure|image|img)\b([^>%]*)/?[>%]\}\}")
_SILENT = re.compile(
    r"\{%-?\s*(?:end)?(?:raw|if|elsif|else|unless|ifversion|comment|assign|capture|for|icon|mac|windows|linux|rowheaders|"
    r"javascript|webui|cli|desktop|vscode)\b[^%]*%\}"
)


def _templates(text: str, done: Dialect) -> str:
    text = _LINK_TAG.sub(lambda m: m[1], text)
    text = _REF.sub(lambda m: m[1], text)
    text = _SITE.sub("", text)
    text = _URL.sub(lambda m: m[1], text)
    text = _PICTURE_TAG.sub(lambda m: f"![{(m[2] or m[3] or '').strip()}]({m[1]})", text)

    def figure(match: re.Match[str]) -> str:
        given = dict(_attributes_of(match[1]))
        return (
            f"![{given.get('alt') or given.get('caption') or ''}]({given['src']})"
            if given.get("src")
            else _leave(match[0], done)
        )

    text = _FIGURE.sub(figure, text)
    text = re.sub(r"\{%-?\s*comment\s*-?%\}.*?\{%-?\s*endcomment\s*-?%\}", "", text, flags=re.DOTALL)
    text = _SILENT.sub("", text)
    for pattern in (r"\{%.*?%\}", r"\{\{[<%].*?[>%]\}\}", r"\{\{.*?\}\}", r"^--8<--[^\n]*$", r"^[ \t]*;?--8<--[^\n]*$"):
        text = re.sub(pattern, lambda m: _leave(m[0], done), text, flags=re.DOTALL | re.MULTILINE)
    return text


_HEADING = re.compile(r"^(#{1,6}[ \t]+.*?)[ \t]*\{:?[ \t]*#([\w.:-]+)[^{}\n]*\}[ \t]*#*[ \t]*$", re.MULTILINE)


def _attributes(text: str, done: Dialect) -> str:
    def heading(match: re.Match[str]) -> str:
        done.anchors[match[2]] = match[1].lstrip("# \t")
        return match[1]

    text = _HEADING.sub(heading, text)
    text = re.sub(r"\{:[^{}\n]*\}", "", text)
    return re.sub(
        r"(?<=[)\]\w*`_>:\ue001])[ \t]?\{[ \t]*(?:[.#][\w:-]+|[\w-]+=(?:\"[^\"\n]*\"|[\w.%]+)|data-[\w-]+|[ \t])+\}",
        "",
        text,
    )


def _signs(text: str, _done: Dialect) -> str:
    text = re.sub(r":(?:material|octicons|fontawesome|simple)-[\w-]+:", "", text)
    text = re.sub(r"\+\+([\w\"+ -]+?)\+\+", lambda m: "**" + m[1].replace('"', "").replace("+", " + ") + "**", text)
    text = re.sub(r"^([ \t>]*[-*+][ \t]+)\[ \][ \t]", r"\1☐ ", text, flags=re.MULTILINE)
    text = re.sub(r"^([ \t>]*[-*+][ \t]+)\[[xX]\][ \t]", r"\1☑ ", text, flags=re.MULTILINE)
    text = re.sub(
        r"^[ \t]*(?:\[\[?_?toc_?\]?\]|\{:?toc\}|- TOC|\* TOC)[ \t]*$", "", text, flags=re.MULTILINE | re.IGNORECASE
    )
    return re.sub(
        r"^([ \t]*)([^\s:#>|*-][^\n]*)\n\n?[ \t]*:[ \t]{1,3}(?=\S)", r"\1**\2**\n\n\1", text, flags=re.MULTILINE
    )


_FOOTNOTE = re.compile(
    r"^[ \t]*\[\^([^\]\s]+)\]:[ \t]*([^\n]*(?:\n(?!\s*\[\^[^\]\s]+\]:)(?:[ \t]{2,}[^\n]*|[ \t]*(?=\n[ \t]{2,})))*)",
    re.MULTILINE,
)


def _footnotes(text: str, _done: Dialect) -> str:
    notes = {m[1]: " ".join(m[2].split()) for m in _FOOTNOTE.finditer(text)}
    if not notes:
        return text
    text = _FOOTNOTE.sub("", text)
    numbers: dict[str, int] = {}

    def number(match: re.Match[str]) -> str:
        if match[1] not in notes:
            return match[0]
        return f" ({numbers.setdefault(match[1], len(numbers) + 1)})"

    text = re.sub(r"[ \t]?\[\^([^\]\s]+)\]", number, text)
    ordered = sorted(notes, key=lambda name: numbers.get(name, len(notes) + 1))
    listed = "\n".join(f"{n}. {notes[name]}" for n, name in enumerate(ordered, start=1))
    return f"{text.rstrip()}\n\n## Notes\n\n{listed}\n"


Step = Callable[[str, Dialect], str]
"""Changes a masked text, and records what it leaves out."""
