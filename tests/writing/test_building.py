"""Builds in a process of their own: their settings, their end, and what they say when they fail."""

from __future__ import annotations

import sys
import threading
from dataclasses import replace

import pytest

from kb.errors import KbIndexError
from kb.settings.settings import ENVIRONMENT, load_settings
from kb.writing.building import BuildStopped, ProcessBuild
from tests.support import wait_until, write_article


class Scripted(ProcessBuild):
    """A build that runs a few lines of Python in place of the command."""

    def __init__(self, settings, code: str) -> None:
        """Run some code."""
        super().__init__(settings)
        self._code = code

    def command(self, *, quick: bool) -> list[str]:
        """Return the program and its arguments."""
        assert quick
        return [sys.executable, "-c", self._code]


def test_the_process_has_the_same_settings(articles_only, monkeypatch):
    """Through its environment, in which nothing else is left that would set one; no argument shows a password."""
    monkeypatch.setenv("KB_ENCODER", "another")
    settings = replace(articles_only, database_url="postgresql://kb:secret@host/kb", api_origins=("https://a.org",))
    build = ProcessBuild(settings)
    given = {name: value for name, value in build.environment().items() if name in ENVIRONMENT.values()}
    read = load_settings(given)
    named = [name for name in ENVIRONMENT if name != "site_path"]
    assert [getattr(read, name) for name in named] == [getattr(settings, name) for name in named]
    assert "secret" not in " ".join(build.command(quick=True))


def test_a_build_that_fails_says_why_in_a_sentence(articles_only):
    """The command's own last words; of a crash, its status."""
    write_article(articles_only.articles, "broken", kind="howto")
    with pytest.raises(KbIndexError, match=r"^1 error in 1 file, so nothing was built and the last"):
        ProcessBuild(articles_only).run(quick=True)
    with pytest.raises(KbIndexError, match="The build ended with status 3 and said nothing about it"):
        Scripted(articles_only, "import sys; print('Traceback', file=sys.stderr); sys.exit(3)").run(quick=True)


def test_a_build_is_ended_from_outside(articles_only, tmp_path):
    """The one that runs, and the next ones, until they are allowed again."""
    mark = tmp_path / "began"
    code = f"import pathlib, signal; pathlib.Path({str(mark)!r}).touch(); signal.pause()"
    build, ended = Scripted(articles_only, code), []

    def run() -> None:
        try:
            build.run(quick=True)
        except BuildStopped:
            ended.append(True)

    thread = threading.Thread(target=run)
    thread.start()
    wait_until(mark.exists)
    build.stop()
    thread.join()
    assert ended == [True]
    with pytest.raises(BuildStopped):
        build.run(quick=True)
    build.allow()
    Scripted(articles_only, "pass").run(quick=True)
