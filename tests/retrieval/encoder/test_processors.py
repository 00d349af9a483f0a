"""One graph, the same vectors on every processor: tried as on AVX2 alone, where 16-bit sums are cut off."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from kb.retrieval.encoder import products
from kb.retrieval.encoder.card import EncoderCard, PartCard
from kb.retrieval.encoder.models import KNOWN
from kb.retrieval.encoder.packages import folder_of
from kb.retrieval.encoder.prepare import built, prepared_encoder
from kb.retrieval.encoder.probes import sample_texts
from kb.retrieval.encoder.serving import GraphEncoder, PartFiles
from kb.settings.settings import Settings
from tests.retrieval.encoder.fetched import needs
from tests.support import PLAIN_CPU, ROOT

TEXTS = sample_texts()[:40]
PROGRAM = """
import json, sys
from pathlib import Path
import numpy as np
from kb.retrieval.encoder.card import EncoderCard
from kb.retrieval.encoder.serving import GraphEncoder, PartFiles
folder = Path(sys.argv[1])
card = EncoderCard.from_bytes((folder / "card.json").read_bytes()).parts[0]
part = PartFiles(card, (folder / "tokenizer.json").read_bytes(), (folder / "graph.onnx").read_bytes())
np.save(folder / "vectors.npy", GraphEncoder(part).encode_queries(json.loads((folder / "texts.json").read_text())))
"""
plain_cpu = pytest.mark.plain_cpu


def as_plain_cpu(*command: str) -> subprocess.CompletedProcess[str]:
    """Run a command as on AVX2 alone."""
    return subprocess.run(
        [sys.executable, str(PLAIN_CPU), *command], capture_output=True, text=True, check=False, cwd=ROOT, timeout=240
    )


def elsewhere(part: PartFiles, folder: Path) -> np.ndarray:
    """Return the vectors of the texts, encoded in a process that takes its processor for one without VNNI."""
    folder.mkdir()
    (folder / "card.json").write_bytes(EncoderCard("one", (part.card,)).to_bytes())
    (folder / "tokenizer.json").write_bytes(part.tokenizer)
    (folder / "graph.onnx").write_bytes(part.graph)
    (folder / "texts.json").write_text(json.dumps(TEXTS))
    done = as_plain_cpu(sys.executable, "-c", PROGRAM, str(folder))
    assert done.returncode == 0, done.stderr
    return np.load(folder / "vectors.npy")


def signed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> PartFiles:
    """Return the same model with one bit more in its weights: 8 with the sign, as graphs are usually quantized."""
    monkeypatch.setattr(products, "LARGEST_WEIGHT", 127)
    known = KNOWN["e5"]
    card = PartCard("e5", "", "", 0, 0, "int8", "", known.prefix, known.prefix)
    return built(known.read(folder), card, is_centred=known.is_centred)


@pytest.mark.slow
@plain_cpu
def test_the_small_graph_gives_the_same_vectors_without_vnni(tmp_path, monkeypatch):
    """Forty texts: mean cosine above .9999, none below .998; with one bit more in the weights it is far from that.

    A value that lies between two integers may be rounded either way.
    """
    needs("e5")
    (part,) = prepared_encoder(Settings(encoder="e5")).parts
    here = GraphEncoder(part).encode_queries(TEXTS)
    same = (here * elsewhere(part, tmp_path / "small")).sum(axis=1)
    assert same.mean() >= 0.9999
    assert same.min() >= 0.998
    usual = signed(folder_of("e5", Settings().cache), monkeypatch)
    here = GraphEncoder(usual).encode_queries(TEXTS)
    other = (here * elsewhere(usual, tmp_path / "signed")).sum(axis=1)
    assert other.mean() < 0.998


@plain_cpu
def test_a_command_s_status_comes_through():
    """The command's status and output come through."""
    done = as_plain_cpu(sys.executable, "-c", "print('here'); raise SystemExit(5)")
    assert (done.returncode, done.stdout, done.stderr) == (5, "here\n", "")


@plain_cpu
def test_a_fault_stays_a_fault():
    """Only the one instruction is caught; other faults stay faults."""
    done = as_plain_cpu(sys.executable, "-c", "import ctypes; ctypes.string_at(0)")
    assert done.returncode == 256 - signal.SIGSEGV


def test_without_a_compiler_it_says_so(monkeypatch):
    """Without a compiler there is one sentence and a distinct status, not a traceback."""
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.delenv("CC", raising=False)
    done = as_plain_cpu("--check")
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr in (
        "plain_cpu needs a C compiler: install gcc or clang, or name one in CC\n",
        "plain_cpu works on Linux on x86-64 alone\n",
    )
