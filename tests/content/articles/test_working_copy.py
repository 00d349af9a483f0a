"""The articles on disk: read again when a file changed, and never written."""

from __future__ import annotations

from pathlib import Path

from kb.content.articles.working_copy import WorkingCopy
from kb.content.editing.transaction import JOURNAL
from tests.support import write_article, write_tiny


def test_only_what_changed_is_read_again(tmp_path: Path) -> None:
    """The other articles are the very same objects as before."""
    folder = write_tiny(tmp_path / "articles")
    copy = WorkingCopy(folder, {})
    assert copy.refresh() == copy.paths | {str(p) for p in folder.glob("*/category.yaml")}
    before = {item.article.id: item for item in copy.corpus.parsed}
    path = write_article(folder, "late-fee", "Other words.\n", title="What is the late fee?")
    assert copy.refresh() == {str(path)}
    after = {item.article.id: item for item in copy.corpus.parsed}
    assert after["late-fee"].article.body.strip() == "Other words."
    assert {i for i in after if after[i] is not before[i]} == {"late-fee"}
    assert copy.refresh() == frozenset()


def test_new_deleted_and_broken_files_are_noticed(tmp_path: Path) -> None:
    """A broken file stays among the paths with its findings; a deleted one is gone from both."""
    folder = write_tiny(tmp_path / "articles")
    copy = WorkingCopy(folder, {})
    copy.refresh()
    new = write_article(folder, "new-article")
    broken = write_article(folder, "late-fee", kind="nonsense")
    gone = folder / "autopay" / "paper-bill.md"
    gone.unlink()
    assert copy.refresh() == {str(new), str(broken), str(gone)}
    ids = {article.id for article in copy.corpus.articles}
    assert "new-article" in ids
    assert not {"late-fee", "paper-bill"} & ids
    assert str(broken) in copy.paths
    assert str(gone) not in copy.paths
    assert [f.code for f in copy.corpus.findings if f.path == str(broken)] == ["schema"]


def test_a_file_as_if_written_changes_nothing(tmp_path: Path) -> None:
    """A corpus with a draft is separate, and the disk stays unchanged."""
    folder = write_tiny(tmp_path / "articles")
    copy = WorkingCopy(folder, {})
    copy.refresh()
    path = folder / "fees" / "late-fee.md"
    before = path.read_bytes()
    text = "---\ntitle: Other title\nkind: faq\ncategory: fees\n---\n\nText.\n"
    titles = {a.id: a.title for a in copy.with_file(str(path), text.encode()).articles}
    assert titles["late-fee"] == "Other title"
    assert {a.id: a.title for a in copy.corpus.articles}["late-fee"] == "What is the late fee?"
    assert path.read_bytes() == before


def test_an_unfinished_move_is_left_to_its_command(tmp_path: Path) -> None:
    """Reading completes nothing, since the journal of ``kb rename`` may be in use."""
    folder = write_tiny(tmp_path / "articles")
    (folder / JOURNAL).write_text("{}")
    copy = WorkingCopy(folder, {})
    copy.refresh()
    assert copy.corpus.findings == ()
    assert (folder / JOURNAL).read_text() == "{}"


def test_a_missing_folder_is_empty(tmp_path: Path) -> None:
    """It fills as soon as there is one."""
    copy = WorkingCopy(tmp_path / "articles", {})
    assert copy.refresh() == frozenset()
    path = write_article(tmp_path / "articles", "first")
    assert copy.refresh() == {str(path)}


def test_the_sample_bill_is_followed_too(tmp_path: Path) -> None:
    """A dead article in the sample bill is a finding while the editor works, until it is fixed or removed."""
    folder = write_tiny(tmp_path / "articles")
    copy = WorkingCopy(folder, {})
    copy.refresh()
    bill = folder / "bill.yaml"
    part = "parts:\n  - {id: a, title: A, means: B, question: C, lines: [{label: D}], articles: [nope]}\n"
    bill.write_text(part, encoding="utf-8")
    assert copy.refresh() == {str(bill)}
    assert [f.code for f in copy.corpus.findings] == ["bill-article"]
    assert str(bill) not in copy.paths
    bill.write_text(part.replace("nope", "late-fee"), encoding="utf-8")
    copy.refresh()
    assert copy.corpus.findings == ()
    assert [p.id for p in copy.corpus.library.bill] == ["a"]
    bill.unlink()
    copy.refresh()
    assert copy.corpus.library.bill == ()
