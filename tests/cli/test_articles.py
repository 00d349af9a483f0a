"""``kb new``, ``kb rename`` and ``kb remove``: what they print and leave behind."""

from __future__ import annotations

import io
import sys

import pytest

from kb.content.articles.corpus import load_articles
from tests.support import write_article, write_tiny


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder of six small articles, named by the environment."""
    return write_tiny(tmp_path / "content")


def new(kb, folder, slug, *more):
    """Run ``kb new`` with every answer given."""
    given = ("--title", "Can I pay with a gift card?", "--kind", "faq", "--category", "fees")
    return kb("new", slug, *given, *more, "--articles", folder)


def test_a_new_article_is_a_draft_that_parses(kb, folder):
    """The draft is in its category's folder, and customers cannot see it."""
    done = new(kb, folder, "gift-card", "--owner", "billing")
    path = folder / "fees" / "gift-card.md"
    assert done.status == 0
    assert done.out.startswith(f"{path}: a draft.")
    corpus = load_articles(folder)
    article = next(a for a in corpus.articles if a.id == "gift-card")
    assert (article.title, article.kind, article.owner) == ("Can I pay with a gift card?", "faq", "billing")
    assert "gift-card" not in corpus.library.articles


def test_what_is_not_given_is_asked_for(kb, folder, monkeypatch):
    """Title, kind and category from standard input, the known categories named."""
    monkeypatch.setattr(sys, "stdin", io.StringIO("Can I pay by check?\ntutorial\nautopay\n"))
    done = kb("new", "pay-by-check", "--articles", folder)
    assert done.status == 0
    assert "autopay" in done.out
    article = next(a for a in load_articles(folder).articles if a.id == "pay-by-check")
    assert (article.title, article.kind, article.category) == ("Can I pay by check?", "tutorial", "autopay")


def test_a_wrong_answer_is_asked_for_again(kb, folder, monkeypatch):
    """A wrong kind or category names those there are, capitals do no harm, and the title is kept."""
    answers = "  \nCan I pay by check?\nhowto\nTutorial\nautopai\nzzz\nAUTOPAY\n"
    monkeypatch.setattr(sys, "stdin", io.StringIO(answers))
    done = kb("new", "pay-by-check", "--articles", folder)
    assert done.status == 0
    assert "There is no kind 'howto'. Use one of: faq, troubleshooting, tutorial, reference, signpost." in done.out
    assert "There is no category 'autopai'. Did you mean 'autopay'?" in done.out
    assert "There is no category 'zzz'. Use one of: autopay, changes, equipment, fees." in done.out
    assert done.out.count("Categories:\n  autopay    Autopay\n  changes    Changes\n  equipment  Equipment\n") == 1
    article = next(a for a in load_articles(folder).articles if a.id == "pay-by-check")
    assert (article.title, article.kind, article.category) == ("Can I pay by check?", "tutorial", "autopay")


def test_what_cannot_be_is_said_before_anything_is_asked(kb, folder):
    """A taken id or an unknown category is refused before a title is asked for."""
    for arguments in (("late-fee",), ("pay-by-check", "--category", "zzz")):
        done = kb("new", *arguments, "--articles", folder)
        assert (done.status, done.out) == (1, "")
        assert done.err.startswith("kb: The")


def test_a_kind_may_be_given_in_capitals(kb, folder):
    """--kind FAQ means faq, and the next step is shown."""
    done = kb("new", "a-b", "--title", "T", "--kind", "FAQ", "--category", "Fees", "--articles", folder)
    path = folder / "fees" / "a-b.md"
    assert done.out == f"{path}: a draft. Write it, check it (kb check), then set 'status: published'\n"


@pytest.mark.parametrize("slug", ["late-fee", "Late Fee", "../escape", ""])
def test_an_id_that_cannot_be_is_one_line(kb, folder, slug):
    """A taken or malformed id gives status 1 and writes nothing."""
    before = sorted(folder.rglob("*"))
    done = new(kb, folder, slug)
    assert (done.status, done.out) == (1, "")
    assert done.err.startswith("kb: ")
    assert done.err.count("\n") == 1
    assert sorted(folder.rglob("*")) == before


def test_an_article_is_renamed_with_its_links(kb, folder):
    """The file moves, the old id redirects, links follow."""
    write_article(folder, "linked", "See [the fee](late-fee).\n", related=["late-fee"])
    done = kb("rename", "late-fee", "late-fees", "--articles", folder)
    assert done.status == 0
    library = load_articles(folder).library
    assert library.resolve("late-fee").id == "late-fees"
    assert library.articles["linked"].related == ("late-fees",)
    assert "](late-fees)" in library.articles["linked"].body
    fees = folder / "fees"
    assert done.out.splitlines() == [
        f"{fees / 'late-fees.md'}: 2 file(s) written, 1 deleted",
        f"  deleted {fees / 'late-fee.md'}",
        f"  written {fees / 'late-fees.md'}",
        f"  written {fees / 'linked.md'}",
        f"Next: kb check, kb build, then commit all of it: git add {folder}",
    ]


def test_at_most_ten_changed_files_are_named(kb, folder):
    """The others are counted."""
    for n in range(12):
        write_article(folder, f"linked-{n}", "See [the fee](late-fee).\n")
    lines = kb("rename", "late-fee", "late-fees", "--articles", folder).out.splitlines()
    assert (len(lines), lines[0].split(": ")[1], lines[-2]) == (13, "13 file(s) written, 1 deleted", "  and 4 more")


def test_an_article_is_removed_with_a_redirect(kb, folder):
    """Readers of the old address come to the other article."""
    done = kb("remove", "paper-bill", "--redirect", "late-fee", "--articles", folder)
    assert done.status == 0
    library = load_articles(folder).library
    assert "paper-bill" not in library.articles
    assert library.resolve("paper-bill").id == "late-fee"


@pytest.mark.parametrize(
    "arguments",
    [
        ("rename", "no-such", "other"),
        ("rename", "late-fee", "paper-bill"),
        ("remove", "no-such", "--redirect", "late-fee"),
    ],
)
def test_what_cannot_move_is_one_line(kb, folder, arguments):
    """A refusal gives status 1 and changes nothing."""
    before = {p: p.read_bytes() for p in folder.rglob("*.md")}
    done = kb(*arguments, "--articles", folder)
    assert (done.status, done.out) == (1, "")
    assert done.err.startswith("kb: ")
    assert {p: p.read_bytes() for p in folder.rglob("*.md")} == before


def test_removing_needs_a_redirect(kb, folder):
    """Removing an article without --redirect is refused, since no address may break."""
    done = kb("remove", "late-fee", "--articles", folder)
    assert (done.status, done.out) == (1, "")
    assert "Name the article that they get with --redirect." in done.err
    assert (folder / "fees" / "late-fee.md").exists()


@pytest.mark.parametrize("how", [("--signpost",), ("--kind", "signpost"), ("--signpost", "--kind", "SIGNPOST")])
def test_a_new_signpost(kb, folder, how):
    """No category is asked for, and the file lies in elsewhere/."""
    done = kb("new", "power-cut", "--title", "Power cuts", *how, "--articles", folder)
    path = folder / "elsewhere" / "power-cut.md"
    assert done.out == f"{path}: a draft. Write it, check it (kb check), then set 'status: published'\n"
    assert next(a for a in load_articles(folder).articles if a.id == "power-cut").is_signpost


def test_a_signpost_may_be_chosen_when_asked(kb, folder, monkeypatch):
    """The kind that is typed decides whether a category is asked for."""
    monkeypatch.setattr(sys, "stdin", io.StringIO("Power cuts\nsignpost\n"))
    assert kb("new", "power-cut", "--articles", folder).status == 0
    assert (folder / "elsewhere" / "power-cut.md").exists()


@pytest.mark.parametrize(
    ("how", "says"),
    [
        (("--signpost", "--kind", "faq"), "not both"),
        (("--signpost", "--category", "fees"), "A signpost has no category"),
        (("--kind", "signpost", "--category", "fees"), "A signpost has no category"),
    ],
)
def test_what_contradicts_a_signpost_is_wrong_usage(kb, folder, how, says):
    """Status 2, and nothing is written."""
    done = kb("new", "power-cut", "--title", "T", *how, "--articles", folder)
    assert done.status == 2
    assert says in done.err
    assert not (folder / "elsewhere").exists()


def test_a_signpost_is_removed_by_its_id_alone(kb, folder):
    """Nobody has its address."""
    kb("new", "power-cut", "--title", "T", "--signpost", "--articles", folder)
    done = kb("remove", "power-cut", "--articles", folder)
    assert done.out.startswith(f"{folder / 'elsewhere' / 'power-cut.md'}: 0 file(s) written, 1 deleted\n")
