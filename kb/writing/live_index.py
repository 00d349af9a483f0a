"""The index that customers' questions are answered from, kept up to date with what is published.

A published text is live first, with what was learned before. Learning again takes minutes on a large help center; it
goes on afterwards, and is put off while another text is published.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from kb.common.background import Background
from kb.errors import KbError, KbIndexError
from kb.retrieval.index.versions import current_name
from kb.writing.building import Build, BuildStopped

_log = logging.getLogger(__name__)


class LiveIndex:
    """Builds of the index: one for each publication, and learning in between."""

    def __init__(
        self, index: Path, build: Build, learning: Build, went_live: Callable[[], None] = lambda: None
    ) -> None:
        """Prepare; nothing is built yet.

        :param index: The index folder.
        :param build: Makes published texts live.
        :param learning: Learns from them afterwards; another one, so that it can be ended alone.
        :param went_live: Called when a new index is published, so that this process serves it at once.
        """
        self.index = index
        self._build = build
        self._learning = learning
        self._went_live = went_live
        self._before = ""
        self._background = Background("writing-learns", self._learn)

    def publish(self) -> None:
        """Build, and return when the articles on disk are live.

        :raises KbIndexError: If that fails; the index is as it was, or :meth:`take_back` makes it so.
        :raises BuildStopped: If the program ends.
        """
        self._before = self._current()
        self._learning.stop()
        try:
            self._build.run(quick=True)
        finally:
            self._learning.allow()
        self._before = ""
        self._went_live()
        if self._background.is_running:
            self._background.wake()
        else:
            self._background.start()

    def take_back(self) -> None:
        """Build once more if a build that failed published something all the same."""
        if self._before and self._current() != self._before:
            self._build.run(quick=True)
            self._went_live()

    def stop(self) -> None:
        """End what is being built."""
        self._background.tell_to_stop()
        self._build.stop()
        self._learning.stop()
        self._background.stop()

    def _learn(self) -> None:
        try:
            self._learning.run(quick=False)
            self._went_live()
        except BuildStopped:
            _log.debug("Learning is put off: a text is being published, or the program ends.")
        except KbError as error:
            _log.warning("What was published is live; learning from it failed: %s", error)

    def _current(self) -> str:
        try:
            return current_name(self.index)
        except KbIndexError:
            return ""
