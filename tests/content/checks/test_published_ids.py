"""Articles that were published and are gone: ``kb check --since`` asks for their redirects."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from kb.content.articles.corpus import load_articles
from kb.content.checks.corpus_check import check_corpus
from kb.content.history import published_ids
from kb.errors import ArticlesError
from kb.types import Severity
from tests.content.helpers import CHANNELS, TODAY, copy_good, signpost_text


def _git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", str(folder), *identity, *arguments], check=True, capture_output=True)


@pytest.fixture
def committed(tmp_path: Path) -> Path:
    """Return a folder of articles that was committed once."""
    folder = copy_good(tmp_path / "repo" / "articles")
    (folder / "_notes.md").write_text("x", "utf-8")
    (folder / "fees" / "broken.md").write_text("x", "utf-8")
    (folder / "fees" / "readme.txt").write_text("x", "utf-8")
    _git(folder.parent, "init", "-q")
    _git(folder.parent, "add", ".")
    _git(folder.parent, "commit", "-q", "-m", "articles")
    (folder / "fees" / "broken.md").unlink()
    return folder


def test_published_ids_are_those_of_the_revision(committed: Path) -> None:
    """What was published or redirected is known with its path; drafts and other files are not."""
    (committed / "fees" / "late-fee.md").unlink()
    assert published_ids(committed) == {
        "late-fee": str(committed / "fees/late-fee.md"),
        "late-charge": str(committed / "fees/late-fee.md"),
        "ways-to-pay": str(committed / "payments/ways-to-pay.md"),
    }


def test_deleted_article_without_redirect_is_missed(committed: Path) -> None:
    """An id that leads nowhere now is a warning at its old file; a redirect settles it."""
    (committed / "fees" / "late-fee.md").unlink()
    before = published_ids(committed)
    found = check_corpus(load_articles(committed, CHANNELS), today=TODAY, git=before)
    assert [(f.path, f.line, f.severity, f.message.split()[0]) for f in found if f.code == "missing-redirect"] == [
        (str(committed / "fees/late-fee.md"), 1, Severity.WARNING, "'late-charge'"),
        (str(committed / "fees/late-fee.md"), 1, Severity.WARNING, "'late-fee'"),
    ]
    pay = committed / "payments" / "ways-to-pay.md"
    pay.write_text(pay.read_text("utf-8").replace("owner:", "redirects: [late-fee, late-charge]\nowner:"), "utf-8")
    found = check_corpus(load_articles(committed, CHANNELS), today=TODAY, git=before)
    assert [f for f in found if f.code == "missing-redirect"] == []


def test_broken_file_is_not_also_missed(committed: Path) -> None:
    """A file that cannot be read has its error and is not reported as gone as well."""
    (committed / "fees" / "late-fee.md").write_text("broken", "utf-8")
    found = check_corpus(load_articles(committed, CHANNELS), today=TODAY, git=published_ids(committed))
    assert [f.code for f in found if "late-fee.md" in f.path] == ["no-front-matter"]


def test_without_git_nothing_is_missed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing repository, commit or git program is not an error."""
    folder = copy_good(tmp_path / "articles")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert published_ids(folder) is None
    _git(folder, "init", "-q")
    assert published_ids(folder) is None
    monkeypatch.setenv("PATH", str(tmp_path))
    assert published_ids(folder) is None


def test_unknown_revision_is_said(committed: Path) -> None:
    """A revision that git does not know is an error that names it; an empty one has no articles."""
    with pytest.raises(ArticlesError, match=r"git knows no revision 'nowhere'. Name a commit, a branch or a tag"):
        published_ids(committed, "nowhere")
    _git(committed.parent, "rm", "-q", "-r", "--cached", ".")
    _git(committed.parent, "commit", "-q", "--allow-empty", "-m", "nothing")
    assert published_ids(committed) == {}
    assert published_ids(committed, "HEAD~1") is not None


def test_an_id_that_became_a_signposts_leads_nowhere(committed: Path) -> None:
    """Customers kept the address of the article; that of a signpost was never one."""
    (committed / "elsewhere").mkdir()
    (committed / "elsewhere" / "gone.md").write_text(signpost_text(), "utf-8")
    _git(committed.parent, "add", ".")
    _git(committed.parent, "commit", "-q", "-m", "a signpost")
    before = published_ids(committed)
    assert before is not None
    assert "gone" not in before
    (committed / "elsewhere" / "gone.md").unlink()
    pay = committed / "payments" / "ways-to-pay.md"
    pay.rename(committed / "elsewhere" / "ways-to-pay.md")
    (committed / "elsewhere" / "ways-to-pay.md").write_text(signpost_text(), "utf-8")
    found = check_corpus(load_articles(committed, CHANNELS), today=TODAY, git=before)
    assert [f.path for f in found if f.code == "missing-redirect"] == [str(pay)]
