"""The words of the pages for staff, which are in English only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingsWords:
    """Words of the check of the articles."""

    severities: ClassVar[Mapping[str, str]] = {"error": "error", "warning": "warning", "advice": "advice"}
    counts: ClassVar[Mapping[str, tuple[str, str]]] = {
        "error": ("{count} error", "{count} errors"),
        "warning": ("{count} warning", "{count} warnings"),
        "advice": ("{count} piece of advice", "{count} pieces of advice"),
    }
    title: str = "Findings"
    none: str = "No findings"
    fix: str = "What to do:"


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewWords:
    """Words of the preview of a writer."""

    title: str = "Preview of all articles"
    lead: str = "Articles as customers will see them, drafts included. Save a file, and its page shows the change."
    all: str = "All articles"
    find: str = "Find an article"
    none_found: str = "No article has these words in its title or its file’s name."
    group_drafts: str = "Drafts"
    group_findings: str = "With findings"
    clean: tuple[str, str] = ("The other file has none.", "The other {count} files have none.")
    findings: str = "Findings"
    checking: str = "Checking…"
    draft: str = "This is a draft: customers do not see it."
    badge_draft: str = "Draft"
    badge_broken: str = "Has errors"
    broken: str = "The file has errors. This is its last version without them."
    broken_partly: str = "The file has errors. This is what could be read of it; what is wrong is left out."
    broken_new: str = "The file has errors, and nothing of it can be shown yet."
    gone: str = "The file was deleted. This is its last version."
    gone_title: str = "Deleted since the preview started"
    other_findings: str = "Findings of other files"
    unknown: str = "There is no file of that name. As soon as one is saved, it is shown here."
    no_page_title: str = "The preview does not have this page"
    no_page: str = "It shows articles, signposts and the ways to an agent. Start kb serve to see the other pages."
    read_title: str = "What customers read"
    read_lead: str = (
        "Every answer from this article begins with its direct answer, the text above the first heading. A section "
        "follows if the question is nearer to it. Unfold a part to see it as on the answer’s card."
    )
    read_no_lead: str = (
        "There is no text above the first heading, so no answer from this article begins with a direct answer."
    )
    read_top: str = "The direct answer"
    read_section: str = "With the section “{heading}”"
    read_examples: tuple[str, str] = ("{count} example", "{count} examples")
    read_tests: tuple[str, str] = ("{count} test", "{count} tests")
    read_asked: str = "For questions like these:"
    read_untied: str = "No example is tied to a section, so the words of the sections alone decide which one follows."
    updated: str = "Updated at {time}."
    lost: str = "The preview has stopped. Start it again with kb preview, and this page goes on."


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInWords:
    """Words of signing in and out."""

    roles: ClassVar[Mapping[str, str]] = {"editor": "editor", "lead": "lead", "operator": "operator"}
    nav_insights: str = "Insights"
    nav_sign_out: str = "Sign out ({name})"
    title: str = "Sign in"
    lead: str = "For those who work on this help center."
    name: str = "Name"
    password: str = "Password"  # noqa: S105 — a label
    submit: str = "Sign in"
    expired: str = "This form was open for too long, or cookies are off. Type name and password once more."
    too_often: str = "There were too many attempts from this network. Wait a minute, then try again."
    no_database: str = "Nobody can sign in at the moment: the database does not answer. The log says why."
    provider: str = "Sign in with your organization"
    provider_lead: str = "You sign in at your organization and come back here."
    provider_down_title: str = "Your organization's sign-in does not answer"
    provider_down: str = (
        "Nobody can sign in until it does. Try again in a few minutes. Customers are not affected, and everyone who is "
        "signed in stays so. If it goes on, tell the person who runs this help center: the log says what failed."
    )
    no_role_title: str = "No access"
    no_role: str = (
        "You are signed in as {name}, but have no role here, or signed in too long ago. Sign out and in again; if "
        "that does not help, ask whoever runs this help center."
    )
    sign_out_title: str = "Sign out"
    sign_out_lead: str = "You are signed in as {name} ({role})."
    sign_out_submit: str = "Sign out"
    signed_out_title: str = "You are signed out"
    again: str = "Sign in again"
    ended_title: str = "You are no longer signed in"
    ended_text: str = "Your session has ended. What you had not sent yet was not saved."


@dataclass(frozen=True, slots=True, kw_only=True)
class WritingWords:
    """Words of the page for writers."""

    nav: str = "Writing"
    title: str = "Writing"
    lead: str = "All articles, those that need something first. Open one to write, try and publish it."
    tabs: tuple[str, ...] = ("Articles", "Check a draft", "Try a question", "Proposed changes")
    reading: str = "Reading and checking the articles…"
    signposts: str = "Signposts"
    signposts_lead: str = (
        "They stand for questions that belong elsewhere, and say who helps. Customers cannot open them."
    )
    signpost_count: tuple[str, str] = ("{count} signpost", "{count} signposts")
    signpost_note: str = "A signpost: customers read this in place of an answer."
    signpost_english_only: str = "It has no text in Spanish (the key es)."
    other_findings: str = "Findings of other files"
    draft_label: str = "The whole file: front matter and text"
    draft_id_label: str = "Name of the file, without .md"
    draft_id_help: str = "Leave it empty for an article that exists under the same title, or for a new one."
    draft_submit: str = "Check the draft"
    draft_checking: str = "Checking the draft among all articles…"
    draft_findings: str = "Findings of the draft"
    draft_place: str = "Checked as {path}. The places below are line:column of what was pasted."
    draft_elsewhere: str = "What it changes in other articles"
    draft_rendered: str = "As the customer will see it"
    draft_not_rendered: str = "With these errors in it, the draft cannot be shown. Correct them and check again."
    draft_partly: str = "It has errors. This is what could be read of it; what is wrong is left out."
    try_label: str = "A customer’s question"
    try_submit: str = "Show the answer"
    try_index: str = "Asked of"
    try_published: str = "the help center as it is now"
    try_with_draft: str = "the help center with the checked draft"
    try_draft_first: str = "To try a question with a draft in it, check the draft first."
    try_draft_broken: str = "The checked draft has errors, so no question can be tried with it."
    try_build: str = "Include the checked draft"
    try_build_note: str = (
        "This builds an index for trying, which takes up to a minute. What customers are answered from stays as it is."
    )
    try_building: str = "Building an index with the draft…"
    try_encoding: str = "Reading texts: {done} of {total}"
    try_busy: str = "An index for trying is being built already. Wait until it is done, then try again."
    try_failed: str = "The index could not be built: {reason}"
    try_nothing_serves: str = (
        "No index serves yet: run kb build. With a checked draft, one for trying can be built here."
    )
