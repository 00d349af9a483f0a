"""All checks of a folder of articles, without the printing of ``kb check``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from kb.content.articles.corpus import Corpus
from kb.content.checks.fields import check_fields
from kb.content.checks.layout import check_layout
from kb.content.checks.links import check_links, check_redirects
from kb.content.checks.lookup import Lookup
from kb.content.checks.marks import check_marks
from kb.content.checks.markup import check_markup
from kb.content.checks.questions import Logged, check_questions
from kb.content.checks.sections import check_sections
from kb.content.checks.text import check_text
from kb.content.checks.voice import check_voice
from kb.types import Finding, Severity


def check_corpus(
    corpus: Corpus,
    *,
    today: date,
    git: Mapping[str, str] | None = None,
    logged: Logged | None = None,
    only: str = "",
) -> list[Finding]:
    """Check all articles.

    :param corpus: As loaded; its own findings are included.
    :param today: The day with which review dates are compared.
    :param git: The ids that customers could open at an earlier revision, from
        :func:`kb.content.history.published_ids`; None without version control, and then no redirect is missing.
    :param logged: Tells whether a customer asked a question; None if there is no journal.
    :param only: The path of the one file whose findings are wanted, in much less time; empty for all.
    :return: Every finding, by path, line and column.
    """
    lookup = Lookup(corpus.with_partial, today, only)
    found = list(corpus.findings)
    found += check_fields(lookup)
    found += check_links(lookup)
    found += check_text(lookup)
    found += check_voice(lookup)
    found += check_marks(lookup)
    found += check_markup(lookup)
    found += check_layout(lookup)
    found += check_questions(lookup, logged)
    found += check_sections(lookup)
    # A file that cannot be read at all has its own error; its id is not lost.
    unread = {f.path for f in corpus.findings if f.severity is Severity.ERROR}
    found += (f for f in check_redirects(lookup, git or {}) if f.path not in unread)
    return sorted(f for f in found if only in ("", f.path))


def exit_status(findings: Iterable[Finding], *, strict: bool = False) -> int:
    """Return the status ``kb check`` ends with.

    :param findings: All findings.
    :param strict: Whether warnings count as well; advice never does.
    :return: 0 or 1.
    """
    stopping = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
    return 1 if any(f.severity in stopping for f in findings) else 0


def finding_as_json(finding: Finding) -> dict[str, Any]:
    """Return a finding as an object of ``kb check --json``."""
    return {
        "path": finding.path,
        "line": finding.line,
        "column": finding.column,
        "severity": finding.severity.value,
        "code": finding.code,
        "message": finding.message,
        "fix": finding.fix,
    }


def by_gravity(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings with errors first, then warnings, then advice, each in the order of path, line and column."""
    order = list(Severity)
    return sorted(findings, key=lambda found: (order.index(found.severity), found))


def count_by_severity(findings: Iterable[Finding]) -> dict[Severity, int]:
    """Return the number of findings of each severity, the worst first."""
    counts = dict.fromkeys(Severity, 0)
    for found in findings:
        counts[found.severity] += 1
    return counts
