"""The weekly sample: one answer after the other is judged, and what they say is shown beside the promise."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from kb.app import review
from kb.app.container import current
from kb.app.samples import sample_result
from kb.app.seen import seen
from kb.errors import QueryUnknown, SampleRefused
from kb.html.parts.insights import sample as part
from kb.html.parts.insights import seen as seen_part
from kb.html.parts.insights.view import Tab, View
from kb.html.words import words
from kb.review.sample_records import Sample, SampleItem
from kb.types import User
from kb.ui.draw import draw
from kb.ui.keys import Key

_CHOICES = ("yes", "no", "unsure")


def show(view: View, user: User) -> None:
    """Draw a week's sample; it is drawn by lot when the first lead opens it.

    :param view: What is looked at.
    :param user: The user who is signed in.
    :raises JournalUnavailable: If the database cannot be used.
    """
    book = current().samples
    last = book.last_week()
    week = view.week or last
    try:
        found = book.draw(week, who=user.name) if user.role.moves_gaps else book.show(week)
    except SampleRefused as problem:
        draw(part.head(week, None, view, last))
        draw(part.refused(str(problem)))
    else:
        draw(part.head(week, found, view, last))
        if found is None:
            draw(part.not_drawn())
        else:
            _show_sample(found, view, user)
    draw(part.weeks([(name, sample_result(current(), [name])) for name in book.weeks()], view, week))


def _show_sample(found: Sample, view: View, user: User) -> None:
    place = _place(found, view)
    item = found.items[place - 1]
    draw(part.answers(found, view, place))
    _say_saved(found, view)
    draw(part.answer(item, found))
    shown, judging = st.columns([6, 5], gap="large")
    with shown:
        _show_seen(item)
    with judging:
        draw(part.judge_heading())
        if not user.role.moves_gaps:
            draw(part.for_leads())
        elif item.query_id:
            _form(found, item, view, user)
        draw(part.ways_on(found, view, item))
    draw(part.results(sample_result(current(), [found.week]), sample_result(current())))


def _place(found: Sample, view: View) -> int:
    """Return the answer that is open: the one of the address, else the first that is not judged."""
    if view.place is not None and 1 <= view.place <= len(found.items):
        return view.place
    return _next_open(found, 0) or 1


def _next_open(found: Sample, after: int) -> int | None:
    """Return the next answer that is not judged but can be, going on at the beginning; None if there is none."""
    waiting = [item.place for item in found.items if item.article_right is None and item.query_id]
    return next((place for place in waiting if place > after), waiting[0] if waiting and waiting != [after] else None)


def _show_seen(item: SampleItem) -> None:
    if not item.query_id:
        return
    desk = review.open_questions(current())
    try:
        detail = desk.book.show(item.query_id)
    except QueryUnknown:  # erased a moment ago
        return
    draw(seen_part.html(seen(current(), detail), detail.row, current().settings.site, desk.library))


# ------------------------------------------------------------------------------------------- judging


def _form(found: Sample, item: SampleItem, view: View, user: User) -> None:
    labels, key = words().sample, f"{found.week}_{item.place}"
    with st.form(f"{Key.SAMPLE_FORM}{key}", border=False):
        article = _choice(labels.article_right, f"{Key.SAMPLE_ARTICLE}{key}", item.article_right)
        part_right = _choice(labels.part_right, f"{Key.SAMPLE_PART}{key}", item.part_right, labels.part_help)
        sent = st.form_submit_button(labels.submit, type="primary", key=f"{Key.SAMPLE_SUBMIT}{key}")
    if not sent:
        return
    if article is None or (article == "yes" and part_right is None):
        draw(part.choose_first())
    elif article == "unsure" or (article == "yes" and part_right == "unsure"):
        _go_on(found, item, view, "unsure")
    else:
        is_right = article == "yes"
        right_part = part_right == "yes" if is_right else None
        after = current().samples.judge(
            found.week, item.place, article_right=is_right, part_right=right_part, who=user.name
        )
        current().accounts.note(user, "sample judged", f"{found.week} {item.place}", item.query_id)
        _go_on(after, item, view, "right" if is_right and right_part else "wrong")


def _choice(label: str, key: str, judged: bool | None, explained: str | None = None) -> str | None:  # noqa: FBT001 — what was judged before
    choices = dict(words().sample.choices)
    before = None if judged is None else _CHOICES.index("yes" if judged else "no")
    return st.radio(
        label, _CHOICES, index=before, format_func=choices.__getitem__, key=key, horizontal=True, help=explained
    )


def _go_on(found: Sample, item: SampleItem, view: View, verdict: str) -> None:
    """Remember what is to be said, and open the next answer; after a wrong one the lead may say first what is right."""
    following = _next_open(found, item.place)
    st.session_state[Key.SAMPLE_SAVED] = {"week": found.week, "place": item.place, "verdict": verdict}
    place = item.place if verdict == "wrong" or following is None else following
    st.query_params.from_dict(replace(view, week=found.week, place=place).params())
    st.rerun()


def _say_saved(found: Sample, view: View) -> None:
    """Show once what was saved just before."""
    labels, made = words().sample, st.session_state.pop(Key.SAMPLE_SAVED, None)
    if made is None or made["week"] != found.week:
        return
    place, following = made["place"], _next_open(found, made["place"])
    if made["verdict"] == "wrong":
        item = found.items[place - 1]
        to = view.address(tab=Tab.QUESTIONS, question=item.query_id, week=found.week, place=place)
        ahead = view.address(week=found.week, place=following or place)
        draw(part.saved(labels.saved_wrong, [("correct", to, labels.correct), ("next", ahead, labels.next)]))
    elif made["verdict"] == "unsure":
        draw(part.saved(labels.unsure.format(place=place)))
    else:
        draw(part.saved(labels.saved.format(verdict=labels.marks[made["verdict"]])))
    if found.judged == len(found.items):
        draw(part.saved(labels.all_done))
