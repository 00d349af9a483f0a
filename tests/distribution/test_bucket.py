"""A bucket does what a folder does: on a real server that speaks S3, and with what is wrong with one.

Ceph's object gateway takes ten seconds to start: ``make test-bucket`` runs these, and ``make test`` leaves them out.
"""

from __future__ import annotations

import os
import signal
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path

import pytest

from kb.distribution.keys import SigningKey
from kb.errors import SourceUnavailable
from tests.distribution import contract
from tests.distribution.conftest import QUICK, Machines
from tests.object_server import ObjectServer, is_installed, object_server

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_spec("obstore") is None, reason="The extra 's3' is not installed"),
    pytest.mark.skipif(not is_installed(), reason="Ceph is not installed: radosgw, ceph-mon, ceph-osd, ceph-common"),
]
PATIENT = replace(QUICK, connect_s=10.0, read_s=10.0)
"""As a bucket needs it on a machine that does other work."""


@pytest.fixture(scope="module")
def server() -> Iterator[ObjectServer]:
    """A running server, with a bucket."""
    with object_server() as running, pytest.MonkeyPatch.context() as patch:
        for name in [n for n in os.environ if n.startswith("AWS_")]:
            patch.delenv(name)
        for name, value in running.environment().items():
            patch.setenv(name, value)
        make_bucket("releases")
        yield running


def make_bucket(name: str) -> None:
    """Make a bucket."""
    import obstore

    store = obstore.store.S3Store(name, client_options={"allow_http": True})
    address = obstore.sign(store, "PUT", "", timedelta(minutes=1))
    with urllib.request.urlopen(urllib.request.Request(address, method="PUT"), timeout=30) as reply:
        assert reply.status == 200


@pytest.fixture
def machines(tmp_path: Path, key: SigningKey, server: ObjectServer) -> Machines:
    """Two machines with a bucket between them; each test has a prefix of its own."""
    address = f"s3://releases/{tmp_path.name}"
    return Machines(tmp_path, key, address, server.environment(), patience=PATIENT)


@pytest.mark.parametrize(
    "does",
    [
        contract.publishing_the_same_again_changes_nothing,
        contract.of_two_publishers_one_wins,
        contract.a_lost_confirmation_is_no_conflict,
        contract.a_file_is_continued,
        contract.what_nobody_needs_is_removed,
    ],
    ids=lambda does: does.__name__,
)
def test_a_bucket_does_what_a_folder_does(machines, does):
    """The same contract."""
    does(machines)


def test_a_release_arrives_through_a_bucket(machines):
    """Every byte, and then only what is missing."""
    contract.a_release_arrives(machines, machines.source())


def test_files_of_many_parts_arrive(machines):
    """What is larger than one request takes."""
    machines.build(1, **{"vectors.faiss": os.urandom(13 << 20)})
    machines.publish()
    assert machines.pull().fetched_files == 3


def test_a_bucket_that_stops_in_the_middle_is_named_and_then_continued(machines, server):
    """The gateway says nothing any more: a bounded wait, by name; afterward it goes on."""
    machines.release(1)
    machines.pull()
    machines.release(2)
    patience = replace(machines.patience, read_s=0.5, connect_s=0.5, attempts=2)
    machines.patience = patience
    os.kill(server.gateway, signal.SIGSTOP)
    try:
        began = time.monotonic()
        with pytest.raises(
            SourceUnavailable, match=r"s3://releases/.*does not answer as it should \(it took too long\)"
        ):
            machines.pull()
        assert time.monotonic() - began < 20
    finally:
        os.kill(server.gateway, signal.SIGCONT)
    machines.patience = PATIENT
    assert machines.pull().release.number == 2


def test_what_is_wrong_with_a_bucket_is_named(machines, server, monkeypatch):
    """Credentials, the bucket's name, the server's address; none is tried again in vain but the last."""
    machines.build(1)
    with pytest.raises(SourceUnavailable, match="offers no release"):
        machines.pull()
    machines.address = "s3://no-such-bucket/x"
    with pytest.raises(SourceUnavailable, match=r"NoSuchBucket\). Make the bucket") as caught:
        machines.publish()
    assert not caught.value.may_pass
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    machines.address = "s3://releases/x"
    with pytest.raises(SourceUnavailable, match=r"SignatureDoesNotMatch\). Check AWS_ACCESS_KEY_ID") as caught:
        machines.pull()
    assert "wrong" not in str(caught.value)
    assert not caught.value.may_pass
    machines.environ = {**machines.environ, "AWS_ENDPOINT_URL": "http://127.0.0.1:1"}
    with pytest.raises(SourceUnavailable, match="no connection"):
        machines.pull()
