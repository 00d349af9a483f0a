"""One article in the editor: what state it is in, who else writes at it, its findings by line, and its preview."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from pathlib import PurePath

from markupsafe import Markup

from kb.authoring.draft_desk import CheckedDraft
from kb.html import links
from kb.html.addresses import Page
from kb.html.moments import moment_words
from kb.html.parts.insights import pieces
from kb.html.parts.insights.pieces import badge
from kb.html.parts.writing import draft as draft_part
from kb.html.parts.writing import findings
from kb.html.words import words
from kb.types import Finding, Severity
from kb.writing.records import CheckedText, Draft, DraftFinding, Other

_LONGEST_LINE = 200
_GRAVITY = (Severity.ERROR, Severity.WARNING, Severity.ADVICE)


def head(title: str, draft: Draft | None, *, is_live: bool, is_signpost: bool) -> Markup:
    """Return the way back, the title, and where the article stands.

    :param title: Of the article as it is written now.
    :param draft: The reader's own draft; None for a reader who has none.
    :param is_live: Whether customers can open it.
    :param is_signpost: Signposts have no page of their own.
    :return: HTML.
    """
    labels = words().editor
    is_begun = draft is not None and (draft.is_new or draft.number > 1)
    marks = [badge(labels.draft_states[draft.state.value], "proposed")] if draft is not None and is_begun else []
    if is_live and draft is not None and not is_signpost:
        marks.append(Markup('<a href="{}">{}</a>').format(links.article(draft.article_id), labels.live))
    elif draft is not None and draft.is_new:
        marks.append(Markup.escape(labels.new_article))
    return Markup(
        '<section class="kb-writing kb-editor"><nav class="kb-trail" aria-label="{trail}"><ol><li>{back}</li></ol>'
        '</nav><h1>{title}</h1><p class="kb-editor-state">{marks}</p></section>'
    ).format(
        trail=labels.trail,
        back=pieces.link(str(Page.WRITING), labels.trail, is_page=True),
        title=title,
        marks=Markup(" ").join(marks),
    )


def begin_head() -> Markup:
    """Return the way back and the heading of the page on which an article is begun."""
    labels = words().editor
    return Markup(
        '<section class="kb-writing kb-editor"><nav class="kb-trail" aria-label="{trail}"><ol><li>{back}</li></ol>'
        '</nav><h1>{title}</h1><p class="kb-intro">{lead}</p></section>'
    ).format(
        trail=labels.trail,
        back=pieces.link(str(Page.WRITING), labels.trail, is_page=True),
        title=labels.begin,
        lead=labels.begin_lead,
    )


def others(found: Sequence[Other], zone: str) -> Markup:
    """Return who else has a draft of the article; nothing if nobody has.

    :param found: The others.
    :param zone: The reader's IANA time zone; empty for UTC.
    :return: HTML.
    """
    labels = words().editor
    items = (
        Markup('<p class="kb-overdue" data-other="{0}">{1}</p>').format(
            other.who, labels.others.format(who=other.who, time=moment_words(other.updated_at, zone))
        )
        for other in found
    )
    return Markup().join(items)


def desk(draft: Draft, checked: CheckedText, time: str) -> Markup:
    """Return whether the draft is saved, and what the script of the field reads: which text is, and the marked lines.

    :param draft: The draft as it is kept.
    :param checked: Its findings.
    :param time: When it was saved, in words; empty if nothing was typed yet.
    :return: HTML.
    """
    labels = words().editor
    return Markup(
        '<div class="kb-saved" data-writing="{id}" data-number="{number}" data-sum="{sum}" '
        'data-lines="{lines}">'
        '<p><span data-saved data-waiting="{waiting}">{saved}</span> <code>{path}</code></p><p>{labels.field_note}</p>'
        "</div>"
        '<div class="kb-overdue" data-kept hidden><p><strong>{labels.kept_title}</strong> {labels.kept_text}</p>'
        '<p class="kb-buttons"><button type="button" data-kept-take>{labels.kept_take}</button> '
        '<button type="button" data-kept-drop>{labels.kept_drop}</button></p></div>'
    ).format(
        id=draft.id,
        number=draft.number,
        sum=zlib.adler32(draft.text.rstrip("\n").encode("utf-8", "replace")),
        lines=marked_lines([item.finding for item in checked.findings]),
        waiting=labels.waiting,
        saved=labels.saved.format(time=time) if time else labels.unsaved_new,
        path="/".join(PurePath(draft.path).parts[-2:]),  # its topic and its name; where the folder lies is no news
        labels=labels,
    )


def marked_lines(found: Sequence[Finding]) -> str:
    """Return the gravest finding of each line, as the script reads them: ``3:error 17:warning``."""
    lines: dict[int, Severity] = {}
    for finding in found:
        known = lines.get(finding.line)
        if known is None or _GRAVITY.index(finding.severity) < _GRAVITY.index(known):
            lines[finding.line] = finding.severity
    return " ".join(f"{line}:{severity.value}" for line, severity in sorted(lines.items()))


def by_gravity(found: Sequence[DraftFinding]) -> list[DraftFinding]:
    """Return findings with errors first, then warnings, then advice, each by line."""
    return sorted(found, key=lambda item: (_GRAVITY.index(item.finding.severity), item.finding.line))


def counts(checked: CheckedText) -> Markup:
    """Return how many findings there are, which is announced whenever it changes."""
    own = [item.finding for item in checked.findings]
    said = (
        findings.count_words([*own, *checked.elsewhere]) if own or checked.elsewhere else words().editor.findings_none
    )
    return Markup('<p class="kb-count" data-announce="{0}" data-counts>{0}</p>').format(said)


def finding(item: DraftFinding, text: str) -> Markup:
    """Return one finding with the line that it is about, and the way there.

    :param item: The finding.
    :param text: The article's whole text.
    :return: HTML.
    """
    found, labels = item.finding, words()
    fix = Markup("<p>{} {}</p>").format(labels.findings.fix, found.fix) if found.fix else Markup()
    return Markup(
        '<div class="kb-finding kb-finding-{severity}" data-code="{finding.code}"><p><strong>{name}:</strong> '
        '{finding.message}</p>{line}{fix}<p class="kb-buttons"><button type="button" data-line="{finding.line}" '
        'data-column="{finding.column}">{go}</button></p></div>'
    ).format(
        severity=found.severity.value,
        name=labels.findings.severities[found.severity.value].capitalize(),
        finding=found,
        line=_line(found, text),
        fix=fix,
        go=labels.editor.go_to.format(line=found.line),
    )


def counted(listed: Sequence[DraftFinding]) -> str:
    """Return how many findings there are of each severity, in words."""
    return findings.count_words([item.finding for item in listed])


def _line(found: Finding, text: str) -> Markup:
    """Return the line that a finding is about, marked from its column on."""
    lines = text.split("\n")
    if found.line > len(lines) or not lines[found.line - 1].strip():
        return Markup()
    line = lines[found.line - 1][:_LONGEST_LINE]
    at = min(max(found.column - 1, 0), len(line))
    return Markup('<pre class="kb-excerpt"><code>{}<mark>{}</mark></code></pre>').format(line[:at], line[at:])


def elsewhere(found: Sequence[Finding]) -> Markup:
    """Return the findings that the text would bring in other files; nothing if there are none."""
    if not found:
        return Markup()
    return Markup("<h3>{}</h3>{}").format(words().writing.draft_elsewhere, findings.html(found))


def found(listed: Sequence[Finding]) -> Markup:
    """Return findings to be read, without fixes."""
    said = findings.count_words(listed)
    return Markup('<section class="kb-desk"><h2>{}</h2><p>{}</p>{}</section>').format(
        words().findings.title, said, findings.html(listed, with_path=False)
    )


def preview(checked: CheckedDraft) -> Markup:
    """Return the article as customers will see it."""
    labels, shown = words(), checked.readable
    if shown is None:
        body = Markup("<p>{}</p>").format(labels.writing.draft_not_rendered)
    else:
        body = draft_part.article_html(shown, checked.corpus.library)
    partly = shown is not None and checked.article is None
    note = Markup('<p class="kb-hint">{}</p>').format(labels.writing.draft_partly) if partly else Markup()
    return Markup(
        '<section class="kb-preview" aria-label="{label}" tabindex="0"><h2>{label}</h2>{note}'
        '<div class="kb-sheet">{body}</div></section>'
    ).format(label=labels.editor.preview, note=note, body=body)


def note(text: str) -> Markup:
    """Return a sentence that explains what is below it."""
    return Markup('<p class="kb-soft">{}</p>').format(text)


def hint(text: str) -> Markup:
    """Return a sentence in a box."""
    return Markup('<p class="kb-hint">{}</p>').format(text)


def done(text: str) -> Markup:
    """Return what the step before did; it is announced."""
    return Markup('<p class="kb-done" data-announce="{0}">{0}</p>').format(text)


def refused(reason: str) -> Markup:
    """Return why a step was not taken."""
    return Markup('<p class="kb-overdue" role="alert">{}</p>').format(reason)


def heading(text: str) -> Markup:
    """Return the heading of a part of the editor."""
    return Markup('<h2 class="kb-insights-part">{}</h2>').format(text)


def insert(line: str, number: int) -> Markup:
    """Return a line that the script puts into the field where the cursor was.

    :param line: Markdown.
    :param number: Tells it from the line before, so that none is put in twice.
    :return: HTML that shows nothing.
    """
    return Markup('<span data-insert="{}" data-insert-id="{}" hidden></span>').format(line, number)
