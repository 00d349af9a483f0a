"""The desk of lessons over real files: what a lesson would change, accepting it, patches and impact."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kb.app.container import Container
from kb.app.lessons import DeskBusy, LessonDesk
from kb.common.files import sha256
from kb.content.articles.corpus import load_articles
from kb.errors import ArticlesError, LessonOutdated, LessonRefused
from kb.review.lesson_records import Lesson, LessonState
from kb.types import LessonKind
from tests.checkouts import checkout, git, zoo
from tests.journal_rows import put_query
from tests.support import build, write_signpost

__all__ = ["checkout", "zoo"]

SECRETS = ("4111 1111 1111 1111", "212-555-0142", "kim@example.com")


@pytest.fixture
def container(checkout, tmp_path) -> Iterator[Container]:
    """A help center with articles under version control, a signpost, and an empty journal."""
    write_signpost(checkout.articles, "bank-account", examples=["overdraft fee of my bank"])
    git(checkout.articles.parent, "add", ".")
    git(checkout.articles.parent, "commit", "-q", "-m", "signpost")
    opened = Container(replace(checkout, database_url=f"sqlite:///{tmp_path / 'journal.db'}"))
    yield opened
    opened.close()


@pytest.fixture
def desk(container) -> LessonDesk:
    """Its desk of lessons."""
    return container.lesson_desk


def file(container: Container, name: str = "fees/late-fee.md") -> Path:
    """Return an article's file."""
    return container.settings.articles / name


def part(desk: LessonDesk, question: str = "how big is the fee", anchor: str = "how-much", **fields) -> Lesson:
    """Propose another part of the late fee's article."""
    return desk.propose(LessonKind.PART, question, article_id="late-fee", anchor=anchor, who="lee", **fields).lesson


def test_a_proposal_shows_what_it_would_change(container, desk):
    """One line of one file, with its findings; nothing is written."""
    before = file(container).read_bytes()
    change = desk.change(part(desk).id)
    assert (change.path, change.title, change.problem, change.outdated) == (
        str(file(container)), "What is the late fee?", "", (),
    )  # fmt: skip
    assert change.said == "added as an example, tied to the section 'how-much'"
    assert [s.anchor for s in change.sections] == ["", "how-much"]
    assert "+examples: [" in change.diff
    assert '{question: "how big is the fee", section: how-much}]' in change.diff
    assert change.diff.startswith("--- a/articles/fees/late-fee.md\n+++ b/articles/fees/late-fee.md\n@@")
    assert "few-examples" in {finding.code for finding in change.findings}
    assert {finding.path for finding in change.findings} == {change.path}
    assert change.new == ()
    assert file(container).read_bytes() == before == change.before


def test_accepting_writes_the_file(container, desk):
    """Atomically, and only then; the articles are still without errors."""
    lesson = part(desk)
    done = desk.accept(lesson.id, who="ed")
    assert file(container).read_bytes() == done.after != done.before
    assert desk.book.show(lesson.id).lesson.state is LessonState.ACCEPTED
    article = next(a for a in load_articles(container.settings.articles).articles if a.id == "late-fee")
    assert article.examples[-1] == "how big is the fee"
    assert article.example_sections == {"how big is the fee": "how-much"}
    assert sorted(p.name for p in container.settings.articles.rglob(".*")) == []


def test_every_kind_goes_where_it_belongs(container, desk):
    """An example, a signpost's example, and a question of not_for; one file each."""
    named = put_query(container.lessons.engine, 1, "asked", outcome="answered", article_id="late-fee", anchor="")
    desk.propose(LessonKind.BELONGS, "charged late", article_id="late-fee", who="lee", query_id=named)
    desk.propose(LessonKind.ELSEWHERE, "my bank took 35", article_id="bank-account", who="lee")
    desk.propose(
        LessonKind.NOT_FOR, "fee of my bank", article_id="late-fee", belongs="bank-account", who="lee"
    )  # fmt: skip
    for kind in (LessonKind.RIGHT, LessonKind.GAP):
        assert not desk.propose(kind, "asked", query_id=named, who="lee").lesson.article_id
    for lesson in desk.book.list([LessonState.PROPOSED]):
        desk.accept(lesson.id, who="ed")
    late, bank = (file(container, name).read_text() for name in ("fees/late-fee.md", "elsewhere/bank-account.md"))
    assert 'not_for: [{question: "fee of my bank", belongs: bank-account}]' in late
    assert '"overdraft fee of my bank", "my bank took 35"]' in bank
    with pytest.raises(LessonRefused, match="Lesson 4 says 'right', which changes no file"):
        desk.change(4)


def test_the_decision_replaced_by_another_is_not_taken(container, desk):
    """A lead's later word stands."""
    named = put_query(container.lessons.engine, 1, "asked", outcome="answered", article_id="late-fee", anchor="")
    first = part(desk, query_id=named)
    desk.propose(LessonKind.RIGHT, "asked", query_id=named, who="kim")
    with pytest.raises(LessonRefused, match="Lesson 1 is replaced since"):
        desk.accept(first.id, who="ed")
    assert git_diff(container) == ""


def git_diff(container: Container) -> str:
    """Return what git sees as changed."""
    done = subprocess.run(["git", "diff"], cwd=container.settings.articles, capture_output=True, text=True, check=True)
    return done.stdout


@pytest.mark.parametrize(
    ("kind", "fields", "said"),
    [
        (LessonKind.BELONGS, {"article_id": "gone"}, "There is no article or signpost 'gone'. Choose one"),
        (LessonKind.BELONGS, {"article_id": "bank-account"}, "'Bank account' is a signpost, which answers nothing"),
        (LessonKind.ELSEWHERE, {"article_id": "late-fee"}, "is an article. A question that is not answered here names"),
        (LessonKind.PART, {"article_id": "late-fee", "anchor": "x"}, "has no section 'x'. There are: how-much."),
        (LessonKind.PART, {"article_id": "paper-bill", "anchor": "x"}, "has no section 'x'. There are: none."),
        (
            LessonKind.NOT_FOR,
            {"article_id": "late-fee", "belongs": "x"},
            "no article or signpost 'x' that the question",
        ),
        (LessonKind.NOT_FOR, {"article_id": "late-fee", "belongs": "late-fee"}, "cannot belong to 'late-fee'"),
    ],
)
def test_what_is_not_there_is_said(desk, kind, fields, said):
    """A lead learns it at once."""
    with pytest.raises(LessonRefused, match=said):
        desk.propose(kind, "late fees", who="lee", **fields)
    assert desk.book.list() == ()


def test_a_test_is_left_a_test(desk):
    """A lesson that repeats one is refused at once, with its place."""
    with pytest.raises(ArticlesError, match=r"late-fee.md:\d+: .* is a test of this article"):
        part(desk, "Zebra penalty for tardy remittance")


def test_a_change_that_brings_an_error_is_not_accepted(container, desk):
    """It is an example of a signpost, which an article must not have as well."""
    lesson = desk.propose(
        LessonKind.BELONGS, "overdraft fee of my bank", article_id="late-fee", who="lee"
    ).lesson  # fmt: skip
    change = desk.change(lesson.id)
    assert change.problem.startswith("It would bring an error: ")
    assert {finding.code for finding in change.new} == {"signpost-example"}
    with pytest.raises(ArticlesError, match=r"Lesson 1 was not taken: It would bring an error: .* Nothing was changed"):
        desk.accept(lesson.id, who="ed")
    assert (git_diff(container), desk.book.show(lesson.id).lesson.state) == ("", LessonState.PROPOSED)


def test_an_example_that_is_there_is_accepted_without_a_change(container, desk):
    """The decision was right, and the file has it."""
    lesson = desk.propose(LessonKind.BELONGS, "Late fee amount?", article_id="late-fee", who="lee").lesson
    change = desk.accept(lesson.id, who="ed")
    assert (change.said, change.diff, change.is_changed) == ("it is an example already", "", False)
    assert git_diff(container) == ""


def test_lessons_on_one_file_follow_each_other(container, desk):
    """Accepting one does not make the others outdated."""
    first, second = part(desk, "how big is it"), part(desk, "how much is it")
    desk.accept(first.id, who="ed")
    desk.accept(second.id, who="ed")
    assert file(container).read_text().count("section: how-much") == 2


# ----------------------------------------------------------------------------------------- outdated lessons


def test_a_section_that_is_gone_makes_a_lesson_outdated(container, desk):
    """It says which there are now and what it was perhaps renamed to; the lesson is renewed for it."""
    lesson = part(desk)
    text = file(container).read_text()
    file(container).write_text(text.replace("## How much", "## How much it is").replace("Text", "Other"))
    with pytest.raises(LessonOutdated, match="Lesson 1 was decided on another state of the file") as raised:
        desk.accept(lesson.id, who="ed")
    (change,) = raised.value.changes
    assert change == (
        "It no longer has the section 'how-much'. Perhaps it was renamed: 'how-much-it-is'. There are: how-much-it-is."
    )
    assert desk.book.show(lesson.id).lesson.state is LessonState.OUTDATED
    assert desk.book.show(lesson.id).history[-1].note == change
    assert desk.change(lesson.id).outdated == (change,)
    assert desk.change(lesson.id).suggested == "how-much-it-is"
    with pytest.raises(LessonRefused, match="has no section 'how-much'"):
        desk.renew(lesson.id, who="lee")
    desk.renew(lesson.id, who="lee", anchor="how-much-it-is")
    desk.accept(lesson.id, who="ed")
    assert "section: how-much-it-is}" in file(container).read_text()


def test_an_unrelated_change_asks_again_too(container, desk):
    """With a word that the section is still there; renewing it is one step."""
    lesson = part(desk)
    file(container).write_text(file(container).read_text() + "\nMore.\n")
    assert desk.change(lesson.id).outdated == (
        "Its section 'how-much' is still there, but the file was changed.",
    )  # fmt: skip
    with pytest.raises(LessonOutdated, match=r"is still there, but .* The decision is kept: renew it"):
        desk.accept(lesson.id, who="ed")
    assert desk.renew(lesson.id, who="ed").base == sha256(file(container).read_bytes())
    assert desk.accept(lesson.id, who="ed").is_changed


def test_a_renamed_article_is_followed(container, desk):
    """By its redirect; one that is gone is said, and the lesson stays."""
    lesson = desk.propose(LessonKind.BELONGS, "charged late", article_id="late-fee", who="lee").lesson
    new = file(container).with_name("late-fees.md")
    new.write_text(file(container).read_text().replace("kind:", "redirects: [late-fee]\nkind:"))
    file(container).unlink()
    with pytest.raises(LessonOutdated, match="The article 'late-fee' has the id 'late-fees' now"):
        desk.accept(lesson.id, who="ed")
    assert desk.renew(lesson.id, who="lee").article_id == "late-fees"
    new.unlink()
    change = desk.change(lesson.id)
    assert change.problem.startswith("There is no article or signpost 'late-fees' any more. Decline the lesson")
    with pytest.raises(LessonOutdated, match="There is no article or signpost 'late-fees' any more"):
        desk.accept(lesson.id, who="ed")
    with pytest.raises(LessonRefused, match=r"There is no article or signpost 'late-fees' now. Name another, or dec"):
        desk.renew(lesson.id, who="lee")


def test_a_file_that_cannot_be_read_is_said(container, desk):
    """Its first finding is in the message."""
    lesson = part(desk)
    file(container).write_text("no front matter")
    assert "cannot be read: " in desk.change(lesson.id).problem


def test_a_file_changed_at_the_last_moment_is_not_overwritten(container, desk, monkeypatch):
    """Between the look and the write: nothing is recorded, and the other's work is there."""
    lesson = part(desk)
    write = desk._write

    def changed_first(change):
        file(container).write_text("somebody else's work")
        write(change)

    monkeypatch.setattr(desk, "_write", changed_first)
    with pytest.raises(ArticlesError, match="was changed by somebody else in the meantime"):
        desk.accept(lesson.id, who="ed")
    assert file(container).read_text() == "somebody else's work"
    assert desk.book.show(lesson.id).lesson.state is LessonState.PROPOSED


def test_two_editors_at_once_write_once(container, desk):
    """One of them is told."""
    lesson = part(desk)
    start, said = threading.Barrier(2), []

    def accept(who: str) -> None:
        start.wait()
        try:
            desk.accept(lesson.id, who=who)
        except LessonRefused as error:
            said.append(str(error))

    threads = [threading.Thread(target=accept, args=(who,)) for who in ("ed", "kim")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(said) == 1
    assert file(container).read_text().count("how big is the fee") == 1


# ------------------------------------------------------------------------------------------ patch and impact


def test_all_proposed_lessons_are_one_patch(container, desk):
    """What git makes of it; it is what accepting all would write, and what cannot be taken is named."""
    part(desk, "how big is it")
    part(desk, "how much is it")
    desk.propose(LessonKind.ELSEWHERE, "my bank took 35", article_id="bank-account", who="lee")
    stale = desk.propose(LessonKind.BELONGS, "stop paying", article_id="cancel-autopay", who="lee").lesson
    other = file(container, "autopay/cancel-autopay.md")
    other.write_text(other.read_text() + "\nMore.\n")
    found = desk.patch()
    assert [lesson.question for lesson in found.taken] == ["how big is it", "how much is it", "my bank took 35"]
    assert found.left_out == ((stale, "The file of 'How do I cancel Auto Pay?' was changed."),)
    subprocess.run(["git", "apply"], cwd=container.settings.articles.parent, input=found.text.encode(), check=True)
    patched = git_diff(container)
    assert [desk.change(lesson.id).outdated for lesson in found.taken] == [(), (), ()]
    assert desk.accept(found.taken[0].id, who="ed").said == "it is an example of the section 'how-much' already"
    assert git_diff(container) == patched
    git(container.settings.articles, "checkout", "-q", "fees", "elsewhere")
    for lesson in found.taken[1:]:
        desk.accept(lesson.id, who="ed")
    assert git_diff(container).count("+") == patched.count("+")
    assert desk.patch().text == ""
    assert desk.patch([stale.id]).taken == ()


def test_nothing_personal_is_in_a_patch(container, desk):
    """Refused at the door: neither in the lesson nor in a note, nor in anything made of them."""
    for secret in SECRETS:
        with pytest.raises(LessonRefused, match="Rewrite the question without the "):
            part(desk, f"charge my {secret} again")
    lesson = part(desk, note=f"she wrote {SECRETS[0]}, {SECRETS[1]} and {SECRETS[2]}")
    change = desk.change(lesson.id)
    everything = [desk.patch().text, change.diff, repr(change), repr(desk.book.show(lesson.id).as_json())]
    with container.lessons.engine.connect() as connection:
        everything.append("\n".join(connection.connection.driver_connection.iterdump()))
    assert [secret for secret in SECRETS for text in everything if secret in text] == []


def test_the_impact_of_lessons(container, desk):
    """What all tests say, and what the lessons' own questions get before and after."""
    build(container.settings)
    lesson = desk.propose(LessonKind.BELONGS, "zebra otter badger", article_id="late-fee", who="lee").lesson
    said: list[str] = []
    found = desk.impact([lesson.id], said.append)
    ((asked, before, after),) = found.asked
    assert asked == lesson
    assert before.hits[0].article_id != "late-fee" == after.hits[0].article_id
    assert found.impact.questions >= 4
    assert found.impact.before_version != found.impact.after_version
    assert [line for line in said if "Building" in line] == [
        "Building the articles as they are", "Building the articles with the change",
    ]  # fmt: skip
    assert git_diff(container) == ""


def test_one_impact_at_a_time(container, desk):
    """Another user is told; without a lesson there is nothing to measure."""
    with pytest.raises(LessonRefused, match="There is nothing to measure: There is no proposed lesson"):
        desk.impact()
    lesson = part(desk)
    desk._measuring.acquire()
    with pytest.raises(DeskBusy):
        desk.impact([lesson.id])
