"""One gap: what it is, before and after, its questions and history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from markupsafe import Markup

from kb.gaps.closing import why_not_closed
from kb.gaps.records import GapDetail, GapRow, StoredReplay
from kb.gaps.states import GapState
from kb.gaps.unanswered import MEANINGS
from kb.html.format import counted, day_words, sentence, shortened
from kb.html.moments import local_day, moment_words, zone_name
from kb.html.parts.insights import pieces
from kb.html.parts.insights.lists import nearest, reason_names
from kb.html.parts.insights.pieces import article_link, badge, soft
from kb.html.parts.insights.view import View
from kb.html.words import words
from kb.reports.exports import reason_words
from kb.types import Library

_MEMBERS: Final = 30
_LONGEST: Final = 200
_LONGEST_MEMBER: Final = 400
_OUTCOMES: Final = {"answered": "answered", "clarify": "undecided", "no_answer": "handed_over"}


def head(detail: GapDetail, view: View, library: Library | None, zone: str = "") -> Markup:
    """Return the facts about a gap, above the steps that may be taken.

    :param detail: The gap.
    :param view: What is looked at.
    :param library: The articles, for their titles.
    :param zone: The reader's IANA time zone; empty for UTC.
    :return: HTML.
    """
    labels = words().insights
    return Markup(
        '<section class="kb-insights kb-gap"><nav class="kb-trail" aria-label="{trail}"><ol>'
        "<li>{back}</li><li>{number}</li></ol></nav><h1>{name}</h1>{facts}{proposal}</section>"
    ).format(
        trail=labels.gaps_title,
        back=pieces.link(view.address(gap=None), labels.gap_back),
        number=labels.gap_title.format(number=detail.row.id),
        name=shortened(detail.row.name, _LONGEST),
        facts=_facts(detail, view, library, zone),
        proposal=_proposal(detail, library),
    )


def steps_note(*, may_take: bool, may_move: bool) -> Markup:
    """Return why some or all steps are missing; nothing if the user may take every one.

    :param may_take: Whether the user may take any step now.
    :param may_move: Whether the user's role may take every step.
    :return: HTML.
    """
    labels = words().insights
    if may_take and may_move:
        return Markup()
    return Markup("<p>{}</p>").format(labels.gap_steps_editor if may_take else labels.gap_steps_none)


def refused(reason: str) -> Markup:
    """Return why a step was not taken."""
    return Markup('<p class="kb-overdue" role="alert">{}</p>').format(reason)


def hint(text: str) -> Markup:
    """Return a sentence that explains a form."""
    return Markup('<p class="kb-soft">{}</p>').format(text)


def step_done(shown: str) -> Markup:
    """Return what the step before did, which is announced."""
    return Markup('<p class="kb-done" data-announce="{0}">{0}</p>').format(shown)


def draft_command(article_id: str, number: int) -> Markup:
    """Return the command that writes a gap's draft in place.

    :param article_id: The draft's id.
    :param number: The gap's.
    :return: HTML.
    """
    labels = words().insights
    command = Markup("<code>{}</code>").format(labels.gap_draft_by_hand.format(article=article_id, number=number))
    text = sentence(labels.gap_draft_command, command=command)
    return Markup('<p class="kb-soft">{}</p>').format(text)


def evidence(detail: GapDetail, zone: str = "") -> Markup:
    """Return what is below the steps: the replay, the reasons, the questions, their comments and the history.

    :param detail: The gap.
    :param zone: The reader's IANA time zone; empty for UTC.
    :return: HTML.
    """
    parts = [_history(detail, zone)]
    if detail.row.merged_into is None:
        parts = [
            _replay(detail, zone),
            _reasons(detail),
            _members(detail),
            _feedback(detail),
            _comments(detail),
            *parts,
        ]
    return Markup('<section class="kb-insights kb-gap">{}</section>').format(Markup().join(parts))


def _facts(detail: GapDetail, view: View, library: Library | None, zone: str) -> Markup:
    row, labels = detail.row, words().insights
    visits = counted(labels.gap_visits, row.visits)
    facts = {
        "state": badge(labels.gaps_states[row.state.value], row.state.value),
        "merged": _goes_on(row, view),
        "closing": _closing(detail),
        "closed": _closed(row),
        "owner": row.owner or labels.gap_nobody,
        "asked": labels.gap_asked[row.count != 1].format(count=row.count, visits=visits),
        "seen": _seen(row, zone),
        "trend": f"{row.recent:,} · {row.before:,} ({pieces.signed(row.trend)})",
        "nearest": nearest(row, library),
        "article": _article(row, library),
        "dismissed": row.dismissed_for,
    }
    item = Markup("<div><dt>{}</dt><dd>{}</dd></div>")
    items = (item.format(labels.gap_facts[name], text) for name, text in facts.items() if text)
    return Markup('<dl class="kb-facts">{}</dl>').format(Markup().join(items))


def _goes_on(row: GapRow, view: View) -> Markup:
    """Return the way to the gap that has a merged gap's questions."""
    if row.merged_into is None:
        return Markup()
    title = words().insights.gap_title.format(number=row.merged_into)
    return pieces.link(view.address(gap=row.merged_into), title)


def _closing(detail: GapDetail) -> str:
    """Return why an open gap cannot be closed by a replay; nothing if it can, or is closed."""
    why = why_not_closed(detail)
    return words().insights.gap_not_yet.format(why=why) if why else ""


def _closed(row: GapRow) -> str:
    return words().insights.gap_closed_by.get(row.closed_by, row.closed_by)


def _article(row: GapRow, library: Library | None) -> Markup:
    """Return the article of a gap; one that is not there is a draft until the gap has been closed."""
    if not row.article_id:
        return Markup()
    is_gone = row.state is GapState.VERIFIED
    missing = words().insights.articles_gone if is_gone else words().insights.articles_draft
    return article_link(row.article_id, library, missing)


def _seen(row: GapRow, zone: str) -> str:
    if not row.first_seen or not row.last_seen:
        return ""
    first, last = (day_words(local_day(at, zone)) for at in (row.first_seen, row.last_seen))
    return words().insights.gap_seen.format(first=first, last=last)


def _proposal(detail: GapDetail, library: Library | None) -> Markup:
    labels = words().insights
    if not detail.row.proposed:
        return Markup()
    text = sentence(labels.gap_proposed_text, article=article_link(detail.row.proposed, library))
    return Markup('<div class="kb-proposal"><h2>{}</h2><p>{}</p></div>').format(labels.gap_proposed_title, text)


def _replay(detail: GapDetail, zone: str) -> Markup:
    labels = words().insights
    title = Markup("<h2>{}</h2>").format(labels.gap_replay_title)
    if not detail.replays:
        return title + Markup("<p>{}</p>").format(labels.gap_replay_none)
    replay = detail.replays[0]
    shown = labels.gap_replay_said.format(
        served=replay.served,
        counted=replay.counted,
        version=replay.index_version,
        day=day_words(local_day(replay.at, zone)),
    )
    texts = {question.key: question.text for question in detail.questions}
    rows = [_replayed(replay, question, texts) for question in replay.details[:_MEMBERS]]
    lead = labels.gap_replay_lead if any("apart" in question for question in replay.details) else ""
    return Markup('{}<p data-replay="{}/{}">{}</p>{}{}').format(
        title,
        replay.served,
        replay.counted,
        shown,
        Markup("<p>{}</p>").format(lead) if lead else "",
        pieces.table(labels.gap_replay_title, labels.gap_replay_columns, rows),
    )


def _replayed(replay: StoredReplay, question: Mapping[str, Any], texts: Mapping[str, str]) -> tuple[str, ...]:
    labels = words().insights
    text = shortened(texts.get(question["key"], labels.gap_replay_gone), _LONGEST)
    mark = _mark(question)
    after = _side(replay, question["after"])
    if "apart" in question:
        after += soft(labels.gap_replay_apart.format(side=_outcome(question["apart"])))
    return (
        Markup("{} {}").format(text, badge(labels.gap_replay_marks[mark], f"replay-{mark}")),
        _side(replay, question["before"]),
        after,
    )


def _mark(question: Mapping[str, Any]) -> str:
    """Return what a replay found of a question; what does not count, or has no second answer, is from before."""
    if question["served"] and question.get("counts", True):
        return "served"
    if not question.get("counts", True):
        return "known"
    return "heart" if question.get("answered") else "open"


def _side(replay: StoredReplay, side: Mapping[str, Any]) -> Markup:
    labels = words().insights
    if side["rank"]:
        place = labels.gap_replay_place.format(
            article=replay.article_id, rank=side["rank"], score=f"{side['score']:.2f}"
        )
    else:
        place = labels.gap_replay_leading.format(article=side["leading"]) if side["leading"] else ""
    return Markup("{}{}").format(_outcome(side), soft(place))


def _outcome(side: Mapping[str, Any]) -> str:
    labels = words().insights
    outcome = labels.chart_outcomes[_OUTCOMES[side["outcome"]]] if side["outcome"] in _OUTCOMES else side["outcome"]
    return labels.gap_replay_side.format(outcome=outcome, confidence=f"{side['confidence']:.2f}")


def _reasons(detail: GapDetail) -> Markup:
    item = Markup("<li><strong>{}</strong> {}</li>")
    items = (item.format(_times(count), MEANINGS[reason]) for reason, count in detail.row.reasons if count)
    return Markup("<h2>{}</h2>{}").format(words().insights.gap_why_title, _list(items))


def _members(detail: GapDetail) -> Markup:
    labels = words().insights
    item = Markup("<li><strong>{}</strong> <q>{}</q></li>")
    items = (item.format(_times(q.asked), shortened(q.text, _LONGEST_MEMBER)) for q in detail.questions[:_MEMBERS])
    return Markup("<h2>{}</h2><p>{}</p>{}").format(labels.gap_members_title, labels.gap_members_lead, _list(items))


def _times(count: int) -> str:
    return words().insights.gap_times.format(count=count)


def _feedback(detail: GapDetail) -> Markup:
    """Return the reasons that customers chose for why an answer did not help."""
    if not detail.feedback:
        return Markup()
    item = Markup("<li><strong>{}</strong> {}</li>")
    items = (item.format(_times(count), reason_words(code, reason_names())) for code, count in detail.feedback)
    return Markup("<h2>{}</h2>{}").format(words().insights.gap_feedback_title, _list(items))


def _comments(detail: GapDetail) -> Markup:
    if not detail.comments:
        return Markup()
    items = (Markup("<li><q>{}</q></li>").format(text) for text in detail.comments[:_MEMBERS])
    return Markup("<h2>{}</h2>{}").format(words().insights.gap_comments_title, _list(items))


def _list(items: Iterable[Markup]) -> Markup:
    return Markup('<ul class="kb-plain">{}</ul>').format(Markup().join(items))


def _history(detail: GapDetail, zone: str) -> Markup:
    labels = words().insights
    columns = [column.format(zone=zone_name(zone)) for column in labels.gap_history_columns]
    rows = [
        (
            moment_words(event.at, zone),
            event.who,
            badge(labels.gaps_states.get(event.new_state, event.new_state), event.new_state),
            " · ".join(text for text in (event.article_id, event.note) if text),
        )
        for event in reversed(detail.history)
    ]
    listed = pieces.table(labels.gap_history_title, columns, rows)
    return Markup("<h2>{}</h2>{}").format(labels.gap_history_title, listed)
