"""Pulling: what cannot be trusted or is not whole is refused by name, and the index stays as it is."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from filelock import FileLock

from kb.distribution import pulling
from kb.distribution.envelope import MANIFEST, RELEASE, seal
from kb.distribution.keys import KeyRing
from kb.distribution.release import CURRENT, file_path, manifest_path
from kb.errors import (
    IndexBusy,
    IndexStale,
    KbIndexError,
    ReleaseDamaged,
    ReleaseOlder,
    ReleaseRefused,
    ReleaseTooNew,
    ReleaseUntrusted,
    SourceUnavailable,
)
from kb.retrieval.index.versions import build_lock, current_name, read_version
from tests.distribution.conftest import LARGE, Machines


def state(index: Path) -> dict[str, bytes]:
    """Return every file that matters for answering, and what is known of releases."""
    files = [p for p in index.rglob("*") if p.is_file() and ".pull" not in str(p) and p.name != ".lock"]
    return {str(p.relative_to(index)): p.read_bytes() for p in files}


@pytest.fixture
def offered(machines: Machines) -> Machines:
    """Release 1 is installed, and release 2 is offered."""
    machines.release(1)
    machines.pull()
    machines.release(2)
    return machines


@contextmanager
def nothing_changes(machines: Machines) -> Iterator[None]:
    """What serves, and what is known, is the same afterward."""
    before = state(machines.replica)
    yield
    assert state(machines.replica) == before


def graph(machines: Machines) -> str:
    """Return the digest of the large file."""
    listed = read_version(machines.builder, current_name(machines.builder)).manifest["files"]
    return str(listed["graph.onnx"]["sha256"])


def small(machines: Machines) -> str:
    """Return the digest of the file that only the newest version has."""
    listed = read_version(machines.builder, current_name(machines.builder)).manifest["files"]
    return str(listed["text.json"]["sha256"])


# ---------------------------------------------------------------------------------------------- trust


def changed(data: bytes) -> bytes:
    """Return an envelope with one character of its payload changed."""
    envelope = json.loads(data)
    payload = bytearray(base64.b64decode(envelope["payload"]))
    payload[len(payload) // 2] ^= 1
    return json.dumps({**envelope, "payload": base64.b64encode(payload).decode()}).encode()


@pytest.mark.parametrize("which", ["release", "manifest"])
def test_a_bad_signature_is_refused(offered, which):
    """One bit of the release, or of the list of its files."""
    name = CURRENT if which == "release" else manifest_path(current_name(offered.builder))
    path = Path(offered.address, name)
    path.write_bytes(changed(path.read_bytes()))
    with nothing_changes(offered), pytest.raises(ReleaseUntrusted, match=f"The signature of .*{name} by the key"):
        offered.pull()


def test_an_unknown_key_is_refused(offered, other_key):
    """Its name is told, and that it can be trusted on purpose."""
    Path(offered.address, CURRENT).unlink()
    offered.publish(key=other_key)
    with nothing_changes(offered), pytest.raises(ReleaseUntrusted, match=f"signed by {other_key.id}.*index_keys"):
        offered.pull()


def test_a_key_is_replaced_without_a_gap(offered, other_key):
    """Machines trust both, the publisher changes over, and then they trust the new one alone."""
    both = KeyRing([offered.key.public, other_key.public])
    assert offered.pull(keys=both).release.number == 2
    offered.build(3)
    offered.publish(key=other_key)
    assert offered.pull(keys=both).release.number == 3
    assert offered.pull(keys=KeyRing([other_key.public])).is_new is False


@pytest.mark.parametrize("data", [b"", b"{}", b"[1]", b"\xff", b'{"payload": 3}', b"[" * 70_000])
def test_what_is_not_signed_at_all_is_refused(offered, data):
    """Whatever it is."""
    Path(offered.address, CURRENT).write_bytes(data)
    with nothing_changes(offered), pytest.raises((ReleaseUntrusted, ReleaseDamaged)):
        offered.pull()


def test_what_is_signed_as_something_else_is_refused(offered):
    """A signed list of files is not a release, whoever signed it."""
    manifest = Path(offered.address, manifest_path(current_name(offered.builder))).read_bytes()
    Path(offered.address, CURRENT).write_bytes(manifest)
    with nothing_changes(offered), pytest.raises(ReleaseUntrusted, match="is signed as"):
        offered.pull()


def test_the_list_of_another_version_is_refused(offered):
    """Signed by the right key, and not the one that the release names."""
    old = Path(offered.address, manifest_path(current_name(offered.replica))).read_bytes()
    Path(offered.address, manifest_path(current_name(offered.builder))).write_bytes(old)
    with nothing_changes(offered), pytest.raises(ReleaseDamaged, match="is not the list of files that release 2"):
        offered.pull()


def test_a_signed_release_with_a_wrong_value_is_refused(offered):
    """A publisher's mistake leads out of no folder."""
    release = {"number": 3, "version": "../../etc", "manifest_sha256": "0" * 64, "format": 3, "size": 1, "program": "1"}
    data = json.dumps({**release, "published_at": "2026-01-01T00:00:00+00:00"}).encode()
    Path(offered.address, CURRENT).write_bytes(seal(RELEASE, data, offered.key))
    with nothing_changes(offered), pytest.raises(ReleaseUntrusted, match="wrong one"):
        offered.pull()


# ---------------------------------------------------------------------------------------------- age


def test_an_older_release_is_refused_unless_it_is_meant(machines):
    """What was signed once stays signed: an attacker, or a backup, may bring it back."""
    machines.release(1)
    old = Path(machines.address, CURRENT).read_bytes()
    machines.release(2)
    machines.pull()
    Path(machines.address, CURRENT).write_bytes(old)
    with (
        nothing_changes(machines),
        pytest.raises(ReleaseOlder, match=r"release 1 .*older than release 2 .*--allow-older"),
    ):
        machines.pull()
    assert machines.pull(allow_older=True).release.number == 1
    assert machines.pull().is_new is False


def test_two_releases_of_one_number_are_told_apart(machines):
    """Two publishers that did not see each other, as on two copies of a place."""
    machines.release(1)
    machines.pull()
    other = Machines(machines.folder / "elsewhere", machines.key, str(machines.folder / "elsewhere" / "releases"))
    other.release(7)
    with nothing_changes(machines), pytest.raises(ReleaseOlder, match="two publishers did not see each other"):
        machines.pull(other.source())


def test_a_damaged_record_of_what_is_installed_is_not_taken_for_none(offered):
    """Otherwise an older release would pass for a newer one."""
    (offered.replica / ".release.json").write_bytes(b"{")
    with nothing_changes(offered), pytest.raises(ReleaseRefused, match="--allow-older"):
        offered.pull()
    assert offered.pull(allow_older=True).release.number == 2


# ---------------------------------------------------------------------------------------------- bytes


def test_other_bytes_are_refused(offered, web):
    """Of the right number; nothing of them stays, and the right ones are taken afterward."""
    source, faults = web
    faults.body[small(offered)] = lambda data: bytes([data[0] ^ 1])
    with nothing_changes(offered), pytest.raises(ReleaseDamaged, match="has other bytes than the release lists"):
        offered.pull(source)
    faults.body.clear()
    assert offered.pull(source).fetched_files == 1


def test_more_bytes_than_were_announced_are_not_read(offered, web):
    """A file that grows, and a release that has no end."""
    source, faults = web
    faults.body[small(offered)] = lambda data: data + b"x"
    with nothing_changes(offered), pytest.raises(ReleaseDamaged, match="more than the 1 bytes"):
        offered.pull(source)
    faults.body[CURRENT] = lambda data: data * 1000
    with nothing_changes(offered), pytest.raises(ReleaseDamaged, match="more than the 65,536 bytes"):
        offered.pull(source)


@pytest.mark.parametrize("has_ranges", [True, False])
def test_a_cut_download_is_continued(machines, web, has_ranges):
    """From where it broke off; from the beginning where the server cannot; and by the next pull if need be."""
    source, faults = web
    machines.release(1)
    faults.cut_after[graph(machines)] = 200_000
    faults.has_ranges = has_ranges
    if not has_ranges:
        with pytest.raises(SourceUnavailable, match=r"broke off after 200,000 of 512,000 bytes|does not answer"):
            machines.pull(source)
        assert not (machines.replica / "CURRENT").exists()
        faults.cut_after.clear()
    else:
        with pytest.raises(SourceUnavailable):
            machines.pull(source)  # two attempts: 400,000 bytes
    assert machines.pull(source).is_new
    ranges = [wanted for path, wanted in faults.asked if path.endswith(graph(machines))]
    assert ranges[:3] == ["", "bytes=200000-", "bytes=400000-" if has_ranges else "bytes=200000-"]
    assert (machines.replica / "versions" / current_name(machines.replica) / "graph.onnx").read_bytes() == LARGE


def test_a_beginning_of_other_bytes_is_not_built_upon(machines, web):
    """What an earlier attempt brought was wrong: it is fetched again, whole."""
    source, faults = web
    machines.release(1)
    part = machines.replica / ".pull" / "files" / f"{graph(machines)}.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(b"x" * 1000)
    assert machines.pull(source).is_new
    assert [wanted for path, wanted in faults.asked if path.endswith(graph(machines))] == ["bytes=1000-", ""]


@pytest.mark.parametrize("fault", ["silent", "drips"])
def test_a_slow_source_is_not_waited_for(offered, web, fault):
    """One that says nothing, and one that sends a byte now and then, which no time-out of a read notices."""
    source, faults = web
    getattr(faults, {"silent": "is_silent"}.get(fault, fault)).add(CURRENT)
    patience = replace(offered.patience, grace_s=0.1)
    said = "comes too slowly" if fault == "drips" else "does not answer"
    with nothing_changes(offered), pytest.raises(SourceUnavailable, match=said):
        offered.pull(source, patience=patience)
    assert len(faults.asked) == 2  # tried again once


@pytest.mark.parametrize(("status", "said", "times"), [(503, "503", 2), (403, "refused", 1), (302, "leads to", 1)])
def test_a_server_that_refuses_is_told_from_one_that_is_busy(offered, web, status, said, times):
    """One is asked again, the other is not, and no redirect is followed."""
    source, faults = web
    faults.status[CURRENT] = status
    with nothing_changes(offered), pytest.raises(SourceUnavailable, match=said):
        offered.pull(source)
    assert len(faults.asked) == times


def test_a_place_without_a_release_or_a_file_of_one_is_named(machines):
    """An empty folder, a folder that is not there, a file that is missing."""
    with pytest.raises(SourceUnavailable, match="There is no folder"):
        machines.pull()
    Path(machines.address).mkdir()
    with pytest.raises(SourceUnavailable, match="offers no release"):
        machines.pull()
    machines.release(1)
    Path(machines.address, file_path(graph(machines))).unlink()
    with pytest.raises(SourceUnavailable, match=r"missing, though the release lists it.*kb publish --all"):
        machines.pull()


# ---------------------------------------------------------------------------------------------- this machine


def test_a_release_for_another_program_is_refused_before_it_is_fetched(offered, web, monkeypatch):
    """A replica with an older program goes on with what it has."""
    source, faults = web
    monkeypatch.setattr(pulling, "FORMAT", 2)
    with nothing_changes(offered), pytest.raises(ReleaseTooNew, match="which has format 3, and this program reads 2"):
        offered.pull(source)
    assert [path for path, _ in faults.asked] == [f"/{CURRENT}"]


def test_a_version_that_does_not_load_here_is_refused(offered):
    """It is loaded before it is made current; what is known of it is not tried again."""

    def refuse(_version: object) -> None:
        raise IndexStale("It lacks a part. Build again: kb build --full")

    with (
        nothing_changes(offered),
        pytest.raises(ReleaseTooNew, match=r"does not work here: It lacks a part\. ") as caught,
    ):
        offered.pull(prove=refuse)
    assert not (offered.replica / ".pull").exists()
    with pytest.raises(ReleaseTooNew):
        offered.pull(refused={caught.value.manifest_sha256: str(caught.value)})


def test_a_full_disk_is_said_before_the_download(offered, monkeypatch):
    """How much is needed, and that what serves goes on."""
    monkeypatch.setattr(pulling.shutil, "disk_usage", lambda _path: type("Usage", (), {"free": 0}))
    with nothing_changes(offered), pytest.raises(KbIndexError, match=r"MB are needed, 0 MB are free.*goes on serving"):
        offered.pull()


def test_a_build_or_another_pull_is_not_disturbed(offered):
    """Both hold the folder; what was fetched meanwhile stays."""
    with nothing_changes(offered), build_lock(offered.replica), pytest.raises(IndexBusy, match="Another build"):
        offered.pull()
    with (
        nothing_changes(offered),
        FileLock(offered.replica / ".pull.lock"),
        pytest.raises(IndexBusy, match="Another pull"),
    ):
        offered.pull()
    assert offered.pull().is_new


@pytest.mark.parametrize("step", ["write_installed", "publish"])
def test_a_pull_that_is_killed_while_it_installs_is_completed(offered, monkeypatch, step):
    """Old or new, whole; and the older release is refused from then on."""

    class Killed(BaseException):
        pass

    def die(*_: object) -> None:
        raise Killed

    monkeypatch.setattr(pulling, step, die)
    with pytest.raises(Killed):
        offered.pull()
    monkeypatch.undo()
    read_version(offered.replica, current_name(offered.replica))
    pulled = offered.pull()
    assert (pulled.is_new, pulled.fetched_files) == (True, 0)
    assert current_name(offered.replica) == current_name(offered.builder)


def test_a_damaged_file_of_an_older_version_is_not_built_upon(offered, web):
    """What is here is compared before it is taken over; the right bytes are fetched."""
    source, _faults = web
    file = offered.replica / "versions" / current_name(offered.replica) / "graph.onnx"
    file.write_bytes(LARGE[:-1] + b"?")
    assert offered.pull(source).fetched_files == 2
    read_version(offered.replica, current_name(offered.replica))


def test_the_list_is_sealed_for_what_it_is(offered):
    """A release that is sealed as a list of files is none."""
    sealed = seal(MANIFEST, b"{}", offered.key)
    Path(offered.address, CURRENT).write_bytes(sealed)
    with nothing_changes(offered), pytest.raises(ReleaseUntrusted, match="is signed as"):
        offered.pull()
