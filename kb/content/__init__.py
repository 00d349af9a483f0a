"""Articles as editors write them: parsing, safe HTML, findings."""

from __future__ import annotations

from kb.content.articles.corpus import Corpus, load_articles
from kb.content.articles.parse import parse_article
from kb.content.markdown.render import plain_text, render

__all__ = ["Corpus", "load_articles", "parse_article", "plain_text", "render"]
