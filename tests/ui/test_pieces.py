"""The pieces of the pages that need no page: addresses, dates, the answerer's slot, the two configurations."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.app.lazy import AnswererSlot, SuggesterSlot
from kb.errors import IndexMissing, KbError
from kb.retrieval.query.suggest import Suggester
from kb.types import Answerer, Library
from tests.ui.fakes import FakeAnswerer

ROOT = Path(__file__).resolve().parent.parent.parent


def test_both_streamlit_configurations_are_the_same() -> None:
    """``streamlit run app.py`` and ``kb serve`` must look and behave alike."""
    at_root = (ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8")
    assert at_root == (ROOT / "kb" / "ui" / "entry" / ".streamlit" / "config.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("script", [ROOT / "app.py", ROOT / "kb" / "ui" / "entry" / "script.py"])
def test_no_folder_of_pages_beside_a_script(script: Path) -> None:
    """Streamlit would run the files of such a folder without the router until the start page has been opened."""
    assert script.is_file()
    assert not (script.parent / "pages").exists()


class _Loader:
    def __init__(self, *failures: KbError) -> None:
        self.failures = list(failures)
        self.calls = 0

    def __call__(self) -> Answerer:
        self.calls += 1
        if self.failures:
            raise self.failures.pop(0)
        return FakeAnswerer()


def test_the_slot_tries_again_only_after_a_while() -> None:
    """A missing index is looked for now and then, not at every request; once there, it stays."""
    now = [0.0]
    loader = _Loader(IndexMissing("none"), IndexMissing("none"))
    slot = AnswererSlot(loader, retry_seconds=1.0, clock=lambda: now[0])
    for _ in range(3):
        with pytest.raises(IndexMissing, match="none"):
            slot.get()
    assert loader.calls == 1
    now[0] = 1.0
    with pytest.raises(IndexMissing):
        slot.get()
    now[0] = 2.0
    first = slot.get()
    assert slot.get() is first
    assert loader.calls == 3


def test_suggestions_follow_the_index() -> None:
    """Suggestions are built once per library, again for the next, and when they are renewed."""
    slot, first, second = SuggesterSlot(Suggester), Library({}, ()), FakeAnswerer().library
    made = slot.get(first)
    assert slot.get(first) is made
    made = slot.get(second)
    assert [s.article_id for s in made.suggest("late fee")] == ["late-fee"]
    slot.renew(second)
    assert slot.get(second) is not made
