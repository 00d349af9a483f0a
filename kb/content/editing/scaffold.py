"""``kb new``: a valid draft from the template of its kind, to be filled in."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

from kb.content.articles.corpus import CATEGORY_FILE, article_files, load_categories, title_from_id
from kb.content.articles.naming import is_translation
from kb.content.articles.parse import named_channels, parse_article
from kb.errors import ArticlesError
from kb.types import ELSEWHERE, ArticleKind, Category, Finding, Severity

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
MAX_SLUG = 80
"""Characters; every address of the article holds it."""
_LONGEST_TITLE = 120
_MARK = re.compile(r"\[[^\]]+\]")
"""What redaction puts in the place of personal data."""
_ASKS = re.compile(
    r"(?:how|what|when|where|which|who|whose|why|can|could|do|does|did|is|are|was|were|will|would|should|may|am)\b",
    re.IGNORECASE,
)
REVIEW_IN_DAYS = 180
SIGNPOST_REVIEW_IN_DAYS = 365
"""Who helps with something else changes less often than a bill."""

_FRONT = """\
---
title: {title}
kind: {kind}
category: {category}
summary: "TODO: one sentence that answers the title."
{asked}examples: []
tests: []
keywords: []
related: []
owner:{owner}
reviewed: # the day on which you read it against its sources, such as 2026-11-22
review_in_days: {days}
sources: []
redirects: []
status: draft
---

"""

_SIGNPOST = """\
---
title: {title}
kind: signpost
{asked}examples: []
owner:{owner}
reviewed: # the day on which you made sure who helps, such as 2026-11-22
review_in_days: {days}
es:
  title: "TODO: the title in Spanish."
  text: "TODO: the text below in Spanish."
status: draft
---

TODO: say in one to three sentences that this is not answered here, and who helps.
"""

_ASKED = (
    "Customers asked the questions below. Word each as another customer would, put most of them into examples and at",
    "least four others into tests, and remove the line. 'kb check' refuses a question as it was typed.",
)

_ASKED_ELSEWHERE = (
    "Customers asked the questions below. Word each as another customer would, put it into examples, and remove the",
    "line. 'kb check' refuses a question as it was typed.",
)

_CATEGORY = """\
title: {title}
text: >-
  TODO: one paragraph that says what is found here.
order: 1000
"""

_BODIES = {
    ArticleKind.FAQ: """\
TODO: answer the title in the first sentence, so that a hurried reader can stop here.

## What to check first

TODO: say where to look, on the bill or in the account, and what it means.

## What to do

TODO: say what to do next, and what happens then.

## When to contact an agent

TODO: say when it's time for an agent, what the agent will ask, and what to do if the answer is no.
""",
    ArticleKind.TROUBLESHOOTING: """\
TODO: name the symptom as a customer sees it, and the most likely cause.

## The likely causes, most likely first

- **TODO: first cause.** How to tell that it is this one.
- **TODO: second cause.** How to tell that it is this one.

## How to put it right

1. TODO: the first thing to do.
2. TODO: the next thing to do. Say how to tell that it worked.

## If it still fails

TODO: say when to contact an agent, what the agent will ask, and what to do if the answer is no.
""",
    ArticleKind.TUTORIAL: """\
TODO: say in one or two sentences what to do, so that a reader who knows the way can stop here.

## What you need

- TODO: what to have at hand.

## Steps

1. TODO: the first step.
2. TODO: the second step.
3. TODO: the last step. Say how to tell that it worked.

## If a step does not work

TODO: say what usually goes wrong, and when to contact an agent.
""",
    ArticleKind.REFERENCE: """\
TODO: say in one or two sentences what the table below lists, and as of when.

## The list

| Name | What it means |
| --- | --- |
| TODO: first | What it means for the reader. |
| TODO: second | What it means for the reader. |

## If yours is not in the list

TODO: say what to do, and when to contact an agent.
""",
}


def new_article(
    folder: Path,
    slug: str,
    title: str,
    kind: ArticleKind | str,
    category: str,
    *,
    owner: str = "",
    asked: Sequence[str] = (),
) -> Path:
    """Write a draft from the template of its kind.

    :param folder: The folder of articles; created if it does not exist.
    :param slug: The article's id, which never changes.
    :param title: As a customer would say it.
    :param kind: faq, troubleshooting, tutorial, reference or signpost.
    :param category: An existing category, or any name if there is none yet; empty for a signpost.
    :param owner: Who keeps the article up to date; may be empty.
    :param asked: Customers' questions that it is written for; they become comments, for the editor to reword.
    :return: The new file.
    :raises ArticlesError: If a value cannot be used or the id is taken; then nothing was written.
    """
    kind = find_kind(kind)
    category = ELSEWHERE if kind is ArticleKind.SIGNPOST else find_category(folder, category)
    data = draft(slug, title, kind, category, owner=owner, asked=asked)
    refuse_taken(folder, slug)
    path = folder / category / f"{slug}.md"
    _write_new(path, data)
    return path


def draft(
    slug: str, title: str, kind: ArticleKind, category: str, *, owner: str = "", asked: Sequence[str] = ()
) -> bytes:
    """Return a draft from the template of its kind; nothing is written.

    :param slug: The article's id.
    :param title: As a customer would say it.
    :param kind: Decides the template.
    :param category: The article's category.
    :param owner: Who keeps the article up to date; may be empty.
    :param asked: Customers' questions that it is written for; they become comments, for the editor to reword.
    :return: The file's bytes.
    :raises ArticlesError: If a value cannot be used.
    """
    check_slug(slug)
    is_signpost = kind is ArticleKind.SIGNPOST
    template = _SIGNPOST if is_signpost else _FRONT + _BODIES[kind]
    text = template.format(
        title=_quoted("title", title),
        kind=kind.value,
        category=category,
        owner=f" {_quoted('owner', owner)}" if owner.strip() else " # who keeps it right",
        days=SIGNPOST_REVIEW_IN_DAYS if is_signpost else REVIEW_IN_DAYS,
        asked=_comments(asked, _ASKED_ELSEWHERE if is_signpost else _ASKED),
    )
    data = text.encode("utf-8", "replace")
    _, found = parse_article(f"{slug}.md", data)
    errors: list[Finding] = [f for f in found if f.severity is Severity.ERROR]
    if errors:
        raise ArticlesError(f"The draft would not be a valid article: {errors[0].message}. {errors[0].fix}.", errors)
    return data


def title_from_question(question: str) -> str:
    """Return a title made of a customer's question, for an editor to reword; empty if it is too long for one.

    :param question: After redaction; one with a mark in the place of personal data gives no title.
    :return: One line, with a capital, and with a question mark if it begins as a question does.
    """
    text = " ".join(question.split()).rstrip(" .,;:-")
    if not text or len(text) > _LONGEST_TITLE or _MARK.search(text):
        return ""
    text = text[:1].upper() + text[1:]
    return f"{text}?" if text[-1].isalnum() and _ASKS.match(text) else text


def categories(folder: Path) -> list[str]:
    """Return the names of the categories below a folder, to choose from; that of the signposts is none."""
    if not folder.is_dir():
        return []
    found = [p for p in folder.iterdir() if p.is_dir() and not p.name.startswith((".", "_")) and p.name != ELSEWHERE]
    return sorted(p.name for p in found if (p / CATEGORY_FILE).exists() or any(p.glob("*.md")))


def shelves(folder: Path) -> list[Category]:
    """Return the categories below a folder with their titles, in the order of their names."""
    titled = {category.id: category for category in load_categories(folder)[0]}
    return [titled.get(name, Category(name, title_from_id(name))) for name in categories(folder)]


def check_slug(slug: str) -> None:
    """Refuse an id that no address should contain.

    :param slug: The wanted id.
    :raises ArticlesError: Saying what an id looks like.
    """
    if not _SLUG.fullmatch(slug) or len(slug) > MAX_SLUG:
        words = re.sub(r"[^a-z0-9]+", "-", slug.lower()).strip("-")[:MAX_SLUG].strip("-")
        hint = f", such as {words!r}" if words else ""
        allowed = f"Use at most {MAX_SLUG} small letters, digits and single hyphens{hint}."
        raise ArticlesError(f"{slug!r} cannot be an article's id. {allowed}")


def find_kind(kind: ArticleKind | str) -> ArticleKind:
    """Return a kind by its name, in upper or lower case.

    :param kind: What was typed.
    :return: The kind.
    :raises ArticlesError: Naming the kinds that exist.
    """
    try:
        return ArticleKind(kind.strip().lower())
    except ValueError as error:
        raise ArticlesError(f"There is no kind {kind!r}. Use one of: {', '.join(ArticleKind)}.") from error


def find_category(folder: Path, category: str) -> str:
    """Return the name of the category that was typed, in upper or lower case.

    :param folder: The folder of articles.
    :param category: The name as typed; if there is no category yet, any name that an address may contain.
    :return: The category's folder.
    :raises ArticlesError: If there is no such category, naming the one that was probably meant or all of them.
    """
    if category.strip().lower() == ELSEWHERE:
        raise ArticlesError(f"{ELSEWHERE!r} is for signposts: use --signpost, or name a category of articles.")
    known = categories(folder)
    by_name = {name.lower(): name for name in known}
    category = by_name.get(category.strip().lower(), category.strip())
    if known and category not in known:
        near = get_close_matches(category.lower(), known, n=1)
        hint = f"Did you mean {near[0]!r}?" if near else f"Use one of: {', '.join(known)}."
        raise ArticlesError(
            f"There is no category {category!r}. {hint} A new one begins with a file {category}/{CATEGORY_FILE}."
        )
    if not known:
        check_slug(category)
    return category


def refuse_taken(folder: Path, slug: str) -> None:
    """Refuse an id that an article has, or had.

    :param folder: The folder of articles.
    :param slug: The wanted id.
    :raises ArticlesError: Naming the article.
    """
    for path in article_files(folder) if folder.is_dir() else []:
        if is_translation(path):
            continue
        if path.stem.lower() == slug:
            raise ArticlesError(f"The id {slug!r} is taken by {path}. Choose another one, or edit that article.")
        try:
            data = path.read_bytes()
        except OSError:  # 'kb check' reports it; its id is taken all the same, as above
            continue
        parsed, _ = parse_article(str(path), data, named_channels(data))
        if parsed is not None and slug in (old.lower() for old in parsed.article.redirects):
            raise ArticlesError(f"The id {slug!r} is an earlier id of {path}. Choose another one.")


def _comments(asked: Sequence[str], hints: Sequence[str]) -> str:
    """Return customers' questions as comments, never as values, so that none is published as it was typed."""
    if not asked:
        return ""
    return "".join(f"{line}\n" for line in (*(f"# {hint}" for hint in hints), *_asked_lines(asked)))


def _asked_lines(asked: Sequence[str]) -> list[str]:
    lines = [" ".join("".join(c if c.isprintable() else " " for c in text).split()) for text in asked]
    return [f"# TODO: {line}" for line in lines if line]


def without_asked(text: str, asked: Sequence[str]) -> str:
    """Return a draft's text without the comments that hold customers' questions as they were typed.

    :param text: A draft that :func:`draft` began.
    :param asked: The questions.
    :return: The rest, as the editor left it.
    """
    theirs = set(_asked_lines(asked))
    return "\n".join(line for line in text.split("\n") if line.strip() not in theirs)


def _quoted(name: str, text: str) -> str:
    """Return text as a YAML string in double quotes."""
    plain = " ".join(text.split())
    if not plain:
        raise ArticlesError(f"The {name} is empty. Write it as a customer would say it.")
    return json.dumps(plain, ensure_ascii=False)


def _write_new(path: Path, data: bytes) -> None:
    """Write a file that must not exist yet, and its category's file if that is new."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            file.write(data)
        shelf = path.parent / CATEGORY_FILE
        if path.parent.name != ELSEWHERE and not shelf.exists():
            shelf.write_text(_CATEGORY.format(title=title_from_id(path.parent.name)), "utf-8")
    except OSError as error:
        raise ArticlesError(f"{path} cannot be written: {error.strerror}. Check the path and permissions.") from error
