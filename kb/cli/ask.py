"""``kb ask``: answers one question, or a file of them."""

from __future__ import annotations

import json
import math
import secrets
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any

import typer

from kb.cli import options
from kb.errors import QueryFileError
from kb.types import DEFAULT_K, MAX_K, QuerySource, Traffic

if TYPE_CHECKING:
    from kb.settings.settings import Settings
    from kb.types import Answer, Answerer, Elsewhere, Hit, Journal, Library, PartEvidence


def ask(
    text: Annotated[str | None, typer.Argument(help="The question.")] = None,
    k: Annotated[int, typer.Option("--k", "-k", min=1, max=MAX_K, help="How many articles to list.")] = DEFAULT_K,
    as_json: options.Json = False,
    batch: Annotated[
        str | None, typer.Option("--batch", help='JSON Lines {"id", "text"} from a file, or - for standard input.')
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say why: which example or sentence brought it up, and what was second.")
    ] = False,
    verbose: Annotated[bool, typer.Option("--verbose", help="With --explain: every number as well.")] = False,
    journal: Annotated[bool, typer.Option("--journal", help="Write the questions into the journal, as tests.")] = False,
    index: options.IndexFolder = None,
    site: options.Site = None,
    database: options.Database = None,
) -> None:
    """Ask a question of the index.

    Exit status 0 for every outcome; with --batch, 1 if a line could not be read.

    Example: kb ask "why did my bill go up"
    """
    if (text is None) == (batch is None):
        raise typer.BadParameter("Give a question, or --batch FILE, but not both.", param_hint="TEXT")
    from kb.retrieval.answering.answerer import IndexAnswerer
    from kb.retrieval.answering.live import load_newest

    settings = options.of_a_site(index=index, site=site, database_url=database)
    answerer: Answerer = IndexAnswerer(load_newest(settings, options.warn))
    with _journalled(answerer, settings) if journal else nullcontext(answerer) as answerer:
        if batch is not None:
            with _lines(batch) as lines:
                failed = _answer_batch(answerer, lines, k, as_json=as_json)
            raise typer.Exit(1 if failed else 0)
        answer = answerer.ask(text or "", k)
    library = answerer.library
    if as_json:
        value = answer.as_json()
        if explain:
            value["explain"] = explanation(answer, library)
        _emit(value)
    else:
        explained = [_explained(answer, library)] if explain else []
        numbers = [_numbers(answer)] if explain and verbose else []
        _write("\n\n".join([_as_text(answer, library), *explained, *numbers]))


@contextmanager
def _journalled(answerer: Answerer, settings: Settings) -> Iterator[Answerer]:
    """Yield an answerer whose every answer is written into the journal, as a test of this run."""
    from kb.database import engine as database  # only with --journal
    from kb.journal.writer import Store
    from kb.reports.keeping import counted

    engine = database.open_engine(settings.database_url)
    database.upgrade(engine)
    store = Store(engine, backlog=settings.journal_backlog, counted=counted)
    try:
        yield _Recording(answerer, store)
    finally:
        store.close()
        if lost := store.lost:
            options.warn(f"{lost} questions were not written into the journal, since its database failed.")


class _Recording:
    """An answerer that passes questions on to another one and records them."""

    def __init__(self, answerer: Answerer, journal: Journal) -> None:
        self.index_version, self.library = answerer.index_version, answerer.library
        self._answerer, self._journal, self._visit = answerer, journal, secrets.token_hex(16)

    def ask(self, text: str, k: int = DEFAULT_K, *, exact: bool = False, language: str | None = None) -> Answer:
        """Answer and record a question."""
        answer = self._answerer.ask(text, k, exact=exact, language=language)
        self._journal.record_query(answer, source=QuerySource.COMMAND, visit=self._visit, traffic=Traffic.TEST)
        return answer


# ------------------------------------------------------------------------------------------------- batch


@contextmanager
def _lines(source: str) -> Iterator[Iterable[bytes]]:
    if source == "-":
        yield sys.stdin.buffer
        return
    try:
        file: IO[bytes] = Path(source).open("rb")  # noqa: SIM115 — closed below, after the lines were read
    except OSError as error:
        raise QueryFileError(f"{source} cannot be read: {error.strerror}. Give a file of JSON Lines, or -.") from error
    with file:
        yield file


def _answer_batch(answerer: Answerer, lines: Iterable[bytes], k: int, *, as_json: bool) -> int:
    """Answer line by line, each printed before the next is read.

    :param answerer: The answerer.
    :param lines: JSON Lines, as bytes.
    :param k: The number of hits of each.
    :param as_json: Whether to print objects.
    :return: The number of lines that could not be read.
    """
    failed = 0
    for number, line in enumerate(lines, start=1):
        query_id, text, error = read_line(line, number)
        if text is None:
            failed += 1
            _emit({"id": query_id, "error": error})
            continue
        answer = answerer.ask(text, k)
        if as_json:
            _emit(answer.as_json(query_id))
        else:
            top = answer.hits[0].article_id if answer.hits else "-"
            _write(f"{query_id}\t{answer.outcome.kind.value}\t{answer.confidence:.2f}\t{top}")
    return failed


def read_line(line: bytes, number: int) -> tuple[Any, str | None, str]:
    """Read one line of a batch.

    :param line: As read, with or without its end.
    :param number: 1-based, for the message.
    :return: The id, the question (None if the line cannot be used), and what is wrong with the line.
    """
    try:
        value = json.loads(line.decode("utf-8"), parse_constant=_refuse_constant, parse_float=_finite)
    except UnicodeDecodeError as error:
        return None, None, f"Line {number} is not UTF-8 (byte {error.start}). Save the file as UTF-8."
    except (ValueError, RecursionError) as error:
        return None, None, f"Line {number} is not JSON ({error}). Write one object per line."
    if not isinstance(value, dict):
        return None, None, f'Line {number} is not an object. Write {{"id": …, "text": …}}.'
    query_id = value.get("id")
    text = value.get("text")
    if not isinstance(text, str):
        return query_id, None, f'Line {number} has no text. Write {{"id": …, "text": …}}.'
    return query_id, text, ""


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON value")


def _finite(number: str) -> float:
    value = float(number)
    if math.isinf(value):
        raise ValueError(f"{number[:20]} is too great a number")
    return value


# ------------------------------------------------------------------------------------------------ printing


def _emit(value: dict[str, Any]) -> None:
    """Print one object per line, at once; half a surrogate pair, which UTF-8 cannot encode, is escaped."""
    text = json.dumps(value, ensure_ascii=False)
    if not _is_encodable(text):
        text = json.dumps(value)
    _write(text)


def _is_encodable(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _write(text: str) -> None:
    """Write one line as UTF-8, regardless of the terminal's encoding, and flush."""
    data = (text + "\n").encode("utf-8", "backslashreplace")
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def _as_text(answer: Answer, library: Library) -> str:
    """Return an answer for a person to read: what a customer would see."""
    from kb.types import Answered, Clarify, NoAnswerReason  # brings numpy, which --help can do without

    outcome = answer.outcome
    if isinstance(outcome, Answered):
        lines = [f"{outcome.hit.title}  [{outcome.hit.article_id}]", *_parts(outcome.hit, library)]
        return "\n".join([*lines, *_listed("Other articles", outcome.others)])
    if isinstance(outcome, Clarify):
        return "\n".join(["Which of these do you mean?", *_listed("", outcome.choices)])
    if not answer.hits:
        return "Please type a question."
    nearest = _listed("Nearest topics", outcome.nearest)
    if outcome.elsewhere is not None:
        return "\n".join([*_elsewhere(outcome.elsewhere), *nearest])
    is_wanted = outcome.reason is NoAnswerReason.AGENT
    return "\n".join(["Contact an agent." if is_wanted else "No article answers this. Contact an agent.", *nearest])


def _parts(hit: Hit, library: Library) -> list[str]:
    """Return the direct answer of an article and, below it, the section that is shown, each below an empty line."""
    from kb.content.markdown.render import plain_text
    from kb.html.prose import shown_markdown

    article = library.resolve(hit.article_id)
    text = hit.passage.text if article is None else plain_text(shown_markdown(article, hit.passage))
    lead = [] if hit.lead is None or hit.lead == hit.passage else ["", hit.lead.text]
    return [*lead, "", *([hit.passage.heading] if hit.passage.anchor else []), text]


def _elsewhere(elsewhere: Elsewhere) -> list[str]:
    """Return what a question is about that is not answered here, and who helps."""
    signpost, names = elsewhere.signpost, ", ".join(elsewhere.names)
    about = names or (signpost.title if signpost else "something else")
    said = ["This is not answered here. It seems to be about: " + about]
    if signpost is not None:
        said += ["", *([signpost.title] if names else []), signpost.body.strip()]
    elif names:
        said += ["", f"Ask {names}."]
    return said


def _listed(title: str, hits: Iterable[Hit]) -> list[str]:
    rows = [f"  - {hit.title}  [{hit.article_id}]" for hit in hits]
    return ["", f"{title}:", *rows] if rows and title else rows


def explanation(answer: Answer, library: Library) -> dict[str, Any]:
    """Return the reasons for the decision: in sentences, the confidence's signals, and each hit's nearest texts."""
    from kb.html.parts.writing.why import reasons

    return {
        "why": reasons(answer, library),
        "signals": dict(answer.signals),
        "hits": [
            {
                "article_id": hit.article_id,
                "score": round(hit.score, 4),
                "parts": dict(hit.evidence.parts),
                "matched": hit.evidence.unit_kind.value,
                "matched_text": hit.evidence.unit_text,
                "part": _part(hit.evidence.part),
            }
            for hit in answer.hits
            if hit.evidence is not None
        ],
    }


def _part(evidence: PartEvidence | None) -> dict[str, Any] | None:
    """Return what speaks for the part that is shown."""
    if evidence is None:
        return None
    return {"matched": evidence.unit_kind.value, "matched_text": evidence.unit_text, "share": evidence.share}


def _explained(answer: Answer, library: Library) -> str:
    """Return why in sentences, and which example or sentence brought each article up."""
    from kb.html.parts.writing import why
    from kb.html.parts.writing.reasons import outcome_words

    told = [f"{outcome_words(answer)}.", *why.reasons(answer, library)]
    others = [
        f"{hit.rank}. {hit.title}  [{hit.article_id}]\n   {why.found_by(answer, hit, library)}" for hit in answer.hits
    ]
    return "\n".join(["Why", *(f"  - {line}" for line in told), "", "The articles, the nearest first", *others])


def _numbers(answer: Answer) -> str:
    lines = [f"Outcome: {answer.outcome.kind.value}, confidence {answer.confidence:.3f}"]
    lines.append("Signals: " + ", ".join(f"{name} {value:.3f}" for name, value in answer.signals.items()))
    for hit in answer.hits:
        if hit.evidence is not None:
            parts = ", ".join(f"{name} {value:.3f}" for name, value in hit.evidence.parts.items())
            lines.append(f"{hit.rank}. {hit.article_id}  {hit.score:.3f}  ({parts})")
            lines.append(f"   nearest {hit.evidence.unit_kind.value}: {hit.evidence.unit_text[:100]!r}")
            if hit.evidence.part is not None:
                lines.append(f"   part {hit.passage.anchor or 'direct answer'}: share {hit.evidence.part.share:.3f}")
    return "\n".join(lines)
