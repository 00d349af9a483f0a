"""A translated article in an index: one article, whose parts are shown in the language of the question."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from kb.content.articles.corpus import load_articles
from kb.content.articles.translations import digest
from kb.retrieval.answering.answerer import IndexAnswerer
from kb.retrieval.answering.live import load_newest
from kb.retrieval.index.versions import current_name, read_version
from kb.retrieval.query.language import told_by_words
from kb.retrieval.query.suggest import Suggester
from kb.types import Passage, UnitKind
from tests.support import TINY, build, write_signpost

BODY = "Un cargo se agrega después de la fecha.\n\n## Cuánto es\n\nEl monto está en la factura.\n"
EXAMPLES = ["¿por qué me cobraron cargo por tarde?", {"question": "¿cuánto es el cargo?", "section": "how-much"}]
TESTS = ["el cargo por pagar tarde cuánto será"]


def translate(settings, article_id="late-fee", body=BODY, **fields):
    """Write the Spanish text of an article, with its stamp."""
    (original,) = [p for p in load_articles(settings.articles).parsed if p.article.id == article_id]
    given = {"title": "¿Qué es el cargo por tarde?", "summary": "Se agrega después.", "examples": EXAMPLES, **fields}
    lines = [f"{k}: {json.dumps(v)}" for k, v in {**given, "translated_from": digest(original)}.items()]
    path = settings.articles / original.article.category / f"{article_id}.es.md"
    path.write_text("\n".join(["---", *lines, "---", "", body]), encoding="utf-8")


@pytest.fixture
def spanish(settings):
    """Return an answerer of the six small articles, one of which is translated."""
    translate(settings, tests=TESTS)
    build(settings)
    return IndexAnswerer(load_newest(settings, pytest.fail))


def shown(answer) -> tuple[str, str, str]:
    """Return the article, the language and the anchor of the first hit."""
    hit = answer.hits[0]
    return hit.article_id, hit.passage.language, hit.passage.anchor


def test_a_question_shows_the_part_in_its_language(spanish):
    """The Spanish part has the English anchor; title and direct answer are of the same language."""
    answer = spanish.ask("¿cuánto es el cargo?")
    assert shown(answer) == ("late-fee", "es", "how-much")
    hit = answer.hits[0]
    assert (hit.title, hit.passage.heading) == ("¿Qué es el cargo por tarde?", "Cuánto es")
    assert hit.lead is not None
    assert hit.lead.text == "Un cargo se agrega después de la fecha."
    assert answer.as_json()["hits"][0]["language"] == "es"
    assert shown(spanish.ask("late fee amount"))[:2] == ("late-fee", "en")
    assert "language" not in spanish.ask("late fee amount").as_json()["hits"][0]


def test_a_reader_s_choice_stands_above_the_question(spanish):
    """In either direction; an article without a translation is shown in English."""
    assert shown(spanish.ask("late fee amount", language="es"))[:2] == ("late-fee", "es")
    assert shown(spanish.ask("¿cuánto es el cargo?", language="en")) == ("late-fee", "en", "how-much")
    assert shown(spanish.ask("give back my modem", language="es"))[:2] == ("return-equipment", "en")


def test_an_english_question_is_never_answered_in_spanish(spanish):
    """Not even one that a Spanish example repeats nearly word for word; every passage of every hit is English."""
    for text in ("late fee", "why was i charged a late fee", "cargo late fee", "how much is the late fee"):
        assert {hit.passage.language for hit in spanish.ask(text, 10).hits} == {"en"}


def test_spanish_texts_are_units_of_the_same_article(spanish):
    """Title, passages and examples are embedded with their language; an article doesn't count as longer for it."""
    searchable = spanish.index.searchable
    units = [u for u in searchable.units if u.article_id == "late-fee" and u.language == "es"]
    assert [u.kind for u in units] == [UnitKind.TITLE, *[UnitKind.PASSAGE] * 2, *[UnitKind.EXAMPLE] * 2]
    assert not any(TESTS[0] in u.text for u in searchable.units)
    passages = searchable.passages[searchable.article_ids.index("late-fee")]
    assert [(p.passage_id, p.anchor) for p in passages] == [
        ("late-fee#0", ""),
        ("late-fee#1", "how-much"),
        ("late-fee.es#0", ""),
        ("late-fee.es#1", "how-much"),
    ]
    assert [u.passage for u in units] == [-1, 2, 3, -1, 3]
    assert spanish.index.known_question("¿Qué es el cargo por tarde?") == "late-fee"


def test_english_words_score_as_without_the_translation(settings):
    """BM25 of an article's whole text is the same for English words, translated or not."""

    def scores():
        build(settings)
        searchable = load_newest(settings, pytest.fail).searchable
        found = dict(zip(searchable.article_ids, searchable.texts.scores(["late", "statement"]).tolist(), strict=True))
        return {name: found[name] for name in TINY}

    before = scores()
    translate(settings)
    assert scores() == pytest.approx(before, abs=1e-6)
    assert before["late-fee"] > 0


def test_an_index_without_translations_names_no_language(settings):
    """Its files are what they were before there were translations; with one they say so, and are read back."""
    build(settings)
    files = read_version(settings.index, current_name(settings.index)).files
    assert b"language" not in files["library.json"] + files["units.json"]
    translate(settings)
    build(settings)
    article = load_newest(settings, pytest.fail).library.articles["late-fee"]
    assert article.in_language("es").sections[1].heading == "Cuánto es"
    assert not article.in_language("es").is_out_of_date


def test_a_signpost_is_told_in_the_language_of_the_question(settings):
    """Its Spanish examples bring it up, and its Spanish text is what is said."""
    texts = {"title": "Paquetes", "text": "Pregunte al correo."}
    write_signpost(settings.articles, "parcels", title="Parcels", examples=["my parcel"], es=texts)
    found = load_articles(settings.articles).library.signposts["parcels"]
    assert (found.in_language("es").title, found.in_language("es").body) == ("Paquetes", "Pregunte al correo.")
    assert found.in_language("en") is found


def test_suggestions_are_in_the_language_typed_or_of_the_page(spanish):
    """Spanish letters bring Spanish titles anywhere; English ones do on a Spanish page alone."""
    suggester = Suggester(spanish.library)
    assert suggester.suggest("qué es el cargo")[0].text == "¿Qué es el cargo por tarde?"
    assert suggester.suggest("late fee")[0].text == "What is the late fee?"
    assert suggester.suggest("late fee", language="es")[0].text == "¿Qué es el cargo por tarde?"
    assert all(s.text.startswith("¿") for s in suggester.suggest("cargo", language="es"))


@pytest.mark.parametrize(
    ("text", "language"),
    [("¿cómo pago?", "es"), ("why is my bill so high", "en"), ("internet", ""), ("late fee", ""), ("mi factura", "es")],
)
def test_words_tell_a_language_or_none(text, language):
    """Two English function words tell, a Spanish letter does, and names of things tell nothing."""
    assert told_by_words(text) == language


def test_a_passage_is_english_unless_it_says_so():
    """As in every index of before."""
    assert replace(Passage("a#0", "a", "", "", "", ""), text="x").language == "en"
