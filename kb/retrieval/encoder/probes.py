"""Probe texts with their vectors, which a version carries to verify that its encoder gives the same vectors here.

A version is built on one machine and may serve on another. If a processor computed the graph differently, every
question would get a meaningless vector, and nothing else would notice.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files as resource_files

import numpy as np

from kb.common.files import canonical_json
from kb.errors import VectorsDisagree
from kb.types import EmbeddingMatrix, Encoder

TEXTS, VECTORS = "probes.json", "probes.npy"

N_PROBES = 12
N_CHECKED = 2
"""Number of probes encoded when a version is loaded: the shortest, in a few milliseconds."""
LEAST_COSINE = 0.99
"""Measured between processors with and without VNNI and AVX-512: .99997 in the mean, .9991 at least, since a value that
lies between two integers may be rounded either way. Where products overflow: .06 with mpnet."""


@cache
def sample_texts() -> tuple[str, ...]:
    """Return texts of the kind a help center receives, in English and Spanish, to measure and probe encoders with."""
    text = resource_files("kb.retrieval").joinpath("data/sample_texts.txt").read_text(encoding="utf-8")
    return tuple(line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#"))


def probe_texts() -> list[str]:
    """Return a dozen of the sample texts, shortest first."""
    return sorted(sorted(sample_texts())[:: len(sample_texts()) // N_PROBES][:N_PROBES], key=lambda t: (len(t), t))


def probe_files(encoder: Encoder) -> dict[str, bytes]:
    """Return the probe texts and their vectors as files of a version.

    :param encoder: The version's.
    :return: Files by name; the same encoder on the same processor gives the same bytes.
    """
    texts = probe_texts()
    buffer = io.BytesIO()
    np.save(buffer, encoder.encode_queries(texts), allow_pickle=False)
    return {TEXTS: canonical_json(texts), VECTORS: buffer.getvalue()}


def read_probes(files: Mapping[str, bytes]) -> tuple[list[str], EmbeddingMatrix]:
    """Return the probe texts and their vectors from a version's files, shortest first."""
    texts: list[str] = json.loads(files[TEXTS])
    vectors: EmbeddingMatrix = np.load(io.BytesIO(files[VECTORS]), allow_pickle=False)
    return texts, vectors


def check_probes(encoder: Encoder, files: Mapping[str, bytes], version: str, n: int = N_CHECKED) -> None:
    """Refuse a version whose encoder gives other vectors on this processor than where it was built.

    :param encoder: The version's, loaded here.
    :param files: The version's verified files.
    :param version: Its name.
    :param n: The number of probes to encode.
    :raises VectorsDisagree: If a cosine is below :data:`LEAST_COSINE`.
    """
    texts, vectors = read_probes(files)
    for text, wanted in zip(texts[:n], vectors[:n], strict=True):
        cosine = float(encoder.encode_query(text) @ wanted)
        if not cosine >= LEAST_COSINE:  # also refuses a vector of NaN
            raise VectorsDisagree(
                f"The index version {version} is refused: on this processor its encoder gives other vectors than where "
                f"it was built (cosine {cosine:.2f} for {text!r}, at least {LEAST_COSINE} is needed), so its answers "
                "would mean nothing. Build it again on this machine: kb build --full"
            )
