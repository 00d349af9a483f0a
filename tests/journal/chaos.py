"""Kill a writing process with SIGKILL, over and over, and count what is there afterwards.

``python -m tests.journal.chaos --rounds 200`` does so on SQLite and on a PostgreSQL of its own; with an address, on
that database. Every entry that was confirmed must be there, once; nothing may be there that was never sent.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from kb.database.engine import open_engine, reading
from kb.database.tables.journal import events, queries
from kb.journal.writer import open_store
from kb.types import Answer, Answered, EventKind, Query, QuerySource
from tests import postgres
from tests.support import make_hits

WRITERS = 4
MOST_CONFIRMED = 40
"""A process is killed after a number of confirmations drawn from 0 to this."""
AT_ONCE = 0.1
"""Share of the processes that are killed while they open the journal."""


def question(number: str) -> Answer:
    """Return the answer to a question that says which one it is."""
    hits = make_hits("late-fee", "why-bill-went-up")
    text = f"question {number}"
    return Answer(Query(text, text), Answered(hits[0], hits[1:]), 0.9, hits, "1", 1.0)


def write(url: str, round_: int, pipe: int) -> None:
    """Write until killed; each confirmed entry's number goes into the pipe after its commit.

    The last entries of the round before are sent again, as a customer does who got no reply.
    """
    store = open_store(url)

    def one(number: str) -> None:
        asked = store.record_query(question(number), source=QuerySource.PAGE, visit="v")
        store.record_event(asked, EventKind.HELPFUL, text=f"event {number}")
        os.write(pipe, f"{number}\n".encode())

    def writer(which: int) -> None:
        for n in range(5):
            one(f"{round_ - 1} {which} {n}")
        for n in range(1_000_000):
            one(f"{round_} {which} {n}")

    for which in range(WRITERS):
        threading.Thread(target=writer, args=(which,), daemon=True).start()
    signal.pause()


@dataclass
class Killed:
    """What many rounds came to."""

    rounds: int = 0
    confirmed: Counter[str] = field(default_factory=Counter)
    """How often each entry was confirmed."""
    seconds: float = 0.0


def kill_rounds(url: str, rounds: int, seed: int = 1) -> Killed:
    """Run and kill one process after the other.

    :param url: Of the database.
    :param rounds: How many.
    :param seed: Of when each is killed.
    :return: What was confirmed.
    """
    chance = random.Random(seed)
    killed = Killed()
    began = time.monotonic()
    for round_ in range(1, rounds + 1):
        reader, writer = os.pipe()
        child = os.fork()  # this process has no threads; a fresh interpreter a round would take most of the time
        if child == 0:
            os.close(reader)
            write(url, round_, writer)
        os.close(writer)
        wanted = -1 if chance.random() < AT_ONCE else chance.randint(0, MOST_CONFIRMED)
        with os.fdopen(reader, "rb") as lines:
            got = [] if wanted < 0 else [line for line, _ in zip(lines, range(wanted + 1), strict=False)]
            os.kill(child, signal.SIGKILL)
            got += lines.readlines()  # confirmed before the end, read after it
        os.waitpid(child, 0)
        # A line cut off by the end was not confirmed to anybody.
        killed.confirmed.update(line.decode().strip() for line in got if line.endswith(b"\n"))
        killed.rounds += 1
    killed.seconds = time.monotonic() - began
    return killed


def account(url: str, killed: Killed) -> dict[str, object]:
    """Compare what is in the database with what was confirmed.

    :param url: Of the database.
    :param killed: What was confirmed.
    :return: Figures; ``lost``, ``doubled`` and ``strange`` must be 0.
    """
    store = open_store(url)  # as after any crash: what is open is rolled back or forward
    store.close()
    engine = open_engine(url)
    with reading(engine) as connection:
        asked = Counter(connection.execute(sa.select(queries.c.text)).scalars())
        joined = sa.select(queries.c.text, events.c.text).join(events)
        happened = Counter(tuple(row) for row in connection.execute(joined))
    engine.dispose()
    pairs = [(f"question {n}", f"event {n}") for n in killed.confirmed]
    return {
        "database": url.partition(":")[0],
        "rounds": killed.rounds,
        "confirmed": len(killed.confirmed),
        "confirmed_again": sum(n > 1 for n in killed.confirmed.values()),
        "lost": sum(happened[pair] == 0 for pair in pairs) + sum(asked[text] == 0 for text, _ in pairs),
        "doubled": sum(n > 1 for n in happened.values()) + sum(n > 1 for n in asked.values()),
        "strange": sum(a.removeprefix("question ") != b.removeprefix("event ") for a, b in happened),
        "questions": sum(asked.values()),
        "events": sum(happened.values()),
        "seconds": round(killed.seconds, 1),
    }


def run(url: str, rounds: int) -> bool:
    """Kill and count; print the figures; return whether all is well."""
    open_store(url).close()
    figures = account(url, kill_rounds(url, rounds))
    sys.stdout.write(f"{json.dumps(figures)}\n")
    sys.stdout.flush()
    return not (figures["lost"] or figures["doubled"] or figures["strange"])


def main() -> int:
    """Read the arguments and run; 0 if nothing is amiss."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url", nargs="?", help="of an empty database; both kinds, made for it, without one")
    parser.add_argument("--rounds", type=int, default=200)
    given = parser.parse_args()
    if given.url:
        return 0 if run(given.url, given.rounds) else 1
    with tempfile.TemporaryDirectory() as folder:
        good = run(f"sqlite:///{Path(folder, 'journal.db')}", given.rounds)
    programs = postgres.programs()
    if programs is None:
        sys.stdout.write("PostgreSQL is not installed: only SQLite was tried.\n")
        return 0 if good else 1
    with postgres.server(programs) as server:
        good &= run(server.new_database(), given.rounds)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
