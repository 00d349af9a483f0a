"""Tables of the page for leads as files."""

from __future__ import annotations

import streamlit as st

from kb.html.parts.insights.view import View
from kb.html.words import words
from kb.reports.exports import ReportTable
from kb.ui.keys import Key


def download(name: str, found: ReportTable, view: View) -> None:
    """Offer the table above as CSV, with the same cells, made when it is asked for.

    :param name: A name in ``Insights.download_names``.
    :param found: What is shown.
    :param view: Its period names the file.
    """
    st.download_button(
        words().insights.download.format(what=words().insights.download_names[name]),
        data=lambda: found.csv().encode("utf-8-sig"),  # without the mark, spreadsheets guess the wrong letters
        file_name=f"{name}-{view.period.first.isoformat()}-to-{view.period.last.isoformat()}.csv",
        mime="text/csv",
        key=f"{Key.INSIGHTS_CSV}{name}",
        on_click="ignore",  # nothing on the page changes: a run would only lose the next click
    )
