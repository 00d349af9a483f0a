"""The list of the preview: what is to be done first, everything else by topic."""

from __future__ import annotations

import re

from kb.authoring.article_watch import PageState, PreviewPage, Snapshot
from kb.content.checks.codes import finding
from kb.html.documents import preview_list
from kb.types import ArticleKind, ArticleStatus, Category, Finding, Library
from tests.support import make_article


def _page(name: str, *codes: str, state: PageState = PageState.GOOD, **fields: object) -> PreviewPage:
    found = tuple(finding(f"a/{name}.md", (3, 7), code, f"{code} of {name}", "Mend it") for code in codes)
    article = make_article(name, title=f"About {name}", path=f"a/{name}.md", **fields)  # type: ignore[arg-type]
    return PreviewPage(f"a/{name}.md", state, article, found, is_checked=True)


def _html(*pages: PreviewPage, others: tuple[Finding, ...] = ()) -> str:
    shelves = (Category("pay", "Paying", order=2), Category("fees", "All fees", order=1))
    return str(preview_list.main(Snapshot(1, pages, Library({}, shelves), others)))


def _listed(html: str) -> list[str]:
    return re.findall('data-article="([^"]+)"', html)


def test_what_is_to_be_done_comes_first() -> None:
    """Drafts, then files with findings, the gravest first; of the others it is said once that they have none."""
    html = _html(
        _page("advised", "orphan", "no-summary"),
        _page("broken", "schema", state=PageState.BROKEN),
        _page("clean", category="pay"),
        _page("dull", category="fees"),
        _page("draft", status=ArticleStatus.DRAFT),
        _page("early", "dead-link", status=ArticleStatus.DRAFT),
        _page("warned", "dead-link"),
    )
    assert _listed(html) == ["early", "draft", "broken", "warned", "advised", "dull", "clean"]
    assert re.findall("<h2>([^<]+)</h2>", html) == ["Drafts", "With findings", "All fees", "Paying"]
    assert "7 articles. 1 error, 2 warnings, 2 pieces of advice. The other 3 files have none." in html
    assert "No findings" not in html
    assert html.count('<details class="kb-group"') == 2
    assert '<span class="kb-kind">Has errors</span>' in html


def test_findings_unfold_below_their_article_and_name_its_file_once() -> None:
    """Their places are those within the file."""
    html = _html(_page("warned", "dead-link", "orphan"))
    assert "<summary>1 warning, 1 piece of advice</summary>" in html
    assert html.count("<code>a/warned.md</code>") == 1
    assert html.count('<code class="kb-place">3:7</code>') == 2


def test_signposts_and_topics_without_a_title() -> None:
    """Signposts are counted and listed apart; a topic that customers cannot open yet is called by its folder."""
    html = _html(_page("dark", kind=ArticleKind.SIGNPOST, category="elsewhere"), _page("one", category="new-topic"))
    assert "1 article, 1 signpost. No findings." in html
    assert re.findall("<h2>([^<]+)</h2>", html) == ["New topic", "Signposts"]
    assert 'id="topic-new-topic"' in html


def test_a_file_that_cannot_be_read_is_called_by_its_name() -> None:
    """It has no title; while the whole check runs, nothing is said to be clean."""
    unread = PreviewPage("a/half.md", PageState.BROKEN, None, (finding("a/half.md", (1, 1), "yaml", "m", "f"),))
    html = _html(unread, _page("clean"))
    assert '<a href="/a/half">half</a>' in html
    assert "2 articles. Checking…" in html


def test_deleted_files_and_findings_of_others_are_named() -> None:
    """Above all topics, each with its file."""
    gone = _page("gone", "missing-redirect", state=PageState.GONE)
    other = finding("a/category.yaml", (1, 1), "schema", "m", "f")
    html = _html(gone, _page("clean"), others=(other,))
    assert "<h2>Deleted since the preview started</h2>" in html
    assert "<code>a/gone.md</code>" in html
    assert "a/category.yaml:1:1" in html
    assert _listed(html) == ["clean"]
