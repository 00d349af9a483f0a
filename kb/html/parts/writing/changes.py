"""The result of a known question before or after a change of the articles, in words."""

from __future__ import annotations

from kb.evaluation.runner import JudgedResult
from kb.html.words import words
from kb.types import TOP, Library, OutcomeKind


def result_words(result: JudgedResult, library: Library | None = None) -> str:
    """Return what a customer gets, and whether that is right.

    :param result: The result.
    :param library: The articles, for the headings of sections that a test names; None to name them by their anchors.
    :return: A few words without a period.
    """
    labels = words().changes
    if result.error:
        return labels.failed.format(reason=result.error)
    if result.outcome is OutcomeKind.ANSWERED:
        return _answered(result, library)
    if result.outcome is OutcomeKind.CLARIFY:
        return _offered(result)
    sent, handed_over = (labels.sent, labels.handed_over)
    if not result.judged.is_answerable:
        sent, handed_over = (labels.sent_rightly, labels.handed_over_rightly)
    text = sent if result.signpost else handed_over
    return text.format(signpost=result.signpost, percent=_percent(result), place=_place(result))


def _answered(result: JudgedResult, library: Library | None) -> str:
    labels = words().changes
    if not result.judged.is_answerable:
        return labels.answered_though.format(article=result.ranking[0], percent=_percent(result))
    if not result.is_first_right:
        return labels.answered_other.format(article=result.ranking[0], percent=_percent(result), place=_place(result))
    anchor, heading = (result.part.anchor, result.part.heading) if result.part is not None else (TOP, "")
    part = part_words(anchor, heading)
    if result.is_part_right:
        return labels.answered.format(percent=_percent(result), part=part)
    wanted = [part_words(name, _heading(name, result.ranking[0], library)) for name in result.judged.sections]
    return labels.answered_wrong_part.format(percent=_percent(result), part=part, wanted=labels.wanted_or.join(wanted))


def _offered(result: JudgedResult) -> str:
    labels = words().changes
    text = labels.offered if result.is_choice_right else labels.offered_others
    if not result.judged.is_answerable:
        text = labels.offered_though
    return text.format(count=len(result.choices), percent=_percent(result), place=_place(result))


def part_words(anchor: str, heading: str) -> str:
    """Return how a part of an article is called."""
    labels = words().changes
    return labels.lead if anchor == TOP else labels.section.format(heading=heading or anchor)


def _heading(anchor: str, article_id: str, library: Library | None) -> str:
    article = library.resolve(article_id) if library is not None else None
    return next((s.heading for s in article.sections if s.anchor == anchor), "") if article is not None else ""


def _percent(result: JudgedResult) -> str:
    return f"{result.confidence:.0%}"


def _place(result: JudgedResult) -> str:
    labels, rank = words().changes, result.right_rank
    if rank is None:
        return labels.no_place
    return labels.places[rank - 1] if rank <= len(labels.places) else str(rank)
