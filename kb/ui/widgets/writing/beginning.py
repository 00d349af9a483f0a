"""A new article, begun from the template of its kind: title, topic and the name of its file."""

from __future__ import annotations

import streamlit as st

from kb.app.container import current
from kb.content.editing import scaffold
from kb.content.markdown.render import slugify
from kb.errors import KbError
from kb.html.parts.writing import editor as part
from kb.html.words import words
from kb.types import ArticleKind, User
from kb.ui.draw import draw
from kb.ui.keys import Key
from kb.ui.widgets.writing import opening

_LONGEST_TITLE = 120


def show(user: User) -> None:
    """Draw the form, and open the editor with the draft once it is filled in.

    :param user: Who writes.
    """
    labels = words().editor
    draw(part.begin_head())
    with st.form(Key.BEGIN_FORM, border=False):
        title = st.text_input(labels.begin_title, key=Key.BEGIN_TITLE, max_chars=_LONGEST_TITLE, autocomplete="off")
        kind = st.selectbox(
            labels.begin_kind,
            [kind.value for kind in ArticleKind],
            format_func=labels.begin_kinds.__getitem__,
            key=Key.BEGIN_KIND,
        )
        category = _category()
        slug = st.text_input(
            labels.begin_id,
            key=Key.BEGIN_ID,
            max_chars=scaffold.MAX_SLUG,
            autocomplete="off",
        )
        sent = st.form_submit_button(labels.begin_submit, key=Key.BEGIN_SUBMIT, type="primary")
    if sent:
        _begin(title, kind, category, slug, user)


def _category() -> str:
    """Draw the choice of a topic; where there is none yet, its name is typed."""
    labels, shelves = words().editor, scaffold.shelves(current().settings.articles)
    if not shelves:
        return st.text_input(labels.begin_new_topic, key=Key.BEGIN_CATEGORY, max_chars=scaffold.MAX_SLUG)
    titles = {shelf.id: shelf.title for shelf in shelves}
    chosen = st.selectbox(labels.begin_category, list(titles), format_func=titles.__getitem__, key=Key.BEGIN_CATEGORY)
    return chosen or ""


def _begin(title: str, kind: str, category: str, slug: str, user: User) -> None:
    name = slug.strip() or slugify(title)[: scaffold.MAX_SLUG].strip("-")
    try:
        draft = current().writing.start_new(slug=name, title=title, kind=kind, category=category, user=user)
    except KbError as problem:
        draw(part.refused(words().editor.begin_refused.format(reason=problem)))
        return
    opening.open_article(draft.article_id)
