"""Why a question is answered as it is, in sentences that a writer can act on; numbers are elsewhere."""

from __future__ import annotations

import re
from typing import Final

from kb.common.folding import plain_words
from kb.common.stems import stems
from kb.html.format import shortened
from kb.html.words import words
from kb.types import (
    Answer,
    Answered,
    Article,
    Clarify,
    Hit,
    HitEvidence,
    Library,
    NoAnswer,
    NoAnswerReason,
    PartEvidence,
    UnitKind,
)

_SENTENCE: Final = re.compile(r"(?<=[.!?])\s+|\n+")
_LONGEST: Final = 200
"""Characters of a sentence or an example that are repeated."""
CLOSE: Final = 0.03
FAR: Final = 0.1
"""Differences of two scores: up to the first, the second article is about a third as likely, and from the other one on
less than a fifteenth."""
LITTLE: Final = 0.5
MUCH: Final = 0.8
"""Shares of the likelihood among an article's parts: up to the first the part shown is hardly ahead of the others."""


def reasons(answer: Answer, library: Library) -> list[str]:
    """Return why a question is answered as it is.

    :param answer: The answer.
    :param library: The articles it was found in.
    :return: Sentences, the most important first; none for an empty question.
    """
    outcome, hits = answer.outcome, answer.hits
    if not hits:
        return []
    first = hits[0]
    if isinstance(outcome, Answered):
        told = [_sure(answer), found_by(answer, first, library), read(answer, first, library)]
    elif isinstance(outcome, Clarify):
        told = [words().reasons.first_of_choices.format(title=first.title), found_by(answer, first, library)]
    else:
        told = [_not_answered(answer, outcome), found_by(answer, first, library), *_elsewhere(outcome)]
    if answer.signals.get("stranger"):
        told.append(words().reasons.stranger.format(title=first.title))
    if len(hits) > 1:
        told.append(_second(first, hits[1]))
    return [text for text in told if text]


def _sure(answer: Answer) -> str:
    return words().reasons.sure.format(percent=f"{answer.confidence:.0%}", title=answer.hits[0].title)


def _not_answered(answer: Answer, outcome: NoAnswer) -> str:
    labels = words().reasons
    if outcome.reason is NoAnswerReason.AGENT:
        return labels.agent_anyway
    if outcome.reason is NoAnswerReason.BELOW_THRESHOLD:
        return labels.unsure.format(percent=f"{answer.confidence:.0%}", title=answer.hits[0].title)
    return labels.elsewhere_nearer.format(title=answer.hits[0].title)


def _elsewhere(outcome: NoAnswer) -> list[str]:
    """Return the signpost that the customer reads, and the companies that the question names."""
    found, labels = outcome.elsewhere, words().reasons
    if found is None:
        return []
    signpost = [labels.signpost.format(title=found.signpost.title)] if found.signpost is not None else []
    return [*signpost, *([labels.names.format(names=", ".join(found.names))] if found.names else [])]


def _second(first: Hit, second: Hit) -> str:
    behind = first.score - second.score
    step = (behind > CLOSE) + (behind >= FAR)
    return words().reasons.second.format(title=second.title, behind=words().reasons.behind[step])


# -------------------------------------------------------------------------------------------- one article


def found_by(answer: Answer, hit: Hit, library: Library) -> str:
    """Return which example or sentence brought an article up; an empty text if that is not known."""
    evidence, labels = hit.evidence, words().reasons
    if evidence is None:
        return ""
    if evidence.unit_kind is UnitKind.EXAMPLE and plain_words(answer.query.raw) == plain_words(evidence.unit_text):
        return labels.word_for_word.format(title=hit.title)
    heading, text = _unit(answer, evidence, library.resolve(hit.article_id))
    kind = "lead" if evidence.unit_kind is UnitKind.PASSAGE and not heading else evidence.unit_kind.value
    return labels.found[kind].format(text=text, heading=heading)


def read(answer: Answer, hit: Hit, library: Library) -> str:
    """Return which part of an article the customer reads, and for which example or sentence."""
    labels, evidence = words().reasons, hit.evidence.part if hit.evidence is not None else None
    if not hit.passage.anchor:
        return labels.reads_lead_barely if evidence is not None and evidence.share <= LITTLE else labels.reads_lead
    if hit.lead is None:
        return labels.reads_section_alone.format(heading=hit.passage.heading)
    if evidence is None:
        return labels.reads_section["title"].format(heading=hit.passage.heading)
    _, text = _unit(answer, evidence, library.resolve(hit.article_id))
    said = labels.reads_section[evidence.unit_kind.value].format(heading=hit.passage.heading, text=text)
    return f"{said} {labels.nearness[(evidence.share > LITTLE) + (evidence.share >= MUCH)]}"


def part_of(hit: Hit) -> str:
    """Return which part of an article would be shown, if it were the answer."""
    if not hit.passage.anchor or hit.lead is None:
        return words().reasons.part_lead if not hit.passage.anchor else ""
    return words().reasons.part_section.format(heading=hit.passage.heading)


def _unit(answer: Answer, evidence: HitEvidence | PartEvidence, article: Article | None) -> tuple[str, str]:
    """Return the heading above a nearest text, and the text itself; of a passage only its nearest sentence."""
    if evidence.unit_kind is not UnitKind.PASSAGE:
        return "", shortened(evidence.unit_text, _LONGEST)
    lines = evidence.unit_text.split("\n")[1:] or [evidence.unit_text]  # the first is the article's title
    headings = {section.heading for section in article.sections if section.heading} if article is not None else set()
    heading = lines[0] if len(lines) > 1 and lines[0] in headings else ""
    return heading, nearest_sentence("\n".join(lines[1:] if heading else lines), answer.query.raw)


def nearest_sentence(text: str, query: str) -> str:
    """Return the sentence of a text that shares most words with a question; the first one if none does."""
    sentences = [part.strip() for part in _SENTENCE.split(text) if part.strip()] or [text]
    asked = stems(query)
    return shortened(max(sentences, key=lambda sentence: len(asked & stems(sentence))), _LONGEST)
