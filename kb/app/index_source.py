"""A server that follows releases: it looks at their place every few seconds, and takes what is new and good.

The version is only made current on disk; the answerer notices that by itself, as after a build.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from kb.common.background import LAST_MOMENT_SECONDS, Background, doubled
from kb.errors import ConfigError, IndexBusy, KbError, ReleaseOlder, ReleaseTooNew, ReleaseUntrusted, SourceUnavailable
from kb.settings.settings import Settings

if TYPE_CHECKING:
    from kb.distribution.keys import KeyRing
    from kb.distribution.pulling import Pulled
    from kb.distribution.release import Release
    from kb.distribution.store import Patience, Source

_LONGEST_WAIT: Final = timedelta(minutes=1)
"""Between two looks at a place that fails; it may recover at any time."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SourceState:
    """What a server knows about the place that it follows."""

    release: int = 0
    """The number of the release that was installed from it last; 0 for none."""
    published_at: float = 0.0
    """When that was published, in seconds since 1970."""
    looked_at: float = 0.0
    """When the place last answered with something that can be trusted, by :func:`time.monotonic`; 0 for never."""
    failure: str = ""
    """Why the last look failed; empty if it did not."""
    failures: int = 0
    """Looks that failed since the start."""
    pulled: int = 0
    """Releases that were installed since the start."""


class IndexSource:
    """A thread that pulls releases; safe to read from any thread."""

    def __init__(self, settings: Settings, environ: Mapping[str, str] | None = None) -> None:
        """Prepare; nothing is connected to before :meth:`start`.

        :param settings: ``index``, ``index_source``, ``index_source_seconds``, ``index_keys`` and ``keep_versions``.
        :param environ: The environment, with a bucket's credentials; the process's own when None.
        :raises ConfigError: If the place or a key cannot be used, or there is no key.
        """
        from kb.distribution.keys import KeyRing
        from kb.distribution.store import Patience, open_source

        if not settings.index_keys:
            raise ConfigError(
                f"'index_source' names {settings.index_source}, and 'index_keys' is empty, so nothing there can be "
                "trusted. Set it to the public key that 'kb publish --new-key' printed (KB_INDEX_KEYS)."
            )
        self._settings = settings
        self._background = Background("index-source", self._look)
        self._patience = Patience(attempts=2, pause=self._background.pause)
        self._keys = KeyRing(settings.index_keys)
        self._source = open_source(settings.index_source, os.environ if environ is None else environ, self._patience)
        self._in_a_row = 0
        self._refused: dict[str, str] = {}
        self._is_refused = False
        self.state = SourceState()

    @property
    def address(self) -> str:
        """The place, without a password."""
        return self._source.address

    def start(self) -> None:
        """Look for the first time, and from then on every ``index_source_seconds``."""
        self._background.start()

    def stop(self) -> None:
        """Stop; a download that is under way is continued after the next start."""
        self._background.stop(LAST_MOMENT_SECONDS)

    def look(self) -> bool:
        """Look at the place now, and take what is new.

        :return: Whether that went well; why not is in :attr:`state`, and in the log once.
        """
        try:
            pulled = _pull(self._settings, self._source, self._keys, self._refused, self._patience)
        except IndexBusy:  # a build, or a pull by hand: what it makes is looked at next time
            return True
        except KbError as error:
            return self._failed(error)
        if self.state.failure:
            _log.warning("%s can be followed again.", self.address)
        if pulled.is_new:
            _log.info("%s from %s is installed", pulled.release.title, self.address)
        self._in_a_row = 0
        self.state = _after(self.state, pulled.release, is_new=pulled.is_new)
        return True

    def _failed(self, error: KbError) -> bool:
        if self._background.is_stopping:
            return False
        if str(error) != self.state.failure:
            level = logging.WARNING if isinstance(error, SourceUnavailable) else logging.ERROR
            _log.log(level, "No new release is taken, and what serves goes on serving. %s", error)
        if isinstance(error, ReleaseTooNew):
            self._refused = {error.manifest_sha256: str(error)}
        self._is_refused = isinstance(error, ReleaseTooNew | ReleaseUntrusted | ReleaseOlder)
        self._in_a_row += 1
        self.state = replace(self.state, failure=str(error), failures=self.state.failures + 1)
        return False

    def _look(self) -> float:
        usual = timedelta(seconds=self._settings.index_source_seconds)
        if self.look() or self._is_refused:  # to see that the same is refused takes one small file
            return usual.total_seconds()
        return doubled(usual, self._in_a_row, max(usual, _LONGEST_WAIT)).total_seconds()


def _pull(settings: Settings, source: Source, keys: KeyRing, refused: Mapping[str, str], patience: Patience) -> Pulled:
    from kb.distribution.pulling import pull_release
    from kb.retrieval.index.index import Index

    return pull_release(
        settings.index, source, keys, Index.load, keep=settings.keep_versions, refused=refused, patience=patience
    )


def _after(state: SourceState, release: Release, *, is_new: bool) -> SourceState:
    return replace(
        state,
        release=release.number,
        published_at=release.published_at.timestamp(),
        looked_at=time.monotonic(),
        failure="",
        pulled=state.pulled + is_new,
    )
