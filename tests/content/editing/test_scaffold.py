"""``kb new``: drafts from templates."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kb.content.articles.corpus import load_articles
from kb.content.articles.parse import parse_article
from kb.content.checks.corpus_check import check_corpus
from kb.content.editing.fix import fixes
from kb.content.editing.scaffold import categories, draft, new_article, shelves, title_from_question
from kb.errors import ArticlesError
from kb.types import ArticleKind, ArticleStatus
from tests.content.helpers import CHANNELS, TODAY, contents, copy_good


@pytest.mark.parametrize("kind", sorted({*ArticleKind} - {ArticleKind.SIGNPOST}))
def test_draft_of_every_kind_is_valid(tmp_path: Path, kind: ArticleKind) -> None:
    """A new draft has the values given, no findings but advice, and no trace of raw HTML."""
    folder = copy_good(tmp_path / "articles")
    title = 'Why "now"? A \\ and a: colon # too'
    path = new_article(folder, "brand-new", title, kind.value, "fees", owner="billing")
    assert path == folder / "fees" / "brand-new.md"
    corpus = load_articles(folder, CHANNELS)
    article = next(a for a in corpus.articles if a.id == "brand-new")
    assert (article.title, article.kind, article.category) == (title, kind, "fees")
    assert (article.owner, article.review_in_days, article.status) == ("billing", 180, ArticleStatus.DRAFT)
    found = {f.code for f in check_corpus(corpus, today=TODAY) if f.path == str(path)}
    assert found == {"few-examples", "few-tests"}


def test_draft_of_a_signpost_is_valid(tmp_path: Path) -> None:
    """It lies with the signposts, whatever categories there are, and needs no file of a category."""
    folder = copy_good(tmp_path / "articles")
    path = new_article(folder, "power-cut", "Power: cuts", "signpost", "", owner="billing", asked=["is it dark"])
    assert path == folder / "elsewhere" / "power-cut.md"
    assert sorted(p.name for p in path.parent.iterdir()) == ["power-cut.md"]
    text = path.read_text("utf-8")
    keys = re.findall(r"^([a-z_]+):", text, re.MULTILINE)
    assert keys == ["title", "kind", "examples", "owner", "reviewed", "review_in_days", "es", "status"]
    assert "# TODO: is it dark\nexamples: []\n" in text
    assert "into tests" not in text
    corpus = load_articles(folder, CHANNELS)
    article = next(a for a in corpus.articles if a.id == "power-cut")
    assert (article.title, article.owner, article.review_in_days) == ("Power: cuts", "billing", 365)
    assert (article.is_signpost, article.status) == (True, ArticleStatus.DRAFT)
    assert [f.code for f in check_corpus(corpus, today=TODAY) if f.path == str(path)] == ["few-examples"]
    path.write_text(text.replace("status: draft\n", "").replace("# TODO: is it dark\n", ""), "utf-8")
    found = [f.code for f in check_corpus(load_articles(folder, CHANNELS), today=TODAY) if f.path == str(path)]
    assert found == ["few-examples", *["placeholder"] * 3]


def test_signposts_are_no_category(tmp_path: Path) -> None:
    """Their folder is not offered to an article, and refused when it is named."""
    folder = copy_good(tmp_path / "articles")
    new_article(folder, "power-cut", "Power cuts", "signpost", "")
    assert categories(folder) == ["fees", "payments"]
    for kind in ("faq", "tutorial"):
        with pytest.raises(ArticlesError, match=r"'elsewhere' is for signposts: use --signpost"):
            new_article(folder, "brand-new", "New", kind, "Elsewhere")


def test_published_draft_is_told_what_is_left_to_do(tmp_path: Path) -> None:
    """Every sentence of the template that must be replaced is found once the draft is published."""
    path = new_article(copy_good(tmp_path / "articles"), "brand-new", "New", "faq", "fees")
    text = path.read_text("utf-8")
    path.write_text(text.replace("status: draft", "status: published"), "utf-8")
    found = check_corpus(load_articles(tmp_path / "articles", CHANNELS), today=TODAY)
    assert [f.code for f in found].count("placeholder") == text.count("TODO:") == 5


def test_customers_questions_are_comments_of_a_draft(tmp_path: Path) -> None:
    """Customers' questions are comments to reword, one per line, never values; a published draft may not keep them."""
    asked = ["why is\nmy: bill 'high' # now", "--- end", "\u2028\x1b[2J"]
    path = new_article(copy_good(tmp_path / "articles"), "brand-new", "New", "faq", "fees", asked=asked)
    text = path.read_text("utf-8")
    assert "# TODO: why is my: bill 'high' # now\n# TODO: --- end\n# TODO: [2J\nexamples: []\ntests: []\n" in text
    article, found = parse_article(str(path), text.encode(), CHANNELS)
    assert article is not None
    assert (article.article.examples, article.article.tests, found) == ((), (), [])


def test_kind_and_category_may_be_typed_in_capitals(tmp_path: Path) -> None:
    """The file has the category and kind as they are named."""
    path = new_article(copy_good(tmp_path / "articles"), "brand-new", "New", " Tutorial", "FEES ")
    assert path.parent.name == "fees"
    assert "kind: tutorial\ncategory: fees\n" in path.read_text("utf-8")


def test_draft_does_not_claim_a_review(tmp_path: Path) -> None:
    """A draft has lines for its owner and its review, which are empty unless an owner is given."""
    path = new_article(copy_good(tmp_path / "articles"), "brand-new", "New", "faq", "fees")
    text = path.read_text("utf-8")
    assert "\nowner: # who keeps it right\nreviewed: # the day on which" in text
    article, _ = parse_article(str(path), text.encode())
    assert article is not None
    assert (article.article.owner, article.article.reviewed) == ("", None)
    assert fixes(str(path), text.encode()).done == ()
    owned = new_article(path.parent.parent, "other-new", "Other", "faq", "fees", owner="me").read_text("utf-8")
    assert '\nowner: "me"\nreviewed: # ' in owned


def test_shelves_have_their_titles(tmp_path: Path) -> None:
    """A folder without a file of its own is called by its name."""
    folder = copy_good(tmp_path / "articles")
    (folder / "fees" / "category.yaml").write_text("title: Fees and taxes\n", "utf-8")
    assert [(shelf.id, shelf.title) for shelf in shelves(folder)] == [
        ("fees", "Fees and taxes"), ("payments", "Payments"),
    ]  # fmt: skip


def test_unreadable_article_is_no_hindrance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that cannot be read keeps its own id; another one can be had."""
    folder = copy_good(tmp_path / "articles")

    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert new_article(folder, "brand-new", "New", "faq", "fees") == folder / "fees" / "brand-new.md"
    with pytest.raises(ArticlesError, match=r"The id 'late-fee' is taken by"):
        new_article(folder, "late-fee", "New", "faq", "fees")


def test_first_article_of_all_makes_its_folders(tmp_path: Path) -> None:
    """Where there is nothing yet, the folder and the category come with the first article."""
    folder = tmp_path / "new" / "articles"
    assert categories(folder) == []
    new_article(folder, "a1", "First", ArticleKind.FAQ, "my-bill")
    corpus = load_articles(folder)
    assert [a.id for a in corpus.articles] == ["a1"]
    assert (corpus.categories[0].title, corpus.findings) == ("My bill", ())
    assert categories(folder) == ["my-bill"]
    assert corpus.articles[0].owner == ""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("Late Fee!", "T", "faq", "fees"), r"'Late Fee!' cannot be an article's id.*such as 'late-fee'\."),
        (("", "T", "faq", "fees"), r"'' cannot be an article's id. Use at most 80 small letters, digits"),
        (("a" * 81, "T", "faq", "fees"), r"cannot be an article's id"),
        (("../x", "T", "faq", "fees"), r"cannot be an article's id.*such as 'x'"),
        (("late-fee", "T", "faq", "fees"), r"The id 'late-fee' is taken by .*late-fee.md. Choose another one"),
        (("late-charge", "T", "faq", "fees"), r"The id 'late-charge' is an earlier id of .*late-fee.md."),
        (("x", "T", "howto", "fees"), r"There is no kind 'howto'. Use one of: faq, troubleshooting, tutorial"),
        (("x", "T", "faq", "fee"), r"There is no category 'fee'. Did you mean 'fees'\? A new one begins with"),
        (("x", "T", "faq", "zzz"), r"There is no category 'zzz'. Use one of: fees, payments."),
        (("x", "  ", "faq", "fees"), r"The title is empty. Write it as a customer would say it."),
        (("x", "a\x7fb", "faq", "fees"), r"The draft would not be a valid article: the character"),
    ],
)
def test_wrong_values_are_refused_and_nothing_is_written(
    tmp_path: Path, arguments: tuple[str, str, str, str], message: str
) -> None:
    """Each value that cannot be used is one sentence with the remedy."""
    folder = copy_good(tmp_path / "articles")
    before = contents(folder)
    with pytest.raises(ArticlesError, match=message):
        new_article(folder, *arguments)
    assert contents(folder) == before


def test_bad_category_name_is_refused_in_an_empty_folder(tmp_path: Path) -> None:
    """The first category's name must be valid in an address."""
    with pytest.raises(ArticlesError, match=r"'\.\./x' cannot be"):
        new_article(tmp_path / "articles", "a", "T", "faq", "../x")
    assert not (tmp_path / "articles").exists()


def test_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    """A file where a folder should be is one sentence, no traceback."""
    (tmp_path / "articles").write_text("a file", "utf-8")
    with pytest.raises(ArticlesError, match=r"a.md cannot be written: .*Check the path and permissions"):
        new_article(tmp_path / "articles", "a", "T", "faq", "fees")


def test_odd_characters_in_a_title_do_not_break_the_file(tmp_path: Path) -> None:
    """Half of a surrogate pair becomes a question mark; line breaks become spaces."""
    path = new_article(tmp_path / "articles", "a", "One\n\ttwo \ud800 ñ", "faq", "fees")
    found, _ = parse_article(str(path), path.read_bytes())
    assert found is not None
    assert found.article.title == "One two ? ñ"


def test_category_file_is_made_once(tmp_path: Path) -> None:
    """A category's own words are never overwritten."""
    shelf = tmp_path / "articles" / "fees" / "category.yaml"
    shelf.parent.mkdir(parents=True)
    shelf.write_text("title: My fees\n", "utf-8")
    new_article(tmp_path / "articles", "a", "T", "faq", "fees")
    assert shelf.read_text("utf-8") == "title: My fees\n"


def test_a_draft_alone_is_what_would_be_written(tmp_path: Path) -> None:
    """The text of a draft needs no folder, and is the file that ``new_article`` writes."""
    given = {"owner": "me", "asked": ["gift card?"]}
    path = new_article(tmp_path, "gift-card", "Can I pay with it?", "FAQ", "paying", **given)
    assert path.read_bytes() == draft("gift-card", "Can I pay with it?", ArticleKind.FAQ, "paying", **given)
    with pytest.raises(ArticlesError, match="cannot be an article's id"):
        draft("Gift Card", "x", ArticleKind.FAQ, "paying")


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("when is my  bill due", "When is my bill due?"),
        ("Is autopay on?", "Is autopay on?"),
        ("late fee.", "Late fee"),
        ("whenever i call", "Whenever i call"),
        ("my number is [phone number], why", ""),
        ("word " * 40, ""),
        (" ?! ", "?!"),
        ("", ""),
    ],
)
def test_a_title_is_made_of_a_customers_question(question: str, title: str) -> None:
    """One line that an editor can reword; what is too long, or had personal data in it, gives none."""
    assert title_from_question(question) == title
