"""What a correction keeps, what is live first, and that nothing of it shows in the end."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kb.common.files import sha256_of_file
from kb.errors import IndexBusy, VectorsDisagree
from kb.retrieval.answering.answerer import IndexAnswerer
from kb.retrieval.answering.live import load_newest
from kb.retrieval.answering.ranking import rank_articles, rank_many, ranking_model
from kb.retrieval.build import builder as build_module
from kb.retrieval.build.calibration import Mixture
from kb.retrieval.build.general_questions import general_questions
from kb.retrieval.build.trials import Course, run_trials
from kb.retrieval.build.vector_cache import FILE
from kb.retrieval.encoder.probes import N_CHECKED, N_PROBES, probe_texts
from kb.retrieval.encoder.serving import GraphEncoder
from kb.retrieval.index.linear_head import LinearHead
from kb.retrieval.index.names import Mentions
from kb.retrieval.index.versions import build_lock, current_name, read_version, version_names
from kb.settings.settings import Settings
from kb.types import OutcomeKind
from tests.cli.conftest import environment
from tests.support import ROOT, build, forget_vectors, tiny_words, write_article, write_many


@pytest.fixture
def many(settings: Settings, tmp_path: Path) -> Settings:
    """Settings with enough articles and examples to learn a confidence from."""
    return replace(settings, articles=write_many(tmp_path / "many"))


def manifest(settings: Settings) -> dict:
    """Return the published version's manifest."""
    return dict(read_version(settings.index, current_name(settings.index)).manifest)


def correct(settings: Settings, text: str = "Another sentence about the bill.\n") -> None:
    """Change what an article says, and none of its questions."""
    path = next(settings.articles.rglob("topic-3.md"))
    head = path.read_text().rpartition("---\n")[0]
    path.write_text(f"{head}---\n\n{text}")


def add(settings: Settings, name: str = "newcomer", n: int = 3) -> None:
    """Add an article with examples."""
    known = [word for word in tiny_words() if len(word) > 3][-8:]
    write_article(settings.articles, name, examples=[f"{known[i]} {known[i + 1]}" for i in range(n)])


@pytest.fixture
def encoded(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Yield every text that reaches the model, in order."""
    seen: list[str] = []
    for name in ("encode_documents", "encode_queries"):
        honest = getattr(GraphEncoder, name)
        monkeypatch.setattr(
            GraphEncoder, name, lambda self, texts, *a, _honest=honest: seen.extend(texts) or _honest(self, texts, *a)
        )
    honest_one = GraphEncoder.encode_query
    monkeypatch.setattr(GraphEncoder, "encode_query", lambda self, text: seen.append(text) or honest_one(self, text))
    return seen


# ------------------------------------------------------------------------------------------- what is kept


def test_a_changed_sentence_keeps_head_and_confidence(many):
    """The quick version has the very head and thresholds of the one before, and says whose they are."""
    first = build(many)
    before = read_version(many.index, first.version)
    correct(many)
    quick = build(many, quick=True)
    now = read_version(many.index, quick.version)
    assert quick.version == current_name(many.index) != first.version
    assert (now.files["head-weights.npy"], now.files["head-intercept.npy"]) == (
        before.files["head-weights.npy"],
        before.files["head-intercept.npy"],
    )
    assert json.loads(now.files["decision.json"]) == json.loads(before.files["decision.json"])
    assert now.manifest["calibration"] == {**before.manifest["calibration"], "kept": True, "learned_in": first.version}
    assert now.manifest["ranking"] == {**before.manifest["ranking"], "kept": True, "learned_in": first.version}
    assert (quick.encoded, quick.live_s) == (1, quick.took_s)


def test_a_second_correction_names_the_version_that_learned(many):
    """After several quick versions, the version that learned is still named."""
    first = build(many)
    for text in ("A bill.\n", "A statement.\n"):
        correct(many, text)
        build(many, quick=True)
    assert manifest(many)["calibration"]["learned_in"] == manifest(many)["ranking"]["learned_in"] == first.version


def test_a_quick_version_answers_with_what_was_corrected(many):
    """A question of an editor is answered, and the paragraph is the new one."""
    build(many)
    correct(many, "The corrected sentence.\n")
    build(many, quick=True)
    library = load_newest(many, pytest.fail)
    answer = IndexAnswerer(library).ask(library.library.articles["topic-3"].examples[0])
    assert answer.outcome.kind is OutcomeKind.ANSWERED
    assert (answer.hits[0].article_id, answer.hits[0].passage.text) == ("topic-3", "The corrected sentence.")


def test_a_new_article_is_found_at_once(many):
    """An added article is ranked by a head that knows it, with the confidence of before."""
    first = build(many)
    add(many)
    quick = build(many, quick=True)
    index = load_newest(many, pytest.fail)
    assert manifest(many)["calibration"]["learned_in"] == first.version
    assert manifest(many)["ranking"]["started_from"] == first.version
    assert quick.articles == 17
    assert index.searchable.head.weights.shape[0] == 17 + int(index.searchable.elsewhere.sum())
    for text in index.library.articles["newcomer"].examples:
        assert IndexAnswerer(index).ask(text).hits[0].article_id == "newcomer"


def test_a_head_that_started_from_the_last_is_the_one_learned_from_nothing(many):
    """The quick head of a changed corpus is near the one of the full build, row by row."""
    build(many)
    add(many, "aaa-first")  # every row moves
    quick = read_version(many.index, build(many, quick=True).version)
    full = read_version(many.index, build(many).version)
    warm, cold = LinearHead.from_files(quick.files), LinearHead.from_files(full.files)
    assert np.linalg.norm(warm.weights - cold.weights) < 0.02 * np.linalg.norm(cold.weights)


def test_too_much_changed_is_learned_first(many):
    """With a quarter of the articles new, nothing is published before everything was learned."""
    build(many)
    for n in range(5):
        add(many, f"new-{n}", 6)
    said: list[str] = []
    report = build(many, say=said.append)
    assert not [text for text in said if text.startswith("Live")]
    assert report.live_s == report.took_s
    assert "kept" not in manifest(many)["calibration"]


def test_another_promise_is_learned_first(many):
    """A confidence that was learned for another promise, or by another program, is not kept."""
    build(many)
    correct(many)
    strict = replace(many, target_wrong_answers=0.02)
    build(strict, quick=True)
    assert "kept" not in manifest(strict)["calibration"]


def test_without_a_confidence_nothing_is_kept(settings):
    """Six articles have none: one version, one step."""
    build(settings)
    write_article(settings.articles, "modem-rent", "The modem costs money every month.\n")
    build(settings, quick=True)
    assert "kept" not in manifest(settings)["calibration"]


# --------------------------------------------------------------------------------------- live, then learned


@pytest.mark.slow
@pytest.mark.parametrize("change", [correct, add])
def test_in_the_end_it_is_what_a_clean_place_gives(many, tmp_path, change):
    """Live first, then learned: the version published last is the one of a full build elsewhere, byte for byte."""
    build(many)
    change(many)
    said: list[str] = []
    report = build(many, say=said.append)
    (live,) = [text for text in said if text.startswith("Live: ")]
    assert "Ctrl-C leaves the live version as it is" in live
    assert live.split()[1].rstrip(";") != report.version
    assert 0 < report.live_s < report.took_s
    clean = replace(many, index=tmp_path / "clean")
    forget_vectors(clean)
    assert build(clean).version == report.version
    folders = [s.index / "versions" / report.version for s in (many, clean)]
    one, other = ({p.name: sha256_of_file(p) for p in folder.iterdir()} for folder in folders)
    assert one == other


def test_a_quick_version_is_learned_by_the_next_build(many):
    """--quick twice does nothing more; without it the learning is made up for, and nothing is encoded again."""
    build(many)
    correct(many)
    quick = build(many, quick=True)
    assert build(many, quick=True).version == quick.version
    learned = build(many)
    assert (learned.encoded, learned.version != quick.version) == (0, True)
    assert build(many).version == learned.version
    assert "kept" not in manifest(many)["calibration"]


def test_a_quick_version_pushes_no_older_one_out(many):
    """Of three versions kept all three stay while the quick one is live; then it gives its place up."""
    kept = replace(many, keep_versions=3)
    names = []
    for n in range(3):
        correct(kept, f"Text {n}.\n")
        names.append(build(kept).version)
    correct(kept, "Text 3.\n")
    first = build(kept, quick=True).version
    assert version_names(kept.index) == [first, *reversed(names)]
    correct(kept, "Text 4.\n")
    second = build(kept, quick=True).version
    assert version_names(kept.index) == [second, *reversed(names)]
    last = build(kept).version
    assert version_names(kept.index) == [last, names[2], names[1]]


def test_stopped_while_learning(many, monkeypatch):
    """Ctrl-C after the change is live: the quick version serves, the lock is free, and the next build learns."""
    build(many)
    correct(many)

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(build_module, "learn", stop)
        with pytest.raises(KeyboardInterrupt):
            build(many)
    assert load_newest(many, pytest.fail).manifest["calibration"]["kept"] is True
    build(many)
    assert "kept" not in manifest(many)["calibration"]


def test_killed_while_learning(many):
    """A process that dies after its change is live leaves it live, and a clean way for the next."""
    build(many)
    correct(many)
    program = """
        import os, signal
        from kb.retrieval.build import builder
        builder.learn = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
        from kb.cli.main import main
        main(["build"])
    """
    environ = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), **environment(many)}
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], env=environ, cwd=many.index, check=False, capture_output=True
    )
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    assert load_newest(many, pytest.fail).manifest["calibration"]["kept"] is True
    assert "kept" not in build(many).calibration


def test_two_builds_at_once(many):
    """While one holds the index the other is refused, and takes nothing away."""
    first = build(many)
    correct(many)
    with build_lock(many.index), pytest.raises(IndexBusy):
        build(many, quick=True)
    assert current_name(many.index) == first.version


# --------------------------------------------------------------------------------- nothing is encoded twice


def test_nothing_is_encoded_twice(many, encoded):
    """A text reaches the model once: in units, in every fold's questions, in later builds and in other places.

    Two probes are the exception: each version encodes them, to see that the kept vectors are of this processor.
    """

    def once() -> list[str]:
        """Return what was encoded, without the probes that are encoded on purpose."""
        probes = probe_texts()[:N_CHECKED]
        for text in probes * encoded.count(probes[1]):
            encoded.remove(text)
        return encoded

    build(many)
    assert len(once()) == len(set(encoded)) > 100
    del encoded[:]
    correct(many)
    build(many)
    assert "Another sentence about the bill." in encoded[0]
    assert len(once()) == len(set(encoded)) <= 3  # a question with a slip may be put right otherwise now
    del encoded[:]
    build(replace(many, index=many.index.with_name("elsewhere")))
    assert once() == []


def test_a_full_build_encodes_each_text_once(many, encoded):
    """--full looks at no vector from before, and encodes each text once nevertheless."""
    build(many)
    first = sorted(encoded)
    del encoded[:]
    build(many, full=True)
    assert sorted(encoded) == first


@pytest.mark.slow
def test_an_emptied_cache_costs_nothing(many, encoded):
    """The vectors of the published version replace those of an emptied cache."""
    build(many)
    forget_vectors(many)
    del encoded[:]
    units = {unit.text for unit in load_newest(many, pytest.fail).searchable.units}
    left_out = sum(unit.text not in units for unit in general_questions())  # the version has no vector of these
    correct(many)
    assert build(many, quick=True).encoded == 1
    # The probes are checked twice: for the vectors of articles, and for those of what is elsewhere.
    assert len(encoded) == 1 + left_out + N_PROBES + 2 * N_CHECKED


def test_a_damaged_cache_changes_no_byte(many, tmp_path):
    """With rubbish in the cache's place the same version comes out."""
    first = build(many)
    (many.cache / FILE).write_bytes(b"rubbish" * 5000)
    assert build(replace(many, index=tmp_path / "other")).version == first.version


# -------------------------------------------------------------------------------------- trials as matrices


@pytest.mark.slow
def test_many_at_once_are_ranked_as_one_by_one(built_index):
    """On the shipped articles: the same order, every part and score to 1e-5."""
    index = load_newest(built_index, pytest.fail)
    searchable, model = index.searchable, ranking_model(index.searchable)
    texts = [unit.text for unit in searchable.units[::37]] + ["qué es esto", "zzz", "a"]
    vectors = index.encoder.encode_queries(texts)
    for row, text, found in zip(vectors, texts, rank_many(searchable, model, vectors, texts, 3), strict=True):
        alone = rank_articles(searchable, model, row, text, 3)
        by_id = np.argsort(found.articles), np.argsort(alone.articles)
        np.testing.assert_allclose(found.scores[by_id[0]], alone.scores[by_id[1]], atol=1e-5)
        np.testing.assert_allclose(found.scores, alone.scores, atol=1e-5)
        gaps = np.abs(np.diff(alone.scores, prepend=9, append=-9))
        nearest = np.minimum(gaps[1:], gaps[:-1])  # to the article before or after
        assert nearest[found.articles != alone.articles].max(initial=0) < 1e-5  # the order differs where two are equal
        for name, part in alone.parts.items():
            np.testing.assert_allclose(found.parts[name][by_id[0]], part[by_id[1]], atol=2e-5)


def test_many_at_once_with_few_candidates(many, monkeypatch):
    """In an index too large to look at every article, the same articles are candidates."""
    build(many)
    index = load_newest(many, pytest.fail)
    for name, value in (("SCAN_UNITS", 10), ("CANDIDATE_UNITS", 8), ("_LEXICAL_CANDIDATES", 4), ("_AT_ONCE", 7)):
        monkeypatch.setattr(f"kb.retrieval.answering.ranking.{name}", value)
    texts = [unit.text for unit in index.searchable.units]
    vectors = index.encoder.encode_queries(texts)
    model = ranking_model(index.searchable)
    several = list(rank_many(index.searchable, model, vectors, texts, 3))
    alone = [rank_articles(index.searchable, model, row, text, 3) for row, text in zip(vectors, texts, strict=True)]
    assert {len(r.articles) for r in alone} > {len(index.searchable)} or min(len(r.articles) for r in alone) < 16
    assert [sorted(r.articles.tolist()) for r in several] == [sorted(r.articles.tolist()) for r in alone]
    for one, other in zip(several, alone, strict=True):
        np.testing.assert_allclose(one.scores, other.scores, atol=1e-5)


@pytest.mark.slow
def test_the_number_of_cores_changes_no_bit(many, monkeypatch):
    """One worker or eight: what is observed is the same, to the last bit."""
    build(many)
    index = load_newest(many, pytest.fail)
    titles = {article.id: article.title for article in index.library}
    seen = []
    for cores in (1, 8):
        monkeypatch.setattr("kb.retrieval.build.trials.os.cpu_count", lambda cores=cores: cores)
        mentions = Mentions.of(index.names.organizations, index.searchable.units)
        seen.append(run_trials(Course(index.searchable, titles, {}, mentions, str.lower), index.encoder.encode_queries))
    assert seen[0].signals.tobytes() == seen[1].signals.tobytes()
    assert (seen[0].group == seen[1].group).all()
    assert len(seen[0]) > Mixture(0.2, 0.5).unanswerable * 100


def test_vectors_of_another_kind_of_processor_are_not_built_from(many, monkeypatch):
    """A cache that was copied from a machine that computes differently: refused, and ``full`` encodes everything."""
    build(many)
    published = current_name(many.index)
    honest = GraphEncoder.encode_queries

    def elsewhere(self: GraphEncoder, texts: list[str], progress: object = None) -> np.ndarray:
        return honest(self, texts, progress)[:, ::-1]

    monkeypatch.setattr(GraphEncoder, "encode_queries", elsewhere)
    correct(many)
    with pytest.raises(
        VectorsDisagree, match=r"cache were made on a processor .* Encode everything here: kb build --full"
    ):
        build(many)
    assert current_name(many.index) == published
