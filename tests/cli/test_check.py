"""``kb check``: findings with their place and fix, and a status that scripts can rely on."""

from __future__ import annotations

import pytest

from tests.content.helpers import SHIPPED
from tests.support import ROOT, write_article, write_tiny

GOOD = {
    "summary": "One sentence about it.",
    "owner": "billing",
    "reviewed": None,
    "examples": [f"how does thing {n} work" for n in range(12)],
    "tests": [f"please explain number {n} to me" for n in range(5)],
}


@pytest.fixture
def folder(tmp_path):
    """A folder of six small articles to change."""
    return write_tiny(tmp_path / "content")


def test_errors_are_status_1(kb, folder):
    """Each finding is on its own line, then comes the count."""
    write_article(folder, "bad", kind="poem")
    done = kb("check", folder)
    assert done.status == 1
    assert f"{folder / 'fees' / 'bad.md'}:3:7: error schema: 'kind' cannot be 'poem'" in done.out
    assert "with errors: 1 error, " in done.out.splitlines()[-1]


def test_warnings_are_status_1_only_when_strict(kb, folder):
    """Without errors the status is 0; --strict counts warnings too."""
    write_article(folder, "empty", "")
    assert kb("check", folder).status == 0
    strict = kb("check", folder, "--strict")
    assert strict.status == 1
    assert " warning empty-body: " in strict.out


def test_json_is_one_object(kb, folder):
    """Findings with every field, and the number of articles."""
    write_article(folder, "bad", kind="poem")
    value = kb("check", folder, "--json").json
    assert value["articles"] == 7
    (error,) = [f for f in value["findings"] if f["severity"] == "error"]
    assert (error["path"], error["line"], error["code"]) == (str(folder / "fees" / "bad.md"), 3, "schema")


def test_the_folder_may_be_an_option_or_the_environment(kb, folder, monkeypatch):
    """DIR, --articles and KB_ARTICLES lead to the same."""
    by_name = kb("check", folder, "--json").json
    assert kb("check", "--articles", folder, "--json").json == by_name
    monkeypatch.setenv("KB_ARTICLES", str(folder))
    assert kb("check", "--json").json == by_name


def test_files_that_cannot_be_read_are_counted(kb, folder):
    """The last line says how many files there are and how many of them have errors."""
    write_article(folder, "bad", kind="poem")
    assert kb("check", folder).out.splitlines()[-1].startswith("8 files, 1 with errors: 1 error, ")
    value = kb("check", folder, "--json").json
    assert (value["articles"], value["files"], value["with_errors"]) == (7, 8, 1)


def test_a_part_is_checked_among_all(kb, folder, tmp_path):
    """Checking a folder or a file shows only its own findings, and resolves its links among all articles."""
    (folder / "fees" / "category.yaml").write_text("title: Fees\n")
    bad = write_article(folder, "bad", "[a](set-up-autopay) [b](gone)\n", **GOOD)
    write_article(folder, "worse", kind="poem", category="autopay")
    shown = kb("check", folder / "fees", "--json").json
    assert {f["path"] for f in shown["findings"]} == {
        str(folder / "fees" / f"{name}.md") for name in ("bad", "late-fee", "walrus-draft")
    }
    assert [f["message"] for f in shown["findings"] if f["code"] == "dead-link"] == ["there is no article 'gone'"]
    assert (shown["articles"], shown["with_errors"]) == (3, 0)
    done = kb("check", bad)
    assert done.status == 0
    assert {line.split(":")[0] for line in done.out.splitlines()[:-1]} == {str(bad)}
    assert done.out.splitlines()[-1].startswith(f"1 article in {bad}, checked among all 8 in {folder}: ")
    assert kb("check", folder / "autopay").status == 1
    assert kb("check", tmp_path / "content" / "fees" / "gone.md").err.startswith("kb: There is no file ")


def test_a_part_is_fixed_alone(kb, folder):
    """--fix writes no file outside what was named."""
    (folder / "fees" / "category.yaml").write_text("title: Fees\n")
    files = [folder / "fees" / "late-fee.md", folder / "autopay" / "paper-bill.md"]
    for path in files:
        path.write_text(path.read_text() + "\ntrailing \n")
    kb("check", folder / "fees", "--fix")
    assert ["trailing " in path.read_text() for path in files] == [False, True]


def test_review_dates_are_checked_against_a_day(kb, folder):
    """--today moves the day; another form of date is wrong usage."""
    write_article(folder, "old", **{**GOOD, "reviewed": None})
    path = folder / "fees" / "old.md"
    path.write_text(path.read_text().replace("---\n\n", "reviewed: 2026-01-01\nreview_in_days: 30\n---\n\n", 1))
    fresh, due = (kb("check", folder, "--today", day, "--json").json for day in ("2026-01-15", "2026-06-01"))
    new = [f for f in due["findings"] if f not in fresh["findings"]]
    assert [(f["path"], f["code"]) for f in new] == [(str(path), "overdue")]
    assert kb("check", folder, "--today", "tomorrow").status == 2


def test_what_can_be_fixed_is_fixed(kb, folder):
    """--fix changes the file, reports it, and finds nothing to do the second time."""
    path = folder / "fees" / "late-fee.md"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n") + b"trailing   \r\n")
    first = kb("check", folder, "--fix")
    assert f"{path}: fixed: " in first.out
    assert ": fixed:" not in kb("check", folder, "--fix").out


def test_everything_is_said_at_once_and_by_gravity(kb, folder):
    """Errors do not hide the rest; they come first, then warnings, then advice, each from top to bottom."""
    body = "[a](gone)\n\n#### Deep\n\nIt costs $5. <b>x</b>\n"
    path = write_article(folder, "bad", body, kind="poem", owner="x", sumary="x")
    lines = [line for line in kb("check", path).out.splitlines() if line.startswith(str(path))]
    found = [(line.split(": ")[1], int(line.removeprefix(str(path)).split(":")[1])) for line in lines]
    order = ["error", "warning", "advice"]
    assert found == sorted(found, key=lambda row: (order.index(row[0].split()[0]), row[1]))
    codes = {said.split()[1] for said, _ in found}
    assert codes >= {"schema", "unknown-key", "dead-link", "heading-order", "raw-html", "figure-without-date"}
    places = [(f["line"], f["column"]) for f in kb("check", path, "--json").json["findings"]]
    assert places == sorted(places)


def test_the_last_line_counts_in_words(kb, folder):
    """One of a kind and several, and none."""
    write_article(folder, "bad", "[a](gone) [b](gone)\n", **GOOD, kind="poem")
    done = kb("check", folder / "fees" / "bad.md")
    assert ": 1 error, 2 warnings, 2 pieces of advice" in done.out.splitlines()[-1]


def test_fixing_a_file_says_what_it_left(kb, folder, tmp_path):
    """Nothing advises to run what just ran; other files are left alone, and that is said."""
    site = tmp_path / "site.yaml"
    site.write_text("channels:\n  phone: {kind: phone, label: Call, text: 555-210-0000}\n", encoding="utf-8")
    body = "Call (555) 210-0000, see [a](late-fee).\n"
    path = write_article(folder, "bad", body, **{**GOOD, "keywords": "one, two"}, kind="FAQ", related=["Late-Fee.md"])
    before = {p: p.read_bytes() for p in folder.rglob("*.md") if p != path}
    found = kb("check", path, "--site", site)
    assert "'(555) 210-0000' is channel.phone (Write {{channel.phone}}, or run 'kb check --fix')" in found.out
    done = kb("check", path, "--site", site, "--fix")
    assert done.status == 0
    first, *others = done.out.splitlines()
    words = ("kind and status in lowercase", "lists written as text", "ids", "telephone numbers that are channels")
    assert first == f"{path}: fixed: {', '.join(words)}, order of keys"
    advice = [line for line in others if "related-one-way" in line]
    assert advice == [line for line in others if "--fix" in line]
    assert advice[0].endswith("late-fee.md, or run 'kb check --fix' without a file)")
    assert others[-1] == f"Only {path} was fixed; all other files were left alone."
    assert before == {p: p.read_bytes() for p in folder.rglob("*.md") if p != path}


def test_what_could_not_be_fixed_is_for_a_person(kb, folder):
    """A value with a tag is not rewritten, and the command no longer promises it."""
    path = write_article(folder, "bad", **GOOD)
    path.write_text(path.read_text().replace("owner: ", "owner: !!int 5\nx: "))
    assert "Put it in quotes, or run 'kb check --fix'" in kb("check", path).out
    assert "(Put it in quotes)" in kb("check", path, "--fix").out


def test_meaning_asks_every_test(kb, folder):
    """With the encoder every test question is asked of the articles."""
    done = kb("check", folder, "--meaning", "--json")
    assert done.status == 0
    assert done.json["tests"]


def test_meaning_of_a_part_shows_its_own_findings(kb, folder):
    """The tests of all articles are asked; findings elsewhere are not shown."""
    (folder / "fees" / "category.yaml").write_text("title: Fees\n")
    everywhere = kb("check", folder, "--meaning", "--json").json
    part = kb("check", folder / "fees", "--meaning", "--json").json
    assert part["tests"] == everywhere["tests"]
    assert part["findings"] == [f for f in everywhere["findings"] if f["path"].startswith(str(folder / "fees"))]
    lines = kb("check", folder / "fees", "--meaning").out.splitlines()
    assert lines[-2].startswith("all articles: ")
    assert lines[-1].startswith(f"2 articles in {folder / 'fees'}, checked among all 7 in {folder}: ")


def test_no_folder_is_one_line(kb, tmp_path):
    """Status 1 and the remedy."""
    done = kb("check", tmp_path / "nowhere")
    assert (done.status, done.out) == (1, "")
    assert "is not a folder" in done.err


def test_the_repository_s_articles_are_clean(kb):
    """What is shipped has neither errors nor warnings."""
    done = kb("check", ROOT / "articles", "--site", ROOT / "site.yaml", "--today", str(SHIPPED), "--json")
    assert [f for f in done.json["findings"] if f["severity"] != "advice"] == []
    assert done.status == 0


def test_a_step_of_the_escalation_with_a_dead_article_is_a_warning(kb, folder, tmp_path):
    """The warning is at its place in the site.yaml next to the articles; any other site.yaml is ignored."""
    site = tmp_path / "site.yaml"
    site.write_text("escalation:\n  - title: Call\n    article: no-such-article\n", encoding="utf-8")
    done = kb("check", folder, "--site", site)
    assert done.status == 0
    assert f"{site}:3:14: warning dead-step: the step 'Call' names the article 'no-such-article'" in done.out
    assert kb("check", folder, "--site", site, "--strict").status == 1
    elsewhere = tmp_path / "elsewhere" / "site.yaml"
    elsewhere.parent.mkdir()
    site.rename(elsewhere)
    assert "dead-step" not in kb("check", folder, "--site", elsewhere).out


def test_a_part_of_the_bill_with_a_dead_article_is_an_error(kb, folder):
    """With file, line and column; the build refuses it, too."""
    bill = folder / "bill.yaml"
    part = "parts:\n  - {id: a, title: A, means: B, question: C, lines: [{label: D}], articles: [nope]}\n"
    bill.write_text(part, encoding="utf-8")
    done = kb("check", folder)
    assert done.status == 1
    assert f"{bill}:2:78: error bill-article: the part 'a' names the article 'nope'" in done.out
    built = kb("build", "--articles", folder, "--index", folder.parent / "index")
    assert built.status == 1
    assert f"{bill}:2:78: error bill-article" in built.err
