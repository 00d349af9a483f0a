"""The words of lessons: what leads decide about questions, and what editors make of it; in English only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonWords:
    """Words of what is decided about questions."""

    # Deciding, on /insights
    title: str = "What is right?"
    lead: str = "One step. What changes an article is proposed to its editors first; nothing changes by itself."
    for_leads: str = "Leads decide about questions. As an editor you see what they propose in {writing}."
    kind: str = "What do you say?"
    kinds: ClassVar[Mapping[str, str]] = {
        "right": "It is right as it is",
        "part": "The article is right, another part of it answers",
        "belongs": "It belongs to another article",
        "elsewhere": "It is not ours: a signpost says who helps",
        "not_for": "This article does not answer it",
        "gap": "Nothing answers it: something should be written",
    }
    kinds_of_choice: ClassVar[Mapping[str, str]] = {
        "right": "It was right to ask back",
        "belongs": "It belongs to one article",
        "not_for": "An article that was offered does not answer it",
    }
    kinds_of_hand_over: ClassVar[Mapping[str, str]] = {
        "right": "It was right to give no answer",
        "belongs": "It belongs to an article",
    }
    article: str = "Article"
    article_hint: str = "Type a part of its title"
    no_article: str = "Leave this empty if nothing answers it."
    section: str = "Part of it"
    section_any: str = "No part in particular"
    section_direct: str = "The direct answer, at its beginning"
    section_right: str = "The part that answers"
    signpost: str = "Signpost"
    signpost_hint: str = "Type what it is about"
    not_for_article: str = "The article that does not answer it"
    belongs: str = "Where it belongs, if you know"
    words: str = "The question, as it goes into the file"
    words_help: str = "Customers may read it among the suggestions. Keep their own words, and leave out who they are."
    note: str = "Note for the editor and the history"
    submit: str = "Decide"
    choose_article: str = "Choose an article first."
    choose_section: str = "Choose the part that answers first."
    choose_signpost: str = "Choose a signpost first."
    done: str = "Decided."
    waits: str = "It waits for an editor in {place}."
    waits_place: str = "Writing → Proposed changes"
    gap_next: str = "It is listed in {place} within a few minutes."
    gap_place: str = "Gaps"
    took_place: str = "{who} had decided otherwise at {when}. Both are kept below; yours stands."

    # What a lesson says, in a lead's words
    said: ClassVar[Mapping[str, str]] = {
        "belongs": "Adds the example {question} to {article}.",
        "direct": "Adds the example {question} to {article}, for its direct answer.",
        "section": "Adds the example {question} to {article}, section {section}.",
        "elsewhere": "Adds the example {question} to the signpost {article}.",
        "not_for": "Tells {article} that it does not answer {question}.",
        "not_for_belongs": "Tells {article} that it does not answer {question}, which belongs to {belongs}.",
        "right": "Says that the reply is right. Nothing changes.",
        "gap": "Says that something should be written about it.",
    }
    forgotten: str = "(no longer kept)"
    diff: str = "The change in {path}"
    diff_none: str = "The file has it already, so nothing would change in it."
    problem: str = "It cannot be taken as it is: {problem}"

    # History
    history: str = "Decisions on this question"
    history_none: str = "Nobody has decided anything about it yet."
    history_columns: tuple[str, ...] = ("When (UTC)", "Who", "Decision", "State")
    stands: str = "stands"
    states: ClassVar[Mapping[str, str]] = {
        "proposed": "Waiting",
        "outdated": "Outdated",
        "accepted": "Accepted",
        "declined": "Declined",
        "replaced": "Replaced",
    }
    noted: str = "Noted"
    steps: ClassVar[Mapping[str, str]] = {**states, "proposed": "Proposed", "outdated": "Found outdated"}
    step: str = "{state} by {who} at {when}"

    # Proposed changes, on /writing
    proposals: str = "Proposed changes"
    proposals_lead: str = (
        "What leads decided about customers’ questions. Accepting one writes it into the article’s file in the working "
        "copy; the next build brings it to customers."
    )
    proposals_none: str = "There is nothing here."
    proposals_no_journal: str = "There is no journal yet, so there are no proposed changes."
    proposals_label: str = "State"
    proposals_columns: tuple[str, ...] = ("Change", "State", "By", "When (UTC)")
    proposals_more: tuple[str, str] = ("Show {count} more", "Show {count} more")
    back: str = "All proposed changes"
    unknown: str = "This change is not there"
    facts: ClassVar[Mapping[str, str]] = {
        "state": "State",
        "question": "Question",
        "article": "Article",
        "who": "Decided by",
        "when": "When (UTC)",
        "note": "Reason",
    }
    see_question: str = "see what the customer saw"
    outdated_title: str = "The file has changed since"
    outdated_lead: str = "The decision is kept. Propose it again for the file as it is now, or decline it."
    outdated_section: str = "The part it belongs to now"
    outdated_again: str = "Propose it again"
    findings_new: str = "New findings of the check"
    findings_none: str = "The check finds nothing new in it."
    findings_own: tuple[str, str] = ("{count} finding of the file as it is", "{count} findings of the file as it is")
    impact: str = "Show what it wins and loses"
    impact_title: str = "What it wins and loses"
    impact_running: str = "Asking every known question without and with the change…"
    impact_asking: str = "{done} of {total}"
    impact_busy: str = "This is being measured for somebody else. Wait until it is done, then try again."
    impact_failed: str = "It could not be measured: {reason}"
    impact_said: str = "{questions} known questions: {won} won, {lost} lost, {moved} moved, {parts} with another part."
    impact_own: str = "This question"
    impact_lists: ClassVar[Mapping[str, str]] = {
        "lost": "Lost",
        "won": "Won",
        "moved": "Moved",
        "parts": "Another part of the same article",
    }
    impact_columns: tuple[str, ...] = ("Question", "Without", "With")
    impact_more: tuple[str, str] = ("and {count} more", "and {count} more")
    accept: str = "Accept"
    accepted: str = "Written into {path}. The next build brings it to customers: {command}"
    accepted_same: str = "Accepted. The file had it already, so nothing was written."
    command: str = "kb build"
    decline: str = "Decline"
    decline_note: str = "Why it is not taken"
    declined: str = "Declined. The decision and your reason are kept."
    renewed: str = "Proposed again for the file as it is now."
    patch: str = "Take as a patch"
    patch_all: str = "Take all that wait as one patch"
    for_editors: str = "Editors accept or decline it."
    local_editor: str = "local editor"
