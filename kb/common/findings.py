"""A collector for what is wrong with one file, and the shape of an id."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from kb.types import Finding, Severity

ID_PATTERN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
"""An article's id is its file's stem; the parts of the sample bill have ids of the same shape."""


@dataclass
class Findings:
    """Collects what is wrong with one file."""

    path: str
    found: list[Finding] = field(default_factory=list)

    def add(self, at: tuple[int, int], code: str, message: str, fix: str, severity: Severity = Severity.ERROR) -> None:
        """Add a finding at (line, column)."""
        self.found.append(Finding(self.path, at[0], at[1], severity, code, message, fix))

    @property
    def has_errors(self) -> bool:
        """Whether one of them stops a build."""
        return any(f.severity is Severity.ERROR for f in self.found)
