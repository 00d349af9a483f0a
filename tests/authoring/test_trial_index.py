from dataclasses import replace

import pytest

from kb.authoring.trial_index import both_sides, trial_index
from kb.content.articles.corpus import load_articles
from kb.errors import ArticlesError
from kb.evaluation.impact import impact
from kb.evaluation.judgments import article_tests
from kb.retrieval.encoder.serving import GraphEncoder
from kb.retrieval.index.versions import current_name
from kb.types import OutcomeKind
from tests.checkouts import git
from tests.support import build, forget_vectors, write_article, write_signpost


def files(folder):
    """Return every file of a folder with its bytes."""
    return {p.relative_to(folder): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_a_trial_index_leaves_the_published_one_alone(checkout, tmp_path):
    """A trial takes vectors from the published index, encodes what is new, and writes elsewhere."""
    build(checkout)
    before = files(checkout.index)
    write_article(checkout.articles, "zebra-fee", examples=["zebra walrus otter", "quokka badger"])
    index, report = trial_index(load_articles(checkout.articles), checkout)
    assert (report.encoded, report.reused > 20) == (1, True)
    assert index.version == report.version != current_name(checkout.index)
    assert files(checkout.index) == before


def test_impact_of_a_real_change(checkout):
    """One article added, another broken: won and lost, with a published index or without, which stays as it is."""
    write_article(checkout.articles, "walrus-bill", examples=["walrus badger bill"], tests=["walrus badger bill"])
    write_article(
        checkout.articles, "zebra-fee", title="Signal", examples=["quokka badger signal", "lost signal quokka"]
    )
    for published in (False, True):
        if published:
            build(checkout)
        kept = files(checkout.index) if published else {}
        with both_sides(checkout) as sides:
            judged = [*article_tests(sides.corpus_after), *article_tests(sides.corpus_before)]
            found = impact(sides.before, sides.after, judged)
        assert {c.judged.query_id for c in found.won} == {"walrus-bill/1"}
        # Six articles share few words: one more may also cost a neighbor its lead.
        assert {c.judged.query_id for c in found.lost} in ({"zebra-fee/1"}, {"zebra-fee/1", "set-up-autopay/1"})
        assert (files(checkout.index) if checkout.index.exists() else {}) == kept


def test_impact_of_a_new_signpost(checkout):
    """It takes a question from an article that has an example of it, and wins the test that is its own."""
    write_article(checkout.articles, "zebra-fee", examples=["zebra otter fee"], tests=["zebra walrus otter"])
    write_signpost(
        checkout.articles,
        "otters",
        examples=["zebra walrus otter", "walrus otter"],
        tests=["quokka signal lost badger"],
    )
    with both_sides(checkout) as sides:
        found = impact(sides.before, sides.after, article_tests(sides.corpus_after))
    lost = {change.judged.query_id: change for change in found.lost}
    assert lost["zebra-fee/1"].before.outcome is OutcomeKind.ANSWERED
    assert lost["zebra-fee/1"].after.signpost == "otters"
    assert "otters/1" not in lost
    assert found.before_version != found.after_version


def test_little_is_encoded_twice(checkout):
    """Without a published index, the second side takes the vectors of the first."""
    with both_sides(checkout) as sides:
        units = len(sides.before._index.searchable.units)
        assert sides.encoded <= units
        assert sides.before.index_version == sides.after.index_version


def test_errors_of_the_working_tree(checkout):
    """Errors in the articles at hand are reported before anything is built."""
    (checkout.articles / "fees" / "zebra-fee.md").write_text("no front matter\n")
    with pytest.raises(ArticlesError, match="1 error in 1 file"), both_sides(checkout):
        pass


def test_an_older_base(checkout):
    """Any revision can be the base."""
    write_article(checkout.articles, "zebra-fee", examples=["quokka badger signal"])
    git(checkout.articles, "commit", "-qam", "second")
    with both_sides(replace(checkout), base="HEAD~1") as sides:
        examples = [
            next(a for a in c.articles if a.id == "zebra-fee").examples
            for c in (sides.corpus_before, sides.corpus_after)
        ]
    assert examples == [("zebra walrus otter", "zebra otter fee"), ("quokka badger signal",)]


def test_both_sides_encode_a_text_and_a_question_once(checkout, monkeypatch):
    """What both sides have is encoded once, questions too, and a second comparison encodes nothing."""
    forget_vectors(checkout)
    seen: list[str] = []
    documents, query = GraphEncoder.encode_documents, GraphEncoder.encode_query
    monkeypatch.setattr(
        GraphEncoder, "encode_documents", lambda self, texts, *a: seen.extend(texts) or documents(self, texts, *a)
    )
    monkeypatch.setattr(GraphEncoder, "encode_query", lambda self, text: seen.append(text) or query(self, text))
    build(checkout)
    built = len(seen)
    write_article(checkout.articles, "zebra-fee", examples=["quokka badger signal"], tests=["otter and heron"])
    for _ in range(2):
        with both_sides(checkout) as sides:
            impact(sides.before, sides.after, article_tests(sides.corpus_after))
    assert len(seen) == len(set(seen))
    assert {"quokka badger signal", "otter and heron"} <= set(seen[built:])
    assert "zebra walrus otter" not in seen[built:]


def test_a_side_that_is_published_is_taken_as_it_is(checkout):
    """Nothing changed since the build: both sides are the published version, and nothing is encoded."""
    version = build(checkout).version
    with both_sides(checkout) as sides:
        assert (sides.before.index_version, sides.after.index_version, sides.encoded) == (version, version, 0)
