"""Drafts: begun, saved by two windows and two people, checked, mended, reviewed; nothing that was written is lost."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from kb.authoring.draft_desk import DraftDesk
from kb.errors import ArticlesError, PictureRefused, WritingRefused
from kb.settings.settings import load_settings
from kb.types import Severity
from kb.writing.draft_store import DraftStore
from kb.writing.drafting import LONGEST, Drafting
from kb.writing.records import Conflict, Draft, DraftState
from tests.pictures import picture
from tests.writing.conftest import KIM, LEE


def file(articles_only, name="fees/late-fee.md"):
    """Return an article's file."""
    return articles_only.articles / name


def write(drafting: Drafting, draft: Draft, addition: str) -> Draft:
    """Save a draft with a line more."""
    saved = drafting.save(draft.id, f"{draft.text}\n{addition}\n", KIM, draft.number)
    assert isinstance(saved, Draft)
    return saved


def test_a_draft_begins_from_the_file_and_stays_its_authors(drafting, articles_only):
    """Nothing is written to disk, another session of the same person finds it, and nobody else can change it."""
    before = file(articles_only).read_bytes()
    draft = write(drafting, drafting.open("late-fee", KIM), "More.")
    assert (draft.text, draft.path) == (before.decode() + "\nMore.\n", str(file(articles_only)))
    assert drafting.open("late-fee", KIM) == draft == drafting.draft_of("late-fee", KIM)
    assert file(articles_only).read_bytes() == before
    with pytest.raises(WritingRefused, match=r"This draft of 'late-fee' belongs to kim\. Open the article"):
        drafting.save(draft.id, "mine", LEE, draft.number)
    with pytest.raises(WritingRefused, match="There is no article 'late-feee'"):
        drafting.open("late-feee", KIM)


def test_editors_of_one_article_are_told_of_each_other(drafting, clock):
    """Whoever only looks at it is left out."""
    begun = clock.now
    draft = drafting.open("late-fee", KIM)
    assert drafting.others("late-fee", LEE) == ()
    assert drafting.open_drafts() == ()
    clock.pass_(minutes=1)
    write(drafting, draft, "More.")
    [other] = drafting.others("late-fee", LEE)
    assert (other.who, other.since, other.updated_at) == ("kim", begun, clock.now)
    assert drafting.others("late-fee", KIM) == ()


def test_of_two_windows_neither_loses_its_text(drafting):
    """The second one to save gets both texts, and its own is kept aside until it is brought back."""
    draft = drafting.open("late-fee", KIM)
    first = write(drafting, draft, "First window.")
    conflict = drafting.save(draft.id, f"{draft.text}Second window.", KIM, draft.number)
    assert isinstance(conflict, Conflict)
    assert (conflict.theirs, conflict.who, conflict.is_file) == (first.text, "kim", False)
    assert drafting.draft(draft.id) == first
    brought_back = drafting.restore(draft.id, conflict.aside, KIM)
    assert brought_back.text == f"{draft.text}Second window.\n"
    assert [(v.text, v.is_aside) for v in drafting.versions(draft.id)] == [
        (brought_back.text, False), (brought_back.text, True), (first.text, False), (draft.text, False),
    ]  # fmt: skip


def test_threads_that_save_at_once_lose_nothing(drafting):
    """Of eight saves made from one state, one is the draft, and seven are kept aside."""
    draft, start = drafting.open("late-fee", KIM), threading.Barrier(8)
    texts = {f"{draft.text}Thread {n}.\n" for n in range(8)}

    def save(text: str) -> None:
        start.wait()
        drafting.save(draft.id, text, KIM, draft.number)

    threads = [threading.Thread(target=save, args=(text,)) for text in texts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    versions = drafting.versions(draft.id)
    assert {version.text for version in versions if version.number > 1} == texts
    assert [version.is_aside for version in versions].count(True) == 7


def test_saves_that_follow_each_other_are_one_version(drafting, clock):
    """A pause makes another one; the text that it was begun with always stays."""
    draft = drafting.open("late-fee", KIM)
    begun = draft.text
    for word in ("a", "b", "c"):
        draft = write(drafting, draft, word)
        clock.pass_(minutes=2)
    clock.pass_(minutes=5)
    last = write(drafting, draft, "d")
    assert [version.text for version in drafting.versions(draft.id)] == [last.text, draft.text, begun]
    assert drafting.save(last.id, last.text, KIM, last.number) == last
    erased = drafting.save(last.id, "", KIM, last.number)
    assert isinstance(erased, Draft)
    assert drafting.versions(draft.id)[1].text == last.text


def test_a_file_changed_in_the_meantime_is_noticed(drafting, articles_only):
    """Both texts are shown; a text made of both takes the file as its new base, in the file's own words."""
    draft = write(drafting, drafting.open("late-fee", KIM), "Mine.")
    assert drafting.outdated(draft) is None
    file(articles_only).write_bytes(draft.text.replace("Mine.", "Theirs.").replace("\n", "\r\n").encode())
    conflict = drafting.outdated(draft)
    assert conflict is not None
    assert (conflict.is_file, conflict.theirs) == (True, draft.text.replace("Mine.", "Theirs."))
    both = drafting.rebase(draft.id, f"{conflict.theirs}\nMine.\n", KIM, draft.number)
    assert isinstance(both, Draft)
    assert drafting.outdated(both) is None
    file(articles_only).unlink()
    gone = drafting.outdated(both)
    assert gone is not None
    assert gone.theirs == ""


def test_a_draft_that_was_only_looked_at_follows_the_file(drafting, articles_only):
    """Nobody has to choose between two texts of which nobody wrote one."""
    draft = drafting.open("late-fee", KIM)
    file(articles_only).write_text(draft.text + "\nTheirs.\n", "utf-8")
    again = drafting.open("late-fee", KIM)
    assert (again.id, again.text, drafting.outdated(again)) == (draft.id, draft.text + "\nTheirs.\n", None)


def test_a_new_article_begins_with_the_questions_it_is_for(drafting, articles_only):
    """They are comments to be reworded, are kept to be tried, and no file is written."""
    asked = ("can i pay with a gift card", "gift cards?")
    draft = drafting.start_new(slug="gift-card", title="", kind="faq", category="Fees", user=KIM, questions=asked)
    assert 'title: "Can i pay with a gift card?"' in draft.text
    assert "\n# TODO: gift cards?\n" in draft.text
    assert 'owner: "kim"' in draft.text
    assert (draft.is_new, draft.questions) == (True, asked)
    assert not file(articles_only, "fees/gift-card.md").exists()
    with pytest.raises(WritingRefused, match=r"kim is writing a new article 'gift-card'\. Choose another id"):
        drafting.start_new(slug="gift-card", title="A", kind="faq", category="fees", user=LEE)
    with pytest.raises(ArticlesError, match="The id 'late-fee' is taken"):
        drafting.start_new(slug="late-fee", title="A", kind="faq", category="fees", user=LEE)
    assert drafting.open("gift-card", KIM) == draft


def test_a_draft_is_checked_as_customers_would_get_it(drafting):
    """A draft's own status hides nothing, and findings of unsaved words have their lines."""
    draft = drafting.start_new(slug="new", title="New", kind="faq", category="fees", user=KIM)
    checked = drafting.check(replace(draft, text=draft.text.replace("owner:", "onwer:")))
    assert checked.article is None
    assert [(found.line, found.code) for found in checked.errors] == [(10, "unknown-key")]
    assert "placeholder" in {item.finding.code for item in checked.findings}


def test_one_finding_is_mended_alone(drafting):
    """Each click mends one; what no click can mend says so, and no fix sends the editor to the command line."""
    draft = drafting.open("late-fee", KIM)
    text = draft.text.replace('kind: "faq"', "kind: FAQ\nkeywords: fee, bill").replace("date.\n", "date. \n", 1)
    checked = drafting.check(replace(draft, text=text))
    by_code = {item.finding.code: item for item in checked.findings}
    assert {code for code, item in by_code.items() if item.mend} == {"schema", "wrong-type", "layout"}
    assert not any("kb check" in item.finding.fix for item in checked.findings)
    for code, mended in {"schema": "kind: faq\n", "wrong-type": "keywords: [fee, bill]\n"}.items():
        new = drafting.mend(text, draft.path, by_code[code].finding)
        assert mended in new
        assert len(set(new.split("\n")) ^ set(text.split("\n"))) == 2
        text = new
    assert not drafting.check(replace(draft, text=text)).errors
    by_hand = by_code["few-tests"].finding
    assert drafting.mend(text, draft.path, by_hand) == text


def test_a_second_person_reviews(drafting):
    """The author cannot; what was changed since it was read is not approved; a change after it begins anew."""
    draft = write(drafting, drafting.open("late-fee", KIM), "More.")
    with pytest.raises(WritingRefused, match="is editing now, so it cannot become approved"):
        drafting.approve(draft.id, LEE, draft.number)
    drafting.submit(draft.id, KIM, "Is it right?")
    with pytest.raises(WritingRefused, match="Your own draft has to be approved by someone else"):
        drafting.approve(draft.id, KIM, draft.number)
    with pytest.raises(WritingRefused, match="Say what is to be changed"):
        drafting.return_(draft.id, LEE, " ")
    returned = drafting.return_(draft.id, LEE, "Name the amount.")
    assert returned.review is not None
    assert (returned.state, returned.review.reviewer, returned.review.note) == (
        DraftState.EDITING, "lee", "Name the amount.",
    )  # fmt: skip
    changed = write(drafting, returned, "It is $5.")
    drafting.submit(draft.id, KIM)
    with pytest.raises(WritingRefused, match="was changed by kim since you saw it"):
        drafting.approve(draft.id, LEE, draft.number)
    assert drafting.approve(draft.id, LEE, changed.number).state is DraftState.APPROVED
    assert write(drafting, changed, "Or $6.").state is DraftState.EDITING


def test_a_discarded_draft_comes_back(drafting):
    """As long as its author has not begun another one."""
    draft = write(drafting, drafting.open("late-fee", KIM), "More.")
    assert drafting.discard(draft.id, KIM).state is DraftState.DISCARDED
    assert drafting.draft_of("late-fee", KIM) is None
    with pytest.raises(WritingRefused, match="was discarded, so it cannot be changed any more"):
        drafting.save(draft.id, "text", KIM, draft.number)
    restored = drafting.restore(draft.id, draft.number, KIM)
    assert (restored.state, restored.text) == (DraftState.EDITING, draft.text)
    drafting.discard(draft.id, KIM)
    drafting.open("late-fee", KIM)
    with pytest.raises(WritingRefused, match="cannot be opened again"):
        drafting.restore(draft.id, draft.number, KIM)


def test_a_picture_waits_with_its_draft(drafting, articles_only):
    """It is seen by the checks and the preview, and by no customer; another of the same name gets another name."""
    draft = drafting.open("late-fee", KIM)
    (file(articles_only).parent / "menu.png").write_bytes(picture(8, 8))
    line = drafting.add_picture(draft.id, "Menu.PNG", picture(), "The [account] menu", KIM)
    assert line == r"![The \[account\] menu](menu-2.png)"
    article = drafting.check(replace(draft, text=f"{draft.text}\n{line}\n")).article
    assert article is not None
    shown = drafting.picture(article.pictures["menu-2.png"])
    assert shown is not None
    assert shown.data.startswith(b"\x89PNG")
    assert sorted(p.name for p in file(articles_only).parent.glob("*.png")) == ["menu.png"]
    with pytest.raises(PictureRefused, match="Say what the picture shows"):
        drafting.add_picture(draft.id, "menu.png", picture(), " ", KIM)


def test_what_cannot_be_kept_is_refused_in_a_sentence(drafting, articles_only):
    """A text that is far too long, and a file that is no text."""
    draft = drafting.open("late-fee", KIM)
    with pytest.raises(WritingRefused, match="The text has 200,001 characters; the most is 200,000"):
        drafting.save(draft.id, "x" * (LONGEST + 1), KIM, draft.number)
    file(articles_only, "fees/latin.md").write_bytes("---\ntitle: Gebühr\n---\n".encode("latin-1"))
    with pytest.raises(WritingRefused, match=r"latin\.md is not UTF-8 text, so it cannot be edited here"):
        drafting.open("latin", KIM)
    kept = drafting.save(draft.id, "a\0b\r\n\ud800\n\n", KIM, draft.number)
    assert isinstance(kept, Draft)
    assert kept.text == "ab\n?\n"


@pytest.mark.parametrize(("written", "is_needed"), [("", False), ("writing: {review: true}\n", True)])
def test_site_yaml_asks_for_a_review(tmp_path, engine, written, is_needed):
    """Where nothing is written, an editor publishes alone."""
    (tmp_path / "site.yaml").write_text(f"name: A\n{written}", "utf-8")
    settings = load_settings(site_path=tmp_path / "site.yaml")
    assert Drafting(DraftStore(engine), DraftDesk(settings), settings).needs_review is is_needed


def test_severity_of_a_mend_is_that_of_its_finding(drafting):
    """An error that a click mends is an error until then."""
    draft = drafting.open("late-fee", KIM)
    checked = drafting.check(replace(draft, text=draft.text.replace('kind: "faq"', "kind: FAQ")))
    assert [item.finding.severity for item in checked.findings if item.mend] == [Severity.ERROR]
