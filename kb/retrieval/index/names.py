"""The organizations that an index knows: those it looks for in a question, and the articles that mention each."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from kb.common.files import canonical_json
from kb.retrieval.index.passages import Unit
from kb.retrieval.query.organizations import Named, Organizations, organizations_from, organizations_json

NAMES = "names.json"
ORGANIZATIONS = "organizations.json"


@dataclass(frozen=True)
class NameIndex:
    """Organizations, and the articles that mention them."""

    organizations: Organizations
    mentioned_by: Mapping[str, frozenset[str]]
    """The ids of the articles and signposts that mention an organization, by its name."""
    signposts: frozenset[str] = frozenset()
    """The ids of the signposts."""

    def strangers(self, named: Named, article_id: str) -> tuple[str, ...]:
        """Return the organizations that a question is about and an article does not mention.

        :param named: What the question names.
        :param article_id: The article that would answer.
        :return: By name; none if the question names this provider as well.
        """
        if named.us:
            return ()
        return tuple(name for name in named.others if article_id not in self.mentioned_by.get(name, ()))

    @cached_property
    def _mentions_by_signposts(self) -> dict[str, Counter[str]]:
        """How many organizations of a field each signpost mentions, by field."""
        counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for name, ids in self.mentioned_by.items():
            counts[self.organizations.field_of(name)].update(ids & self.signposts)
        return dict(counts)

    def signpost_for(self, name: str, likeliest: str = "") -> str | None:
        """Return the id of the signpost for an organization.

        :param name: The organization.
        :param likeliest: The signpost that the words of the question are nearest to.
        :return: A signpost that mentions the organization: the likeliest, if it does, or the one that mentions most of
            its line of business. If none does, the one that makes most of all mentions of that line of business, if
            they are at least half of them.
        """
        counts = self._mentions_by_signposts.get(self.organizations.field_of(name), Counter())
        own = self.mentioned_by.get(name, frozenset()) & self.signposts
        if likeliest in own:
            return likeliest
        first = min(own or counts, key=lambda signpost: (-counts[signpost], signpost), default=None)
        is_clear = first is not None and 2 * counts[first] >= counts.total()
        return first if own or is_clear else None

    def to_files(self) -> dict[str, bytes]:
        """Return the index's files by name."""
        values = {
            "own": list(self.organizations.own),
            "signposts": sorted(self.signposts),
            "mentioned_by": {name: sorted(ids) for name, ids in sorted(self.mentioned_by.items())},
        }
        return {NAMES: canonical_json(values), ORGANIZATIONS: organizations_json(self.organizations)}

    @classmethod
    def from_files(cls, files: Mapping[str, bytes]) -> NameIndex:
        """Return the index of verified files."""
        values: dict[str, Any] = json.loads(files[NAMES])
        organizations = organizations_from(files[ORGANIZATIONS], tuple(values["own"]))
        mentioned_by = {name: frozenset(ids) for name, ids in values["mentioned_by"].items()}
        return cls(organizations, mentioned_by, frozenset(values["signposts"]))


@dataclass(frozen=True)
class Mentions:
    """The organizations that each unit of an index mentions."""

    organizations: Organizations
    by_row: tuple[tuple[str, ...], ...]

    @classmethod
    def of(cls, organizations: Organizations, units: Sequence[Unit]) -> Mentions:
        """Read every unit."""
        return cls(organizations, tuple(_mentioned(organizations, unit.text) for unit in units))

    def index(
        self, units: Sequence[Unit], kept: npt.NDArray[np.bool_] | None = None, signposts: Iterable[str] = ()
    ) -> NameIndex:
        """Return the index of some units.

        :param units: All units, as they were read.
        :param kept: Which of them count; all by default.
        :param signposts: The ids of the signposts.
        :return: The organizations that they mention.
        """
        rows: Iterable[int] = range(len(units)) if kept is None else np.flatnonzero(kept).tolist()
        found: defaultdict[str, set[str]] = defaultdict(set)
        for row in rows:
            for name in self.by_row[row]:
                found[name].add(units[row].article_id)
        mentioned_by = {name: frozenset(ids) for name, ids in found.items()}
        return NameIndex(self.organizations, mentioned_by, frozenset(signposts))


@lru_cache(maxsize=1 << 14)  # texts of editors only; the shipped bank is read once for all builds of a process
def _mentioned(organizations: Organizations, text: str) -> tuple[str, ...]:
    return organizations.named(text).mentioned
