"""A build's last step before a version is published: the vector engine gets it, so that it is there when asked."""

from __future__ import annotations

from kb.errors import EngineDisagrees, EngineUnavailable
from kb.retrieval.index.versions import VersionFiles
from kb.settings.settings import EngineGone, IndexEngine, Settings
from kb.types import Say


def push_to_engine(version: VersionFiles, settings: Settings, say: Say) -> None:
    """Put a version that was written into the vector engine, if the settings name one.

    :param version: Written and verified, not yet published.
    :param settings: What begins with ``index_engine`` is read.
    :param say: Called with what is done, and with what went wrong where the copy in the index folder answers instead.
    :raises EngineUnavailable: If the engine is gone, and nothing answers in its place: nothing is published then.
    :raises EngineDisagrees: If it cannot hold the version, and nothing answers in its place.
    """
    if settings.index_engine is IndexEngine.FAISS:
        return
    from kb.retrieval.engine.connections import EngineAddress  # noqa: PLC0415 - the database's driver
    from kb.retrieval.engine.pushing import push  # noqa: PLC0415 - the same
    from kb.retrieval.engine.rows import VersionRows  # noqa: PLC0415 - the same

    try:
        push(EngineAddress.of(settings), VersionRows.of_files(version), say)
    except (EngineUnavailable, EngineDisagrees) as error:
        if settings.index_engine_gone is EngineGone.REFUSE:
            raise
        say(
            f"{error} {version.name} is published all the same: its copy in the index folder answers until you run "
            "'kb engine push' or build again"
        )
