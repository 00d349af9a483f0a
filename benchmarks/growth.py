"""Growth: what many articles take to build, to load and to ask, and when searching exactly is too slow.

Usage: python benchmarks/growth.py [--built 150,1000] [--vectors 150,1000,10000,100000] [--encoder e5] [--write]

Two tables. The first is of whole help centers: articles are generated from the shipped ones (their sentences, dealt out
again, with words of their own), built by ``kb build``, loaded by a fresh process and asked. The second is of vectors
alone, for sizes whose build would take hours: those of the shipped index, and around each of them others that are a
little different. It compares FAISS's exact index with its 8-bit one and with HNSW: time, memory, and how many of the
ten nearest they find. The product searches exactly; the table says how far that goes.

``--write`` puts the tables into docs/speed.md.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import faiss  # noqa: E402
import numpy as np  # noqa: E402

from benchmarks.load import percentile  # noqa: E402
from kb.content.articles.corpus import load_articles  # noqa: E402
from kb.retrieval.answering.live import load_newest  # noqa: E402
from kb.settings.settings import Settings, load_settings  # noqa: E402

PAGE = ROOT / "docs" / "speed.md"
BEGIN, END = "<!-- make growth -->", "<!-- end of growth -->"
PER_ARTICLE = 8
"""Vectors of a generated article: its title, five examples, two sections."""
LEAST_RECALL = 0.98
QUERIES = 200
_ASK = """
import json, resource, sys, time
started = time.perf_counter()
from kb.retrieval.answering.answerer import IndexAnswerer
from kb.retrieval.answering.live import load_newest
from kb.settings.settings import load_settings
imported = time.perf_counter()
answerer = IndexAnswerer(load_newest(load_settings(), lambda text: None))
loaded = time.perf_counter()
times = []
for text in json.load(sys.stdin):
    begun = time.perf_counter()
    answerer.ask(text)
    times.append((time.perf_counter() - begun) * 1000)
memory = [int(line.split()[1]) / 1024 for line in open("/proc/self/status") if line.startswith("VmRSS")]
print(json.dumps({"load_s": loaded - imported, "times": times[10:], "mb": memory[0]}))
"""


# ------------------------------------------------------------------------------------------- whole help centers


def generate(count: int, settings: Settings, folder: Path) -> list[str]:
    """Write articles made of the sentences of the shipped ones.

    :param count: How many.
    :param settings: Name the shipped articles.
    :param folder: Where they go.
    :return: Questions that they are asked, one in eight of which is nobody's.
    """
    chance = random.Random(count)
    library = load_articles(settings.articles, settings.site.channel_texts()).library
    articles = list(library)
    bodies = [re.split(r"(?<=[.!?])\s+", " ".join(article.body.split())) for article in articles]
    sentences = [s for body in bodies for s in body if 30 < len(s) < 200 and not re.search(r"[#*|\[\]{}<>`]", s)]
    examples = [text for article in articles for text in article.examples]
    topic = folder / "made"
    topic.mkdir(parents=True)
    (topic / "category.yaml").write_text("title: Made up\ntext: For a benchmark.\norder: 1\n", encoding="utf-8")
    asked = []
    for number in range(count):
        word = "".join(chance.choice("bdfgklmnprstvz") + chance.choice("aeiou") for _ in range(3))
        title = f"{chance.choice(articles).title.rstrip('?.')}: {word}"
        ways = [f"{text.rstrip('?')} {word}" for text in chance.sample(examples, 6)]
        texts = [" ".join(chance.sample(sentences, 3)) for _ in range(2)]
        front = [
            "---",
            f"title: {json.dumps(title)}",
            "category: made",
            f"summary: {json.dumps(texts[0][:120])}",
            "kind: faq",
        ]
        front += ["examples:", *(f"  - {json.dumps(way)}" for way in ways[:5]), "---"]
        (topic / f"made-{number:06}.md").write_text(
            "\n".join([*front, "", texts[0], "", f"## About {word}", "", texts[1], ""]), encoding="utf-8"
        )
        asked.append(ways[5] if number % 8 else f"how do i feed a {word}")
    return chance.sample(asked, min(QUERIES, count))


def build_and_ask(count: int, encoder: str, settings: Settings, patience: float) -> dict[str, Any]:
    """Build, load and ask a help center of some articles."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        asked = generate(count, settings, folder / "articles")
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "KB_INDEX": str(folder / "index"),
            "KB_ARTICLES": str(folder / "articles"),
            "KB_ENCODER": encoder,
        }
        begun = time.perf_counter()
        try:
            done = subprocess.run(
                [sys.executable, "-m", "kb", "build"],
                env=environment,
                cwd=folder,
                capture_output=True,
                text=True,
                timeout=patience,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return {"articles": count, "build_s": float("nan"), "why": f"not done after {patience:.0f} s"}
        took = time.perf_counter() - begun
        if done.returncode:
            return {"articles": count, "build_s": float("nan"), "why": done.stderr.strip()[-200:]}
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        said = subprocess.run(
            [sys.executable, "-c", _ASK],
            env=environment,
            cwd=folder,
            input=json.dumps(asked),
            capture_output=True,
            text=True,
            check=True,
        )
        size = sum(file.stat().st_size for file in (folder / "index").rglob("*") if file.is_file()) / 1e6
        return {"articles": count, "build_s": took, "peak_mb": peak, "index_mb": size, **json.loads(said.stdout)}


def built_table(rows: Sequence[dict[str, Any]]) -> str:
    """Return the help centers as a table in Markdown."""
    head = (
        "| articles | build s | build's memory MB | index MB | load s | memory when asked MB | question p50 ms | "
        "p95 ms |\n|" + " ---: |" * 8
    )
    lines = []
    for row in rows:
        if "why" in row:
            lines.append(f"| {row['articles']:,} | {row['why']} |" + " |" * 6)
            continue
        lines.append(
            f"| {row['articles']:,} | {row['build_s']:.0f} | {row['peak_mb']:.0f} | {row['index_mb']:.0f} | "
            f"{row['load_s']:.1f} | {row['mb']:.0f} | {percentile(row['times'], 50):.1f} | "
            f"{percentile(row['times'], 95):.1f} |"
        )
    return "\n".join([head, *lines])


# ------------------------------------------------------------------------------------------------ vectors alone


def vectors_like(known: np.ndarray, count: int) -> np.ndarray:
    """Return vectors that lie like those of an index: each near one of them.

    :param known: float32, shape (n, dim), unit L2 norm.
    :param count: How many.
    :return: float32, shape (count, dim), unit L2 norm.
    """
    chance = np.random.default_rng(count)
    made = np.empty((count, known.shape[1]), np.float32)
    for first in range(0, count, 50_000):
        rows = known[chance.integers(0, len(known), min(50_000, count - first))]
        noise = chance.standard_normal(rows.shape, np.float32) * np.float32(0.6 / np.sqrt(known.shape[1]))
        made[first : first + len(rows)] = rows + noise
    faiss.normalize_L2(made)
    return made


def kinds() -> dict[str, Callable[[int], Any]]:
    """Return the kinds of index that are compared, by name."""
    inner = faiss.METRIC_INNER_PRODUCT

    def hnsw(dim: int) -> Any:
        index = faiss.IndexHNSWFlat(dim, 32, inner)
        index.hnsw.efConstruction, index.hnsw.efSearch = 80, 128
        return index

    return {
        "exact": faiss.IndexFlatIP,
        "8 bits": lambda dim: faiss.IndexScalarQuantizer(dim, faiss.ScalarQuantizer.QT_8bit, inner),
        "HNSW 32": hnsw,
    }


def compare(count: int, known: np.ndarray, patience: float) -> list[dict[str, Any]]:
    """Return a row for each kind of index over the vectors of some articles."""
    matrix, queries = vectors_like(known, count * PER_ARTICLE), vectors_like(known, 10_007)[:QUERIES]
    rows: list[dict[str, Any]] = []
    exact = np.zeros((0, 10), np.int64)
    for name, make in kinds().items():
        if name.startswith("HNSW") and len(matrix) * 0.0004 > patience:
            rows.append({"articles": count, "vectors": len(matrix), "kind": name, "why": "not built: too long here"})
            continue
        index = make(matrix.shape[1])
        begun = time.perf_counter()
        if not index.is_trained:
            index.train(matrix[:: max(1, len(matrix) // 100_000)])
        index.add(matrix)
        made_s = time.perf_counter() - begun
        times, found = [], []
        for query in queries:
            begun = time.perf_counter()
            found.append(index.search(query[None], 10)[1][0])
            times.append((time.perf_counter() - begun) * 1000)
        nearest = np.array(found)
        exact = nearest if name == "exact" else exact
        hit = np.mean([len(set(a) & set(b)) / 10 for a, b in zip(nearest.tolist(), exact.tolist(), strict=True)])
        rows.append(
            {
                "articles": count,
                "vectors": len(matrix),
                "kind": name,
                "made_s": made_s,
                "recall": float(hit),
                "mb": len(faiss.serialize_index(index)) / 1e6,
                "times": times,
            }
        )
    return rows


def vector_table(rows: Sequence[dict[str, Any]]) -> str:
    """Return the kinds of index as a table in Markdown."""
    head = (
        "| articles | vectors | index | made in s | MB | the 10 nearest, p50 ms | p95 ms | of the exact 10 found |\n"
        "| ---: | ---: | --- | ---: | ---: | ---: | ---: | ---: |"
    )
    lines = []
    for row in rows:
        cells = [f"{row['articles']:,}", f"{row['vectors']:,}", row["kind"]]
        if "why" in row:
            cells += [row["why"], "", "", "", ""]
        else:
            cells += [f"{row['made_s']:.1f}", f"{row['mb']:.0f}", f"{percentile(row['times'], 50):.2f}"]
            cells += [f"{percentile(row['times'], 95):.2f}", f"{row['recall']:.3f}"]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([head, *lines])


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--built", default="150,1000")
    parser.add_argument("--vectors", default="150,1000,10000,100000")
    parser.add_argument("--encoder", default="e5")
    parser.add_argument("--index", type=Path, default=None)
    parser.add_argument("--patience", type=float, default=900.0, help="most seconds of one build")
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args()
    settings = load_settings(index=chosen.index)
    built = []
    # First, while this process is small: a child's peak of memory counts from that of its parent.
    for count in numbers(chosen.built):
        built.append(build_and_ask(count, chosen.encoder, settings, chosen.patience))
        print(built_table(built[-1:]).splitlines()[-1], flush=True)
    matrix = load_newest(settings, print).searchable.vectors.matrix
    # The width of e5, which 'auto' takes for more than 30,000 texts; the first of the joined vectors are its.
    known = np.ascontiguousarray(matrix[:, :384])
    faiss.normalize_L2(known)
    of_vectors = [row for count in numbers(chosen.vectors) for row in compare(count, known, chosen.patience)]
    tables = [built_table(built), vector_table(of_vectors)]
    print("\n\n".join(tables))
    if chosen.write:
        page = PAGE.read_text(encoding="utf-8")
        before, rest = page.split(BEGIN, 1)
        text = "\n\n".join(tables)
        PAGE.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{rest.split(END, 1)[1]}", encoding="utf-8")


def numbers(text: str) -> list[int]:
    """Return the numbers of an option."""
    return [int(part) for part in text.split(",") if part]


if __name__ == "__main__":
    main()
