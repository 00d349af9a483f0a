"""Findings of the check as an editor reads them: place, code, what is wrong, what to do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kb.content.checks.corpus_check import count_by_severity
from kb.html.format import escape
from kb.html.words import words
from kb.types import Finding


def html(findings: Iterable[Finding], *, with_path: bool = True) -> str:
    """Return findings as a list.

    :param findings: In the order shown.
    :param with_path: Whether each names its file, too.
    :return: HTML; nothing when there are none.
    """
    items = "".join(_item(finding, with_path=with_path) for finding in findings)
    return f'<ul class="kb-findings">{items}</ul>' if items else ""


def count_words(findings: Sequence[Finding]) -> str:
    """Return how many findings there are of each severity: ``1 error, 2 warnings``."""
    said = [
        f"{count} {words().findings.severities[severity.value][count != 1]}"
        for severity, count in count_by_severity(findings).items()
        if count
    ]
    return ", ".join(said) or words().findings.none


def _item(finding: Finding, *, with_path: bool) -> str:
    place = f"{finding.line}:{finding.column}"
    shown = f"{finding.path}:{place}" if with_path else place
    severity = words().findings.severities[finding.severity.value][0]
    return (
        f'<li class="kb-{finding.severity.value}"><p><code class="kb-place">{escape(shown)}</code> '
        f"<strong>{escape(severity)}</strong> <code>{escape(finding.code)}</code></p>"
        f"<p>{escape(finding.message)}</p>"
        f'<p class="kb-fix">{escape(words().findings.fix)} {escape(finding.fix)}</p></li>'
    )
