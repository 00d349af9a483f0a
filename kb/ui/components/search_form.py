"""The question field of all other pages: a plain form that leads to the ask page, with or without JavaScript."""

from __future__ import annotations

import streamlit as st

from kb.html.words import words
from kb.ui.components import privacy_note
from kb.ui.formatting import LONGEST_QUERY, escape
from kb.ui.keys import Param, Path


def html(*, plain: bool = False, query: str = "") -> str:
    """Return the form.

    :param plain: Whether it posts, so that the question is in no address, and is answered by a plain page.
    :param query: What stands in it.
    :return: HTML.
    """
    target = f'action="{Path.PLAIN_ASK}" method="post"' if plain else f'action="{Path.ASK}" method="get"'
    value = f' value="{escape(query)}"' if query else ""
    return (
        f'<form class="kb-search" role="search" {target}>'
        f'<label for="kb-search-field">{escape(words().ask.label)}</label>'
        '<div class="kb-search-row">'
        '<div class="kb-search-field">'
        f'<input id="kb-search-field" name="{Param.QUERY}" type="search" autocomplete="off" '
        f'maxlength="{LONGEST_QUERY}" placeholder="{escape(words().ask.placeholder)}"{value}></div>'
        f'<button type="submit">{escape(words().ask.submit)}</button></div>{privacy_note.html()}</form>'
    )


def show() -> None:
    """Draw the form."""
    st.html(html())
