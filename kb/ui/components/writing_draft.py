"""A draft pasted in: checked among all articles, and shown as the customer will see it."""

from __future__ import annotations

import streamlit as st

from kb.authoring.draft_desk import CheckedDraft, DraftDesk
from kb.html import prose
from kb.html.format import escape
from kb.html.parts import article_body
from kb.html.words import words
from kb.types import Article, Library
from kb.ui.components import writing_findings
from kb.ui.keys import Key

LONGEST_DRAFT = 100_000
"""Characters; the longest shipped article has a tenth of it."""
_FIELD_HEIGHT = 300


def show(desk: DraftDesk) -> CheckedDraft | None:
    """Draw the field and what was found in the draft that was checked last.

    :param desk: The articles around it.
    :return: The checked draft; None when there is none.
    """
    labels = words().writing
    with st.form(Key.WRITING_DRAFT_FORM, border=False):
        st.text_area(labels.draft_label, key=Key.WRITING_DRAFT, height=_FIELD_HEIGHT, max_chars=LONGEST_DRAFT)
        st.text_input(labels.draft_id_label, key=Key.WRITING_DRAFT_ID, max_chars=100, help=labels.draft_id_help)
        st.form_submit_button(labels.draft_submit, type="primary", key=Key.WRITING_DRAFT_SUBMIT, on_click=_take)
    text = st.session_state.get(Key.WRITING_CHECKED, "")
    if not text.strip():
        return None
    with st.spinner(labels.draft_checking):
        draft = desk.check(text, st.session_state.get(Key.WRITING_CHECKED_ID, ""))
    st.html(html(draft))
    return draft


def _take() -> None:
    """Keep what was sent: fields of a form that is not drawn are forgotten."""
    st.session_state[Key.WRITING_CHECKED] = st.session_state[Key.WRITING_DRAFT]
    st.session_state[Key.WRITING_CHECKED_ID] = st.session_state[Key.WRITING_DRAFT_ID]


def html(draft: CheckedDraft) -> str:
    """Return the findings of a draft and its rendering."""
    count = escape(writing_findings.count_words(draft.findings))
    return (
        f'<section class="kb-desk" data-draft="{escape(draft.path)}" data-announce="{count}">'
        f"<h2>{escape(words().writing.draft_findings)}</h2>"
        f"<p>{count}. {escape(words().writing.draft_place.format(path=draft.path))}</p>"
        f"{writing_findings.html(draft.findings, with_path=False)}{_elsewhere(draft)}</section>"
        f'<section class="kb-rendered"><h2>{escape(words().writing.draft_rendered)}</h2>{_rendered(draft)}</section>'
    )


def _elsewhere(draft: CheckedDraft) -> str:
    if not draft.elsewhere:
        return ""
    return f"<h3>{escape(words().writing.draft_elsewhere)}</h3>{writing_findings.html(draft.elsewhere)}"


def _rendered(draft: CheckedDraft) -> str:
    if draft.article is None:
        return f"<p>{escape(words().writing.draft_not_rendered)}</p>"
    return f'<div class="kb-sheet">{article_html(draft.article, draft.corpus.library)}</div>'


def article_html(article: Article, library: Library) -> str:
    """Return an article as its page shows it, its title no heading of this page's first level."""
    return (
        f'<article class="kb-article" data-article="{escape(article.id)}">{article_body.breadcrumb(article, library)}'
        f'<p class="kb-draft-title" role="heading" aria-level="3">{escape(article.title)}</p>'
        f"{article_body.review_note(article)}{prose.body(article, article.body)}</article>"
        f"{article_body.related(article, library)}{article_body.sources(article)}"
    )
