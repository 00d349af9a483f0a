import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.content.articles.corpus import load_articles
from kb.evaluation.voices import Voice, voice_of
from tests.support import real_settings


@pytest.mark.parametrize(
    ("text", "voice"),
    [
        ("Why did my bill go up?", Voice.QUESTION),
        ("late fee amount", Voice.KEYWORDS),
        ("auto pay?", Voice.QUESTION),
        ("how do i sine up for autopay", Voice.MESSY),
        ("I paid on Monday. It still says I owe.", Voice.STORY),
        ("I paid on Monday! Why does it say I owe?", Voice.STORY),
        ("They charged $4.99 for what", Voice.MESSY),
        ("¿Cómo pago?", Voice.SPANISH),
        ("poner el autopay", Voice.SPANISH),
        ("quiero que me bajen la factura", Voice.SPANISH),
        ("is my bill in la jolla the same", Voice.MESSY),
        ("", Voice.KEYWORDS),
    ],
)
def test_voice(text, voice):
    """Each rule gives its voice, in the order they are stated."""
    assert voice_of(text) is voice


def test_shipped_tests_are_told_apart(tmp_path):
    """Of the shipped tests, which come in pairs of a voice, at most one in twenty is told wrong."""
    settings = real_settings(tmp_path)
    corpus = load_articles(settings.articles, settings.site.channel_texts())
    order = [Voice.QUESTION, Voice.KEYWORDS, Voice.MESSY, Voice.STORY, Voice.SPANISH]
    told = [voice_of(t) is order[n // 2] for a in corpus.articles for n, t in enumerate(a.tests) if len(a.tests) == 10]
    assert sum(told) >= 0.95 * len(told)


@given(st.text())
def test_any_text_has_a_voice(text):
    """No text is too strange."""
    assert voice_of(text) in Voice
