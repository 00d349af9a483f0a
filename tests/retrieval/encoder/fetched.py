"""Tests of the real models need their files, which are fetched once: see ``kb models fetch``."""

from __future__ import annotations

import pytest

from kb.retrieval.encoder.packages import is_here
from kb.settings.settings import Settings


def needs(*names: str) -> None:
    """Skip a test where a model's files are not in the cache; under CI=true that is a failure."""
    for name in names:
        if not is_here(name, Settings().cache):
            pytest.skip(f"the files of {name} are not here; run: kb models fetch {name}")
