"""What every figure means, in words that stand beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kb.reports.counting import Count

if TYPE_CHECKING:
    from collections.abc import Mapping


def _means(label: str, *sentences: str) -> tuple[str, str]:
    return label, " ".join(sentences)


DEFINITIONS: Mapping[str, tuple[str, str]] = {
    Count.QUESTIONS: _means(
        "Questions",
        "Questions that customers submitted, each once: a reload, Back or a rerun of the page is not a new question.",
        "Crawlers and tests by command are left out, here and in every other figure.",
    ),
    Count.VISITS: _means("Visits", "Browser sessions with a question, counted once a day."),
    Count.ANSWERED: _means("Answered", "Questions for which one article was sure enough to be shown as the answer."),
    Count.UNDECIDED: _means("Undecided", "Questions after which two or three articles were offered to choose from."),
    Count.HANDED_OVER: _means(
        "Handed over", "Questions for which no article was sure enough: the customer was sent to an agent."
    ),
    Count.CONFIRMED: _means(
        "Self-service, confirmed",
        'Questions after which the customer pressed "helpful", and neither pressed "not helpful" nor contacted an',
        "agent. The contact page alone, opened later, takes nothing back.",
    ),
    Count.ASSUMED: _means(
        "Self-service, assumed",
        "Questions after which an article was opened, or a part of one unfolded, and nothing was rated, in visits",
        "without a contact, the contact page included.",
        "Nobody said that it helped.",
    ),
    Count.NOT_SOLVED: _means(
        "Not solved",
        'Questions after which the customer pressed "not helpful" or contacted an agent, and those that were not',
        "confirmed in a visit in which an agent was contacted or the contact page opened.",
    ),
    Count.UNKNOWN: _means(
        "Unknown",
        "Questions after which nothing was opened, rated or contacted. They are neither successes nor failures.",
    ),
    Count.HELPFUL: _means("Helpful", 'Questions after which "helpful" was pressed.'),
    Count.NOT_HELPFUL: _means("Not helpful", 'Questions after which "not helpful" was pressed.'),
    Count.NONE_OF_THESE: _means(
        "None of these", 'Questions after which articles were offered and "none of these" was pressed.'
    ),
    Count.CONTACTED: _means(
        "Contacts",
        "Questions after which a number or an address was pressed, a request was sent, or the contact page was opened,",
        "where people on a computer read the number that they dial.",
    ),
    Count.CONTACT_OPENED: _means(
        "Contacts, by the contact page alone",
        "Those of the contacts of which nothing is known but that the contact page was opened after the question.",
    ),
    "rated_wrong": _means(
        "Ratings, not helpful",
        'Of the answers that customers rated, those rated "not helpful". Few customers rate, and those who do are not',
        "the average customer, so this is no share of wrong answers.",
    ),
    "risk_checked": _means(
        "Wrong answers, checked",
        "Of the answers of the weekly samples that leads have judged, those with a wrong article. Twenty answers a",
        "week are drawn by digest, so that nobody chooses them. Weeks count that lie in the period, wholly or in part.",
    ),
    "risk_promised": _means(
        "Wrong answers, promised",
        "The upper bound that the index in use was certified for: at most this share of the answers given is wrong,",
        "on the mixture of questions that its settings state.",
    ),
    "parts_checked": _means(
        "Wrong parts, checked",
        "Of the judged answers of the weekly samples whose article is right, those that showed a part of it that does",
        "not answer.",
    ),
    "parts_promised": _means(
        "Wrong parts, promised",
        "The upper bound that the index in use was certified for, of the answers whose article is right.",
    ),
}
"""The label and definition of every figure, in the order in which they are shown."""
