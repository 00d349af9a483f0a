"""Three servers behind nginx over one PostgreSQL and a vector engine, and what visitors meet while all is disturbed.

Usage: python scripts/try_replicas.py [--visits N] [--seconds S] [--replicas N] [--versions N] [--think S]
       [--logs FOLDER]

``make try-replicas`` starts a PostgreSQL, ``kb serve`` as often as there are replicas, and nginx with the shipped
configuration in front of them, all on loopback and in a temporary folder. The vectors are in two more PostgreSQL with
pgvector, a primary and its hot standby (``index_engine: pgvector``). Visitors come in by TLS and websocket, as
browsers do (:mod:`benchmarks.returning`), and each question has words of its own. Meanwhile replicas are killed and
started again, PostgreSQL is restarted, the primary of the vectors is killed and its standby promoted, a replica is
stopped and started as in a rolling restart, and index versions are published, in which three articles say which edition
they are. In the end it is counted which questions got no answer,
whether the journal has every answered question once, and whether an answer had parts of two versions.

Needs nginx, PostgreSQL and a built index, which is copied and not changed.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

import sqlalchemy as sa  # noqa: E402
from replica_cluster import (  # noqa: E402
    Cluster,
    Nodes,
    by_copy,
    engine_nodes,
    running,
    wait_for_engine,
    wait_for_journal,
)

from benchmarks.returning import Met, Returning  # noqa: E402
from kb.content.articles.corpus import load_articles  # noqa: E402
from kb.database.engine import open_engine, reading  # noqa: E402
from kb.database.tables.journal import queries  # noqa: E402
from kb.evaluation.judgments import article_tests  # noqa: E402
from kb.retrieval.index.versions import current_name, publish  # noqa: E402
from kb.settings.settings import load_settings  # noqa: E402

EDITED = 3
"""Articles that say which edition they are."""
_SYLLABLES = ("ba", "de", "fi", "go", "lu", "mar", "nen", "pol", "ris", "tu", "vel", "zor")


@dataclass
class Shelf:
    """Index versions that wait to be published, in order, and the edition that each of them says it is."""

    folder: Path
    names: list[str] = field(default_factory=list)
    editions: dict[bytes, bytes] = field(default_factory=dict)
    articles: list[str] = field(default_factory=list)


# -------------------------------------------------------------------------------------------------- preparing


def prepare(folder: Path, index: Path, articles: Path, site: Path, count: int) -> Shelf:
    """Build versions that differ in a few titles, each from the one before.

    :param folder: Where the copies go.
    :param index: A built index, copied.
    :param articles: Its articles, copied.
    :param site: Its site.yaml.
    :param count: The number of versions.
    :return: The versions.
    """
    mine, workshop = folder / "articles", folder / "workshop"
    shutil.copytree(articles, mine)
    (workshop / "versions").mkdir(parents=True)
    name = current_name(index)
    shutil.copytree(index / "versions" / name, workshop / "versions" / name)
    publish(workshop, name, 1)
    shelf = Shelf(folder / "shelf", [name])
    keep_version(workshop, name, shelf)
    corpus = load_articles(articles, load_settings(site_path=site).site.channel_texts())
    edited = [article for article in corpus.library if len(article.tests) > 1][:EDITED]
    shelf.articles = [article.id for article in edited]
    for n in range(1, count + 1):
        for article in edited:
            rename(mine / Path(article.path).relative_to(articles), f"edition {n}")
        command = [sys.executable, "-m", "kb", "build", "--quick", "--articles", str(mine), "--index", str(workshop)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "KB_SITE": str(site.resolve())}
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"Version {n} could not be built: {done.stderr[-1000:]}")
        shelf.names.append(current_name(workshop))
        keep_version(workshop, shelf.names[-1], shelf)
        shelf.editions[shelf.names[-1].encode()] = str(n).encode()
    return shelf


def keep_version(index: Path, name: str, shelf: Shelf) -> None:
    """Keep a version apart, since a later build removes it; its files are never written to, so links will do."""
    shutil.copytree(index / "versions" / name, shelf.folder / name, copy_function=os.link, dirs_exist_ok=True)


def rename(file: Path, edition: str) -> None:
    """Have an article say which edition it is, in its title."""
    text = file.read_text(encoding="utf-8")
    changed = re.sub(r"(?m)^title: (.*?)(?: \(edition \d+\))?(\"?)$", rf"title: \1 ({edition})\2", text, count=1)
    file.write_text(changed, encoding="utf-8")


def put_out(shelf: Shelf, name: str, index: Path, nodes: Nodes) -> None:
    """Publish a version, as a build does."""
    target = index / "versions" / name
    if not target.exists():
        shutil.copytree(shelf.folder / name, target, copy_function=os.link)
    nodes.push(index, name)
    publish(index, name, 4)


# -------------------------------------------------------------------------------------------------- disturbing


async def disturb(cluster: Cluster, nodes: Nodes, shelf: Shelf, seconds: float) -> list[str]:
    """Do to the cluster, one after the other, what may happen to it.

    :param cluster: What runs.
    :param nodes: Those of its vector engine.
    :param shelf: The versions to publish.
    :param seconds: The time in which it happens.
    :return: What was done, with the second in which it was.
    """
    begun, told = time.monotonic(), list[str]()

    async def at(share: float, what: str) -> None:
        await asyncio.sleep(max(0.0, begun + share * seconds - time.monotonic()))
        told.append(f"{time.monotonic() - begun:6.1f} s  {what}")

    async def publish_all() -> None:
        for n, name in enumerate(shelf.names[1:], 1):
            await at(0.9 * n / len(shelf.names), f"version {n} published")
            await asyncio.to_thread(put_out, shelf, name, cluster.index, nodes)

    async def lose_a_node() -> None:
        await at(0.3, "a node of the vector engine killed (SIGKILL): the one that takes changes")
        await asyncio.to_thread(nodes.primary.kill)
        await at(0.37, "the other node takes its place")
        await asyncio.to_thread(nodes.fail_over)
        await asyncio.to_thread(nodes.push, cluster.index, current_name(cluster.index))
        await at(0, "it takes changes, and has the current version")
        await asyncio.to_thread(wait_for_engine, cluster)
        await at(0, "all replicas ask it")

    async def harm() -> None:
        for share, number in ((0.15, 0), (0.55, 1)):
            replica = cluster.replicas[number % len(cluster.replicas)]
            await at(share, f"replica {number} killed (SIGKILL)")
            await asyncio.to_thread(replica.end, signal.SIGKILL)
            replica.start()
            await asyncio.to_thread(replica.wait_until_ready)
            await at(0, f"replica {number} answers again")
            if number == 0:
                await at(0.4, "PostgreSQL stopped")
                await asyncio.to_thread(cluster.database.stop)
                await asyncio.to_thread(cluster.database.start)
                await at(0, "PostgreSQL answers again")
                # What a replica holds while there is no database dies with it: that would be two faults at once.
                await asyncio.to_thread(wait_for_journal, cluster)
                await at(0, "everything is written")
        last = cluster.replicas[-1]
        await at(0.75, f"replica {len(cluster.replicas) - 1} restarted (SIGTERM)")
        await asyncio.to_thread(last.end, signal.SIGTERM)
        last.start()
        await asyncio.to_thread(last.wait_until_ready)
        await at(0, "it answers again")

    await asyncio.gather(publish_all(), lose_a_node(), harm())
    return told


async def visit(
    number: int, cluster: Cluster, shelf: Shelf, met: Met, asked: list[str], over: asyncio.Event, think: float
) -> None:
    """Be one visitor until it is over."""
    chance = random.Random(number)
    guest = Returning(cluster.door, number, met, shelf.editions)
    try:
        await asyncio.sleep(chance.random() * think)
        await guest.open()
        while not over.is_set():
            own = " ".join("".join(chance.choices(_SYLLABLES, k=k)) for k in (3, 3, 4))
            await guest.ask_once(f"{chance.choice(asked)} {own}")
            await asyncio.sleep(think * (0.5 + chance.random()))
    except (OSError, AssertionError, asyncio.IncompleteReadError) as error:
        met.failed[f"{type(error).__name__}: {error}"[:100]] += 1
    finally:
        guest.close()


async def try_it(
    cluster: Cluster, nodes: Nodes, shelf: Shelf, asked: list[str], chosen: argparse.Namespace
) -> tuple[Met, list[str]]:
    """Send visitors while the cluster is disturbed; return what they met, and what was done."""
    met, over = Met(), asyncio.Event()
    visits = [
        asyncio.create_task(visit(n, cluster, shelf, met, asked, over, chosen.think)) for n in range(chosen.visits)
    ]
    try:
        told, _ = await asyncio.gather(disturb(cluster, nodes, shelf, chosen.seconds), asyncio.sleep(chosen.seconds))
    finally:
        over.set()
    await asyncio.gather(*visits)
    return met, told


# ----------------------------------------------------------------------------------------------------- counting


def journal_of(cluster: Cluster) -> tuple[Counter[str], Counter[str]]:
    """Return how often each question is in the journal, and how often with the same answer as another time."""
    wait_for_journal(cluster)
    engine = open_engine(cluster.url)
    c = queries.c
    shown = (c.outcome, c.reason, c.article_id, c.anchor, c.heading, c.choices)
    with reading(engine) as connection:
        rows = connection.execute(sa.select(c.text, *shown)).all()
    engine.dispose()
    answers = Counter((row.text, repr(row)) for row in rows)
    return Counter(row.text for row in rows), Counter({key[0]: times for key, times in answers.items() if times > 1})


def report(met: Met, told: list[str], counts: Counter[str], twice: Counter[str]) -> int:
    """Print what happened; return how many promises are broken."""
    print(*told, sep="\n")
    missing = [question for question in met.answered if not counts[question]]
    again = [question for question in met.answered if counts[question] > 1 and not twice[question]]
    times = sorted(met.answered.values())
    share = {name: times[int(len(times) * part)] if times else 0.0 for name, part in (("p50", 0.5), ("p95", 0.95))}
    print(
        f"\nanswered {len(times)}, p50 {share['p50'] * 1000:.0f} ms, p95 {share['p95'] * 1000:.0f} ms, "
        f"longest {times[-1] if times else 0:.1f} s; pages that came back {met.reconnected}; "
        f"pressed a second time {met.retried}; versions seen {len(met.versions)}; "
        f"shown again with another answer, and recorded as such {len(again)}\n"
    )
    rows = {
        "failed questions": (sum(met.failed.values()), dict(met.failed)),
        "answered and not in the journal": (len(missing), missing[:3]),
        "in the journal twice": (len(twice), list(twice)[:3]),
        "answers of mixed versions": (len(met.mixed), met.mixed[:3]),
    }
    for what, (count, which) in rows.items():
        print(f"{'ok    ' if not count else 'BROKEN'} {what}: {count}{f' {which}' if count else ''}")
    return sum(bool(count) for count, _ in rows.values()) + (not times)


@contextlib.contextmanager
def logs_kept(folder: Path, into: Path | None) -> Iterator[None]:
    """Copy the replicas' logs when the block ends, however it ends."""
    try:
        yield
    finally:
        for log in folder.glob("*.log") if into else ():
            shutil.copy(log, into or folder)


def main() -> int:
    """Try it, and return how many promises are broken."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--visits", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--replicas", type=int, default=3)
    parser.add_argument("--versions", type=int, default=10)
    parser.add_argument("--think", type=float, default=5.0, help="seconds between two questions of a visitor")
    parser.add_argument("--index", type=Path, default=None)
    parser.add_argument("--logs", type=Path, default=None, help="an existing folder that gets the replicas' logs")
    chosen = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is ended
    settings = load_settings(index=chosen.index)
    corpus = load_articles(settings.articles, settings.site.channel_texts())
    with tempfile.TemporaryDirectory(prefix="kb-replicas-") as name, logs_kept(Path(name), chosen.logs):
        folder = Path(name)
        shelf = prepare(folder, settings.index, settings.articles, settings.site_path, chosen.versions)
        print(f"{len(shelf.names)} versions are built", flush=True)
        tests = [test for test in article_tests(corpus) if ".es/" not in test.query_id]
        asked = sorted({test.text for test in tests if set(test.relevant) & set(shelf.articles)})
        index = folder / "index"
        (index / "versions").mkdir(parents=True)
        with engine_nodes() as nodes:
            put_out(shelf, shelf.names[0], index, nodes)
            with running(folder, index, settings.site_path, chosen.replicas, nodes) as cluster:
                wait_for_engine(cluster)
                print(f"{chosen.replicas} replicas answer, and ask the vector engine", flush=True)
                met, told = asyncio.run(try_it(cluster, nodes, shelf, asked, chosen))
                counts, twice = journal_of(cluster)
                wait_for_engine(cluster)
                print(f"the copies answered {by_copy(cluster)} looks at vectors in the processes that run at the end")
        return report(met, told, counts, twice)


if __name__ == "__main__":
    sys.exit(main())
