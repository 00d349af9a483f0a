"""The shelves of the help center: all categories, or one with its articles."""

from __future__ import annotations

import streamlit as st

from kb.types import Category, Library
from kb.ui import words
from kb.ui.components import article_body, cards
from kb.ui.formatting import article_count, escape
from kb.ui.keys import Path


def show_all(library: Library, *, unknown: bool = False) -> None:
    """Draw every category.

    :param library: The articles.
    :param unknown: Whether a category was asked for that does not exist.
    """
    note = f'<p class="kb-hint">{escape(words.BROWSE_UNKNOWN)}</p>' if unknown else ""
    st.html(f"<h1>{escape(words.BROWSE_TITLE)}</h1>{note}{cards.category_cards(library)}")


def show_one(category: Category, library: Library) -> None:
    """Draw one category with its introduction and its articles."""
    articles = library.in_category(category.id)
    text = f'<p class="kb-intro">{escape(category.text)}</p>' if category.text else ""
    st.html(
        f"{article_body.trail(((str(words.BROWSE_ALL), Path.BROWSE),))}<h1>{escape(category.title)}</h1>{text}"
        f'<p class="kb-count">{article_count(len(articles))}</p>{cards.article_list(articles, with_kind=True)}'
    )
