"""What the customer is told about what is kept, and where."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from kb.html.parts import ask, privacy
from kb.html.words import Language, use_language, words
from kb.privacy.text import Kind
from tests.ui import fakes
from tests.ui.conftest import page_html
from tests.ui.fakes import FakeContainer

if TYPE_CHECKING:
    from streamlit.testing.v1 import AppTest

VISIT = "0123456789abcdef0123456789abcdef"


def test_the_note_stands_under_the_question_field(app: AppTest) -> None:
    """On the first page and on an answer, with its link."""
    for question in (None, "why did my bill go up"):
        if question:
            app.query_params["q"] = question
        app.run()
        assert page_html(app).count('<a href="/privacy">What we keep</a>') == 1
        assert not app.exception


def test_the_note_stands_in_the_form_of_every_other_page() -> None:
    """The note is in every form, with and without JavaScript."""
    assert privacy.note() in ask.search_form()
    assert privacy.note() in ask.search_form(plain=True)


def test_the_page_says_how_long(app: AppTest, container: FakeContainer) -> None:
    """The number of days is the operator's."""
    container.put(settings=replace(fakes.settings(), retention_days=1))
    app.run()
    html = page_html(app.switch_page("kb/ui/pages/privacy.py").run())
    assert "1 day. After that it is erased." in html
    assert re.search(r"The number of this visit is <code>[0-9a-f]{32}</code>", html)
    assert not app.exception


def test_the_page_names_the_visit() -> None:
    """A visitor can name the visit to erase; a cookie value that is not a valid key is not shown."""
    assert f"The number of this visit is <code>{VISIT}</code>." in privacy.page(180, VISIT)
    assert "180 days. After that it is erased." in privacy.page(180, VISIT)
    assert "This browser has no number" in privacy.page(180, "<script>")
    assert "<script>" not in privacy.page(180, "<script>")


def test_every_kind_that_is_taken_out_is_named() -> None:
    """In both languages as many lines as there are groups of kinds; none of the kinds is left unsaid."""
    said = " ".join(words().privacy.removed).lower()
    heads = {
        Kind.BANK: "bank",
        Kind.BIRTHDAY: "dates of birth",
        Kind.CODE: "security code",
        Kind.DEVICE: "serial numbers of devices",
        Kind.EMAIL: "email address",
    }
    for kind in Kind:
        assert heads.get(kind, kind.value.lower()) in said, kind


def test_the_page_is_in_spanish_too() -> None:
    """Words of the other catalogue, the same number of parts."""
    english = privacy.page(180, VISIT)
    use_language(Language.SPANISH)
    try:
        spanish = privacy.page(180, VISIT)
    finally:
        use_language(Language.ENGLISH)
    assert "Qué guardamos" in spanish
    assert "180 días" in spanish
    assert spanish.count("<h2>") == english.count("<h2>") == 8
    assert spanish.count("<li>") == english.count("<li>")
