import shutil
import subprocess
from dataclasses import replace

import pytest

from kb.authoring.trial_index import articles_at, both_sides, trial_index
from kb.content.articles.corpus import load_articles
from kb.errors import ArticlesError
from kb.evaluation.impact import impact
from kb.evaluation.judgments import article_tests
from kb.retrieval.encoder.serving import GraphEncoder
from kb.retrieval.index.versions import current_name
from tests.checkouts import git
from tests.support import build, forget_vectors, write_article


def files(folder):
    """Return every file of a folder with its bytes."""
    return {p.relative_to(folder): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_articles_of_a_revision(checkout, tmp_path):
    """The articles are those committed, whatever the working tree holds."""
    write_article(checkout.articles, "zebra-fee", title="Changed")
    (checkout.articles / "fees" / "heron-card.md").unlink()
    found = articles_at(checkout.articles, "HEAD", tmp_path / "then", {})
    titles = {a.id: a.title for a in found.articles}
    assert (titles["zebra-fee"], titles["heron-card"]) == ("Zebra fee", "Heron card")
    assert len(titles) == 9


def test_a_channel_that_is_gone_does_not_stop_it(checkout, tmp_path):
    """An earlier article may name a channel that site.yaml no longer has."""
    write_article(checkout.articles, "zebra-fee", body="Call {{channel.pager}} or {{channel.phone}}.\n")
    git(checkout.articles, "commit", "-qam", "pager")
    found = articles_at(checkout.articles, "HEAD", tmp_path / "then", {"phone": "1-800"})
    assert next(a for a in found.articles if a.id == "zebra-fee").body == "\nCall pager or 1-800.\n"


def test_no_such_revision(checkout, tmp_path):
    """An unknown revision, and one that looks like an option, are refused with the remedy."""
    for base in ("nowhere", "--output=x"):
        with pytest.raises(ArticlesError, match=rf"git knows no revision '{base}'\. Name a commit, a branch or a tag"):
            articles_at(checkout.articles, base, tmp_path / "then", {})


def test_no_checkout(checkout, tmp_path):
    """A folder under no version control is one sentence."""
    plain = shutil.copytree(checkout.articles, tmp_path / "plain")
    with pytest.raises(ArticlesError, match="plain is not in a git checkout"):
        articles_at(plain, "HEAD", tmp_path / "then", {})
    with pytest.raises(ArticlesError, match="missing is not a folder"):
        articles_at(tmp_path / "missing", "HEAD", tmp_path / "then", {})


def test_a_folder_that_was_not_there(checkout, tmp_path):
    """A folder that the revision does not have, or has without an article, is named with the remedy."""
    newer = write_article(checkout.articles.parent / "newer", "zebra-fee").parents[1]
    with pytest.raises(ArticlesError, match=r"newer(?s:.)* Name a later (one|revision) with --base"):
        articles_at(newer, "HEAD", tmp_path / "then", {})
    (newer / "fees" / "zebra-fee.md").rename(newer / "fees" / "notes.txt")
    git(newer, "add", ".")
    git(newer, "commit", "-qm", "notes")
    with pytest.raises(ArticlesError, match="The revision 'HEAD' has no articles in"):
        articles_at(newer, "HEAD", tmp_path / "again", {})


def test_errors_of_a_revision_name_it(checkout, tmp_path):
    """Findings of an earlier state stand at revision and path, not in a temporary folder."""
    (checkout.articles / "fees" / "zebra-fee.md").write_text("no front matter\n")
    git(checkout.articles, "commit", "-qam", "broken")
    with pytest.raises(ArticlesError, match="The articles of the revision 'HEAD' have errors") as caught:
        articles_at(checkout.articles, "HEAD", tmp_path / "then", {})
    assert [str(f.path) for f in caught.value.findings] == ["HEAD:fees/zebra-fee.md"]


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (FileNotFoundError(), "git is not installed"),
        (subprocess.TimeoutExpired("git", 1), "git did not answer within"),
    ],
)
def test_git_itself_fails(checkout, tmp_path, monkeypatch, error, says):
    """Without git, or with one that hangs, the command ends with a sentence."""

    def fail(*_, **__):
        raise error

    monkeypatch.setattr(subprocess, "run", fail)
    with pytest.raises(ArticlesError, match=says):
        articles_at(checkout.articles, "HEAD", tmp_path / "then", {})


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
    write_article(checkout.articles, "zebra-fee", examples=["quokka badger signal", "lost signal quokka"])
    for published in (False, True):
        if published:
            build(checkout)
        kept = files(checkout.index) if published else {}
        with both_sides(checkout) as sides:
            judged = [*article_tests(sides.corpus_after), *article_tests(sides.corpus_before)]
            found = impact(sides.before, sides.after, judged)
        assert {c.judged.query_id for c in found.won} == {"walrus-bill/1"}
        # Six articles share few words: one more may also cost a neighbour its lead.
        assert {c.judged.query_id for c in found.lost} in ({"zebra-fee/1"}, {"zebra-fee/1", "set-up-autopay/1"})
        assert (files(checkout.index) if checkout.index.exists() else {}) == kept


def test_little_is_encoded_twice(checkout):
    """Without a published index, the second side takes the vectors of the first."""
    with both_sides(checkout) as sides:
        units = len(sides.before._index.searchable.units)
        assert sides.encoded <= units
        assert sides.before.index_version == sides.after.index_version


def test_errors_of_the_working_tree(checkout):
    """Errors in the articles at hand are reported before anything is built."""
    (checkout.articles / "fees" / "zebra-fee.md").write_text("no front matter\n")
    with pytest.raises(ArticlesError, match=r"1 error\(s\) in 1 file\(s\)"), both_sides(checkout):
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
