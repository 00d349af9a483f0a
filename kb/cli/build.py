"""``kb build``: articles to a published index."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated, Self

import typer

from kb.cli import options

if TYPE_CHECKING:
    from kb.content.articles import Corpus
    from kb.retrieval.build import BuildReport


def build(
    articles: options.Articles = None,
    index: options.IndexFolder = None,
    site: options.Site = None,
    full: Annotated[bool, typer.Option("--full", help="Encode every text again.")] = False,
    as_json: options.Json = False,
) -> None:
    """Build the index from the articles and publish it.

    Unchanged texts are not encoded again, and with nothing changed nothing is written. A running app takes the new
    index over by itself. Errors in articles stop the build and leave the published index as it is.

    Example: kb build --articles articles --index index
    """
    from kb.content.articles import load_articles  # noqa: PLC0415 — not needed for --help
    from kb.content.markdown import plain_text  # noqa: PLC0415
    from kb.retrieval.build import build_index  # noqa: PLC0415

    settings = options.settings(articles=articles, index=index, site=site)
    corpus = load_articles(settings.articles, settings.site.channel_texts())
    corpus.raise_on_errors()
    _mention(corpus)
    with _Progress() as progress:
        report = build_index(
            corpus.library, settings, plain_text, full=full, say=progress.say, progress=progress.advance
        )
    if as_json:
        typer.echo(json.dumps(report.as_json()))
    else:
        _print(report)


def _mention(corpus: Corpus) -> None:
    """Say how many findings there are that do not stop a build."""
    if corpus.findings:
        options.warn(f"{len(corpus.findings)} finding(s) that do not stop the build; 'kb check' lists them")


def _print(report: BuildReport) -> None:
    typer.echo(
        f"{report.version}: {report.articles} articles, {report.passages} passages, {report.examples} examples; "
        f"{report.encoded} texts encoded, {report.reused} reused, in {report.took_s:.1f} s"
    )
    figures = report.calibration
    if not figures["calibrated"]:
        options.warn(f"the confidence is not calibrated ({figures['reason']}); stricter fixed thresholds are used")
    else:
        typer.echo(
            f"calibrated on {figures['trials']} held-out questions: answers {figures['coverage']:.0%} of them "
            f"with {figures['risk']:.1%} wrong (aimed at {figures['target_wrong_answers']:.0%})"
        )


class _Progress:
    """A bar on a terminal, plain lines elsewhere; always on stderr, so that --json stays clean."""

    def __init__(self) -> None:
        from rich.console import Console  # noqa: PLC0415 — not needed for --help
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415

        self._console = Console(file=sys.stderr)
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=self._console,
            transient=True,
            disable=not self._console.is_terminal,
        )
        self._task = self._bar.add_task("Embedding", total=None, visible=False)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def say(self, message: str) -> None:
        """Print a step."""
        self._bar.update(self._task, visible=False)
        self._console.print(message, highlight=False, markup=False, soft_wrap=True)

    def advance(self, done: int, total: int) -> None:
        """Move the bar."""
        self._bar.update(self._task, completed=done, total=total, visible=True)
