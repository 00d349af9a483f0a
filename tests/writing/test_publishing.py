"""Publications: what goes live, what is kept, and what is put back when something goes wrong."""

from __future__ import annotations

import subprocess
from dataclasses import replace

import pytest

from kb.errors import KbIndexError, WritingRefused
from kb.settings.site import Site, Writing
from kb.writing.publication_store import PublicationStore
from kb.writing.publisher import Publisher
from kb.writing.records import Conflict, Draft, DraftState, Publication, PublicationState, PublicationStep
from tests.pictures import picture
from tests.support import wait_until, write_article
from tests.writing.conftest import KIM, LEE, Office, office_of


def log(office: Office) -> list[str]:
    """Return author and subject of each commit, the newest first."""
    command = ["git", "-C", str(office.settings.articles), "log", "--format=%an: %s"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()


def test_a_publication_is_a_commit_of_its_file_and_pictures(git_office):
    """By the editor, with the words given; what someone else has staged stays staged."""
    office = git_office
    write_article(office.settings.articles, "staged")
    subprocess.run(["git", "-C", str(office.settings.articles), "add", "fees/staged.md"], check=True)
    draft = office.desk.open("late-fee", KIM)
    line = office.desk.add_picture(draft.id, "menu.png", picture(), "The menu", KIM)
    office.desk.add_picture(draft.id, "unused.png", picture(8, 8), "Not shown", KIM)
    draft = office.written(line)
    done = office.publish(draft, " The menu is shown \n\n to everyone. ")
    assert (done.state, done.reason, done.title) == (PublicationState.DONE, "", "What is the late fee?")
    assert office.file().read_text("utf-8") == draft.text
    assert log(office) == ["kim: The menu is shown", "n: base"]
    said = subprocess.run(
        ["git", "-C", str(office.settings.articles), "show", "--format=%B", "--name-only", done.revision],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    assert said.split("\n\n") == [
        "The menu is shown",
        "to everyone.",
        "\narticles/fees/late-fee.md\narticles/fees/menu.png\n",
    ]
    assert not (office.file().parent / "unused.png").exists()
    assert office.desk.draft(draft.id).state is DraftState.PUBLISHED
    assert office.build.runs == [True]


def test_without_git_a_copy_is_kept(office, clock):
    """What was there before the first publication is kept, too, and every state can be read again."""
    before = office.file().read_text("utf-8")
    first = office.written("One.")
    office.publish(first, "First")
    clock.pass_(days=1)
    second = office.written("Two.")
    done = office.publish(second)
    history = office.desk.history("late-fee")
    assert [(r.who, r.message, r.is_current, r.is_kept_copy) for r in history] == [
        ("kim", "Change late-fee", True, True), ("kim", "First", False, True), ("", "", False, True),
    ]  # fmt: skip
    assert history[0].id == done.revision
    texts = [office.desk.text_at("late-fee", revision.id) for revision in history]
    assert texts == [second.text, first.text, before]
    assert [office.desk.text_before("late-fee", revision.id) for revision in history] == [first.text, before, None]
    with pytest.raises(WritingRefused, match="'late-fee' has no state 'copy-9'"):
        office.desk.text_at("late-fee", "copy-9")


def test_git_that_is_gone_is_no_obstacle(git_office, monkeypatch):
    """Neither is one that refuses: the text is live, a copy is kept, and git's own words say why."""
    office = git_office
    hook = office.settings.articles.parent / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho 'No commits on Fridays' >&2\nexit 1\n")
    hook.chmod(0o755)
    done = office.publish(office.written("One."))
    assert done.state is PublicationState.DONE
    assert done.reason == "It is live, and a copy is kept, but git did not make a commit: No commits on Fridays."
    monkeypatch.setenv("PATH", "/nonexistent")
    done = office.publish(office.written("Two."))
    assert (done.state, done.reason) == (PublicationState.DONE, "")
    assert [revision.is_kept_copy for revision in office.desk.history("late-fee")] == [True, True, True]


def test_a_failed_build_leaves_everything_as_it_was(git_office):
    """File and pictures are put back, nothing is committed, the draft is there as before, and the next try works."""
    office, before = git_office, git_office.file().read_bytes()
    draft = office.desk.open("late-fee", KIM)
    draft = office.written(office.desk.add_picture(draft.id, "menu.png", picture(), "The menu", KIM))

    def fail() -> None:
        assert office.file().read_text("utf-8") == draft.text
        raise KbIndexError("The encoder is gone. Install it.")

    office.build.do = fail
    failed = office.publish(draft)
    assert (failed.state, failed.reason) == (PublicationState.FAILED, "The encoder is gone. Install it.")
    assert office.file().read_bytes() == before
    assert not list(office.file().parent.glob("*.png"))
    assert log(office) == ["n: base"]
    assert office.desk.draft_of("late-fee", KIM) == draft
    office.build.do = lambda: None
    assert office.publish(draft).state is PublicationState.DONE


def test_a_build_that_fails_after_it_published_is_taken_back(office):
    """An index that has the new text, over a file that has the old one, would be corrected by nobody."""
    current, versions = office.settings.index / "CURRENT", office.settings.index / "versions"
    for name in ("one", "two"):
        (versions / name).mkdir(parents=True)
    current.write_text("one\n")

    def fail() -> None:
        if len(office.build.runs) == 1:
            current.write_text("two\n")
            raise KbIndexError("It ended.")
        current.write_text("one\n")

    office.build.do = fail
    assert office.publish(office.written()).state is PublicationState.FAILED
    assert (office.build.runs, current.read_text()) == ([True, True], "one\n")
    office.build.do = lambda: current.write_text("two\n") and None
    office.publish(office.written("Good."))
    office.publisher._live.take_back()
    assert (len(office.build.runs), current.read_text()) == (3, "two\n")


def test_a_file_changed_by_someone_else_is_never_overwritten(office):
    """Noticed when it is asked for, when its turn comes, and when a failed build is put back."""
    draft = office.written("Mine.")
    office.file().write_text(draft.text + "Theirs.\n", "utf-8")
    conflict = office.desk.publish(draft.id, KIM, "", draft.number)
    assert isinstance(conflict, Conflict)
    assert (conflict.mine, conflict.theirs) == (draft.text, draft.text + "Theirs.\n")
    both = office.desk.rebase(draft.id, conflict.theirs + "Mine again.\n", KIM, draft.number)
    assert isinstance(both, Draft)
    assert isinstance(office.desk.publish(both.id, KIM, "", both.number), Publication)
    office.file().write_text("another editor\n", "utf-8")
    assert office.publisher.publish_waiting()
    late = office.desk.publication_of("late-fee")
    assert late is not None
    assert (late.state, office.file().read_text("utf-8")) == (PublicationState.FAILED, "another editor\n")
    assert "was changed by someone else since the text was begun. Nothing was written" in late.reason

    def change_and_fail() -> None:
        office.file().write_text("a third one\n", "utf-8")
        raise KbIndexError("No space.")

    office.file().write_text(conflict.theirs, "utf-8")
    office.build.do = change_and_fail
    failed = office.publish(both)
    assert failed.reason.startswith("No space. The file could not be put back:")
    assert office.file().read_text("utf-8") == "a third one\n"


def test_another_window_is_noticed(office):
    """Nobody publishes a text that he has not seen."""
    draft = office.desk.open("late-fee", KIM)
    newer = office.written("From the other window.")
    conflict = office.desk.publish(draft.id, KIM, "", draft.number)
    assert isinstance(conflict, Conflict)
    assert (conflict.is_file, conflict.theirs) == (False, newer.text)


def test_what_is_written_during_a_publication_goes_on_from_it(office):
    """The text of the moment is published; the rest is a draft of the new file."""
    draft = office.written("Published.")
    office.build.do = lambda: office.written("Typed meanwhile.") and None
    office.publish(draft)
    rest = office.desk.draft_of("late-fee", KIM)
    assert rest is not None
    assert office.file().read_text("utf-8") == draft.text
    assert (rest.text, office.desk.outdated(rest)) == (f"{draft.text}\nTyped meanwhile.\n", None)


def test_publications_wait_for_each_other(office, database, clock):
    """In the order in which they were asked for; a second click is no second publication, and nobody gets between."""
    first = office.written("Mine.")
    asked = office.desk.publish(first.id, KIM, "", first.number)
    assert isinstance(asked, Publication)
    again = office.desk.publish(first.id, KIM, "", first.number)
    assert isinstance(again, Publication)
    assert (again.id, again.state) == (asked.id, PublicationState.WAITING)
    theirs = office.written("Theirs.", LEE)
    with pytest.raises(WritingRefused, match=r"kim is publishing 'late-fee' at this moment\. Wait until that is done"):
        office.desk.publish(theirs.id, LEE, "", theirs.number)
    other = office.desk.open("paper-bill", LEE)
    saved = office.desk.save(other.id, other.text + "More.\n", LEE, other.number)
    assert isinstance(saved, Draft)
    second = office.desk.publish(other.id, LEE, "", saved.number)
    assert isinstance(second, Publication)
    assert second.waiting == 1
    order = []
    office.build.do = lambda: order.append(office.desk.publication())
    assert office.publisher.publish_waiting()
    assert [(p.article_id, p.state, p.step) for p in order] == [
        ("late-fee", PublicationState.RUNNING, PublicationStep.BUILDING),
        ("paper-bill", PublicationState.RUNNING, PublicationStep.BUILDING),
    ]
    assert isinstance(office.desk.publish(theirs.id, LEE, "", theirs.number), Conflict)
    while_busy = office_of(database, office.settings, clock)
    with office.publisher._alone():  # as another process would hold it
        office.written("Later.")
        PublicationStore(database).add(replace(PublicationStore(database).get(1).planned, after="x", article_id="x"))
        assert not while_busy.publisher.publish_waiting()
    while_busy.desk.close()


def test_what_is_not_ready_is_refused_before_anything_is_written(office):
    """Errors of its own, an error in another file, nothing new, and an article that would vanish."""
    draft = office.written()
    broken = office.desk.save(draft.id, draft.text.replace("title:", "titel:"), KIM, draft.number)
    assert isinstance(broken, Draft)
    with pytest.raises(WritingRefused, match=r"must be corrected first\. The first: ") as refused:
        office.desk.publish(broken.id, KIM, "", broken.number)
    assert {finding.path for finding in refused.value.findings} == {str(office.file())}
    other = write_article(office.settings.articles, "broken", status="maybe")
    sound = office.desk.save(draft.id, draft.text, KIM, broken.number)
    assert isinstance(sound, Draft)
    with pytest.raises(WritingRefused, match=r"until another file is corrected: .*broken\.md"):
        office.desk.publish(sound.id, KIM, "", sound.number)
    other.unlink()
    same = office.desk.save(draft.id, office.file().read_text("utf-8"), KIM, sound.number)
    assert isinstance(same, Draft)
    with pytest.raises(WritingRefused, match="The text is the same as the saved one"):
        office.desk.publish(same.id, KIM, "", same.number)
    hidden = office.desk.save(draft.id, draft.text.replace("---\n\n", "status: draft\n---\n\n"), KIM, same.number)
    assert isinstance(hidden, Draft)
    with pytest.raises(WritingRefused, match="would take the article away from customers"):
        office.desk.publish(hidden.id, KIM, "", hidden.number)
    assert office.build.runs == []


def test_a_server_that_may_not_write_says_so(office, monkeypatch):
    """At once, with the draft kept; and if it is only found out later, the publication ends with the reason."""
    draft = office.written()
    with monkeypatch.context() as patch:
        patch.setattr("os.access", lambda path, _mode: path != office.settings.articles)
        with pytest.raises(WritingRefused, match=r"This server may not write to .*articles, so nothing"):
            office.desk.publish(draft.id, KIM, "", draft.number)
    office.settings.index.write_text("no folder")
    assert isinstance(office.desk.publish(draft.id, KIM, "", draft.number), Publication)
    assert not office.publisher.publish_waiting()
    failed = office.desk.publication()
    assert failed is not None
    assert failed.state is PublicationState.FAILED
    assert failed.reason == f"{office.settings.index} cannot be written: File exists. Check its permissions."


def test_a_server_that_may_not_write_leaves_publications_to_the_one_that_may(office, monkeypatch):
    """Two machines on one database, of which one has the articles: the other's start ends nothing of its work."""
    woken: list[bool] = []
    monkeypatch.setattr(office.publisher, "wake", lambda: woken.append(True))
    draft = office.written()
    assert isinstance(office.desk.publish(draft.id, KIM, "", draft.number), Publication)
    woken.clear()
    with monkeypatch.context() as patch:
        patch.setattr("os.access", lambda path, _mode: path != office.settings.articles)
        office.desk.resume()
        assert woken == []
    office.desk.resume()
    assert woken == [True]


def test_a_new_article_is_published_as_such(office):
    """Its template says 'draft'; when it is published, it is one that customers can open."""
    draft = office.desk.start_new(slug="gift-card", title="Gift cards", kind="faq", category="fees", user=KIM)
    done = office.publish(draft)
    assert (done.state, done.message) == (PublicationState.DONE, "Add gift-card")
    assert office.file("fees/gift-card.md").read_text("utf-8") == draft.text.replace(
        "status: draft", "status: published"
    )
    assert office.desk.open("gift-card", LEE).text.count("status: published") == 1


def test_where_review_is_asked_for_nobody_publishes_alone(git_office, database, clock):
    """The commit names who read it."""
    settings = replace(git_office.settings, site=Site(writing=Writing(review=True)))
    office = office_of(database, settings, clock)
    draft = office.written()
    with pytest.raises(WritingRefused, match="A second person has to approve this text first"):
        office.desk.publish(draft.id, KIM, "", draft.number)
    office.desk.submit(draft.id, KIM)
    office.desk.approve(draft.id, LEE, draft.number)
    done = office.publish(draft, "Add a line")
    assert done.message == "Add a line\n\nReviewed-by: lee"
    assert log(office)[0] == "kim: Add a line"
    office.desk.close()


def test_an_undo_is_another_publication(git_office, clock):
    """The text before a change is live again, the history keeps both, and open drafts stay as they are."""
    office, before = git_office, git_office.file().read_text("utf-8")
    theirs = office.written("Theirs.", LEE)
    office.publish(office.written("Wrong."), "A mistake")
    revision = office.desk.history("late-fee")[0]
    asked = office.desk.undo("late-fee", revision.id, LEE)
    assert asked.draft_id is None
    assert office.publisher.publish_waiting()
    assert office.file().read_text("utf-8") == before
    assert log(office) == ["lee: Undo: A mistake", "kim: A mistake", "n: base"]
    assert office.desk.draft_of("late-fee", LEE) == theirs
    oldest = office.desk.history("late-fee")[-1]
    with pytest.raises(WritingRefused, match="There is no text before the first one"):
        office.desk.undo("late-fee", oldest.id, LEE)
    with pytest.raises(WritingRefused, match="The text is the same as the saved one"):
        office.desk.undo("late-fee", revision.id, LEE)


def test_the_files_own_line_ends_stay(office):
    """An editor in the browser changes the lines that he changed, and no other."""
    windows = office.file().read_bytes().replace(b"\n", b"\r\n")
    office.file().write_bytes(b"\xef\xbb\xbf" + windows)
    office.publish(office.written("More."))
    assert office.file().read_bytes() == b"\xef\xbb\xbf" + windows + b"\r\nMore.\r\n"


def test_learning_goes_on_after_a_publication_and_makes_way_for_the_next(office):
    """What is learned takes minutes, and nobody waits for it."""
    office.publish(office.written("One."))
    wait_until(lambda: office.learning.runs == [False])
    stopped = []
    office.build.do = lambda: stopped.append(office.learning.is_stopped)
    office.publish(office.written("Two."))
    assert stopped == [True]
    wait_until(lambda: office.learning.runs == [False, False])


def test_the_thread_publishes_by_itself(office, database, clock):
    """Nobody has to wait at the page; a publication that a process left behind goes on at the next start."""
    draft = office.written()
    assert isinstance(office.desk.publish(draft.id, KIM, "", draft.number), Publication)
    real = office_of(database, office.settings, clock)
    object.__setattr__(real.publisher, "wake", lambda: Publisher.wake(real.publisher))
    real.desk.resume()
    wait_until(lambda: office.desk.draft(draft.id).state is DraftState.PUBLISHED)
    real.desk.close()
