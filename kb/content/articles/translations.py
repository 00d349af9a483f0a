"""Translations of articles: each is joined to its article, whose id, anchors and facts it shares.

A translation has the headings of the English text, in the same order and on the same levels, so that an address with
an anchor leads to the same place in both languages. It knows the digest of the English text it was made from.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePath
from typing import Final

from kb.common.files import sha256
from kb.common.findings import Findings
from kb.content.articles.naming import id_of, language_of, original_path, translation_path
from kb.content.articles.parse import ParsedArticle, section_anchor
from kb.types import Article, ArticleKind, Finding, Section, Severity, Translation

DIGEST_LENGTH: Final = 16
_LANGUAGES: Final = {"es": "Spanish"}
_NOT_OF_SIGNPOSTS: Final = ("summary", "keywords")


def digest(parsed: ParsedArticle) -> str:
    """Return what identifies an article's text for its translators: title, summary and body, however they are laid out.

    :param parsed: The article in English.
    :return: 16 hex digits; they change with every word, and not with spaces, line ends or contact channels.
    """
    summary = parsed.fields.value.get("summary")
    texts = (parsed.article.title, str(summary.value) if summary is not None else "", parsed.raw_body)
    return sha256("\n".join(" ".join(text.split()) for text in texts).encode())[:DIGEST_LENGTH]


def joined(
    originals: Sequence[ParsedArticle], translations: Iterable[ParsedArticle], broken: frozenset[str] = frozenset()
) -> tuple[list[ParsedArticle], list[ParsedArticle], list[Finding]]:
    """Return articles that know their translations, the translations as those articles have them, and the findings.

    :param originals: The articles in English.
    :param translations: Those in other languages.
    :param broken: The paths of translations with errors, which customers must not see.
    :return: A translation whose headings differ from the English ones is no part of its article.
    """
    by_path = {parsed.article.path: parsed for parsed in originals}
    by_id = {parsed.article.id: parsed for parsed in originals}
    found: list[Finding] = []
    done = []
    for parsed in translations:
        path = parsed.article.path
        original = by_path.get(original_path(path))
        if original is None:
            found.append(_alone(path, by_id.get(parsed.article.id)))
            done.append(parsed)
            continue
        made = _as_of(original, parsed)
        problems = [*_untranslated(original, parsed), *_headings(original, parsed), *_made_from(original, made)]
        found += problems
        done.append(made)
        left_out = any(f.severity is Severity.ERROR or f.code == "translation-headings" for f in problems)
        if path not in broken and not left_out:
            by_path[original.article.path] = _with(by_path[original.article.path], made.article)
    return [by_path[parsed.article.path] for parsed in originals], done, found


def _alone(path: str, elsewhere: ParsedArticle | None) -> Finding:
    language = _LANGUAGES[language_of(path)]
    name = PurePath(original_path(path)).name
    if elsewhere is not None:
        message = f"the {language} text lies in another folder than {elsewhere.article.path}"
        fix = f"Move it to {translation_path(elsewhere.article.path, language_of(path))}"
    else:
        message = f"there is no article {name} in this folder for this {language} text"
        fix = "Name the file after its article, or remove it"
    return Finding(path, 1, 1, Severity.ERROR, "translation-alone", message, fix)


def _as_of(original: ParsedArticle, parsed: ParsedArticle) -> ParsedArticle:
    """Return a translation with all that it shares with its article."""
    article, own = original.article, parsed.article
    anchors = {s.anchor: o.anchor for s, o in zip(own.sections, article.sections, strict=False) if s.anchor}

    def aim(name: str) -> str:
        found = section_anchor(name, article.sections)
        return found if any(s.anchor == found for s in article.sections) else anchors.get(name, name)

    written = parsed.fields.value.get("translated_from")
    made = replace(
        article,
        title=own.title,
        summary=own.summary,
        body=own.body,
        sections=_anchored(own.sections, article.sections),
        keywords=own.keywords,
        examples=own.examples,
        tests=own.tests,
        example_sections={question: aim(name) for question, name in own.example_sections.items()},
        test_sections={question: tuple(map(aim, names)) for question, names in own.test_sections.items()},
        not_for=(),
        pictures=own.pictures,
        reviewed=own.reviewed,
        path=own.path,
        spanish=None,
        language=language_of(own.path),
        translations={},
        is_out_of_date=written is None or str(written.value) != digest(original),
    )
    return replace(parsed, article=made)


def _anchored(sections: tuple[Section, ...], originals: tuple[Section, ...]) -> tuple[Section, ...]:
    """Return sections with the anchors of those they translate; with their own if they do not match."""
    if [s.level for s in sections] != [o.level for o in originals]:
        return sections
    return tuple(replace(s, anchor=o.anchor) for s, o in zip(sections, originals, strict=True))


def _with(parsed: ParsedArticle, made: Article) -> ParsedArticle:
    """Return an article that has a translation; of a signpost, customers see title and text alone."""
    article = replace(parsed.article, translations={**parsed.article.translations, made.language: made})
    if article.is_signpost:
        article = replace(article, spanish=Translation(made.title, made.body.strip()))
    return replace(parsed, article=article)


def _untranslated(original: ParsedArticle, parsed: ParsedArticle) -> Iterator[Finding]:
    """Yield a finding for each field that a translation must have and lacks, or has in English."""
    article, own = original.article, parsed.article
    findings = Findings(own.path)
    language = _LANGUAGES[language_of(own.path)]
    for key in _NOT_OF_SIGNPOSTS if article.kind is ArticleKind.SIGNPOST else ():
        if key in parsed.fields.value:
            findings.add(parsed.at(key), "unknown-key", f"a signpost has no {key!r}", "Remove it")
    if article.summary and not own.summary and "summary" not in parsed.unread:
        fix = f"Add a line 'summary: …' in {language}"
        findings.add((1, 1), "untranslated", "'summary' is not translated", fix)
    for key in ("title", "summary"):
        text, english = getattr(own, key), getattr(article, key)
        if text and text.casefold() == english.casefold() and key in parsed.fields.value:
            findings.add(parsed.at(key), "untranslated", f"{key!r} is still in English", f"Write it in {language}")
    if not own.body.strip():
        findings.add((parsed.body_line, 1), "untranslated", "the translation has no text", f"Write it in {language}")
    yield from findings.found


def _headings(original: ParsedArticle, parsed: ParsedArticle) -> Iterator[Finding]:
    """Yield the first heading that has no equal in the English text; customers read the English text until then."""
    english, own = original.article.sections, parsed.article.sections
    if not own or [s.level for s in own] == [s.level for s in english]:
        return
    path = original.article.path
    pairs = zip(own, english, strict=False)
    first = next(((s, o) for s, o in pairs if s.level != o.level), None)
    if first is None:
        extra = own[len(english) :]
        missing = english[len(own) :]
        line = (extra or own[-1:])[0].line
        named = repr(extra[0].heading) if extra else repr(missing[0].heading)
        message = f"the heading {named} is not in {path}" if extra else f"nothing translates the heading {named}"
        where = "" if extra else f" ({path}:{missing[0].line})"
        message += where
    else:
        line = first[0].line
        message = f"{_called(first[0])} stands where {path}:{first[1].line} has {_called(first[1])}"
    fix = "Give it the headings of the English text, in the same order and on the same levels; customers read English"
    fix += " until then"
    yield Finding(parsed.article.path, line, 1, Severity.WARNING, "translation-headings", message, fix)


def _called(section: Section) -> str:
    if not section.heading:
        return "a text before the first heading"
    return f"'{'#' * section.level} {section.heading}'"


def _made_from(original: ParsedArticle, made: ParsedArticle) -> Iterator[Finding]:
    """Yield a finding if the English text has changed since, or nothing says which one was translated."""
    if not made.article.is_out_of_date:
        return
    path = made.article.path
    at = made.at("translated_from") if "translated_from" in made.fields.value else (1, 1)
    stamp = f"then run 'kb translation --stamp {path}'"
    written = made.fields.value.get("translated_from")
    if written is not None and len(str(written.value)) == DIGEST_LENGTH:
        message = f"{original.article.path} has changed since it was translated; customers are told so"
        fix = f"Bring it up to date, {stamp}"
    else:
        message = "nothing says which English text it was made from; customers are told that it may be out of date"
        fix = f"Compare the two, {stamp}"
    yield Finding(path, *at, Severity.ADVICE, "translation-outdated", message, fix)


def out_of_date(parsed: Iterable[ParsedArticle]) -> list[ParsedArticle]:
    """Return the translations that are out of date, by path."""
    return sorted((p for p in parsed if p.article.is_out_of_date), key=lambda p: p.article.path)


def by_article(translations: Iterable[ParsedArticle]) -> Mapping[str, list[ParsedArticle]]:
    """Return the translations of each article, by its id."""
    found: dict[str, list[ParsedArticle]] = {}
    for parsed in translations:
        found.setdefault(id_of(parsed.article.path), []).append(parsed)
    return found
