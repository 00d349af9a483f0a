"""A backup is made while the server runs, proved, and restored to the last byte; nothing is overwritten by accident."""

from __future__ import annotations

import json
import shutil
import sqlite3
import tarfile
import threading
from collections import namedtuple
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest

from kb.accounts.store import SqlAccounts
from kb.care import backup as backups
from kb.care import restore as restoring
from kb.care.archive import Part
from kb.care.backup import make_backup, prove_backup
from kb.care.restore import restore_backup
from kb.database.copying import others_connected
from kb.database.engine import open_engine, upgrade
from kb.errors import BackupRefused
from kb.retrieval.answering.live import load_newest
from kb.settings.settings import Settings
from kb.types import Role
from tests import postgres
from tests.care.conftest import NOW, Installed
from tests.support import wait_until


def tree(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def names(settings: Settings) -> list[str]:
    """Return the accounts in a journal."""
    engine = open_engine(settings.database_url)
    try:
        return [account.name for account in SqlAccounts(engine).everyone()]
    finally:
        engine.dispose()


def test_what_was_backed_up_comes_back_to_the_last_byte(
    installed: Installed, elsewhere: Settings, tmp_path: Path
) -> None:
    """All four parts, copied while the journal is open and written to; the index answers, and nothing else is left."""
    with next(installed.settings.articles.rglob("late-fee.md")).open("a", encoding="utf-8") as article:
        article.write("\nOr {{channel.phone}}.\n")
    done = make_backup(tmp_path / "backups", installed.settings)
    installed.add("later")
    assert [sentence.partition(":")[0] for sentence in done.proof] == ["journal", "articles", "site", "index"]
    assert done.proof[1] == "articles: 7 can be read"  # one of them names a channel
    assert done.path.stat().st_mode & 0o777 == 0o600
    assert [p.name for p in done.path.parent.iterdir()] == [done.path.name]
    restored = restore_backup(done.path, elsewhere)
    assert restored.replaced == ()
    assert names(elsewhere) == ["kim"]
    assert tree(elsewhere.articles) == tree(installed.settings.articles)
    assert elsewhere.site_path.read_bytes() == installed.settings.site_path.read_bytes()
    assert tree(elsewhere.index / "versions") == tree(installed.settings.index / "versions")
    assert load_newest(elsewhere, print).version == done.manifest.parts["index"]["current"]
    assert Path(elsewhere.database_url.removeprefix("sqlite:///")).stat().st_mode & 0o777 == 0o600
    assert not list(elsewhere.site_path.parent.rglob(".kb-*"))


def test_a_backup_is_of_one_moment_while_others_write(
    installed: Installed, elsewhere: Settings, tmp_path: Path
) -> None:
    """Whatever was committed before that moment is in it, in order, and nothing of what came later; nobody waits."""
    stop, written = threading.Event(), []

    def write() -> None:
        while not stop.is_set():
            installed.add(f"n{len(written):05}")
            written.append(f"n{len(written):05}")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        while len(written) < 20:
            assert writer.is_alive()
        before = len(written)
        path = make_backup(tmp_path / "one.tar", installed.settings, without=[Part.INDEX]).path
    finally:
        stop.set()
        writer.join()
    restore_backup(path, elsewhere)
    kept = names(elsewhere)[1:]
    assert kept == written[: len(kept)]
    assert before <= len(kept) <= len(written)


def test_nothing_is_overwritten_by_accident(installed: Installed, tmp_path: Path) -> None:
    """What is there is listed and left alone; an open journal is refused; with the option, it is renamed and kept."""
    path = make_backup(tmp_path / "one.tar.gz", installed.settings).path
    installed.add("later")
    settings = installed.settings
    (settings.articles / "note.txt").write_text("mine")
    with pytest.raises(
        BackupRefused, match=r"in the way: journal: .*journal.db exists; articles: .*; site: .*--overwrite"
    ):
        restore_backup(path, settings)
    with pytest.raises(BackupRefused, match=r"in use: a program has .*journal.db open\. Stop the server"):
        restore_backup(path, settings, overwrite=True)
    installed.engine.dispose()
    assert names(settings) == ["kim", "later"]
    dry = restore_backup(path, settings, dry_run=True)
    assert (dry.is_done, len(dry.replaced)) == (False, 3)
    done = restore_backup(path, settings, overwrite=True)
    assert names(settings) == ["kim"]
    assert not (settings.articles / "note.txt").exists()
    kept = {Path(sentence.split(" is now ")[1]) for sentence in done.replaced}
    assert {p.name.split(".before-")[0] for p in kept} == {"journal.db", "articles", "site.yaml"}
    aside = next(p for p in kept if p.name.startswith("journal"))
    assert names(replace(settings, database_url=f"sqlite:///{aside}")) == ["kim", "later"]


def test_a_step_that_fails_takes_back_those_before_it(
    installed: Installed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk refuses the site's file: journal and articles are what they were."""
    path = make_backup(tmp_path / "one.tar", installed.settings, without=[Part.INDEX]).path
    installed.add("later")
    installed.engine.dispose()
    (installed.settings.articles / "note.txt").write_text("mine")
    before = tree(installed.settings.articles)
    honest = Path.rename

    def full(self: Path, target: Path) -> Path:
        if target == installed.settings.site_path and self.parent.name.startswith(".kb-restore-"):
            raise OSError(28, "No space left on device")
        return honest(self, target)

    monkeypatch.setattr(Path, "rename", full)
    with pytest.raises(OSError, match="No space"):
        restore_backup(path, installed.settings, overwrite=True)
    assert names(installed.settings) == ["kim", "later"]
    assert tree(installed.settings.articles) == before
    assert installed.settings.site_path.read_text().startswith("name: Little Help\n")


@pytest.mark.parametrize("harm", ["first byte", "middle", "last file", "half"])
def test_a_damaged_backup_is_refused_before_anything_changes(
    installed: Installed, elsewhere: Settings, tmp_path: Path, harm: str
) -> None:
    """A byte of the manifest or of a file, the last file, or the second half."""
    path = make_backup(tmp_path / "one.tar", installed.settings, proved=False).path
    data = bytearray(path.read_bytes())
    if harm == "half":
        del data[len(data) // 2 :]
    else:
        with tarfile.open(path) as archive:
            last = archive.getmembers()[-1]
        data[{"first byte": 600, "middle": len(data) // 2, "last file": last.offset_data}[harm]] ^= 0x55
    path.write_bytes(data)
    for attempt in (lambda: prove_backup(path), lambda: restore_backup(path, elsewhere)):
        with pytest.raises(BackupRefused):
            attempt()
    assert not elsewhere.articles.exists()
    assert not elsewhere.site_path.exists()
    assert not list(elsewhere.site_path.parent.rglob("journal.db"))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("../evil", tarfile.REGTYPE),
        ("/etc/evil", tarfile.REGTYPE),
        ("site/../../evil", tarfile.REGTYPE),
        ("a", tarfile.REGTYPE),
        ("site/x", tarfile.SYMTYPE),
    ],
)
def test_no_name_in_a_backup_leads_out_of_its_place(
    installed: Installed, elsewhere: Settings, tmp_path: Path, name: str, kind: bytes
) -> None:
    """Whoever wrote the file: names that climb, absolute ones, unlisted ones and links are refused."""
    path = make_backup(tmp_path / "one.tar", installed.settings, proved=False).path
    forged = tmp_path / "forged.tar"
    with tarfile.open(path) as source, tarfile.open(forged, "w") as target:
        listed = json.loads(source.extractfile("manifest.json").read())  # type: ignore[union-attr]
        listed["files"][name] = {"sha256": "0" * 64, "size": 0}
        data = json.dumps(listed).encode()
        member = tarfile.TarInfo("manifest.json")
        member.size = len(data)
        target.addfile(member, BytesIO(data))
        evil = tarfile.TarInfo(name)
        evil.type, evil.linkname = kind, "/etc/passwd" if kind == tarfile.SYMTYPE else ""
        target.addfile(evil)
    with pytest.raises(BackupRefused):
        restore_backup(forged, elsewhere)
    assert not list(tmp_path.rglob("evil"))


def test_a_folder_keeps_as_many_as_are_wanted(installed: Installed, tmp_path: Path) -> None:
    """The oldest go when a new one is complete; other files stay; a name is not taken twice."""
    folder = tmp_path / "backups"
    folder.mkdir()
    for day in ("01", "02", "03"):
        (folder / f"kb-backup-202611{day}T000000Z.tar").write_bytes(b"old")
    (folder / "notes.txt").write_text("mine")
    small = [Part.INDEX, Part.ARTICLES]
    done = make_backup(folder, installed.settings, without=small, keep=2)
    assert {p.name for p in folder.iterdir()} == {"kb-backup-20261103T000000Z.tar", "notes.txt", done.path.name}
    with pytest.raises(BackupRefused, match=r"exists\. Name another"):
        make_backup(done.path, installed.settings)
    assert make_backup(done.path, installed.settings, without=small, overwrite=True).path == done.path
    with pytest.raises(BackupRefused, match=r"End it in \.tar"):
        make_backup(tmp_path / "one.zip", installed.settings)


def test_what_is_missing_is_asked_for_and_what_can_be_made_again_may_be(
    installed: Installed, elsewhere: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong folder makes no empty backup; a damaged index is left out and said; a full disk is known beforehand."""
    with pytest.raises(BackupRefused, match=r"no journal .*journal\.db\. Name it with --database, .*--without journal"):
        make_backup(tmp_path / "one.tar", elsewhere)
    version = next((installed.settings.index / "versions").iterdir())
    (version / "units.json").write_bytes(b"{}")
    installed.settings.site_path.write_text("name: [")
    done = make_backup(tmp_path / "two.tar", installed.settings)
    assert not done.manifest.has(Part.INDEX)
    assert any("the index is left out" in note and "units.json" in note for note in done.notes)
    assert any(sentence.startswith("site: site.yaml, with the mistake") for sentence in done.proof)
    usage = namedtuple("usage", "total used free")  # noqa: PYI024 - as shutil's
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10, 9, 1))
    with pytest.raises(BackupRefused, match=r"MB are needed for a while .*--no-proof"):
        make_backup(tmp_path / "three.tar", installed.settings)
    assert not (tmp_path / "three.tar").exists()


def test_a_damaged_journal_makes_no_backup_that_looks_good(installed: Installed, tmp_path: Path) -> None:
    """A copy is checked by SQLite before it is packed, and a wrong one says how to recover."""
    installed.engine.dispose()
    file = Path(installed.settings.database_url.removeprefix("sqlite:///"))
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    connection.close()
    data = bytearray(file.read_bytes())
    for page in range(2, len(data) // 4096 - 1):
        data[page * 4096 : page * 4096 + 64] = b"\xff" * 64
    file.write_bytes(data)
    with pytest.raises(backups.BackupRefused.__base__, match=r"is damaged: .* \.recover"):  # type: ignore[arg-type]
        make_backup(tmp_path / "one.tar", installed.settings)
    assert not (tmp_path / "one.tar").exists()


def test_a_journal_on_postgresql_comes_back(
    installed: Installed, postgres_server: postgres.Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By pg_dump and pg_restore; another kind of journal, open connections and a missing program are said."""
    urls = [str(postgres_server.new_database()) for _ in range(2)]
    settings = replace(installed.settings, database_url=urls[0])
    engine = open_engine(urls[0])
    upgrade(engine)
    SqlAccounts(engine).add("kim", Role.LEAD, "hash", NOW)
    others = [Part.ARTICLES, Part.SITE, Part.INDEX]
    path = make_backup(tmp_path / "pg.tar", settings, without=others).path
    with pytest.raises(BackupRefused, match="journal is of postgresql, and KB_DATABASE_URL names one of sqlite"):
        restore_backup(path, installed.settings)
    with pytest.raises(BackupRefused, match="the database has tables"):
        restore_backup(path, settings)
    with pytest.raises(BackupRefused, match="connections to the database are open"):
        restore_backup(path, settings, overwrite=True)
    engine.dispose()
    SqlAccounts(engine).add("later", Role.LEAD, "hash", NOW)
    engine.dispose()
    wait_until(lambda: others_connected(urls[0]) == 0)  # the server's end of a connection ends a moment later
    restore_backup(path, settings, overwrite=True)
    restore_backup(path, replace(settings, database_url=urls[1]))
    assert [names(replace(settings, database_url=url)) for url in urls] == [["kim"], ["kim"]]
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BackupRefused, match=r"pg_dump is not installed here.*--without journal"):
        make_backup(tmp_path / "none.tar", settings, without=others)
    assert restoring.facts(engine).rows["users"] == 1
    engine.dispose()
