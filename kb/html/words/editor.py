"""The words of the page on which staff write one article, in English only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class EditorWords:
    """Words of the list of articles to write, and of the editor of one article."""

    # The list
    find: str = "Find an article"
    find_submit: str = "Find"
    choices_label: str = "Articles"
    choices: ClassVar[Mapping[str, str]] = {
        "all": "All",
        "drafts": "With a draft",
        "findings": "With findings",
        "overdue": "Overdue for review",
        "lost": "Losing questions",
        "signposts": "Signposts",
    }
    list_caption: str = "Articles: those with drafts or findings first"
    list_columns: tuple[str, ...] = (
        "Title",
        "State",
        "Owner",
        "Review due",
        "Shown in 30 days",
        "Questions",
        "Findings",
    )
    list_none: str = "No article is like that."
    list_more: tuple[str, str] = ("Show {count} more", "Show {count} more")
    list_count: tuple[str, str] = ("{count} article is listed.", "{count} articles are listed.")
    states: ClassVar[Mapping[str, str]] = {
        "published": "Published",
        "draft": "Not published",
        "broken": "Has errors",
        "new": "New",
    }
    overdue: str = "overdue"
    questions_found: str = "{found} of {total} found"
    questions_not_asked: str = "not asked yet"
    draft_by: str = "Draft by {who}"
    draft_states: ClassVar[Mapping[str, str]] = {
        "editing": "Draft",
        "submitted": "Waits for review",
        "approved": "Approved",
        "published": "Published",
        "discarded": "Discarded",
    }

    # A new article
    begin: str = "New article"
    begin_lead: str = (
        "It begins as a draft from a template. Customers see nothing of it until you publish it, and you can change "
        "everything but the name of its file later."
    )
    begin_title: str = "Title, as a customer would say it"
    begin_kind: str = "Kind"
    begin_kinds: ClassVar[Mapping[str, str]] = {
        "faq": "Question and answer",
        "troubleshooting": "Something does not work",
        "tutorial": "Steps to follow",
        "reference": "A list to look things up in",
        "signpost": "Signpost to someone else who helps",
    }
    begin_category: str = "Topic"
    begin_id: str = "Name of the file, which stays for life; left empty, it’s made from the title"
    begin_refused: str = "It could not be begun: {reason}"
    begin_submit: str = "Begin writing"
    begin_new_topic: str = "There is no topic yet. The name of the first one, in small letters"
    begin_from_gap: str = "Write an article for these questions"
    begin_from_gap_lead: str = "It begins as a draft in which the questions stand. This gap is marked as being drafted."
    begin_from_question: str = "Write a new article for this question"
    begin_in_article: str = "Improve the article that was shown"

    # The editor
    trail: str = "Writing"
    field: str = "Text of the article"
    field_note: str = (
        "Between the lines --- stands what the article is and which questions lead to it; below them is what customers "
        "read."
    )
    preview: str = "As customers will see it"
    saved: str = "Saved as a draft at {time}."
    unsaved_new: str = "Nothing is changed yet. What you type is saved as a draft."
    waiting: str = "Not saved yet…"
    live: str = "See the published article"
    new_article: str = "A new article: customers can’t see it yet."
    file: str = "File"
    kept_title: str = "Text from before is still here"
    kept_text: str = (
        "This window holds text that you typed and that was not saved, perhaps because you were signed out."
    )
    kept_take: str = "Bring it back"
    kept_drop: str = "Leave it out"
    others: str = "{who} has a draft of this article, too, last saved at {time}. Talk to each other before you publish."
    read_only: str = "You can read along here. Articles are written by editors."
    unknown_title: str = "There is no such article"
    unknown_text: str = "No article or draft has the name {article}. It may have been renamed or deleted."
    ended: str = (
        "You are no longer signed in. What you typed last is kept in this window: sign in again here, and it is back."
    )
    no_database: str = "Nothing can be saved at the moment, so nobody can write here: {reason}"

    # Findings
    findings_none: str = "The check finds nothing to fix."
    go_to: str = "Go to line {line}"
    mend: str = "Fix it: {what}"
    mend_all: str = "Fix all {count} that can be fixed at once"
    mended: str = "Fixed: {what}"
    not_mended: str = "This could not be fixed by itself any more. Change it by hand."

    # A conflict
    conflict_title: str = "There are two texts now"
    conflict_file: str = "The article was changed after you began. Nothing is lost: both texts are below."
    conflict_draft: str = (
        "This draft was saved at {time} in another window, by {who}. Nothing is lost: both texts are below."
    )
    outdated: str = (
        "The article was changed since you began this draft. Before you publish, put both texts together: what the "
        "other person wrote is not in your text yet."
    )
    outdated_compare: str = "Compare both texts"
    conflict_compare: str = "From the other text to yours"
    conflict_theirs: str = "The other text"
    conflict_mine: str = "Your text"
    conflict_keep: str = "Go on with mine"
    conflict_take: str = "Go on with the other one"
    conflict_kept: str = "Your text is among the versions of the draft."

    # Questions
    questions: str = "Questions customers ask"
    questions_lead: str = (
        "Type questions, one a line, in words that are not in the article yet. They are asked of the help center as it "
        "would be with this text."
    )
    questions_field: str = "Questions to try, one a line"
    questions_submit: str = "Try them"
    questions_columns: tuple[str, ...] = ("Question", "Result", "What a customer would read")
    questions_found_here: str = "Found"
    questions_not_found: str = "Not found"
    questions_place: str = "This article is in place {rank}."
    questions_no_place: str = "This article is not among the first."
    questions_direct: str = "the direct answer"
    questions_said: str = "{found} of {total} questions are found."
    questions_stale: str = "Asked of an earlier text. Try them again to see what has changed."
    questions_busy: str = "An index for trying is being built already. Wait until it is done, then try again."
    questions_failed: str = "They could not be tried: {reason}"
    questions_errors: str = "The text has errors. Fix them first, then questions can be tried."
    questions_building: str = "Building an index with this text…"
    questions_asking: str = "{done} of {total}"
    questions_add: str = "Add those not found as examples"
    questions_added: tuple[str, str] = ("{count} example was added.", "{count} examples were added.")
    questions_cannot_add: str = "The list of examples can’t be added to by itself: {reason}. Write them by hand."

    # Pictures
    pictures: str = "Pictures"
    pictures_lead: str = (
        "PNG, JPEG, GIF or WebP. Where and with what it was taken is removed. The picture is put where the cursor was "
        "last."
    )
    picture_file: str = "Picture"
    picture_alt: str = "What it shows, for those who can’t see it"
    picture_submit: str = "Add the picture"
    picture_missing: str = "Choose a picture first."
    picture_no_alt: str = "Say what the picture shows. Customers who can’t see it are told this."
    picture_added: str = "The picture is in the text: {line}"

    # Impact
    impact: str = "What it changes for customers"
    impact_lead: str = "All known questions are asked of the help center as it is, and as it would be with this text."
    impact_submit: str = "Show what is won and lost"
    impact_stale: str = "Measured with an earlier text."
    impact_none: str = "No known question gets another answer."
    impact_said: str = "{questions} known questions: {won} won, {lost} lost, {moved} moved, {parts} with another part."
    impact_failed: str = "It could not be measured: {reason}"
    impact_errors: str = "The text has errors. Fix them first, then this can be measured."

    # Publishing
    publishing: str = "Publish"
    publish_lead: str = "The file is written, and the index is built in the background; then customers read it."
    publish_errors: tuple[str, str] = ("Fix {count} error first.", "Fix {count} errors first.")
    publish_warnings: tuple[str, str] = (
        "The check has {count} warning. Customers may notice what it’s about.",
        "The check has {count} warnings. Customers may notice what they’re about.",
    )
    publish_nothing: str = "Nothing is changed, so there is nothing to publish."
    publish_message: str = "What did you change, in one sentence? It stands in the history."
    publish_submit: str = "Publish"
    publish_running: str = "Publishing {title}"
    publish_steps: ClassVar[Mapping[str, str]] = {
        "waiting": "Waits for another publication",
        "checking": "Checking all articles",
        "writing": "Writing the file",
        "building": "Building the index",
        "running": "Starting",
        "keeping": "Keeping the change in the history",
    }
    publish_ahead: tuple[str, str] = ("{count} is before it.", "{count} are before it.")
    publish_done: str = "Published. Customers read it now."
    publish_failed: str = "It was not published, and everything is as it was before: {reason}"
    publish_still: str = "You can go on working; this goes on by itself."
    submit_lead: str = "A second person reads each article before it is published."
    submit_note: str = "Note for the person who reads it"
    submit_submit: str = "Submit for review"
    submit_done: str = "It’s submitted. It waits until another person has read it."
    review_waiting: str = "It waits for review. You can go on writing; then submit it once more."
    review_theirs: str = "{who} asks for a review of this text."
    review_approved: str = "{who} has approved it. It can be published."
    review_returned: str = "{who} sent it back: {note}"
    review_note: str = "Note for {who}"
    review_compare: str = "From the saved text to this draft"
    review_approve: str = "Approve it"
    review_return: str = "Send it back"
    review_approved_done: str = "Approved. {who} can publish it."
    review_returned_done: str = "Sent back to {who}."
    review_list: str = "Waiting for your review"
    discard: str = "Throw this draft away"
    discard_sure: str = "Yes, throw it away"
    discard_note: str = "The published article stays as it is. The versions of the draft stay readable below."
    discarded: str = "The draft is thrown away."

    # Versions
    versions: str = "History"
    versions_published: str = "Published versions"
    versions_none: str = "Nothing is kept of it yet: the first publication begins its history."
    versions_columns: tuple[str, ...] = ("When ({zone})", "Who", "What was changed")
    versions_choose: str = "Compare this text with"
    version_words: str = "{when}, {who}: {message}"
    version_draft_words: str = "Draft of {when}"
    version_aside: str = "Draft of {when}, set aside when two saved at once"
    version_now: str = "the published text"
    version_compare: str = "From {version} to the text above"
    version_restore: str = "Go on with this version"
    version_restored: str = "The text is that of the chosen version now. Nothing is published by that."
    undo: str = "Undo this publication"
    undo_lead: str = "The text from before it is published again, as a new publication of yours."
    undo_compare: str = "What undoing changes"

    # Comparing
    compare_same: str = "Both texts are the same."
    compare_left_out: tuple[str, str] = ("… {count} line is the same …", "… {count} lines are the same …")
    compare_words: tuple[str, str] = ("{count} word", "{count} words")
    compare_counts: str = "{out} taken out, {into} put in"
