"""Fixtures that run the command in this process, or in a separate one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kb.cli.main import main
from kb.settings.settings import Settings
from tests.support import ROOT

CONTRACT = ["id", "query", "outcome", "confidence", "hits", "choices", "reason", "signpost", "index_version",
            "took_ms"]  # fmt: skip
"""The keys of an answer as JSON, in their order."""


@dataclass(frozen=True)
class Done:
    """The result of a command."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The only line on standard output, parsed."""
        (line,) = self.out.splitlines()
        return json.loads(line)

    @property
    def lines(self) -> list[Any]:
        """Every line on standard output, parsed."""
        return [json.loads(line) for line in self.out.split("\n")[:-1]]


Kb = Callable[..., Done]


def environment(settings: Settings) -> dict[str, str]:
    """Return the variables that name these settings."""
    return {
        "KB_ARTICLES": str(settings.articles),
        "KB_INDEX": str(settings.index),
        "KB_ENCODER": settings.encoder,
        "KB_CACHE": str(settings.cache),
    }


@pytest.fixture
def kb(
    tiny_index: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> Kb:
    """Return the command, run in this process over the six small articles, from an empty folder."""
    for name, value in environment(tiny_index).items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)

    def run(*arguments: object) -> Done:
        capfdbinary.readouterr()
        status = main([str(a) for a in arguments])
        out, err = capfdbinary.readouterr()
        return Done(status, out.decode(), err.decode())

    return run


@pytest.fixture
def kb_process(tiny_index: Settings, tmp_path: Path) -> Kb:
    """Return the command, run in a separate process."""

    def run(
        *arguments: object, given: bytes = b"", program: tuple[str, ...] = ("-m", "kb.cli.main"), **more: str
    ) -> Done:
        if program == ("-m", "kb.cli.main"):
            program = ("-c", "from kb.cli.main import run; run()")
        passed = {k: v for k, v in os.environ.items() if not k.startswith("KB_")}
        done = subprocess.run(
            [sys.executable, *program, *map(str, arguments)],
            input=given,
            capture_output=True,
            check=False,
            cwd=tmp_path,
            env={**passed, **environment(tiny_index), "PYTHONPATH": str(ROOT), **more},
            timeout=120,
        )
        return Done(done.returncode, done.stdout.decode(), done.stderr.decode())

    return run
