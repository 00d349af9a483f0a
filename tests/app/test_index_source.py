"""A server that follows releases goes over to a new one while it answers, and never to a bad one."""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from kb.app.index_source import IndexSource
from kb.distribution.keys import KeyRing, SigningKey, new_key
from kb.distribution.publishing import Published, publish_release
from kb.distribution.release import CURRENT as RELEASE
from kb.distribution.store import Patience, open_target
from kb.errors import ConfigError
from kb.retrieval.answering.live import LiveAnswerer
from kb.retrieval.index.versions import current_name, publish, read_version, write_version
from kb.settings.settings import Settings
from tests.support import build, copy_index, wait_until, write_article


@dataclass
class Site:
    """A machine that builds, and a server elsewhere that follows it."""

    builder: Settings
    server: Settings
    key: SigningKey
    second: str

    def publish(self, version: str = "") -> Published:
        """Publish a version; the second one, which has an article more, if none is named."""
        place = open_target(self.server.index_source, {}, Patience())
        keys = KeyRing([self.key.public])
        return publish_release(self.builder.index, version or self.second, place, self.key, keys)


@pytest.fixture(scope="module")
def built(tiny_index: Settings, tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, str, str]:
    """Settings of a machine with two versions, the first one published; and their names."""
    folder = tmp_path_factory.mktemp("built")
    settings = replace(copy_index(tiny_index, folder / "index"), articles=folder / "articles")
    shutil.copytree(tiny_index.articles, settings.articles)
    first = current_name(settings.index)
    write_article(settings.articles, "modem-rent", "It costs money.\n", title="What does the modem cost?")
    second = build(settings).version
    publish(settings.index, first, keep=3)
    return settings, first, second


@pytest.fixture
def site(built: tuple[Settings, str, str], tmp_path: Path) -> Site:
    """The first release is published, and nothing is on the server."""
    settings, first, second = built
    key = new_key(tmp_path / "key.pem")
    source = {"index_source": str(tmp_path / "releases"), "index_keys": (key.public,), "index_source_seconds": 0.05}
    server = replace(settings, index=tmp_path / "server", watch_seconds=0.05, **source)
    made = Site(copy_index(settings, tmp_path / "builder"), server, key, second)
    assert made.publish(first).release.number == 1
    return made


@pytest.fixture
def source(site: Site) -> Iterator[IndexSource]:
    """What the server follows; not started."""
    made = IndexSource(site.server, {})
    yield made
    made.stop()


@pytest.fixture
def live(site: Site, source: IndexSource) -> Iterator[LiveAnswerer]:
    """The server's answerer, over the first release."""
    assert source.look()
    answerer = LiveAnswerer(site.server)
    yield answerer
    answerer.close()


def test_a_release_serves_within_seconds(site, source, live):
    """The loop pulls it, the answerer goes over to it, and nobody has to do anything."""
    old = live.index_version
    source.start()
    live.start_watching()
    published = site.publish()
    wait_until(lambda: live.index_version == published.release.version, 10)
    assert live.index_version != old
    assert live.ask("what does the modem cost").hits[0].article_id == "modem-rent"
    wait_until(lambda: source.state.release == 2)
    assert (source.state.pulled, source.state.failure) == (2, "")


def test_a_bad_release_is_reported_once_and_the_old_one_answers(site, source, live, caplog):
    """However often one looks; and a good one is taken afterward."""
    old = live.index_version
    site.publish()
    path = Path(site.server.index_source, RELEASE)
    good = path.read_bytes()
    path.write_bytes(json.dumps({**json.loads(good), "signatures": []}).encode())
    assert [source.look() for _ in range(3)] == [False] * 3
    assert live.refresh() is False
    assert live.ask("late fee").index_version == old
    (record,) = caplog.records
    assert (record.levelno, "is signed by no key" in record.getMessage()) == (logging.ERROR, True)
    assert source.state.failures == 3
    assert source._look() == site.server.index_source_seconds  # a newer one is looked for as often as ever
    path.write_bytes(good)
    assert source.look()
    assert live.refresh() is True
    assert [r.getMessage() for r in caplog.records if r.levelno == logging.WARNING][-1].endswith(
        "can be followed again."
    )


def test_an_older_program_goes_on_with_its_own_index(site, source, live):
    """A version that lacks what the program of the server needs is refused, and not tried again and again."""
    old = live.index_version
    version = read_version(site.builder.index, site.second)
    files = {n: d for n, d in version.files.items() if n != "units.json"}
    manifest = {k: v for k, v in version.manifest.items() if k not in ("files", "format")}
    site.publish(write_version(site.builder.index, files, manifest))
    assert source.look() is False
    assert "does not work here" in source.state.failure
    asked = source.state.failure
    assert source.look() is False
    assert source.state.failure == asked
    assert not (site.server.index / ".pull").exists()
    assert live.refresh() is False
    assert live.ask("late fee").index_version == old == current_name(site.server.index)


def test_a_source_that_is_gone_is_a_warning(site, source, live, caplog):
    """What serves goes on serving."""
    shutil.rmtree(site.server.index_source)
    assert source.look() is False
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert "what serves goes on serving. There is no folder" in record.getMessage()
    assert [source._look() for _ in range(2)] == [0.1, 0.2]  # less and less often
    assert live.ask("late fee").hits


def test_nothing_is_followed_without_a_key(site):
    """Then nothing could be trusted."""
    with pytest.raises(ConfigError, match="index_keys"):
        IndexSource(replace(site.server, index_keys=()), {})
