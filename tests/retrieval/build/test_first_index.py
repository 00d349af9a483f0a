"""The first index: a quick one answers while the best one is being built."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from kb.retrieval.answering.answerer import IndexAnswerer
from kb.retrieval.answering.live import load_newest
from kb.retrieval.build import builder as build_module
from kb.retrieval.build.status import read_status
from kb.retrieval.index.versions import version_names
from kb.settings.settings import Settings
from tests.retrieval.build.test_learning import correct, manifest
from tests.support import build, forget_vectors, tiny_words, toy_settings, write_many


@pytest.fixture
def many(settings: Settings, tmp_path: Path) -> Settings:
    """Settings with enough articles and examples to learn a confidence from."""
    return replace(settings, articles=write_many(tmp_path / "many"))


@pytest.fixture
def two_encoders(many: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings whose best and quick encoders are two toys."""
    (tmp_path / "quick").mkdir()
    quick = toy_settings(tmp_path / "quick", tiny_words(), monkeypatch)
    monkeypatch.setattr(build_module, "BEST", many.encoder)
    monkeypatch.setattr(build_module, "QUICK", quick.encoder)
    return many


def test_a_quick_index_answers_while_the_best_is_built(two_encoders):
    """Where nothing is published: first the quick encoder with fixed thresholds, then the best, which alone is left."""
    seen, stages = [], []

    def look() -> None:
        status = read_status(two_encoders.index)
        answer = IndexAnswerer(load_newest(two_encoders, [].append)).ask("late fee amount")
        seen.append((manifest(two_encoders), len(answer.hits), status))

    report = build(two_encoders, when_live=look, say=stages.append)
    ((first, n_hits, status),) = seen
    assert first["encoder"]["name"] == build_module.QUICK
    assert first["calibration"]["calibrated"] is False
    assert first["estimated"] is True
    assert n_hits == 5
    assert (status.is_first, status.goal, status.encoder) == (True, build_module.BEST, build_module.QUICK)
    assert manifest(two_encoders)["encoder"]["name"] == build_module.BEST
    assert "estimated" not in manifest(two_encoders)
    assert version_names(two_encoders.index) == [report.version]
    assert 0 < report.live_s < report.took_s
    assert read_status(two_encoders.index) is None
    (said,) = [line for line in stages if line.startswith("Live: ")]
    assert said.endswith(", with the quick encoder and fixed thresholds; the better index is being built")


def test_quick_stops_at_the_first_index_and_the_next_build_goes_on(two_encoders):
    """``quick`` is live with the quick encoder; afterwards the best one takes its place, byte for byte as ever."""
    first = build(two_encoders, quick=True)
    assert manifest(two_encoders)["encoder"]["name"] == build_module.QUICK
    then = build(two_encoders)
    assert manifest(two_encoders)["encoder"]["name"] == build_module.BEST
    assert version_names(two_encoders.index) == [then.version] != [first.version]
    straight = replace(two_encoders, index=two_encoders.index.with_name("straight"))
    assert build(straight, full=True).version == then.version


def test_an_estimate_is_never_taken_for_a_vector(two_encoders):
    """After a build that stopped at the first index, one with its encoder gets the vectors of the texts themselves."""
    build(two_encoders, quick=True)
    quick = replace(two_encoders, encoder=build_module.QUICK)
    forget_vectors(quick)
    then = build(quick)
    assert build(replace(quick, index=quick.index.with_name("straight")), full=True).version == then.version


def test_an_index_that_serves_is_not_replaced_by_a_quick_one(two_encoders):
    """With a good version published, a change goes the usual way."""
    build(two_encoders)
    correct(two_encoders)
    live: list[str] = []
    build(two_encoders, when_live=lambda: live.append(manifest(two_encoders)["encoder"]["name"]))
    assert live == [build_module.BEST]
