"""The container recipe: what it copies exists, it uses the lock file, and it does not run as root."""

from __future__ import annotations

import json
import sys

import pytest

from tests.support import ROOT

sys.path.insert(0, str(ROOT / "scripts"))
import container

FIRST, LAST = container.stages((ROOT / "deploy/Containerfile").read_text(encoding="utf-8"))


def test_what_is_copied_exists_and_is_let_through():
    """Each source is in the checkout, and the list of what an engine is handed names it."""
    passed = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    sources = [source for word, rest in FIRST if word == "COPY" for source in rest.split()[:-1]]
    assert sources
    for source in sources:
        assert (ROOT / source).exists()
        assert f"!{source}" in passed


def test_the_lock_file_is_used_with_its_hashes():
    """Only the project itself is installed without hashes, and that step downloads nothing."""
    installs = [rest for word, rest in FIRST if word == "RUN" and "install" in rest]
    assert len(installs) == 2
    assert "--no-deps --require-hashes --only-binary :all: -r requirements.lock" in installs[0]
    assert installs[1].endswith("--no-deps --no-build-isolation .")


def test_it_serves_as_nobody_in_particular():
    """Neither root nor a shell; all that is written is in one volume; the check asks whether an index serves."""
    last = dict(LAST)
    assert last["USER"].isdecimal()
    assert last["USER"] != "0"
    assert last["VOLUME"] == "/data"
    assert "KB_DATABASE_URL=sqlite:////data/" in last["ENV"]
    assert json.loads(last["CMD"])[:2] == ["kb", "serve"]
    assert "/readyz" in json.loads(last["HEALTHCHECK"].partition("CMD ")[2])[-1]
    assert [word for word, _ in LAST].index("USER") < [word for word, _ in LAST].index("CMD")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("FROM a\n# no\nRUN x \\\n  y\n\ncopy b c/\n", [[("FROM", "a"), ("RUN", "x    y"), ("COPY", "b c/")]]),
        ("ARG A=1\nFROM a AS b\nFROM c", [[("FROM", "a AS b")], [("FROM", "c")]]),
    ],
)
def test_the_reader_of_recipes(text, found):
    """Comments, continued lines, stages."""
    assert container.stages(text) == found
