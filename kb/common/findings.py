"""A collector of findings about one file, and the shape of an id."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from kb.types import Finding, Severity

ID_PATTERN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
"""The shape of an article's id, which is its file's stem, and of the id of a part of the sample bill."""

OR_FIX: Final = ", or run 'kb check --fix'"
"""The end of a fix that the command writes itself, because there is only one right form."""
BY_FIX: Final = "Run 'kb check --fix'"
"""A fix that is easier made by the command than by hand."""


@dataclass
class Findings:
    """A collector of findings about one file."""

    path: str
    found: list[Finding] = field(default_factory=list)

    def add(self, at: tuple[int, int], code: str, message: str, fix: str, severity: Severity = Severity.ERROR) -> None:
        """Add a finding at (line, column)."""
        self.found.append(Finding(self.path, at[0], at[1], severity, code, message, fix))

    @property
    def has_errors(self) -> bool:
        """Whether any of them stops a build."""
        return any(f.severity is Severity.ERROR for f in self.found)
