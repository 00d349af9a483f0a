"""All errors that the product raises on purpose.

::

    KbError
    ├── ConfigError            site.yaml, a setting or an environment variable is wrong
    ├── ArticlesError          articles that cannot be built; carries every finding
    │   └── GitUnavailable     git is not installed, or does not answer
    ├── KbIndexError
    │   ├── IndexMissing       nothing was built yet
    │   ├── IndexDamaged       a file of a version is not what its manifest says
    │   ├── IndexStale         built by another format or for another encoder
    │   ├── IndexBusy          another build holds the lock
    │   ├── DimensionMismatch  a vector of another length than the index's
    │   ├── VectorsDisagree    a version's encoder computes differently on this processor
    │   ├── EngineUnavailable  the vector engine cannot be reached, or does not answer in time
    │   └── EngineDisagrees    what the vector engine holds is not the version that was asked for
    ├── TooBusy                a question got no turn in time, or its visitor asks too much; says when to try again
    ├── EncoderUnavailable     the model cannot be loaded, or is not the one that was pinned
    ├── DeliveryFailed         a request did not reach the help desk; says whether that may pass
    ├── QueryFileError         a file of questions or judgments cannot be read
    ├── JournalUnavailable     the journal's database cannot be reached or written
    │   ├── JournalDamaged     its file is damaged; says how to recover what is in it
    │   └── JournalNewer       its tables were changed by a newer version of the program
    ├── ReleaseRefused         a release of the index cannot be published or taken; what serves is left as it is
    │   ├── SourceUnavailable  its place does not answer, or answers too slowly; says whether that may pass
    │   ├── ReleaseUntrusted   a signature is wrong, or by none of the keys that are trusted
    │   ├── ReleaseDamaged     a file has other bytes than the signed list says
    │   ├── ReleaseOlder       it was published before the one that is installed
    │   ├── ReleaseTooNew      it needs another version of this program
    │   └── ReleaseConflict    another publisher was first
    ├── BackupRefused          a backup cannot be made, is not whole, or would overwrite what is there
    ├── QueryUnknown           an event names a question that was never recorded
    ├── GapRefused             a gap does not exist, or cannot be moved by that step now
    ├── LessonRefused          a lesson does not exist, cannot be proposed, or cannot be moved by that step now
    │   └── LessonOutdated     its file was changed since it was decided; says what is there now
    ├── WritingRefused         a draft cannot be begun, kept, handed in or published now
    │   └── PictureRefused     an uploaded picture cannot be used
    ├── SampleRefused          a weekly sample cannot be drawn or judged
    ├── AccountRefused         an account does not exist, or its name or password cannot be used
    └── SignInRefused          the sign-in failed; the message never says why

A message says what is wrong, where, and what to do next. Wrong arguments from code are plain ``ValueError``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kb.types import Finding


class KbError(Exception):
    """Root of every error raised on purpose; its text is one sentence fit to be shown."""


class ConfigError(KbError):
    """A setting, site.yaml or an environment variable has a value that cannot be used."""


class ArticlesError(KbError):
    """The articles have errors, so nothing was built."""

    def __init__(self, message: str, findings: Sequence[Finding] = ()) -> None:
        """Keep the findings with the one-sentence message."""
        super().__init__(message)
        self.findings = tuple(findings)


class GitUnavailable(ArticlesError):
    """The articles of an earlier revision cannot be read, because git is not installed or does not answer."""


class KbIndexError(KbError):
    """The index cannot be used."""


class IndexMissing(KbIndexError):
    """The folder has no index."""


class IndexDamaged(KbIndexError):
    """A version does not match its manifest."""


class IndexStale(KbIndexError):
    """A version was written by another format or for another encoder."""


class IndexBusy(KbIndexError):
    """Another build is writing to the same index folder."""


class DimensionMismatch(KbIndexError):
    """A vector has another length than the index's ``dim``."""


class VectorsDisagree(KbIndexError):
    """On this processor, a version's encoder gives other vectors than those the version was built with."""


class EngineUnavailable(KbIndexError):
    """The vector engine cannot be reached, does not answer in time, or refuses a statement."""


class EngineDisagrees(KbIndexError):
    """The vector engine lacks a version, or holds other rows than the version in the index folder."""


class TooBusy(KbError):
    """A question got no turn in time, or its visitor asks too much for one minute."""

    def __init__(self, seconds: int) -> None:
        """Keep the time after which to try again.

        :param seconds: 1 or more.
        """
        self.seconds = max(1, seconds)
        unit = "second" if self.seconds == 1 else "seconds"
        super().__init__(f"Too many questions at once: try again in {self.seconds} {unit}.")


class EncoderUnavailable(KbError):
    """The embedding model is missing, damaged, or not the one whose digest is pinned."""


class QueryFileError(KbError):
    """A file of questions or judgments cannot be read."""


class JournalUnavailable(KbError):
    """The journal's database cannot be reached, or refuses to write."""


class JournalDamaged(JournalUnavailable):
    """The journal's file is damaged, as by a failing disk; the message says how to recover what is in it."""


class JournalNewer(JournalUnavailable):
    """A newer version of the program has changed the journal's tables."""


class ReleaseRefused(KbError):
    """A release of the index cannot be published or taken."""


class SourceUnavailable(ReleaseRefused):
    """The place of the releases does not answer, answers too slowly, or breaks off."""

    def __init__(self, message: str, *, may_pass: bool = True) -> None:
        """Keep the message, and whether another attempt may succeed.

        :param message: Says which place, and what to check.
        :param may_pass: False for a permanent refusal, such as of the credentials.
        """
        super().__init__(message)
        self.may_pass = may_pass


class ReleaseUntrusted(ReleaseRefused):
    """What is signed is not, is signed by an unknown key, or is something else than it should be."""


class ReleaseDamaged(ReleaseRefused):
    """A file has other bytes than the signed list of files says, or too many."""


class ReleaseOlder(ReleaseRefused):
    """The release has a lower number than the one that is installed, or the same number and another content."""


class ReleaseTooNew(ReleaseRefused):
    """The release is for another version of this program, or does not work on this machine."""

    def __init__(self, message: str, manifest_sha256: str = "") -> None:
        """Keep the message, and which version it is about.

        :param message: Says which program reads it.
        :param manifest_sha256: The digest of the version's manifest; trying it again changes nothing.
        """
        super().__init__(message)
        self.manifest_sha256 = manifest_sha256


class ReleaseConflict(ReleaseRefused):
    """Another publisher has switched the release since this one looked."""


class BackupRefused(KbError):
    """A backup cannot be made, cannot be read, is not whole, or would overwrite what is there."""


class QueryUnknown(KbError):
    """An event names a question that was never recorded, or was erased."""


class GapRefused(KbError):
    """The gap does not exist, or the step is not possible from its state."""


class LessonRefused(KbError):
    """The lesson does not exist, holds what must not be in an example, or cannot be moved by that step now."""


class LessonOutdated(LessonRefused):
    """The file was changed since the lesson was decided; the decision is kept, and has to be renewed or declined."""

    def __init__(self, message: str, changes: Sequence[str] = ()) -> None:
        """Keep the message, and what has changed.

        :param message: Says which lesson and what to do next.
        :param changes: One sentence each, such as which sections there are now.
        """
        super().__init__(message)
        self.changes = tuple(changes)


class WritingRefused(KbError):
    """A draft does not exist, or cannot be kept, handed in or published as it is; nothing is lost by that."""

    def __init__(self, message: str, findings: Sequence[Finding] = ()) -> None:
        """Keep the message, and the findings that stand in the way.

        :param message: Says what to do next.
        :param findings: Of the draft; empty where the reason is another.
        """
        super().__init__(message)
        self.findings = tuple(findings)


class PictureRefused(WritingRefused):
    """An uploaded file is no picture that can be shown, or has no words for readers who do not see it."""


class SampleRefused(KbError):
    """The weekly sample cannot be drawn yet, or has no such answer."""


class AccountRefused(KbError):
    """The account does not exist, or its name or password cannot be used."""


class SignInRefused(KbError):
    """The sign-in failed; the message never says why."""


class DeliveryFailed(KbError):
    """The help desk's server did not accept a request."""

    def __init__(self, message: str, *, may_pass: bool) -> None:
        """Keep the message, and whether another attempt may succeed.

        :param message: Never anything a customer wrote.
        :param may_pass: False for a permanent refusal.
        """
        super().__init__(message)
        self.may_pass = may_pass
