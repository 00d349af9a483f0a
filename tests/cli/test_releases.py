"""``kb publish`` and ``kb pull``, as an operator types them."""

from __future__ import annotations

import shutil
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from tests.cli.conftest import Kb

if TYPE_CHECKING:
    import pytest

    from kb.settings.settings import Settings


def test_an_index_goes_its_way_by_command(
    kb: Kb, tiny_index: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key is made, a copy of the index is published, looked at, and installed elsewhere; the doctor knows."""
    shutil.copytree(tiny_index.index, tmp_path / "built")
    made = kb("publish", "--new-key", "key.pem")
    public = made.out.splitlines()[-1]
    assert (made.status, public.startswith("ed25519:")) == (0, True)
    assert stat.S_IMODE((tmp_path / "key.pem").stat().st_mode) == 0o600
    assert "--new-key" in kb("publish", "out", "--index", "built").err
    done = kb("publish", "out", "--index", "built", "--key", "key.pem")
    assert (done.status, done.out.startswith("out: release 1 (v")) == (0, True)
    assert done.out.splitlines()[-1] == f"Machines that pull it need this key in 'index_keys': {public}"
    again = kb("publish", "out", "--index", "built", "--key", "key.pem", "--json").json
    assert (again["release"], again["new"], again["sent_files"]) == (1, False, 0)

    refused = kb("pull", "out", "--index", "here")
    assert (refused.status, "No key is trusted" in refused.err) == (1, True)
    assert "No place is named" in kb("pull", "--trust", public).err
    offers = kb("pull", "out", "--index", "here", "--trust", public, "--look")
    assert offers.out.startswith("out offers release 1 (v")
    assert not Path("here").exists()
    monkeypatch.setenv("KB_INDEX_KEYS", public)
    monkeypatch.setenv("KB_INDEX_SOURCE", str(tmp_path / "out"))
    pulled = kb("pull", "--index", "here")
    assert (pulled.status, " installed from " in pulled.out) == (0, True)
    assert kb("pull", "--index", "here", "--json").json["new"] is False
    assert kb("ask", "late fee", "--index", "here").status == 0
    found = kb("doctor", "--index", "here", "--connect", "--json").lines
    (line,) = [line for line in found if line["check"] == "releases"]
    assert (line["level"], line["message"].startswith("release 1 (v")) == ("ok", True)
    monkeypatch.setenv("KB_PUBLISH_KEY", "nowhere.pem")
    found = kb("doctor", "--index", "built", "--json").lines
    assert "There is no key in nowhere.pem" in [line["message"] for line in found if line["check"] == "releases"]
