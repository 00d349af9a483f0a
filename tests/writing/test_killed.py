"""A server that is killed while it publishes: nothing is lost, and nothing is left half done."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from kb.database.engine import open_engine, upgrade
from kb.settings.settings import Settings
from tests.checkouts import git
from tests.pictures import picture
from tests.support import ROOT, write_article
from tests.writing.conftest import KIM, office_of


def test_a_killed_publication_goes_on(tmp_path: Path) -> None:
    """Killed before every write, note, build and commit in turn, with SIGKILL: the next process ends it, once."""
    folder = tmp_path / "source"
    write_article(folder / "articles", "late-fee")
    git(folder, "init", "-q")
    git(folder, "add", "articles")
    git(folder, "commit", "-q", "-m", "base")
    engine = open_engine(f"sqlite:///{folder / 'journal.db'}")
    upgrade(engine)
    settings = Settings(articles=folder / "articles", index=folder / "index")
    office = office_of(engine, settings, lambda: datetime.now(UTC))
    draft = office.desk.open("late-fee", KIM)
    draft = office.written(office.desk.add_picture(draft.id, "menu.png", picture(), "The menu", KIM))
    office.desk.publish(draft.id, KIM, "Show the menu", draft.number)
    office.desk.close()
    engine.dispose()
    nobody = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    done = subprocess.run(
        [sys.executable, "-m", "tests.writing.killed", str(folder), str(tmp_path / "work")],
        cwd=ROOT, env={**os.environ, **nobody, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    outcomes = json.loads(done.stdout)
    wanted = {
        "publication": "done", "reason": "", "draft": "published", "is_written": True,
        "log": ["kim Show the menu", "n base"], "left": "",
    }  # fmt: skip
    assert [outcome for outcome in outcomes if outcome != wanted] == []
    assert len(outcomes) > 10
