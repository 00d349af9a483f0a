"""Findings that need the encoder: tests that miss their article, and articles whose examples are too similar.

``kb check --meaning`` prints them with the findings of :mod:`kb.content.checks.corpus_check`, in the same form.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np
import numpy.typing as npt

from kb.authoring.trial_index import trial_index
from kb.content.articles.corpus import Corpus
from kb.content.articles.parse import ParsedArticle
from kb.evaluation.judgments import Judged
from kb.evaluation.parts import PartResult, ask_parts, judged_by_tests
from kb.evaluation.runner import DEPTH, JudgedResult, ask_one
from kb.retrieval.answering.answerer import IndexAnswerer
from kb.retrieval.index.index import Index
from kb.retrieval.index.searchable import Searchable
from kb.settings.settings import Settings
from kb.types import TOP, ArticleStatus, EmbeddingMatrix, Finding, OutcomeKind, Progress, Say, Severity, UnitKind

MEANING_CODES: Mapping[str, tuple[Severity, str]] = {
    "test-not-found": (Severity.WARNING, "A test does not find its article among the first three."),
    "test-not-answered": (Severity.ADVICE, "A test finds its article, but the customer would be handed over."),
    "test-other-section": (Severity.WARNING, "A test names the section that answers it, and another part is shown."),
    "signpost-test-answered": (Severity.WARNING, "A test of a signpost is answered with an article."),
    "confusable-articles": (
        Severity.WARNING,
        "The examples of two articles, or of one and a signpost, are about as close as each one's own.",
    ),
    "example-nearer-elsewhere": (
        Severity.ADVICE,
        "An example is much nearer to another article, or to a signpost, than to its own.",
    ),
}
"""Every code of this module, with its severity and meaning, like ``kb.content.checks.codes.CODES``."""

FIRST = 3
"""A test must find its article among this many hits."""
CONFUSABLE = 0.9
"""Mean cosine between two articles' examples, as a share of the mean within each. Of the 8,646 pairs of the shipped
articles the median has .56, one in a hundred .84, and twelve reach .9: neighbors that readers confuse, too."""
MIN_EXAMPLES = 3
"""With fewer examples, the similarity of an article's own examples means nothing."""
NEARER = 0.3
"""Cosine by which another article must be nearer than the example's own. Of the shipped articles' examples one in a
hundred is; at half of it one in seven, mostly harmless, because several other examples outvote a single one."""
_SHOWN = 70
"""Characters of a question that a message shows."""


@dataclass(frozen=True, slots=True)
class MeaningSummary:
    """The results of the tests of all articles; those of signposts are not among them."""

    tests: int = 0
    first: int = 0
    """Tests that find their article at rank 1."""
    in_three: int = 0
    answered: int = 0
    """Tests that are answered with their article."""
    offered: int = 0
    """Tests whose article is among the choices offered."""
    handed_over: int = 0
    sections: int = 0
    """Tests that name the sections that answer them."""
    sections_right: int = 0
    """Those for which one of these is shown."""

    def as_json(self) -> dict[str, int]:
        """Return the counts as plain JSON values."""
        return asdict(self)

    def __str__(self) -> str:
        if not self.tests:
            return "no tests"
        parts = {"first": self.first, "in the first three": self.in_three, "answered": self.answered}
        said = ", ".join(f"{name} {count} ({count / self.tests:.1%})" for name, count in parts.items())
        sections = f"; right section {self.sections_right} of {self.sections}" if self.sections else ""
        return f"{self.tests} tests: {said}{sections}"


def check_meaning(
    corpus: Corpus, index: Index, progress: Progress | None = None
) -> tuple[list[Finding], MeaningSummary]:
    """Ask every test and compare every example.

    :param corpus: The articles, with their positions.
    :param index: Built from the same articles; an article it does not have is left out.
    :param progress: Called after each test.
    :return: The findings in the order of path, line and column, and the results of the tests.
    """
    placed = {
        item.article.id: item
        for item in corpus.parsed
        if item.article.status is ArticleStatus.PUBLISHED
        and item.article.id in (index.library.signposts if item.article.is_signpost else index.library.articles)
    }
    files = {item.article.name: item for item in (*placed.values(), *_translating(corpus, placed))}
    results = _ask_tests(files, index, progress)
    found = [finding for parsed, n, result in results for finding in _test_findings(parsed, n, result)]
    compared = _Compared(index.searchable, placed)
    found += _confusable(compared)
    found += _nearer_elsewhere(compared)
    parts = ask_parts(index, judged_by_tests(corpus))
    found += _other_sections(files, parts)
    summary = _summary([result for parsed, _, result in results if not parsed.article.is_signpost])
    right = sum(part.is_right for part in parts)
    return sorted(found), replace(summary, sections=len(parts), sections_right=right)


def _translating(corpus: Corpus, placed: Mapping[str, ParsedArticle]) -> list[ParsedArticle]:
    """Return the translations of some articles that customers read."""
    shown = {text.path for parsed in placed.values() for text in parsed.article.translations.values()}
    return [parsed for parsed in corpus.translations if parsed.article.path in shown]


def check_meaning_of(
    corpus: Corpus, settings: Settings, say: Say = lambda _: None, progress: Progress | None = None
) -> tuple[list[Finding], MeaningSummary]:
    """Check articles as they are on disk, whatever is published, with a trial index in memory.

    :param corpus: The articles, without errors.
    :param settings: The settings of a build; the published index lends its vectors.
    :param say: Called with each long step.
    :param progress: Called with the number of texts encoded.
    :return: As :func:`check_meaning`.
    :raises ArticlesError: If there is no published article.
    """
    index, _ = trial_index(corpus, settings, say, progress)
    return check_meaning(corpus, index)


def _finding(parsed: ParsedArticle, at: tuple[int, int], code: str, message: str, fix: str) -> Finding:
    return Finding(parsed.article.path, at[0], at[1], MEANING_CODES[code][0], code, message, fix)


def _short(text: str) -> str:
    """Return a question, quoted and shortened for a message."""
    line = " ".join(text.split())
    return repr(line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…")


# --------------------------------------------------------------------------------------------------- tests


def _ask_tests(
    files: Mapping[str, ParsedArticle], index: Index, progress: Progress | None
) -> list[tuple[ParsedArticle, int, JudgedResult]]:
    """Return each test's result, with the file it is from and its position in the list."""
    answerer = IndexAnswerer(index)
    tests = [(parsed, n, text) for parsed in files.values() for n, text in enumerate(parsed.article.tests)]
    results = []
    for done, (parsed, n, text) in enumerate(tests, start=1):
        relevant = {} if parsed.article.is_signpost else {parsed.article.id: 1}
        judged = Judged(f"{parsed.article.name}/{n + 1}", text, relevant)
        results.append((parsed, n, ask_one(answerer, judged, DEPTH)))
        if progress is not None:
            progress(done, len(tests))
    return results


def _test_findings(parsed: ParsedArticle, n: int, result: JudgedResult) -> Iterator[Finding]:
    at, text = parsed.at("tests", n), _short(result.judged.text)
    rank = result.right_rank
    if parsed.article.is_signpost:
        if result.outcome is OutcomeKind.ANSWERED:
            message = f"the test {text} is answered with {result.ranking[0]!r}, confidence {result.confidence:.2f}"
            fix = "Add examples of this need in other words, or move the test if the article does answer it"
            yield _finding(parsed, at, "signpost-test-answered", message, fix)
    elif rank is None or rank > FIRST:
        fix = "Add examples of this need in other words, or make the rival's examples tell the two apart"
        yield _finding(parsed, at, "test-not-found", f"the test {text} {_missed(result)}", fix)
    elif result.outcome is OutcomeKind.NO_ANSWER:
        message = f"the test {text} is handed over: confidence {result.confidence:.2f}, this article is rank {rank}"
        fix = "Add an example in the same voice, worded as another customer would"
        yield _finding(parsed, at, "test-not-answered", message, fix)


def _other_sections(files: Mapping[str, ParsedArticle], parts: Sequence[PartResult]) -> Iterator[Finding]:
    for part in parts:
        if part.is_right:
            continue
        name, _, number = part.judged.query_id.rpartition("/")
        parsed, n = files[name], int(number) - 1
        shown = "the direct answer" if part.anchor == TOP else f"the section {part.anchor!r}"
        message = (
            f"for the test {_short(part.judged.text)} {shown} is shown, not {' or '.join(sorted(part.judged.right))}"
        )
        fix = "Tie an example in the same voice to the section, or name the part that is shown if it answers too"
        yield _finding(parsed, parsed.at("tests", n, "section"), "test-other-section", message, fix)


def _missed(result: JudgedResult) -> str:
    """Return the article found in place of a test's own, with the numbers."""
    if not result.ranking:
        return f"finds nothing{': ' + result.error if result.error else ''}"
    rank = result.right_rank
    own = f"rank {rank} ({result.scores[rank - 1]:.2f})" if rank else f"not among the first {len(result.ranking)}"
    return f"finds {result.ranking[0]!r} first (score {result.scores[0]:.2f}); this article is {own}"


def _summary(results: list[JudgedResult]) -> MeaningSummary:
    ranks = [result.right_rank for result in results]
    return MeaningSummary(
        tests=len(results),
        first=sum(rank == 1 for rank in ranks),
        in_three=sum(rank is not None and rank <= FIRST for rank in ranks),
        answered=sum(r.outcome is OutcomeKind.ANSWERED and r.is_first_right for r in results),
        offered=sum(r.is_choice_right for r in results),
        handed_over=sum(r.outcome is OutcomeKind.NO_ANSWER for r in results),
    )


# ------------------------------------------------------------------------------------------------ examples


@dataclass(frozen=True)
class _Compared:
    """An index, and the articles and signposts whose examples are compared in it.

    It has classes that are neither: shipped questions, which no editor can reword.
    """

    searchable: Searchable
    placed: Mapping[str, ParsedArticle]

    def at(self, article: int) -> ParsedArticle | None:
        """Return the article or signpost at a position of the index."""
        return self.placed.get(self.searchable.article_ids[article])

    def example_rows(self, article: int) -> npt.NDArray[np.int64]:
        """Return the rows of an article's own examples, in their order; none if it is not compared."""
        rows, parsed = self.searchable.rows(article), self.at(article)
        found = [n for n, u in enumerate(self.searchable.units[rows], start=rows.start) if u.kind is UnitKind.EXAMPLE]
        # After them come questions that another article is not for.
        return np.array(found[: len(parsed.article.examples) if parsed is not None else 0], np.int64)

    def rivals(self, parsed: ParsedArticle) -> npt.NDArray[np.bool_]:
        """Return which rows of the index an article is compared with: a signpost only with articles."""
        others = [self.at(n) for n in range(len(self.searchable))]
        alike = parsed.article.is_signpost
        kinds = [other is not None and not (alike and other.article.is_signpost) for other in others]
        return np.array(kinds, bool)[self.searchable.article_of_row]


def own_closeness(examples: EmbeddingMatrix) -> float:
    """Return the mean cosine of all pairs of different examples; at least two of them are needed."""
    n = len(examples)
    total = examples.sum(axis=0, dtype=np.float64)
    return float((total @ total - np.sum(examples.astype(np.float64) ** 2)) / (n * (n - 1)))


def _confusable(compared: _Compared) -> Iterator[Finding]:
    """Compare every pair of which at least one is an article; the finding is at the examples of the first, by id."""
    searchable = compared.searchable
    rows = {position: compared.example_rows(position) for position in range(len(searchable))}
    chosen = [a for a, mine in rows.items() if len(mine) >= MIN_EXAMPLES]
    if not chosen:
        return
    matrix = searchable.vectors.matrix
    own = np.array([own_closeness(matrix[rows[a]]) for a in chosen])
    means = np.stack([matrix[rows[a]].mean(axis=0) for a in chosen])
    parsed = [item for a in chosen if (item := compared.at(a)) is not None]
    for n, first in enumerate(parsed):
        between = means[n + 1 :] @ means[n]
        within = (own[n + 1 :] + own[n]) / 2
        for found in np.flatnonzero(between >= CONFUSABLE * np.maximum(within, 1e-9)).tolist():
            second = n + 1 + found
            if not (first.article.is_signpost and parsed[second].article.is_signpost):
                yield _pair(first, parsed[second], float(between[found]), float(own[n]), float(own[second]))


def _pair(parsed: ParsedArticle, rival: ParsedArticle, between: float, own: float, its_own: float) -> Finding:
    message = (
        f"the examples of {parsed.article.id!r} and {rival.article.id!r} are about as close to each other (mean cosine "
        f"{between:.2f}) as to their own ({own:.2f} and {its_own:.2f})"
    )
    fix = "Word the examples of both by what tells the two needs apart"
    if not (parsed.article.is_signpost or rival.article.is_signpost):
        fix += ", or make them one article with a redirect"
    return _finding(parsed, parsed.at("examples"), "confusable-articles", message, fix)


def _nearer_elsewhere(compared: _Compared) -> Iterator[Finding]:
    """Compare every example with all other vectors: its own article's, and the others'."""
    searchable, matrix = compared.searchable, compared.searchable.vectors.matrix
    for article in range(len(searchable)):
        mine, rows, parsed = searchable.rows(article), compared.example_rows(article), compared.at(article)
        if parsed is None or not len(rows) or mine.stop - mine.start < 2 or len(searchable) < 2:  # noqa: PLR2004
            continue
        cosines = matrix[rows] @ matrix.T
        cosines[np.arange(len(rows)), rows] = -1.0
        own = cosines[:, mine].max(axis=1)
        cosines[:, mine] = -1.0
        cosines[:, ~compared.rivals(parsed)] = -1.0
        rivals = cosines.argmax(axis=1)
        nearest = cosines[np.arange(len(rows)), rivals]
        for n in np.flatnonzero(nearest - own > NEARER).tolist():
            yield _nearer(searchable, parsed, n, int(rivals[n]), float(nearest[n]), float(own[n]))


def _nearer(
    searchable: Searchable, parsed: ParsedArticle, n: int, rival_row: int, nearest: float, own: float
) -> Finding:
    rival = searchable.units[rival_row]
    message = (
        f"the example {_short(parsed.article.examples[n])} is nearer to the {rival.kind.value} {_short(rival.text)} "
        f"of {rival.article_id!r} (cosine {nearest:.2f}) than to anything of its own article ({own:.2f})"
    )
    fix = "Move it, word it by what only this article answers, or add a second example like it"
    return _finding(parsed, parsed.at("examples", n), "example-nearer-elsewhere", message, fix)
