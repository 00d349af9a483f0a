"""Articles from disk: every file is read, every problem collected, nothing is skipped in silence."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

from kb.bill.reader import ParsedBill, load_bill
from kb.common.findings import ID_PATTERN, Findings
from kb.common.yaml_file import Located, YamlProblem, load_yaml
from kb.common.yaml_hints import explain
from kb.content.articles.frontmatter import read_fields
from kb.content.editing.transaction import complete_unfinished
from kb.content.markdown.render import sections
from kb.errors import ArticlesError
from kb.types import Article, ArticleStatus, Category, Finding, Library, Severity

_FENCE = re.compile(r"---[ \t]*")
CHANNEL = re.compile(r"\{\{\s*channel\.([A-Za-z0-9_-]*)\s*\}\}")
"""Where a channel's words are filled in."""
CATEGORY_FILE = "category.yaml"


@dataclass(frozen=True, slots=True)
class ParsedArticle:
    """An article and where each part of it stands, for findings that need more than one file."""

    article: Article
    body_line: int
    """1-based line of the file at which the body begins."""
    fields: Located
    """The front matter with positions."""
    raw_body: str
    """The body as written, channel names not filled in."""
    data: bytes = b""
    """The file, byte for byte."""

    def at(self, *keys: str | int) -> tuple[int, int]:
        """Return the position of a front matter value, by key and then by position in a list."""
        node = self.fields
        for key in keys:
            children = node.value
            has_item = isinstance(children, list) and isinstance(key, int) and key < len(children)
            if not has_item and not (isinstance(children, dict) and key in children):
                break
            node = children[key]
        return node.line, node.column


@dataclass(frozen=True, slots=True)
class Corpus:
    """Every article of a folder, drafts included, with what was found while reading."""

    parsed: tuple[ParsedArticle, ...]
    """In the order of their ids."""
    categories: tuple[Category, ...]
    findings: tuple[Finding, ...]
    """Of single files and of ids that clash, in the order of path and line."""
    bill: ParsedBill | None = None
    """The sample bill, where the folder has one."""

    @property
    def articles(self) -> tuple[Article, ...]:
        """Every article, in the order of their ids."""
        return tuple(item.article for item in self.parsed)

    @property
    def library(self) -> Library:
        """What customers may open: published articles, categories that hold one."""
        shown = {a.id: a for a in self.articles if a.status is ArticleStatus.PUBLISHED}
        used = {a.category for a in shown.values()}
        known = {c.id for c in self.categories}
        bare = [Category(name, title_from_id(name)) for name in sorted(used - known)]
        kept = [c for c in self.categories if c.id in used] + bare
        shelves = tuple(sorted(kept, key=lambda c: (c.order, c.title.casefold(), c.id)))
        return Library(shown, shelves, self.bill.parts if self.bill is not None else ())

    def raise_on_errors(self) -> None:
        """Refuse a corpus with errors.

        :raises ArticlesError: With every finding; the message says how many errors there are.
        """
        errors = [f for f in self.findings if f.severity is Severity.ERROR]
        if errors:
            files = len({f.path for f in errors})
            raise ArticlesError(
                f"{len(errors)} error(s) in {files} file(s), so nothing was built and the last index keeps serving. "
                f"The first: {errors[0]}. Correct them and build again; 'kb check' lists all.",
                self.findings,
            )


def title_from_id(name: str) -> str:
    """Return a readable title for an id without one: ``late-fees`` becomes ``Late fees``."""
    return name.replace("-", " ").replace("_", " ").strip().capitalize() or name


# ---------------------------------------------------------------------------------------------- one file


def parse_article(
    path: str, data: bytes, channels: Mapping[str, str] | None = None
) -> tuple[ParsedArticle | None, list[Finding]]:
    """Parse one article.

    :param path: Where it was read from; its stem is the article's id.
    :param data: The file's bytes; UTF-8, with or without a byte order mark, any line ends.
    :param channels: What ``{{channel.NAME}}`` is replaced by; an unknown name is an error.
    :return: The article, or None when a finding is an error, and all findings in the order of their place.
    """
    findings = Findings(path)
    article = _parse(path, data, channels or {}, findings)
    ordered = sorted(findings.found)
    return (None if findings.has_errors else article), ordered


Parse: TypeAlias = Callable[[str, bytes, Mapping[str, str] | None], tuple[ParsedArticle | None, list[Finding]]]
"""As :func:`parse_article`."""


def _parse(path: str, data: bytes, channels: Mapping[str, str], findings: Findings) -> ParsedArticle | None:
    article_id = Path(path).stem
    if not ID_PATTERN.fullmatch(article_id):
        fix = "Rename the file: small letters, digits and hyphens, such as late-fee.md"
        findings.add((1, 1), "id", f"{article_id!r} cannot be an article's id", fix)
    text = _decode(data, findings)
    if text is None:
        return None
    front, body, body_line = split_front_matter(text)
    if front is None:
        if body_line:
            fix = "Add a line '---' after its last key"
            findings.add((1, 1), "no-front-matter", "the front matter has no end", fix)
        else:
            fix = "Start the file with a line '---', then title, kind and category, then another '---'"
            findings.add((1, 1), "no-front-matter", "there is no front matter", fix)
        return None
    try:
        root = load_yaml(front, first_line=2)
    except YamlProblem as problem:
        explained = explain(problem, front, first_line=2)
        findings.add(explained.at, "yaml", explained.message, explained.fix)
        return None
    values = read_fields(root, findings)
    filled = fill_channels(body, channels, findings, body_line)
    if "summary" in values:
        summary_line = ParsedAt(root).line("summary")
        values["summary"] = fill_channels(values["summary"], channels, findings, summary_line)
    if not filled.strip():
        findings.add(
            (body_line, 1), "empty-body", "the article has no text", "Write it below the front matter", Severity.WARNING
        )
    if findings.has_errors:
        return None
    article = Article(id=article_id, path=path, body=filled, sections=sections(filled, body_line), **values)
    return ParsedArticle(article, body_line, root, body, data)


@dataclass(frozen=True, slots=True)
class ParsedAt:
    """Positions in a front matter."""

    root: Located

    def line(self, key: str) -> int:
        """Return the line a key's value stands on; 1 when it is absent."""
        node = self.root.value.get(key) if isinstance(self.root.value, dict) else None
        return node.line if node is not None else 1


def _decode(data: bytes, findings: Findings) -> str | None:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line = before.count(b"\n") + 1
        column = len(before) - (before.rfind(b"\n") + 1) + 1
        byte = data[error.start]
        findings.add((line, column), "encoding", f"byte 0x{byte:02x} is not UTF-8", "Save the file as UTF-8")
        return None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\x00" in text:
        before_nul = text[: text.index("\x00")]
        at = (before_nul.count("\n") + 1, len(before_nul) - before_nul.rfind("\n"))
        findings.add(at, "encoding", "there is a NUL character", "Save the file as plain UTF-8 text")
        return None
    return text


def split_front_matter(text: str) -> tuple[str | None, str, int]:
    """Split a file's text at the two lines ``---``.

    :param text: The whole text, with plain line feeds.
    :return: Front matter, body, and the body's first line; without a front matter None, an empty body, and 0, or 1
        when only its end is missing.
    """
    lines = text.split("\n")
    if not _FENCE.fullmatch(lines[0]):
        return None, "", 0
    for number, line in enumerate(lines[1:], start=2):
        if _FENCE.fullmatch(line):
            return "\n".join(lines[1 : number - 1]), "\n".join(lines[number:]), number + 1
    return None, "", 1


def fill_channels(text: str, channels: Mapping[str, str], findings: Findings, first_line: int) -> str:
    """Replace ``{{channel.NAME}}`` by the channel's words; an unknown name is an error."""

    def replacement(match: re.Match[str]) -> str:
        words = channels.get(match[1])
        if words is None:
            before = text[: match.start()]
            at = (before.count("\n") + first_line, len(before) - (before.rfind("\n") + 1) + 1)
            known = ", ".join(sorted(channels)) or "none is defined"
            findings.add(at, "channel", f"site.yaml has no channel {match[1]!r}", f"Use one of: {known}")
            return match[0]
        return words

    return CHANNEL.sub(replacement, text)


def named_channels(data: bytes) -> dict[str, str]:
    """Return every channel a file names, filled in by its own name; for readers to whom its words do not matter."""
    return {name: name for name in CHANNEL.findall(data.decode("utf-8", "replace"))}


# --------------------------------------------------------------------------------------------- a folder


def article_files(folder: Path) -> list[Path]:
    """Return every article file below a folder, in the order of their paths; hidden and ``_`` names are left out."""
    found = [p for p in folder.rglob("*.md") if p.is_file()]
    return sorted(p for p in found if not any(part.startswith((".", "_")) for part in p.relative_to(folder).parts))


def load_articles(folder: Path, channels: Mapping[str, str] | None = None) -> Corpus:
    """Read every article and category below a folder.

    A rename or removal that was cut short is completed first, so that nobody reads half of it.

    :param folder: For example ``articles/``; files are named in messages as this path leads to them.
    :param channels: What ``{{channel.NAME}}`` is replaced by.
    :return: What could be parsed, and every finding of single files and of ids that clash.
    :raises ArticlesError: If the folder is missing or holds no article, or an unfinished move cannot be completed.
    """
    if not folder.is_dir():
        raise ArticlesError(f"{folder} is not a folder. Name the folder of articles with --articles or KB_ARTICLES.")
    complete_unfinished(folder)
    files = article_files(folder)
    if not files:
        raise ArticlesError(f"{folder} holds no articles (*.md). Add one, for example with 'kb new SLUG'.")
    categories, findings = load_categories(folder)
    bill, found = load_bill(folder)
    findings += found
    contents: dict[str, bytes] = {}
    for path in files:
        unread = Findings(str(path))
        data = _read(path, unread)
        findings += unread.found
        if data is not None:
            contents[str(path)] = data
    return read_corpus(contents, channels, categories, findings, bill=bill)


def read_corpus(
    contents: Mapping[str, bytes],
    channels: Mapping[str, str] | None = None,
    categories: tuple[Category, ...] = (),
    findings: Iterable[Finding] = (),
    parse: Parse = parse_article,
    bill: ParsedBill | None = None,
) -> Corpus:
    """Make a corpus of files already in memory, for example of ones that are yet to be written.

    :param contents: Each file's path and bytes.
    :param channels: What ``{{channel.NAME}}`` is replaced by.
    :param categories: The shelves.
    :param findings: What was found before.
    :param parse: Parses one file, or remembers what came of it.
    :param bill: The sample bill; an article it names that customers cannot open is an error.
    :return: What could be parsed, and every finding.
    """
    parsed: list[ParsedArticle] = []
    everything = list(findings)
    for path, data in contents.items():
        item, found = parse(path, data, channels)
        everything += found
        if item is not None:
            parsed.append(item)
    everything += _clashes(contents, parsed)
    parsed.sort(key=lambda item: item.article.id)
    corpus = Corpus(tuple(parsed), categories, (), bill)
    if bill is not None:
        everything += bill.dead(corpus.library)
    return replace(corpus, findings=tuple(sorted(everything)))


def _read(path: Path, findings: Findings) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError as error:
        findings.add((1, 1), "unreadable", f"the file cannot be read: {error.strerror}", "Check its permissions")
        return None


def _clashes(paths: Iterable[str], parsed: Iterable[ParsedArticle]) -> list[Finding]:
    """Return errors for an id that two files or redirects claim."""
    found = []
    owners: dict[str, str] = {}
    for path in paths:
        stem = Path(path).stem
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
    data = _read(path, findings)
    text = None if data is None else _decode(data, findings)
    if text is None:
        return bare, findings.found
    try:
        root = load_yaml(text)
    except YamlProblem as problem:
        explained = explain(problem, text)
        findings.add(explained.at, "yaml", explained.message, explained.fix)
        return bare, findings.found
    if not isinstance(root.value, dict):
        findings.add((1, 1), "schema", "a category has title, text and order", "Write 'title: …' and 'text: …'")
        return bare, findings.found
    types: dict[str, type[Any]] = {"title": str, "text": str, "order": int}
    values = {}
    for key, node in root.value.items():
        if key not in types:
            at = (root.keys or {})[key]
            findings.add(at, "unknown-key", f"unknown key {key!r}", "Use one of: title, text, order")
        elif not isinstance(node.value, types[key]) or isinstance(node.value, bool):
            wanted = "a whole number" if types[key] is int else "text"
            findings.add((node.line, node.column), "wrong-type", f"{key!r} must be {wanted}", "Correct it")
        else:
            values[key] = node.value
    return Category(name, **{"title": bare.title, **values}), findings.found
