"""Articles as editors write them: parsing, safe HTML, findings."""

from __future__ import annotations

from kb.content.articles import Corpus, load_articles, parse_article
from kb.content.markdown import plain_text, render

__all__ = ["Corpus", "load_articles", "parse_article", "plain_text", "render"]
