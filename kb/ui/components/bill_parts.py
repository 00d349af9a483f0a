"""The sample bill on the page: the drawing, and beside it the list of its parts with one of them open."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from kb.types import BillLine, BillPart, Library
from kb.ui import links, words
from kb.ui.components import bill_drawing
from kb.ui.formatting import escape


def html(library: Library, selected: str = "", *, plain: bool = False) -> str:
    """Return drawing and list.

    :param library: With the bill and its articles.
    :param selected: Id of the part that is open; anything else opens none.
    :param plain: Whether links lead to plain articles.
    :return: HTML.
    """
    known = selected if any(part.id == selected for part in library.bill) else ""
    items = "".join(_item(part, library, is_open=part.id == known, plain=plain) for part in library.bill)
    return (
        f'<div class="kb-bill" data-selected="{escape(known)}"><figure>{bill_drawing.html(library.bill, known)}'
        f"<figcaption>{escape(words.BILL_SAMPLE_NOTE)}</figcaption></figure>"
        f'<section class="kb-bill-list"><h2>{escape(words.BILL_PARTS)}</h2><ol>{items}</ol></section></div>'
    )


def show(library: Library, selected: str = "") -> None:
    """Draw drawing and list."""
    st.html(html(library, selected))


def _item(part: BillPart, library: Library, *, is_open: bool, plain: bool) -> str:
    own = part.in_language(words.language())
    part_id = escape(part.id)
    if not is_open:
        return (
            f'<li><h3><a href="{escape(links.bill(part.id))}" data-part="{part_id}" '
            f'aria-expanded="false">{escape(own.title)}</a></h3></li>'
        )
    address = links.plain_article if plain else links.article
    return (
        f'<li class="is-selected"><h3><a href="{escape(links.bill())}" data-part="{part_id}" aria-expanded="true" '
        f'title="{escape(words.BILL_CLOSE)}">{escape(own.title)}</a></h3><div class="kb-bill-detail">'
        f"<p>{escape(own.means)}</p>{_lines(part)}{_articles(part, library, address)}"
        f'<p class="kb-bill-ask"><a href="{escape(links.ask(own.question))}">'
        f"{escape(words.BILL_ASK.format(question=own.question))}</a></p></div></li>"
    )


def _lines(part: BillPart) -> str:
    rows = "".join(
        f"<div><dt><span{words.articles_lang()}>{escape(line.label)}</span>{_translated(line)}</dt>"
        f"<dd>{escape(line.value)}</dd></div>"
        for line in part.lines
    )
    return f'<h4>{escape(words.BILL_ON_SAMPLE)}</h4><dl class="kb-bill-lines">{rows}</dl>' if rows else ""


def _translated(line: BillLine) -> str:
    """Return what a line means, for whoever reads the page in Spanish: bills print the English."""
    if words.language() != "es" or line.spanish in ("", line.label):
        return ""
    return f" <small>{escape(line.spanish)}</small>"


def _articles(part: BillPart, library: Library, address: Callable[[str], str]) -> str:
    found = [a for a in map(library.resolve, part.articles) if a is not None]
    items = "".join(f'<li><a href="{escape(address(a.id))}">{escape(a.title)}</a></li>' for a in found)
    if not items:
        return ""
    return f"<h4>{escape(words.BILL_ARTICLES)}</h4><ul{words.articles_lang()}>{items}</ul>"
