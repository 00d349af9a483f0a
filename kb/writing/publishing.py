"""Publishing at the desk: a draft goes to the customers, earlier states are read, and a change is undone."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kb.content.editing.edit import FileText
from kb.errors import WritingRefused
from kb.retrieval.build.status import read_status
from kb.types import ArticleStatus, Severity, User
from kb.writing.drafting import Drafting
from kb.writing.files import as_published, plain, status_of
from kb.writing.publication_store import KeptPublication, Planned
from kb.writing.records import Conflict, DraftState, Publication, PublicationState, PublicationStep, Revision

if TYPE_CHECKING:
    from pathlib import Path

    from kb.authoring.draft_desk import DraftDesk
    from kb.settings.settings import Settings
    from kb.writing.publisher import Publisher, Stores

LONGEST_MESSAGE = 1000
"""Characters of what a publication says of itself."""
_COPY, _BEFORE = "copy-", "before-"
"""Beginnings of the ids of states that git does not have."""


@dataclass(frozen=True)
class _State:
    """One state of an article, with its text where the database has it."""

    revision: Revision
    text: str | None = None
    before: str | None = None


class Publishing(Drafting):
    """The part of the desk that publishes; see :class:`kb.writing.desk.WritingDesk`."""

    def __init__(self, stores: Stores, checks: DraftDesk, settings: Settings, publisher: Publisher) -> None:
        """Work on the drafts and publications of a database, and the articles of a folder.

        :param stores: Where drafts, publications and their history are kept.
        :param checks: Follows the articles on disk.
        :param settings: ``articles``, ``index``, and what site.yaml says of writing.
        :param publisher: Publishes what waits.
        """
        super().__init__(stores.drafts, checks, settings)
        self._publications = stores.publications
        self._git = stores.git
        self._publisher = publisher

    def resume(self) -> None:
        """Go on with publications that a process left behind; a server does so when it starts.

        One that may not write leaves them to the server that may: both are on one database.
        """
        if not self._read_only() and self._publications.next() is not None:
            self._publisher.wake()

    def close(self) -> None:
        """Stop publishing; what runs goes on at the next start."""
        self._publisher.stop()

    # ---------------------------------------------------------------------------------------- publishing

    def publish(self, draft_id: int, user: User, message: str, seen_number: int) -> Publication | Conflict:
        """Publish a draft's text as it is now, in the background.

        :param draft_id: The draft's number.
        :param user: Its author, who becomes the author of the commit.
        :param message: What was changed, for the history; may be empty.
        :param seen_number: The number of the draft as it was seen.
        :return: The publication, which waits or runs; or both texts, if another window saved the draft, or the file was
            changed since the draft was begun.
        :raises WritingRefused: If it has errors, has to be approved first, changes nothing, or is someone else's.
        """
        kept = self._own(draft_id, user)
        draft = self._draft(kept)
        if kept.number != seen_number:
            return Conflict("", kept.text, kept.saved_by, kept.updated_at, is_file=False, draft=draft)
        if (outdated := self.outdated(draft)) is not None:
            return outdated
        self._refuse_read_only()
        self._refuse_unready(draft.state, kept.text, kept.below)
        title = self._refuse_errors(draft.id)
        before, after = self._before_and_after(kept.below, as_published(kept.text))
        note = f"\n\nReviewed-by: {kept.reviewer}" if draft.state is DraftState.APPROVED else ""
        said = _message(message) or f"{'Add' if before is None else 'Change'} {kept.article_id}"
        return self._begin(
            Planned(
                article_id=kept.article_id,
                below=kept.below,
                title=title,
                who=user.name,
                message=said + note,
                before=before,
                after=after,
                draft_id=kept.id,
                draft_number=kept.number,
            )
        )

    def _refuse_read_only(self) -> None:
        """Refuse where nothing can be published, as in a container whose files are part of its image."""
        for folder in self._read_only():
            raise WritingRefused(
                f"This server may not write to {folder}, so nothing can be published here. Your draft is kept. "
                "Ask the person who runs the server for a folder that it may write to."
            )

    def _read_only(self) -> list[Path]:
        """Return the folders that are there and cannot be written."""
        folders = (self._settings.articles, self._settings.index)
        return [folder for folder in folders if folder.exists() and not os.access(folder, os.W_OK)]

    def _refuse_unready(self, state: DraftState, text: str, below: str) -> None:
        if not state.is_open:
            raise WritingRefused(f"This draft was {state.value} already. Open the article to begin another one.")
        if self.needs_review and state is not DraftState.APPROVED:
            raise WritingRefused("A second person has to approve this text first. Hand it in for review.")
        data = self._files.read(below)
        if data is None or status_of(text) is not ArticleStatus.DRAFT:
            return
        if status_of(self._files.text(below, data).text) is ArticleStatus.PUBLISHED:
            raise WritingRefused(
                "The text says 'status: draft', which would take the article away from customers. Remove that line to "
                "publish it. To take an article away and lead its readers to another one, use 'kb remove'."
            )

    def _refuse_errors(self, draft_id: int) -> str:
        """Refuse a draft with which no index could be built; return its title."""
        draft = self.draft(draft_id)
        checked = self.check(draft)
        if checked.errors or checked.article is None:
            n = len(checked.errors)
            raise WritingRefused(
                f"{n} error{'s' if n != 1 else ''} must be corrected first. The first: {checked.errors[0].message} "
                f"(line {checked.errors[0].line}).",
                checked.errors,
            )
        others = [found for found in checked.checked.corpus.findings if found.severity is Severity.ERROR]
        if others:
            raise WritingRefused(f"Nothing can be published until another file is corrected: {others[0]}.", others)
        return checked.article.title

    def _before_and_after(self, below: str, text: str) -> tuple[str | None, str]:
        """Return a file as it is, and as it would be with a text, in its own line ends."""
        data = self._files.read(below)
        if data is None:
            return None, plain(text)
        after = self._files.text(below, data).with_text(plain(text))
        if after.encode() == data:
            raise WritingRefused("The text is the same as the saved one, so there is nothing to publish.")
        return data.decode(), after

    def _begin(self, planned: Planned) -> Publication:
        kept = self._publications.add(planned)
        self._publisher.wake()
        return self._shown(kept)

    def publication(self) -> Publication | None:
        """Return the publication that runs or is next; if none is left, the last one; None if there never was one."""
        return self._shown_or_none(self._publications.latest())

    def publication_of(self, article_id: str) -> Publication | None:
        """Return the same of one article."""
        return self._shown_or_none(self._publications.latest(article_id))

    def _shown_or_none(self, kept: KeptPublication | None) -> Publication | None:
        if kept is None:
            return None
        if not kept.state.is_over:  # whoever looks at it makes sure that somebody works on it
            self._publisher.wake()
        return self._shown(kept)

    def _shown(self, kept: KeptPublication) -> Publication:
        planned, is_over = kept.planned, kept.state.is_over
        is_building = kept.state is PublicationState.RUNNING and kept.step is PublicationStep.BUILDING
        status = read_status(self._settings.index) if is_building else None
        return Publication(
            id=kept.id,
            article_id=planned.article_id,
            title=planned.title,
            who=planned.who,
            message=planned.message,
            state=kept.state,
            step=kept.step,
            created_at=kept.created_at,
            updated_at=kept.updated_at,
            draft_id=planned.draft_id,
            done=status.done if status is not None else 0,
            total=status.total if status is not None else 0,
            seconds_left=status.seconds_left if status is not None else None,
            reason=kept.reason,
            revision=(kept.revision or f"{_COPY}{kept.id}") if kept.state is PublicationState.DONE else "",
            waiting=0 if is_over else self._publications.before_it(kept.id),
        )

    # ------------------------------------------------------------------------------------------- history

    def history(self, article_id: str) -> tuple[Revision, ...]:
        """Return the published states of an article, the newest first: commits, and copies kept where git has none.

        :param article_id: The article.
        :return: None of them for an article that was not saved yet.
        """
        found = self._states(article_id)
        return tuple(replace(state.revision, is_current=n == 0) for n, state in enumerate(found))

    def text_at(self, article_id: str, revision: str) -> str:
        """Return an article's text at one of its published states.

        :param article_id: The article.
        :param revision: The id of the state.
        :return: The text, with plain line feeds.
        :raises WritingRefused: If there is no such state.
        """
        state = next((state for state in self._states(article_id) if state.revision.id == revision), None)
        if state is None:
            raise WritingRefused(f"{article_id!r} has no state {revision[:12]!r}. Choose one from its history.")
        if state.text is not None:
            return FileText.of(state.text.encode()).text
        below = self._below(article_id)
        return self._files.text(below, self._git.text_at(below, revision)).text

    def text_before(self, article_id: str, revision: str) -> str | None:
        """Return an article's text before one of its published states; None if that was the first."""
        states = self._states(article_id)
        n = next((n for n, state in enumerate(states) if state.revision.id == revision), None)
        if n is None:
            raise WritingRefused(f"{article_id!r} has no state {revision[:12]!r}. Choose one from its history.")
        if (before := states[n].before) is not None:
            return FileText.of(before.encode()).text
        return self.text_at(article_id, states[n + 1].revision.id) if n + 1 < len(states) else None

    def undo(self, article_id: str, revision: str, user: User) -> Publication:
        """Publish the text that an article had before one of its states; open drafts stay as they are.

        It was published before, so that nobody has to approve it again.

        :param article_id: The article.
        :param revision: The id of the state.
        :param user: Who undoes it.
        :return: The publication, which waits or runs.
        :raises WritingRefused: If there is no text before it, or it is the text that is there.
        """
        self._refuse_read_only()
        text = self.text_before(article_id, revision)
        if text is None:
            raise WritingRefused(
                "There is no text before the first one. To take an article away and lead its readers to another one, "
                "use 'kb remove'."
            )
        state = next(state for state in self._states(article_id) if state.revision.id == revision)
        below = self._below(article_id)
        before, after = self._before_and_after(below, text)
        title = next((a.title for a in self._checks.look().corpus.articles if a.id == article_id), article_id)
        said = f"Undo: {state.revision.message.partition(chr(10))[0]}"
        return self._begin(Planned(article_id, below, title, user.name, said, before, after))

    def _below(self, article_id: str) -> str:
        below = self._files.find(article_id, self._checks.look().paths)
        if not below:
            raise WritingRefused(f"There is no article {article_id!r}. Choose one from the list.")
        return below

    def _states(self, article_id: str) -> Sequence[_State]:
        below = self._files.find(article_id, self._checks.look().paths)
        if not below:
            return []
        commits = [_State(Revision(c.id, c.who, c.at, c.message)) for c in self._git.log(below)]
        copies = [kept for kept in self._publications.done(article_id) if not kept.revision]
        found = commits + [
            _State(_copy(kept, f"{_COPY}{kept.id}"), kept.planned.after, kept.planned.before) for kept in copies
        ]
        if copies and not commits and copies[-1].planned.before is not None:
            first = replace(_copy(copies[-1], f"{_BEFORE}{copies[-1].id}"), who="", message="")
            found.append(_State(first, copies[-1].planned.before))
        return sorted(found, key=lambda state: state.revision.at, reverse=True)


def _copy(kept: KeptPublication, revision: str) -> Revision:
    return Revision(revision, kept.planned.who, kept.created_at, kept.planned.message, is_kept_copy=True)


def _message(typed: str) -> str:
    """Return what a publication says of itself, as the message of a commit; empty if nothing was typed."""
    text = "\n".join(" ".join(line.split()) for line in plain(typed).strip().split("\n"))
    if len(text) > LONGEST_MESSAGE:
        raise WritingRefused(f"What was changed is said in {len(text):,} characters; the most is {LONGEST_MESSAGE:,}.")
    return text
