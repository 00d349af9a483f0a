"""Translations beside their articles: joined to them, checked against them, stamped, and moved with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.content.articles.corpus import Corpus, load_articles, read_corpus
from kb.content.articles.parse import ParsedArticle
from kb.content.articles.translations import digest, out_of_date
from kb.content.checks.corpus_check import check_corpus
from kb.content.editing.moves import remove, rename
from kb.content.editing.translating import new_translation, stamp
from kb.content.markdown.render import plain_text
from kb.errors import ArticlesError
from kb.types import TOP, Finding, Severity
from tests.content.helpers import CHANNELS, TODAY, article_text, signpost_text

ENGLISH = article_text(
    "Ask within 60 days.\n\n## If you were charged\n\nCall {{channel.phone}}.\n\n## If it is late\n\nWrite.\n",
    title="Who gets a late fee?",
    summary="Whoever pays late.",
    examples=["late fee", {"question": "late fee again", "section": "if-it-is-late"}],
    tests=["a fee for paying late"],
)
PATH, SPANISH_PATH = "articles/fees/late-fee.md", "articles/fees/late-fee.es.md"
BODY = "Pregunte antes de 60 días.\n\n## Si le cobraron\n\nLlame al {{channel.phone}}.\n\n## Si es tarde\n\nEscriba.\n"


def spanish(body: str = BODY, **fields: object) -> str:
    """Return the text of a translation; a field given as None is left out."""
    values = {
        "title": "¿A quién le cobran por pagar tarde?",
        "summary": "A quien paga tarde.",
        "examples": ["cargo por pagar tarde", {"question": "otra vez tarde", "section": "if-it-is-late"}],
        "translated_from": "unstamped",
        "kind": None,
        "category": None,
        **fields,
    }
    return article_text(body, **values)


def corpus(translation: str, english: str = ENGLISH, path: str = SPANISH_PATH, **others: str) -> Corpus:
    """Return an article with a translation, and perhaps other files by path."""
    files = {PATH: english, path: translation, **others}
    channels = {**CHANNELS, "es.phone": "(555) 010-0001"}
    return read_corpus({name: text.encode() for name, text in sorted(files.items())}, channels)


def stamped(text: str, english: str = ENGLISH) -> str:
    """Return a translation that knows the English text it was made from."""
    return text.replace('"unstamped"', f'"{digest(corpus(text, english).parsed[0])}"')


def about(checked: Corpus, path: str = SPANISH_PATH) -> list[Finding]:
    """Return the findings about one file."""
    return [f for f in check_corpus(checked, today=TODAY) if f.path == path]


def codes(checked: Corpus) -> list[tuple[int, str, str]]:
    """Return line, severity and code of each finding about the translation."""
    return [(f.line, f.severity.value, f.code) for f in about(checked)]


def test_a_translation_is_its_article_in_another_language() -> None:
    """It has the article's id, anchors and facts, the channels' Spanish words, and its own text and questions."""
    found = corpus(stamped(spanish()))
    article = found.library.articles["late-fee"]
    made = article.in_language("es")
    assert (made.id, made.language, made.category, made.path) == ("late-fee", "es", "fees", SPANISH_PATH)
    assert [s.anchor for s in made.sections] == [s.anchor for s in article.sections]
    assert [s.heading for s in made.sections] == ["", "Si le cobraron", "Si es tarde"]
    assert "(555) 010-0001" in made.body
    assert made.example_sections == {"otra vez tarde": "if-it-is-late"}
    assert article.every_example == ("late fee", "late fee again", "cargo por pagar tarde", "otra vez tarde")
    assert (made.is_out_of_date, article.language, article.in_language("fr")) == (False, "en", article)
    assert [f for f in about(found) if f.severity is not Severity.ADVICE] == []


def test_a_section_may_be_named_by_its_spanish_heading() -> None:
    """A question tied by the words of the Spanish heading has the English anchor."""
    asked = [{"question": "y si es tarde", "section": "Si es tarde"}, {"question": "y ya", "section": TOP}]
    made = corpus(spanish(examples=asked)).library.articles["late-fee"].in_language("es")
    assert made.example_sections == {"y si es tarde": "if-it-is-late", "y ya": TOP}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (spanish(title=None), [(2, "error", "schema")]),
        (spanish(title="Who gets a late fee?"), [(2, "error", "untranslated")]),
        (spanish(summary=None), [(1, "error", "untranslated")]),
        (spanish(""), [(7, "error", "untranslated")]),
        (spanish(related=["late-fee"], status="draft"), [(6, "error", "unknown-key"), (7, "error", "unknown-key")]),
        (
            spanish(
                "Pregunte.\n\n## Si le cobraron\n\nYou can ask for the money that is on your bill.\n\n## B\n\nSí.\n"
            ),
            [(12, "warning", "untranslated-text")],
        ),
        (spanish(BODY.replace("## Si es", "### Si es")), [(14, "warning", "translation-headings")]),
        (spanish("Pregunte.\n\n## Si le cobraron\n\nYa.\n"), [(10, "warning", "translation-headings")]),
        (spanish(BODY + "\n## Otra cosa\n\nYa.\n"), [(18, "warning", "translation-headings")]),
        (spanish(examples=[{"question": "y esto", "section": "elsewhere"}]), [(4, "warning", "dead-section")]),
        (spanish(BODY + "\nVea [esto](late-fees) y [aquello](#if-it-is-late).\n"), [(18, "warning", "dead-link")]),
        (spanish(tests=["late fee"]), [(6, "warning", "test-repeats-example")]),
        (spanish(reviewed="2027-01-01"), [(6, "error", "date"), (6, "warning", "future-date")]),
    ],
)
def test_what_is_wrong_with_a_translation_is_found(text: str, expected: list[tuple[int, str, str]]) -> None:
    """Each fault has its line, its severity and its code; whether it is up to date is another matter."""
    assert [row for row in codes(corpus(stamped(text))) if row[2] not in ("translation-outdated", "layout")] == expected


def test_a_translation_with_a_fault_is_not_shown() -> None:
    """Customers read English while a required field is missing or the headings differ."""
    for text in (spanish(summary=None), spanish("Pregunte.\n")):
        assert corpus(text).library.articles["late-fee"].translations == {}


def test_a_translation_without_its_article_is_an_error() -> None:
    """One of another name, and one that lies in another folder, say what to do."""
    (alone,) = about(corpus(spanish(), path="articles/fees/late-fees.es.md"), "articles/fees/late-fees.es.md")
    assert (alone.code, alone.severity) == ("translation-alone", Severity.ERROR)
    assert "there is no article late-fees.md in this folder" in alone.message
    astray = "articles/bills/late-fee.es.md"
    found = about(corpus(spanish(), path=astray), astray)[0]
    assert found.fix == "Move it to articles/fees/late-fee.es.md"


def test_a_changed_english_text_makes_its_translation_out_of_date() -> None:
    """Every word of title, summary and body counts; spaces, channels' words and everything else do not."""
    text = stamped(spanish())
    assert out_of_date(corpus(text).translations) == []
    untidy = ENGLISH.replace("Write.", "Write. ").replace('kind: "faq"', 'kind: "troubleshooting"')
    assert out_of_date(corpus(text, untidy).translations) == []
    for changed in (ENGLISH.replace("Write.", "Call."), ENGLISH.replace("pays late", "paid late")):
        found = corpus(text, changed)
        assert [p.article.path for p in out_of_date(found.translations)] == [SPANISH_PATH]
        assert found.library.articles["late-fee"].in_language("es").is_out_of_date
        assert [(f.severity, f.code) for f in about(found)] == [(Severity.ADVICE, "translation-outdated")]
        assert f"kb translation --stamp {SPANISH_PATH}" in about(found)[0].fix


def test_a_signpost_is_translated_by_title_and_text() -> None:
    """The file takes the place of the key 'es'; a signpost has no summary in any language."""
    place, name = "articles/elsewhere/jobs.md", "articles/elsewhere/jobs.es.md"
    post = signpost_text(title="Jobs", examples=["a job"], es={"title": "Viejo", "text": "Viejo."})
    text = spanish("No está aquí.\n", title="Empleos", summary=None, examples=["un trabajo"])
    found = corpus(spanish(), **{place: post, name: text}).library.signposts["jobs"]
    assert found.spanish is not None
    assert (found.spanish.title, found.spanish.text) == ("Empleos", "No está aquí.")
    assert found.every_example == ("a job", "un trabajo")
    wrong = corpus(spanish(), **{place: post, name: text.replace("examples", 'summary: "x"\nexamples')})
    assert [f.code for f in about(wrong, name) if f.severity is Severity.ERROR] == ["unknown-key"]


def test_notes_have_spanish_titles() -> None:
    """A note is written as in English, and its title is in Spanish."""
    made = corpus(spanish(BODY + "\n> [!NOTE]\n> Lea esto.\n")).library.articles["late-fee"].in_language("es")
    assert plain_text(made.sections[-1].markdown) == "Escriba.\nNota\nLea esto."


# ------------------------------------------------------------------------------------------- on disk


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with two articles that link to each other, both translated and stamped."""
    fees = tmp_path / "articles" / "fees"
    fees.mkdir(parents=True)
    (fees / "late-fee.md").write_text(ENGLISH + "\n[Pay](pay)\n", "utf-8")
    (fees / "late-fee.es.md").write_text(spanish(BODY + "\n[Pague](pay)\n"), "utf-8")
    (fees / "pay.md").write_text(
        article_text("[Late](late-fee#if-it-is-late)\n", title="Pay", summary="Pay now."), "utf-8"
    )
    (fees / "pay.es.md").write_text(
        spanish("[Tarde](late-fee#if-it-is-late)\n", title="Pagar", summary="Pague ya.", examples=["pagar ya"]), "utf-8"
    )
    found = tmp_path / "articles"
    stamp(load_articles(found, CHANNELS), [fees / "late-fee.es.md", fees / "pay.md"])
    return found


def _fresh(folder: Path) -> list[ParsedArticle]:
    found = load_articles(folder, CHANNELS)
    found.raise_on_errors()
    assert out_of_date(found.translations) == []
    return list(found.translations)


def test_a_stamp_makes_a_translation_fresh(folder: Path) -> None:
    """Both were stamped, one by the name of its English file; stamping again changes nothing."""
    assert len(_fresh(folder)) == 2
    before = (folder / "fees/pay.es.md").read_bytes()
    assert [done.is_changed for done in stamp(load_articles(folder, CHANNELS), [folder / "fees/pay.es.md"])] == [False]
    assert (folder / "fees/pay.es.md").read_bytes() == before


def test_what_cannot_be_stamped_is_said(folder: Path) -> None:
    """A file that is not there and one with an error are refused, and nothing is written."""
    with pytest.raises(ArticlesError, match=r"There is no translation .*nothing\.es\.md"):
        stamp(load_articles(folder, CHANNELS), [folder / "fees/nothing.es.md"])
    (folder / "fees/pay.es.md").write_text(spanish("Ya.\n", title=None), "utf-8")
    with pytest.raises(ArticlesError, match=r"Nothing was stamped. Correct this first: .*'title' is missing"):
        stamp(load_articles(folder, CHANNELS), [folder / "fees/pay.es.md"])


def test_a_renamed_article_takes_its_translation_along(folder: Path) -> None:
    """File and links of both languages follow, and translations that were up to date still are."""
    rename(folder, "late-fee", "fee", channels=CHANNELS)
    assert sorted(p.name for p in (folder / "fees").iterdir()) == ["fee.es.md", "fee.md", "pay.es.md", "pay.md"]
    assert "(fee#if-it-is-late)" in (folder / "fees/pay.es.md").read_text("utf-8")
    assert [p.article.id for p in _fresh(folder)] == ["fee", "pay"]


def test_a_removed_article_takes_its_translation_along(folder: Path) -> None:
    """The translation is deleted, too, and links in other translations lead to the heir."""
    remove(folder, "pay", "late-fee", channels=CHANNELS)
    assert sorted(p.name for p in (folder / "fees").iterdir()) == ["late-fee.es.md", "late-fee.md"]
    assert "(pay)" not in (folder / "fees/late-fee.es.md").read_text("utf-8")
    assert len(_fresh(folder)) == 1


def test_a_new_translation_has_the_headings_and_the_stamp(folder: Path) -> None:
    """The skeleton says what to translate, in the order of the English text, and is refused until it is done."""
    (folder / "fees/late-fee.es.md").unlink()
    path = new_translation(load_articles(folder, CHANNELS), "late-fee")
    text = path.read_text("utf-8")
    assert "title: # Who gets a late fee?" in text
    assert "## TODO: If you were charged" in text
    found = load_articles(folder, CHANNELS)
    errors = {f.code for f in found.findings if f.path == str(path) and f.severity is Severity.ERROR}
    assert errors == {"schema", "untranslated"}
    with pytest.raises(ArticlesError, match="is there already"):
        new_translation(found, "late-fee")
