"""Drafts at the desk: begun, saved without losing anything, checked, mended, and reviewed by a second person."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from kb.common.files import sha256
from kb.content.checks.lookup import ids_by_fold
from kb.content.editing import scaffold
from kb.content.editing.fix import Beside, missing_relations
from kb.content.editing.one_mend import Check, mend_one, mends
from kb.errors import WritingRefused
from kb.types import ELSEWHERE, ArticleKind, Finding, Picture, User
from kb.writing.files import ArticleFiles, as_published, plain
from kb.writing.records import (
    CheckedText,
    Conflict,
    Draft,
    DraftFinding,
    DraftState,
    DraftVersion,
    Other,
    Review,
)
from kb.writing.uploads import alt_text, made_fit, markdown

if TYPE_CHECKING:
    from kb.authoring.draft_desk import DraftDesk
    from kb.settings.settings import Settings
    from kb.writing.draft_store import DraftStore, KeptDraft, Saved

LONGEST: Final = 200_000
"""Characters of a draft; the longest shipped article has a twentieth of it."""
_OPEN: Final = (DraftState.EDITING, DraftState.SUBMITTED, DraftState.APPROVED)


class Drafting:
    """The part of the desk that only drafts change; see :class:`kb.writing.desk.WritingDesk`."""

    def __init__(self, drafts: DraftStore, checks: DraftDesk, settings: Settings) -> None:
        """Work on the drafts of a database and the articles of a folder.

        :param drafts: The drafts.
        :param checks: Follows the articles on disk.
        :param settings: ``articles``, and what site.yaml says of writing.
        """
        self._drafts = drafts
        self._checks = checks
        self._settings = settings
        self._files = ArticleFiles(settings.articles)

    @property
    def needs_review(self) -> bool:
        """Whether a second person has to approve a draft before it is published."""
        return self._settings.site.writing.review

    # ----------------------------------------------------------------------------------------- beginning

    def open(self, article_id: str, user: User, questions: Sequence[str] = ()) -> Draft:
        """Return one's own open draft of an article, begun from the saved file if there is none.

        :param article_id: The article's id; also of a new one that one has begun.
        :param user: The editor.
        :param questions: Customers' questions to write for; they are kept with the draft.
        :return: The draft.
        :raises WritingRefused: If there is no such article, or its file cannot be read as text.
        """
        below = self._files.find(article_id, self._checks.look().paths)
        data = self._files.read(below) if below else None
        known = next(iter(self._drafts.open_ones(article_id, user.name)), None)
        if data is None and known is None:
            raise WritingRefused(f"There is no article {article_id!r}. Choose one from the list, or begin a new one.")
        text = self._files.text(below, data).text if data is not None else ""
        base = sha256(data) if data is not None else ""
        if known is not None and not known.is_touched and known.base != base:
            self._drafts.renew(known.id, text, base=base)  # the file was changed, and nobody wrote anything here
        place = below or (known.below if known is not None else "")
        return self._draft(
            self._drafts.begin(article_id, place, text, base=base, author=user.name, questions=questions)
        )

    def start_new(
        self,
        *,
        slug: str,
        title: str,
        kind: ArticleKind | str,
        category: str,
        user: User,
        owner: str = "",
        questions: Sequence[str] = (),
    ) -> Draft:
        """Begin an article that is not there yet, from the template of its kind; no file is written.

        :param slug: Its id, which never changes.
        :param title: As a customer would say it; empty takes the first question, if it can be a title.
        :param kind: faq, troubleshooting, tutorial, reference or signpost.
        :param category: An existing category; left out for a signpost.
        :param user: The editor.
        :param owner: Who keeps it right; the editor without.
        :param questions: Customers' questions that it is written for: comments in the text, to be reworded.
        :return: The draft.
        :raises ArticlesError: If a value cannot be used, or an article has or had the id.
        :raises WritingRefused: If someone else is writing a new article of this id.
        """
        folder = self._settings.articles
        chosen = scaffold.find_kind(kind)
        scaffold.check_slug(slug)
        scaffold.refuse_taken(folder, slug)
        is_signpost = chosen is ArticleKind.SIGNPOST
        shelf = ELSEWHERE if is_signpost else scaffold.find_category(folder, category)
        title = title.strip() or next(filter(None, map(scaffold.title_from_question, questions)), "")
        data = scaffold.draft(slug, title, chosen, shelf, owner=owner or user.name, asked=questions)
        for other in self._drafts.open_ones(slug):
            if other.author != user.name:
                raise WritingRefused(f"{other.author} is writing a new article {slug!r}. Choose another id.")
        begun = self._drafts.begin(
            slug, f"{shelf}/{slug}.md", data.decode(), base="", author=user.name, questions=questions
        )
        return self._draft(begun)

    # ------------------------------------------------------------------------------------------- reading

    def draft(self, draft_id: int) -> Draft:
        """Return a draft by its number.

        :param draft_id: Its number.
        :return: The draft.
        :raises WritingRefused: If there is no such draft.
        """
        return self._draft(self._drafts.get(draft_id))

    def draft_of(self, article_id: str, user: User) -> Draft | None:
        """Return one's own open draft of an article, or None; nothing is begun."""
        return next(map(self._draft, self._drafts.open_ones(article_id, user.name)), None)

    def open_drafts(self, article_id: str = "") -> tuple[Draft, ...]:
        """Return the open drafts in which something was written, the latest changed first.

        :param article_id: Only those of this article; all without.
        :return: The drafts.
        """
        return tuple(self._draft(kept) for kept in self._drafts.open_ones(article_id) if kept.is_touched)

    def others(self, article_id: str, user: User) -> tuple[Other, ...]:
        """Return who else is writing at an article, and since when; whoever only looks at it is left out."""
        found = [draft for draft in self.open_drafts(article_id) if draft.author != user.name]
        return tuple(Other(draft.author, draft.created_at, draft.updated_at) for draft in found)

    def versions(self, draft_id: int) -> tuple[DraftVersion, ...]:
        """Return every text that a draft had and every one that was kept aside, the newest first."""
        return self._drafts.versions(draft_id)

    # -------------------------------------------------------------------------------------------- saving

    def save(self, draft_id: int, text: str, user: User, seen_number: int) -> Draft | Conflict:
        """Save a draft's text; a review, if there was one, begins anew.

        :param draft_id: Its number.
        :param text: The new text.
        :param user: Its author.
        :param seen_number: The number of the draft that the text was made from.
        :return: The draft; if another window saved it in the meantime, both texts, neither of them lost.
        :raises WritingRefused: If it is someone else's, no longer open, or too long.
        """
        self._own(draft_id, user)
        saved = self._drafts.save(draft_id, _fitting(text), who=user.name, seen=seen_number)
        return self._outcome(saved, text)

    def rebase(self, draft_id: int, text: str, user: User, seen_number: int) -> Draft | Conflict:
        """Save a text that takes the file as it is now into account; see :meth:`outdated`.

        :param draft_id: The draft's number.
        :param text: The text that its author made of both.
        :param user: Its author.
        :param seen_number: As for :meth:`save`.
        :return: As for :meth:`save`.
        :raises WritingRefused: As for :meth:`save`.
        """
        kept = self._own(draft_id, user)
        data = self._files.read(kept.below)
        base = sha256(data) if data is not None else ""
        saved = self._drafts.save(draft_id, _fitting(text), who=user.name, seen=seen_number, base=base, is_step=True)
        return self._outcome(saved, text)

    def _outcome(self, saved: Saved, mine: str) -> Draft | Conflict:
        kept = self._draft(saved.draft)
        if not saved.aside:
            return kept
        who = saved.draft.saved_by
        return Conflict(mine, kept.text, who, kept.updated_at, is_file=False, draft=kept, aside=saved.aside)

    def outdated(self, draft: Draft) -> Conflict | None:
        """Return both texts if the saved file is no longer the one that a draft was begun from, or None."""
        below = self._files.below(draft.path)
        data = self._files.read(below)
        if (sha256(data) if data is not None else "") == draft.base_digest:
            return None
        theirs = self._files.text(below, data).text if data is not None else ""
        return Conflict(draft.text, theirs, "", None, is_file=True, draft=draft)

    def restore(self, draft_id: int, number: int, user: User) -> Draft:
        """Bring back a text that a draft had, or one that was kept aside; it becomes the newest version.

        :param draft_id: The draft's number; a discarded one is open again.
        :param number: The version.
        :param user: Its author.
        :return: The draft.
        :raises WritingRefused: If there is no such version, or the draft is someone else's or published.
        """
        kept = self._own(draft_id, user)
        text = next((version.text for version in self._drafts.versions(draft_id) if version.number == number), None)
        if text is None:
            raise WritingRefused(f"The draft of {kept.article_id!r} has no version {number}. Choose one from its list.")
        if kept.state is DraftState.DISCARDED:
            kept = self._drafts.reopen(draft_id)
        saved = self._drafts.save(draft_id, text, who=user.name, seen=kept.number, is_step=True)
        return self._draft(saved.draft)

    def discard(self, draft_id: int, user: User) -> Draft:
        """Put a draft away; :meth:`restore` brings it back as long as it is kept.

        :param draft_id: Its number.
        :param user: Its author.
        :return: The draft.
        :raises WritingRefused: If it is someone else's, or not open.
        """
        self._own(draft_id, user)
        return self._draft(self._drafts.move(draft_id, DraftState.DISCARDED, allowed=_OPEN))

    # ------------------------------------------------------------------------------------------- reviews

    def submit(self, draft_id: int, user: User, note: str = "") -> Draft:
        """Hand a draft in for review.

        :param draft_id: Its number.
        :param user: Its author.
        :param note: For the reviewer.
        :return: The draft.
        :raises WritingRefused: If it is someone else's, or handed in already.
        """
        self._own(draft_id, user)
        moved = self._drafts.move(draft_id, DraftState.SUBMITTED, allowed=[DraftState.EDITING], reviewer="", note=note)
        return self._draft(moved)

    def approve(self, draft_id: int, user: User, seen_number: int, note: str = "") -> Draft:
        """Approve a draft that was handed in, as it was read.

        :param draft_id: Its number.
        :param user: A second person.
        :param seen_number: The number of the draft that was read.
        :param note: For the author.
        :return: The draft.
        :raises WritingRefused: If it is one's own, was not handed in, or was changed since.
        """
        kept = self._drafts.get(draft_id)
        if user.name == kept.author:
            raise WritingRefused("Your own draft has to be approved by someone else. Ask a colleague to read it.")
        allowed = [DraftState.SUBMITTED]
        return self._draft(
            self._drafts.move(
                draft_id, DraftState.APPROVED, allowed=allowed, seen=seen_number, reviewer=user.name, note=note
            )
        )

    def return_(self, draft_id: int, user: User, note: str) -> Draft:
        """Give a draft back to its author, with what is to be changed; an author takes it back by this.

        :param draft_id: Its number.
        :param user: Who gives it back.
        :param note: For the author; may be empty if it is one's own.
        :return: The draft.
        :raises WritingRefused: If it was not handed in, or the note is empty.
        """
        kept = self._drafts.get(draft_id)
        if not note.strip() and user.name != kept.author:
            raise WritingRefused("Say what is to be changed, so that the author knows what to do.")
        allowed = [DraftState.SUBMITTED, DraftState.APPROVED]
        return self._draft(
            self._drafts.move(draft_id, DraftState.EDITING, allowed=allowed, reviewer=user.name, note=note.strip())
        )

    # -------------------------------------------------------------------------------------------- checks

    def check(self, draft: Draft) -> CheckedText:
        """Check a draft as if it were saved and published.

        :param draft: With the text to check, which need not be saved.
        :return: Its findings, with what one click can mend.
        """
        text, pictures = as_published(plain(draft.text)), self._pictures_by_path(draft)
        checked = self._checks.check(text, path=draft.path, pictures=pictures)
        check = self._checking(draft.path, pictures)
        able = mends(draft.path, text, checked.findings, check, self._beside(draft.path))
        return CheckedText(checked, tuple(DraftFinding.of(found, able.get(found, "")) for found in checked.findings))

    def mend(self, text: str, path: str, finding: Finding) -> str:
        """Return a text with one finding mended.

        :param text: The text as it is now.
        :param path: The file that it would become.
        :param finding: One of its findings.
        :return: The new text; the same if only a person can mend it.
        """
        return mend_one(path, plain(text), finding, self._checking(path, {}), self._beside(path))

    def _checking(self, path: str, pictures: Mapping[str, bytes]) -> Check:
        """Return what checks the file at a path with another text."""

        def check(text: str) -> Sequence[Finding]:
            return self._checks.findings_with({path: as_published(text).encode()}, pictures, only=path)

        return check

    def _beside(self, path: str) -> Beside:
        corpus = self._checks.look().corpus.with_partial
        relations = missing_relations(corpus).get(path, ())
        return Beside(self._settings.site.channel_texts(), relations, ids_by_fold(corpus))

    # ------------------------------------------------------------------------------------------ pictures

    def add_picture(self, draft_id: int, name: str, data: bytes, alt: str, user: User) -> str:
        """Keep an uploaded picture with a draft; it is written next to the article when that is published.

        :param draft_id: The draft's number.
        :param name: The file's name as it was uploaded.
        :param data: Its bytes.
        :param alt: What it shows, for readers who do not see it.
        :param user: The draft's author.
        :return: The line of Markdown that shows it.
        :raises PictureRefused: If it is no picture that can be shown, or nothing says what it shows.
        :raises WritingRefused: If the draft is someone else's, or no longer open.
        """
        kept = self._own(draft_id, user)
        alt_text(alt)  # before the work
        waiting = self._drafts.pictures(draft_id)

        def is_taken(tried: str, made: bytes) -> bool:
            there = waiting.get(tried) or self._files.read(_beside(kept.below, tried))
            return there is not None and there != made

        made = made_fit(name, data, is_taken)
        self._drafts.add_picture(draft_id, made.name, made.shown_as, made.data, who=user.name)
        return markdown(made.name, alt)

    def picture(self, name: str) -> Picture | None:
        """Return a picture that waits with a draft, by the name that customers will get it by, or None."""
        data = self._drafts.picture_shown_as(name)
        return None if data is None else Picture(name, data)

    def _pictures_by_path(self, draft: Draft) -> dict[str, bytes]:
        folder = posixpath.dirname(draft.path)
        return {posixpath.join(folder, name): data for name, data in self._drafts.pictures(draft.id).items()}

    # ------------------------------------------------------------------------------------------- helpers

    def _own(self, draft_id: int, user: User) -> KeptDraft:
        kept = self._drafts.get(draft_id)
        if kept.author != user.name:
            raise WritingRefused(
                f"This draft of {kept.article_id!r} belongs to {kept.author}. Open the article to begin your own."
            )
        return kept

    def _draft(self, kept: KeptDraft) -> Draft:
        return Draft(
            id=kept.id,
            article_id=kept.article_id,
            path=self._files.path(kept.below),
            text=kept.text,
            base_digest=kept.base,
            author=kept.author,
            created_at=kept.created_at,
            updated_at=kept.updated_at,
            state=kept.state,
            review=Review(kept.reviewer, kept.note) if kept.reviewer or kept.note else None,
            number=kept.number,
            questions=kept.questions,
        )


def _beside(below: str, name: str) -> str:
    return posixpath.join(posixpath.dirname(below), name)


def _fitting(text: str) -> str:
    if len(text) > LONGEST:
        raise WritingRefused(
            f"The text has {len(text):,} characters; the most is {LONGEST:,}. Make two articles of it; nothing is lost."
        )
    return plain(text)
