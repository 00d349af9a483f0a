"""Drafts begun with one click: from a gap, and from a question that was answered wrongly."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from kb.app.container import Container
from kb.app.drafting import from_gap, from_question
from kb.errors import GapRefused, QueryUnknown, WritingRefused
from kb.gaps.states import GapState
from kb.types import Role, User
from tests.gaps.needs import FEE, FEE_AGAIN, grouper
from tests.journal_rows import put_query
from tests.support import build

KIM, LEE = User("kim", Role.EDITOR), User("lee", Role.EDITOR)


@pytest.fixture
def container(settings, tmp_path) -> Iterator[Container]:
    """A help center with an index, and two questions in its journal that mean the same."""
    build(settings)
    opened = Container(replace(settings, database_url=f"sqlite:///{tmp_path / 'journal.db'}"))
    gaps = opened.gaps
    put_query(gaps.engine, 1, FEE, hits=[["set-up-autopay", 0.4]])
    put_query(gaps.engine, 2, FEE_AGAIN, hits=[["set-up-autopay", 0.4]])
    gaps.refresh(grouper())
    opened.questions.refresh()
    yield opened
    opened.close()


def test_a_gap_becomes_a_draft_with_its_questions(container):
    """Next to the nearest article; the gap says who is drafting what, and a second click goes on with it."""
    (gap,) = container.gaps.list()
    draft = from_gap(container, gap.id, KIM)
    assert (draft.article_id, draft.path) == (
        "why-do-you-charge-a-late-fee-on-my-bill",
        str(container.settings.articles / "autopay" / "why-do-you-charge-a-late-fee-on-my-bill.md"),
    )
    assert 'title: "Why do you charge a late fee on my bill?"' in draft.text
    assert set(draft.questions) == {FEE, FEE_AGAIN}
    assert f"# TODO: {FEE}\n" in draft.text
    row = container.gaps.show(gap.id).row
    assert (row.state, row.owner, row.article_id) == (GapState.DRAFTING, "kim", draft.article_id)
    assert from_gap(container, gap.id, KIM) == draft
    theirs = from_gap(container, gap.id, LEE)
    assert theirs.article_id == f"{draft.article_id}-2"
    with pytest.raises(GapRefused, match="no gap 99"):
        from_gap(container, 99, KIM)


def test_a_question_becomes_a_draft(container):
    """Of the article that is to answer it, with the question to try; or of a new one, if none is."""
    query_id = f"{1:032x}"
    existing = from_question(container, query_id, KIM, article_id="paper-bill")
    assert (existing.article_id, existing.questions) == ("paper-bill", (FEE,))
    assert existing.text == (container.settings.articles / "autopay" / "paper-bill.md").read_text("utf-8")
    new = from_question(container, query_id, KIM)
    assert (new.is_new, new.questions, f"# TODO: {FEE}\n" in new.text) == (True, (FEE,), True)
    with pytest.raises(WritingRefused, match="There is no article 'no-such'"):
        from_question(container, query_id, KIM, article_id="no-such")
    with pytest.raises(QueryUnknown):
        from_question(container, "f" * 32, KIM)
