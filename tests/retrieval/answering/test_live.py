"""A running app takes a new index over between two questions, and never a bad one."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from kb.errors import IndexDamaged, IndexMissing
from kb.retrieval.answering.live import EarlyIndex, LiveAnswerer, load_newest
from kb.retrieval.index.index import Index
from kb.retrieval.index.versions import CURRENT, VersionFiles, current_name, publish
from kb.settings.settings import Settings
from tests.support import build, copy_index, wait_until, write_article

NEW = ("modem-rent", "The modem costs money every month.\n")


@pytest.fixture
def said() -> list[str]:
    """Collect what is reported."""
    return []


@pytest.fixture
def live(settings: Settings, said: list[str]) -> Iterator[LiveAnswerer]:
    """Return an answerer over the six small articles, looking for a new index a hundred times a second."""
    build(settings)
    answerer = LiveAnswerer(replace(settings, watch_seconds=0.01), said.append)
    yield answerer
    answerer.close()


def build_new(settings: Settings) -> str:
    """Add an article and publish; return the version."""
    write_article(settings.articles, *NEW, title="What does the modem cost?")
    return build(settings).version


def damage(settings: Settings, name: str, file: str = "units.json") -> bytes:
    """Change one byte of a version; return what was there."""
    path = settings.index / "versions" / name / file
    data = path.read_bytes()
    path.write_bytes(b"\x00" + data[1:])
    return data


def test_a_new_version_is_taken_over(settings, live, said):
    """After a refresh the new version answers, with the new article in its library."""
    old = live.index_version
    assert live.refresh() is False
    new = build_new(settings)
    assert live.index_version == old
    assert live.refresh() is True
    assert live.index_version == new
    assert "modem-rent" in live.library.articles
    assert live.index.manifest["counts"]["articles"] == len(live.library)
    assert live.ask("what does the modem cost").hits[0].article_id == "modem-rent"
    assert live.refresh() is False
    assert said == []


def test_what_is_pinned_stays_one_version(settings, live):
    """A page gets articles and answer from the version that it began with, also in the middle of a swap."""
    old = live.index_version
    page = live.pinned()
    build_new(settings)
    assert live.refresh() is True
    assert (page.index_version, page.ask("what does the modem cost").index_version) == (old, old)
    assert "modem-rent" not in page.library.articles
    assert page.ask("late fee").hits[0].article_id in page.library.articles
    assert live.pinned().index_version == live.ask("what does the modem cost").index_version != old


def test_going_back_is_a_takeover_too(settings, live):
    """Publishing the older version again brings it back."""
    old = live.index_version
    build_new(settings)
    live.refresh()
    publish(settings.index, old, keep=3)
    assert live.refresh() is True
    assert live.index_version == old


def test_a_damaged_version_never_replaces_a_good_one(settings, live, said):
    """It is refused and reported once, however often one looks; the old one goes on answering."""
    old = live.index_version
    new = build_new(settings)
    damage(settings, new)
    assert [live.refresh() for _ in range(5)] == [False] * 5
    assert live.index_version == old
    assert live.ask("late fee").index_version == old
    assert len(said) == 1
    assert f"version {new} is refused: units.json is damaged" in said[0]
    assert said[0].endswith(f"({old} goes on serving)")


def test_a_refused_version_is_not_read_again(settings, live, monkeypatch):
    """Looking every second costs nothing while the damage is the same."""
    from kb.retrieval.answering import live as module

    new = build_new(settings)
    damage(settings, new)
    live.refresh()
    monkeypatch.setattr(module, "read_version", lambda *_: pytest.fail("read again"))
    assert live.refresh() is False


def test_a_version_that_could_not_be_read_for_a_moment_is_tried_again(settings, live, said, monkeypatch):
    """A disk or a memory that fails passes; its files never change, so time decides."""
    from kb.retrieval.answering import live as module

    new, real = build_new(settings), module.read_version

    def fail(*_: object) -> None:
        raise IndexDamaged("units.json is damaged (Input/output error)")

    monkeypatch.setattr(module, "read_version", fail)
    assert live.refresh() is False
    monkeypatch.setattr(module, "read_version", real)
    assert live.refresh() is False
    monkeypatch.setattr(module, "LOOK_AGAIN_SECONDS", 0.0)
    assert live.refresh() is True
    assert live.index_version == new
    assert len(said) == 1


def test_a_version_for_which_there_is_no_memory_is_tried_again(settings, live, monkeypatch, caplog):
    """The thread that watches goes on, the log says what it met, and the old version answers meanwhile."""
    from kb.common import background
    from kb.retrieval.answering import live as module

    monkeypatch.setattr(background, "_FIRST_PAUSE", timedelta(milliseconds=1))
    monkeypatch.setattr(module, "LOOK_AGAIN_SECONDS", 0.0)
    real, missing = module.Index.load, [MemoryError(), MemoryError()]

    def load(version: VersionFiles) -> Index:
        if missing:
            raise missing.pop()
        return real(version)

    monkeypatch.setattr(module.Index, "load", load)
    new = build_new(settings)
    assert live.ask("late fee").hits
    live.start_watching()
    wait_until(lambda: live.index_version == new)
    assert [r.exc_info[0] for r in caplog.records if r.name == "kb.common.background"] == [MemoryError] * 2


def test_a_mended_version_is_taken_over(settings, live, said):
    """A version that was refused and then built again, or put back from a copy, serves."""
    new = build_new(settings)
    data = damage(settings, new)
    live.refresh()
    (settings.index / "versions" / new / "units.json").write_bytes(data)
    assert live.refresh() is True
    assert live.index_version == new
    damage(settings, new)
    assert build(settings).version == new
    assert len(said) == 1


def test_a_damaged_version_found_at_the_start_is_reported_once(settings, said):
    """The older one serves from the start, and looking again says nothing more."""
    old = build(settings).version
    damage(settings, build_new(settings))
    answerer = LiveAnswerer(settings, said.append)
    assert answerer.index_version == old
    assert [answerer.refresh() for _ in range(3)] == [False] * 3
    assert len(said) == 1


def test_a_missing_current_is_reported_once(settings, live, said):
    """Without CURRENT the index in memory goes on serving."""
    old = live.index_version
    (settings.index / "CURRENT").unlink()
    assert [live.refresh(), live.refresh()] == [False, False]
    assert live.ask("late fee").index_version == old
    assert len(said) == 1
    assert "There is no index in" in said[0]


def test_nothing_built_is_an_error_at_the_start(settings):
    """Without any index, starting is an error."""
    with pytest.raises(IndexMissing, match=r"Build one: kb build"):
        LiveAnswerer(settings)


def test_nothing_good_is_an_error_at_the_start(settings, said):
    """With only a damaged version there is nothing to serve either."""
    damage(settings, build(settings).version)
    with pytest.raises(IndexDamaged, match="No version"):
        LiveAnswerer(settings, said.append)


def test_refusals_go_to_the_log_unless_told_otherwise(settings, caplog):
    """The default report is a warning in the log."""
    build(settings)
    damage(settings, build_new(settings))
    with caplog.at_level(logging.WARNING, "kb.retrieval.answering.live"):
        LiveAnswerer(settings)
    assert [r.levelname for r in caplog.records if r.name == "kb.retrieval.answering.live"] == ["WARNING"]


def test_swapping_while_threads_ask(settings, live):
    """Four threads ask through eight swaps: no exception, and each answer is wholly of one of the two versions."""
    old, new = live.index_version, build_new(settings)
    expected = {name: answers_of(settings, name) for name in (old, new)}
    stop = threading.Event()
    wrong: list[object] = []
    counts = {old: 0, new: 0}
    lock = threading.Lock()

    def keep_asking() -> None:
        while not stop.is_set():
            try:
                answer = live.ask("what does the modem cost", 100)
                same = [h.article_id for h in answer.hits] == expected[answer.index_version]
            except Exception as error:  # noqa: BLE001 — whatever it is, it must not happen
                wrong.append(error)
                return
            with lock:
                counts[answer.index_version] += 1
                if not same:
                    wrong.append(answer)

    threads = [threading.Thread(target=keep_asking) for _ in range(4)]
    for thread in threads:
        thread.start()
    for n in range(8):
        name = (new, old)[n % 2]
        publish(settings.index, name, keep=3)
        assert live.refresh() is True
        seen = counts[name]
        wait_until(lambda name=name, seen=seen: counts[name] > seen or bool(wrong))
    stop.set()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert min(counts.values()) >= 4


def answers_of(settings: Settings, name: str) -> list[str]:
    """Return the ranking of one version."""
    current = current_name(settings.index)
    publish(settings.index, name, keep=3)
    ids = [h.article_id for h in LiveAnswerer(settings).ask("what does the modem cost", 100).hits]
    publish(settings.index, current, keep=3)
    return ids


def test_watching_picks_up_a_new_version(settings, live):
    """The watcher's thread swaps by itself, also after a damaged one came between; closing ends it."""
    live.start_watching()
    live.start_watching()  # a second call starts no second thread
    assert [t.name for t in threading.enumerate()].count("index-watcher") == 1
    new = build_new(settings)
    wait_until(lambda: live.index_version == new)
    live.close()
    assert "index-watcher" not in [t.name for t in threading.enumerate()]
    live.close()


def test_watching_outlives_a_damaged_version(settings, live, said):
    """After a refusal the watcher goes on looking and takes the next good version."""
    damage(settings, new := build_new(settings))
    live.start_watching()
    wait_until(lambda: bool(said))
    write_article(settings.articles, NEW[0], "The modem is free.\n")
    newer = build(settings).version
    assert newer != new
    wait_until(lambda: live.index_version == newer)


def test_loading_twice_gives_the_same_answers(tiny_index):
    """Two loads of one version answer alike."""
    first, second = (load_newest(tiny_index, pytest.fail) for _ in range(2))
    assert first.version == second.version
    assert first.searchable.units == second.searchable.units


# ------------------------------------------------------------------------------------------ loaded early


def test_an_index_that_is_loaded_early_is_the_first_one(tiny_index):
    """The thread's index is taken once; later the newest is loaded as ever."""
    early = EarlyIndex(tiny_index)
    first = early(tiny_index, [].append)
    assert first.version == current_name(tiny_index.index)
    assert LiveAnswerer(tiny_index, load=lambda *_: first).index is first
    assert early(tiny_index, [].append) is not first


def test_what_is_wrong_with_an_index_loaded_early_is_said_when_it_is_needed(tmp_path, tiny_index):
    """A missing index is the usual error, and one refused version is reported."""
    with pytest.raises(IndexMissing, match="There is no index"):
        EarlyIndex(replace(tiny_index, index=tmp_path / "none"))(tiny_index, [].append)
    settings = copy_index(tiny_index, tmp_path / "index")
    (settings.index / CURRENT).write_text("nothing\n")
    said: list[str] = []
    assert EarlyIndex(settings)(settings, said.append).version == current_name(tiny_index.index)
    assert len(said) == 1
    assert "CURRENT is damaged" in said[0]
