"""The weekly sample: what it says about the promise, its answers, and the weeks before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from markupsafe import Markup

from kb.html.format import counted, day_words, sentence, shortened
from kb.html.parts.insights import pieces
from kb.html.parts.insights.pieces import badge
from kb.html.parts.insights.view import Tab, View
from kb.html.words import words
from kb.review.sample import week_bounds, week_of
from kb.review.sample_records import PromiseVerdict, Sample, SampleItem, SampleResult, WrongShare

_LONGEST = 300


def head(week: str, sample: Sample | None, view: View, last: str) -> Markup:
    """Return which week is looked at, how much of it is judged, and the ways to the weeks around it.

    :param week: Such as ``2026-W48``.
    :param sample: Its sample, if it is drawn.
    :param view: What is looked at.
    :param last: The last week that is over.
    :return: HTML.
    """
    labels = words().sample
    start, end = week_bounds(week)
    days = labels.week.format(
        week=week, first=day_words(start.date()), last=day_words((end - timedelta(days=1)).date())
    )
    progress = Markup()
    if sample is not None:
        shown = labels.progress.format(judged=sample.judged, count=len(sample.items))
        progress = Markup(
            '<p class="kb-progress"><strong data-judged="{judged}/{count}">{shown}</strong>, {of} '
            '<progress value="{judged}" max="{count}" aria-label="{shown}"></progress></p>'
        ).format(judged=sample.judged, count=len(sample.items), shown=shown, of=counted(labels.of, sample.answered))
    return Markup(
        '<section class="kb-insights"><h1>{title}</h1><p class="kb-intro">{lead}</p><h2>{days}</h2>'
        "{around}{progress}</section>"
    ).format(
        title=words().review.titles[Tab.SAMPLE.value],
        lead=labels.lead,
        days=days,
        around=_weeks_around(week, view, last),
        progress=progress,
    )


def _weeks_around(week: str, view: View, last: str) -> Markup:
    labels, (start, end) = words().sample, week_bounds(week)
    ways = [(week_of((start - timedelta(days=1)).date()), labels.week_before)]
    ways += [(week_of(end.date()), labels.week_after)] if week < last else []
    items = (pieces.link(view.address(week=name, place=None), label) for name, label in ways)
    return Markup('<p class="kb-more">{}</p>').format(Markup(" ").join(items))


def not_drawn() -> Markup:
    """Return that nobody who may draw the sample has opened the page yet."""
    return _hint(words().sample.not_drawn)


def refused(reason: str) -> Markup:
    """Return why there is no sample of a week."""
    return Markup('<section class="kb-message"><h2>{}</h2><p>{}</p></section>').format(words().sample.refused, reason)


# ------------------------------------------------------------------------------------------- the result


def results(week: SampleResult, every: SampleResult) -> Markup:
    """Return what the judged answers of a week, and of all weeks, say about the promise.

    :param week: Of the week.
    :param every: Of all weeks.
    :return: HTML.
    """
    labels = words().sample
    of_all = _result(counted(labels.result_all, every.weeks), "all", every) if every.weeks > 1 else Markup()
    return Markup(
        '<section class="kb-insights kb-sample-result"><h2>{}</h2><p class="kb-soft">{}</p>{}{}</section>'
    ).format(labels.result, labels.result_lead, _result(labels.result_week, "week", week), of_all)


def _result(title: str, name: str, found: SampleResult) -> Markup:
    shares = {"articles": found.articles, "parts": found.parts}
    items = Markup().join(_share(f"{name}-{which}", which, share) for which, share in shares.items())
    return Markup('<h3>{}</h3><dl class="kb-shares">{}</dl>').format(title, items)


def _share(name: str, which: str, found: WrongShare) -> Markup:
    labels = words().sample
    label, meaning = labels.quantities[which]
    return Markup(
        '<div data-share="{name}" data-verdict="{verdict}"><dt>{label}</dt><dd>{number}</dd>'
        '<dd class="kb-prior">{interval}{certified}</dd><dd>{said}</dd><dd class="kb-means">{meaning}</dd></div>'
    ).format(
        name=name,
        verdict=found.verdict.value,
        label=label,
        number=_number(found),
        interval=_interval(found),
        certified=_certified(found),
        said=verdict(found),
        meaning=meaning,
    )


def _number(found: WrongShare) -> Markup:
    labels = words().sample
    if found.share is None:
        return Markup("<strong>–</strong> {}").format(labels.none_judged)
    text = labels.share.format(share="{share}", wrong=found.wrong, judged=found.judged)
    return sentence(text, share=Markup("<strong>{}</strong>").format(f"{found.share:.1%}"))


def _interval(found: WrongShare) -> str:
    if not found.judged:
        return ""
    return words().sample.interval.format(low=f"{found.interval.low:.1%}", high=f"{found.interval.high:.1%}")


def _certified(found: WrongShare) -> str:
    if found.bound is None:
        return ""
    said = words().sample.certified.format(bound=f"{found.bound:.1%}")
    return f"; {said}" if found.judged else said


def verdict(found: WrongShare) -> Markup:
    """Return whether the promise is kept, as far as that is known."""
    return badge(words().sample.verdicts[found.verdict.value], f"promise-{found.verdict.value}")


# ------------------------------------------------------------------------------------------ the answers


def answers(sample: Sample, view: View, place: int) -> Markup:
    """Return links to all answers of the week, each with what was judged; the one that is open is marked."""
    labels = words().sample
    items = Markup().join(
        Markup('<li><a href="{}" data-same-visit class="kb-mark-{}" aria-label="{}"{}>{}</a></li>').format(
            view.address(place=item.place, week=sample.week),
            mark(item),
            f"{labels.answer.format(place=item.place, count=len(sample.items))}: {labels.marks[mark(item)]}",
            Markup(' aria-current="true"') if item.place == place else Markup(),
            item.place,
        )
        for item in sample.items
    )
    return Markup('<nav class="kb-answers" aria-label="{}"><ol>{}</ol></nav>').format(labels.answers, items)


def mark(item: SampleItem) -> str:
    """Return what was judged of an answer, as a key of the words for it."""
    if item.article_right is None:
        return "open" if item.query_id else "gone"
    return "right" if item.article_right and item.part_right is not False else "wrong"


def answer(item: SampleItem, sample: Sample) -> Markup:
    """Return the question of one answer, and what was judged of it before."""
    labels = words().sample
    place = labels.answer.format(place=item.place, count=len(sample.items))
    told = Markup("<h2><q>{}</q></h2>").format(shortened(item.text, _LONGEST))
    if not item.query_id:
        told = Markup("<p>{}</p>").format(labels.gone)
    judged = Markup()
    if item.article_right is not None and item.at is not None:
        said = labels.judged_by.format(verdict=labels.marks[mark(item)], who=item.who, day=day_words(item.at.date()))
        judged = Markup('<p class="kb-soft">{}</p>').format(said)
    return Markup(
        '<section class="kb-insights kb-answer-of" data-answer-of="{}"><p class="kb-soft">{}</p>{}{}</section>'
    ).format(item.place, place, told, judged)


def saved(text: str, ways: Iterable[tuple[str, str, str]] = ()) -> Markup:
    """Return what was just saved; it is announced.

    :param text: With the names of links in braces.
    :param ways: Name, address and words of each link.
    :return: HTML.
    """
    links = {name: pieces.link(address, label) for name, address, label in ways}
    shown = sentence(text, **links) if links else Markup.escape(text)
    return Markup('<p class="kb-done" data-announce="{}">{}</p>').format(shown.striptags(), shown)


def ways_on(sample: Sample, view: View, item: SampleItem) -> Markup:
    """Return the ways to the question itself, and to the answers before and after."""
    labels = words().sample
    ways = []
    if item.query_id:
        to = view.address(tab=Tab.QUESTIONS, question=item.query_id, week=sample.week, place=item.place)
        ways.append((to, labels.see_question))
    near = ((item.place - 1, labels.previous), (item.place + 1, labels.following))
    ways += [
        (view.address(place=place, week=sample.week), label) for place, label in near if 1 <= place <= len(sample.items)
    ]
    return Markup('<p class="kb-more">{}</p>').format(Markup(" ").join(pieces.link(*way) for way in ways))


def judge_heading() -> Markup:
    """Return the heading of what is judged."""
    return Markup('<section class="kb-decide"><h2>{}</h2></section>').format(words().sample.judge)


def for_leads() -> Markup:
    """Return who may judge, for an editor."""
    return _hint(words().sample.for_leads)


def _hint(text: str) -> Markup:
    return Markup('<p class="kb-hint">{}</p>').format(text)


def choose_first() -> Markup:
    """Return that something has to be chosen before it can be saved."""
    return Markup('<p class="kb-overdue" role="alert">{}</p>').format(words().sample.choose)


# -------------------------------------------------------------------------------------------- the weeks


def weeks(found: Sequence[tuple[str, SampleResult]], view: View, week: str) -> Markup:
    """Return all weeks that have a sample, the latest first, with what each says.

    :param found: Weeks with their results.
    :param view: What is looked at.
    :param week: The week that is open.
    :return: HTML.
    """
    labels = words().sample
    title = pieces.heading(labels.weeks, "weeks")
    if not found:
        return title + Markup("<p>{}</p>").format(labels.weeks_none)
    rows = [
        (
            pieces.link(view.address(week=name, place=None), name, current=name == week),
            labels.progress.format(judged=result.judged, count=result.drawn),
            _of(result.articles),
            _of(result.parts),
            verdict(result.articles) if result.judged else badge(labels.verdicts[PromiseVerdict.NOT_ENOUGH.value], ""),
        )
        for name, result in found
    ]
    return title + pieces.table(labels.weeks, labels.weeks_columns, rows)


def _of(found: WrongShare) -> str:
    if found.share is None:
        return "–"
    return words().sample.share.format(share=f"{found.share:.1%}", wrong=found.wrong, judged=found.judged)
