"""Findings of the check as an editor reads them: place, code, what is wrong, what to do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from markupsafe import Markup

from kb.content.checks.corpus_check import by_gravity, count_by_severity
from kb.html.format import counted
from kb.html.words import words
from kb.types import Finding


def html(findings: Iterable[Finding], *, with_path: bool = True) -> Markup:
    """Return findings as a list: errors first, then warnings, then advice.

    :param findings: In any order.
    :param with_path: Whether each also names its file.
    :return: HTML; nothing when there are none.
    """
    items = Markup().join(_item(finding, with_path=with_path) for finding in by_gravity(findings))
    return Markup('<ul class="kb-findings">{}</ul>').format(items) if items else items


def count_words(findings: Sequence[Finding]) -> str:
    """Return how many findings there are of each severity: ``1 error, 2 warnings``."""
    counts = [
        counted(words().findings.counts[severity.value], count)
        for severity, count in count_by_severity(findings).items()
        if count
    ]
    return ", ".join(counts) or words().findings.none


def _item(finding: Finding, *, with_path: bool) -> Markup:
    labels = words().findings
    place = f"{finding.line}:{finding.column}"
    return Markup(
        '<li class="kb-{severity}"><p><code class="kb-place">{place}</code> '
        "<strong>{severity_name}</strong> <code>{finding.code}</code></p>"
        '<p>{finding.message}</p><p class="kb-fix">{fix} {finding.fix}</p></li>'
    ).format(
        severity=finding.severity.value,
        place=f"{finding.path}:{place}" if with_path else place,
        severity_name=labels.severities[finding.severity.value],
        finding=finding,
        fix=labels.fix,
    )
