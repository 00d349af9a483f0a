"""Prepares an encoder for a build: each model's graph is built once and cached. Build time only.

A cached graph is stored under the digest of the model's files and of this recipe, and verified byte for byte before
it is used.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from unicodedata import unidata_version

import numpy as np

from kb.common.files import canonical_json, sha256
from kb.errors import EncoderUnavailable
from kb.retrieval.encoder import foreign, models
from kb.retrieval.encoder.card import CARD, EncoderCard, PartCard, graph_file, tokenizer_file
from kb.retrieval.encoder.packages import fetched
from kb.retrieval.encoder.probes import sample_texts
from kb.retrieval.encoder.products import SmallProduct, small_table
from kb.retrieval.encoder.serving import GraphEncoder, JoinedEncoder, PartFiles
from kb.retrieval.encoder.transformer import Finish, Floats, transformer_graph
from kb.retrieval.encoder.weights import Weights, read_folder
from kb.settings.settings import Precision, Settings
from kb.types import Say

RECIPE = "5"
"""Increase it when these modules change what a graph computes."""
LEAST_AGREEMENT = 0.99
"""Least mean cosine between the small graph and the exact one. Measured: e5 and mpnet .997, minilm .998, bge .999."""
_LIBRARIES = ("onnx", "onnxruntime", "tokenizers")
_TOKENIZER, _GRAPH, _DIGESTS = "tokenizer.json", "graph.onnx", "digests.json"
_PRODUCTS = ("attention", "attention_out", "up", "down")


@dataclass(frozen=True, slots=True)
class PreparedEncoder:
    """An encoder's verified files, for the build to encode with and for the version to carry."""

    card: EncoderCard
    parts: tuple[PartFiles, ...]

    def load(self) -> JoinedEncoder:
        """Return the encoder, ready to encode."""
        return JoinedEncoder(self.card, [GraphEncoder(part) for part in self.parts])

    def version_files(self) -> dict[str, bytes]:
        """Return the files that an index version carries, so that it needs nothing else to answer."""
        found = {CARD: self.card.to_bytes()}
        for part in self.parts:
            found[tokenizer_file(part.card)] = part.tokenizer
            found[graph_file(part.card)] = part.graph
        return found


def prepared_encoder(settings: Settings, say: Say = lambda _: None) -> PreparedEncoder:
    """Return the encoder of the settings, from the cache or freshly built.

    :param settings: ``encoder``, ``precision`` and ``cache`` are read; ``auto`` counts as the best encoder.
    :param say: Called with each long step.
    :return: Verified files.
    :raises EncoderUnavailable: If a model is missing, not the pinned one, or cannot be built.
    """
    name = models.BEST if settings.encoder == models.AUTO else settings.encoder
    parts = tuple(_part(part, settings, say) for part in models.parts_of(name))
    return PreparedEncoder(EncoderCard(name, tuple(part.card for part in parts)), parts)


def _part(name: str, settings: Settings, say: Say) -> PartFiles:
    known = models.KNOWN.get(name)
    folder = models.other_folder(name) if known is None else fetched(name, settings.cache, say)
    digest = models.revision(folder) if known is None else models.pinned_revision(name)
    made_with = [f"{library} {version(library)}" for library in _LIBRARIES]
    # The interpreter's Unicode tables decide which letters are Latin, and so which pieces of a vocabulary stay.
    recipe = "; ".join([f"recipe {RECIPE}", *made_with, f"Unicode {unidata_version}"])
    key = sha256(canonical_json([name, digest, recipe, settings.precision.value, sample_texts()]))[:16]
    place = settings.cache / "encoders" / key
    cached = _read_cached(place)
    if cached is not None:
        return cached
    say(f"Building the graph of {name!r} (once; it is kept in {settings.cache})")
    card = PartCard(name, digest, recipe, 0, 0, settings.precision.value, "")
    if known is not None:
        card = replace(card, query_prefix=known.prefix, document_prefix=known.prefix)
        made = built(known.read(folder), card, is_centred=known.is_centred)
    elif foreign.is_built_in(folder):
        query, document = foreign.prefixes(folder)
        made = built(read_folder(folder), replace(card, query_prefix=query, document_prefix=document))
    else:
        made = foreign.exported(folder, card, sample_texts())
    made = replace(made, card=replace(made.card, graph=sha256(made.tokenizer + made.graph)[:16]))
    _write_cached(place, made)
    return made


# ------------------------------------------------------------------------------------------------- building


def built(weights: Weights, card: PartCard, *, is_centred: bool = False) -> PartFiles:
    """Build a model's graph, exact or with small integers, and check the second against the first.

    :param weights: The model.
    :param card: ``name``, ``precision`` and the prefixes are read; the rest is filled in.
    :param is_centred: Whether the mean of the sample's vectors is subtracted.
    :return: The files.
    :raises EncoderUnavailable: If the small graph does not agree with the exact one.
    """
    card = replace(card, dim=weights.shape.hidden, max_tokens=weights.shape.max_tokens)
    exact, largest = _measured(weights, card)
    finish = Finish(exact.mean(axis=0) if is_centred else None)
    if card.precision == Precision.FP32.value:
        return PartFiles(card, weights.tokenizer, transformer_graph(weights, finish=finish))
    graph = transformer_graph(weights, SmallProduct(largest), small_table, finish)
    small = PartFiles(card, weights.tokenizer, graph)
    wanted = _centred(exact, finish.centre)
    check_agreement(GraphEncoder(small), wanted)
    return small


def check_agreement(encoder: GraphEncoder, wanted: Floats) -> None:
    """Refuse a graph that does not agree with the exact one.

    :param encoder: The graph's encoder.
    :param wanted: The exact vectors of the sample texts, rows of unit L2 norm.
    :raises EncoderUnavailable: If the mean cosine is below :data:`LEAST_AGREEMENT`.
    """
    found = np.stack([encoder.encode_query(text) for text in sample_texts()])
    agreement = float((found * wanted).sum(axis=1).mean())
    if agreement < LEAST_AGREEMENT:
        raise EncoderUnavailable(
            f"With small integers {encoder.card.name!r} gives other vectors than the model itself (mean cosine "
            f"{agreement:.3f}, at least {LEAST_AGREEMENT} is needed). Set 'precision: fp32' in site.yaml; questions "
            "then take three times as long."
        )


def _measured(weights: Weights, card: PartCard) -> tuple[Floats, dict[str, Floats]]:
    """Return the exact vectors of the sample texts, and the greatest absolute value of each product's channels."""
    names = [f"layer.{n}.{name}" for n in range(weights.shape.layers) for name in _PRODUCTS]
    encoder = GraphEncoder(PartFiles(card, weights.tokenizer, transformer_graph(weights, watched=names)))
    vectors, largest = [], {name: np.zeros(1, np.float32) for name in names}
    for text in sample_texts():
        vector, *tensors = encoder.everything(card.query_prefix + text)
        vectors.append(vector[0])
        for name, tensor in zip(names, tensors, strict=True):
            largest[name] = np.maximum(largest[name], np.abs(tensor).max(axis=(0, 1)))
    return np.stack(vectors), largest


def _centred(vectors: Floats, centre: Floats | None) -> Floats:
    if centre is None:
        return vectors
    moved = vectors - centre
    return np.asarray(moved / np.linalg.norm(moved, axis=1, keepdims=True), np.float32)


# ------------------------------------------------------------------------------------------- the cache


def _read_cached(folder: Path) -> PartFiles | None:
    """Return a cached graph, or None if there is none or any byte of it changed."""
    try:
        digests = json.loads((folder / _DIGESTS).read_bytes())
        found = {name: (folder / name).read_bytes() for name in (CARD, _TOKENIZER, _GRAPH)}
    except (OSError, ValueError):
        return None
    if not isinstance(digests, dict) or any(sha256(data) != digests.get(name) for name, data in found.items()):
        return None
    card = EncoderCard.from_bytes(found[CARD])
    return PartFiles(card.parts[0], found[_TOKENIZER], found[_GRAPH])


def _write_cached(folder: Path, made: PartFiles) -> None:
    card = EncoderCard(made.card.name, (made.card,))
    contents = {CARD: card.to_bytes(), _TOKENIZER: made.tokenizer, _GRAPH: made.graph}
    contents[_DIGESTS] = canonical_json({name: sha256(data) for name, data in contents.items()})
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".new-"))
    except OSError as error:
        raise EncoderUnavailable(
            f"{folder.parent} cannot be written ({error.strerror}). Make room or give it to this account, or name "
            "another folder in KB_CACHE."
        ) from error
    try:
        _put(beside, contents)
        if folder.exists():
            shutil.rmtree(folder)
        beside.rename(folder)
    except OSError as error:
        shutil.rmtree(beside, ignore_errors=True)
        if not folder.exists():  # otherwise another build was faster; its files are as good, by their digests
            raise EncoderUnavailable(
                f"{folder} cannot be written ({error.strerror}). Make room, or name another folder in KB_CACHE."
            ) from error


def _put(folder: Path, contents: dict[str, bytes]) -> None:
    for name, data in contents.items():
        (folder / name).write_bytes(data)
