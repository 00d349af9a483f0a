"""Kills a process that publishes, before each thing that it does, and lets another one go on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch

from kb.database.engine import open_engine
from kb.settings.settings import Settings
from kb.writing.draft_store import DraftStore
from kb.writing.history import GitHistory
from kb.writing.publication_store import PublicationStore
from tests.content.editing.interrupt import before_each_step, killed_at_each_step
from tests.writing.conftest import KIM, Office, office_of


def opened(folder: Path) -> Office:
    """Return the desk over a copy of the help center."""
    settings = Settings(articles=folder / "articles", index=folder / "index")
    return office_of(open_engine(f"sqlite:///{folder / 'journal.db'}"), settings, lambda: datetime.now(UTC))


def publish_until(folder: Path, kill_at: int) -> None:
    """Publish what waits, and be killed before a step."""
    office, seen = opened(folder), []

    def step(word: str) -> None:
        if word.startswith("write"):  # a file that nobody reads yet; its replacement follows
            return
        seen.append(word)
        if len(seen) == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def told(word, original):
        def call(*arguments, **options):
            step(word)
            return original(*arguments, **options)

        return call

    office.build.do = lambda: step("build")
    with (
        before_each_step(step),
        patch.object(PublicationStore, "set", told("note", PublicationStore.set)),
        patch.object(DraftStore, "publish", told("draft", DraftStore.publish)),
        patch.object(GitHistory, "commit", told("commit", GitHistory.commit)),
    ):
        assert office.publisher.publish_waiting()


def outcome(folder: Path) -> dict[str, object]:
    """Let another process go on, and return what came of it."""
    office = opened(folder)
    assert office.publisher.publish_waiting()
    draft = office.desk.draft(1)
    publication = office.desk.publication()
    assert publication is not None
    command = ["git", "-C", str(office.settings.articles)]
    log = subprocess.run([*command, "log", "--format=%an %s"], check=True, capture_output=True, text=True).stdout
    left = subprocess.run([*command, "status", "--short", "."], check=True, capture_output=True, text=True).stdout
    found = {
        "publication": publication.state.value,
        "reason": publication.reason,
        "draft": draft.state.value,
        "is_written": office.file().read_text("utf-8") == draft.text,
        "log": log.splitlines(),
        "left": left,
    }
    office.desk.close()
    return found


def main(source: Path, work: Path) -> None:
    """Print what came of each kill, in their order, and of the run that none interrupted."""
    outcomes = [outcome(folder) for folder in killed_at_each_step(source, work, publish_until)]
    print(json.dumps(outcomes))  # noqa: T201 — for the test


if __name__ == "__main__":
    assert KIM.name == "kim"
    main(Path(sys.argv[1]), Path(sys.argv[2]))
