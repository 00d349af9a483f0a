"""What is wrong with an installation is found, each with its remedy, and nothing is changed by looking."""

from __future__ import annotations

import http.server
import json
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from kb.care import doctor
from kb.care.checks import program
from kb.care.doctor import examine
from kb.care.installation import Installation
from kb.care.results import Level, Result
from kb.contact.outbox import Outbox
from kb.retrieval.index.versions import current_name
from kb.settings.channels import Channel
from kb.settings.handover import Delivery, HandOver, Security
from kb.settings.site import Site
from kb.types import OutboxMessage, Role
from tests.care.conftest import NOW, Installed
from tests.journal_rows import NOON, put_query


def look(installed: Installed, **given: object) -> Installation:
    """Return what is examined: the installation, at a moment after its index was built."""
    settings = given.pop("settings", installed.settings)
    wanted = {"now": datetime.now(UTC), "environ": {}, "port": 0, **given}
    return Installation(settings, **wanted)  # type: ignore[arg-type]


OF_THE_JOURNAL = {"retention", "requests"}
"""What the check of the journal also says."""
OF_THIS_MACHINE = {"python", "packages", "account", "programs", "encoder", "disk", "memory", "files"}


def said(installation: Installation, *names: str) -> list[Result]:
    """Return the results of some checks."""
    wanted = {"journal" if name in OF_THE_JOURNAL else name for name in names}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(doctor, "CHECKS", tuple(check for check in doctor.CHECKS if check[0] in wanted))
        return list(examine(installation))


def bad(installation: Installation, *names: str) -> dict[str, Result]:
    """Return what is wrong, by the check, of some checks."""
    return {r.check: r for r in said(installation, *names) if r.level is not Level.OK}


def test_nothing_is_wrong_with_a_good_installation(installed: Installed) -> None:
    """Every check says something, none of it is bad, and not one file is changed."""
    installed.accounts.add("ann", Role.OPERATOR, "hash", NOW)
    here = installed.settings.site_path.parent

    def times() -> dict[Path, int]:
        return {path: path.stat().st_mtime_ns for path in here.rglob("*") if "journal" not in path.name}

    before = times()
    channel = Channel("phone", "phone", "Call", "1", source="https://www.example.com", dated="2026")
    settings = replace(installed.settings, site=Site(channels=(channel,)))
    results = list(examine(look(installed, settings=settings)))
    assert [r for r in results if r.level is not Level.OK and r.check not in OF_THIS_MACHINE] == []
    assert {result.check for result in results} >= {name for name, _ in doctor.CHECKS}
    assert times() == before


def damage_index(installed: Installed) -> None:
    folder = installed.settings.index / "versions" / current_name(installed.settings.index)
    (folder / "units.json").write_bytes(b"{}")


def remove_index(installed: Installed) -> None:
    shutil.rmtree(installed.settings.index)


def change_article(installed: Installed) -> None:
    path = next(installed.settings.articles.rglob("late-fee.md"))
    path.write_text(path.read_text(encoding="utf-8") + "\nOne more sentence.\n", encoding="utf-8")


def break_article(installed: Installed) -> None:
    next(installed.settings.articles.rglob("late-fee.md")).write_text("---\ntitle: [\n---\n", encoding="utf-8")


def remove_articles(installed: Installed) -> None:
    shutil.rmtree(installed.settings.articles)


def leave_a_build(installed: Installed) -> None:
    (installed.settings.index / "versions" / ".new-v3-1234").mkdir()


def open_the_journal(installed: Installed) -> None:
    Path(installed.settings.database_url.removeprefix("sqlite:///")).chmod(0o644)


def damage_journal(installed: Installed) -> None:
    installed.engine.dispose()
    Path(installed.settings.database_url.removeprefix("sqlite:///")).write_bytes(b"words, no database" * 500)


def make_it_newer(installed: Installed) -> None:
    with installed.engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))


def make_it_older(installed: Installed) -> None:
    with installed.engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0009'"))


def ask_long_ago(installed: Installed) -> None:
    put_query(installed.engine, 1, days_ago=400)


def ask_tomorrow(installed: Installed) -> None:
    put_query(installed.engine, 1, days_ago=-(datetime.now(UTC) - NOON).days - 2)


def set_a_request_aside(installed: Installed) -> None:
    outbox = Outbox(installed.engine)
    outbox.add(OutboxMessage("m1", "callback", "{}", NOW), NOW)
    claimed = outbox.claim(NOW, timedelta(minutes=1))
    assert claimed is not None
    outbox.fail(claimed, "the mail server answers 550")


def lock_kim(installed: Installed) -> None:
    for _ in range(5):
        installed.accounts.begin_attempt("kim", datetime.now(UTC), "203.0.113.0/24")


def try_names(installed: Installed) -> None:
    for _ in range(20):
        installed.accounts.begin_attempt("", datetime.now(UTC), "203.0.113.0/24")


HARM: dict[str, tuple[Callable[[Installed], None], str, Level, str]] = {
    "index damaged": (damage_index, "index", Level.PROBLEM, "units.json is damaged"),
    "no index": (remove_index, "index", Level.PROBLEM, "There is no index"),
    "article changed": (change_article, "fresh", Level.WARNING, "changed since the index was built: late-fee"),
    "article broken": (break_article, "articles", Level.PROBLEM, "errors in"),
    "no articles": (remove_articles, "articles", Level.PROBLEM, "is not a folder"),
    "build killed": (leave_a_build, "leftovers", Level.WARNING, ".new-v3-1234 is of a build that never finished"),
    "journal readable": (open_the_journal, "journal", Level.WARNING, "can be read by other accounts"),
    "journal damaged": (damage_journal, "journal", Level.PROBLEM, "is damaged: file is not a database"),
    "journal newer": (make_it_newer, "journal", Level.PROBLEM, "a newer version of this program"),
    "journal older": (make_it_older, "journal", Level.WARNING, "tables of revision 0009"),
    "nothing erased": (ask_long_ago, "retention", Level.WARNING, "are still there; they may be kept for 180 days"),
    "clock set back": (ask_tomorrow, "clock", Level.PROBLEM, "which is still to come"),
    "request set aside": (set_a_request_aside, "requests", Level.WARNING, "set aside: the mail server answers 550"),
    "account locked": (lock_kim, "staff", Level.WARNING, "locked for some places after failed sign-ins: kim"),
    "names tried": (try_names, "staff", Level.WARNING, "20 sign-ins with names that no account has, from 1 networks"),
}


@pytest.mark.parametrize("what", HARM)
def test_what_is_wrong_is_found_with_its_remedy(installed: Installed, what: str) -> None:
    """One harm at a time: the check, how bad it is, what it says, and something to do."""
    harm, check, level, words = HARM[what]
    harm(installed)
    found = bad(look(installed), check, "journal" if check == "clock" else check)[check]
    assert (found.level, words in found.message, bool(found.remedy)) == (level, True, True), found


def test_what_settings_and_environment_get_wrong_is_found(installed: Installed, tmp_path: Path) -> None:
    """A typing error in a variable, a server open to the network, a page for writers, a secret that is missing."""
    there = look(installed, environ={"KB_DATABSE_URL": "x"})
    assert bad(there, "environment")["environment"].remedy == "Did you mean KB_DATABASE_URL?"
    exposed = said(look(installed, host="0.0.0.0"), "hosts")
    assert [r.level for r in exposed] == [Level.PROBLEM, Level.WARNING]
    named = replace(installed.settings, hosts=("help.example.com",))
    local = look(installed, settings=named, environ={"KB_LOCAL_EDITOR": "1"})
    assert "opens the page for writers" in bad(local, "hosts")["hosts"].message
    hook = HandOver(Delivery.WEBHOOK, url="http://127.0.0.1:9/in")
    wanted = replace(installed.settings, site=Site(handover=hook))
    found = bad(look(installed, settings=wanted), "hand-over", "connect")
    assert "KB_HANDOVER_SECRET" in found["hand-over"].remedy + found["hand-over"].message
    assert "connect" not in found
    with_secret = look(installed, settings=wanted, environ={"KB_HANDOVER_SECRET": "x" * 16}, connect=True)
    assert "cannot be reached" in bad(with_secret, "connect")["connect"].message
    broken = look(installed, site_error="site.yaml:3:1: unknown key 'nmae'. Use one of: name.")
    assert bad(broken, "site")["site"].message == "site.yaml:3:1: unknown key 'nmae'"
    gone = replace(installed.settings, database_url=f"sqlite:///{tmp_path / 'none.db'}")
    assert "there is no" in bad(look(installed, settings=gone), "journal")["journal"].message
    assert not (tmp_path / "none.db").exists()


def test_a_check_that_breaks_hides_nothing(installed: Installed, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its failure is one line, and the others go on."""

    def broken(_: Installation) -> Iterator[Result]:
        raise ZeroDivisionError("by zero")
        yield

    monkeypatch.setattr(doctor, "CHECKS", (("first", broken), ("clock", dict(doctor.CHECKS)["clock"])))
    first, second = examine(look(installed))
    assert (first.level, first.message) == (Level.PROBLEM, "the check itself failed (ZeroDivisionError: by zero)")
    assert second.check == "clock"


def test_packages_are_compared_with_the_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing package and another version are named; what is for other systems is not asked for."""
    lock = tmp_path / "requirements.lock"
    lock.write_text(
        "pytest==0.0.1 \\\n    --hash=sha256:00\nno-such-package==1 \\\n    --hash=sha256:00\n"
        "for-windows==1 ; sys_platform == 'win32' \\\n    --hash=sha256:00\n"
    )
    monkeypatch.setattr(program, "_LOCK", lock)
    missing, other = program.packages(None)  # type: ignore[arg-type]  # it asks the program, not the installation
    assert (missing.level, missing.message) == (Level.PROBLEM, "1 missing: no-such-package")
    assert other.message.startswith("1 differ from requirements.lock: pytest ")
    monkeypatch.setattr(program, "_LOCK", tmp_path / "none")
    assert "what the program declares" in " ".join(r.message for r in program.packages(None))  # type: ignore[arg-type]


class _Answers(http.server.BaseHTTPRequestHandler):
    """Says what a help center says; what is ready is the server's to say."""

    def do_GET(self) -> None:
        """Answer."""
        found = {"/healthz": {"status": "alive"}, "/readyz": self.server.ready}  # type: ignore[attr-defined]
        body = json.dumps(found.get(self.path, {"issuer": "https://id.example"})).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def other_server() -> Iterator[http.server.HTTPServer]:
    """A server on this machine."""
    server = http.server.HTTPServer(("127.0.0.1", 0), _Answers)
    server.ready = {"status": "ready"}  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_port_that_is_taken_is_ours_or_a_problem(installed: Installed, other_server: http.server.HTTPServer) -> None:
    """A help center that runs is asked how it is; another program is in the way."""
    port = int(other_server.server_port)

    def found() -> tuple[Level, str]:
        (result,) = said(look(installed, port=port), "port")
        return result.level, result.message

    assert found() == (Level.OK, f"a help center runs at 127.0.0.1:{port}, and is ready")
    other_server.ready = {"status": "ready", "index_files": "damaged"}  # type: ignore[attr-defined]
    assert "whose files are damaged" in found()[1]
    other_server.ready = {"status": "not ready", "reason": "There is no index."}  # type: ignore[attr-defined]
    assert found() == (Level.PROBLEM, f"a help center runs at 127.0.0.1:{port}, and is not ready: There is no index")


def test_an_identity_provider_is_checked_and_asked_only_when_wanted(
    installed: Installed, other_server: http.server.HTTPServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its secrets: readable by others, incomplete, too short, without a role; its address answers, also its clock."""
    monkeypatch.chdir(tmp_path)
    secrets = tmp_path / ".streamlit" / "secrets.toml"
    secrets.parent.mkdir()
    secrets.write_text('[auth]\nclient_id = "x"\n')
    secrets.chmod(0o644)
    found = [r for r in said(look(installed), "provider", "staff") if r.level is not Level.OK]
    assert "can be read by other accounts" in found[0].message
    assert "lacks redirect_uri, cookie_secret, client_secret, server_metadata_url" in found[1].message
    url = f"http://127.0.0.1:{other_server.server_port}/config"
    keys = {"redirect_uri": "x", "cookie_secret": "short", "client_id": "x", "client_secret": "x"}
    lines = "".join(f'{name} = "{value}"\n' for name, value in {**keys, "server_metadata_url": url}.items())
    secrets.write_text(f"[auth]\n{lines}")
    secrets.chmod(0o600)
    words = " ".join(r.message for r in said(look(installed, connect=True), "provider", "connect"))
    assert "is shorter than 32 characters" in words
    assert "none of them has a role" in words
    assert "the identity provider https://id.example answers" in words
    late = look(installed, connect=True, now=datetime.now(UTC) + timedelta(minutes=9))
    assert "the identity provider's clock shows" in " ".join(r.message for r in said(late, "connect"))
    secrets.write_text("[auth\nclient_secret = 'hunter2'")
    words = " ".join(r.message + r.remedy for r in said(look(installed), "provider"))
    assert "secrets.toml cannot be read" in words
    assert "hunter2" not in words


def test_a_mail_server_that_refuses_is_named(installed: Installed) -> None:
    """Nobody listens there: no mail is sent, and the firewall is thought of."""
    desk = HandOver(Delivery.SMTP, "a@example.com", "b@example.com", "127.0.0.1", 9, Security.NONE)
    settings = replace(installed.settings, site=Site(handover=desk))
    found = bad(look(installed, settings=settings, connect=True), "connect")["connect"]
    assert found.message == "the mail server cannot be reached (ConnectionRefusedError)"


def test_folders_and_disks_that_do_not_take_it_are_found(installed: Installed, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that may not be written, a disk that is nearly full, and a clock that was set back."""
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert "cannot be written" in bad(look(installed), "folders")["folders"].message
    free = shutil.disk_usage(installed.settings.index)._replace(free=1_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: free)
    assert bad(look(installed), "disk")["disk"].message.startswith("1 MB are free for ")
    early = look(installed, now=datetime(2026, 11, 2, tzinfo=UTC))
    assert "a file was written at" in bad(early, "clock")["clock"].message
