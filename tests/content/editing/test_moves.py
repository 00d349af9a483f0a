"""``kb rename`` and ``kb remove``: everything follows, or nothing changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.content.articles.corpus import load_articles
from kb.content.checks.corpus_check import check_corpus
from kb.content.checks.links import MAX_RELATED
from kb.content.editing.moves import remove, rename
from kb.errors import ArticlesError
from tests.content.editing.conftest import text_of
from tests.content.helpers import CHANNELS, TODAY, article_text, contents, signpost_text

# --------------------------------------------------------------------------------------------- rename


def test_rename_moves_file_redirects_and_links(folder: Path) -> None:
    """The file has its new name, its earlier ids, and every link and relation follows; nothing else changes."""
    before = contents(folder)
    old_text = text_of(folder, "fees/late-fee.md")
    move = rename(folder, "late-fee", "overdue-fee", channels=CHANNELS)
    assert move.path == str(folder / "fees/overdue-fee.md")
    assert move.deleted == (str(folder / "fees/late-fee.md"),)
    changed = ["fees/overdue-fee.md", "payments/guide.md", "payments/ways-to-pay.md", "payments/windows.md"]
    assert [str(folder / name) for name in changed] == list(move.written)
    after = contents(folder)
    assert set(before) - set(after) == {"fees/late-fee.md"}
    assert {name for name in after if after[name] != before.get(name)} == set(changed)
    assert text_of(folder, "fees/overdue-fee.md") == old_text.replace("[late-charge]", "[late-charge, late-fee]")
    assert text_of(folder, "payments/guide.md").endswith(
        'related: ["ways-to-pay", overdue-fee]\n---\n\n'
        "See [a](overdue-fee#how-to-avoid-it), [b](../fees/overdue-fee.md) and `[c](late-fee)`.\n"
    )
    assert after["payments/windows.md"] == before["payments/windows.md"].replace(b"(late-fee)", b"(overdue-fee)")
    assert "related: [overdue-fee]" in text_of(folder, "payments/ways-to-pay.md")
    corpus = load_articles(folder, CHANNELS)
    assert corpus.library.resolve("late-fee") is corpus.library.resolve("overdue-fee")
    codes = {f.code for f in check_corpus(corpus, today=TODAY, git={"late-fee": "x", "late-charge": "x"})}
    assert not codes & {"dead-link", "dead-related", "dead-anchor", "old-id", "missing-redirect"}


def test_rename_back_takes_the_redirect_away(folder: Path) -> None:
    """An article that gets an earlier id again does not redirect to itself."""
    rename(folder, "late-fee", "overdue-fee", channels=CHANNELS)
    rename(folder, "overdue-fee", "late-fee", channels=CHANNELS)
    assert "redirects: [late-charge, overdue-fee]" in text_of(folder, "fees/late-fee.md")
    assert "[late fee](late-fee#how-to-avoid-it)" in text_of(folder, "payments/ways-to-pay.md")


def test_links_of_an_article_to_itself_follow_too(folder: Path) -> None:
    """The renamed article's own links to its earlier id are rewritten."""
    (folder / "fees" / "self.md").write_text(article_text("[x](self#a)\n\n## A\n\nT.\n", title="S"), "utf-8")
    rename(folder, "self", "own", channels=CHANNELS)
    assert "[x](own#a)" in text_of(folder, "fees/own.md")
    assert "redirects: [self]" in text_of(folder, "fees/own.md")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("nothing", "x", r"There is no article 'nothing'. 'kb check' names every file"),
        ("late-charge", "x", r"There is no article 'late-charge'. It is called 'late-fee' now."),
        ("late-fees", "x", r"There is no article 'late-fees'. Did you mean 'late-fee'\?"),
        ("Late-Fee.md", "x", r"There is no article 'Late-Fee.md'. Did you mean 'late-fee'\?"),
        ("late-fee", "Late Fee", r"'Late Fee' cannot be an article's id.*such as 'late-fee'"),
        ("late-fee", "ways-to-pay", r"The id 'ways-to-pay' is taken by .*ways-to-pay.md. Choose another one."),
        ("late-fee", "late-fee", r"The id 'late-fee' is taken by .*late-fee.md"),
        ("ways-to-pay", "late-charge", r"The id 'late-charge' is taken by .*late-fee.md"),
    ],
)
def test_rename_that_cannot_be_is_refused(folder: Path, old: str, new: str, message: str) -> None:
    """An impossible rename reports the obstacle and changes nothing."""
    before = contents(folder)
    with pytest.raises(ArticlesError, match=message):
        rename(folder, old, new, channels=CHANNELS)
    assert contents(folder) == before


def test_rename_among_errors_is_refused(folder: Path) -> None:
    """A file that cannot be read may hold a link, so it must be fixed first."""
    (folder / "fees" / "broken.md").write_text("broken", "utf-8")
    before = contents(folder)
    with pytest.raises(ArticlesError, match=r"Nothing was changed. Correct the errors first .*broken.md:1:1: error"):
        rename(folder, "late-fee", "x", channels=CHANNELS)
    assert contents(folder) == before


def test_link_that_cannot_follow_stops_the_rename(folder: Path) -> None:
    """A link no safe edit is known for names its file; nothing is changed."""
    (folder / "fees" / "odd.md").write_text(article_text("> [r]:\n> late-fee\n\n[r]\n", title="Odd"), "utf-8")
    before = contents(folder)
    with pytest.raises(ArticlesError, match=r"odd.md: the link 'late-fee' cannot be rewritten.*Nothing was changed"):
        rename(folder, "late-fee", "x", channels=CHANNELS)
    assert contents(folder) == before


def test_plan_that_brings_an_error_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The planned articles are parsed before anything is written, so that a mistake of ours destroys no article."""
    before = contents(folder)
    monkeypatch.setattr("kb.content.editing.moves.append_item", lambda text, key, value: text.replace("kind:", "knid:"))
    with pytest.raises(
        ArticlesError, match=r"Nothing was changed, because it would bring an error: .*x.md:2:1: error schema"
    ):
        rename(folder, "late-fee", "x", channels=CHANNELS)
    assert contents(folder) == before


# --------------------------------------------------------------------------------------------- remove


def test_remove_leaves_everything_to_the_heir(folder: Path) -> None:
    """The heir has the id and earlier ids of the removed article, and every link and relation leads there."""
    before = contents(folder)
    move = remove(folder, "late-fee", "ways-to-pay", channels=CHANNELS)
    assert (move.path, move.deleted) == (
        str(folder / "payments/ways-to-pay.md"), (str(folder / "fees/late-fee.md"),),
    )  # fmt: skip
    heir = text_of(folder, "payments/ways-to-pay.md")
    assert "redirects: [late-fee, late-charge]" in heir
    assert "related: []" in heir
    assert "[late fee](ways-to-pay)" in heir
    guide = text_of(folder, "payments/guide.md")
    assert guide.endswith("See [a](ways-to-pay), [b](../fees/ways-to-pay.md) and `[c](late-fee)`.\n")
    assert 'related: ["ways-to-pay"]' in guide
    assert set(before) - set(contents(folder)) == {"fees/late-fee.md"}
    corpus = load_articles(folder, CHANNELS)
    resolved = [corpus.library.resolve(old) for old in ("late-fee", "late-charge")]
    assert [article.id if article else None for article in resolved] == ["ways-to-pay", "ways-to-pay"]


def test_remove_leaves_no_relation_that_leads_one_way(folder: Path) -> None:
    """The heir relates back to whatever relates to it now, as long as it has room; earlier findings are left alone."""
    for name, related in (("one", ["late-fee"]), ("two", ["late-fee", "one"])):
        (folder / "fees" / f"{name}.md").write_text(article_text(title=name, related=related), "utf-8")

    def one_way() -> list[str]:
        found = check_corpus(load_articles(folder, CHANNELS), today=TODAY)
        return [f"{Path(f.path).stem}: {f.message}" for f in found if f.code == "related-one-way"]

    assert "two: 'one' does not relate back to 'two'" in one_way()
    remove(folder, "late-fee", "ways-to-pay", channels=CHANNELS)
    assert one_way() == [
        "two: 'one' does not relate back to 'two'",
        "guide: 'ways-to-pay' does not relate back to 'guide'",
    ]
    assert "related: [one, two, windows]" not in text_of(folder, "payments/ways-to-pay.md")
    assert "related: [one, two]" in text_of(folder, "payments/ways-to-pay.md")


def test_heir_with_enough_relations_gets_no_more(folder: Path) -> None:
    """An heir that has one free place relates back to one article; the other is excused then."""
    names = [f"n{n}" for n in range(MAX_RELATED - 2)]
    for name in names:
        text = article_text(title=name, category="payments", related=["ways-to-pay"])
        (folder / "payments" / f"{name}.md").write_text(text, "utf-8")
    for name in ("one", "two", "three"):
        (folder / "fees" / f"{name}.md").write_text(article_text(title=name, related=["late-fee"]), "utf-8")
    heir = folder / "payments" / "ways-to-pay.md"
    heir.write_text(heir.read_text("utf-8").replace("related: [late-fee]", f"related: [{', '.join(names)}]"), "utf-8")
    remove(folder, "late-fee", "ways-to-pay", channels=CHANNELS)
    found = check_corpus(load_articles(folder, CHANNELS), today=TODAY)
    assert [f.message for f in found if f.code == "related-one-way"] == []
    assert f"related: [{', '.join(names)}, one, three]" in heir.read_text("utf-8")


def test_anchor_that_the_heir_has_stays(folder: Path) -> None:
    """A link to a heading keeps it where the heir has the same heading."""
    heir = folder / "payments" / "ways-to-pay.md"
    heir.write_text(text_of(folder, "payments/ways-to-pay.md") + "\n## How to avoid it\n\nT.\n", "utf-8")
    (folder / "fees" / "one.md").write_text(article_text(title="One", related=["late-fee"]), "utf-8")
    remove(folder, "late-fee", "ways-to-pay", channels=CHANNELS)
    assert "[a](ways-to-pay#how-to-avoid-it)" in text_of(folder, "payments/guide.md")
    assert "related: [ways-to-pay]" in text_of(folder, "fees/one.md")


@pytest.mark.parametrize(
    ("gone", "heir", "message"),
    [
        ("late-fee", "late-fee", r"'late-fee' cannot take its own place. Name another article with --redirect."),
        ("late-fee", "nothing", r"There is no article 'nothing'"),
        ("nothing", "late-fee", r"There is no article 'nothing'"),
        ("late-fee", "draft-autopay", r"'draft-autopay' is a draft, which customers cannot open. Publish it first."),
        ("late-fee", "", r"the address of 'late-fee'. Name the article that they get with --redirect."),
    ],
)
def test_remove_that_cannot_be_is_refused(folder: Path, gone: str, heir: str, message: str) -> None:
    """An impossible removal reports the obstacle and changes nothing."""
    before = contents(folder)
    with pytest.raises(ArticlesError, match=message):
        remove(folder, gone, heir, channels=CHANNELS)
    assert contents(folder) == before


def test_draft_may_give_way_to_a_draft(folder: Path) -> None:
    """What customers never saw may be left to what they do not see."""
    new = article_text(title="New", category="payments", status="draft")
    (folder / "payments" / "new.md").write_text(new, "utf-8")
    remove(folder, "draft-autopay", "new", channels=CHANNELS)
    assert "redirects: [draft-autopay]" in text_of(folder, "payments/new.md")


# ------------------------------------------------------------------------------------------ signposts


@pytest.fixture
def signposts(folder: Path) -> Path:
    """Return the folder with two signposts, and articles with questions that belong to others."""
    (folder / "elsewhere").mkdir()
    for name in ("power-cut", "slow-mail"):
        (folder / "elsewhere" / f"{name}.md").write_text(signpost_text(title=name), "utf-8")
    not_for = "not_for:\n  - {question: is it dark, belongs: power-cut}\n  - question: fee\n    belongs: late-fee\n"
    guide = folder / "payments" / "guide.md"
    guide.write_text(text_of(folder, "payments/guide.md").replace("related:", f"{not_for}related:"), "utf-8")
    return folder


def test_rename_of_a_signpost_needs_no_redirect(signposts: Path) -> None:
    """Its text stays as it is, and the questions that belong to it follow."""
    text = text_of(signposts, "elsewhere/power-cut.md")
    move = rename(signposts, "power-cut", "no-power", channels=CHANNELS)
    assert move.written == (str(signposts / "elsewhere/no-power.md"), str(signposts / "payments/guide.md"))
    assert text_of(signposts, "elsewhere/no-power.md") == text
    assert not (signposts / "elsewhere/power-cut.md").exists()
    assert "{question: is it dark, belongs: no-power}" in text_of(signposts, "payments/guide.md")
    assert load_articles(signposts, CHANNELS).findings == ()


def test_questions_follow_an_article(signposts: Path) -> None:
    """What belongs to an article belongs to it under its new id, and to the one that takes its place."""
    rename(signposts, "late-fee", "overdue-fee", channels=CHANNELS)
    assert "  - question: fee\n    belongs: overdue-fee\n" in text_of(signposts, "payments/guide.md")
    remove(signposts, "overdue-fee", "ways-to-pay", channels=CHANNELS)
    assert "  - question: fee\n    belongs: ways-to-pay\n" in text_of(signposts, "payments/guide.md")


def test_an_heir_answers_what_it_was_not_for(signposts: Path) -> None:
    """A question that belongs to the removed article is dropped from the one that takes over; others stay."""
    remove(signposts, "late-fee", "guide", channels=CHANNELS)
    text = text_of(signposts, "payments/guide.md")
    assert "not_for:\n  - {question: is it dark, belongs: power-cut}\nrelated:" in text


def test_a_signpost_is_removed_without_a_redirect(signposts: Path) -> None:
    """Customers have no address of it, so its file is all that goes."""
    before = contents(signposts)
    move = remove(signposts, "slow-mail", channels=CHANNELS)
    assert (move.written, move.deleted) == ((), (str(signposts / "elsewhere/slow-mail.md"),))
    assert {name: data for name, data in before.items() if name != "elsewhere/slow-mail.md"} == contents(signposts)


def test_questions_of_a_removed_signpost_need_another_place(signposts: Path) -> None:
    """While questions belong to it, it is only removed if they are told where they belong now."""
    before = contents(signposts)
    with pytest.raises(ArticlesError, match=r"Questions in 'not_for' of guide belong to 'power-cut'."):
        remove(signposts, "power-cut", channels=CHANNELS)
    with pytest.raises(ArticlesError, match=r"'power-cut' cannot take its own place"):
        remove(signposts, "power-cut", "power-cut", channels=CHANNELS)
    assert contents(signposts) == before
    remove(signposts, "power-cut", "slow-mail", channels=CHANNELS)
    assert "{question: is it dark, belongs: slow-mail}" in text_of(signposts, "payments/guide.md")
    assert load_articles(signposts, CHANNELS).findings == ()


def test_a_signpost_takes_no_articles_place(signposts: Path) -> None:
    """Customers who kept the article's address could not open it."""
    with pytest.raises(
        ArticlesError, match=r"'slow-mail' is a signpost, which customers cannot open. Name an article."
    ):
        remove(signposts, "late-fee", "slow-mail", channels=CHANNELS)
