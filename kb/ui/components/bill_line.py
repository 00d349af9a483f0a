"""A line of the customer's own bill: typed, looked up, explained and forgotten. It is not journalled."""

from __future__ import annotations

import streamlit as st

from kb.bill.find_part import LONGEST_LINE, Amount, find_part, parse_amount
from kb.types import Answer, Answered, Answerer, BillPart, Clarify, Hit, Library
from kb.ui import links, words
from kb.ui.components import cards
from kb.ui.formatting import clean_query, echo, escape
from kb.ui.keys import Key, Path

_MOST_CHOICES = 3


def show(answerer: Answerer) -> None:
    """Draw the field and, once something was sent, what it usually is."""
    st.html(
        f'<section class="kb-line-top"><h2 id="line">{escape(words.LINE_TITLE)}</h2>'
        f"<p>{escape(words.LINE_LEAD)}</p></section>"
    )
    with (
        st.form(Key.BILL_FORM, border=False),
        st.container(horizontal=True, vertical_alignment="bottom", gap="small"),
    ):
        wording = st.text_input(
            words.LINE_WORDING,
            key=Key.BILL_LINE,
            max_chars=LONGEST_LINE,
            placeholder=words.LINE_WORDING_HINT,
            autocomplete="off",
        )
        amount = st.text_input(
            words.LINE_AMOUNT, key=Key.BILL_AMOUNT, max_chars=20, placeholder=words.LINE_AMOUNT_HINT, autocomplete="off"
        )
        sent = st.form_submit_button(words.LINE_SUBMIT, type="primary", key=Key.BILL_SUBMIT)
    if sent:
        st.html(html(answerer, clean_query(wording or ""), clean_query(amount or "")))


def html(answerer: Answerer, wording: str, amount: str) -> str:
    """Return what a line usually is.

    :param answerer: Finds the article; it is asked and told to nobody.
    :param wording: As printed.
    :param amount: As printed; empty for none.
    :return: HTML.
    """
    if not wording:
        return f'<p class="kb-hint" data-announce="{escape(words.LINE_EMPTY)}">{escape(words.LINE_EMPTY)}</p>'
    answer, library = answerer.ask(wording), answerer.library
    hits = _found(answer)
    part = find_part(wording, hits[0].article_id if hits else None, library.bill)
    title = hits[0].title if hits else (part.in_language(words.language()).title if part else "")
    announce = words.LINE_FOUND.format(title=title) if title else words.LINE_UNKNOWN.format(line=wording)
    said = f"{_amount(amount, part)}{_part(part)}{_articles(hits, part, library, wording)}"
    return f'<section class="kb-line" data-announce="{escape(announce)}"><h3>{echo(wording)}</h3>{said}</section>'


def _found(answer: Answer) -> tuple[Hit, ...]:
    if isinstance(answer.outcome, Answered):
        return (answer.outcome.hit,)
    return answer.outcome.choices[:_MOST_CHOICES] if isinstance(answer.outcome, Clarify) else ()


def _amount(typed: str, part: BillPart | None) -> str:
    if not typed:
        return ""
    amount = parse_amount(typed)
    if amount is None:
        return f"<p>{escape(words.LINE_NOT_AMOUNT.format(amount=typed))}</p>"
    if amount.is_credit:
        return f"<p>{escape(words.LINE_CREDIT.format(amount=amount))}</p>"
    if part is not None and part.monthly:
        year = Amount(amount.dollars * 12, is_credit=False)
        return f"<p>{escape(words.LINE_MONTHLY.format(amount=amount, year=year))}</p>"
    return ""


def _part(part: BillPart | None) -> str:
    if part is None:
        return ""
    own = part.in_language(words.language())
    link = f'<a href="{escape(links.bill(part.id))}" data-part="{escape(part.id)}">{escape(own.title)}</a>'
    said = escape(words.LINE_PART).format(part=link)
    return f"<p>{said} {escape(own.means)}</p>"


def _articles(hits: tuple[Hit, ...], part: BillPart | None, library: Library, wording: str) -> str:
    if hits:
        heading = words.LINE_ARTICLE if len(hits) == 1 else words.LINE_CHOICES
        return f"<h4>{escape(heading)}</h4>{cards.hit_list(hits, library)}"
    if part is not None:
        found = [a for a in map(library.resolve, part.articles) if a is not None][:_MOST_CHOICES]
        return f"<h4>{escape(words.LINE_CHOICES)}</h4>{cards.article_list(found)}"
    return (
        f"<p>{escape(words.LINE_UNKNOWN).format(line=echo(wording))}</p>"
        f'<p><a href="{Path.CONTACT}">{escape(words.LINE_CONTACT)}</a></p>'
    )
