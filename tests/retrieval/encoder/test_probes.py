"""A version whose encoder computes differently on this processor is refused by name; the previous one keeps serving."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from kb.errors import IndexDamaged, VectorsDisagree
from kb.retrieval.answering.live import LiveAnswerer, load_newest
from kb.retrieval.encoder.probes import N_CHECKED, N_PROBES, check_probes, probe_files, read_probes, sample_texts
from kb.retrieval.index.index import Index
from kb.retrieval.index.versions import VersionFiles, current_name, publish, read_version, write_version
from kb.settings.settings import Settings
from tests.support import FakeEncoder, copy_index

REFUSED = r"The index version {} is refused: on this processor its encoder gives other vectors than where it was built"
REMEDY = "Build it again on this machine: kb build --full"


def noise(vectors: np.ndarray) -> np.ndarray:
    """Return other vectors of unit length."""
    other = np.random.default_rng(2).standard_normal(vectors.shape)
    return other / np.linalg.norm(other, axis=1, keepdims=True)


HARMS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "permuted": lambda vectors: vectors[:, np.random.default_rng(1).permutation(vectors.shape[1])],
    "noise": noise,
    "nan": lambda vectors: np.full_like(vectors, np.nan),
    "zero": np.zeros_like,
    "cosine .98": lambda vectors: 0.98 * vectors,
}


def foreign(settings: Settings, harm: Callable[[np.ndarray], np.ndarray]) -> VersionFiles:
    """Write the published version once more, as a machine would have that computes otherwise; return it."""
    version = read_version(settings.index, current_name(settings.index))
    _, vectors = read_probes(version.files)
    buffer = io.BytesIO()
    np.save(buffer, harm(vectors).astype(np.float32), allow_pickle=False)
    manifest = {key: value for key, value in version.manifest.items() if key not in ("format", "files")}
    name = write_version(settings.index, {**version.files, "probes.npy": buffer.getvalue()}, manifest)
    return read_version(settings.index, name)


@pytest.fixture
def mine(tiny_index: Settings, tmp_path) -> Settings:
    """Settings with an index to do harm to."""
    return copy_index(tiny_index, tmp_path / "index")


# -------------------------------------------------------------------------------------------------- probes


class Counting(FakeEncoder):
    """An encoder that notes what it encodes."""

    def __init__(self) -> None:
        """Start with nothing."""
        super().__init__()
        self.asked: list[str] = []

    def encode_query(self, text: str) -> np.ndarray:
        """Note a text and encode it."""
        self.asked.append(text)
        return super().encode_query(text)


def test_probes_are_a_dozen_texts_shortest_first():
    """Of the shipped texts, both languages, each with its vector."""
    encoder = FakeEncoder()
    texts, vectors = read_probes(probe_files(encoder))
    assert len(texts) == len(set(texts)) == N_PROBES == 12
    assert set(texts) <= set(sample_texts())
    assert [len(text) for text in texts] == sorted(len(text) for text in texts)
    assert np.array_equal(vectors, encoder.encode_queries(texts))


def test_the_same_encoder_gives_the_same_probes():
    """A version built twice has the same name."""
    assert probe_files(FakeEncoder()) == probe_files(FakeEncoder())


def test_two_are_encoded_when_a_version_is_loaded():
    """The shortest; a check may ask for more."""
    files, encoder = probe_files(FakeEncoder()), Counting()
    texts, _ = read_probes(files)
    check_probes(encoder, files, "v")
    assert encoder.asked == texts[:N_CHECKED] == texts[:2]
    check_probes(encoder, files, "v", n=12)
    assert encoder.asked[2:] == texts


def test_a_probe_that_nearly_agrees_passes():
    """Between processors whose kernels round differently, cosines are .9999."""
    files = probe_files(FakeEncoder())
    _, vectors = read_probes(files)
    noisy = vectors + np.random.default_rng(3).standard_normal(vectors.shape) * 0.01
    buffer = io.BytesIO()
    np.save(buffer, (noisy / np.linalg.norm(noisy, axis=1, keepdims=True)).astype(np.float32))
    check_probes(FakeEncoder(), {**files, "probes.npy": buffer.getvalue()}, "v", n=12)


@pytest.mark.parametrize("harm", HARMS.values(), ids=HARMS)
def test_foreign_vectors_are_refused_with_figures(harm):
    """Which text, which cosine, what is needed, and what to do."""
    files = probe_files(FakeEncoder())
    texts, vectors = read_probes(files)
    buffer = io.BytesIO()
    np.save(buffer, harm(vectors).astype(np.float32))
    with pytest.raises(
        VectorsDisagree, match=r"The index version v7 is refused.*cosine (-?\d\.\d\d|nan) for"
    ) as caught:
        check_probes(FakeEncoder(), {**files, "probes.npy": buffer.getvalue()}, "v7")
    assert repr(texts[0]) in str(caught.value)
    assert str(caught.value).endswith(f"at least 0.99 is needed), so its answers would mean nothing. {REMEDY}")


# ------------------------------------------------------------------------------------------ where it is met


@pytest.mark.parametrize("harm", HARMS.values(), ids=HARMS)
def test_a_foreign_version_is_not_loaded(mine, harm):
    """Index.load refuses it by name."""
    version = foreign(mine, harm)
    with pytest.raises(VectorsDisagree, match=REFUSED.format(version.name)):
        Index.load(version)


def test_the_version_before_goes_on_serving(mine):
    """If a foreign version is published, the previous one answers, and the reason is logged once."""
    good = current_name(mine.index)
    bad = foreign(mine, noise).name
    publish(mine.index, bad, keep=9)
    said: list[str] = []
    assert load_newest(mine, said.append).version == good
    (message,) = said
    assert f"The index version {bad} is refused" in message
    assert message.endswith(REMEDY)


def test_with_no_good_version_nothing_serves(mine):
    """Noise is never an answer."""
    good = current_name(mine.index)
    bad = foreign(mine, noise).name
    publish(mine.index, bad, keep=1)
    assert good != bad
    said: list[str] = []
    with pytest.raises(IndexDamaged, match="No version of the index"):
        load_newest(mine, said.append)
    assert [f"The index version {bad} is refused" in message for message in said] == [True]


def test_a_running_app_does_not_take_it_over(mine):
    """It says once that the one before goes on serving, however often it looks."""
    said: list[str] = []
    live = LiveAnswerer(replace(mine, watch_seconds=60), said.append)
    good = live.index_version
    bad = foreign(mine, noise).name
    publish(mine.index, bad, keep=9)
    assert [live.refresh() for _ in range(3)] == [False, False, False]
    assert live.index_version == good
    assert live.ask("late fee amount").index_version == good
    (message,) = said
    assert message.startswith(f"The index version {bad} is refused: on this processor")
    assert message.endswith(f"{REMEDY} ({good} goes on serving)")


def test_every_version_carries_its_probes(tiny_index):
    """Texts and vectors, listed with their digests like every other file."""
    version = read_version(tiny_index.index, current_name(tiny_index.index))
    assert {"probes.json", "probes.npy"} <= set(version.manifest["files"])
    assert json.loads(version.files["probes.json"]) == read_probes(probe_files(FakeEncoder()))[0]
