"""A sample bill, part by part, and the meaning of a typed line of the customer's bill, which is not kept."""

from __future__ import annotations

import streamlit as st

from kb.app.container import current
from kb.bill.find_part import LONGEST_LINE
from kb.html.addresses import Param
from kb.html.format import clean_query
from kb.html.parts import ask, bill
from kb.html.words import words
from kb.ui.draw import draw
from kb.ui.keys import Key

_LONGEST_AMOUNT = 20

site = current().settings.site
answerer = current().answerer.pinned()
library = answerer.library.in_language(words().language)
st.set_page_config(page_title=f"{words().bill.title} · {site.name}")
draw(bill.heading(library))
if library.bill:
    draw(bill.whole(library, st.query_params.get(Param.PART, "")))
labels = words().bill
draw(bill.own_line_heading())
with st.form(Key.BILL_FORM, border=False), st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
    wording = st.text_input(
        labels.line_wording,
        key=Key.BILL_LINE,
        max_chars=LONGEST_LINE,
        placeholder=labels.line_wording_hint,
        autocomplete="off",
    )
    amount = st.text_input(
        labels.line_amount,
        key=Key.BILL_AMOUNT,
        max_chars=_LONGEST_AMOUNT,
        placeholder=labels.line_amount_hint,
        autocomplete="off",
    )
    sent = st.form_submit_button(labels.line_submit, type="primary", key=Key.BILL_SUBMIT)
if sent:
    draw(bill.own_line(answerer, clean_query(wording or ""), clean_query(amount or "")))
draw(ask.search_form())
