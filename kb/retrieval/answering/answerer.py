"""Answers one question from one index."""

from __future__ import annotations

import time
from dataclasses import replace

from kb.retrieval.answering.confidence import SIGNALS, Decision, Known, decide, signals
from kb.retrieval.answering.ranking import Ranking, best_unit, rank_articles
from kb.retrieval.answering.section_choice import choose_section
from kb.retrieval.index.index import Index
from kb.retrieval.query.normalise import normalise, without_name
from kb.retrieval.query.organizations import Named
from kb.retrieval.query.wants_agent import wants_agent
from kb.types import (
    DEFAULT_K,
    MAX_K,
    Answer,
    Answered,
    Clarify,
    Elsewhere,
    Hit,
    HitEvidence,
    Library,
    NoAnswer,
    NoAnswerReason,
    Outcome,
    OutcomeKind,
    Scores,
    Vector,
)

_MEANT = 0.15
"""Least share of the likelihood among articles for one that is offered to somebody who asked about something else."""


class IndexAnswerer:
    """An answerer from one index; it has no state of its own, so threads may share it."""

    def __init__(self, index: Index) -> None:
        """Answer from an index that was loaded."""
        self._index = index

    @property
    def index(self) -> Index:
        """The index that answers, with its encoder and manifest."""
        return self._index

    @property
    def index_version(self) -> str:
        """The version that answers."""
        return self._index.version

    @property
    def library(self) -> Library:
        """The articles of that version."""
        return self._index.library

    def close(self) -> None:
        """Do nothing: nothing runs in the background."""

    def ask(self, text: str, k: int = DEFAULT_K, *, exact: bool = False, language: str | None = None) -> Answer:
        """Rank the articles for a query and decide the outcome.

        :param text: As typed; any string.
        :param k: The number of hits, 1 to 100.
        :param exact: Whether its words are searched as typed, without correcting errors.
        :param language: The language to show the articles in, as far as they are translated; that of the query if None.
        :return: ``min(k, articles)`` hits; none for a query without a letter or digit.
        :raises ValueError: If ``k`` is out of its range.
        """
        if not 1 <= k <= MAX_K:
            raise ValueError(f"k must be 1 to {MAX_K}, not {k}")
        started = time.perf_counter()
        query = replace(normalise(self._index.speller.joined(text)), raw=text)
        searched = query.text if exact else self._index.speller.searched(query)
        query = replace(query, searched=searched, exact=exact)
        if not query.text or not len(self._index.searchable):
            nothing = NoAnswer(NoAnswerReason.EMPTY_QUERY, ())
            return Answer(query, nothing, 0.0, (), self.index_version, _since(started))
        index = self._index
        compared = without_name(query.searched, index.own_name)
        vector = index.encoder.encode_query(compared)
        ranking = rank_articles(index.searchable, index.ranking, vector, compared, MAX_K)
        first = index.searchable.article_ids[int(ranking.articles[0])]
        named = index.names.organizations.named(query.text)
        strangers = index.names.strangers(named, first)
        values = signals(ranking, is_stranger=bool(strangers))
        written_for = index.known_question(query.text)
        decision = decide(index.confidence, values, ranking, self._known(written_for, first))
        if wants_agent(query.text, index.names.organizations.own):
            decision = Decision(OutcomeKind.NO_ANSWER, decision.confidence, reason=NoAnswerReason.AGENT)
        elsewhere = None
        if decision.reason is NoAnswerReason.ELSEWHERE:
            elsewhere = self._elsewhere(ranking, named, written_for, language or query.language)
            if elsewhere is None:
                decision = replace(decision, reason=NoAnswerReason.OUT_OF_SCOPE)
        shown = ranking.articles[: max(k, DEFAULT_K)].tolist()
        nearness = index.searchable.engine.of_units(vector, shown)
        hits = tuple(
            self._hit(ranking, n, vector, nearness[article], query.text, language or query.language)
            for n, article in enumerate(shown)
        )
        return Answer(
            query=query,
            outcome=self._outcome(decision, hits, elsewhere, ranking),
            confidence=decision.confidence,
            hits=hits[:k],
            index_version=self.index_version,
            took_ms=_since(started),
            signals=dict(zip(SIGNALS, values.astype(float).round(4).tolist(), strict=True)),
        )

    def _known(self, written_for: str | None, first: str) -> Known:
        if written_for == first:
            return Known.FIRST
        is_elsewhere = written_for == "" or written_for in self._index.library.signposts
        return Known.ELSEWHERE if is_elsewhere else Known.NO

    def _elsewhere(self, ranking: Ranking, named: Named, written_for: str | None, language: str) -> Elsewhere | None:
        """Return what a question is about that is not answered here: its signpost, or that of the company it names.

        A field of the bank has nothing to say, and neither has a question that nothing answers.
        """
        signposts = self._index.library.signposts
        likeliest = "" if ranking.elsewhere is None else self._index.searchable.article_ids[ranking.elsewhere.position]
        names = self._index.names
        by_name = [found for name in named.others if (found := names.signpost_for(name, likeliest)) is not None]
        # A company decides over the words: a bill of another provider reads like one of this provider.
        chosen = next((found for found in (written_for or "", *by_name, likeliest) if found in signposts), "")
        signpost = signposts[chosen].in_language(language) if chosen else None
        return Elsewhere(signpost, named.others) if chosen or named.others else None

    def _outcome(
        self, decision: Decision, hits: tuple[Hit, ...], elsewhere: Elsewhere | None, ranking: Ranking
    ) -> Outcome:
        if decision.kind is OutcomeKind.ANSWERED:
            return Answered(hits[0], hits[1:DEFAULT_K])
        if decision.kind is OutcomeKind.CLARIFY:
            return Clarify(hits[: decision.n_choices])
        nearest = hits[:DEFAULT_K]
        if elsewhere is not None:  # only what the customer may have meant
            nearest = tuple(hit for hit, share in zip(nearest, ranking.shares, strict=False) if share >= _MEANT)
        return NoAnswer(decision.reason or NoAnswerReason.BELOW_THRESHOLD, nearest, elsewhere)

    def _hit(self, ranking: Ranking, n: int, vector: Vector, nearness: Scores, text: str, language: str) -> Hit:
        searchable = self._index.searchable
        article = int(ranking.articles[n])
        article_id = searchable.article_ids[article]
        tied = self._index.tied_section(article_id, text)
        part = choose_section(searchable, article, vector, ranking.unit_scores, tied, language, nearness)
        unit = searchable.units[best_unit(searchable, article, nearness)]
        parts = {name: round(float(part[n]), 4) for name, part in ranking.parts.items()}
        return Hit(
            rank=n + 1,
            article_id=article_id,
            title=self._index.library.articles[article_id].in_language(part.passage.language).title,
            passage=part.passage,
            score=float(ranking.scores[n]),
            evidence=HitEvidence(unit.kind, unit.text, parts, part.evidence),
            lead=part.lead,
        )


def _since(started: float) -> float:
    return (time.perf_counter() - started) * 1000
