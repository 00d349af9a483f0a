"""The shipped texts by which models are measured and probed."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def sample_texts() -> tuple[str, ...]:
    """Return texts of the kind a help center meets, in English and Spanish."""
    text = files("kb.retrieval").joinpath("data/sample_texts.txt").read_text(encoding="utf-8")
    return tuple(line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#"))
