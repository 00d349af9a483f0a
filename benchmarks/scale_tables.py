"""The tables and sentences of benchmarks/scale.py, in Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from benchmarks.load import percentile


def product_table(rows: Sequence[dict[str, Any]], n_asked: int, n_rows: int, dim: int) -> str:
    """Return the table of the whole product in Markdown."""
    faiss_row, engine = rows
    lines = ["| | faiss | pgvector |", "| --- | ---: | ---: |"]
    for title, key in (("first right", "first"), ("among the first three", "three")):
        lines.append(f"| {title} | {faiss_row[key]:.4f} | {engine[key]:.4f} |")
    for share_of in (50, 95):
        ours, theirs = (percentile(row["times"], share_of) for row in rows)
        title = f"a question without its encoding, p{share_of}"
        lines.append(f"| {title} | {ours:.1f} ms | {theirs:.1f} ms ({theirs / ours:.1f} ×) |")
    memory = [f"{row['private_mb']:.0f} MB" for row in rows]
    lines.append(f"| memory of its own, a process that has answered | {memory[0]} | {memory[1]} |")
    agreement = (
        f"On {n_asked:,} of the articles' tests, {n_rows:,} vectors of {dim:,} numbers: the same first article "
        f"{engine['same_first']:.4f}, the same first three in the same order {engine['same_three']:.4f}, the same "
        f"outcome {engine['same_outcome']:.4f}, the same part shown {engine['same_part']:.4f}; no confidence differs "
        f"by more than {engine['confidence_apart']:.5f}. Publishing took {engine['pushed_s']:.1f} s."
    )
    return f"{agreement}\n\n" + "\n".join(lines)


def vector_table(rows: Sequence[dict[str, Any]]) -> str:
    """Return the table of vectors alone in Markdown."""
    columns = "vectors, articles, engine, published in s, MB, p50 ms, p95 ms, p50 over faiss, first right, among three"
    lines = [
        f"| {columns.replace(', ', ' | ')} | same first | same three | shared of ten |",
        "| ---: | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for row in rows:
        base = next(r for r in rows if r["vectors"] == row["vectors"])
        cells = [
            f"{row['vectors']:,}",
            f"{row['articles']:,}",
            row["engine"],
            f"{row['made_s']:.1f}",
            f"{row['mb']:.0f}",
        ]
        cells += [f"{percentile(row['times'], 50):.1f}", f"{percentile(row['times'], 95):.1f}"]
        cells += [f"{percentile(row['times'], 50) / percentile(base['times'], 50):.1f}"]
        cells += [f"{row['first']:.3f}", f"{row['three']:.3f}"]
        cells += [f"{row[key]:.3f}" if key in row else "" for key in ("same_first", "same_three", "of_ten")]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def loss_text(found: dict[str, Any]) -> str:
    """Return what the loss of a node did, as a sentence."""
    return (
        f"A node killed under four threads, without the copy: {found['asked']:,} questions, {found['failed']} failed; "
        f"the longest took {max(found['before']):.0f} ms before it and {max(found['after']):.0f} ms after it "
        f"(p95 {percentile(found['before'], 95):.0f} and {percentile(found['after'], 95):.0f} ms)."
    )
