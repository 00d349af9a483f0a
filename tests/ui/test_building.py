"""What pages say while the first index is being built."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from kb.errors import IndexMissing
from kb.retrieval.build.status import FILE, BuildStage, StatusWriter
from tests.ui import fakes
from tests.ui.conftest import page_html
from tests.ui.fakes import FakeContainer

if TYPE_CHECKING:
    from pathlib import Path

    from streamlit.testing.v1 import AppTest


@pytest.fixture
def index(app: AppTest, container: FakeContainer, tmp_path: Path) -> Path:
    """Return an index folder that the pages look into."""
    del app  # it sets the settings, which are replaced here
    settings = replace(fakes.settings(), index=tmp_path)
    container.put(settings=settings)
    return tmp_path


def start_build(index: Path, *, is_first: bool) -> None:
    """Leave the sign of a build that has encoded a quarter of its texts in ten seconds."""
    times = iter([0.0, 0.0, 0.0, 10.0, 10.0])
    writer = StatusWriter(index, "e5+mpnet", is_first=is_first, clock=lambda: next(times, 10.0))
    writer.enter(BuildStage.ENCODING)
    writer.advance(25, 100)


def test_a_quick_index_says_that_a_better_one_is_coming(app: AppTest, index: Path) -> None:
    """Above the page, which answers as ever."""
    start_build(index, is_first=True)
    app.run()
    html = page_html(app)
    assert not app.exception
    assert "quick answers for now" in html
    assert "25% of this step is done, with about 30 seconds left." in html
    assert "Price changes" in html


def test_without_an_index_the_page_says_how_far_it_is(app: AppTest, index: Path, container: FakeContainer) -> None:
    """In the place of the command, which is running already; the way to an agent stays."""
    container.put(answerer=IndexMissing("none"))
    start_build(index, is_first=True)
    app.run()
    html = page_html(app)
    assert not app.exception
    assert "Answers will be here in a moment" in html
    assert "25% of this step is done" in html
    assert "kb build" not in html
    assert "(833) 267-6094" in html


def test_an_ordinary_build_is_no_customer_s_business(app: AppTest, index: Path) -> None:
    """While a good index serves, customers are not told of a build."""
    start_build(index, is_first=False)
    app.run()
    assert "kb-building" not in page_html(app)


def test_nothing_is_said_when_no_build_runs(app: AppTest, index: Path) -> None:
    """Without a build, nothing is shown and nothing is refreshed."""
    assert not (index / FILE).exists()
    app.run()
    assert "kb-building" not in page_html(app)
