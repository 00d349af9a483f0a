"""Take what a lead decided about a question into an article's file; every other byte stays as it is.

Each edit is made at the position that the parser reports, and the result is parsed again: apart from the question, the
article must be the same.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from kb.content.articles.parse import ParsedArticle, named_channels, parse_article
from kb.content.checks.codes import finding
from kb.content.checks.questions import same_words
from kb.content.editing.edit import (
    CannotEdit,
    FileText,
    append_written,
    list_items,
    offset,
    scalar,
)
from kb.errors import ArticlesError
from kb.types import TOP, Article

_FLOW = re.compile(r"[,\[\]{}]|: |:$| #")
"""What ends an unquoted text within braces."""


@dataclass(frozen=True, slots=True)
class Edited:
    """A file with a decision in it."""

    data: bytes
    said: str
    """What was done, or why nothing had to be, in a few words."""
    is_changed: bool


# ----------------------------------------------------------------------------------------------- examples


def add_example(path: str, data: bytes, question: str, section: str | None = None) -> Edited:
    """Make a question an example of an article or a signpost, and tie it to a section if one is named.

    An example that is there already is tied, or stays as it is.

    :param path: The file's path, for messages.
    :param data: Its bytes.
    :param question: The example, on one line.
    :param section: The section's anchor; empty for the direct answer, so that the example is tied to none; None to
        leave a tie as it is.
    :return: The new bytes.
    :raises ArticlesError: If the file cannot be read or edited, has no such section, or has the question as a test or
        in ``not_for``.
    """
    parsed = _parsed(path, data)
    if section and all(section != known.anchor for known in parsed.article.sections):
        raise ArticlesError(f"{path} has no section {section!r}. {_sections_of(parsed)}")
    _refuse_test(parsed, question)
    _refuse_not_for(parsed, question)
    known = _place(parsed.article.examples, question)
    if known is None:
        where = f", tied to the section {section!r}" if section else ""
        add = partial(_with_item, key="examples", question=question, more=("section", section or ""))
        return _edited(parsed, add, f"added as an example{where}")
    example = parsed.article.examples[known]
    now = parsed.article.example_sections.get(example, "")
    now = "" if now == TOP else now
    if section is None or section == now:
        where = f" of the section {now!r}" if now else ""
        return Edited(data, f"it is an example{where} already", is_changed=False)
    said = f"the example is tied to the section {section!r} now" if section else "the example is tied to no section now"
    tie = partial(_with_value, key="examples", index=known, value=("section", section))
    change = tie if section else partial(_without, key="examples", index=known, name="section")
    return _edited(parsed, change, said + (f", before to {now!r}" if now else ""))


def add_not_for(path: str, data: bytes, question: str, belongs: str = "") -> Edited:
    """Tell an article that it does not answer a question.

    :param path: The file's path, for messages.
    :param data: Its bytes.
    :param question: The question, on one line.
    :param belongs: The id of the article or signpost that answers it; empty if nothing does, or if it is not known.
    :return: The new bytes.
    :raises ArticlesError: If the file cannot be read or edited, or has the question as an example or a test.
    """
    parsed = _parsed(path, data)
    if parsed.article.is_signpost:
        raise ArticlesError(f"{path} is a signpost, and a signpost has no 'not_for'. Choose the article that answered.")
    _refuse_test(parsed, question)
    known_example = _place(parsed.article.examples, question)
    if known_example is not None:
        message = f"{question!r} is an example of this article, so it cannot be in 'not_for'"
        raise _refused(parsed, "not-for-example", ("examples", known_example), message, "Remove the example first")
    known = _place(tuple(other.question for other in parsed.article.not_for), question)
    where = f", as belonging to {belongs!r}" if belongs else ""
    if known is None:
        add = partial(_with_item, key="not_for", question=question, more=("belongs", belongs))
        return _edited(parsed, add, f"added to 'not_for'{where}")
    if not belongs or parsed.article.not_for[known].belongs == belongs:
        return Edited(data, "it is in 'not_for' already", is_changed=False)
    change = partial(_with_value, key="not_for", index=known, value=("belongs", belongs))
    return _edited(parsed, change, f"it was in 'not_for' before, and stays{where}")


# ------------------------------------------------------------------------------------------------- patch


def unified_patch(path: str, before: bytes, after: bytes) -> str:
    """Return a change of one file as a patch that ``git apply`` and ``patch -p1`` take.

    :param path: The file below the folder in which the patch is applied, with forward slashes.
    :param before: Its bytes before.
    :param after: Its bytes after.
    :return: The patch, with the file's own line ends; empty if nothing changes.
    """
    old, new = (re.findall(r"[^\n]*\n|[^\n]+$", data.decode("utf-8")) for data in (before, after))
    # A name with a space ends with a tab there, by which git knows where it ends.
    tail = "\t" if " " in path else ""
    lines = difflib.unified_diff(old, new, f"a/{path}{tail}", f"b/{path}{tail}", lineterm="\n")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


# ------------------------------------------------------------------------------------------ small steps


def _parsed(path: str, data: bytes) -> ParsedArticle:
    parsed, findings = parse_article(path, data, _channels(data))
    if parsed is None:
        raise ArticlesError(f"{path} has errors, so nothing can be added to it. The first: {findings[0]}", findings)
    return parsed


def _channels(data: bytes) -> dict[str, str]:
    return named_channels(data) | {f"es.{name}": name for name in named_channels(data)}


def _place(questions: tuple[str, ...], question: str) -> int | None:
    """Return where a list has a question, however it is written."""
    wanted = same_words(question)
    return next((n for n, text in enumerate(questions) if same_words(text) == wanted), None)


def _refuse_test(parsed: ParsedArticle, question: str) -> None:
    known = _place(parsed.article.tests, question)
    if known is not None:
        message = f"{question!r} is a test of this article, which proves something only while no example repeats it"
        fix = "Word the example as another customer would, or remove the test first"
        raise _refused(parsed, "test-repeats-example", ("tests", known), message, fix)


def _refuse_not_for(parsed: ParsedArticle, question: str) -> None:
    known = _place(tuple(other.question for other in parsed.article.not_for), question)
    if known is not None:
        message = f"{question!r} is in 'not_for' of this article, so it cannot be an example"
        raise _refused(parsed, "not-for-example", ("not_for", known), message, "Remove it from 'not_for' first")


def _refused(parsed: ParsedArticle, code: str, at: tuple[str, int], message: str, fix: str) -> ArticlesError:
    found = finding(parsed.article.path, parsed.at(*at), code, message, fix)
    return ArticlesError(f"{found.path}:{found.line}: {message}. {fix}.", [found])


def _sections_of(parsed: ParsedArticle) -> str:
    anchors = [section.anchor for section in parsed.article.sections if section.anchor]
    return f"Use one of: {', '.join(anchors)}." if anchors else "It has no headings: leave the section out."


def _quoted_like(text: str, key: str, value: str) -> str:
    """Return a text in the quotes that the last item of a list has, or in double ones."""
    items = list_items(text, key)
    last = items[-1].value.get("question") if items and isinstance(items[-1].value, dict) else None
    last = last or (items[-1] if items else None)
    first = text[offset(text, (last.line, last.column))] if last is not None else '"'
    if first == "'" and value.isprintable():
        return "'" + value.replace("'", "''") + "'"
    return json.dumps(value, ensure_ascii=False) if first in "\"'{" else scalar(value)


def _in_braces(written: str, value: str) -> str:
    """Return a text as written, or in double quotes if it could not be read within braces."""
    is_plain = written[:1] not in "\"'"
    return json.dumps(value, ensure_ascii=False) if "\n" in written or (is_plain and _FLOW.search(written)) else written


def _with_item(text: str, key: str, question: str, more: tuple[str, str]) -> str:
    """Return the text with a question added to a list, as a mapping if it has a value besides."""
    written = _quoted_like(text, key, question)
    name, value = more
    item = f"{{question: {_in_braces(written, question)}, {name}: {value}}}" if value else written
    return append_written(text, key, item)


def _with_value(text: str, key: str, index: int, value: tuple[str, str]) -> str:
    """Return the text with a value of an item set; the item becomes a mapping if it is a plain text."""
    item, (name, written) = list_items(text, key)[index], value
    start = offset(text, (item.line, item.column))
    if not isinstance(item.value, dict):
        written_before = text[start : offset(text, item.end)].rstrip()
        if written_before[0] in "|>" and "#" in written_before:
            raise CannotEdit(
                f"line {item.line} is a text of several lines with a '#' in it; write it on one line first"
            )
        end = start + len(written_before)
        question = _in_braces(written_before, item.value)
        return f"{text[:start]}{{question: {question}, {name}: {written}}}{text[end:]}"
    if name in item.value:
        old = item.value[name]
        return text[: offset(text, (old.line, old.column))] + written + text[offset(text, old.end) :]
    end = offset(text, item.value["question"].end)
    if text[start] == "{":
        return f"{text[:end]}, {name}: {written}{text[end:]}"
    line_end = text.index("\n", end)
    return f"{text[:line_end]}\n{' ' * (item.column - 1)}{name}: {written}{text[line_end:]}"


def _without(text: str, key: str, index: int, name: str) -> str:
    """Return the text with an item that is its question only, without a value that it has besides."""
    item = list_items(text, key)[index]
    start = offset(text, (item.line, item.column))
    spans = [(offset(text, (value.line, value.column)), offset(text, value.end)) for value in item.value.values()]
    end = max(after for _, after in spans)
    if text[start] == "{":
        end = text.index("}", end) + 1
    between = text[start:end]
    for first, after in sorted(spans, reverse=True):
        between = between[: first - start] + between[after - start :]
    if "#" in between:
        raise CannotEdit(f"line {item.line} has a comment beside {name!r}; remove {name!r} by hand")
    question = item.value["question"]
    words = text[offset(text, (question.line, question.column)) : offset(text, question.end)]
    return text[:start] + words + text[end:]


def _edited(parsed: ParsedArticle, change: Callable[[str], str], said: str) -> Edited:
    """Return the new bytes if nothing but examples and ``not_for`` differs in them."""
    path = parsed.article.path
    try:
        data = _spliced(parsed.data, change(FileText.of(parsed.data).text))
    except CannotEdit as error:
        raise ArticlesError(f"{path}: {error}. Nothing was changed.") from error
    after, findings = parse_article(path, data, _channels(data))
    if after is None:
        raise ArticlesError(f"{path} would have an error with the question in it: {findings[0]}", findings)
    is_same = _without_questions(parsed.article) == _without_questions(after.article)
    if not is_same or parsed.raw_body != after.raw_body or not _holds(parsed, after):
        raise ArticlesError(f"{path} is written in a way that the question cannot be added to. Add it by hand.")
    return Edited(data, said, is_changed=True)


def _without_questions(article: Article) -> Article:
    return replace(article, examples=(), example_sections={}, not_for=(), sections=(), body="")


def _spliced(data: bytes, text: str) -> bytes:
    """Return a file with another text, in which the lines that stay keep their bytes, whatever their line ends."""
    file, new = FileText.of(data), text.split("\n")
    old = file.text.split("\n")
    written = re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$", data.decode("utf-8"))
    written += [""] * (len(old) - len(written))  # the empty one after the last line end
    least = min(len(old), len(new))
    first = next((n for n in range(least) if old[n] != new[n]), least)
    last = next((n for n in range(least - first) if old[-1 - n] != new[-1 - n]), least - first)
    changed = [line + file.newline for line in new[first : len(new) - last]]
    return "".join([*written[:first], *changed, *written[len(written) - last :]]).encode()


def _holds(before: ParsedArticle, after: ParsedArticle) -> bool:
    """Return whether every question is still there, in order."""
    kept = (*before.article.examples, *(other.question for other in before.article.not_for))
    now = iter((*after.article.examples, *(other.question for other in after.article.not_for)))
    return all(question in now for question in kept)
