"""Headings as our articles have them: from level 2, none skipped, and no title twice."""

from __future__ import annotations

import re

from kb.content.importing.mask import Mask
from kb.content.markdown.render import parse_tokens, slugify

_ATX = re.compile(r"^ {0,3}(#{1,6})(?:[ \t\u00a0]+(.*?))?(?:[ \t]+#+)?[ \t]*$")
_ANCHOR_LINK = re.compile(r"[ \t]*\[[#¶§]?\]\(#[^)]*\)[ \t]*$")


def tidy(body: str, title: str) -> tuple[str, str]:
    """Return a body with the headings of our articles, and the title.

    :param body: Markdown.
    :param title: The title that is given; empty if there is none.
    :return: The body, without a first heading that is the title; and the title, by default that heading.
    """
    mask = Mask()
    lines = mask.hide(_as_atx(body)).split("\n")
    found = [
        (n, len(m[1]), _ANCHOR_LINK.sub("", m[2] or "").strip())
        for n, line in enumerate(lines)
        if (m := _ATX.match(line))
    ]
    for n, _, text in found:
        if not text:
            lines[n] = ""
    found = [item for item in found if item[2]]
    before = all(not line.strip() for line in lines[: found[0][0]]) if found else False
    if (
        found
        and found[0][1] == 1
        and (not title or slugify(_plain(mask.show(found[0][2]))) == slugify(title) or before)
    ):
        n, _, text = found.pop(0)
        if not title or slugify(_plain(mask.show(text))) == slugify(title):
            title = title or _plain(mask.show(text))
            lines[n] = ""
        else:
            found.insert(0, (n, 2, text))
    last, shift = 1, 1 if any(level == 1 for _, level, _ in found) else 0
    for n, level, text in found:
        last = min(max(level + shift, 2), last + 1, 6)
        lines[n] = f"{'#' * last} {text}"
    return mask.show("\n".join(lines)).strip("\n"), title


def _as_atx(body: str) -> str:
    """Return a body whose headings all begin with number signs."""
    lines = body.split("\n")
    for token in parse_tokens(body):
        if token.type == "heading_open" and token.markup in ("=", "-") and token.level == 0 and token.map:
            first, after = token.map
            text = " ".join(line.strip() for line in lines[first : after - 1])
            lines[first:after] = [f"{'#' if token.markup == '=' else '##'} {text}", *[""] * (after - first - 1)]
    return "\n".join(lines)


def _plain(text: str) -> str:
    """Return the words of a heading without links and emphasis."""
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
    return " ".join(re.sub(r"[*_`]+(?=\S)|(?<=\S)[*_`]+", "", text).split())
