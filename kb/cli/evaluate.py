"""``kb evaluate``: measures how well the index answers judged questions."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kb.cli import options
from kb.cli.steps import Steps
from kb.cli.tables import print_table
from kb.errors import KbError

if TYPE_CHECKING:
    from kb.evaluation.judgments import Judged
    from kb.evaluation.metrics import Report
    from kb.evaluation.statistics import Figure
    from kb.settings.settings import Settings
    from kb.types import Library

Queries = Annotated[
    Path | None, typer.Option("--queries", help='Questions: JSON Lines {"id", "text"}, "voice" optional.')
]
Qrels = Annotated[
    Path | None, typer.Option("--qrels", help="Judgments: query, article, relevance; or TREC's four columns.")
]


def evaluate(
    queries: Queries = None,
    qrels: Qrels = None,
    half: Annotated[
        str | None, typer.Option("--half", help="Only the tests of one half of the articles: guide or report.")
    ] = None,
    parts: Annotated[bool, typer.Option("--parts", help="Measure the part of the article that is shown.")] = False,
    run_file: Annotated[Path | None, typer.Option("--run", help="Write the rankings there, in TREC's form.")] = None,
    worst: Annotated[int, typer.Option("--worst", min=0, help="The number of worst articles to list.")] = 10,
    as_json: options.Json = False,
    articles: options.Articles = None,
    index: options.IndexFolder = None,
    site: options.Site = None,
) -> None:
    """Measure the index on judged questions: a file of them, or else the articles' own tests.

    A question without a positive judgment counts as unanswerable: it should be handed over. docs/evaluation.md explains
    each figure.

    With --parts the article is given and the part of it is judged: by the tests that name their sections, or by a file
    of {"id", "text", "article", "right": [anchor, …]}, which needs no --qrels.

    Example: kb evaluate --queries questions.jsonl --qrels judgments.tsv
    """
    if parts:
        _evaluate_parts(queries, half, options.settings(articles=articles, index=index, site=site), as_json=as_json)
        return
    check_pair(queries, qrels)
    if half is not None and (queries is not None or half not in ("guide", "report")):
        raise typer.BadParameter("Give 'guide' or 'report', and no --queries.", param_hint="--half")
    from kb.evaluation.metrics import report
    from kb.evaluation.runner import run
    from kb.retrieval.answering.answerer import IndexAnswerer
    from kb.retrieval.answering.live import load_newest

    settings = options.settings(articles=articles, index=index, site=site)
    loaded = load_newest(settings, options.warn)
    judged, unknown = _judged(settings, queries, qrels, half, loaded.library)
    with Steps("Asking") as steps:
        results = run(IndexAnswerer(loaded), judged, progress=steps.advance)
    if results.failed:
        options.warn(f"{len(results.failed)} question(s) failed, the first: {results.failed[0].error}")
    if run_file is not None:
        _write_run(run_file, results.results)
    found = report(results)
    if as_json:
        extra = {"unknown": unknown, "calibration": loaded.manifest["calibration"]}
        typer.echo(json.dumps({**found.as_json(worst), **extra}))
    else:
        _print(found, loaded.manifest["calibration"], worst)


def _evaluate_parts(queries: Path | None, half: str | None, settings: Settings, *, as_json: bool) -> None:
    from kb.content.articles.corpus import load_articles
    from kb.evaluation.parts import (
        CHOOSERS,
        ask_parts,
        judged_by_tests,
        part_figures,
        read_judged_parts,
        unknown_parts,
    )
    from kb.retrieval.answering.live import load_newest
    from kb.types import Half

    chosen = Half(half) if half in ("guide", "report") else None
    if half is not None and chosen is None:
        raise typer.BadParameter("Give 'guide' or 'report'.", param_hint="--half")
    loaded = load_newest(settings, options.warn)
    if queries is not None:
        judged = read_judged_parts(queries, chosen)
    else:
        corpus = load_articles(settings.articles, settings.site.channel_texts())
        judged = judged_by_tests(corpus, chosen)
        if not judged:
            raise KbError(f"No test in {settings.articles} names a section. Write 'section: ANCHOR' beside some.")
    warn_of(
        "article(s) or section(s) are judged that the index does not have", tuple(unknown_parts(judged, loaded.library))
    )
    found = {name: part_figures(ask_parts(loaded, judged, chooser)) for name, chooser in CHOOSERS.items()}
    if as_json:
        figures = {name: {key: f.as_json() for key, f in of_chooser.items()} for name, of_chooser in found.items()}
        typer.echo(
            json.dumps({"questions": len(judged), "parts": figures, "calibration": loaded.manifest["calibration"]})
        )
        return
    typer.echo(f"{loaded.version}: {len(judged)} questions, each of an article that is given")
    typer.echo(_promise(loaded.manifest["calibration"]))
    typer.echo(_part_promise(loaded.manifest["calibration"].get("parts")))
    typer.echo()
    for name, of_chooser in found.items():
        _figures(f"Part shown: {name}", of_chooser)


def _part_promise(parts: Mapping[str, Any] | None) -> str:
    if parts is None:
        return "No test names a section, so nothing is promised of the part that is shown"
    return (
        f"The build saw {parts['wrong']} of {parts['sample']} tests with a part that their editor did not name "
        f"({parts['risk']:.1%}), and certified at most {parts['risk_bound']:.1%} among as many others"
    )


def check_pair(queries: Path | None, qrels: Path | None) -> None:
    """Refuse questions without judgments, and the reverse.

    :param queries: As given.
    :param qrels: As given.
    :raises BadParameter: If only one of them is given.
    """
    if (queries is None) != (qrels is None):
        raise typer.BadParameter("Give both --queries and --qrels, or neither.", param_hint="--queries")


def _judged(
    settings: Settings, queries: Path | None, qrels: Path | None, half: str | None, library: Library
) -> tuple[list[Judged], dict[str, Any]]:
    """Return the questions, and the names in their judgments that do not exist."""
    from kb.content.articles.corpus import load_articles
    from kb.evaluation.judgments import article_tests, current_ids
    from kb.types import Half

    unknown_queries: tuple[str, ...] = ()
    if queries is not None and qrels is not None:
        found, unknown_queries = read_file(queries, qrels)
    else:
        corpus = load_articles(settings.articles, settings.site.channel_texts())
        corpus.raise_on_errors()
        found = article_tests(corpus, Half(half) if half else None)
        if not found:
            raise KbError(f"The articles in {settings.articles} have no tests. Write some, or give --queries, --qrels.")
    judged, unknown_articles = current_ids(found, library)
    warn_of("article(s) are judged that the index does not have", unknown_articles)
    return judged, {"queries": list(unknown_queries), "articles": list(unknown_articles)}


def read_file(queries: Path, qrels: Path) -> tuple[list[Judged], tuple[str, ...]]:
    """Read judged questions, and warn of judgments that name no question.

    :param queries: The questions.
    :param qrels: The judgments.
    :return: The questions, and the ids of queries that are not among them.
    """
    from kb.evaluation.judgments import read_judged

    file = read_judged(queries, qrels)
    warn_of(f"query id(s) of {qrels} are not in {queries}", file.unknown_queries)
    return list(file.judged), file.unknown_queries


def warn_of(what: str, names: tuple[str, ...]) -> None:
    """Warn of unknown names: their number, and the first few."""
    from kb.evaluation.judgments import some_of

    if names:
        options.warn(f"{len(names)} {what}: {some_of(names)}")


def _write_run(path: Path, results: Iterable[Any]) -> None:
    from kb.evaluation.runner import run_lines

    text = "".join(f"{line}\n" for line in run_lines(results))
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise KbError(f"{path} cannot be written: {error.strerror}. Name another file with --run.") from error


# ------------------------------------------------------------------------------------------------ printing

_WORDS = {
    "ndcg@10": "nDCG@10",
    "success@1": "right article first",
    "success@3": "right article in the first three",
    "rr@10": "reciprocal rank",
    "coverage": "answered (coverage)",
    "risk": "wrong among answered (risk)",
    "answered": "answered",
    "handed_over": "handed over",
    "clarify": "asked to choose",
    "clarify_right": "of these, right article among the choices",
    "served": "answered right or right article offered",
    "wrongly_answered": "wrongly answered",
    "auroc": "AUROC of the confidence",
    "wrongly_answered_at_80": "wrongly answered where 80 % of answerable are answered",
    "calibration_error": "calibration error, bins of equal width",
    "calibration_error_equal_mass": "calibration error, bins of equal size",
    "right": "right part",
    "wrong": "wrong part",
    "right_en": "right part, English",
    "right_es": "right part, Spanish",
}


def _print(report: Report, calibration: Mapping[str, Any], worst: int) -> None:
    counts = report.counts
    typer.echo(
        f"{report.index_version}: {counts['all']} questions, {counts['answerable']} answerable, "
        f"{counts['unanswerable']} unanswerable; median {report.took_ms['median']:.1f} ms a question"
    )
    typer.echo(_promise(calibration))
    typer.echo()
    _figures("Ranking, answerable questions", report.ranking)
    _figures("Decision, all questions", report.overall)
    _figures("Decision, answerable questions", report.answerable)
    _figures("Decision, unanswerable questions", report.unanswerable)
    _voices(report)
    _articles(report, worst)


def _promise(calibration: Mapping[str, Any]) -> str:
    """Return what the build expected of this index, to compare with the figures."""
    if not calibration["calibrated"]:
        return f"The build could not calibrate the confidence ({calibration['reason']}); fixed thresholds are used"
    target = f"{calibration['target_wrong_answers']:.0%} wrong among answered"
    is_certified = calibration.get("certified")
    certified = f"certified at most {target}" if is_certified else f"aimed at {target}, could not certify it"
    return (
        f"The build {certified} and expected to answer {calibration['coverage']:.0%}, with "
        f"{calibration['assumed']['unanswerable']:.0%} of all questions unanswerable"
    )


def _figures(title: str, figures: Mapping[str, Figure]) -> None:
    rows = [(_WORDS.get(name, name), _share(f), _interval(f)) for name, f in figures.items() if f.value is not None]
    if rows:
        print_table(title, ("", "value", "95 % interval"), rows)


def _share(figure: Figure) -> str:
    return "–" if figure.value is None else f"{figure.value:.3f}"


def _interval(figure: Figure) -> str:
    return "–" if figure.low is None or figure.high is None else f"{figure.low:.3f} to {figure.high:.3f}"


def _voices(report: Report) -> None:
    names = ("success@1", "success@3", "answered", "risk", "clarify", "handed_over")
    rows = [
        (voice, str(report.voice_counts[voice]), *(_share(figures[name]) for name in names))
        for voice, figures in report.voices.items()
    ]
    headings = ("voice", "questions", "first", "first three", "answered", "risk", "choose", "handed over")
    if rows:
        print_table("Answerable questions by voice", headings, rows)


def _articles(report: Report, worst: int) -> None:
    rows = [
        (a.article, f"{a.rival} ({a.rival_first})" if a.rival else "", str(a.questions), str(a.first), str(a.in_three))
        for a in report.articles[:worst]
        if a.first < a.questions
    ]
    if rows:
        headings = ("article", "most often first instead", "questions", "first", "first three")
        print_table("Worst articles", headings, rows, left=2)
