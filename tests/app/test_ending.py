"""The end of a serving process: what is in hand is finished."""

from __future__ import annotations

import threading

import pytest

from kb.app.ending import Ending


def test_the_end_waits_for_what_is_in_hand() -> None:
    """A page that is being drawn is waited for, for a time; one that fails is done as well."""
    ending, may_end = Ending(), threading.Event()

    def draw() -> None:
        with ending.in_hand():
            may_end.wait(20)

    page = threading.Thread(target=draw)
    page.start()
    assert not ending.has_begun
    ending.begin()
    assert ending.has_begun
    with pytest.raises(ZeroDivisionError), ending.in_hand():
        raise ZeroDivisionError
    assert not ending.wait(0.01)
    may_end.set()
    assert ending.wait(20)
    page.join()
