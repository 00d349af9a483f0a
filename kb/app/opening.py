"""How the parts of the container are opened, each from the settings and the parts that it needs.

What only one part needs is imported here when that part is opened, as in the container.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from kb.accounts.local import Accounts, Lifetime
from kb.accounts.sso_audit import SignIns
from kb.app.admission import Admission
from kb.common import memory
from kb.contact import delivery
from kb.errors import KbError

if TYPE_CHECKING:
    from kb.app.caretaker import Caretaker
    from kb.app.index_source import IndexSource
    from kb.authoring.draft_desk import DraftDesk
    from kb.contact.courier import Courier
    from kb.contact.sealed import SealedSheets
    from kb.database.engine import Database
    from kb.gaps.collect import Grouper
    from kb.journal.writer import Store
    from kb.retrieval.answering.live import LiveAnswerer, LoadFirst
    from kb.retrieval.index.index import Index
    from kb.retrieval.query.suggest import Suggester
    from kb.settings.settings import Settings
    from kb.types import Library

_log = logging.getLogger(__name__)


def open_answerer(settings: Settings, load: LoadFirst | None) -> LiveAnswerer:
    """Load the first index, and watch for newer ones.

    :param settings: Name the index.
    :param load: Returns the first index; None loads the newest one.
    :return: The answerer.
    :raises KbError: If no index can be loaded.
    """
    from kb.retrieval.answering.live import LiveAnswerer, load_newest

    answerer = LiveAnswerer(settings, load=load or load_newest)
    answerer.start_watching()
    if memory.is_settled():  # the start is over, so this index came later
        memory.settle()
    return answerer


def open_admission(settings: Settings) -> Admission:
    """Return the queue of questions."""
    return Admission(per_minute=settings.question_cost_per_minute)


def make_suggester(library: Library, database: Callable[[], Database] | None) -> Suggester:
    """Return a library's suggester.

    :param library: What it suggests.
    :param database: Opens the journal; None while there is none.
    :return: The suggester; one that knows no customers while there is no journal or it can't be read.
    """
    from kb.reports.asked_often import asked_often
    from kb.reports.most_read import read_counts
    from kb.retrieval.query.suggest import Suggester

    if database is None:
        return Suggester(library)
    today = datetime.now(UTC).date()
    try:
        return Suggester(library, read_counts(database(), today), asked_often(database(), today))
    except KbError as error:
        _log.warning("Suggestions are not ordered by what is asked and read: %s", error)
        return Suggester(library)


def open_journal(settings: Settings, database: Database) -> Store:
    """Return the journal's writer, with its thread running.

    :param settings: ``journal_backlog`` and ``journal_keep_free_mb`` are read.
    :param database: Possibly not yet migrated.
    :return: The writer.
    """
    from kb.database.engine import sqlite_file
    from kb.journal.room import Room
    from kb.journal.writer import Store
    from kb.reports.keeping import counted

    room = Room(sqlite_file(database), settings.journal_keep_free_mb)
    store = Store(database, backlog=settings.journal_backlog, has_room=room.is_left, counted=counted)
    store.prepare()
    return store


def open_accounts(settings: Settings, database: Database) -> Accounts:
    """Return the local accounts.

    :param settings: ``session_hours`` and ``session_idle_minutes`` are read.
    :param database: Migrated.
    :return: The accounts.
    """
    from kb.accounts.store import SqlAccounts

    lifetime = Lifetime(
        longest=timedelta(hours=settings.session_hours), idle=timedelta(minutes=settings.session_idle_minutes)
    )
    return Accounts(SqlAccounts(database), lifetime)


def open_sheets(database: Database) -> SealedSheets:
    """Return the sealed case sheets.

    :param database: Migrated.
    :return: The sheets.
    """
    from kb.contact.sealed import SealedSheets

    return SealedSheets(database)


def open_sign_ins(database: Database) -> SignIns:
    """Return the record of sign-ins through the identity provider.

    :param database: Migrated.
    :return: The record.
    """
    from kb.accounts.store import SqlAccounts

    return SignIns(SqlAccounts(database))


def open_drafts(settings: Settings) -> DraftDesk:
    """Return the desk on which editors try drafts."""
    from kb.authoring.draft_desk import DraftDesk

    return DraftDesk(settings)


def make_caretaker() -> Caretaker:
    """Return the thread that does chores, with none planned."""
    from kb.app.caretaker import Caretaker

    return Caretaker()


def open_courier(settings: Settings, database: Database) -> Courier | None:
    """Return the courier, with its thread running.

    :param settings: ``site.handover`` is read.
    :param database: Migrated.
    :return: None if the operator does not offer help-desk requests.
    :raises ConfigError: If a secret is missing.
    """
    from kb.contact.courier import Courier
    from kb.contact.outbox import Outbox

    handover = settings.site.handover
    if handover is None:
        return None
    courier = Courier(Outbox(database), delivery.carrier(handover, os.environ))
    courier.start()
    return courier


def make_grouper(settings: Settings, index: Index) -> Grouper:
    """Return the grouper of questions that belongs to an index.

    :param settings: ``provider_names`` and the site's ``provider`` are read; they do not make two questions alike.
    :param index: Its encoder compares questions.
    :return: The grouper.
    """
    from kb.gaps.collect import grouper_for

    names = (settings.site.provider, *settings.provider_names)
    return grouper_for(index.encoder, index.manifest, index.library, tuple(name for name in names if name))


def open_index_source(settings: Settings) -> IndexSource:
    """Return what pulls releases of the index; nothing is connected to before it is started.

    :param settings: Name the place, and the keys that are trusted.
    :return: It, not started.
    :raises ConfigError: If the place or a key cannot be used.
    """
    from kb.app.index_source import IndexSource

    return IndexSource(settings)
