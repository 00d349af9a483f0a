"""The desk for writing in the browser, put together; and drafts begun with one click from what customers asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kb.writing.asked_tests import AskedTests
from kb.writing.building import ProcessBuild
from kb.writing.desk import WritingDesk
from kb.writing.draft_store import DraftStore
from kb.writing.files import ArticleFiles
from kb.writing.history import GitHistory
from kb.writing.live_index import LiveIndex
from kb.writing.publication_store import PublicationStore
from kb.writing.publisher import Publisher, Stores

if TYPE_CHECKING:
    from kb.app.lazy import AnswererSlot, Lazy
    from kb.authoring.draft_desk import DraftDesk
    from kb.database.engine import Database
    from kb.settings.settings import Settings


def open_desk(settings: Settings, database: Database, checks: DraftDesk, answerer: Lazy[AnswererSlot]) -> WritingDesk:
    """Return the desk of an installation; nothing runs in the background yet.

    :param settings: All settings.
    :param database: The journal's database; its tables are up to date.
    :param checks: Follows the articles on disk.
    :param answerer: What answers in this process, if anything was asked yet.
    :return: The desk.
    """

    def went_live() -> None:
        slot = answerer.peek()
        if slot is not None:
            slot.get().refresh()

    stores = Stores(DraftStore(database), PublicationStore(database), GitHistory(settings.articles))
    live = LiveIndex(settings.index, ProcessBuild(settings), ProcessBuild(settings), went_live)
    publisher = Publisher(stores, ArticleFiles(settings.articles), checks, live)
    return WritingDesk(stores, checks, settings, publisher, AskedTests(lambda: answerer.get().get()))
