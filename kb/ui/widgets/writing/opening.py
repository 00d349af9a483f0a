"""The way from anywhere in the application to the editor of an article."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import streamlit as st

from kb.html.addresses import Page, Param

_SCRIPT: Final = Path(__file__).resolve().parents[2] / "pages" / "writing.py"


def open_article(article_id: str) -> None:
    """Go to the editor of an article; the run ends here.

    :param article_id: The article, or what is only a draft yet.
    """
    page = st.Page(_SCRIPT, url_path=Page.WRITING.url_path)
    st.switch_page(page, query_params={Param.OF_ARTICLE.value: article_id})
