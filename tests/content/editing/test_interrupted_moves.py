"""``kb rename`` and ``kb remove``, killed at any step, with a damaged journal, or on a full disk."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kb.common.files import sha256
from kb.content.articles.corpus import load_articles
from kb.content.editing import transaction
from kb.content.editing.moves import recover, rename
from kb.content.editing.transaction import JOURNAL, FileChange, apply_changes, complete_unfinished
from kb.errors import ArticlesError
from tests.content.editing.conftest import text_of
from tests.content.editing.interrupt import before_each_step
from tests.content.helpers import CHANNELS, contents
from tests.support import ROOT

_DRIVER = """
import json, os, signal, sys
from pathlib import Path
from kb.content.editing.moves import remove, rename
from tests.content.editing.interrupt import before_each_step, killed_at_each_step
from tests.content.helpers import CHANNELS

source, work, what = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]

def run(folder, kill_at):
    seen = []
    def step(description):
        seen.append(description)
        if len(seen) == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
    with before_each_step(step):
        if what == "rename":
            rename(folder, "late-fee", "overdue-fee", channels=CHANNELS)
        else:
            remove(folder, "late-fee", "ways-to-pay", channels=CHANNELS)

print(json.dumps(len(list(killed_at_each_step(source, work, run))) - 1))
"""


@pytest.mark.parametrize("what", ["rename", "remove"])
def test_killed_at_every_step_all_is_old_or_all_is_new(folder: Path, tmp_path: Path, what: str) -> None:
    """A process killed before each of its steps leaves everything old, or what the next command makes new."""
    work = tmp_path / "killed"
    command = [sys.executable, "-c", _DRIVER, str(folder), str(work), what]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    kills = json.loads(done.stdout)
    old, new = contents(folder), contents(work / str(kills + 1))
    assert old != new
    completed = []
    for n in range(1, kills + 1):
        torn = work / str(n)
        was_journalled = (torn / JOURNAL).exists()
        load_articles(torn, CHANNELS)  # any later command
        recover(torn)
        assert contents(torn) == (new if was_journalled else old), f"killed at step {n}"
        completed.append(was_journalled)
    written = 4 if what == "rename" else 3
    # The journal is written under another name and put in place; then each file likewise, one deletion, the journal.
    assert completed == [False] * 2 + [True] * (2 * written + 2)


def test_killed_while_completing_is_completed_again(folder: Path, tmp_path: Path) -> None:
    """Completing may itself be cut short, any number of times."""
    reference = tmp_path / "reference"
    shutil.copytree(folder, reference)
    rename(reference, "late-fee", "overdue-fee", channels=CHANNELS)

    class Cut(Exception):
        pass

    def cut_at(n: int) -> Callable[[str], None]:
        seen: list[str] = []

        def step(description: str) -> None:
            seen.append(description)
            if len(seen) == n:
                raise Cut

        return step

    with pytest.raises(Cut), before_each_step(cut_at(3)):
        rename(folder, "late-fee", "overdue-fee", channels=CHANNELS)
    for n in range(1, 11):
        with pytest.raises(Cut), before_each_step(cut_at(n)):
            complete_unfinished(folder)
    assert set(complete_unfinished(folder)) == {
        "fees/late-fee.md", "fees/overdue-fee.md", "payments/guide.md", "payments/ways-to-pay.md",
        "payments/windows.md",
    }  # fmt: skip
    assert contents(folder) == contents(reference)
    assert complete_unfinished(folder) == ()


def _changes(folder: Path) -> list[FileChange]:
    before = sha256((folder / "fees/late-fee.md").read_bytes())
    return [FileChange("fees/late-fee.md", before, "new text"), FileChange("fees/added.md", None, "added")]


def _journalled(folder: Path) -> None:
    """Leave a journal behind as a process does that was killed just after writing it."""

    def stop(description: str) -> None:
        if description.startswith("write") and JOURNAL not in description:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), before_each_step(stop):
        apply_changes(folder, _changes(folder))


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[: len(text) // 2],
        lambda text: text.replace("new text", "other text"),
        lambda text: text.replace('"format": 1', '"format": 2'),
        lambda text: "[]",
        lambda text: "\x00",
        lambda text: json.dumps({"format": 1, "sha256": sha256(b"[1]"), "changes": "[1]"}),
        lambda text: json.dumps({"format": 1, "sha256": sha256(b'[{"path": 1}]'), "changes": '[{"path": 1}]'}),
    ],
)
def test_damaged_journal_is_refused_with_the_remedy(folder: Path, damage: object) -> None:
    """A damaged journal is refused with the remedy, and nothing is changed."""
    _journalled(folder)
    journal = folder / JOURNAL
    journal.write_text(damage(journal.read_text("utf-8")), "utf-8")  # type: ignore[operator]
    before = contents(folder)
    for command in (
        lambda: load_articles(folder, CHANNELS),
        lambda: rename(folder, "late-fee", "x", channels=CHANNELS),
    ):
        with pytest.raises(
            ArticlesError, match=r"\.kb-move\.json is damaged.*Restore the articles from version control"
        ):
            command()
    assert contents(folder) == before


@pytest.mark.parametrize("path", ["../outside.md", "/tmp/outside.md", "fees/x.txt"])
def test_journal_reaches_only_articles_of_its_folder(folder: Path, path: str) -> None:
    """A journal that names a file elsewhere is taken for damaged."""
    body = json.dumps([{"path": path, "before": None, "after": "x"}])
    entry = {"format": 1, "sha256": sha256(body.encode()), "changes": body}
    (folder / JOURNAL).write_text(json.dumps(entry), "utf-8")
    with pytest.raises(ArticlesError, match="is damaged"):
        complete_unfinished(folder)


def test_work_done_since_the_kill_is_not_overwritten(folder: Path) -> None:
    """A file edited after the kill stops the completion, which says what to do."""
    _journalled(folder)
    (folder / "fees/late-fee.md").write_text("edited since", "utf-8")
    with pytest.raises(ArticlesError, match=r"late-fee.md was changed by somebody else.*or delete .*kb-move.json"):
        load_articles(folder, CHANNELS)
    assert text_of(folder, "fees/late-fee.md") == "edited since"


def test_file_changed_since_the_plan_stops_it(folder: Path) -> None:
    """A file saved between planning and writing is not overwritten; no journal is left."""
    changes = _changes(folder)
    (folder / "fees/late-fee.md").write_text("saved", "utf-8")
    with pytest.raises(ArticlesError, match=r"was changed by somebody else in the meantime. Run the command again."):
        apply_changes(folder, changes)
    assert not (folder / JOURNAL).exists()
    assert not (folder / "fees/added.md").exists()


def test_leftover_of_an_unfinished_journal_is_dropped(folder: Path) -> None:
    """The beginning of a journal means that nothing had changed yet."""
    leftover = folder / f"{JOURNAL}.kb-new"
    leftover.write_text('{"for', "utf-8")
    assert load_articles(folder, CHANNELS).findings == ()
    assert recover(folder) == ()
    assert not leftover.exists()


def test_permissions_are_kept(folder: Path) -> None:
    """A file that is rewritten keeps its mode."""
    path = folder / "payments" / "ways-to-pay.md"
    path.chmod(0o640)
    rename(folder, "late-fee", "overdue-fee", channels=CHANNELS)
    assert path.stat().st_mode & 0o777 == 0o640


def test_disk_that_cannot_be_written_is_said(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk is one sentence, at the first try and when completing."""
    changes = _changes(folder)

    def full(path: Path, target: Path) -> None:
        raise OSError(28, "No space left on device", str(target))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", full)
        with pytest.raises(ArticlesError, match=r"kb-move.json cannot be written: No space left on device"):
            apply_changes(folder, changes)
    _journalled(folder)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", full)
        with pytest.raises(ArticlesError, match=r"cannot be written: No space left on device"):
            complete_unfinished(folder)
    assert set(complete_unfinished(folder)) == {"fees/late-fee.md", "fees/added.md"}


def test_a_change_that_failed_before_its_first_file_is_not_made_later(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was reported as failed: the next command must not complete it, though its journal was written already."""
    before, changes = contents(folder), _changes(folder)
    real = Path.replace

    def full(path: Path, target: Path) -> Path:
        if Path(target).suffix == ".md":
            raise OSError(28, "No space left on device", str(target))
        return real(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", full)
        with pytest.raises(ArticlesError, match=r"\.md cannot be written: No space left on device"):
            apply_changes(folder, changes)
    assert not (folder / JOURNAL).exists()
    assert complete_unfinished(folder) == ()
    assert contents(folder) == before


def test_two_processes_may_complete_at_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A journal that another process completed meanwhile is not an error."""
    _journalled(folder)
    read = transaction._read_journal

    def gone(journal: Path) -> tuple[FileChange, ...]:
        read(journal)
        journal.unlink()
        raise FileNotFoundError(2, "No such file or directory", str(journal))

    monkeypatch.setattr(transaction, "_read_journal", gone)
    assert complete_unfinished(folder) == ()
