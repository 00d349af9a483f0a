"""The check of the vector engine: reachable, and holding the published version, every row of it."""

from __future__ import annotations

from collections.abc import Iterator

from kb.care.installation import Installation
from kb.care.results import Result, from_error, ok, problem, warning
from kb.errors import EngineDisagrees, EngineUnavailable, KbIndexError
from kb.settings.settings import EngineGone, IndexEngine


def engine(installation: Installation) -> Iterator[Result]:
    """Check the vector engine, where the settings name one; nothing is written to it."""
    settings = installation.settings
    if settings.index_engine is IndexEngine.FAISS:
        yield ok("engine", "the vectors are in the process (faiss)")
        return
    from kb.retrieval.engine.connections import EngineAddress  # noqa: PLC0415 - the database's driver
    from kb.retrieval.engine.holdings import holdings  # noqa: PLC0415 - the same
    from kb.retrieval.engine.rows import VersionRows  # noqa: PLC0415 - the same
    from kb.retrieval.index.versions import current_name, read_version  # noqa: PLC0415 - reads the index

    address = EngineAddress.of(settings)
    try:
        rows = VersionRows.of_files(read_version(settings.index, current_name(settings.index)))
    except KbIndexError:
        return  # said by the check of the index
    try:
        found = holdings(address, rows)
    except (EngineUnavailable, EngineDisagrees) as error:
        if settings.index_engine_gone is EngineGone.REFUSE:
            yield from_error("engine", error)
        else:
            said, _, remedy = str(error).partition(". ")
            yield warning("engine", f"{said}; the copy in the index folder answers", remedy)
        return
    if found.problem:
        said, _, remedy = found.problem.rpartition(". ")
        kind = problem if settings.index_engine_gone is EngineGone.REFUSE else warning
        yield kind("engine", said, remedy)
        return
    yield ok(
        "engine", f"{address}, pgvector {found.pgvector}: {rows.version}, {len(rows)} rows, each as in the index folder"
    )
