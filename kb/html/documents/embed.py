"""The search box for other sites: its script, and the page that shows it at work."""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import lru_cache
from typing import Final

from markupsafe import Markup

from kb.html.addresses import Machine
from kb.html.documents import layout
from kb.html.parts.frame import STATIC
from kb.html.words import Language
from kb.html.words.embed import EMBED_EN, EMBED_ES
from kb.settings.site import Site

MOST_BYTES: Final = 15_000
"""Largest script; other sites load it on every page."""
_PLACE: Final = "{/*words*/}"
_WORDS: Final = {Language.ENGLISH: EMBED_EN, Language.SPANISH: EMBED_ES}
_SETTINGS: Final = (
    ("data-target", "where the box goes, as a CSS selector; without it, where the script stands"),
    ("data-lang", "en or es; without it, the language of your page"),
    ("data-label", "the words above the field"),
    ("data-placeholder", "an example in the empty field"),
    ("data-heading", "the level of an answer's heading, 2 to 5; 2 without it"),
    ("data-theme", "light or dark; without it, as the reader's system has it"),
    ("data-suggest", "off for no suggestions while typing"),
)


@lru_cache(maxsize=1)
def script() -> str:
    """Return the script with its words in every language."""
    source = (STATIC / "embed.js").read_text(encoding="utf-8")
    words = {language.value: asdict(spoken) for language, spoken in _WORDS.items()}
    return source.replace(_PLACE, json.dumps(words, ensure_ascii=False, separators=(",", ":")), 1)


def page(site: Site, site_address: str) -> Markup:
    """Return the page that shows the box at work and how another site gets it.

    :param site: The operator's words.
    :param site_address: The help center's address without a slash at its end.
    :return: HTML.
    """
    tag = Markup('<script src="{}{}" defer></script>').format(site_address, Machine.EMBED_SCRIPT)
    rows = Markup().join(
        Markup("<tr><th scope=row><code>{}</code></th><td>{}</td></tr>").format(name, text) for name, text in _SETTINGS
    )
    main = Markup(
        "<h1>A search box for your site</h1><p>This is the box as it looks on another site. Try it.</p>"
        '<div id="kb-embed-demo"></div><script src="{script}" data-target="#kb-embed-demo" defer></script>'
        '<div class="kb-prose"><h2>On your own page</h2><p>Put this where the box should be:</p>'
        '<pre tabindex="0"><code>{tag}</code></pre>'
        "<p>The operator of this help center has to name your site in <code>api_origins</code> of site.yaml. If your "
        "page has a content security policy, allow {address} in <code>script-src</code> and <code>connect-src</code>; "
        "nothing else is needed.</p><h2>Settings</h2><p>Each is an attribute of the script tag.</p>"
        "<table><thead><tr><th scope=col>Attribute</th><th scope=col>Meaning</th></tr></thead><tbody>{rows}</tbody>"
        "</table></div>"
    ).format(script=Machine.EMBED_SCRIPT, tag=str(tag), address=site_address, rows=rows)
    return layout.page(site, "A search box for your site", main)
