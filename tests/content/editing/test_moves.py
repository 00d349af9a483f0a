"""``kb rename`` and ``kb remove``: everything follows, or nothing changes, even when killed half-way."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kb.common.files import sha256
from kb.content.articles.corpus import load_articles
from kb.content.checks.corpus_check import check_corpus
from kb.content.checks.links import MAX_RELATED
from kb.content.editing import transaction
from kb.content.editing.moves import recover, remove, rename
from kb.content.editing.transaction import JOURNAL, FileChange, apply_changes, complete_unfinished
from kb.errors import ArticlesError
from tests.content.editing.interrupt import before_each_step
from tests.content.helpers import CHANNELS, TODAY, article_text, contents, copy_good, signpost_text
from tests.support import ROOT


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder in which several articles lead to 'late-fee'."""
    made = copy_good(tmp_path / "articles")
    body = "See [a](late-fee#how-to-avoid-it), [b](../fees/late-fee.md) and `[c](late-fee)`.\n"
    (made / "payments" / "guide.md").write_text(
        article_text(body, title="Guide", category="payments", related=["ways-to-pay", "late-fee"]), "utf-8"
    )
    windows = article_text("[x](late-fee)\n", title="Old", category="payments").replace("\n", "\r\n")
    (made / "payments" / "windows.md").write_bytes(("\ufeff" + windows).encode())
    return made


def _text(folder: Path, name: str) -> str:
    return (folder / name).read_bytes().decode()


# --------------------------------------------------------------------------------------------- rename


def test_rename_moves_file_redirects_and_links(folder: Path) -> None:
    """The file has its new name, its earlier ids, and every link and relation follows; nothing else changes."""
    before = contents(folder)
    old_text = _text(folder, "fees/late-fee.md")
    move = rename(folder, "late-fee", "overdue-fee", channels=CHANNELS)
    assert move.path == str(folder / "fees/overdue-fee.md")
    assert move.deleted == (str(folder / "fees/late-fee.md"),)
    changed = ["fees/overdue-fee.md", "payments/guide.md", "payments/ways-to-pay.md", "payments/windows.md"]
    assert [str(folder / name) for name in changed] == list(move.written)
    after = contents(folder)
    assert set(before) - set(after) == {"fees/late-fee.md"}
    assert {name for name in after if after[name] != before.get(name)} == set(changed)
    assert _text(folder, "fees/overdue-fee.md") == old_text.replace("[late-charge]", "[late-charge, late-fee]")
    assert _text(folder, "payments/guide.md").endswith(
        'related: ["ways-to-pay", overdue-fee]\n---\n\n'
        "See [a](overdue-fee#how-to-avoid-it), [b](../fees/overdue-fee.md) and `[c](late-fee)`.\n"
    )
    assert after["payments/windows.md"] == before["payments/windows.md"].replace(b"(late-fee)", b"(overdue-fee)")
    assert "related: [overdue-fee]" in _text(folder, "payments/ways-to-pay.md")
    corpus = load_articles(folder, CHANNELS)
    assert corpus.library.resolve("late-fee") is corpus.library.resolve("overdue-fee")
    codes = {f.code for f in check_corpus(corpus, today=TODAY, git={"late-fee": "x", "late-charge": "x"})}
    assert not codes & {"dead-link", "dead-related", "dead-anchor", "old-id", "missing-redirect"}


def test_rename_back_takes_the_redirect_away(folder: Path) -> None:
    """An article that gets an earlier id again does not redirect to itself."""
    rename(folder, "late-fee", "overdue-fee", channels=CHANNELS)
    rename(folder, "overdue-fee", "late-fee", channels=CHANNELS)
    assert "redirects: [late-charge, overdue-fee]" in _text(folder, "fees/late-fee.md")
    assert "[late fee](late-fee#how-to-avoid-it)" in _text(folder, "payments/ways-to-pay.md")


def test_links_of_an_article_to_itself_follow_too(folder: Path) -> None:
    """The renamed article's own links to its earlier id are rewritten."""
    (folder / "fees" / "self.md").write_text(article_text("[x](self#a)\n\n## A\n\nT.\n", title="S"), "utf-8")
    rename(folder, "self", "own", channels=CHANNELS)
    assert "[x](own#a)" in _text(folder, "fees/own.md")
    assert "redirects: [self]" in _text(folder, "fees/own.md")


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
    heir = _text(folder, "payments/ways-to-pay.md")
    assert "redirects: [late-fee, late-charge]" in heir
    assert "related: []" in heir
    assert "[late fee](ways-to-pay)" in heir
    guide = _text(folder, "payments/guide.md")
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
    assert "related: [one, two, windows]" not in _text(folder, "payments/ways-to-pay.md")
    assert "related: [one, two]" in _text(folder, "payments/ways-to-pay.md")


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
    heir.write_text(_text(folder, "payments/ways-to-pay.md") + "\n## How to avoid it\n\nT.\n", "utf-8")
    (folder / "fees" / "one.md").write_text(article_text(title="One", related=["late-fee"]), "utf-8")
    remove(folder, "late-fee", "ways-to-pay", channels=CHANNELS)
    assert "[a](ways-to-pay#how-to-avoid-it)" in _text(folder, "payments/guide.md")
    assert "related: [ways-to-pay]" in _text(folder, "fees/one.md")


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
    assert "redirects: [draft-autopay]" in _text(folder, "payments/new.md")


# ------------------------------------------------------------------------------------------ signposts


@pytest.fixture
def signposts(folder: Path) -> Path:
    """Return the folder with two signposts, and articles with questions that belong to others."""
    (folder / "elsewhere").mkdir()
    for name in ("power-cut", "slow-mail"):
        (folder / "elsewhere" / f"{name}.md").write_text(signpost_text(title=name), "utf-8")
    not_for = "not_for:\n  - {question: is it dark, belongs: power-cut}\n  - question: fee\n    belongs: late-fee\n"
    guide = folder / "payments" / "guide.md"
    guide.write_text(_text(folder, "payments/guide.md").replace("related:", f"{not_for}related:"), "utf-8")
    return folder


def test_rename_of_a_signpost_needs_no_redirect(signposts: Path) -> None:
    """Its text stays as it is, and the questions that belong to it follow."""
    text = _text(signposts, "elsewhere/power-cut.md")
    move = rename(signposts, "power-cut", "no-power", channels=CHANNELS)
    assert move.written == (str(signposts / "elsewhere/no-power.md"), str(signposts / "payments/guide.md"))
    assert _text(signposts, "elsewhere/no-power.md") == text
    assert not (signposts / "elsewhere/power-cut.md").exists()
    assert "{question: is it dark, belongs: no-power}" in _text(signposts, "payments/guide.md")
    assert load_articles(signposts, CHANNELS).findings == ()


def test_questions_follow_an_article(signposts: Path) -> None:
    """What belongs to an article belongs to it under its new id, and to the one that takes its place."""
    rename(signposts, "late-fee", "overdue-fee", channels=CHANNELS)
    assert "  - question: fee\n    belongs: overdue-fee\n" in _text(signposts, "payments/guide.md")
    remove(signposts, "overdue-fee", "ways-to-pay", channels=CHANNELS)
    assert "  - question: fee\n    belongs: ways-to-pay\n" in _text(signposts, "payments/guide.md")


def test_an_heir_answers_what_it_was_not_for(signposts: Path) -> None:
    """A question that belongs to the removed article is dropped from the one that takes over; others stay."""
    remove(signposts, "late-fee", "guide", channels=CHANNELS)
    text = _text(signposts, "payments/guide.md")
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
    assert "{question: is it dark, belongs: slow-mail}" in _text(signposts, "payments/guide.md")
    assert load_articles(signposts, CHANNELS).findings == ()


def test_a_signpost_takes_no_articles_place(signposts: Path) -> None:
    """Customers who kept the article's address could not open it."""
    with pytest.raises(
        ArticlesError, match=r"'slow-mail' is a signpost, which customers cannot open. Name an article."
    ):
        remove(signposts, "late-fee", "slow-mail", channels=CHANNELS)


# --------------------------------------------------------------------------------------------- killed

_DRIVER = """
import json, os, shutil, signal, sys
from pathlib import Path
from kb.content.editing.moves import remove, rename
from tests.content.editing.interrupt import before_each_step
from tests.content.helpers import CHANNELS

source, work, what = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]

def run(folder, kill_at):
    seen = []
    def step(description):
        seen.append(description)
        if len(seen) == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
    with before_each_step(step):
        if what == "rename":
            rename(folder, "late-fee", "overdue-fee", channels=CHANNELS)
        else:
            remove(folder, "late-fee", "ways-to-pay", channels=CHANNELS)

n, killed = 0, True
while killed:
    n += 1
    folder = work / str(n)
    shutil.copytree(source, folder)
    child = os.fork()
    if child == 0:
        run(folder, n)
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    assert killed or status == 0, status
print(json.dumps(n - 1))
"""


@pytest.mark.parametrize("what", ["rename", "remove"])
def test_killed_at_every_step_all_is_old_or_all_is_new(folder: Path, tmp_path: Path, what: str) -> None:
    """A process killed before each of its steps leaves everything old, or what the next command makes new."""
    work = tmp_path / "killed"
    command = [sys.executable, "-c", _DRIVER, str(folder), str(work), what]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    kills = json.loads(done.stdout)
    old, new = contents(folder), contents(work / str(kills + 1))
    assert old != new
    completed = []
    for n in range(1, kills + 1):
        torn = work / str(n)
        was_journalled = (torn / JOURNAL).exists()
        load_articles(torn, CHANNELS)  # any later command
        recover(torn)
        assert contents(torn) == (new if was_journalled else old), f"killed at step {n}"
        completed.append(was_journalled)
    written = 4 if what == "rename" else 3
    # The journal is written under another name and put in place; then each file likewise, one deletion, the journal.
    assert completed == [False] * 2 + [True] * (2 * written + 2)


def test_killed_while_completing_is_completed_again(folder: Path, tmp_path: Path) -> None:
    """Completing may itself be cut short, any number of times."""
    reference = tmp_path / "reference"
    shutil.copytree(folder, reference)
    rename(reference, "late-fee", "overdue-fee", channels=CHANNELS)

    class Cut(Exception):
        pass

    def cut_at(n: int) -> Callable[[str], None]:
        seen: list[str] = []

        def step(description: str) -> None:
            seen.append(description)
            if len(seen) == n:
                raise Cut

        return step

    with pytest.raises(Cut), before_each_step(cut_at(3)):
        rename(folder, "late-fee", "overdue-fee", channels=CHANNELS)
    for n in range(1, 11):
        with pytest.raises(Cut), before_each_step(cut_at(n)):
            complete_unfinished(folder)
    assert set(complete_unfinished(folder)) == {
        "fees/late-fee.md", "fees/overdue-fee.md", "payments/guide.md", "payments/ways-to-pay.md",
        "payments/windows.md",
    }  # fmt: skip
    assert contents(folder) == contents(reference)
    assert complete_unfinished(folder) == ()


def _changes(folder: Path) -> list[FileChange]:
    before = sha256((folder / "fees/late-fee.md").read_bytes())
    return [FileChange("fees/late-fee.md", before, "new text"), FileChange("fees/added.md", None, "added")]


def _journalled(folder: Path) -> None:
    """Leave a journal behind as a process does that was killed just after writing it."""

    def stop(description: str) -> None:
        if description.startswith("write") and JOURNAL not in description:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), before_each_step(stop):
        apply_changes(folder, _changes(folder))


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[: len(text) // 2],
        lambda text: text.replace("new text", "other text"),
        lambda text: text.replace('"format": 1', '"format": 2'),
        lambda text: "[]",
        lambda text: "\x00",
        lambda text: json.dumps({"format": 1, "sha256": sha256(b"[1]"), "changes": "[1]"}),
        lambda text: json.dumps({"format": 1, "sha256": sha256(b'[{"path": 1}]'), "changes": '[{"path": 1}]'}),
    ],
)
def test_damaged_journal_is_refused_with_the_remedy(folder: Path, damage: object) -> None:
    """A damaged journal is refused with the remedy, and nothing is changed."""
    _journalled(folder)
    journal = folder / JOURNAL
    journal.write_text(damage(journal.read_text("utf-8")), "utf-8")  # type: ignore[operator]
    before = contents(folder)
    for command in (
        lambda: load_articles(folder, CHANNELS),
        lambda: rename(folder, "late-fee", "x", channels=CHANNELS),
    ):
        with pytest.raises(
            ArticlesError, match=r"\.kb-move\.json is damaged.*Restore the articles from version control"
        ):
            command()
    assert contents(folder) == before


@pytest.mark.parametrize("path", ["../outside.md", "/tmp/outside.md", "fees/x.txt"])
def test_journal_reaches_only_articles_of_its_folder(folder: Path, path: str) -> None:
    """A journal that names a file elsewhere is taken for damaged."""
    body = json.dumps([{"path": path, "before": None, "after": "x"}])
    entry = {"format": 1, "sha256": sha256(body.encode()), "changes": body}
    (folder / JOURNAL).write_text(json.dumps(entry), "utf-8")
    with pytest.raises(ArticlesError, match="is damaged"):
        complete_unfinished(folder)


def test_work_done_since_the_kill_is_not_overwritten(folder: Path) -> None:
    """A file edited after the kill stops the completion, which says what to do."""
    _journalled(folder)
    (folder / "fees/late-fee.md").write_text("edited since", "utf-8")
    with pytest.raises(ArticlesError, match=r"late-fee.md was changed by somebody else.*or delete .*kb-move.json"):
        load_articles(folder, CHANNELS)
    assert _text(folder, "fees/late-fee.md") == "edited since"


def test_file_changed_since_the_plan_stops_it(folder: Path) -> None:
    """A file saved between planning and writing is not overwritten; no journal is left."""
    changes = _changes(folder)
    (folder / "fees/late-fee.md").write_text("saved", "utf-8")
    with pytest.raises(ArticlesError, match=r"was changed by somebody else in the meantime. Run the command again."):
        apply_changes(folder, changes)
    assert not (folder / JOURNAL).exists()
    assert not (folder / "fees/added.md").exists()


def test_leftover_of_an_unfinished_journal_is_dropped(folder: Path) -> None:
    """The beginning of a journal means that nothing had changed yet."""
    leftover = folder / f"{JOURNAL}.kb-new"
    leftover.write_text('{"for', "utf-8")
    assert load_articles(folder, CHANNELS).findings == ()
    assert recover(folder) == ()
    assert not leftover.exists()


def test_permissions_are_kept(folder: Path) -> None:
    """A file that is rewritten keeps its mode."""
    path = folder / "payments" / "ways-to-pay.md"
    path.chmod(0o640)
    rename(folder, "late-fee", "overdue-fee", channels=CHANNELS)
    assert path.stat().st_mode & 0o777 == 0o640


def test_disk_that_cannot_be_written_is_said(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk is one sentence, at the first try and when completing."""
    changes = _changes(folder)

    def full(path: Path, target: Path) -> None:
        raise OSError(28, "No space left on device", str(target))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", full)
        with pytest.raises(ArticlesError, match=r"kb-move.json cannot be written: No space left on device"):
            apply_changes(folder, changes)
    _journalled(folder)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", full)
        with pytest.raises(ArticlesError, match=r"cannot be written: No space left on device"):
            complete_unfinished(folder)
    assert set(complete_unfinished(folder)) == {"fees/late-fee.md", "fees/added.md"}


def test_a_change_that_failed_before_its_first_file_is_not_made_later(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was reported as failed: the next command must not complete it, though its journal was written already."""
    before, changes = contents(folder), _changes(folder)
    real = Path.replace

    def full(path: Path, target: Path) -> Path:
        if Path(target).suffix == ".md":
            raise OSError(28, "No space left on device", str(target))
        return real(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", full)
        with pytest.raises(ArticlesError, match=r"\.md cannot be written: No space left on device"):
            apply_changes(folder, changes)
    assert not (folder / JOURNAL).exists()
    assert complete_unfinished(folder) == ()
    assert contents(folder) == before


def test_two_processes_may_complete_at_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A journal that another process completed meanwhile is not an error."""
    _journalled(folder)
    read = transaction._read_journal

    def gone(journal: Path) -> tuple[FileChange, ...]:
        read(journal)
        journal.unlink()
        raise FileNotFoundError(2, "No such file or directory", str(journal))

    monkeypatch.setattr(transaction, "_read_journal", gone)
    assert complete_unfinished(folder) == ()
