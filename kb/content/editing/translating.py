"""``kb translation``: a skeleton to translate into, and the stamp that says which English text was translated."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from kb.common.files import replace_file
from kb.content.articles.corpus import Corpus
from kb.content.articles.naming import is_translation, original_path, translation_path
from kb.content.articles.parse import ParsedArticle
from kb.content.articles.translations import digest
from kb.content.editing.edit import CannotEdit, FileText, replace_text
from kb.errors import ArticlesError
from kb.types import SPANISH, Severity


@dataclass(frozen=True, slots=True)
class Stamped:
    """A translation that now knows the English text it was made from."""

    path: str
    is_changed: bool
    """Whether it was written; not if the stamp was right already."""


def stamp(corpus: Corpus, files: Iterable[Path]) -> list[Stamped]:
    """Write into translations which English text they were made from.

    :param corpus: All articles.
    :param files: Translations, or English files, which stand for their translations.
    :return: In the order of the files; all or none of them were written.
    :raises ArticlesError: If a file is no translation of an article, has errors, or cannot be written.
    """
    by_path = {Path(parsed.article.path).resolve(): parsed for parsed in corpus.files}
    originals = {parsed.article.path: parsed for parsed in corpus.with_partial.parsed}
    planned = [_stamped(by_path, originals, corpus, file) for file in files]
    done = []
    for parsed, text in planned:
        if text is not None:
            try:
                replace_file(Path(parsed.article.path), text.encode())
            except OSError as error:
                message = f"{parsed.article.path} cannot be written: {error.strerror}. Check its permissions."
                raise ArticlesError(message) from error
        done.append(Stamped(parsed.article.path, text is not None))
    return done


def _stamped(
    by_path: dict[Path, ParsedArticle], originals: dict[str, ParsedArticle], corpus: Corpus, file: Path
) -> tuple[ParsedArticle, str | None]:
    """Return a translation with its new text, or with None if its stamp is right."""
    wanted = file if is_translation(file) else Path(translation_path(str(file), SPANISH))
    parsed = by_path.get(wanted.resolve())
    if parsed is None:
        raise ArticlesError(f"There is no translation {wanted}. Write one with 'kb translation --new ID'.")
    path = parsed.article.path
    error = next((f for f in corpus.findings if f.path == path and f.severity is Severity.ERROR), None)
    if error is not None:
        raise ArticlesError(f"Nothing was stamped. Correct this first: {error}", [error])
    right = digest(originals[original_path(path)])
    text = FileText.of(parsed.data)
    try:
        new = replace_text(text.text, "translated_from", right)
    except CannotEdit as problem:
        raise ArticlesError(f"{path}: {problem}. Nothing was stamped.") from problem
    return parsed, text.with_text(new) if new != text.text else None


def new_translation(corpus: Corpus, article_id: str) -> Path:
    """Write a skeleton beside an article: its headings in their order, and all that is to be said in Spanish.

    :param corpus: All articles.
    :param article_id: The article or signpost to translate.
    :return: The new file, which has errors until it is translated.
    :raises ArticlesError: If there is no such article, it is translated already, or the file cannot be written.
    """
    parsed = next((p for p in corpus.parsed if p.article.id == article_id), None)
    if parsed is None:
        raise ArticlesError(f"There is no article {article_id!r}. 'kb check' names every file.")
    path = Path(translation_path(parsed.article.path, SPANISH))
    try:
        with path.open("xb") as file:
            file.write(_skeleton(parsed).encode())
    except FileExistsError as error:
        raise ArticlesError(f"{path} is there already. Change it, then run: kb translation --stamp {path}") from error
    except OSError as error:
        raise ArticlesError(f"{path} cannot be written: {error.strerror}. Check the path and permissions.") from error
    return path


def _skeleton(parsed: ParsedArticle) -> str:
    article = parsed.article
    lines = ["---", f"title: # {article.title}"]
    if not article.is_signpost:
        lines += [f"summary: # {article.summary}", "keywords: []"]
    lines += ["examples:", "tests:", f"translated_from: {json.dumps(digest(parsed))}", "---", ""]
    for section in article.sections:
        lines += [f"{'#' * section.level} TODO: {section.heading}", ""] if section.heading else []
        lines += ["TODO: …", ""]
    return "\n".join(lines)
