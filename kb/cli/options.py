"""Options that several commands share."""

from __future__ import annotations

import getpass
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, TypeVar

import typer

from kb.errors import ConfigError, KbIndexError
from kb.settings.settings import Settings, load_settings

if TYPE_CHECKING:
    from kb.app.container import Container
    from kb.retrieval.index.index import Index

Choice = TypeVar("Choice", bound=StrEnum)
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
Brands: TypeAlias = Annotated[
    Path | None, typer.Option("--brands", help="A file that lists several brands; for each of them in turn.")
]
Who: TypeAlias = Annotated[str, typer.Option("--who", help="The name for the history; by default your account's.")]
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
    is_empty = is_usual and not found.articles.exists() and not found.index.exists()
    if is_empty and not found.index_source:
        raise ConfigError(
            f"There is neither an index ({found.index}) nor a folder of articles ({found.articles}) here. "
            "For a working site to begin with, run: kb example"
        )
    return found


def container(**given: Any) -> Container:
    r"""Return the container that a command works with.

    :param \**given: As for :func:`settings`.
    :return: The container.
    :raises ConfigError: If a value or site.yaml cannot be used.
    """
    from kb.app.container import Container

    return Container(settings(**given))


def newest_index(container: Container) -> Index | None:
    """Return the index that serves, or None, which is reported on stderr."""
    try:
        return container.newest_index(warn)
    except KbIndexError as error:
        warn(str(error))
        return None


def user(who: str) -> str:
    """Return who does something, for the history: the name given, or the account that runs the command."""
    if who.strip():
        return who.strip()
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # an account without a name, as in some containers
        return "command"


def member(kind: type[Choice], text: str | None, option: str) -> Choice | None:
    """Return the member of an enum that an option names, or None if it is not given.

    :param kind: The enum, whose values the option takes.
    :param text: As given.
    :param option: The option, for the message.
    :return: The member.
    :raises BadParameter: If there is no such member; the message lists them.
    """
    if text is None:
        return None
    try:
        return kind(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is none of: {', '.join(kind)}.", param_hint=option) from error


def warn(message: str) -> None:
    """Print one line on stderr."""
    print(f"kb: {message}", file=sys.stderr)  # noqa: T201 — the command's own words
