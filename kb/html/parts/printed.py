"""What only paper shows: the way back from a printed article to its page, as a QR code and as a short link."""

from __future__ import annotations

from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

from markupsafe import Markup

from kb.html import links
from kb.html.words import words

_QUIET: Final = 4
"""Modules of white around the code, as its standard asks for."""


def way_back(article_id: str, site_address: str) -> Markup:
    """Return an article's short link with its QR code; both are shown on paper alone.

    :param article_id: The article.
    :param site_address: The help center's own address as the reader has it, with its scheme; of a page of it, too.
    :return: HTML; nothing where the address is not known.
    """
    parts = urlsplit(site_address)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return Markup()
    address = f"{parts.scheme}://{parts.netloc}{links.plain_article(article_id)}"
    return Markup(
        '<div class="kb-printed"><img src="{code}" alt="{title}"><p>{title} <span>{short}</span></p></div>'
    ).format(code=_code(address), title=words().article.printed, short=address.removeprefix(f"{parts.scheme}://"))


@lru_cache(maxsize=512)
def _code(address: str) -> str:
    """Return a QR code as the address of a picture in SVG; up to 15 % of it may be illegible."""
    import segno  # noqa: PLC0415 - for the first article that is shown, not for the start

    made = segno.make(address, error="m", micro=False)
    return made.svg_data_uri(border=_QUIET, dark="#000", light="#fff", omitsize=True)
