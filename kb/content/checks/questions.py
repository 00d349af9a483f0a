"""Checks of examples, which are embedded, and of tests, which must differ from them to prove anything."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from difflib import SequenceMatcher
from functools import lru_cache
from typing import TypeAlias

from kb.common.folding import plain_words
from kb.content.articles.parse import ParsedArticle
from kb.content.checks.codes import finding
from kb.content.checks.lookup import Lookup
from kb.types import ENGLISH, Finding

MIN_EXAMPLES = 10
MIN_TESTS = 4
NEARLY = 0.9
"""A ratio of equal characters from which two questions count as the same; 0 to 1."""


Place: TypeAlias = tuple[str, tuple[int, int]]
"""A file, and a line and column in it."""
Places: TypeAlias = dict[str, Place]
"""The place of each question, by what equal questions share."""
Logged = Callable[[str], bool]
"""Tells whether the journal has a question, ignoring case and punctuation."""


def check_questions(lookup: Lookup, logged: Logged | None = None) -> Iterator[Finding]:
    """Yield what is wrong with the examples and tests of every article.

    :param lookup: The articles.
    :param logged: Tells whether a customer asked a question; None if there is no journal.
    :yield: Findings, in no order.
    """
    examples_of: dict[bool, Places] = {False: {}, True: {}}  # of articles, and of signposts
    tests: Places = {}
    for parsed in lookup.files:
        yield from _repeated(parsed, "examples", "duplicate-example", examples_of[parsed.article.is_signpost])
        yield from _repeated(parsed, "tests", "duplicate-test", tests)
        yield from _too_few(parsed)
        if logged is not None:
            yield from _as_typed(parsed, logged)
    examples = examples_of[True] | examples_of[False]
    not_for = {
        same_words(other.question): (parsed.article.path, parsed.at("not_for", n))
        for parsed in lookup.corpus.parsed
        for n, other in enumerate(parsed.article.not_for)
    }
    for parsed in lookup.checked(lookup.files):
        yield from _tests_against_examples(parsed, examples)
        yield from _tests_against_not_for(parsed, not_for)
        yield from _not_for_against_examples(parsed, examples)
    yield from _shared_with_signposts(lookup, examples_of[False])


def _repeated(parsed: ParsedArticle, key: str, code: str, first_places: Places) -> Iterator[Finding]:
    path = parsed.article.path
    for n, text in enumerate(getattr(parsed.article, key)):
        at = parsed.at(key, n)
        place = first_places.setdefault(same_words(text), (path, at))
        if place != (path, at):
            where = f"on line {place[1][0]}" if place[0] == path else f"in {place[0]}:{place[1][0]}"
            message = f"{text!r} already appears {where}"
            yield finding(path, at, code, message, "Remove one, or word it as another person would")


def same_words(text: str) -> str:
    """Return what two equal questions share; accents count, because typing without them is another voice."""
    return " ".join(re.findall(r"\w+", text.casefold())) or text.strip()


def _too_few(parsed: ParsedArticle) -> Iterator[Finding]:
    article = parsed.article
    if article.language != ENGLISH:  # its article may have questions in that language, too
        return
    for key, code, least in (("examples", "few-examples", MIN_EXAMPLES), ("tests", "few-tests", MIN_TESTS)):
        if (article.is_signpost and key == "tests") or key in parsed.unread:
            continue
        count = len(getattr(article, key))
        if count < least:
            at = parsed.at(key) if count else (1, 1)
            word = key if count != 1 else key.removesuffix("s")
            fix = f"Write at least {least}, each as another customer would ask"
            yield finding(article.path, at, code, f"only {count} {word}" if count else f"no {key}", fix)


def _as_typed(parsed: ParsedArticle, logged: Logged) -> Iterator[Finding]:
    """Yield questions that are a customer's own words, which belong to the customer and prove nothing."""
    article = parsed.article
    not_for = tuple(other.question for other in article.not_for)
    for key, texts in (("examples", article.examples), ("tests", article.tests), ("not_for", not_for)):
        for n, text in enumerate(texts):
            if logged(text):
                message = f"{text!r} is a customer's question as it was typed"
                fix = "Word it as another customer would"
                yield finding(article.path, parsed.at(key, n), "logged-question", message, fix)


def _tests_against_examples(parsed: ParsedArticle, everywhere: Places) -> Iterator[Finding]:
    """Compare each test with every example for equality, and with those of its own article for similarity."""
    path = parsed.article.path
    own = tuple(map(plain_words, parsed.article.examples))
    for n, text in enumerate(parsed.article.tests):
        same = near = everywhere.get(same_words(text))
        if same is None and (nearest := _nearest(plain_words(text), own)) is not None:
            near = path, parsed.at("examples", nearest)
        if near is not None:
            message = f"the test {text!r} {'repeats' if same else 'nearly repeats'} the example {_where(near, path)}"
            fix = "Word the test from the need alone, not from the examples"
            yield finding(path, parsed.at("tests", n), "test-repeats-example", message, fix)


def _where(place: Place, path: str) -> str:
    """Return where a question is, as seen from a file."""
    return f"on line {place[1][0]}" if place[0] == path else f"in {place[0]}:{place[1][0]}"


def _tests_against_not_for(parsed: ParsedArticle, everywhere: Places) -> Iterator[Finding]:
    """Compare each test with every question of ``not_for``, which the index knows as it knows an example."""
    path = parsed.article.path
    for n, text in enumerate(parsed.article.tests):
        same = everywhere.get(same_words(text))
        if same is not None:
            message = f"the test {text!r} repeats the question of 'not_for' {_where(same, path)}"
            fix = "Word the test in another way, or remove it"
            yield finding(path, parsed.at("tests", n), "test-repeats-example", message, fix)


def _not_for_against_examples(parsed: ParsedArticle, everywhere: Places) -> Iterator[Finding]:
    """Compare each question of ``not_for`` with every example: it cannot be both."""
    path = parsed.article.path
    for n, other in enumerate(parsed.article.not_for):
        same = everywhere.get(same_words(other.question))
        if same is not None:
            message = f"{other.question!r} in 'not_for' is also an example {_where(same, path)}"
            fix = "Remove one: a question is answered by an article or it isn't"
            yield finding(path, parsed.at("not_for", n), "not-for-example", message, fix)


def _shared_with_signposts(lookup: Lookup, owners: Places) -> Iterator[Finding]:
    """Yield each example of a signpost that an article has as well."""
    for parsed in lookup.checked(lookup.files):
        if not parsed.article.is_signpost:
            continue
        for n, text in enumerate(parsed.article.examples):
            same = owners.get(same_words(text))
            if same is not None:
                message = f"{text!r} is also an example of an article, in {same[0]}:{same[1][0]}"
                fix = "Remove it here if the article answers it, or there if it does not"
                yield finding(parsed.article.path, parsed.at("examples", n), "signpost-example", message, fix)


@lru_cache(maxsize=8192)  # an editor changes one article at a time, and every check compares all
def _nearest(test: str, examples: tuple[str, ...]) -> int | None:
    """Return which of some examples, from 0, is the first that is nearly a test; None if none is."""
    return next((n for n, text in enumerate(examples) if test == text or _is_nearly(test, text)), None)


def _is_nearly(one: str, other: str) -> bool:
    """Return whether two normalized questions are at least NEARLY alike; cheap bounds come first."""
    total = len(one) + len(other)
    if 2 * min(len(one), len(other)) < NEARLY * total:
        return False
    if 2 * (Counter(one) & Counter(other)).total() < NEARLY * total:
        return False
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= NEARLY
