"""The page for writers: the list of articles, a draft checked and shown, a question tried."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from kb.authoring.draft_desk import DeskBusy, DraftDesk
from kb.errors import IndexMissing
from kb.html.parts.writing import reasons
from kb.retrieval.answering.live import LiveAnswerer
from kb.settings.settings import Settings
from kb.types import Answer, Elsewhere, HitEvidence, NoAnswer, NoAnswerReason, UnitKind
from kb.ui.keys import Key
from tests.support import write_article, write_signpost, write_tiny
from tests.ui.conftest import ROOT, page_html
from tests.ui.fakes import SITE, FakeAnswerer, FakeContainer, make_article

WRITING = "kb/ui/pages/writing.py"
DRAFT = """---
title: "What is a zebra credit?"
kind: faq
category: fees
summary: "A zebra credit is money back."
examples:
  - "what is a zebra credit on my statement"
  - "zebra credit meaning"
status: draft
---

A zebra credit is money back.

## How much

See [the late fee](late-fee).
"""
HOSTILE = (
    DRAFT
    + """
<script>window.hacked=1</script> <img src=x onerror="window.hacked=1">
[x](javascript:alert(1)) ![](https://example.com/x.png "\\" onload=alert(1)") &lt;svg onload=alert(1)&gt;
"""
)


@pytest.fixture
def open_desk(monkeypatch: pytest.MonkeyPatch, container: FakeContainer) -> None:
    """Turn the page on, as on the editor's own computer."""
    monkeypatch.setenv("KB_LOCAL_EDITOR", "1")
    container.listens_on = "127.0.0.1"
    monkeypatch.setattr("kb.ui.current_user._requested_host", lambda: "127.0.0.1:8501")


@pytest.fixture
def site_settings(tiny_index: Settings, tmp_path: Path) -> Settings:
    """Return settings with the small articles, to be written to, and their index, which is not."""
    url = f"sqlite:///{tmp_path / 'journal.db'}"
    return replace(tiny_index, articles=write_tiny(tmp_path / "articles"), site=SITE, database_url=url)


@pytest.fixture
def page(open_desk: None, site_settings: Settings, container: FakeContainer) -> AppTest:
    """Return the page for writers over the small articles, run once."""
    del open_desk
    st.cache_resource.clear()
    answerer = LiveAnswerer(site_settings)
    container.put(settings=site_settings)
    container.put(answerer=answerer)
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    at.switch_page(WRITING).run()
    assert not at.exception
    return at


def check(at: AppTest, text: str, article_id: str = "") -> str:
    """Paste a draft, send it, and return the page."""
    at.text_area(key=Key.WRITING_DRAFT).set_value(text)
    at.text_input(key=Key.WRITING_DRAFT_ID).set_value(article_id)
    at.button(key=Key.WRITING_DRAFT_SUBMIT).click().run()
    assert not at.exception
    return page_html(at)


def attributes(html: str) -> list[tuple[str, str]]:
    """Return every attribute of every element."""
    found: list[tuple[str, str]] = []
    parser = HTMLParser()
    parser.handle_starttag = lambda _tag, attrs: found.extend((n, v or "") for n, v in attrs)  # type: ignore[method-assign]
    parser.feed(html)
    return found


def try_question(at: AppTest, question: str) -> str:
    """Type a question, send it, and return the page."""
    at.text_input(key=Key.WRITING_QUERY).set_value(question)
    at.button(key=Key.WRITING_QUERY_SUBMIT).click().run()
    assert not at.exception
    return page_html(at)


def digest_of(folder: Path) -> str:
    """Return one number for everything below a folder."""
    total = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        total.update(str(path).encode() + path.read_bytes())
    return total.hexdigest()


# ---------------------------------------------------------------------------------------------- the list


def test_all_articles_are_listed_with_what_an_editor_needs(page: AppTest) -> None:
    """Each with the way to its editor, its state, its owner and its findings; drafts too."""
    html = page_html(page)
    assert html.count('<a href="/writing?article=') == 7
    row = html.split('href="/writing?article=late-fee"')[1].split("</tr>")[0]
    assert "What is the late fee?" in row
    assert "Published" in row
    assert "3 pieces of advice" in row
    assert "Not published" in html
    assert html.count("<h1") == 1
    assert '<a href="/writing"><span>Writing</span></a>' in html.split("kb-footer-links")[1]


def test_a_saved_file_is_seen_at_the_next_look(page: AppTest, site_settings: Settings) -> None:
    """The working copy is read from disk, not from the index; a broken file stays in the list."""
    write_article(site_settings.articles, "late-fee", title="Another title?")
    write_article(site_settings.articles, "half-done", kind="nonsense")
    html = page_html(page.run())
    assert "Another title?" in html
    assert "Has errors" in html.split("article=half-done")[1].split("</tr>")[0]


def test_signposts_are_a_choice_of_their_own(page: AppTest, site_settings: Settings) -> None:
    """They are not among the articles, and the address names the choice."""
    write_signpost(site_settings.articles, "power-cut", title="Power cuts", status="draft")
    assert "article=power-cut" not in page_html(page.run())
    page.query_params["state"] = "signposts"
    html = page_html(page.run())
    assert "article=power-cut" in html
    assert "article=late-fee" not in html


def test_a_draft_of_a_signpost_is_shown(page: AppTest, site_settings: Settings) -> None:
    """It lies in its own folder, and is shown as customers read it, in both languages."""
    text = "---\ntitle: Power cuts\nkind: signpost\nes: {title: Luz, text: Llame ya.}\n---\n\nCall now.\n"
    html = check(page, text)
    assert str(site_settings.articles / "elsewhere" / "power-cuts.md") in html
    assert 'data-signpost="power-cuts"' in html
    assert "A signpost: customers read this in place of an answer." in html
    assert html.index("Call now.") < html.index("Llame ya.")


# --------------------------------------------------------------------------------------------- the draft


def test_a_draft_is_checked_and_shown(page: AppTest, site_settings: Settings) -> None:
    """Findings with line and column of the pasted text; the article as its page shows it; nothing is written."""
    before = digest_of(site_settings.articles)
    html = check(page, DRAFT.replace("(late-fee)", "(late-fea)"))
    draft = html.split('class="kb-desk" data-draft')[1]
    assert f"{site_settings.articles}/fees/what-is-a-zebra-credit.md" in draft
    assert "dead-link" in draft
    assert ">16:" in draft
    assert "Did you mean &#39;late-fee&#39;?" in draft
    sheet = html.split("kb-sheet")[1]
    assert 'aria-level="3">What is a zebra credit?</p>' in sheet
    assert '<h2 id="how-much">How much</h2>' in sheet
    assert digest_of(site_settings.articles) == before


def test_a_draft_of_an_article_that_exists_takes_its_place(page: AppTest, site_settings: Settings) -> None:
    """The draft replaces the article by title or given name; the old version is not its duplicate."""
    text = (site_settings.articles / "fees" / "late-fee.md").read_text().replace("The amount", "The sum")
    html = check(page, text)
    assert "fees/late-fee.md" in html.split("data-draft")[1][:300]
    assert "duplicate-title" not in html.split("data-draft")[1]
    assert "The sum stands on the statement." in html
    html = check(page, DRAFT, "late-fee")
    assert "fees/late-fee.md" in html.split("data-draft")[1][:300]


def test_what_a_draft_changes_elsewhere_is_named(page: AppTest) -> None:
    """Another article links to a heading that the draft takes away, or has the same example now."""
    html = check(page, DRAFT.replace("zebra credit meaning", "bill increased"), "aaa-zebra")
    assert "duplicate-example" in html.split("data-draft")[1]
    html = check(page, DRAFT.replace("title: ", "redirects: [paper-bill]\ntitle: "))
    assert "duplicate-id" in html.split("data-draft")[1]


def test_a_broken_draft_shows_where(page: AppTest) -> None:
    """Errors are shown at their places, and the rest of the draft; no question can be tried with it."""
    html = check(page, DRAFT.replace("kind: faq", "kind: nonsense"))
    assert ">3:7</code>" in html
    assert "schema" in html
    assert "This is what could be read of it" in html
    assert html.index("This is what could be read of it") < html.index('class="kb-draft-title"')
    assert "The checked draft has errors" in html
    html = check(page, "only words")
    assert "no-front-matter" in html
    assert "the draft cannot be shown" in html


def test_hostile_markdown_in_a_draft_stays_harmless(page: AppTest) -> None:
    """Hostile Markdown is shown as text everywhere on the page."""
    html = check(page, HOSTILE.replace("What is a zebra credit?", "<script>alert(1)</script>"))
    sheet = html.split("kb-sheet")[1]
    assert "<script" not in html
    found = attributes(html)
    assert not [name for name, _ in found if name.startswith("on")]
    assert not [value for _, value in found if "javascript:" in value.lower()]
    assert "<svg" not in html
    assert "&lt;script&gt;window.hacked=1&lt;/script&gt;" in sheet
    assert "raw-html" in html


def test_an_empty_draft_is_no_draft(page: AppTest) -> None:
    """An empty draft is not checked, and the page tells how to try a question with a draft."""
    html = check(page, "  \n")
    assert "data-draft" not in html
    assert "check the draft first" in html


# ------------------------------------------------------------------------------------------ the question


def test_a_question_shows_the_ranking_with_its_reasons(page: AppTest) -> None:
    """What the customer sees, why, and each article with what brought it up; every number is folded."""
    html = try_question(page, "why was i charged a late fee")
    tried = html.split("kb-tried")[1]
    assert "Answered with the first article" in tried
    assert "The question is, word for word, an example of “What is the late fee?”." in tried
    card = re.sub("<[^>]+>", "", tried.split('aria-label="What the customer sees"')[1])
    assert "A late fee is added after the due date." in card
    first = tried.split("<li data-hit=")[1]
    assert first.startswith('"late-fee"')
    for part in ("(best)", "(mean)", "(text)", "(spelling)"):
        assert part in first
    assert "sure that “What is the late fee?” answers it." in tried
    assert "Its lead over the second" in tried
    assert "Parts that put it first, of four" in tried


def test_a_question_without_a_word_is_said(page: AppTest) -> None:
    """No ranking, no error."""
    assert "There is nothing to look for" in try_question(page, "?!")


def test_markup_in_a_question_is_text(page: AppTest) -> None:
    """Echoed as typed."""
    html = try_question(page, "<script>alert(1)</script> late fee")
    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_without_an_index_the_rest_of_the_page_works(page: AppTest, container: FakeContainer) -> None:
    """The list and the draft need none; the question says what is missing."""
    container.put(answerer=IndexMissing("none"))
    html = try_question(page, "late fee")
    assert "No index serves yet" in html
    assert html.count('<a href="/writing?article=') == 7


def test_a_question_is_tried_with_the_draft_in_it(page: AppTest, site_settings: Settings) -> None:
    """A trial index has the draft as if it were published; the published index and the articles stay as they are."""
    before = digest_of(site_settings.index), digest_of(site_settings.articles)
    check(page, DRAFT)
    page.button(key=Key.WRITING_TRIAL).click().run()
    assert not page.exception
    html = try_question(page, "zebra credit meaning")
    first = html.split("<li data-hit=")[1]
    assert first.startswith('"what-is-a-zebra-credit"')
    assert "Your draft" in first
    assert "/article?id=what-is-a-zebra-credit" not in html
    page.radio(key=Key.WRITING_QUERY_INDEX).set_value("the help center as it is now")
    published = try_question(page, "zebra credit meaning").split("kb-tried")[1]
    assert "what-is-a-zebra-credit" not in published
    assert (digest_of(site_settings.index), digest_of(site_settings.articles)) == before
    # Another draft is another index.
    check(page, DRAFT.replace("money back", "money returned"))
    assert Key.WRITING_TRIAL in {button.key for button in page.button}


def test_one_trial_index_at_a_time(site_settings: Settings) -> None:
    """The second is told, and nothing waits."""
    desk = DraftDesk(site_settings)
    draft = desk.check(DRAFT)
    with desk._building, pytest.raises(DeskBusy):
        desk.build_trial(draft, lambda _step: None)
    assert desk.trial(draft.digest) is None


def test_reasons_say_what_each_outcome_means(answerer: FakeAnswerer) -> None:
    """Every outcome has its reason in words."""

    def said(text: str) -> str:
        return reasons.outcome_words(answerer.ask(text))

    assert said("why did my bill go up") == "Answered with the first article"
    assert said("late") == "The customer chooses between 2 articles"
    assert said("bread") == "Handed over to an agent: no article is likely enough to answer it"


def test_reasons_name_the_signpost_and_the_companies(answerer: FakeAnswerer) -> None:
    """An editor sees what the customer reads; a question that is simply not answered has neither."""
    answer = answerer.ask("late fee")
    signpost = make_article("power-cut", title="Power <cuts>")
    about = NoAnswer(NoAnswerReason.ELSEWHERE, (), Elsewhere(signpost, ("Acme", "Nadir")))
    html = reasons.html(replace(answer, outcome=about), answerer.library, SITE)
    assert "<li>Signpost: Power &lt;cuts&gt;</li><li>Companies named: Acme, Nadir</li>" in html
    below = NoAnswer(NoAnswerReason.BELOW_THRESHOLD, ())
    plain = reasons.html(replace(answer, outcome=below), answerer.library, SITE)
    assert "Signpost" not in plain
    assert "Companies" not in plain


def test_a_long_passage_is_cut_and_escaped(answerer: FakeAnswerer) -> None:
    """A reason is to be read at a glance."""
    answer = answerer.ask("why did my bill go up", k=1)
    evidence = HitEvidence(UnitKind.PASSAGE, "<b>" + "x" * 2000, {"best": 0.51234})
    hit = replace(answer.hits[0], evidence=evidence)
    shown: Answer = replace(answer, hits=(hit,), signals={"share": 0.0, "agreement": 3.0})
    html = reasons.html(shown, answerer.library, SITE)
    assert "&lt;b&gt;" in html
    assert "x" * 500 not in html
    assert "<dd>0.512</dd>" in html
    assert "<dd>50.0%</dd>" in html
    assert "<dd>3</dd>" in html
