"""Checks of the index: whether it is there, whole, right on this processor, and of the articles as they are."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from kb.care.installation import Installation
from kb.care.results import Result, from_error, ok, problem, warning
from kb.common.files import canonical_json, sha256
from kb.errors import KbIndexError
from kb.retrieval.build.status import read_status
from kb.retrieval.encoder.models import AUTO
from kb.retrieval.index.serialise import article_to_json
from kb.retrieval.index.verifying import verify_version
from kb.retrieval.index.versions import current_name, read_manifest, version_names

if TYPE_CHECKING:
    from kb.content.articles.corpus import Corpus

_BUILD: Final = "Run: kb build"
_LISTED: Final = 3
"""Articles that a message names."""


def index(installation: Installation) -> Iterator[Result]:
    """Check that a version is published, and every byte of it."""
    folder = installation.settings.index
    status = read_status(folder)
    if status is not None:
        yield ok("index", f"a build is running ({status.stage}, {status.share:.0%})")
    try:
        name = current_name(folder)
        size = verify_version(folder, name)
    except KbIndexError as error:
        yield from_error("index", error)
        return
    yield ok("index", f"{name} in {folder}, {size / 1e6:.0f} MB, every byte as its manifest lists")


def versions(installation: Installation) -> Iterator[Result]:
    """Check the versions to which one can go back."""
    folder = installation.settings.index
    try:
        current = current_name(folder)
    except KbIndexError:
        current = ""
    others = [name for name in version_names(folder) if name != current]
    bad = []
    for name in others:
        try:
            verify_version(folder, name)
        except KbIndexError as error:
            bad.append((name, str(error).partition(". ")[0]))
    for name, why in bad:
        yield warning("versions", why, f"Remove the folder {folder / 'versions' / name}; nothing serves from it.")
    if not bad:
        yield ok("versions", f"{len(others)} older in {folder}, whole" if others else "no older one is kept")


def answers(installation: Installation) -> Iterator[Result]:
    """Check that the index answers here, and that its encoder gives the same vectors as where it was built."""
    from kb.retrieval.answering.answerer import IndexAnswerer  # noqa: PLC0415 - the model's runtime
    from kb.retrieval.index.index import Index  # noqa: PLC0415 - the same
    from kb.retrieval.index.versions import read_version  # noqa: PLC0415 - the same

    folder = installation.settings.index
    started = time.perf_counter()
    try:
        files = read_version(folder, current_name(folder))
    except KbIndexError:
        return  # said by the check of the index
    loaded = Index.load(files)  # what it raises names the remedy
    took = time.perf_counter() - started
    answerer = IndexAnswerer(loaded)
    title = next(iter(loaded.library)).title
    started = time.perf_counter()
    answer = answerer.ask(title)
    milliseconds = (time.perf_counter() - started) * 1000
    if not answer.hits or answer.hits[0].article_id != next(iter(loaded.library)).id:
        yield problem("answers", f"the title {title!r} does not find its own article", "Run: kb build --full")
        return
    said = f"loaded in {took:.1f} s, answers in {milliseconds:.0f} ms"
    yield ok("answers", f"its encoder gives the same vectors here as where it was built; {said}")


def fresh(installation: Installation) -> Iterator[Result]:
    """Check that the index is of the articles, settings and program as they are now."""
    from kb.retrieval.build.inputs import digests_with  # noqa: PLC0415 - the build's libraries

    settings, corpus = installation.settings, installation.corpus
    try:
        manifest = read_manifest(settings.index, current_name(settings.index))
    except KbIndexError:
        return
    if corpus is None:
        return
    built_with = manifest["encoder"]["name"]
    if settings.encoder not in (AUTO, built_with):
        said = f"built with the encoder {built_with!r}, and {settings.encoder!r} is configured"
        yield warning("fresh", f"the index was {said}", _BUILD)
    if digests_with(corpus.library, settings, manifest["encoder"]["revision"])["inputs"] == manifest["inputs"]:
        if manifest.get("calibration", {}).get("kept"):
            yield warning("fresh", "the articles are live, with the learning of the version before", _BUILD)
        else:
            yield ok("fresh", "the index is of the articles, settings and program as they are")
        return
    yield warning("fresh", _changed(corpus, manifest), _BUILD)


def _changed(corpus: Corpus, manifest: dict[str, Any]) -> str:
    """Return what has changed since the index was built."""
    now = {article.id: sha256(canonical_json(article_to_json(article))) for article in corpus.library}
    then = manifest["articles"]
    changed = sorted(name for name in {*now, *then} if now.get(name) != then.get(name))
    if not changed:
        return "site.yaml, a signpost, a test or the program has changed since the index was built"
    more = f" and {len(changed) - _LISTED} more" if len(changed) > _LISTED else ""
    return f"changed since the index was built: {', '.join(changed[:_LISTED])}{more}"
