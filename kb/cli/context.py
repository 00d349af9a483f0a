"""The journal and the index as the commands of gaps and reports need them."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from kb.cli import options
from kb.errors import KbError, KbIndexError

if TYPE_CHECKING:
    from collections.abc import Callable

    from kb.gaps.book import GapBook
    from kb.gaps.collect import Grouper
    from kb.retrieval.index.index import Index
    from kb.settings.settings import Settings

Database: TypeAlias = options.Database
Who: TypeAlias = Annotated[str, typer.Option("--who", help="Who does it, for the history; you without.")]


def journal_exists(settings: Settings) -> bool:
    """Return whether there is a journal to look into: a file that is there, or any database server."""
    scheme, _, path = settings.database_url.partition("://")
    return not scheme.startswith("sqlite") or Path(path.removeprefix("/")).expanduser().is_file()


def book_of(settings: Settings) -> GapBook:
    """Open the journal's gaps, its tables brought up to date.

    :param settings: ``database_url`` is read.
    :return: The gaps.
    :raises KbError: If the database cannot be used.
    """
    from kb.database.engine import open_engine, upgrade  # noqa: PLC0415 — not needed for --help
    from kb.gaps.book import GapBook  # noqa: PLC0415

    engine = open_engine(settings.database_url)
    upgrade(engine)
    return GapBook(engine)


def logged_of(settings: Settings) -> Callable[[str], bool] | None:
    """Return a test of whether a question is a customer's as it was typed.

    :param settings: ``database_url`` is read.
    :return: None where there is no journal; one that cannot be used is said on stderr, and the check goes on without.
    """
    if not journal_exists(settings):
        return None
    from kb.gaps.clustering import question_key  # noqa: PLC0415

    try:
        keys = book_of(settings).logged_keys()
    except KbError as error:
        options.warn(f"{error} Customers' questions among the examples are not looked for.")
        return None
    return lambda text: question_key(text) in keys


def index_of(settings: Settings) -> Index | None:
    """Return the index that serves, or None with a word on stderr when there is none."""
    from kb.retrieval.answering.live import load_newest  # noqa: PLC0415

    try:
        return load_newest(settings, options.warn)
    except KbIndexError as error:
        options.warn(str(error))
        return None


def grouper_of(index: Index, settings: Settings) -> Grouper:
    """Return what grouping needs of an index and of the operator's file."""
    from kb.gaps.collect import grouper_for  # noqa: PLC0415

    names = (settings.site.provider, *settings.provider_names)
    return grouper_for(index.encoder, index.manifest, index.library, tuple(name for name in names if name))


def whoever(who: str) -> str:
    """Return who does something: as given, or the account that runs the command."""
    if who.strip():
        return who.strip()
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # an account without a name, as in some containers
        return "command"
