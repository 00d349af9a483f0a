"""A folder of articles: every file is read, every problem is collected, and nothing is skipped silently."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from kb.bill.reader import ParsedBill, load_bill
from kb.common.findings import OR_FIX, Findings
from kb.common.reading import decode, parse_yaml, read_bytes
from kb.content.articles.frontmatter import read_translation
from kb.content.articles.naming import id_of, is_translation
from kb.content.articles.parse import Parse, ParsedArticle, is_whole, read_article
from kb.content.articles.pictures import ReadPicture, reader, with_pictures
from kb.content.articles.translations import joined
from kb.content.editing.transaction import complete_unfinished
from kb.errors import ArticlesError
from kb.types import Article, ArticleStatus, Category, Finding, Library, Picture, Severity

CATEGORY_FILE = "category.yaml"
_LIKE_ARTICLES = (".md", ".markdown", ".mdown", ".mkd", ".mdx")
"""Endings of Markdown files; only those in ``.md``, in small letters, are articles."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """The articles and signposts of a folder, drafts included, with the findings of reading them."""

    parsed: tuple[ParsedArticle, ...]
    """In the order of their ids."""
    categories: tuple[Category, ...]
    findings: tuple[Finding, ...]
    """About single files and about ids that clash, in the order of path and line."""
    bill: ParsedBill | None = None
    """The sample bill, if the folder has one."""
    partial: tuple[ParsedArticle, ...] = ()
    """What could be read of the files with errors, for checks alone."""
    channels: Mapping[str, str] = field(default_factory=dict)
    """The text that replaces ``{{channel.NAME}}``, by name."""
    pictures: Mapping[str, Picture] = field(default_factory=dict)
    """Every picture that an article shows, drafts included, by name."""
    translations: tuple[ParsedArticle, ...] = ()
    """The files of translations, those with errors included, by path; articles that customers read in another language
    hold theirs."""

    @property
    def with_partial(self) -> Corpus:
        """The same with what could be read of the files with errors, for checks alone."""
        if not self.partial:
            return self
        return replace(self, parsed=tuple(sorted((*self.parsed, *self.partial), key=_by_id)), partial=())

    @property
    def files(self) -> tuple[ParsedArticle, ...]:
        """Every file that could be read: articles, signposts and their translations."""
        return (*self.parsed, *self.translations)

    @property
    def articles(self) -> tuple[Article, ...]:
        """Every article and signpost, in the order of their ids."""
        return tuple(item.article for item in self.parsed)

    @property
    def library(self) -> Library:
        """The articles that customers can open, and the categories that have one."""
        published = [a for a in self.articles if a.status is ArticleStatus.PUBLISHED]
        shown = {a.id: a for a in published if not a.is_signpost}
        used = {a.category for a in shown.values()}
        known = {c.id for c in self.categories}
        bare = [Category(name, title_from_id(name)) for name in sorted(used - known)]
        kept = [c for c in self.categories if c.id in used] + bare
        shelves = tuple(sorted(kept, key=lambda c: (c.order, c.title.casefold(), c.id)))
        signposts = {a.id: a for a in published if a.is_signpost}
        bill = self.bill.parts if self.bill is not None else ()
        texts = [text for article in shown.values() for text in article.all_languages]
        named = sorted({name for text in texts for name in text.pictures.values()})
        pictures = {name: self.pictures[name] for name in named if name in self.pictures}
        return Library(shown, shelves, bill, signposts, pictures)

    def raise_on_errors(self) -> None:
        """Refuse a corpus with errors.

        :raises ArticlesError: With every finding; the message gives the number of errors.
        """
        errors = [f for f in self.findings if f.severity is Severity.ERROR]
        if errors:
            files = len({f.path for f in errors})
            raise ArticlesError(
                f"{len(errors)} error{'s' if len(errors) != 1 else ''} in {files} file{'s' if files != 1 else ''}, so "
                f"nothing was built and the last index keeps serving. The first: {errors[0]}. Correct "
                f"{'them' if len(errors) != 1 else 'it'} and build again; 'kb check' lists all.",
                self.findings,
            )


def title_from_id(name: str) -> str:
    """Return a readable title for an id without one: ``late-fees`` becomes ``Late fees``."""
    return name.replace("-", " ").replace("_", " ").strip().capitalize() or name


def article_files(folder: Path) -> list[Path]:
    """Return every file of an article or of its translation below a folder, by path, without hidden and ``_`` names."""
    root = folder.resolve()
    found = [p for p in folder.rglob("*.md") if p.is_file() and not (p.is_symlink() and _leads_out(p, root))]
    return sorted(p for p in found if not any(part.startswith((".", "_")) for part in p.relative_to(folder).parts))


def _leads_out(link: Path, root: Path) -> bool:
    """Return whether a link leads out of a folder, or nowhere: what is not an article must never reach customers."""
    try:
        return not link.resolve(strict=True).is_relative_to(root)
    except (OSError, RuntimeError):  # RuntimeError: links that lead to each other
        return True


def left_out(folder: Path) -> list[Finding]:
    """Return a finding for each file that looks like an article and is not read, and for each folder of such files.

    :param folder: The folder of articles.
    :return: In the order of their paths.
    """
    found = []
    hidden: Counter[Path] = Counter()
    root = folder.resolve()
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if path.is_symlink() and not any(part.startswith((".", "_")) for part in parts):
            found += _about_link(path, root)
        if path.suffix.lower() not in _LIKE_ARTICLES or any(part.startswith(".") for part in parts):
            continue
        aside = next((n for n, part in enumerate(parts) if part.startswith("_")), None)
        if aside is not None:
            hidden[folder.joinpath(*parts[: aside + 1])] += 1
        elif path.suffix != ".md" and path.is_file():
            message = "the file is not read, because its name does not end in .md"
            fix = f"Rename it to {path.stem}.md"
            found.append(Finding(str(path), 1, 1, Severity.WARNING, "left-out", message, fix))
    for path, n in hidden.items():
        message = f"{n} file{'s are' if n > 1 else ' is'} left out, because the name begins with '_'"
        fix = "Rename it, if customers are meant to read what is in it"
        found.append(Finding(str(path), 1, 1, Severity.ADVICE, "left-out", message, fix))
    return sorted(found)


def _about_link(link: Path, root: Path) -> list[Finding]:
    if link.is_dir():
        message = "this is a link to a folder, and such links are not followed"
        fix = "Put the folder itself there, if customers are meant to read what is in it"
        return [Finding(str(link), 1, 1, Severity.WARNING, "linked-folder", message, fix)]
    if link.suffix != ".md" or not _leads_out(link, root):
        return []
    where = "out of the folder of articles" if link.exists() else "nowhere"
    fix = "Put the file itself there, or delete the link"
    return [Finding(str(link), 1, 1, Severity.ERROR, "link-out", f"this is a link that leads {where}", fix)]


def load_articles(folder: Path, channels: Mapping[str, str] | None = None) -> Corpus:
    """Read every article and category below a folder.

    A rename or removal that was cut short is completed first, so that no caller reads half of it.

    :param folder: For example ``articles/``; messages name files by paths that begin with it.
    :param channels: The text that replaces ``{{channel.NAME}}``, by name.
    :return: The articles that could be parsed, and every finding about single files and about ids that clash.
    :raises ArticlesError: If the folder is missing or holds no article, or an unfinished move cannot be completed.
    """
    if not folder.is_dir():
        raise ArticlesError(f"{folder} is not a folder. Name the folder of articles with --articles or KB_ARTICLES.")
    complete_unfinished(folder)
    files = article_files(folder)
    if not files:
        raise ArticlesError(f"{folder} holds no articles (*.md). Add one, for example with 'kb new SLUG'.")
    categories, findings = load_categories(folder)
    findings += left_out(folder)
    bill, found = load_bill(folder)
    findings += found
    contents: dict[str, bytes] = {}
    for path in files:
        unread = Findings(str(path))
        data = read_bytes(path, unread)
        findings += unread.found
        if data is not None:
            contents[str(path)] = data
    return read_corpus(contents, channels, categories, findings, bill=bill, read_picture=reader(folder))


def read_corpus(
    contents: Mapping[str, bytes],
    channels: Mapping[str, str] | None = None,
    categories: tuple[Category, ...] = (),
    findings: Iterable[Finding] = (),
    parse: Parse = read_article,
    bill: ParsedBill | None = None,
    read_picture: ReadPicture | None = None,
) -> Corpus:
    """Make a corpus from files in memory, for example files that have not been written yet.

    :param contents: Each file's path and bytes.
    :param channels: The text that replaces ``{{channel.NAME}}``, by name.
    :param categories: The shelves.
    :param findings: Findings made before.
    :param parse: Reads one file, or returns an earlier result for it.
    :param bill: The sample bill; an article it names that customers cannot open is an error.
    :param read_picture: Reads a picture by its path; without it, articles show none, and nothing is said of them.
    :return: The articles that could be parsed, and every finding.
    """
    parsed: list[ParsedArticle] = []
    partial: list[ParsedArticle] = []
    translated: list[ParsedArticle] = []
    broken: set[str] = set()
    everything = list(findings)
    pictures: dict[str, Picture] = {}
    for path, data in contents.items():
        item, found = parse(path, data, channels)
        if item is not None and read_picture is not None:
            item, shown, about = with_pictures(item, read_picture)
            found = [*found, *about]
            pictures |= shown
        everything += found
        if item is None:
            continue
        if is_translation(path):
            translated.append(item)
            broken |= set() if is_whole(found) else {path}
        else:
            (parsed if is_whole(found) else partial).append(item)
    articles = [path for path in contents if not is_translation(path)]
    everything += _clashes(articles, [*parsed, *partial])
    everything += _belonging_nowhere(articles, [*parsed, *partial])
    originals, translations, found = joined([*parsed, *partial], translated, frozenset(broken))
    everything += found
    whole = sorted(originals[: len(parsed)], key=_by_id)
    ordered = tuple(sorted(originals[len(parsed) :], key=_by_id))
    corpus = Corpus(
        tuple(whole), categories, (), bill, ordered, channels or {}, pictures, tuple(sorted(translations, key=_by_path))
    )
    if bill is not None:
        everything += bill.dead(corpus.with_partial.library)
    return replace(corpus, findings=tuple(sorted(everything)))


def _by_id(item: ParsedArticle) -> str:
    return item.article.id


def _by_path(item: ParsedArticle) -> str:
    return item.article.path


def _clashes(paths: Iterable[str], parsed: Iterable[ParsedArticle]) -> list[Finding]:
    """Return errors for an id that two files or redirects claim."""
    found = []
    owners: dict[str, str] = {}
    for path in paths:
        stem = id_of(path)
        first = owners.setdefault(stem.lower(), path)
        if first != path:
            message = f"the id {stem!r} is taken by {first}"
            found.append(Finding(path, 1, 1, Severity.ERROR, "duplicate-id", message, "Rename one of the files"))
    for item in parsed:
        for n, old in enumerate(item.article.redirects):
            first = owners.setdefault(old.lower(), item.article.path)
            if first != item.article.path:
                message = f"the redirect {old!r} is taken by {first}"
                at = item.at("redirects", n)
                fix = "Remove the redirect, or rename that article"
                found.append(Finding(item.article.path, *at, Severity.ERROR, "duplicate-id", message, fix))
    return found


def _belonging_nowhere(paths: Iterable[str], parsed: Sequence[ParsedArticle]) -> list[Finding]:
    """Return an error for each question in ``not_for`` that belongs to no other article or signpost."""
    known = {id_of(path) for path in paths}
    now = {old: item.article.id for item in parsed for old in item.article.redirects}
    found = []
    for item in parsed:
        others = known - {item.article.id}
        for n, other in enumerate(item.article.not_for):
            if not other.belongs or other.belongs in others:
                continue
            message = f"a question of 'not_for' belongs to {other.belongs!r}, which does not exist"
            same = next((name for name in others if name.casefold() == other.belongs.casefold()), "")
            near = get_close_matches(other.belongs, others, n=1)
            fix = f"Did you mean {near[0]!r}?" if near else "Use the id of an article or signpost, or leave it out"
            if same:
                fix = f"Write {same!r}{OR_FIX}"
            if other.belongs == item.article.id:
                message = "a question of 'not_for' belongs to this very article"
                fix = "Use the id of another one, or leave it out"
            elif other.belongs in now:
                message = f"a question of 'not_for' belongs to {other.belongs!r}, which is an earlier id"
                fix = f"Write {now[other.belongs]!r}"
            at = item.at("not_for", n, "belongs")
            found.append(Finding(item.article.path, *at, Severity.ERROR, "not-for", message, fix))
    return found


def load_categories(folder: Path) -> tuple[tuple[Category, ...], list[Finding]]:
    """Read every ``<category>/category.yaml`` below a folder."""
    categories, findings = [], []
    for path in sorted(folder.glob(f"*/{CATEGORY_FILE}")):
        category, found = _category(path)
        categories.append(category)
        findings += found
    return tuple(categories), findings


def _category(path: Path) -> tuple[Category, list[Finding]]:
    findings = Findings(str(path))
    name = path.parent.name
    bare = Category(name, title_from_id(name))
    data = read_bytes(path, findings)
    text = None if data is None else decode(data, findings)
    if text is None:
        return bare, findings.found
    root = parse_yaml(text, findings)
    if root is None:
        return bare, findings.found
    if not isinstance(root.value, dict):
        findings.add((1, 1), "schema", "a category has title, text, order and es", "Write 'title: …' and 'text: …'")
        return bare, findings.found
    types: dict[str, type[Any]] = {"title": str, "text": str, "order": int}
    values: dict[str, Any] = {}
    for key, node in root.value.items():
        if key == "es":
            values["spanish"] = read_translation(key, node, findings)
        elif key not in types:
            at = (root.keys or {})[key]
            findings.add(at, "unknown-key", f"unknown key {key!r}", "Use one of: title, text, order, es")
        elif not isinstance(node.value, types[key]) or isinstance(node.value, bool):
            wanted = "a whole number" if types[key] is int else "text"
            findings.add((node.line, node.column), "wrong-type", f"{key!r} must be {wanted}", "Correct it")
        else:
            values[key] = node.value
    return Category(name, **{"title": bare.title, **values}), findings.found
