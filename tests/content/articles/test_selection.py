"""A part of the articles: which folder it lies in, and which files belong to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.content.articles.corpus import load_articles
from kb.content.articles.selection import Selection, count_files, select
from kb.errors import ArticlesError
from tests.content.helpers import CHANNELS, copy_good


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder of articles in two categories, one of them with a category file."""
    made = copy_good(tmp_path / "articles")
    (made / "fees" / "category.yaml").write_text("title: Fees\n", "utf-8")
    return made


@pytest.mark.parametrize("asked", ["fees", "payments", "fees/late-fee.md"])
@pytest.mark.parametrize("known_as", ["articles", "elsewhere"])
def test_part_lies_in_the_whole(folder: Path, tmp_path: Path, asked: str, known_as: str) -> None:
    """A category is recognized by the given folder, its category file or a neighbor's; a file by its folder."""
    part = select(folder / asked, tmp_path / known_as)
    assert part == Selection(folder, folder / asked)
    assert part.holds(str(folder / asked / "x.md" if (folder / asked).is_dir() else folder / asked))
    assert not part.holds(str(folder / "fees-and-more" / "x.md"))


def test_any_other_folder_is_one_of_its_own(folder: Path, tmp_path: Path) -> None:
    """Any other folder is separate: the given folder itself, one elsewhere, and one that does not exist."""
    assert select(folder, folder) == select(folder, tmp_path / "elsewhere") == Selection(folder)
    assert select(tmp_path / "gone", folder) == Selection(tmp_path / "gone")
    (tmp_path / "alone").mkdir()
    assert select(tmp_path / "alone", folder) == Selection(tmp_path / "alone")
    assert Selection(folder).holds("anything")


def test_folder_may_be_named_from_within(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """'.' in a category's folder is that category."""
    monkeypatch.chdir(folder / "fees")
    part = select(Path(), Path("articles"))
    assert part == Selection(folder, Path())
    assert part.holds(str(folder / "fees" / "late-fee.md"))
    assert not part.holds(str(folder / "payments" / "ways-to-pay.md"))


def test_lone_file_is_checked_in_its_folder(tmp_path: Path) -> None:
    """Without categories, the whole is a file's folder."""
    file = tmp_path / "flat" / "a.md"
    file.parent.mkdir()
    file.write_text("x", "utf-8")
    assert select(file, tmp_path / "articles") == Selection(file.parent, file)


@pytest.mark.parametrize(
    ("asked", "message"),
    [("fees/gone.md", r"There is no file .*gone\.md\."), ("fees/category.yaml", r"category\.yaml is not an article\.")],
)
def test_what_is_no_article_is_said(folder: Path, asked: str, message: str) -> None:
    """A file that is not there, and one of another kind."""
    with pytest.raises(ArticlesError, match=message):
        select(folder / asked, folder)


def test_files_are_counted_with_those_that_cannot_be_read(folder: Path) -> None:
    """Readable or not, a file counts once, and only in the parts that hold it."""
    (folder / "fees" / "broken.md").write_text("broken", "utf-8")
    corpus = load_articles(folder, CHANNELS)
    whole, fees, payments = (
        str(count_files(corpus, part.holds))
        for part in (Selection(folder), Selection(folder, folder / "fees"), Selection(folder, folder / "payments"))
    )
    assert (whole, fees, payments) == ("4 files, 1 with errors", "2 files, 1 with errors", "2 articles")
    assert str(count_files(corpus, Selection(folder, folder / "fees" / "late-fee.md").holds)) == "1 article"
