"""Articles from folders."""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO, Any

import pytest

from kb.content.articles import corpus as articles
from kb.content.articles.corpus import article_files, load_articles, read_corpus, title_from_id
from kb.errors import ArticlesError
from kb.types import ArticleKind, Category, Severity
from tests.content.helpers import CHANNELS, article_text, copy_good, corpus, signpost_text
from tests.support import write_article


def test_title_from_id() -> None:
    """An id becomes readable words."""
    assert title_from_id("late-fees_now") == "Late fees now"
    assert title_from_id("-") == "-"


def test_load_reads_every_article_in_order_of_ids(tmp_path: Path) -> None:
    """Articles come by id, categories with their texts, hidden and underscored names not at all."""
    folder = copy_good(tmp_path / "articles")
    (folder / "fees" / "category.yaml").write_text("title: All fees\ntext: About fees.\norder: 2\n", "utf-8")
    (folder / "fees" / ".hidden.md").write_text("x", "utf-8")
    (folder / "_drafts").mkdir()
    (folder / "_drafts" / "x.md").write_text("x", "utf-8")
    (folder / "payments" / "folder.md").mkdir()
    found = load_articles(folder, CHANNELS)
    assert [(f.path, f.code) for f in found.findings] == [(str(folder / "_drafts"), "left-out")]
    assert [a.id for a in found.articles] == ["draft-autopay", "late-fee", "ways-to-pay"]
    assert [p.name for p in article_files(folder)] == ["late-fee.md", "draft-autopay.md", "ways-to-pay.md"]
    library = found.library
    assert list(library.articles) == ["late-fee", "ways-to-pay"]
    assert library.categories == (Category("fees", "All fees", "About fees.", 2), Category("payments", "Payments"))
    assert library.resolve("late-charge") is library.articles["late-fee"]
    assert found.articles[0].kind is ArticleKind.TUTORIAL
    found.raise_on_errors()


def test_missing_or_empty_folder_is_said(tmp_path: Path) -> None:
    """No folder, and a folder without articles, are errors that name the remedy."""
    with pytest.raises(ArticlesError, match=r"nowhere is not a folder. Name the folder of articles with --articles"):
        load_articles(tmp_path / "nowhere")
    with pytest.raises(ArticlesError, match=r"holds no articles \(\*\.md\). Add one, for example with 'kb new SLUG'"):
        load_articles(tmp_path)


def test_errors_are_raised_with_all_findings(tmp_path: Path) -> None:
    """A corpus with errors says how many there are and carries them all."""
    folder = copy_good(tmp_path / "articles")
    (folder / "fees" / "a.md").write_text("no front matter", "utf-8")
    (folder / "fees" / "b.md").write_text("---\ntitle: 5\n---\n", "utf-8")
    found = load_articles(folder, CHANNELS)
    with pytest.raises(ArticlesError, match=r"4 errors in 2 files, so nothing was built") as raised:
        found.raise_on_errors()
    assert raised.value.findings == found.findings
    assert [a.id for a in found.articles] == ["draft-autopay", "late-fee", "ways-to-pay"]


def test_unreadable_file_is_a_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that cannot be opened is one finding among the others, and the rest is read."""
    folder = copy_good(tmp_path / "articles")
    (folder / "fees" / "category.yaml").write_text("title: Fees\n", "utf-8")
    read = Path.open

    def refuse(path: Path, mode: str = "r", **options: Any) -> IO[Any]:
        if path.name in ("ways-to-pay.md", "category.yaml"):
            raise PermissionError(13, "Permission denied", str(path))
        return read(path, mode, **options)

    monkeypatch.setattr(Path, "open", refuse)
    found = load_articles(folder, CHANNELS)
    assert [(Path(f.path).name, f.code, f.severity) for f in found.findings] == [
        ("category.yaml", "unreadable", Severity.ERROR),
        ("ways-to-pay.md", "unreadable", Severity.ERROR),
    ]
    assert [a.id for a in found.articles] == ["draft-autopay", "late-fee"]


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("title: [", (1, 8, "yaml")),
        ("- a", (1, 1, "schema")),
        ("titel: A", (1, 1, "unknown-key")),
        ("title: A\norder: soon", (2, 8, "wrong-type")),
        ("title: A\norder: true", (2, 8, "wrong-type")),
        ("title: 5", (1, 8, "wrong-type")),
        ("title: \xff", (1, 8, "encoding")),
    ],
)
def test_wrong_category_files_are_found(tmp_path: Path, text: str, finding: tuple[int, int, str]) -> None:
    """A category file may have only its three keys; a wrong file falls back to the folder's name."""
    folder = copy_good(tmp_path / "articles")
    (folder / "fees" / "category.yaml").write_bytes(text.encode("latin-1"))
    found = load_articles(folder, CHANNELS)
    assert [(f.line, f.column, f.code) for f in found.findings] == [finding]
    assert found.categories[0].id == "fees"


def test_ids_clash_whatever_their_case() -> None:
    """Two files, and a redirect and a file, cannot have the same id; capitals do not tell them apart."""
    found = corpus(a=article_text(), A=article_text(), b=article_text(redirects=["c", "x"]), c=article_text())
    clashes = [(Path(f.path).stem, f.message) for f in found.findings]
    assert clashes == [
        ("A", "the id 'A' is taken by articles/fees/a.md"),
        ("b", "the redirect 'c' is taken by articles/fees/c.md"),
    ]


def test_a_signpost_has_an_id_like_any_other() -> None:
    """Two signposts, a signpost and an article, and a redirect and a signpost cannot have the same id."""
    files = {
        "a/elsewhere/one.md": signpost_text(),
        "a/elsewhere/b/one.md": signpost_text(),
        "a/fees/one.md": article_text(redirects=["two"]),
        "a/elsewhere/two.md": signpost_text(),
    }
    found = read_corpus({path: text.encode() for path, text in files.items()}).findings
    assert [(f.path, f.code, f.message, f.fix) for f in found] == [
        (
            "a/elsewhere/b/one.md",
            "duplicate-id",
            "the id 'one' is taken by a/elsewhere/one.md",
            "Rename one of the files",
        ),
        ("a/fees/one.md", "duplicate-id", "the id 'one' is taken by a/elsewhere/one.md", "Rename one of the files"),
        (
            "a/fees/one.md",
            "duplicate-id",
            "the redirect 'two' is taken by a/elsewhere/two.md",
            "Remove the redirect, or rename that article",
        ),
    ]


def test_signposts_are_no_articles() -> None:
    """The library has them apart, and no category for them; drafts are in neither."""
    files = {
        "a/fees/one.md": article_text(),
        "a/elsewhere/two.md": signpost_text(),
        "a/elsewhere/three.md": signpost_text(status="draft"),
    }
    library = read_corpus({path: text.encode() for path, text in files.items()}).library
    assert (list(library.articles), list(library.signposts)) == (["one"], ["two"])
    assert [category.id for category in library.categories] == ["fees"]


@pytest.mark.parametrize(
    ("belongs", "message", "fix"),
    [
        ("power-cat", "'power-cat', which does not exist", "Did you mean 'power-cut'?"),
        ("zzz", "'zzz', which does not exist", "Use the id of an article or signpost, or leave it out"),
        ("late", "'late', which is an earlier id", "Write 'late-fee'"),
        ("one", "this very article", "Use the id of another one, or leave it out"),
    ],
)
def test_a_question_belongs_to_what_exists(belongs: str, message: str, fix: str) -> None:
    """Anything else is an error at the id, with the remedy."""
    files = {
        "a/fees/one.md": article_text(
            not_for=[{"question": "a", "belongs": "power-cut"}, {"question": "b", "belongs": belongs}]
        ),
        "a/fees/late-fee.md": article_text(redirects=["late"]),
        "a/elsewhere/power-cut.md": signpost_text(),
    }
    found = read_corpus({path: text.encode() for path, text in files.items()}).findings
    line = files["a/fees/one.md"].split("\n")[4]
    column = line.rindex(f'"{belongs}"') + 1
    assert [(f.line, f.column, f.code, f.message, f.fix) for f in found] == [
        (5, column, "not-for", f"a question of 'not_for' belongs to {message}", fix)
    ]


def test_load_completes_an_unfinished_move_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Loading completes an unfinished rename first."""
    folder = copy_good(tmp_path / "articles")
    seen: list[Path] = []
    monkeypatch.setattr(articles, "complete_unfinished", lambda path: seen.append(path) or ())
    load_articles(folder, CHANNELS)
    assert seen == [folder]


def test_files_that_are_not_read_are_named(tmp_path: Path) -> None:
    """Other endings, and names that begin with an underscore; hidden folders are nobody's articles."""
    write_article(tmp_path, "late-fee")
    for name in (
        "fees/one.markdown",
        "fees/TWO.MD",
        "_drafts/a.md",
        "_drafts/deep/b.md",
        ".git/c.md",
        "fees/_d.md",
        "x.txt",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    found = [(f.path, f.severity, f.message) for f in load_articles(tmp_path).findings]
    why, aside = (
        "the file is not read, because its name does not end in .md",
        "left out, because the name begins with '_'",
    )
    assert found == [
        (str(tmp_path / "_drafts"), Severity.ADVICE, f"2 files are {aside}"),
        (str(tmp_path / "fees/TWO.MD"), Severity.WARNING, why),
        (str(tmp_path / "fees/_d.md"), Severity.ADVICE, f"1 file is {aside}"),
        (str(tmp_path / "fees/one.markdown"), Severity.WARNING, why),
    ]


def test_an_article_of_a_gigabyte_is_a_finding_and_is_not_read(tmp_path: Path) -> None:
    """So is a category file of that size; memory stays as it is, and the other articles are read."""
    folder = copy_good(tmp_path / "articles")
    (folder / "fees" / "category.yaml").write_text("title: Fees\n", "utf-8")
    for name in ("late-fee.md", "category.yaml"):
        os.truncate(folder / "fees" / name, 1 << 30)  # a hole, which takes no room on the disk
    found = load_articles(folder, CHANNELS)
    assert [(Path(f.path).name, f.code, f.message) for f in found.findings] == [
        ("category.yaml", "too-large", "the file has 1,073,741,824 bytes; the most is 1,000,000"),
        ("late-fee.md", "too-large", "the file has 1,073,741,824 bytes; the most is 1,000,000"),
    ]
    assert [a.id for a in found.articles] == ["draft-autopay", "ways-to-pay"]
    with pytest.raises(ArticlesError, match="nothing was built and the last index keeps serving"):
        found.raise_on_errors()


def test_a_link_out_of_the_folder_is_never_an_article(tmp_path: Path) -> None:
    """Nor is one that leads nowhere or in a circle; a link to an article within the folder is read."""
    folder, outside = copy_good(tmp_path / "articles"), tmp_path / "secret.md"
    outside.write_text(article_text("Nobody may read this.\n"), "utf-8")
    (folder / "fees" / "stolen.md").symlink_to(outside)
    (folder / "fees" / "gone.md").symlink_to(folder / "nowhere.md")
    (folder / "fees" / "circle.md").symlink_to(folder / "fees" / "circle.md")
    (folder / ".data").mkdir()
    (folder / ".data" / "mounted.md").write_text(article_text(), "utf-8")
    (folder / "fees" / "mounted.md").symlink_to(Path("..") / ".data" / "mounted.md")
    found = load_articles(folder, CHANNELS)
    assert [(Path(f.path).name, f.code, f.message) for f in found.findings] == [
        ("circle.md", "link-out", "this is a link that leads nowhere"),
        ("gone.md", "link-out", "this is a link that leads nowhere"),
        ("stolen.md", "link-out", "this is a link that leads out of the folder of articles"),
    ]
    assert [a.id for a in found.articles] == ["draft-autopay", "late-fee", "mounted", "ways-to-pay"]


def test_folders_that_link_to_each_other_end(tmp_path: Path) -> None:
    """A link to a folder is named and not followed, so every article is read once."""
    folder = copy_good(tmp_path / "articles")
    (folder / "fees" / "again").symlink_to(folder)
    (folder / "payments" / "fees").symlink_to(folder / "fees")
    found = load_articles(folder, CHANNELS)
    assert [(Path(f.path).name, f.code) for f in found.findings] == [
        ("again", "linked-folder"),
        ("fees", "linked-folder"),
    ]
    assert [a.id for a in found.articles] == ["draft-autopay", "late-fee", "ways-to-pay"]
    found.raise_on_errors()
