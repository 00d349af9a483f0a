import shutil
import subprocess

import pytest

from kb.authoring.revisions import articles_at
from kb.errors import ArticlesError
from tests.checkouts import git
from tests.support import write_article


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


def test_links_stay_within_the_folder(checkout, tmp_path):
    """A link to another article is one; what leads out of the folder is left out."""
    inside, outside = checkout.articles / "fees" / "same.txt", checkout.articles / "fees" / "elsewhere.txt"
    (checkout.articles / "fees" / "note.txt").write_text("a note")
    inside.symlink_to("note.txt")
    outside.symlink_to("../../../../secret.txt")
    git(checkout.articles, "add", "-A")
    git(checkout.articles, "commit", "-qm", "links")
    articles_at(checkout.articles, "HEAD", tmp_path / "then", {})
    assert (tmp_path / "then" / "fees" / "same.txt").read_text() == "a note"
    assert not (tmp_path / "then" / "fees" / "elsewhere.txt").is_symlink()


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
    """Findings of an earlier state show revision and path, not a temporary folder."""
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
    """If git is missing or hangs, the command ends with a one-sentence error."""

    def fail(*_, **__):
        raise error

    monkeypatch.setattr(subprocess, "run", fail)
    with pytest.raises(ArticlesError, match=says):
        articles_at(checkout.articles, "HEAD", tmp_path / "then", {})
