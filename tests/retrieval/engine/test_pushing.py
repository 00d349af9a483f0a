"""Publishing to the vector engine: whole or not at all, and what does not agree with the folder is refused by name."""

from __future__ import annotations

import json
import re
import threading
from dataclasses import replace
from datetime import UTC, datetime

import psycopg
import pytest

from kb.care.checks import engine as check
from kb.care.installation import Installation
from kb.cli.main import main
from kb.errors import EngineDisagrees, EngineUnavailable
from kb.retrieval.build.engine_push import push_to_engine
from kb.retrieval.engine import pushing, sql
from kb.retrieval.engine.connections import EngineAddress
from kb.retrieval.engine.holdings import holdings
from kb.retrieval.engine.pgvector import compare, current_version
from kb.retrieval.engine.pushing import push
from kb.retrieval.index.versions import current_name, read_version
from kb.settings.settings import EngineGone, IndexEngine, Settings
from tests.retrieval.engine.conftest import made_rows
from tests.support import ROOT, build

NOBODY = "postgresql://kb@127.0.0.1:1/kb"


def checked(settings: Settings) -> list[tuple[str, str]]:
    """Return level and words of the doctor's check."""
    found = check.engine(Installation(settings, datetime.now(UTC), {}))
    return [(result.level.value, f"{result.message}. {result.remedy}") for result in found]


def execute(address: EngineAddress, statement: str, version: str = "") -> None:
    """Do something to the engine that no program of ours does."""
    with psycopg.connect(address.url, autocommit=True) as connection:
        connection.execute(sql.of(statement, address.schema, version))


def test_versions_follow_each_other_and_the_last_two_stay(address: EngineAddress) -> None:
    """Each is current once all of it is there; one that is pushed again changes nothing but that."""
    made = [made_rows(f"v3-{n}", n_rows=40, n_articles=5) for n in range(5)]
    done = [push(address, rows) for rows in made]
    assert [found.removed for found in done] == [(), (), (), ("v3-0",), ("v3-1",)]
    found = holdings(address, made[-1])
    assert [held.name for held in found.versions] == ["v3-4", "v3-3", "v3-2"]
    assert (found.current, found.problem) == ("v3-4", "")
    again = push(address, made[3])
    assert again.was_there
    assert "holds v3-4, but its current version is v3-3" in holdings(address, made[4]).problem
    with address.reading() as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE tablename LIKE 'rows%'").fetchall()
    assert sorted(name for (name,) in tables) == ["rows_v3_2", "rows_v3_3", "rows_v3_4"]


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        ("DELETE FROM {rows} WHERE unit = 3", "the rows there are rows with gaps"),
        ("DELETE FROM {rows} WHERE unit = 39", "the rows there are 39 rows of 24 numbers"),
        ("UPDATE {rows} SET article = article + 1 WHERE unit = 7", "the rows there are 40 rows of 24 numbers"),
        ("UPDATE {rows} SET vector = vector + vector WHERE unit = 7", "the rows there are 40 rows of 24 numbers"),
        ("UPDATE {schema}.versions SET digest = 'other'", "the record there says 40 rows of 24 numbers, digest other"),
        ("UPDATE {schema}.versions SET format = 2", "in format 2, this program reads 1"),
        ("DELETE FROM {schema}.current; DELETE FROM {schema}.versions", "its current one is none"),
        ("DROP TABLE {rows}", "no table of them"),
        ("DROP SCHEMA {schema} CASCADE", "has no schema 'kb_index' with versions"),
    ],
)  # fmt: skip
def test_what_does_not_agree_is_refused_by_name(address: EngineAddress, harm: str, says: str) -> None:
    """With the remedy; the next push repairs it, unless a newer program wrote it."""
    rows = made_rows("v3-harmed", n_rows=40, n_articles=5)
    push(address, rows)
    execute(address, harm, rows.version)
    with address.reading() as connection, pytest.raises(EngineDisagrees, match="kb engine push") as error:
        compare(connection, address, rows)
    assert says in str(error.value)
    if "format" in harm:
        with pytest.raises(EngineDisagrees, match="was written by a newer program"):
            push(address, rows)
    else:
        assert not push(address, rows).was_there
        with address.reading() as connection:
            compare(connection, address, rows)


def test_two_publishers_at_once_take_turns(address: EngineAddress) -> None:
    """Both end well, of the same version and of different ones."""
    made = [made_rows(f"v3-{n}", n_rows=500) for n in (1, 2, 1)]
    threads = [threading.Thread(target=push, args=(address, rows)) for rows in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with address.reading() as connection:
        for rows in made:
            compare(connection, address, rows)


@pytest.mark.parametrize("at", ["RECORD", "INDEX_UNITS", "SWITCH"])
def test_a_push_that_breaks_off_leaves_what_was_current(
    address: EngineAddress, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    """Its connection ends in the middle; the version before stays current, and the next push is not in its way."""
    before, rows = (made_rows(f"v3-{n}", n_rows=40, n_articles=5) for n in (1, 2))
    push(address, before)
    with monkeypatch.context() as patch:
        patch.setattr(pushing.sql, at, "SELECT pg_terminate_backend(pg_backend_pid())")
        with pytest.raises(EngineUnavailable):
            push(address, rows)
    with address.reading() as connection:
        assert current_version(connection, address.schema) == before.version
        compare(connection, address, before)
    assert push(address, rows).was_there is (at == "SWITCH")


def test_a_build_puts_the_version_there_before_it_is_published(
    settings: Settings, address: EngineAddress, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """'kb build', 'kb engine' and 'kb doctor' see it; a build without changes repairs what the engine lacks."""
    served = replace(settings, index_engine=IndexEngine.PGVECTOR, index_engine_url=address.url)
    with pytest.raises(EngineUnavailable):
        build(replace(served, index_engine_url=NOBODY, index_engine_gone=EngineGone.REFUSE))
    assert not (settings.index / "CURRENT").exists()
    name = build(served).version
    with address.reading() as connection:
        assert current_version(connection, address.schema) == name
    assert checked(served)[0][0] == "ok"
    execute(address, "DROP SCHEMA {schema} CASCADE")
    assert checked(served)[0][0] == "warning"
    assert "kb engine push" in checked(served)[0][1]
    monkeypatch.chdir(settings.index.parent)
    options = {"KB_INDEX": settings.index, "KB_INDEX_ENGINE": "pgvector", "KB_INDEX_ENGINE_URL": address.url}
    for variable, value in options.items():
        monkeypatch.setenv(variable, str(value))
    assert main(["engine"]) == 1
    assert "has no schema 'kb_index'" in capsys.readouterr().err
    assert main(["engine", "push", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["version"] == name
    assert main(["engine"]) == 0
    assert f"{name}: every row as in" in capsys.readouterr().out
    execute(address, "DELETE FROM {rows}", name)
    assert build(served).version == name
    assert checked(served)[0][0] == "ok"


def test_the_accounts_of_the_documents_are_enough(engine_url: str) -> None:
    """What docs/operating.md tells an administrator to run: one account publishes, the other one can only read."""
    text = (ROOT / "docs/operating.md").read_text(encoding="utf-8")
    block = text.partition("```sql\nCREATE ROLE kb_build")[2].partition("```")[0]
    with psycopg.connect(engine_url, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION vector")
        connection.execute(f"CREATE ROLE kb_build{block}")
    builds, serves = (EngineAddress(f"{engine_url}?user={name}", "kb_index") for name in ("kb_build", "kb_serve"))
    rows = made_rows("v3-1", n_rows=40, n_articles=5)
    push(builds, rows)
    assert holdings(serves, rows).problem == ""
    with pytest.raises(EngineUnavailable, match="permission denied"):
        push(serves, made_rows("v3-2", n_rows=41, n_articles=5))


def test_without_its_engine_a_version_is_published_to_the_copy_or_not_at_all(tiny_index: Settings) -> None:
    """As 'index_engine_gone' says; 'kb doctor' says how bad that is."""
    gone = replace(tiny_index, index_engine=IndexEngine.PGVECTOR, index_engine_url=NOBODY)
    version = read_version(gone.index, current_name(gone.index))
    said: list[str] = []
    push_to_engine(version, gone, said.append)
    assert "is published all the same: its copy in the index folder answers" in said[0]
    assert checked(gone)[0][0] == "warning"
    strict = replace(gone, index_engine_gone=EngineGone.REFUSE)
    with pytest.raises(EngineUnavailable, match=re.escape("(127.0.0.1, database 'kb') cannot be used")):
        push_to_engine(version, strict, pytest.fail)
    assert checked(strict)[0][0] == "problem"


def test_faiss_needs_no_engine(tiny_index: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    """The command says how to name one, and the check that there is none."""
    assert checked(tiny_index) == [("ok", "the vectors are in the process (faiss). ")]
    assert main(["engine", "--index", str(tiny_index.index)]) == 1
    assert "Set KB_INDEX_ENGINE=pgvector" in capsys.readouterr().err
