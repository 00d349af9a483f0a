"""The installation that is checked; what several checks read is read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from kb.content.articles.corpus import load_articles
from kb.database.copying import sqlite_file
from kb.errors import ArticlesError, ConfigError
from kb.settings.settings import Settings

if TYPE_CHECKING:
    from kb.content.articles.corpus import Corpus


@dataclass
class Installation:
    """Settings, what they name, and how the server is run."""

    settings: Settings
    """With an empty site if site.yaml cannot be read."""
    now: datetime
    """The moment, aware."""
    environ: Mapping[str, str]
    site_error: str = ""
    """Why site.yaml cannot be read; empty if it can."""
    host: str = "127.0.0.1"
    """The address that the server listens on."""
    port: int = 8501
    connect: bool = False
    """Whether servers elsewhere may be connected to."""

    @cached_property
    def journal_file(self) -> Path | None:
        """The journal's file; None for a database server, or an address that cannot be used."""
        try:
            return sqlite_file(self.settings.database_url)
        except ConfigError:
            return None

    @cached_property
    def corpus(self) -> Corpus | None:
        """The articles; None if there are none."""
        try:
            return load_articles(self.settings.articles, self.settings.site.channel_texts())
        except ArticlesError:
            return None
