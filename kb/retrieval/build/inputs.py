"""Digests of everything that determines an index version."""

from __future__ import annotations

from importlib.resources import files

from kb.common.files import canonical_json, sha256
from kb.retrieval.build.encoding import CachedEncoder
from kb.retrieval.build.general_questions import general_questions
from kb.retrieval.build.learning import guiding_tests
from kb.retrieval.build.trials import out_of_scope_questions
from kb.retrieval.index.serialise import library_to_json
from kb.retrieval.index.versions import FORMAT
from kb.retrieval.query.organizations import organizations_json, organizations_of
from kb.retrieval.query.speller import shipped_words
from kb.settings.settings import Settings
from kb.types import Library


def deciding_digests(library: Library, settings: Settings, encoder: CachedEncoder) -> dict[str, str]:
    """Return digests of everything that determines an index.

    :param library: The articles and signposts.
    :param settings: The promise and the operator's names are read.
    :param encoder: Its revision is read.
    :return: ``inputs``, of everything, and ``learner``, which leaves out the articles.
    """
    return digests_with(library, settings, encoder.card.revision)


def digests_with(library: Library, settings: Settings, revision: str) -> dict[str, str]:
    """Return digests of everything that determines an index, without an encoder at hand.

    :param library: The articles and signposts.
    :param settings: The promise and the operator's names are read.
    :param revision: The encoder's.
    :return: As :func:`deciding_digests`.
    """
    learner = {
        "format": FORMAT,
        "program": program(),
        "encoder": revision,
        "own_name": settings.site.provider,
        "names": [*settings.site.names, "", *settings.site.other_providers],
        "general_questions": [[u.article_id, u.text] for u in general_questions()],
        "known_words": shipped_words(),
        "organizations": sha256(organizations_json(organizations_of((), ()))),
        "target_wrong_answers": settings.target_wrong_answers,
        "assumed": [settings.assumed_unanswerable, settings.assumed_known],
        "out_of_scope": out_of_scope_questions(),
    }
    digest = sha256(canonical_json(learner))
    tests = [[article, *asked] for article, asked in sorted(guiding_tests(library).items())]
    return {"learner": digest, "inputs": sha256(canonical_json([digest, library_to_json(library), tests]))}


def program() -> str:
    """Return a digest of this package's source, since another program may build another index."""
    room = files("kb.retrieval")
    folders = (room, *(room / name for name in ("query", "index", "answering", "encoder", "build")))
    sources = sorted((p for f in folders for p in f.iterdir() if p.name.endswith(".py")), key=str)
    return sha256(b"".join(p.name.encode() + p.read_bytes() for p in sources))
