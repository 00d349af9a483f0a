"""A separate help center under version control, with an encoder that takes no time."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from kb.settings.settings import Settings
from tests.support import toy_settings, write_article, write_tiny

WORDS = """zebra quokka walrus otter badger heron lemur tapir late fee payment due date bill statement autopay card bank
modem return store paper mail what is the how do i my a of to price rose promotion ended turn off on automatic payments
signal lost amount stands""".split()  # noqa: SIM905 — words


def git(folder: Path, *arguments: str) -> None:
    """Run git without the developer's own settings."""
    who = ["-c", "user.name=n", "-c", "user.email=n@example.com", "-c", "commit.gpgsign=false"]
    nothing = {
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_CONFIG_SYSTEM": "/dev/null",
        "PATH": "/usr/local/bin:/usr/bin:/bin",
    }
    subprocess.run(["git", "-C", str(folder), *who, *arguments], check=True, capture_output=True, env=nothing)


@pytest.fixture(scope="session")
def zoo(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings with an encoder that tells the words of these tests apart."""
    with pytest.MonkeyPatch.context() as patch:
        return toy_settings(tmp_path_factory.mktemp("zoo"), WORDS, patch)


@pytest.fixture
def checkout(tmp_path: Path, zoo: Settings) -> Settings:
    """Settings whose articles are committed: the small ones, and two whose tests repeat an example word for word."""
    folder = write_tiny(tmp_path / "repo" / "articles")
    write_article(folder, "zebra-fee", examples=["zebra walrus otter", "zebra otter fee"], tests=["zebra walrus otter"])
    write_article(folder, "heron-card", examples=["heron lemur tapir"], tests=["heron lemur tapir"])
    git(tmp_path / "repo", "init", "-q")
    git(tmp_path / "repo", "add", ".")
    git(tmp_path / "repo", "commit", "-q", "-m", "base")
    return replace(zoo, articles=folder, index=tmp_path / "index")


@pytest.fixture
def command(
    checkout: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Run ``kb`` on the checkout; gives status, standard output and standard error."""
    from kb.cli.main import main

    monkeypatch.chdir(checkout.articles.parent)
    monkeypatch.setenv("KB_ARTICLES", "articles")
    monkeypatch.setenv("KB_INDEX", str(checkout.index))
    monkeypatch.setenv("KB_ENCODER", str(checkout.encoder))
    monkeypatch.setenv("KB_CACHE", str(checkout.cache))

    def kb(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        status = main(list(arguments))
        said = capsys.readouterr()
        return status, said.out, said.err

    return kb
