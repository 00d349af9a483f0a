"""An index without some of its titles and examples is the index that would have been built without them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kb.retrieval.answering.answerer import IndexAnswerer
from kb.retrieval.answering.live import load_newest
from kb.retrieval.index.index import Index
from kb.retrieval.index.left_out import without_texts
from kb.settings.settings import Settings
from kb.types import OutcomeKind, UnitKind
from tests.support import TINY, build, write_article, write_tiny

EXAMPLE = "late fee amount"
TITLE = str(TINY["late-fee"]["title"])


@pytest.fixture(scope="module")
def whole(tiny_index: Settings) -> Index:
    """The index of the six small articles."""
    return load_newest(tiny_index, pytest.fail)


def texts(index: Index, article_id: str, *kinds: UnitKind) -> list[str]:
    """Return the texts of an article's units."""
    units = index.searchable.units
    return [u.text for u in units if u.article_id == article_id and (u.kind in kinds or not kinds)]


def test_an_example_is_gone_as_if_it_had_never_been_written(toy: Settings, tmp_path: Path, whole: Index) -> None:
    """Units, vectors and words are those of a build without it; only the shipped bank stays as it was chosen before."""
    folder = write_tiny(tmp_path / "articles")
    fields = dict(TINY["late-fee"])
    write_article(folder, "late-fee", **{**fields, "examples": [e for e in fields["examples"] if e != EXAMPLE]})
    settings = replace(toy, articles=folder, index=tmp_path / "index")
    build(settings)
    built = load_newest(settings, pytest.fail).searchable
    found = without_texts(whole, ["LATE fee, amount!"]).searchable
    n_units, n_articles = (sum(unit.article_id in TINY for unit in found.units), len(TINY))
    assert found.units[:n_units] == built.units[:n_units]
    np.testing.assert_allclose(found.vectors.matrix[:n_units], built.vectors.matrix[:n_units], atol=1e-6)
    np.testing.assert_allclose(found.means[:n_articles], built.means[:n_articles], atol=1e-6)
    tokens = ["late", "fee", "amount", "bill", " la", "amou"]
    for name, n in (("texts", n_articles), ("lexical", n_units), ("spelling", n_units)):
        one, other = (getattr(searchable, name).scores(tokens)[:n] for searchable in (found, built))
        np.testing.assert_array_equal(one, other)
    assert (found.head is None) == (built.head is None)


def test_a_head_is_fitted_without_it(whole: Index) -> None:
    """What the head of all units knows about the example is not kept; one that is not worthwhile any more is gone."""
    head = whole.searchable.head
    assert head is not None
    rest = without_texts(whole, [EXAMPLE]).searchable.head
    assert rest is not None
    assert not np.allclose(rest.weights, head.weights, atol=1e-3)
    gone = [text for fields in TINY.values() for text in fields["examples"]]
    assert without_texts(whole, gone).searchable.head is None


def test_a_title_is_left_out_wherever_it_stands(whole: Index) -> None:
    """Its unit keeps the summary, its passages their own words, encoded again; other articles stay as they were."""
    assert all(TITLE in text for text in texts(whole, "late-fee", UnitKind.TITLE, UnitKind.PASSAGE))
    found = without_texts(whole, [TITLE])
    assert texts(found, "late-fee", UnitKind.TITLE) == [TINY["late-fee"]["summary"]]
    assert not any(TITLE in text for text in texts(found, "late-fee"))
    assert texts(found, "paper-bill") == texts(whole, "paper-bill")
    (row,) = (n for n, u in enumerate(found.searchable.units) if u.text == TINY["late-fee"]["summary"])
    again = whole.encoder.encode_documents([TINY["late-fee"]["summary"]])
    np.testing.assert_allclose(found.searchable.vectors.matrix[row], again[0], atol=1e-6)
    bare = without_texts(whole, [str(TINY["paper-bill"]["title"])])
    assert texts(bare, "paper-bill", UnitKind.TITLE) == []  # it has no summary
    assert (found.version, found.library) == (whole.version, whole.library)


def test_nothing_is_known_by_heart(whole: Index) -> None:
    """The question an editor wrote is answered for sure by the whole index alone; others are known to both."""
    found = without_texts(whole, [EXAMPLE, TITLE])
    assert [whole.known_question(text) for text in (EXAMPLE, TITLE)] == ["late-fee"] * 2
    assert [found.known_question(text) for text in (EXAMPLE, TITLE)] == [None] * 2
    assert found.known_question("stop autopay") == "cancel-autopay"
    assert IndexAnswerer(whole).ask(TITLE).outcome.kind is OutcomeKind.ANSWERED
    assert IndexAnswerer(found).ask(TITLE).confidence < IndexAnswerer(whole).ask(TITLE).confidence


def test_signposts_stay(toy: Settings, tmp_path: Path) -> None:
    """What belongs elsewhere still does, though a question repeats it."""
    folder = write_tiny(tmp_path / "articles")
    write_article(
        folder, "slow-internet", kind="signpost", category=None, title="Slow internet", examples=["wifi crawls"]
    )
    settings = replace(toy, articles=folder, index=tmp_path / "index")
    build(settings)
    index = load_newest(settings, pytest.fail)
    found = without_texts(index, ["wifi crawls", "Slow internet"])
    assert found.searchable.units == index.searchable.units
    assert found.searchable.elsewhere.tolist() == index.searchable.elsewhere.tolist()


def test_nothing_left_out_changes_no_answer(whole: Index) -> None:
    """Texts that nobody wrote change nothing."""
    found = without_texts(whole, ["zebra", "?!"])
    for question in ("how much is a late fee", "give back my modem", "zebra"):
        one, other = IndexAnswerer(whole).ask(question), IndexAnswerer(found).ask(question)
        assert [hit.article_id for hit in one.hits] == [hit.article_id for hit in other.hits]
        assert one.confidence == pytest.approx(other.confidence, abs=1e-3)
