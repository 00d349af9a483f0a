"""``kb translation`` and ``kb stale``: what they print, and what they write."""

from __future__ import annotations

import pytest

from tests.support import write_tiny

SPANISH = '---\ntitle: "¿Qué es?"\nsummary: "Un cargo."\n---\n\nUn cargo.\n\n## Cuánto\n\nSe ve en la factura.\n'


@pytest.fixture
def folder(tmp_path):
    """A folder of six small articles, one of them translated and never stamped."""
    made = write_tiny(tmp_path / "content")
    (made / "fees" / "late-fee.es.md").write_text(SPANISH, encoding="utf-8")
    return made


def test_stamping_and_what_is_stale(kb, folder):
    """A stamp makes a translation fresh, until the English text changes."""
    path = folder / "fees" / "late-fee.es.md"
    stale = kb("stale", "--articles", folder)
    assert stale.out.splitlines() == [str(path), "1 of 1 translation out of date"]
    assert kb("translation", "--stamp", path, "--articles", folder).out == f"{path}: stamped\n"
    assert kb("translation", "--stamp", path, "--articles", folder).out == f"{path}: was stamped already\n"
    assert kb("stale", "--json", "--articles", folder).json == []
    assert "and 1 translation" in kb("check", folder).out.splitlines()[-1]
    english = folder / "fees" / "late-fee.md"
    english.write_text(english.read_text("utf-8").replace("statement", "bill"), "utf-8")
    assert kb("stale", "--json", "--articles", folder).json == [{"id": "late-fee", "path": str(path)}]


def test_a_translation_is_begun_beside_its_article(kb, folder):
    """The command names the next steps; an article that is not there is an error."""
    done = kb("translation", "--new", "paper-bill", "--articles", folder)
    assert done.out.startswith(f"{folder / 'autopay' / 'paper-bill.es.md'}: write it in Spanish")
    assert kb("translation", "--new", "paper-bills", "--articles", folder).status == 1


@pytest.mark.parametrize(
    "given", [(), ("--stamp",), ("x.es.md",), ("--new", "a", "--stamp"), ("--new", "a", "x.es.md")]
)
def test_wrong_usage_says_what_is_right(kb, folder, given):
    """Either of the two, with what it needs."""
    assert kb("translation", *given, "--articles", folder).status == 2
