"""What all visits share: settings, answerer, journal. Tests patch ``get_settings`` and its like here."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import streamlit as st

from kb.accounts.local import Accounts, Lifetime
from kb.accounts.sso_audit import SignIns
from kb.app.lazy import AnswererSlot, SuggesterSlot
from kb.authoring.draft_desk import DraftDesk
from kb.contact import delivery
from kb.contact.courier import Courier
from kb.retrieval.query.suggest import Suggester
from kb.settings.settings import Settings, load_settings
from kb.types import Answerer, Journal

if TYPE_CHECKING:
    from kb.app.chores import Caretaker, Chore
    from kb.database.engine import Database
    from kb.journal.writer import Store
    from kb.retrieval.answering.live import LoadFirst

GROUPING: Final = "Grouping new questions"
"""A chore of the server."""
_GROUP_EVERY: Final = timedelta(minutes=5)
_configured: list[Settings] = []
_first_load: list[LoadFirst] = []
"""What gives the first index, where it is loaded early."""


def configure(settings: Settings, load: LoadFirst | None = None) -> None:
    """Use these settings rather than those of the environment; called before the server starts.

    :param settings: Used by every page.
    :param load: Gives the first index; None loads it when it is first needed.
    """
    _configured[:] = [settings]
    _first_load[:] = [] if load is None else [load]


def get_settings() -> Settings:
    """Return the settings.

    :return: Those given to :func:`configure`, else those of environment and site.yaml, read once.
    :raises ConfigError: If site.yaml or a value cannot be used.
    """
    return _configured[0] if _configured else _settings_of_environment()


def get_answerer() -> Answerer:
    """Return the answerer shared by all visits.

    :return: It picks up a new index by itself.
    :raises KbError: If no index can be loaded yet.
    """
    return _slot().get()


def get_suggester() -> Suggester:
    """Return what suggests questions while they are typed, made anew for each new index.

    :return: Shared by all visits.
    :raises KbError: If no index can be loaded yet.
    """
    return _suggester_slot().get(get_answerer().library)


def get_courier() -> Courier | None:
    """Return what delivers requests to the help desk, started; None where the operator offers no such requests.

    :return: It is shared by all visits.
    :raises ConfigError: If a secret is missing.
    :raises JournalUnavailable: If the database cannot be opened.
    """
    return _courier() if get_settings().site.handover is not None else None


def get_journal() -> Journal:
    """Return the journal shared by all visits; a database that fails does not keep it from being there.

    :return: Writes in a thread of its own.
    :raises ConfigError: If the database's address cannot be used.
    """
    return get_store()


def get_engine() -> Database:
    """Return the journal's database, for accounts, reports and the outbox.

    :return: With its tables up to date, unless it fails.
    :raises ConfigError: If the database's address cannot be used.
    """
    return get_store().engine


def get_store() -> Store:
    """Return the journal's writer itself, for the metrics and the server's end."""
    return _store()


def get_caretaker() -> Caretaker:
    """Return what sees to :func:`chores`; the server starts and stops it.

    :return: It is shared by all visits.
    :raises ConfigError: If the database's address cannot be used.
    """
    return _caretaker()


def chores() -> list[Chore]:
    """Return what the server does by itself: erasing what is older than it may be kept, and grouping new questions.

    :return: In the order in which it is done.
    :raises ConfigError: If the database's address cannot be used.
    """
    from kb.app import insights  # noqa: PLC0415 - it reads what is shared here
    from kb.app.chores import Chore  # noqa: PLC0415 - the database's library only where something is written
    from kb.retention.purge import keep_only  # noqa: PLC0415

    engine, days = get_engine(), get_settings().retention_days

    def retain(breathe: Callable[[], None]) -> None:
        keep_only(engine, days, datetime.now(UTC), breathe)

    return [
        Chore("Erasing what is older than it may be kept", timedelta(days=1), retain),
        Chore(GROUPING, _GROUP_EVERY, insights.group),
    ]


def get_accounts() -> Accounts:
    """Return the local accounts, shared by all visits.

    :return: They are read anew on every call of theirs.
    :raises JournalUnavailable: If the database cannot be opened.
    """
    return _accounts()


def get_sign_ins() -> SignIns:
    """Return what writes down who signed in by way of the identity provider.

    :return: Shared by all visits.
    :raises JournalUnavailable: If the database cannot be opened.
    """
    return _sign_ins()


def get_desk() -> DraftDesk:
    """Return the writer's desk, shared by all visits."""
    return _desk()


@st.cache_resource(show_spinner=False)
def _suggester_slot() -> SuggesterSlot:
    return SuggesterSlot()


@st.cache_resource(show_spinner=False)
def _courier() -> Courier | None:
    # Imported here: SQLAlchemy is needed by nobody who has no help desk.
    from kb.contact.outbox import Outbox  # noqa: PLC0415
    from kb.database.engine import upgrade  # noqa: PLC0415

    settings = get_settings()
    if settings.site.handover is None:
        return None
    carrier = delivery.carrier(settings.site.handover, os.environ)
    engine = get_engine()
    upgrade(engine)  # the journal's writer may not have come to it yet
    courier = Courier(Outbox(engine), carrier)
    courier.start()
    return courier


@st.cache_resource(show_spinner=False)
def _store() -> Store:
    from kb.journal.writer import open_store  # noqa: PLC0415 - the database's library only where something is written

    settings = get_settings()
    return open_store(settings.database_url, backlog=settings.journal_backlog)


@st.cache_resource(show_spinner=False)
def _caretaker() -> Caretaker:
    from kb.app.chores import Caretaker  # noqa: PLC0415

    return Caretaker(chores())


@st.cache_resource(show_spinner=False)
def _accounts() -> Accounts:
    from kb.accounts.store import SqlAccounts  # noqa: PLC0415

    settings = get_settings()
    lifetime = Lifetime(
        longest=timedelta(hours=settings.session_hours), idle=timedelta(minutes=settings.session_idle_minutes)
    )
    return Accounts(SqlAccounts(get_engine()), lifetime)


@st.cache_resource(show_spinner=False)
def _sign_ins() -> SignIns:
    from kb.accounts.store import SqlAccounts  # noqa: PLC0415

    return SignIns(SqlAccounts(get_engine()))


@st.cache_resource(show_spinner=False)
def _desk() -> DraftDesk:
    return DraftDesk(get_settings())


@st.cache_resource(show_spinner=False)
def _settings_of_environment() -> Settings:
    return load_settings()


@st.cache_resource(show_spinner=False)
def _slot() -> AnswererSlot:
    settings = get_settings()
    return AnswererSlot(lambda: _load(settings), settings.watch_seconds)


def _load(settings: Settings) -> Answerer:
    # Imported here: the model runtime and the vectors are needed by nobody who only looks at the pages' code.
    from kb.retrieval.answering.live import LiveAnswerer, load_newest  # noqa: PLC0415

    answerer = LiveAnswerer(settings, load=_first_load[0] if _first_load else load_newest)
    answerer.start_watching()
    # The index lives as long as the process: without this, every collection walks all of it again.
    gc.collect()
    gc.freeze()
    return answerer
