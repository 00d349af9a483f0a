"""Streamlit's first HTML with our title, description, canonical address, and content for readers without JavaScript."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Final

from markupsafe import Markup
from streamlit import file_util

from kb.html.documents import page_head
from kb.html.documents.page_head import Head
from kb.html.words import words

_TITLE = re.compile(r"<title>.*?</title>", re.DOTALL)
_NOSCRIPT = re.compile(r"<noscript>.*?</noscript>", re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->\s*", re.DOTALL)
_ICON = re.compile(r'<link rel="shortcut icon"[^>]*>')
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
"""Name prefixes of the files behind ``st.html`` and the question field, without their digests."""


@lru_cache(maxsize=1)
def template() -> str:
    """Return the installed shell with our icon, styles, preloads and status line, and without comments.

    :return: HTML with exactly one title, one noscript block and no pointer to services that are off.
    """
    html = Path(file_util.get_static_dir(), "index.html").read_text(encoding="utf-8")
    html = _COMMENT.sub("", html)
    html = _ICON.sub(page_head.ICON, html)
    html = _SERVICE.sub("", html)
    html = html.replace("</head>", f"{page_head.preloads(_needed())}\n  </head>", 1)
    body = f'{page_head.STATUS}\n    <div id="root">'
    return html.replace('<div id="root">', body)


def _needed() -> list[str]:
    """Return the parts of Streamlit's script that every page of ours needs.

    Streamlit loads them once the server has sent what to draw, a round trip after everything else.
    """
    scripts = sorted(Path(file_util.get_static_dir(), "static", "js").glob("*.js"))
    return [script.name for script in scripts if script.name.startswith(_NEEDED)]


def shell(head: Head) -> str:
    """Return the first HTML of a page.

    :param head: The facts it states.
    :return: A whole HTML document.
    """
    html = template().replace('<html lang="en">', Markup('<html lang="{}">').format(words().language), 1)
    html = html.replace('<div id="root">', f'{page_head.style_link()}\n    <div id="root">', 1)
    # Before Streamlit's own: deferred scripts and modules run in document order.
    html = html.replace('<script type="module"', f'{page_head.scripts(head)}\n    <script type="module"', 1)
    # Functions as replacements: a backslash in an article is text, not a group.
    html = _TITLE.sub(lambda _: page_head.tags(head), html, count=1)
    return _NOSCRIPT.sub(lambda _: Markup("<noscript>{}</noscript>").format(head.noscript), html, count=1)
