"""What many tests need: an encoder without a model, small articles, and waiting without sleeping."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from kb.common.files import sha256
from kb.content.articles.corpus import Corpus, load_articles
from kb.content.markdown.render import plain_text, sections
from kb.retrieval.build.builder import build_index
from kb.retrieval.build.report import BuildReport
from kb.retrieval.build.vector_cache import VectorCache
from kb.retrieval.encoder import foreign
from kb.retrieval.encoder.card import EncoderCard, PartCard
from kb.retrieval.encoder.prepare import PreparedEncoder, prepared_encoder
from kb.retrieval.encoder.serving import PartFiles
from kb.retrieval.query.normalise import words
from kb.settings.settings import Settings, load_settings
from kb.types import ELSEWHERE, Article, ArticleKind, Category, EmbeddingMatrix, Hit, Library, Passage, Progress, Vector

ROOT = Path(__file__).resolve().parent.parent


# ------------------------------------------------------------------------------------------------ encoders


class FakeEncoder:
    """Hashed words and letter triples to a fixed unit vector: no model, but it can rank."""

    def __init__(self, dim: int = 64) -> None:
        """Give vectors of some length."""
        self._dim = dim

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return self._dim

    def knows(self, word: str) -> bool:
        """Return whether a word is known whole: none is."""
        return False

    def encode_query(self, text: str) -> Vector:
        """Return the same vector for the same text, on every machine."""
        total = np.zeros(self._dim, np.float64)
        for gram in _grams(text) or [""]:
            total += _direction(gram, self._dim)
        return (total / np.linalg.norm(total)).astype(np.float32)

    def encode_queries(self, texts: Sequence[str], progress: Progress | None = None) -> EmbeddingMatrix:
        """Return one vector per text."""
        return self.encode_documents(texts, progress)

    def encode_documents(self, texts: Sequence[str], progress: Progress | None = None) -> EmbeddingMatrix:
        """Return one vector per text."""
        matrix = np.zeros((len(texts), self._dim), np.float32)
        for n, text in enumerate(texts):
            matrix[n] = self.encode_query(text)
            if progress is not None:
                progress(n + 1, len(texts))
        return matrix


def _grams(text: str) -> list[str]:
    found = words(text)
    return [*found, *(f"#{w[i : i + 3]}" for w in (f"<{w}>" for w in found) for i in range(len(w) - 2))]


def _direction(gram: str, dim: int) -> np.ndarray:
    seed = int.from_bytes(hashlib.sha256(gram.encode("utf-8", "surrogatepass")).digest()[:8], "big")
    return np.random.default_rng(seed).standard_normal(dim)


def toy_encoder(vocabulary: Sequence[str], name: str = "toy") -> PreparedEncoder:
    """Return a real, if tiny, encoder: words to :class:`FakeEncoder`'s vectors, their mean, unit norm.

    It goes every way that a model goes, through tokenizers and onnxruntime, in a thousandth of the bytes.
    """
    import onnx
    from onnx import TensorProto, helper, numpy_helper
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

    ids = {"[UNK]": 0, "[CLS]": 1, **{word: n for n, word in enumerate(sorted(set(vocabulary)), start=2)}}
    tokenizer = Tokenizer(models.WordLevel(ids, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing("[CLS] $A", special_tokens=[("[CLS]", 1)])
    fake = FakeEncoder()
    table = fake.encode_documents(list(ids))
    table[1] *= 0.05
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["each"], axis=0),
        helper.make_node("ReduceMean", ["each"], ["mean"], axes=[1], keepdims=0),
        helper.make_node("LpNormalization", ["mean"], ["embedding"], axis=1, p=2),
    ]
    graph = helper.make_graph(
        nodes,
        "toy",
        [helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["batch", "length"])],
        [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["batch", fake.dim])],
        [numpy_helper.from_array(table, "table")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.checker.check_model(model)
    data, words_of = model.SerializeToString(deterministic=True), tokenizer.to_str().encode()
    card = PartCard(name, "0" * 16, "toy", fake.dim, 128, "int8", sha256(words_of + data)[:16], is_tuned=False)
    return PreparedEncoder(EncoderCard(name, (card,)), (PartFiles(card, words_of, data),))


def toy_settings(folder: Path, vocabulary: Sequence[str], monkeypatch: Any) -> Settings:
    """Return settings with a toy encoder that is already cached: builds take milliseconds, in any process.

    :param folder: Where the model's folder and the cache go.
    :param vocabulary: The words it tells apart.
    :param monkeypatch: Puts the toy in the place of the export, once.
    :return: ``encoder`` and ``cache`` are set.
    """
    model = folder / "toy-model"
    model.mkdir()
    (model / "config.json").write_text("{}")
    (model / "model.safetensors").write_bytes(b"weights of a toy")
    settings = Settings(encoder=str(model), cache=folder / "cache")
    (part,) = toy_encoder(vocabulary, str(model)).parts
    monkeypatch.setattr(foreign, "exported", lambda *_: part)
    prepared_encoder(settings)
    return settings


# ------------------------------------------------------------------------------------------------ articles


def make_article(article_id: str = "late-fee", body: str = "Some text.\n", **fields: Any) -> Article:
    """Return an article; what is not given has a plain default."""
    defaults: dict[str, Any] = {
        "title": article_id.replace("-", " ").capitalize(),
        "kind": ArticleKind.FAQ,
        "category": "fees",
    }
    return Article(id=article_id, body=body, sections=sections(body), **{**defaults, **fields})


def make_library(*articles: Article) -> Library:
    """Return a library of articles, with their categories."""
    names = sorted({a.category for a in articles})
    return Library({a.id: a for a in articles}, tuple(Category(name, name.capitalize()) for name in names))


def write_article(folder: Path, article_id: str, body: str = "Some text.\n", **fields: Any) -> Path:
    """Write an article's file; title, kind and category have plain defaults, None leaves a key out."""
    defaults = {"title": article_id.replace("-", " ").capitalize(), "kind": "faq", "category": "fees"}
    front = {key: value for key, value in {**defaults, **fields}.items() if value is not None}
    lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in front.items()]  # JSON is YAML
    shelf = ELSEWHERE if front["kind"] == ArticleKind.SIGNPOST else str(front.get("category", "fees"))
    path = folder / shelf / f"{article_id}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(["---", *lines, "---", "", body]), encoding="utf-8")
    return path


def write_signpost(folder: Path, signpost_id: str, body: str = "Ask who makes it.\n", **fields: Any) -> Path:
    """Write a signpost's file, in the folder of the signposts."""
    return write_article(folder, signpost_id, body, kind=ArticleKind.SIGNPOST.value, category=None, **fields)


TINY: Mapping[str, Mapping[str, Any]] = {
    "late-fee": {
        "title": "What is the late fee?",
        "summary": "A late fee is added when payment arrives after the due date.",
        "body": "A late fee is added after the due date.\n\n## How much\n\nThe amount stands on the statement.\n",
        "examples": ["why was i charged a late fee", "late fee amount", "what does paying late cost"],
        "tests": ["zebra penalty for tardy remittance"],
    },
    "set-up-autopay": {
        "title": "How do I set up Auto Pay?",
        "kind": "tutorial",
        "category": "autopay",
        "body": "Have your card ready.\n\n## Set it up\n\n1. Sign in.\n2. Open Billing.\n3. Turn it on.\n",
        "examples": ["turn on automatic payments", "enroll in autopay", "pay my bill by itself every month"],
        "tests": ["quokka wants the money taken without asking"],
    },
    "cancel-autopay": {
        "title": "How do I cancel Auto Pay?",
        "kind": "tutorial",
        "category": "autopay",
        "body": "## Turn it off\n\n1. Sign in.\n2. Open Billing.\n3. Turn off automatic payments.\n",
        "examples": ["turn off automatic payments", "stop autopay"],
    },
    "why-bill-went-up": {
        "title": "Why did my bill go up?",
        "kind": "troubleshooting",
        "category": "changes",
        "body": "A promotion ended, or a price rose.\n\n## Compare two bills\n\nPut the old bill beside the new one.\n",
        "examples": ["my bill is higher this month", "bill increased", "promotion ended price rose"],
    },
    "return-equipment": {
        "title": "How do I return equipment?",
        "category": "equipment",
        "body": "Bring the modem to a store, or ship the box.\n\n> [!TIP]\n> Keep the receipt.\n",
        "examples": ["give back my modem", "where do i ship the old cable box"],
    },
    "paper-bill": {
        "title": "Can I get a paper bill?",
        "category": "autopay",
        "body": "Yes. A printed statement comes by mail.\n",
        "examples": ["mail me a printed statement", "i want paper not email"],
    },
}
"""Six small articles; the tests' words (zebra, quokka) are nowhere else."""

DRAFT = {"title": "A walrus is not published", "status": "draft", "body": "Nobody may read about the walrus.\n"}


def write_tiny(folder: Path) -> Path:
    """Write the six small articles and a draft; return the folder."""
    for article_id, fields in {**TINY, "walrus-draft": DRAFT}.items():
        write_article(folder, article_id, **fields)
    return folder


def write_many(folder: Path, n_articles: int = 16) -> Path:
    """Write enough articles, with enough examples, to learn a confidence from; return the folder."""
    vocabulary = [word for word in tiny_words() if len(word) > 3]
    for n in range(n_articles):
        mine = vocabulary[n * 4 : n * 4 + 6]
        examples = [f"{mine[i]} {mine[j]}" for i in range(4) for j in range(i + 1, 6)][: 5 + n % 3]
        write_article(folder, f"topic-{n}", " ".join(mine) + "\n", title=f"{mine[0]} {mine[1]}", examples=examples)
    return folder


def tiny_words() -> list[str]:
    """Return every word of the small articles but those of their tests, for an encoder that knows nothing else."""
    indexed = [{k: v for k, v in fields.items() if k != "tests"} for fields in TINY.values()]
    return sorted(set(re.findall(r"[a-z0-9]+", json.dumps(indexed).lower().replace("\\n", " "))))


# ---------------------------------------------------------------------------------------------- the index


def build(settings: Settings, **options: Any) -> BuildReport:
    """Build the index of the settings' articles, as the command does."""
    corpus: Corpus = load_articles(settings.articles, settings.site.channel_texts())
    corpus.raise_on_errors()
    return build_index(corpus.library, settings, plain_text, **options)


def forget_vectors(settings: Settings) -> None:
    """Remove what the cache has of texts that were encoded; the graphs stay."""
    VectorCache(settings.cache).remove()


def copy_index(settings: Settings, folder: Path) -> Settings:
    """Return settings whose index is a copy, to do harm to."""
    shutil.copytree(settings.index, folder)
    return replace(settings, index=folder)


def real_settings(index: Path) -> Settings:
    """Return the settings of the repository, its articles and site.yaml, with the index elsewhere."""
    # The quick encoder: an index in a fifth of the time. What the best one does differently has tests of its own.
    return load_settings({}, articles=ROOT / "articles", site_path=ROOT / "site.yaml", index=index, encoder="e5")


# ------------------------------------------------------------------------------------------ other processors

PLAIN_CPU = ROOT / "scripts/plain_cpu/run.py"
"""Runs a command as on AVX2 alone."""


def is_plain_cpu_possible() -> bool:
    """Return whether this machine can hide what its processor has beyond AVX2."""
    command = [sys.executable, str(PLAIN_CPU), "--check"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


# -------------------------------------------------------------------------------------------------- waiting


def wait_until(condition: Callable[[], bool], seconds: float = 40.0) -> None:
    """Return as soon as a condition holds; fail when it does not within a time."""
    deadline = time.monotonic() + seconds
    turn = threading.Event()
    while not condition():
        assert time.monotonic() < deadline, f"it did not come true within {seconds} s"
        turn.wait(0.005)


# -------------------------------------------------------------------------------------------------- ranking


def make_hits(*article_ids: str) -> tuple[Hit, ...]:
    """Return a ranking of articles by id, with scores 1, 1/2, 1/3, …."""
    return tuple(
        Hit(n, i, i.replace("-", " "), Passage(f"{i}#0", i, "", "", f"Text of {i}.", f"Text of {i}."), 1 / n)
        for n, i in enumerate(article_ids, 1)
    )
