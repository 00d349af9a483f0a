"""The shipped list of companies, as a provider with some rivals knows it."""

from __future__ import annotations

import pytest

from kb.retrieval.query.organizations import Organizations, shipped

OTHERS = ("Comcast", "AT&T", "DISH", "Visible", "Nowhere Cable")


@pytest.fixture(scope="session")
def known() -> Organizations:
    """The shipped organizations, asked of Spectrum."""
    return Organizations(tuple(shipped(OTHERS)), ("Spectrum", "Charter", "Time Warner Cable"))
