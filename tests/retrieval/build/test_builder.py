"""Articles to an index: what is encoded, what is stored, and what stops a build."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from kb.common.files import sha256_of_file
from kb.content.articles.corpus import load_articles
from kb.content.markdown.render import plain_text
from kb.errors import ArticlesError, DimensionMismatch, EncoderUnavailable, IndexStale
from kb.retrieval.answering.answerer import IndexAnswerer
from kb.retrieval.answering.live import load_newest
from kb.retrieval.build.builder import build_index
from kb.retrieval.build.general_questions import general_questions
from kb.retrieval.build.trials import out_of_scope_questions
from kb.retrieval.index.index import Index
from kb.retrieval.index.versions import VersionFiles, current_name, read_version, version_names
from kb.settings.settings import Precision, Settings
from tests.pictures import picture
from tests.support import (
    TINY,
    build,
    copy_index,
    forget_vectors,
    make_article,
    make_library,
    tiny_words,
    toy_encoder,
    toy_settings,
    write_article,
    write_many,
)


def digests(settings: Settings) -> dict[str, str]:
    """Return the SHA-256 of every file of an index but its lock."""
    files = [p for p in settings.index.rglob("*") if p.is_file() and p.name != ".lock"]
    return {str(p.relative_to(settings.index)): sha256_of_file(p) for p in files}


TEXTS = 6 + 9 + 15
"""Titles, passages and examples of the six small articles; the shipped bank does not count."""


def test_a_build_says_what_it_did(settings):
    """The report counts articles, passages, examples and texts, and names the version that serves."""
    report = build(settings)
    assert report.version == current_name(settings.index)
    assert report.articles == 6
    assert report.passages == 9
    assert report.examples == sum(len(a.get("examples", ())) for a in TINY.values()) == 15
    assert (report.encoded, report.reused) == (TEXTS, 0)
    assert set(report.as_json()) >= {"version", "articles", "passages", "examples", "encoded", "reused", "took_s"}


def test_building_again_encodes_nothing_and_writes_nothing(settings):
    """Nothing changed: no text is encoded, the version is the same, the files are the same bytes."""
    first = build(settings)
    before = digests(settings)
    second = build(settings)
    assert (second.encoded, second.reused) == (0, first.encoded)
    assert second.version == first.version
    assert (second.articles, second.passages, second.examples) == (first.articles, first.passages, first.examples)
    assert second.calibration == first.calibration
    assert digests(settings) == before


def test_a_full_build_encodes_everything_and_gives_the_same_bytes(settings):
    """--full takes no vector from before, and the result is the same version."""
    first = build(settings)
    before = digests(settings)
    full = build(settings, full=True)
    assert (full.encoded, full.reused) == (first.encoded, 0)
    assert full.version == first.version
    assert digests(settings) == before


def test_two_fresh_builds_give_identical_bytes(settings, tmp_path):
    """The same articles elsewhere, in another folder, give the same files."""
    other = replace(settings, articles=tmp_path / "b" / "content", index=tmp_path / "b" / "index")
    shutil.copytree(settings.articles, other.articles)
    assert build(settings).version == build(other).version
    assert digests(settings) == digests(other)


def test_the_order_of_files_does_not_matter(settings):
    """A library in another order gives the same version."""
    library = load_articles(settings.articles).library
    turned = replace(library, articles=dict(reversed(library.articles.items())))
    first = build_index(library, settings, plain_text)
    second = build_index(turned, replace(settings, index=settings.index.with_name("turned")), plain_text)
    assert first.version == second.version


def test_only_a_changed_article_s_texts_are_encoded(settings):
    """One new example is one text to encode; everything else is taken from the version before."""
    first = build(settings)
    fields = dict(TINY["late-fee"])
    fields["examples"] = [*fields["examples"], "a late fee on my bill"]
    write_article(settings.articles, "late-fee", **fields)
    second = build(settings)
    assert (second.encoded, second.reused) == (1, first.encoded)
    assert second.version != first.version


def test_a_small_change_gives_what_a_full_build_gives(settings):
    """Vectors taken from before are those that would have been computed."""
    build(settings)
    write_article(settings.articles, "modem-rent", "The modem costs money every month.\n")
    incremental = build(settings)
    assert incremental.encoded < incremental.reused
    assert build(settings, full=True).version == incremental.version


def test_a_text_that_stands_twice_is_encoded_once(settings):
    """Two articles with the same example share a vector."""
    write_article(settings.articles, "fee-too", "An own text.\n", examples=["late fee amount"])
    report = build(settings)
    assert report.encoded == TEXTS + 2
    assert report.reused == 1


def test_a_damaged_published_version_is_built_anew(settings):
    """A build takes no vector from a version whose bytes changed, and rebuilds that version."""
    first = build(settings)
    forget_vectors(settings)
    vectors = settings.index / "versions" / first.version / "vectors.faiss"
    vectors.write_bytes(vectors.read_bytes()[:-4] + b"\0\0\0\0")
    again = build(settings)
    assert (again.encoded, again.version) == (first.encoded, first.version)
    assert load_newest(settings, pytest.fail).version == first.version


def test_another_encoder_encodes_everything(settings, tmp_path, monkeypatch):
    """Vectors of one encoder are never mixed with another's."""
    first = build(settings)
    (tmp_path / "other").mkdir()
    other = toy_settings(tmp_path / "other", tiny_words(), monkeypatch)
    second = build(replace(settings, encoder=other.encoder, cache=other.cache))
    assert (second.encoded, second.reused) == (first.encoded, 0)
    said: list[str] = []
    assert load_newest(settings, said.append).version == second.version
    assert len(said) == 1
    assert f"was built with the encoder {other.encoder!r}, but {settings.encoder!r} is configured" in said[0]
    assert said[0].endswith("the index answers with its own until it is built again: kb build")


def test_the_operator_s_name_is_not_compared(settings):
    """A question with it and one without it are the same question; another name makes other vectors."""
    first = build(settings)
    named = replace(settings, site=replace(settings.site, provider="Late"))
    holding = [t for t in texts_of(settings) if "late" in re.findall(r"[a-z]+", t.lower())]
    second = build(named)
    told = [u.text for u in load_newest(named, pytest.fail).searchable.units if "late" in u.text.lower().split()]
    assert told
    # What is encoded is a text without the name, so only those that hold it are encoded.
    assert 0 < second.encoded <= len(holding) < first.encoded
    answerer = IndexAnswerer(load_newest(named, pytest.fail))
    with_name, without = answerer.ask("a late modem rent fee"), answerer.ask("a modem rent fee")
    assert [h.score for h in with_name.hits] == [h.score for h in without.hits]
    assert with_name.query.searched == "a late modem rent fee"
    assert build(named).encoded == 0


def texts_of(settings: Settings) -> list[str]:
    """Return every text of the published index that has a vector."""
    return [unit.text for unit in load_newest(settings, pytest.fail).searchable.units]


def test_drafts_are_not_indexed(settings):
    """No byte of a draft is in any file of the index."""
    build(settings)
    assert not find_bytes(settings, b"walrus")


def test_tests_are_never_indexed(settings):
    """No file of the index, the vocabulary included, holds a word that only tests have."""
    build(settings)
    assert "zebra" in (settings.articles / "fees" / "late-fee.md").read_text()
    for word in (b"zebra", b"quokka", b"remittanc"):
        assert not find_bytes(settings, word)


def test_no_path_of_the_machine_is_in_an_index(settings):
    """An index can be moved: it does not know where its articles lay."""
    build(settings)
    assert not find_bytes(settings, str(settings.articles).encode())


def find_bytes(settings: Settings, wanted: bytes) -> list[Path]:
    """Return the files of an index that hold some bytes, in whatever case."""
    return [p for p in settings.index.rglob("*") if p.is_file() and wanted in p.read_bytes().lower()]


def test_no_published_article_is_an_error(settings):
    """A library of nothing is refused with the remedy, and nothing is made."""
    message = r"There is no published article, so nothing was built\. Set 'status: published' in one\."
    with pytest.raises(ArticlesError, match=message):
        build_index(make_library(), settings, plain_text)
    assert not settings.index.exists()


def test_an_article_with_an_error_leaves_the_old_index(settings):
    """One bad file: every finding is raised, nothing is built, the published version stays."""
    first = build(settings)
    before = digests(settings)
    (settings.articles / "fees" / "bad.md").write_text("---\ntitle: [\n---\n")
    with pytest.raises(ArticlesError, match="nothing was built and the last index keeps serving") as caught:
        build(settings)
    assert {f.path for f in caught.value.findings} == {str(settings.articles / "fees" / "bad.md")}
    assert digests(settings) == before
    assert current_name(settings.index) == first.version


def test_old_versions_are_removed_beyond_those_kept(settings):
    """Only as many versions stay as the settings say, the newest first."""
    names = []
    for n in range(4):
        write_article(settings.articles, "modem-rent", f"The modem costs {n} dollars.\n")
        names.append(build(replace(settings, keep_versions=2)).version)
    assert version_names(settings.index) == [names[3], names[2]]


def test_articles_with_a_title_alone_are_built(settings, tmp_path):
    """Title, kind, category and body are enough."""
    bare = replace(settings, articles=tmp_path / "bare")
    for n in range(30):
        write_article(bare.articles, f"article-{n}", f"About the bill, part {n}.\n", category="any")
    report = build(bare)
    assert (report.articles, report.passages, report.examples) == (30, 30, 0)
    assert len(load_newest(bare, pytest.fail).library) == 30


def test_an_article_without_text_is_found_by_its_title(settings):
    """An empty body gives one passage of the title."""
    library = make_library(make_article("modem", body="", title="The modem"))
    report = build_index(library, settings, plain_text)
    assert report.passages == 1
    assert load_newest(settings, pytest.fail).searchable.passages[0][0].text == "The modem"


def test_progress_is_told(settings):
    """Every text that is encoded moves the bar, and the steps have words."""
    seen: list[tuple[int, int]] = []
    said: list[str] = []
    build(settings, progress=lambda done, total: seen.append((done, total)), say=said.append)
    bank = len(general_questions())
    learned = len(seen) - TEXTS - bank
    assert seen == [(n, total) for total in (TEXTS, bank, learned) for n in range(1, total + 1)]
    assert said[0] == f"6 articles, 9 passages, {TEXTS} texts to embed"
    assert said[-1] == "Writing and verifying the new version"


def test_an_encoder_that_is_not_there_builds_nothing(settings):
    """An unknown model is one sentence with the remedy, and the index stays as it was."""
    build(settings)
    before = digests(settings)
    with pytest.raises(EncoderUnavailable, match="nobody/nothing"):
        build(replace(settings, encoder="nobody/nothing"))
    assert digests(settings) == before


# ----------------------------------------------------------------------------------------- parts that clash


def changed(settings: Settings, **files: bytes) -> VersionFiles:
    """Return the published version with some of its files replaced, as if it had been written so."""
    version = read_version(settings.index, current_name(settings.index))
    return replace(version, files={**version.files, **files})


def test_an_encoder_of_another_length_is_refused(tiny_index):
    """Vectors of 64 dimensions and an encoder of 32 do not go together."""
    card = toy_encoder(["bill"], tiny_index.encoder).card
    card = replace(card, parts=(replace(card.parts[0], dim=32),))
    with pytest.raises(DimensionMismatch, match="holds vectors of 64 dimensions, its encoder gives 32"):
        Index.load(changed(tiny_index, **{"encoder.json": card.to_bytes()}))


@pytest.mark.parametrize("file", ["units.json", "library.json", "decision.json", "lexical.json", "lexical-rows.npy"])
def test_a_file_of_another_kind_is_refused(tiny_index, file):
    """A file that is not what this program writes is one sentence, whatever the parser raised."""
    with pytest.raises(IndexStale, match=r"does not fit this program .* Build again: kb build --full"):
        Index.load(changed(tiny_index, **{file: b'{"units": 3}'}))


@pytest.mark.parametrize(
    ("file", "error"), [("encoder.json", "encoder.json is not readable"), ("encoder-toy-model.onnx", "cannot")]
)
def test_an_encoder_that_cannot_be_read_is_refused(tiny_index, file, error):
    """A card or a graph that no runtime reads is an EncoderUnavailable with the remedy."""
    with pytest.raises(EncoderUnavailable, match=rf"{error}.*Build again: kb build"):
        Index.load(changed(tiny_index, **{file: b"{}"}))


def test_a_version_holds_the_pictures_of_its_articles(settings):
    """They are verified like every file, and a picture that changes is a new version."""
    path = write_article(settings.articles, "menu", "![The menu](menu.png)\n")
    (path.parent / "menu.png").write_bytes(picture())
    first = build(settings).version
    library = load_newest(settings, print).library
    (name,) = library.articles["menu"].pictures.values()
    assert library.pictures[name].data == picture()
    manifest = json.loads((settings.index / "versions" / first / "manifest.json").read_bytes())
    assert manifest["files"][f"picture-{name}"]["size"] == len(picture())
    (path.parent / "menu.png").write_bytes(picture(50, 30))
    assert build(settings).version != first
    assert list(load_newest(settings, print).library.pictures) != [name]


# --------------------------------------------------------------------------------------------- calibration


@pytest.fixture
def many(settings: Settings, tmp_path: Path) -> Settings:
    """Settings with enough articles and examples to learn a confidence from."""
    return replace(settings, articles=write_many(tmp_path / "many"))


def test_a_corpus_that_is_large_enough_is_calibrated(many):
    """The report gives the figures; probabilities and shares are between 0 and 1."""
    figures = build(many).calibration
    assert figures["calibrated"] is True
    assert figures["target_wrong_answers"] == many.target_wrong_answers
    for name in ("coverage", "risk", "calibration_error", "answer_at", "clarify_at"):
        assert 0.0 <= figures[name] <= 1.0, name


def test_a_corpus_that_is_too_small_says_so(settings):
    """Six articles are too few: fixed thresholds, and the reason."""
    figures = build(settings).calibration
    assert figures["calibrated"] is False
    assert "6 articles" in figures["reason"]


def test_a_stricter_promise_never_answers_more(many):
    """Fewer wrong answers allowed: the threshold rises or stays, and with it the coverage falls or stays."""
    loose = build(replace(many, target_wrong_answers=0.3)).calibration
    strict = build(replace(many, target_wrong_answers=0.02)).calibration
    assert strict["answer_at"] >= loose["answer_at"]
    assert strict["coverage"] <= loose["coverage"]


def test_another_promise_is_another_version_without_encoding(many):
    """The settings that decide the outcome are part of what an index is; vectors stay."""
    first = build(many)
    second = build(replace(many, assumed_unanswerable=0.5))
    assert second.version != first.version
    assert second.encoded == 0


def test_the_shipped_questions_about_other_things_are_many_and_distinct():
    """The list has no comment, no blank and no double in it."""
    questions = out_of_scope_questions()
    assert len(questions) >= 90
    assert len({q.lower() for q in questions}) == len(questions)
    assert all(q == q.strip() and q and not q.startswith("#") for q in questions)


def test_the_precision_is_part_of_the_encoder(settings, monkeypatch):
    """int8 and fp32 graphs are kept apart in the cache."""
    from kb.retrieval.encoder import foreign

    asked = []
    (part,) = toy_encoder(["bill"]).parts
    monkeypatch.setattr(foreign, "exported", lambda _, card, *__: asked.append(card.precision) or part)
    build(replace(settings, precision=Precision.FP32))
    assert asked == ["fp32"]


def test_a_copied_index_serves(tiny_index, tmp_path):
    """A version answers by itself: the folder alone is enough, anywhere."""
    moved = replace(copy_index(tiny_index, tmp_path / "moved"), cache=tmp_path / "no-cache")
    index = load_newest(moved, pytest.fail)
    assert sorted(index.library.articles) == sorted(TINY)
