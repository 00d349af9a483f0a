"""Crashes at every step that touches the disk: a published version always stays."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kb.common.files import replace_file
from kb.retrieval.answering.live import load_newest
from kb.retrieval.index.versions import current_name, version_names
from kb.settings.settings import Settings
from tests.retrieval.index.conftest import flip
from tests.support import ROOT, build, copy_index, write_article


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path, monkeypatch):
    """A crash before the rename leaves the old bytes."""
    path = tmp_path / "CURRENT"
    replace_file(path, b"old")
    monkeypatch.setattr(os, "replace", crash)
    with pytest.raises(Crash):
        replace_file(path, b"new")
    assert path.read_bytes() == b"old"


class Crash(BaseException):
    """The machine goes down here: nothing may catch it."""


def crash(*_: object, **__: object) -> None:
    """Go down."""
    raise Crash


STEPS = ((os, "fsync"), (os, "rename"), (os, "replace"), (os, "utime"), (os, "mkdir"), (shutil, "rmtree"))


class CrashAt:
    """Every step that touches the disk is counted; one of them does not happen, and none after it."""

    def __init__(self, patch: pytest.MonkeyPatch, at: int) -> None:
        """Crash instead of step ``at``, counted from 1."""
        self.at, self.steps = at, 0
        for module, name in STEPS:
            patch.setattr(module, name, self._counted(getattr(module, name)))

    def _counted(self, real: Callable[..., object]) -> Callable[..., object]:
        def step(*args: object, **options: object) -> object:
            self.steps += 1
            if self.steps >= self.at:
                raise Crash
            return real(*args, **options)

        return step


EVERY_STEP = os.environ.get("KB_TEST_CRASHES") == "all"
"""``make test-crashes`` goes down at every step, ``make test`` at every fifth."""


def crash_points(settings: Settings, work: Path) -> Iterator[tuple[int, Settings]]:
    """Yield an index on which a build crashed at the first step, at a later one, and so on until one is done."""
    for at in range(1, 200, 1 if EVERY_STEP else 5):
        mine = copy_index(settings, work / str(at))
        with pytest.MonkeyPatch.context() as patch:
            CrashAt(patch, at)
            try:
                build(mine)
            except Crash:
                done = False
            else:
                done = True
        if done:
            return
        yield at, mine
    raise AssertionError("the build never ends")


def test_a_crash_at_any_step_leaves_a_published_version(settings, tmp_path):
    """Wherever a build goes down, the old version or the new one serves without complaint, and the next build works."""
    old = build(settings).version
    write_article(settings.articles, "modem-rent", "The modem costs money every month.\n")
    new = build(copy_index(settings, tmp_path / "wanted")).version
    seen = []
    for at, mine in crash_points(settings, tmp_path):
        said: list[str] = []
        served = load_newest(mine, said.append).version
        assert said == [], f"step {at}"
        seen.append(served)
        if EVERY_STEP and at % 3:
            continue  # the next build is tried after some
        assert build(mine).version == new
        assert sorted(p.name for p in mine.index.iterdir()) == [".lock", "CURRENT", "versions"], f"step {at}"
        assert set(version_names(mine.index)) == {old, new}
        assert not list((mine.index / "versions").glob(".*"))
    assert len(seen) > (10 if EVERY_STEP else 4)
    assert seen == sorted(seen, key=[old, new].index)  # never back from the new one to the old one
    assert seen[0] == old
    assert set(seen) == {old, new} or not EVERY_STEP  # the last steps, after CURRENT is replaced, may be skipped


def test_a_crash_while_mending_leaves_the_older_version(two, tmp_path):
    """If the published version is damaged and its repair crashes, the previous one or the repaired one serves."""
    settings, old, new = two
    flip(settings.index / "versions" / new / "units.json", 5)
    for at, mine in crash_points(settings, tmp_path):
        assert load_newest(mine, [].append).version in (old, new), f"step {at}"


def test_a_killed_build_leaves_the_published_version(settings, tmp_path):
    """SIGKILL just before CURRENT is replaced: the old version serves, the lock is free, the next build publishes."""
    old = build(settings).version
    write_article(settings.articles, "modem-rent", "The modem costs money every month.\n")
    code = (
        "import os, signal, sys\n"
        "from kb.retrieval.index import versions\n"
        "versions.replace_file = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        "from kb.cli.main import main\n"
        "main(['build'])\n"
    )
    environment = {
        **os.environ,
        "KB_ARTICLES": str(settings.articles),
        "KB_INDEX": str(settings.index),
        "KB_ENCODER": settings.encoder,
        "KB_CACHE": str(settings.cache),
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run([sys.executable, "-c", code], check=False, env=environment, cwd=tmp_path, capture_output=True)
    assert done.returncode == -signal.SIGKILL
    assert load_newest(settings, [].append).version == old
    report = build(settings)
    assert current_name(settings.index) == report.version != old
