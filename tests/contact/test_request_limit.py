"""Requests to the help desk are bounded, for one visitor and for all."""

from __future__ import annotations

import pytest

from kb.common.limits import Limit
from kb.contact.request_limit import ALL_PER_HOUR, HOUR, PER_HOUR, RequestLimit
from kb.errors import TooBusy


def test_one_visitor_cannot_flood_the_desk() -> None:
    """Others can still send, and after a while so can this one."""
    now = [0.0]
    limit = RequestLimit(Limit(PER_HOUR, HOUR, clock=lambda: now[0]))
    for _ in range(PER_HOUR):
        limit.take("a")
    with pytest.raises(TooBusy) as refused:
        limit.take("a")
    limit.take("b")
    now[0] += refused.value.seconds
    limit.take("a")


def test_all_visitors_together_cannot_either() -> None:
    """However many addresses they have."""
    limit = RequestLimit(everybody=Limit(ALL_PER_HOUR, HOUR, clock=lambda: 0.0))
    for n in range(ALL_PER_HOUR):
        limit.take(f"visitor {n}")
    with pytest.raises(TooBusy):
        limit.take("one more")
