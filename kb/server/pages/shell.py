"""Streamlit's first HTML, made ours: title, description, canonical address, and a page for those without JavaScript."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from streamlit import file_util

from kb.html.format import escape
from kb.html.words import words

_TITLE = re.compile(r"<title>.*?</title>", re.DOTALL)
_NOSCRIPT = re.compile(r"<noscript>.*?</noscript>", re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->\s*", re.DOTALL)
_ICON = re.compile(r'<link rel="shortcut icon"[^>]*>')
_FONT = re.compile(r'<link\s+rel="preload"[^>]*as="font"[^>]*>', re.DOTALL)
_SERVICE = re.compile(r'<link rel="service-desc"[^>]*>')
_NEEDED: Final = (
    "Html.",
    "purify.es.",
    "TextInput.",
    "Input.",
    "TextField.",
    "Autocomplete.",
    "useFormValidation.",
    "useTextField.",
    "useField.",
    "useFormReset.",
    "ErrorOutline.esm.",
    "Cancel.esm.",
    "WidgetLabel.",
    "styled-components.",
    "WidgetLabelHelpIcon.",
    "useBasicWidgetState.",
    "InputInstructions.",
    "inputUtils.",
    "useDebouncedCallback.",
    "requiredField.",
    "useUpdateUiValue.",
)
"""Beginnings of the files behind ``st.html`` and the question field, without the digest in their names."""
_STATUS: Final = (
    '<div id="kb-status" role="status" aria-live="polite" style="position:absolute;width:1px;height:1px;'
    'overflow:hidden;clip-path:inset(50%);white-space:nowrap"></div>'
)


@dataclass(frozen=True, slots=True)
class Head:
    """What the first HTML says about a page."""

    title: str
    description: str = ""
    canonical: str = ""
    """Absolute address; empty for none."""
    noscript: str = ""
    """Safe HTML for readers without JavaScript."""
    social: str = ""
    """Safe HTML, for where the address is shared."""
    indexed: bool = True
    """Whether search engines may list it."""


@lru_cache(maxsize=1)
def template() -> str:
    """Return the installed shell with everything removed that is not ours to say.

    :return: HTML with exactly one title, one noscript block and no pointer to services that are off.
    """
    html = Path(file_util.get_static_dir(), "index.html").read_text(encoding="utf-8")
    html = _COMMENT.sub("", html)
    html = _ICON.sub('<link rel="icon" href="/assets/icon.svg" type="image/svg+xml" />', html)
    html = _SERVICE.sub("", html)
    html = html.replace("</head>", f"{_preloads()}\n  </head>", 1)
    return html.replace('<div id="root">', f'{_STATUS}\n    <div id="root">')


def _scripts() -> str:
    """Return our own scripts, with the words that they show."""
    return (
        '<script src="/assets/kb.js" defer></script><script src="/assets/contact.js" defer></script>'
        '<script src="/assets/bill.js" defer></script><script src="/assets/journal.js" defer></script>'
        f'<script src="/assets/suggest.js" data-label="{escape(words().ask.suggest_label)}" '
        f'data-article="{escape(words().ask.suggest_article)}" defer></script>'
    )


def _preloads() -> str:
    """Return hints for the parts of Streamlit's script that every page of ours needs.

    Streamlit loads them once the server has said what to draw, a round trip after everything else.
    """
    scripts = sorted(Path(file_util.get_static_dir(), "static", "js").glob("*.js"))
    needed = [script.name for script in scripts if script.name.startswith(_NEEDED)]
    return "\n    ".join(f'<link rel="modulepreload" crossorigin href="./static/js/{name}">' for name in needed)


def static_paths() -> frozenset[str]:
    """Return the addresses of Streamlit's own files, its shell left out."""
    folder = Path(file_util.get_static_dir())
    return frozenset(f"/{f.relative_to(folder).as_posix()}" for f in folder.rglob("*") if f.is_file()) - {"/index.html"}


def text_font() -> Path | None:
    """Return the file of the typeface that Streamlit brings, or None if it brings another."""
    return next(
        iter(sorted(Path(file_util.get_static_dir(), "static", "media").glob("SourceSansVF-Upright*.woff2"))), None
    )


def shell(head: Head) -> str:
    """Return the first HTML of a page.

    :param head: What it says; escaped here, but for the noscript part.
    :return: A whole HTML document.
    """
    lines = [f"<title>{escape(head.title)}</title>"]
    if head.description:
        lines.append(f'<meta name="description" content="{escape(head.description)}" />')
    if head.canonical:
        lines.append(f'<link rel="canonical" href="{escape(head.canonical)}" />')
    if head.social:
        lines.append(head.social)
    if not head.indexed:
        lines.append('<meta name="robots" content="noindex" />')
    # Functions as replacements: a backslash in an article is text, not a group.
    html = template().replace('<html lang="en">', f'<html lang="{words().language}">', 1)
    # Before Streamlit's own: deferred scripts and modules run in the order they stand in.
    html = html.replace('<script type="module"', f'{_scripts()}\n    <script type="module"', 1)
    html = _TITLE.sub(lambda _: "\n    ".join(lines), html, count=1)
    return _NOSCRIPT.sub(lambda _: f"<noscript>{head.noscript}</noscript>", html, count=1)
