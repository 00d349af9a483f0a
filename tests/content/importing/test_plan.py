"""Small invented trees and exports, imported once and again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kb.cli.main import main
from kb.content.articles.corpus import load_articles
from tests.pictures import picture

INTO = "ours/articles"


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def put(files):
    """Write files below the folder."""
    for name, content in files.items():
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


def run(capsys, *arguments, status=0):
    """Import, and return what is reported."""
    assert main(["import", *arguments, "--into", INTO, "--json"]) == status
    return json.loads(capsys.readouterr().out)


def articles():
    """Return the articles that are there, by id; none has an error."""
    corpus = load_articles(Path(INTO))
    assert [f for f in corpus.findings if f.severity == "error"] == []
    return {parsed.article.id: parsed.article for parsed in corpus.parsed}


TREE = {
    "docs/index.md": "# Welcome\n\nStart [here](guide/pay.md#how-it-works) or [there](/guide/refund/).\n",
    "docs/guide/01-pay.md": (
        "---\ntitle: 'How to pay: a guide'\ndescription: Pay in two steps.\ntags: [pay, card]\nsidebar_position: 3\n"
        "---\n\nSee ![A form](../img/form.png) and ![far](https://example.org/x.png).\n\n## How it works?\n\n"
        "1. Open.\n2. Pay.\n\n[Gone](nowhere.md) [Back][w] [mail](mailto:a@example.org)\n\n[w]: ../index.md\n"
    ),
    "docs/guide/refund.mdx": "import X from 'x'\n\n# Refunds\n\n<Note>Soon.</Note>\n\n| a | b |\n| - | - |\n| 1 | 2 |\n",
    "docs/guide/_piece.md": "piece",
    "docs/README.md": "about the repository",
    "docs/img/form.png": picture(),
    "docs/draft.md": "---\ntitle: Later\ndraft: true\n---\nText.\n",
}


def test_a_folder_s_name_becomes_a_title(capsys):
    """In words; what is written like a title stays."""
    put({"docs/add_ons/a.md": "# A\n\nText.\n", "docs/My Plans/b.md": "# B\n\nText.\n"})
    run(capsys, "docs")
    assert [category.title for category in load_articles(Path(INTO)).library.categories] == ["Add ons", "My Plans"]


def test_a_tree_of_markdown(capsys):
    """Articles, links, pictures and tables come over; what does not is reported and listed in the file."""
    put(TREE)
    report = run(capsys, "docs")
    found = articles()
    assert sorted(found) == ["draft", "index", "pay", "refund"]
    pay = found["pay"]
    assert (pay.title, pay.kind, pay.category, pay.keywords) == (
        "How to pay: a guide",
        "tutorial",
        "guide",
        ("pay", "card"),
    )
    assert pay.summary == "Pay in two steps."
    assert dict(pay.example_sections) == {"How it works?": "how-it-works"}
    assert "[Back](index)" in pay.body
    assert "Gone [Back]" in pay.body
    assert "[far](https://example.org/x.png)" in pay.body
    assert "[here](pay#how-it-works) or [there](refund)" in found["index"].body
    assert "> [!NOTE]\n> Soon." in found["refund"].body
    assert found["draft"].status == "draft"
    assert report["parts"]["articles"] == {"found": 4, "came": 4, "left": 0}
    assert report["parts"]["pictures"] == {"found": 2, "came": 1, "left": 1}
    assert report["parts"]["tables"] == {"found": 1, "came": 1, "left": 0}
    assert report["parts"]["links"] == {"found": 7, "came": 6, "left": 1}
    codes = {f["code"] for f in report["findings"]}
    assert codes == {"left", "kept", "no-article"}
    text = Path(INTO, "guide/pay.md").read_text("utf-8")
    assert '# import: source "docs/guide/01-pay"\n# import: kept sidebar_position: 3\n' in text
    assert "# import: left link nowhere.md\n" in text


def test_again(capsys):
    """The same source changes nothing; a changed one updates; an editor's change and removal stay."""
    put(TREE)
    first = run(capsys, "docs")
    assert {a["action"] for a in first["articles"]} == {"new"}
    assert {a["action"] for a in run(capsys, "docs")["articles"]} == {"same"}
    put({"docs/guide/refund.mdx": "# Refunds\n\nNew words.\n", "docs/index.md": "# Welcome\n\nOther.\n"})
    index, draft = Path(INTO, "imported/index.md"), Path(INTO, "imported/draft.md")
    index.write_text(index.read_text() + "\nAn editor's line.\n")
    draft.unlink()
    again = run(capsys, "docs")
    assert {a["id"]: a["action"] for a in again["articles"]} == {
        "pay": "same", "refund": "updated", "index": "kept", "draft": "removed",
    }  # fmt: skip
    assert {"changed-here", "removed-here"} <= {f["code"] for f in again["findings"]}
    assert "An editor's line." in index.read_text()
    assert not draft.exists()
    forced = run(capsys, "docs", "--overwrite")
    assert {a["action"] for a in forced["articles"]} == {"same", "overwritten", "new"}
    assert "An editor's line." not in index.read_text()
    Path("docs/draft.md").unlink()
    assert run(capsys, "docs")["gone"] == ["draft"]
    assert draft.exists()


def test_a_renamed_article_is_the_same(capsys):
    """An id that an editor changed stays changed."""
    put(TREE)
    run(capsys, "docs")
    assert main(["rename", "refund", "money-back", "--articles", INTO]) == 0
    capsys.readouterr()
    report = run(capsys, "docs", "--overwrite")
    assert {a["id"] for a in report["articles"]} == {"index", "draft", "pay", "money-back"}


def test_a_dry_run_writes_nothing(capsys):
    """And prints the table."""
    put(TREE)
    assert main(["import", "docs", "--into", INTO, "--dry-run"]) == 0
    out = capsys.readouterr().out
    assert "came over" in out
    assert "4 new. Nothing was written" in out
    assert not Path("ours").exists()


ZENDESK = {
    "articles": [
        {
            "id": 11, "title": "Pay a bill", "body": "<h2>Steps</h2><p>See <a href='/hc/en-us/articles/12-Refunds#x'>it</a></p>",
            "section_id": 5, "html_url": "https://help.example.org/hc/en-us/articles/11", "edited_at": "2026-01-02T03:04:05Z",
            "draft": False, "label_names": ["pay"], "vote_sum": 3,
        },
        {"id": 12, "title": "Refunds", "body": "<p>Back <a href='https://help.example.org/hc/en-us/articles/11'>here</a></p>", "draft": True},
        {"id": 13, "title": "Empty", "body": ""},
    ],
    "sections": [{"id": 5, "name": "Paying & more"}],
}  # fmt: skip


def test_an_export_of_zendesk(capsys):
    """Categories, labels, dates and links by number."""
    put({"export.json": json.dumps(ZENDESK)})
    report = run(capsys, "export.json")
    found = articles()
    pay = found["pay-a-bill"]
    assert (pay.category, pay.keywords, pay.body.strip()) == ("paying-more", ("pay",), "## Steps\n\nSee [it](refunds)")
    assert (pay.sources[0].address, pay.sources[0].dated) == (
        "https://help.example.org/hc/en-us/articles/11",
        "2026-01-02",
    )
    assert (found["refunds"].status, found["refunds"].body.strip()) == ("draft", "Back [here](pay-a-bill)")
    assert [f["code"] for f in report["findings"]].count("empty") == 1


def test_an_export_of_intercom(capsys):
    """Articles in 'data', collections by their ids."""
    put({"in/articles.json": json.dumps({"type": "list", "data": [
        {"id": "7", "title": "Late fee", "body": "<p>Pay.</p>", "state": "published", "parent_id": 3}]}),
        "in/collections.json": json.dumps({"collections": [{"id": "3", "name": "Fees"}]})})  # fmt: skip
    run(capsys, "in")
    assert articles()["late-fee"].category == "fees"


def test_questions_and_answers(capsys):
    """A table with any of the usual headings; a question twice is said."""
    put({"faq.csv": 'Question;Answer;Topic\n"Why?";"Because <b>x</b>.";Basics\n"Why?";"no";Basics\n"How?";"";x\n'})
    report = run(capsys, "faq.csv")
    (why,) = articles().values()
    assert (why.title, why.body.strip(), why.category) == ("Why?", "Because **x**.", "basics")
    assert sorted(f["code"] for f in report["findings"]) == ["duplicate", "empty"]


FAQ = {"@context": "https://schema.org", "@type": "FAQPage", "mainEntity": [
    {"@type": "Question", "name": "May I pay later?", "acceptedAnswer": {"@type": "Answer", "text": "<p>Yes.</p>"}}]}  # fmt: skip


@pytest.mark.parametrize("form", ["json", "page"])
def test_schema_org(capsys, form):
    """As a file, or within a page."""
    page = f'<html><script type="application/ld+json">{json.dumps(FAQ)}</script></html>'
    put({"f.json": json.dumps(FAQ)} if form == "json" else {"f.html": page})
    run(capsys, *(["f.json"] if form == "json" else ["f.html", "--as", "faqpage"]))
    assert articles()["may-i-pay-later"].body.strip() == "Yes."


def test_pages_of_html(capsys):
    """Links and pictures between them."""
    put({"w/a/one.html": "<main><h1>One</h1><p><a href='two.html'>2</a> <img src='../p.png' alt='P'></p></main>",
        "w/a/two.html": "<main><h1>Two</h1><p>x</p></main>", "w/p.png": picture()})  # fmt: skip
    assert run(capsys, "w")["parts"]["pictures"] == {"found": 1, "came": 1, "left": 0}
    assert articles()["one"].body.strip().startswith("[2](two) ![P](pictures/p-")


def test_hostile_and_broken_files(capsys, tmp_path):
    """One finding each and no traceback; everything else comes over."""
    (tmp_path / "secret.md").write_text("secret")
    (tmp_path / "secret.png").write_bytes(picture())
    put({
        "s/ok.md": "# Fine\n\n![x](../secret.png) ![y](/etc/passwd) [z](javascript:alert(1)) <script>alert(1)</script>\n",
        "s/latin.md": "# Caf\xe9\n\nText.\n".encode("latin-1"),
        "s/utf16.md": "# Wide\n\nText.\n".encode("utf-16"),
        "s/binary.md": b"\x00\x01\xff\xfe\x00",
        "s/huge.md": "x " * 2_600_000,
        "s/long.md": "# Long\n\n" + "words " * 40_000,
        "s/yaml.md": "---\ntitle: a: b\nx: [\n---\nText.\n",
        "s/deep.md": "> " * 3000 + "deep\n",
        "s/日本.md": "# 日本語\n\n本文。\n",
        "s/empty.md": "---\ntitle: E\n---\n",
    })  # fmt: skip
    (tmp_path / "s/link.md").symlink_to(tmp_path / "secret.md")
    (tmp_path / "s/folder").symlink_to(tmp_path)
    report = run(capsys, "s", status=1)
    assert {(f["path"], f["code"]) for f in report["findings"]} >= {
        ("latin.md", "encoding"), ("utf16.md", "encoding"), ("binary.md", "encoding"), ("huge.md", "too-large"),
        ("long.md", "too-long"), ("yaml.md", "front-matter"), ("link.md", "link-file"), ("folder", "link-file"),
        ("empty.md", "empty"), ("ok.md", "left"),
    }  # fmt: skip
    found = articles()
    assert found["latin"].title == "Café"
    assert found["yaml"].title == "a: b"
    assert "secret" not in found["ok"].body
    assert "script" not in found["ok"].body
    assert any(a.title == "日本語" for a in found.values())


@pytest.mark.slow
def test_thousands_of_duplicate_titles(capsys):
    """Each has an id of its own, the same the next time."""
    put({f"d/{n}/page.md": "# Same\n\nText.\n" for n in range(1200)})
    first = run(capsys, "d")
    assert len({a["id"] for a in first["articles"]}) == 1200
    assert {a["action"] for a in run(capsys, "d")["articles"]} == {"same"}


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("none", "none does not exist. Name a folder or an export"),
        ("x.zip", "x.zip is an archive. Unpack it, and name the folder."),
        ("nothing", "nothing holds nothing to import"),
    ],
)
def test_what_is_no_source(capsys, source, said):
    """One sentence."""
    put({"x.zip": b"PK", "nothing/a.txt": "x"})
    assert main(["import", source, "--into", INTO]) == 1
    assert said in capsys.readouterr().err


def test_a_damaged_record(capsys):
    """It is never guessed at."""
    put({**TREE, f"{INTO}/.kb-import.json": "{"})
    assert main(["import", "docs", "--into", INTO]) == 1
    assert "the record of earlier imports, cannot be read" in capsys.readouterr().err
