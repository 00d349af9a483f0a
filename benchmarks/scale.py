"""Scale: the vector engine (PostgreSQL with pgvector, two nodes) next to FAISS, in the same run on this machine.

Usage: python benchmarks/scale.py [--vectors 10000,100000,300000,1000000] [--asked 200] [--seconds 4200] [--write]

A primary and its hot standby run on loopback. Three tables:

1. The shipped index, whole product: the articles' tests are asked of both engines. Every question's vector is computed
   once, so that times are of searching, ranking and choosing the part alone.
2. Vectors alone, for sizes whose build would take days: those of the shipped index (the 384 numbers of e5), and
   simulated articles, each one a shipped article moved in one random direction, its rows a little apart. Articles are
   ranked by half their greatest cosine and half that to their mean.
3. One of the two nodes is killed while threads ask: what failed, and how long it took.

A size that does not fit into the seconds that are left is skipped, and said so. ``--write`` puts the tables into
docs/scale.md.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import faiss  # noqa: E402
import numpy as np  # noqa: E402

from benchmarks.scale_tables import loss_text, product_table, vector_table  # noqa: E402
from benchmarks.simulated_vectors import DIM, Vectors, grown  # noqa: E402
from kb.content.articles.corpus import load_articles  # noqa: E402
from kb.errors import KbError  # noqa: E402
from kb.evaluation.judgments import Judged, article_tests  # noqa: E402
from kb.retrieval.answering.answerer import IndexAnswerer  # noqa: E402
from kb.retrieval.answering.live import load_newest  # noqa: E402
from kb.retrieval.answering.ranking import CANDIDATE_UNITS, SCAN_UNITS  # noqa: E402
from kb.retrieval.build.neighbors import MANY  # noqa: E402
from kb.retrieval.engine import sql  # noqa: E402
from kb.retrieval.engine.connections import EngineAddress, ReadingPool  # noqa: E402
from kb.retrieval.engine.pgvector import PgvectorEngine  # noqa: E402
from kb.retrieval.engine.pushing import push  # noqa: E402
from kb.retrieval.engine.rows import VersionRows, as_text  # noqa: E402
from kb.retrieval.engine.serving import EngineClient  # noqa: E402
from kb.retrieval.index.engine import EmbeddedEngine, VectorEngine  # noqa: E402
from kb.retrieval.index.index import Index  # noqa: E402
from kb.retrieval.index.vectors import VectorIndex, use_one_thread  # noqa: E402
from kb.settings.settings import EngineGone, load_settings  # noqa: E402
from kb.types import Vector  # noqa: E402
from tests import postgres  # noqa: E402

PAGE = ROOT / "docs" / "scale.md"
BEGIN, END = "<!-- make scale: engine -->", "<!-- end of make scale: engine -->"
SECONDS_OF_A_ROW = 0.0012
"""What publishing a row of 384 numbers takes here, with its HNSW index; only to skip what would not end in time."""
SCHEMA = "kb_index"


class Remembering:
    """An encoder that computes the vector of a text once."""

    def __init__(self, encoder: Any) -> None:
        """Wrap an encoder."""
        self._encoder = encoder
        self._known: dict[str, Vector] = {}
        self.dim, self.knows = encoder.dim, encoder.knows

    def encode_query(self, text: str) -> Vector:
        """Return the vector, computed before or now."""
        if text not in self._known:
            self._known[text] = self._encoder.encode_query(text)
        return self._known[text]


_SERVE = """
import gc
from kb.common import memory
from kb.retrieval.answering.live import LiveAnswerer
from kb.settings.settings import load_settings
answerer = LiveAnswerer(load_settings(), lambda text: None)
answerer.ask("late fee")
gc.collect()
memory.give_back()
with open("/proc/self/status") as status:
    print(*[int(line.split()[1]) / 1024 for line in status if line.startswith("RssAnon")])
answerer.close()
"""


def private_mb(index: Path, engine: str, url: str) -> float:
    """Return the memory that a process has for itself when it has loaded the index and answered a question."""
    variables = {"KB_INDEX": str(index), "KB_INDEX_ENGINE": engine, "KB_INDEX_ENGINE_URL": url}
    command = [sys.executable, "-c", _SERVE]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **variables}, capture_output=True, check=True, text=True
    )
    return float(done.stdout)


# --------------------------------------------------------------------------------------------- the whole product


def whole_product(index: Index, judged: Sequence[Judged], address: EngineAddress) -> list[dict[str, Any]]:
    """Ask the articles' tests of both engines.

    :param index: The shipped index; its encoder remembers.
    :param judged: The questions.
    :param address: The engine.
    :return: One row for each engine.
    """
    rows = VersionRows.of(index.version, index.searchable)
    started = time.perf_counter()
    push(address, rows)
    pushed_s = time.perf_counter() - started
    pool = ReadingPool(address)
    there = index.asked_of(PgvectorEngine(pool, SCHEMA, index.version, index.searchable.starts))
    answers: dict[str, list[Any]] = {}
    times: dict[str, list[float]] = {"faiss": [], "pgvector": []}
    for question in judged:
        index.encoder.encode_query(question.text)
        for name, asked in (("faiss", index), ("pgvector", there)):
            IndexAnswerer(asked).ask(question.text)  # the vector of its corrected words is computed here
            begun = time.perf_counter()
            answers.setdefault(name, []).append(IndexAnswerer(asked).ask(question.text))
            times[name].append((time.perf_counter() - begun) * 1000)
    pool.close()
    pairs = list(zip(answers["faiss"], answers["pgvector"], strict=True))
    agreement = {
        "same_first": share(a.hits[0].article_id == b.hits[0].article_id for a, b in pairs),
        "same_three": share(top(a) == top(b) for a, b in pairs),
        "same_outcome": share(type(a.outcome) is type(b.outcome) for a, b in pairs),
        "same_part": share(a.hits[0].passage == b.hits[0].passage for a, b in pairs),
        "confidence_apart": max(abs(a.confidence - b.confidence) for a, b in pairs),
    }
    found = []
    for name, given in answers.items():
        right = [next(iter(question.relevant)) for question in judged]
        firsts = share(answer.hits[0].article_id == wanted for answer, wanted in zip(given, right, strict=True))
        threes = share(wanted in top(answer) for answer, wanted in zip(given, right, strict=True))
        found.append({"engine": name, "first": firsts, "three": threes, "times": times[name]})
    found[1] |= agreement | {"pushed_s": pushed_s}
    return found


def top(answer: Any) -> list[str]:
    """Return the ids of the first three."""
    return [hit.article_id for hit in answer.hits[:3]]


def share(values: Iterator[bool]) -> float:
    """Return the share that is true."""
    return float(np.mean(list(values)))


# ------------------------------------------------------------------------------------------------ vectors alone


def ranked(engine: VectorEngine, vectors: Vectors, means: np.ndarray, query: Vector) -> list[int]:
    """Return the first ten articles, by half the greatest cosine and half that to the mean."""
    nominated = None if len(vectors.matrix) <= SCAN_UNITS else np.zeros(0, np.int64)
    articles, best = engine.candidates(query, nominated, CANDIDATE_UNITS)
    scores = 0.5 * best + 0.5 * (means[articles] @ query)
    found = articles[np.argsort(-scores, kind="stable")[:10]].tolist()
    engine.of_units(query, found[:5])
    return found


def of_vectors(vectors: Vectors, asked: Sequence[tuple[Vector, int]], address: EngineAddress) -> list[dict[str, Any]]:
    """Ask both engines of the same vectors; FAISS also with the graph that the product follows from 100,000 on.

    :param vectors: The vectors.
    :param asked: Queries, each with the article that answers it.
    :param address: The engine.
    :return: One row for exact FAISS, one for its graph where there is one, and one for pgvector.
    """
    means, starts = vectors.means, vectors.starts
    started = time.perf_counter()
    flat = VectorIndex.build(vectors.matrix)
    rows: list[dict[str, Any]] = [{"engine": "faiss", "made_s": time.perf_counter() - started}]
    rows[0]["mb"] = vectors.matrix.nbytes / 1e6
    engines: dict[str, VectorEngine] = {"faiss": EmbeddedEngine(flat, starts, vectors.owners)}
    if len(vectors.matrix) >= MANY:
        started = time.perf_counter()
        graph = flat.with_graph()
        rows.append({"engine": "faiss (graph)", "made_s": time.perf_counter() - started})
        rows[-1]["mb"] = len(graph.to_bytes()) / 1e6
        engines["faiss (graph)"] = EmbeddedEngine(graph, starts, vectors.owners)
    wanted = VersionRows(f"v3-scale{len(vectors.matrix)}", vectors.matrix, vectors.owners)
    started = time.perf_counter()
    push(address, wanted)
    rows.append({"engine": "pgvector", "made_s": time.perf_counter() - started})
    rows[-1]["mb"] = table_mb(address, wanted.version)
    rows[-1]["engine"] += " (hnsw)" if asks_hnsw(address, wanted) else ""
    pool = ReadingPool(address, 30.0)
    engines[rows[-1]["engine"]] = PgvectorEngine(pool, SCHEMA, wanted.version, starts)
    here = [(query, article) for query, article in asked if article < len(starts) - 1]
    given: dict[str, list[list[int]]] = {name: [] for name in engines}
    times: dict[str, list[float]] = {name: [] for name in engines}
    warm = here[:10]
    for query, _ in [*warm, *here]:
        for name, engine in engines.items():
            begun = time.perf_counter()
            given[name].append(ranked(engine, vectors, means, query))
            times[name].append((time.perf_counter() - begun) * 1000)
    pool.close()
    for row in rows:
        name = row["engine"]
        found = given[name][len(warm) :]
        row |= {"vectors": len(vectors.matrix), "articles": len(starts) - 1, "times": times[name][len(warm) :]}
        row["first"] = share(ids[0] == article for ids, (_, article) in zip(found, here, strict=True))
        row["three"] = share(article in ids[:3] for ids, (_, article) in zip(found, here, strict=True))
    for row in rows[1:]:
        pairs = list(zip(given["faiss"][len(warm) :], given[row["engine"]][len(warm) :], strict=True))
        row["same_first"] = share(a[0] == b[0] for a, b in pairs)
        row["same_three"] = share(a[:3] == b[:3] for a, b in pairs)
        row["of_ten"] = float(np.mean([len(set(a) & set(b)) / len(a) for a, b in pairs]))
    return rows


def table_mb(address: EngineAddress, version: str) -> float:
    """Return the size of a version's table with its indexes."""
    name = f"{SCHEMA}.rows_{version.replace('-', '_')}"
    with address.reading() as connection:
        row = connection.execute("SELECT pg_total_relation_size(%s::regclass)", [name]).fetchone()
    assert row is not None
    return float(row[0]) / 1e6


def asks_hnsw(address: EngineAddress, rows: VersionRows) -> bool:
    """Return whether PostgreSQL asks the HNSW index for the nearest rows, and does not read all of them."""
    values = {"query": as_text(rows.matrix[0]), "nearest": sql.MOST_NEAREST, "nominated": []}
    if len(rows) <= SCAN_UNITS:
        return False
    with address.reading() as connection:
        statement = b"EXPLAIN " + sql.of(sql.BEST_OF_NOMINATED, SCHEMA, rows.version).as_bytes(connection)
        return any("_vector_idx" in line for (line,) in connection.execute(statement, values).fetchall())


# ------------------------------------------------------------------------------------------------- a lost node


def lose_a_node(
    index: Index, questions: Sequence[str], both: EngineAddress, primary: postgres.Server, seconds: float = 6.0
) -> dict[str, Any]:
    """Ask from four threads, without the copy, and kill a node in the middle.

    :param index: The shipped index; its encoder remembers.
    :param questions: What is asked.
    :param both: The engine, with both nodes.
    :param primary: The node to kill.
    :param seconds: Before, and after.
    :return: Questions, failures, and the longest one before and after.
    """
    said: list[str] = []
    client = EngineClient(both, EngineGone.REFUSE, said.append)
    answerer = IndexAnswerer(client.attached(index))
    took: list[tuple[float, float]] = []
    failed: list[str] = []
    done = threading.Event()

    def ask(first: int) -> None:
        n = first
        while not done.is_set():
            begun = time.perf_counter()
            try:
                answerer.ask(questions[n % len(questions)])
            except KbError as error:
                failed.append(str(error))
            took.append((begun, (time.perf_counter() - begun) * 1000))
            n += 7

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    done.wait(seconds)
    killed_at = time.perf_counter()
    primary.kill()
    done.wait(seconds)
    done.set()
    for thread in threads:
        thread.join()
    client.close()
    before = [ms for at, ms in took if at + ms / 1000 < killed_at]
    after = [ms for at, ms in took if at + ms / 1000 >= killed_at]
    return {"asked": len(took), "failed": len(failed), "before": before, "after": after, "said": said}


@contextmanager
def two_nodes() -> Iterator[tuple[postgres.Server, str, str]]:
    """Run a primary and its hot standby; yield the primary, its address and that of both."""
    with (
        postgres.server(postgres.vector_programs(), options="-c shared_buffers=512MB -c max_wal_size=4GB") as primary,
        postgres.server(postgres.vector_programs(), primary=primary, options="-c shared_buffers=512MB") as standby,
    ):
        url = primary.new_database()
        yield primary, url, url.replace(f":{primary.port}/", f":{primary.port},127.0.0.1:{standby.port}/")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--vectors", default="10000,100000,300000,1000000")
    parser.add_argument("--asked", type=int, default=200)
    parser.add_argument("--index", type=Path, default=None)
    parser.add_argument("--seconds", type=float, default=4200.0, help="skip sizes that would take longer, all together")
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args()
    ends = time.monotonic() + chosen.seconds
    use_one_thread()
    settings = load_settings(index=chosen.index)
    loaded = load_newest(settings, print)
    index = replace(loaded, encoder=Remembering(loaded.encoder))
    ids = {name: n for n, name in enumerate(index.searchable.article_ids)}
    corpus = load_articles(settings.articles, settings.site.channel_texts())
    tests = [question for question in article_tests(corpus) if set(question.relevant) & ids.keys()]
    judged = tests[:: max(1, len(tests) // chosen.asked)][: chosen.asked]
    said = []
    with two_nodes() as (primary, url, both):
        address = EngineAddress(url, SCHEMA)
        product = whole_product(index, judged, address)
        for row in product:
            row["private_mb"] = private_mb(settings.index, row["engine"], url)
        matrix = index.searchable.vectors.matrix
        said.append(product_table(product, len(judged), *matrix.shape))
        print(said[-1], flush=True)
        known = np.ascontiguousarray(matrix[:, :DIM])
        faiss.normalize_L2(known)
        shipped = Vectors(known, index.searchable.article_of_row)
        queries = np.stack([index.encoder.encode_query(question.text)[:DIM] for question in judged])
        faiss.normalize_L2(queries)
        asked = [(query, ids[next(iter(q.relevant))]) for query, q in zip(queries, judged, strict=True)]
        rows: list[dict[str, Any]] = []
        skipped = []
        for count in map(int, chosen.vectors.split(",")):
            if count * SECONDS_OF_A_ROW > ends - time.monotonic():
                skipped.append(f"{count:,}")
                continue
            rows += of_vectors(grown(shipped, count), asked, address)
            print(vector_table([row for row in rows if row["vectors"] == rows[-1]["vectors"]]), flush=True)
        said.append(vector_table(rows))
        if skipped:
            said.append(f"Skipped, because it would have taken too long here: {', '.join(skipped)}.")
        push(address, VersionRows.of(index.version, index.searchable))
        lost = lose_a_node(index, [q.text for q in judged], EngineAddress(both, SCHEMA), primary)
        said.append(loss_text(lost))
        print(said[-1], json.dumps(lost["said"]), flush=True)
    if chosen.write:
        page = PAGE.read_text(encoding="utf-8")
        before, rest = page.split(BEGIN, 1)
        text = "\n\n".join(said)
        PAGE.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{rest.split(END, 1)[1]}", encoding="utf-8")


if __name__ == "__main__":
    main()
