"""The vector engine while it serves: gone, slow, restarted, of another version; and always what customers get."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

import psycopg
import pytest

from kb.errors import ConfigError, EngineDisagrees, EngineUnavailable
from kb.retrieval.answering.answerer import IndexAnswerer
from kb.retrieval.answering.live import LiveAnswerer
from kb.retrieval.engine import sql
from kb.retrieval.engine.connections import EngineAddress
from kb.retrieval.engine.pgvector import compare
from kb.retrieval.engine.pushing import push
from kb.retrieval.engine.rows import VersionRows
from kb.retrieval.engine.serving import EngineClient
from kb.retrieval.index.index import Index
from kb.server import metrics
from kb.settings.settings import EngineGone, IndexEngine, Settings
from tests import postgres
from tests.support import wait_until

Serve: TypeAlias = Callable[[Settings], tuple[LiveAnswerer, EngineClient]]
QUESTIONS = [f"late fee {n}" for n in range(200)]
"""Different ones: the last answers are remembered."""


@pytest.fixture
def own_server(vector_server: postgres.Server) -> Iterator[postgres.Server]:
    """The server, to be stopped and started."""
    yield vector_server
    if not vector_server.is_running:
        vector_server.start()


def test_the_engine_answers_if_it_holds_the_version(served: Settings, pushed: EngineAddress, serve: Serve) -> None:
    """From the first question on; the copy is not asked."""
    answerer, client = serve(served)
    assert answerer.ask("late fee").hits[0].article_id == "late-fee"
    assert client.is_up
    assert client.answered_by_copy == 0
    maps = Path("/proc/self/maps")
    if maps.exists():  # on Linux: the copy stays on disk until it is needed
        copy = served.index / "versions" / answerer.index_version / "vectors.faiss"
        assert str(copy) in maps.read_text(encoding="utf-8")


def test_an_engine_gone_in_the_middle_of_a_question_is_done_without(
    served: Settings, pushed: EngineAddress, serve: Serve, said: list[str], own_server: postgres.Server, index: Index
) -> None:
    """The copy answers the same, it is said once, and the engine is asked again once it is back, without a restart."""
    answerer, client = serve(served)
    wanted = IndexAnswerer(index)
    assert answerer.ask(QUESTIONS[0]).hits
    own_server.stop()
    for text in QUESTIONS[1:4]:
        found = answerer.ask(text)
        assert [hit.article_id for hit in found.hits] == [hit.article_id for hit in wanted.ask(text).hits]
    assert not client.is_up
    assert client.answered_by_copy == 6
    assert [line for line in said if "in the index folder answer" in line]
    own_server.start()
    wait_until(lambda: client.is_up)
    assert said[-1].endswith(f"answers again, from {index.version}.")
    answerer.ask(QUESTIONS[4])
    assert client.answered_by_copy == 6
    figures = {s.name: s.value for family in metrics._of_engine(client) for s in family.samples}
    assert figures == {
        "kb_index_engine_up": 1.0,
        "kb_index_engine_other_version": 0.0,
        "kb_index_engine_copy_total": 6.0,
    }


def test_an_engine_that_says_nothing_is_not_waited_for(
    pushed: EngineAddress, index: Index, rows: VersionRows, said: list[str]
) -> None:
    """A question waits for its time, then the copy answers; a lock stands for a machine that stopped."""
    client = EngineClient(pushed, EngineGone.COPY, said.append, patience=0.2)
    answerer = IndexAnswerer(client.attached(index))
    with pushed.writing() as connection, connection.transaction():
        connection.execute(sql.of("LOCK TABLE {rows} IN ACCESS EXCLUSIVE MODE", "kb_index", rows.version))
        assert answerer.ask("late fee").hits[0].article_id == "late-fee"
    assert client.answered_by_copy == 2
    wait_until(lambda: client.is_up)
    client.close()


def test_without_a_copy_there_is_an_honest_refusal(
    pushed: EngineAddress, index: Index, said: list[str], own_server: postgres.Server
) -> None:
    """Where 'index_engine_gone' is 'refuse': the error that pages and API turn into "not now"; then answers again."""
    client = EngineClient(pushed, EngineGone.REFUSE, said.append, patience=0.2)
    answerer = IndexAnswerer(client.attached(index))
    assert answerer.ask("late fee").hits
    own_server.stop()
    with pytest.raises(EngineUnavailable, match=r"does not answer, and 'index_engine_gone' is 'refuse'"):
        answerer.ask("late fee")
    assert said[-1].endswith("Until it answers again, no question is answered.")
    own_server.start()
    wait_until(lambda: client.is_up)
    assert answerer.ask("late fee").hits
    client.close()


def test_a_cut_connection_costs_one_look_at_most(
    pushed: EngineAddress, index: Index, said: list[str], vector_server: postgres.Server
) -> None:
    """Without a copy, a question whose connection was cut is asked again, once, and answered."""
    client = EngineClient(pushed, EngineGone.REFUSE, said.append)
    answerer = IndexAnswerer(client.attached(index))
    assert answerer.ask("late fee").hits
    with psycopg.connect(pushed.url, autocommit=True) as connection:
        cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> "
        connection.execute(cut + "pg_backend_pid()")
    assert answerer.ask("late fee").hits
    client.close()


def test_another_version_than_the_folder_is_never_asked(
    served: Settings, address: EngineAddress, rows: VersionRows, serve: Serve, said: list[str]
) -> None:
    """A split brain: the engine has a newer version, the folder's answers; once the engine has it, it is asked."""
    push(address, replace(rows, version="v3-0000000000000000"))
    answerer, client = serve(served)
    assert answerer.ask("late fee").index_version == rows.version
    assert not client.is_up
    assert f"does not have the index version {rows.version}; its current one is v3-0000000000000000" in said[0]
    assert "kb engine push" in said[0]
    push(address, rows)
    wait_until(lambda: client.is_up)
    push(address, replace(rows, version="v3-0000000000000000"))
    for _ in range(2):
        client._look()
    assert client.is_up
    assert client.other_version == "v3-0000000000000000"
    assert f"current version is v3-0000000000000000, but {rows.version} is served here" in said[-1]


def test_one_in_its_place_while_it_serves_is_noticed(
    pushed: EngineAddress, index: Index, rows: VersionRows, said: list[str]
) -> None:
    """A database restored from an older copy: the record is gone, and the copy answers from the next look on."""
    client = EngineClient(pushed, EngineGone.COPY, said.append)
    client.attached(index)
    assert client.is_up
    with pushed.writing() as connection:
        connection.execute(sql.of("DELETE FROM {schema}.current", "kb_index"))
        connection.execute(sql.of(sql.FORGET, "kb_index"), [rows.version])
    client._look()
    assert not client.is_up
    assert f"no longer has the index version {rows.version}" in said[0]
    client.close()


@pytest.mark.slow
def test_many_threads_ask_while_the_engine_comes_and_goes(
    pushed: EngineAddress, index: Index, said: list[str], own_server: postgres.Server
) -> None:
    """Every question is answered, each from one version."""
    client = EngineClient(pushed, EngineGone.COPY, said.append)
    answerer = IndexAnswerer(client.attached(index))
    found: list[str] = []
    gone = threading.Event()

    def ask() -> None:
        while not gone.is_set():
            found.append(answerer.ask("late fee").hits[0].article_id)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    own_server.stop()
    wait_until(lambda: not client.is_up)
    own_server.start()
    wait_until(lambda: client.is_up)
    gone.set()
    for thread in threads:
        thread.join()
    client.close()
    assert set(found) == {"late-fee"}


@pytest.mark.slow
def test_of_two_nodes_one_may_be_killed(index: Index, rows: VersionRows, said: list[str]) -> None:
    """A primary and its hot standby: every question is answered without the copy, whichever is killed."""
    with (
        postgres.server(postgres.vector_programs()) as primary,
        postgres.server(postgres.vector_programs(), primary=primary) as standby,
    ):
        url = primary.new_database()
        both = url.replace(f":{primary.port}/", f":{primary.port},127.0.0.1:{standby.port}/")
        address = EngineAddress(both, "kb_index")
        push(address, rows)
        alone = EngineAddress(url.replace(f":{primary.port}/", f":{standby.port}/"), "kb_index")
        wait_until(lambda: standby_has(alone, rows))
        client = EngineClient(address, EngineGone.REFUSE, said.append)
        answerer = IndexAnswerer(client.attached(index))
        assert answerer.ask("late fee").hits
        primary.kill()
        for text in QUESTIONS[:20]:
            assert answerer.ask(text).hits
        assert "answers again" in said[-1]
        client.close()


def standby_has(address: EngineAddress, rows: VersionRows) -> bool:
    """Return whether a version has arrived."""
    try:
        with address.reading() as connection:
            compare(connection, address, rows)
    except (EngineDisagrees, EngineUnavailable):
        return False
    return True


@pytest.mark.parametrize(
    ("url", "says"),
    [("", "Set KB_INDEX_ENGINE_URL"), ("postgresql://kb:secret@[", "KB_INDEX_ENGINE_URL cannot be read")],
)
def test_a_wrong_address_stops_the_start(tiny_index: Settings, url: str, says: str) -> None:
    """One sentence that quotes no password."""
    settings = replace(tiny_index, index_engine=IndexEngine.PGVECTOR, index_engine_url=url)
    with pytest.raises(ConfigError, match=says) as error:
        LiveAnswerer(settings)
    assert "secret" not in str(error.value)
