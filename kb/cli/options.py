"""Options that several commands share."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any, TypeAlias

import typer

from kb.errors import ConfigError
from kb.settings.settings import Settings, load_settings

Articles: TypeAlias = Annotated[
    Path | None, typer.Option("--articles", help="Folder of articles [env: KB_ARTICLES; default: articles].")
]
IndexFolder: TypeAlias = Annotated[
    Path | None, typer.Option("--index", help="Folder of the index [env: KB_INDEX; default: index].")
]
Site: TypeAlias = Annotated[
    Path | None, typer.Option("--site", help="The operator's file [env: KB_SITE; default: site.yaml].")
]
Database: TypeAlias = Annotated[
    str | None, typer.Option("--database", help="Address of the journal [env: KB_DATABASE_URL].")
]
Json: TypeAlias = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def settings(**given: Any) -> Settings:
    r"""Return the settings with what was given on the command line.

    :param \**given: ``articles``, ``index``, ``site`` and the like; None means not given.
    :return: The settings.
    :raises ConfigError: If a value or site.yaml cannot be used.
    """
    if "site" in given:
        given["site_path"] = given.pop("site")
    return load_settings(**given)


def of_a_site(**given: Any) -> Settings:
    r"""Return the settings, where there is anything to work with.

    :param \**given: As for :func:`settings`.
    :return: The settings.
    :raises ConfigError: If no folder was named, and neither of the usual ones is here; it names the way to both.
    """
    found, usual = settings(**given), Settings()
    is_usual = (found.articles, found.index) == (usual.articles, usual.index)
    if is_usual and not found.articles.exists() and not found.index.exists():
        raise ConfigError(
            f"There is neither an index ({found.index}) nor a folder of articles ({found.articles}) here. "
            "For a working site to begin with, run: kb example"
        )
    return found


def warn(message: str) -> None:
    """Print one line on stderr."""
    print(f"kb: {message}", file=sys.stderr)  # noqa: T201 — the command's own words
