"""``kb check``: findings with their place and fix, and a status that scripts can rely on."""

from __future__ import annotations

import pytest

from tests.support import write_article, write_tiny

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
    assert "1 error(s)" in done.out.splitlines()[-1]


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
    assert kb("check", folder).out.splitlines()[-1].startswith("8 files, 1 with errors: 1 error(s), ")
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


def test_the_repository_s_articles_have_no_error(kb):
    """What is shipped can be built."""
    from tests.support import ROOT

    done = kb("check", ROOT / "articles", "--site", ROOT / "site.yaml", "--today", "2026-11-22", "--json")
    assert [f for f in done.json["findings"] if f["severity"] == "error"] == []
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
