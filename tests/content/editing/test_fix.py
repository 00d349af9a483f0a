"""``kb check --fix``: what is fixed, and that nothing else ever changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.content.articles.corpus import load_articles
from kb.content.articles.parse import parse_article
from kb.content.checks.corpus_check import check_corpus
from kb.content.checks.links import MAX_RELATED
from kb.content.editing import fix
from kb.content.editing.fix import Beside, fix_folder, fixes, missing_relations
from kb.content.markdown.render import render
from kb.errors import ArticlesError
from tests.content.helpers import CHANNELS, TODAY, article_text, contents, copy_good, corpus

_CLEAN = "---\ntitle: A\nkind: faq\ncategory: fees\n---\n\nText.\n"


def _fix(text: str, *relate: str) -> tuple[str, tuple[str, ...]]:
    fixed = fixes("articles/fees/a.md", text.encode(), Beside(CHANNELS, relate, {"late-fee": "late-fee", "x2": "X2"}))
    return fixed.text, fixed.done


def test_clean_file_is_left_alone() -> None:
    """A tidy file needs no fix."""
    assert _fix(_CLEAN) == (_CLEAN, ())


@pytest.mark.parametrize(
    ("text", "mended", "done"),
    [
        (_CLEAN.replace("\n", "\r\n"), _CLEAN, "line ends"),
        (_CLEAN.replace("\n", "\r"), _CLEAN, "line ends"),
        ("\ufeff" + _CLEAN, _CLEAN, "line ends"),
        (_CLEAN.replace("faq", "faq  ").replace("Text.", "Text. "), _CLEAN, "spaces at line ends"),
        (_CLEAN + "\n\n", _CLEAN, "blank lines at the end"),
        (_CLEAN[:-1], _CLEAN, "blank lines at the end"),
        (_CLEAN.replace("title: A\nkind: faq", "kind: faq\ntitle: A"), _CLEAN, "order of keys"),
        (
            _CLEAN.replace("kind: faq", "related: [b, c, b]\nkind: faq"),
            _CLEAN.replace("fees", "fees\nrelated: [b, c, b]"),
            "order of keys",
        ),
    ],
)
def test_untidy_file_is_mended(text: str, mended: str, done: str) -> None:
    """Each kind of untidiness is fixed and named."""
    fixed, what = _fix(text)
    assert done in what
    assert fixed.replace("[b, c]", "[b, c, b]") == mended


def test_comments_stay_with_their_keys() -> None:
    """Keys move with the comments above them; comments at the end stay behind the last key."""
    text = "---\n# about kind\nkind: faq\n# about title\n# more\ntitle: A\ncategory: fees\n# last\n---\nT.\n"
    ordered = "---\n# about title\n# more\ntitle: A\n# about kind\nkind: faq\ncategory: fees\n# last\n---\nT.\n"
    assert _fix(text) == (ordered, ("order of keys",))


def test_doubled_items_go_where_they_stand_again() -> None:
    """Doubles of keywords, related and redirects go; examples are left to a person."""
    text = article_text(
        examples=["a b", "a b"], keywords=["Fee", "fee", "late"], related=["x", "y", "x"], redirects=["o", "o"]
    )
    fixed, done = _fix(text)
    expected = article_text(examples=["a b", "a b"], keywords=["Fee", "late"], related=["x", "y"], redirects=["o"])
    assert (fixed, done) == (expected, ("doubled keywords", "doubled related", "doubled redirects"))


def test_breaks_and_code_keep_their_spaces() -> None:
    """Two spaces that break a line, and spaces in code, mean something."""
    body = "One  \ntwo \n\n```\ncode \n```\n\n    more \n\n\tlast\t\n"
    assert _fix(article_text(body))[0] == article_text(body.replace("two \n", "two\n"))


def test_text_that_yaml_misreads_is_quoted() -> None:
    """Numbers, dates, yes and no become the text that was meant, and the article can be read."""
    text = (
        "---\ntitle: 2024\nkind: faq\ncategory: fees\nexamples:\n  - yes\n  - 2024-01-01  # day\n  - ok\n---\n\nT. \n"
    )
    fixed, done = _fix(text)
    assert done == ("text that YAML reads as something else", "spaces at line ends")
    item, _ = parse_article("articles/fees/a.md", fixed.encode())
    assert item is not None
    assert (item.article.title, item.article.examples) == ("2024", ("yes", "2024-01-01", "ok"))
    assert "# day" in fixed


@pytest.mark.parametrize(
    "text",
    [
        "no front matter \n",
        "---\ntitle: [\n---\n\nT.\n",
        "---\ntitle: A\nkind: howto\ncategory: fees\n---\n\nT.\n",
        "---\n{title: A, kind: faq, category: fees}\n---\n\nT.\n",
        "---\ntitle: !!int 5\nkind: faq\ncategory: fees\n---\n\nT.\n",
        "---\ntitle:\nkind: faq\ncategory: fees\nowner: ~\n---\n\nT.\n",
        "---\ntitle: A\nkind: faq\nsumary: x\ncategory: fees\n---\n\nT.\n",
        "---\ntitle: A\nkind: faq\ncategory: fees\nexamples: one, two\n---\n\nT.\n",
        "---\ntitle: A\nkind: faq\ncategory: fees\nkeywords: >\n  one, two\n---\n\nT.\n",
        "---\ntitle: A\nkind: faq\ncategory: fees\nreviewed: 5/6/2026\n---\n\nT.\n",
    ],
)
def test_broken_file_is_not_touched(text: str) -> None:
    """A file that needs a person's decision is not changed."""
    assert _fix(text) == (text, ())


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("---\ntitle: [\n---\n\nT. \n", "---\ntitle: [\n---\n\nT.\n"),
        (_CLEAN.replace("faq", "howto") + "\n\n", _CLEAN.replace("faq", "howto")),
        (_CLEAN.replace("title: A", "sumary: x \ntitle: A"), _CLEAN.replace("title: A", "sumary: x\ntitle: A")),
    ],
)
def test_the_layout_of_a_broken_file_is_mended_around_its_errors(text: str, mended: str) -> None:
    """What a person must decide stays; the rest of the file is tidied as in any other."""
    assert _fix(text)[0] == mended


@pytest.mark.parametrize(
    ("line", "mended", "done"),
    [
        ("kind: FAQ", "kind: faq", "kind and status in lowercase"),
        ("status: 'Published'", "status: published", "kind and status in lowercase"),
        ("reviewed: 22 November 2026  # by me", "reviewed: 2026-11-22  # by me", "dates as YYYY-MM-DD"),
        ("reviewed: 2026-11-22 10:00:00", "reviewed: 2026-11-22", "dates as YYYY-MM-DD"),
        ("sources: [{address: b.org, dated: 2024/01, read: May 2026}]",
         "sources: [{address: b.org, dated: 2024-01, read: 2026-05}]", "dates as YYYY-MM-DD"),
        ("keywords: late fee,  due date,", 'keywords: ["late fee", "due date"]', "lists written as text"),
        ("examples: how do i pay", 'examples: ["how do i pay"]', "lists written as text"),
        ("related: [late-fee.md, ../fees/other.md, Late-Fee, x2]", "related: [late-fee, other, X2]", "ids"),
        ("not_for: [{question: a, belongs: Late-Fee.md}]", "not_for: [{question: a, belongs: late-fee}]", "ids"),
        ("examples: [{question: 5, section: '#what-to-do'}]", 'examples: [{question: "5", section: what-to-do}]',
         "sections by their anchors"),
        ("tests: [{question: five, section: What to DO}]", "tests: [{question: five, section: what-to-do}]",
         "sections by their anchors"),
        ("tests: [{question: five, section: what-you-do}]", "tests: [{question: five, section: what-to-do}]",
         "sections that were renamed"),
        ("summary: Call 1-555-210-0000 or (555) 210-0000.",
         "summary: Call {{channel.line}} or {{channel.line}}.", "telephone numbers that are channels"),
    ],
)  # fmt: skip
def test_what_has_one_right_form_is_written_so(line: str, mended: str, done: str) -> None:
    """The check reads each as what it means, so that the article is the same before and after."""
    key = line.partition(":")[0]
    rest = [known for known in ("title: A", "kind: faq", "category: fees") if not known.startswith(key)]
    text = "\n".join(["---", *rest, line, "---", "", "T.", "", "## What to do", "", "U.", ""])
    beside = Beside({"line": "(555) 210-0000"}, ids={"late-fee": "late-fee", "x2": "X2"})
    fixed = fixes("articles/fees/a.md", text.encode(), beside)
    assert f"\n{mended}\n" in fixed.text
    assert done in fixed.done
    assert fixes("articles/fees/a.md", fixed.text.encode(), beside).done == ()


def test_a_section_of_which_two_are_near_is_left_to_a_person() -> None:
    """A tie to a lost section follows it only if there is no doubt which one it became."""
    text = _CLEAN.replace("fees\n", "fees\nexamples: [{question: a, section: pay-the-bill}]\n")
    text += "\n## Pay the bill online\n\nA.\n\n## Pay the bill late\n\nB.\n"
    assert _fix(text) == (text, ())


def test_numbers_of_channels_are_named_in_the_text_alone() -> None:
    """In headings, lists and tables; code, addresses and numbers of nobody stay as they are."""
    body = (
        "Call **(555) 210-0000** or 555-210-0000.\n\n## Call 555 210 0000\n\n- `555-210-0000`, 555-310-0000\n\n"
        "| a |\n| --- |\n| 555.210.0000 |\n\n[it](tel:5552100000) https://b.org/555-210-0000\n"
    )
    channels = {"line": "555-210-0000", "es.line": "555-210-0000"}
    fixed = fixes("a/fees/a.md", article_text(body).encode(), Beside(channels))
    named = "{{channel.line}}"
    assert fixed.done == ("telephone numbers that are channels",)
    assert fixed.text == article_text(
        f"Call **{named}** or {named}.\n\n## Call {named}\n\n- `555-210-0000`, 555-310-0000\n\n"
        f"| a |\n| --- |\n| {named} |\n\n[it](tel:5552100000) https://b.org/555-210-0000\n"
    )


def test_file_that_is_no_text_is_not_touched() -> None:
    """Bytes that are not UTF-8 are left alone."""
    assert fixes("a.md", b"---\n\xff\n---\n").done == ()


def test_fix_that_would_change_the_article_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every fix is verified on the parsed article: one that would change its content or look is dropped."""
    for change in (
        lambda text: text.replace("Text.", "Other."),
        lambda text: text.replace("title: A", "title: B"),
        lambda text: text.replace("related: [x]", "related: [y]"),
        lambda text: text.replace("kind: faq", "kind: howto"),
    ):
        monkeypatch.setattr(fix, "fixes_of", lambda _, change=change, **_kind: [("a fix", change)])
        text = article_text(title="A", related=["x"]).replace('["x"]', "[x]").replace('"', "")
        assert _fix(text) == (text, ())


_LINES = st.sampled_from(
    [
        "text ",
        "text  ",
        "",
        " ",
        "```",
        "    code ",
        "- item \t",
        "# Head ",
        "> quote  ",
        "| a | ",
        "|---| ",
        "1. x ",
        "\t",
    ]
)


@given(st.lists(_LINES, max_size=12), st.sampled_from(["\n", "\r\n"]))
@settings(max_examples=150, deadline=None)
def test_fixes_never_change_what_is_shown_and_are_done_once(lines: list[str], newline: str) -> None:
    """Whatever the body, the page looks the same before and after, and a second fix finds nothing."""
    text = article_text("\n".join(lines)).replace("\n", newline)
    fixed, done = _fix(text)
    before, after = (parse_article("a/fees/a.md", t.encode(), CHANNELS)[0] for t in (text, fixed))
    assert before is not None
    assert after is not None
    assert render(before.article.body, lambda i, a: i + a) == render(after.article.body, lambda i, a: i + a)
    assert _fix(fixed) == (fixed, ())
    assert ("line ends" in done) == (newline == "\r\n")


# --------------------------------------------------------------------------------------------- a folder


def test_folder_is_mended_until_check_is_silent(tmp_path: Path) -> None:
    """All files are fixed, related both ways, and nothing mechanical is left to find."""
    folder = copy_good(tmp_path / "articles")
    (folder / "fees" / "one.md").write_text(
        article_text("T. \n", title="One", related=["late-fee", "late-fee"]), "utf-8"
    )
    (folder / "fees" / "two.md").write_text(
        article_text("T.\n", title="Two", examples=["X"]).replace('"X"', "on"), "utf-8"
    )
    (folder / "fees" / "broken.md").write_text("broken ", "utf-8")
    (folder / "fees" / "category.yaml").write_text("titel: x \n", "utf-8")
    before = contents(folder)
    done = {Path(fixed.path).name: fixed.done for fixed in fix_folder(folder, CHANNELS)}
    assert done == {
        "late-fee.md": ("related: one",),
        "one.md": ("spaces at line ends", "doubled related"),
        "two.md": ("text that YAML reads as something else",),
    }
    after = contents(folder)
    assert {name for name in before if before[name] != after[name]} == {f"fees/{name}" for name in done}
    left = {f.code for f in check_corpus(load_articles(folder, CHANNELS), today=TODAY)}
    assert not left & {"layout", "duplicate-item", "related-one-way", "wrong-type"}
    assert fix_folder(folder, CHANNELS) == []


def test_missing_relations_stop_where_there_are_enough() -> None:
    """A much related article gets no more relations than help its reader."""
    texts = {f"n{n}": article_text(related=["hub"]) for n in range(MAX_RELATED + 3)}
    found = missing_relations(corpus(hub=article_text(related=["n0", "gone", "hub"]), **texts))
    assert list(found) == ["articles/fees/hub.md"]
    assert len(found["articles/fees/hub.md"]) == MAX_RELATED - 3
    assert "n0" not in found["articles/fees/hub.md"]


def test_file_written_meanwhile_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What an editor saves while the fix runs is not overwritten."""
    folder = copy_good(tmp_path / "articles")
    path = folder / "fees" / "late-fee.md"
    path.write_bytes(path.read_bytes() + b"\n\n")
    mend = fix.fixes

    def saved_meanwhile(name: str, *rest: object) -> fix.Fixed:
        fixed = mend(name, *rest)  # type: ignore[arg-type]
        if name == str(path):
            path.write_bytes(b"new work")
        return fixed

    monkeypatch.setattr(fix, "fixes", saved_meanwhile)
    assert fix_folder(folder, CHANNELS) == []
    assert path.read_bytes() == b"new work"


def test_file_that_cannot_be_written_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk or a missing permission is one sentence."""
    folder = copy_good(tmp_path / "articles")
    (folder / "fees" / "late-fee.md").write_text(article_text("T. \n"), "utf-8")

    def full(path: Path, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(fix, "replace_file", full)
    with pytest.raises(ArticlesError, match=r"late-fee.md cannot be fixed: No space left on device"):
        fix_folder(folder, CHANNELS)


def test_list_of_something_else_keeps_its_doubles() -> None:
    """Items that are not text keep the error they already have."""
    text = article_text(keywords=[["a"], ["a"], "b", "b"])
    assert fix.drop_doubles(text, "keywords") == article_text(keywords=[["a"], ["a"], "b"])


_SIGNPOST = """---
title: A
kind: signpost
examples: []
review_in_days: 365
es:
  title: "B"
  text: "C"
status: draft
---

It is not here.
"""


def test_keys_of_a_signpost_have_an_order_too() -> None:
    """A signpost as it is made is tidy; another order is brought back to that one."""
    assert _fix(_SIGNPOST) == (_SIGNPOST, ())
    head, rest = _SIGNPOST.split("examples: []\n")
    assert _fix(head + rest.replace("status: draft\n", "status: draft\nexamples: []\n")) == (
        _SIGNPOST,
        ("order of keys",),
    )


def test_texts_within_a_key_get_quotes() -> None:
    """Questions of ``not_for`` and the Spanish text are text, whatever YAML takes them for."""
    text = _CLEAN.replace("fees\n", "fees\nnot_for:\n  - 5\n  - {question: yes, belongs: b}\n")
    fixed, done = _fix(text)
    assert done == ("text that YAML reads as something else",)
    assert '  - "5"\n  - {question: "yes", belongs: b}\n' in fixed
    assert 'title: "2026"' in _fix(_SIGNPOST.replace('"B"', "2026"))[0]
