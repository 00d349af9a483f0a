"""One question: what is known of it, and what else happened in its visit."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from markupsafe import Markup

from kb.html.format import day_words, shortened
from kb.html.parts.insights import pieces, question_list
from kb.html.parts.insights.asked import Asked
from kb.html.parts.insights.pieces import article_link, soft
from kb.html.parts.insights.view import Tab, View
from kb.html.words import words
from kb.review.records import QuestionDetail, QuestionRow, VisitStep
from kb.types import Library, OutcomeKind

_LONGEST: Final = 300
_LONGEST_STEP: Final = 200


def head(detail: QuestionDetail, view: View, library: Library | None) -> Markup:
    """Return the way back, the question, and the facts about it.

    :param detail: The question.
    :param view: What is looked at.
    :param library: The articles, for their titles.
    :return: HTML.
    """
    row = detail.row
    lang = words().marked(row.language)
    return Markup(
        '<section class="kb-insights kb-question" data-question="{id}"><nav class="kb-trail" aria-label="{trail}"><ol>'
        "<li>{back}</li></ol></nav><h1{lang}><q>{text}</q></h1>{facts}</section>"
    ).format(
        id=row.query_id,
        trail=words().review.trail,
        back=_back(view),
        lang=lang,
        text=shortened(row.text, _LONGEST),
        facts=_facts(detail, view, library),
    )


def _back(view: View) -> Markup:
    """Return the way to where one came from: the list as it was narrowed, or an answer of a sample."""
    labels = words().review
    if view.week and view.place is not None:
        label = labels.back_to_sample.format(week=view.week, place=view.place)
        return pieces.link(view.address(tab=Tab.SAMPLE, question=""), label)
    return pieces.link(view.address(question=""), labels.trail)


def _facts(detail: QuestionDetail, view: View, library: Library | None) -> Markup:
    row, labels = detail.row, words().review
    is_answer = row.outcome is OutcomeKind.ANSWERED
    facts = {
        "outcome": question_list.outcome(row),
        "article": article_link(row.article_id, library) if is_answer else question_list.place(row, library),
        "part": _part(row, view) if is_answer else "",
        "sure": question_list.sure(row) if row.outcome is not OutcomeKind.NO_ANSWER else "",
        "followed": question_list.followed(row),
        "asked": f"{row.asked_at:%Y-%m-%d %H:%M}",
        "language": labels.languages.get(row.language, row.language),
        "source": labels.sources.get(detail.source, detail.source),
        "judged": judgment(row),
    }
    item = Markup('<div data-fact="{}"><dt>{}</dt><dd>{}</dd></div>')
    items = (item.format(name, labels.facts[name], text) for name, text in facts.items() if text and text != "–")
    return Markup('<dl class="kb-facts">{}</dl>').format(Markup().join(items))


def _part(row: QuestionRow, view: View) -> Markup:
    shown = question_list.part(row)
    if row.anchor is None:
        return Markup.escape(shown)
    same = view.address(question="", week="", place=None, asked=Asked(article=row.article_id, anchor=row.anchor))
    return Markup("{}{}").format(shown, soft(pieces.link(same, words().review.part_others)))


def judgment(row: QuestionRow) -> str:
    """Return what a lead said about the answer, and who said it; empty if nobody did."""
    found, labels = row.judgment, words().review
    if found is None:
        return ""
    if found.is_right:
        verdict = "right"
    elif row.outcome is not OutcomeKind.ANSWERED:
        verdict = "handover"
    else:
        verdict = "part" if found.article_right else "article"
    return labels.judgment.format(verdict=labels.judgments[verdict], who=found.who, day=day_words(found.at.date()))


def evidence(detail: QuestionDetail, view: View, library: Library | None) -> Markup:
    """Return what else happened in the visit, and the ranking of then."""
    labels = words().review
    steps = [_step(step, detail.row.query_id, view, library) for step in detail.steps]
    visit = pieces.table(labels.visit_title, labels.visit_columns, steps)
    hits = [(article_link(article, library), f"{score:.2f}") for article, score in detail.hits]
    ranking = pieces.table(labels.ranking_title, labels.ranking_columns, hits, numeric=(1,))
    folded = Markup('<details class="kb-days"><summary>{}</summary>{}</details>').format(labels.ranking_title, ranking)
    return Markup(
        '<section class="kb-insights kb-gap"><h2>{title}</h2><p class="kb-soft">{lead}</p>{visit}{ranking}</section>'
    ).format(title=labels.visit_title, lead=labels.visit_lead, visit=visit, ranking=folded if hits else "")


def _step(step: VisitStep, query_id: str, view: View, library: Library | None) -> tuple[str, ...]:
    labels = words().review
    about: list[str] = []
    if step.kind == "asked":
        text = shortened(step.text, _LONGEST_STEP)
        here = step.query_id == query_id
        about.append(
            Markup("<q>{}</q>").format(text if here else pieces.link(_other(view, step.query_id), text))
            + (soft(labels.visit_this) if here else soft(labels.outcomes.get(step.outcome, step.outcome)))
        )
    else:
        about += [article_link(step.article_id, library)] if step.article_id else []
        about += [soft(words().feedback.reasons.get(step.reason, step.reason))] if step.reason else []
        about += [Markup("<q>{}</q>").format(shortened(step.text, _LONGEST_STEP))] if step.text else []
    return f"{step.at:%Y-%m-%d %H:%M:%S}", labels.steps.get(step.kind, step.kind), Markup(" ").join(about)


def _other(view: View, query_id: str) -> str:
    return replace(view, week="", place=None).address(tab=Tab.QUESTIONS, question=query_id)
