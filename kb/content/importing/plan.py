"""What an import would write, and what it wrote: ids that stay, and no editor's change that is lost."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final

from kb.common.files import replace_file, sha256
from kb.content.articles.corpus import CATEGORY_FILE, article_files, title_from_id
from kb.content.articles.parse import named_channels, parse_article
from kb.content.editing.scaffold import MAX_SLUG
from kb.content.editing.transaction import FileChange, apply_changes
from kb.content.importing.compose import SOURCE_LINE, compose
from kb.content.importing.linking import Linked, Places
from kb.content.importing.record import PARTS, Collected, Foreign, Tally
from kb.content.markdown.render import parse_tokens, slugify
from kb.errors import ArticlesError
from kb.types import ELSEWHERE, Finding, Severity

STATE: Final = ".kb-import.json"
_FORMAT: Final = 1
_FOLDER: Final = re.compile(r"[a-z0-9_-]+")
"""A title that is only a folder's name."""
_SHOWN: Final = 3
"""Parts that a finding names, of those that did not come over."""


class Action(StrEnum):
    """What happens to an article's file."""

    NEW = "new"
    UPDATED = "updated"
    SAME = "same"
    KEPT = "kept"
    """An editor changed it since the last import, so it stays as it is."""
    OVERWRITTEN = "overwritten"
    """The same, and the import was told to overwrite it."""
    REMOVED = "removed"
    """An editor removed it since the last import, so it stays away."""
    REFUSED = "refused"
    """It cannot be an article of ours."""


_WRITTEN: Final = (Action.NEW, Action.UPDATED, Action.OVERWRITTEN)


@dataclass(frozen=True, slots=True)
class Planned:
    """One article, and what happens to it."""

    article: Foreign
    id: str
    path: str
    """Below the folder of articles."""
    text: str
    action: Action
    linked: Linked
    before: str | None
    """SHA-256 of the file as it is."""


@dataclass(slots=True)
class Plan:
    """Everything that an import would do."""

    folder: Path
    source: str
    planned: list[Planned] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    shelves: dict[str, str] = field(default_factory=dict)
    """The title of each category that is new, by its folder."""
    gone: list[str] = field(default_factory=list)
    """Ids of articles of an earlier import that the source does not have anymore."""
    state: dict[str, dict[str, str]] = field(default_factory=dict)
    found: int = 0
    """Articles in the source, those that could not be read included."""

    def tallies(self) -> dict[str, Tally]:
        """Return how much of each part was found and came over."""
        done = {part: Tally() for part in PARTS}
        done = {"articles": Tally(self.found, sum(p.action is not Action.REFUSED for p in self.planned)), **done}
        for item in self.planned:
            tokens = parse_tokens(item.linked.body)
            came = {
                "links": (item.linked.links.found, item.linked.links.came),
                "pictures": (item.linked.pictures.found, item.linked.pictures.came),
                "tables": (item.article.tables, sum(t.type == "table_open" for t in tokens)),
                "code blocks": (item.article.code_blocks, sum(t.type in ("fence", "code_block") for t in tokens)),
            }
            for part, (found, arrived) in came.items():
                done[part].found += found
                done[part].came += min(found, arrived)
        return done

    def of(self, action: Action) -> list[Planned]:
        """Return the articles that something happens to."""
        return [item for item in self.planned if item.action is action]


@dataclass(frozen=True, slots=True)
class _Existing:
    path: str
    data: bytes


class _Folder:
    """The articles that are there."""

    def __init__(self, folder: Path) -> None:
        self.by_id: dict[str, _Existing] = {}
        self.by_source: dict[str, str] = {}
        self.moved: dict[str, str] = {}
        for path in article_files(folder) if folder.is_dir() else []:
            data = path.read_bytes()
            self.by_id[path.stem.lower()] = _Existing(path.relative_to(folder).as_posix(), data)
            text = data.decode("utf-8", "replace")
            if match := SOURCE_LINE.search(text):
                try:
                    self.by_source[str(json.loads(match[1]))] = path.stem.lower()
                except ValueError:
                    continue  # an editor changed the comment: the article is found by the record of the import
            parsed, _ = parse_article(str(path), data, named_channels(data))
            for old in parsed.article.redirects if parsed is not None else ():
                self.moved[old.lower()] = path.stem.lower()


def plan_import(
    collected: Collected,
    folder: Path,
    name: str,
    *,
    pictures: Sequence[Path] = (),
    category: str = "",
    base: str = "",
    overwrite: bool = False,
) -> Plan:
    """Return what an import would do; nothing is written.

    :param collected: What a reader found.
    :param folder: The folder of articles; may be missing.
    :param name: What the source is called, the same for every import of it.
    :param pictures: The folders that pictures may come from.
    :param category: One category for all; empty for those of the source.
    :param base: The old site's address, for links to what did not come over.
    :param overwrite: Whether files that an editor changed are overwritten, and removed ones come back.
    :return: The plan.
    :raises ArticlesError: If the record of earlier imports is damaged, or a file cannot be read.
    """
    state, there = _read_state(folder), _Folder(folder)
    plan = Plan(folder, name, findings=list(collected.findings), state=dict(state))
    articles = sorted(collected.articles, key=lambda article: article.key)
    refused = {f.path for f in collected.findings if f.severity is Severity.ERROR}
    plan.found = len(articles) + len(refused)
    ids = _ids(articles, name, state, there)
    places = Places(zip(articles, ids, strict=True), pictures=pictures, base=base)
    asked: set[str] = set()
    for article, article_id in zip(articles, ids, strict=True):
        plan.planned.append(
            _planned(article, article_id, plan, places, there, asked, category=category, overwrite=overwrite)
        )
    sources = {_source(name, article) for article in articles}
    plan.gone = sorted(entry["id"] for key, entry in state.items() if key.startswith(f"{name}/") and key not in sources)
    plan.findings += _about(plan)
    return plan


def _source(name: str, article: Foreign) -> str:
    return f"{name}/{article.key}"


def _ids(articles: Sequence[Foreign], name: str, state: Mapping[str, Mapping[str, str]], there: _Folder) -> list[str]:
    """Return each article's id: that of the last import, wherever it is now, or a new one."""
    known: dict[int, str] = {}
    for n, article in enumerate(articles):
        source = _source(name, article)
        earlier = there.by_source.get(source) or state.get(source, {}).get("id", "").lower()
        if earlier:
            known[n] = there.moved.get(earlier, earlier) if earlier not in there.by_id else earlier
    taken = {*there.by_id, *there.moved, *known.values(), *(entry["id"].lower() for entry in state.values())}
    for n, article in enumerate(articles):
        if n not in known:
            known[n] = _new_id(article, name, taken)
            taken.add(known[n])
    return [known[n] for n in range(len(articles))]


def _new_id(article: Foreign, name: str, taken: set[str]) -> str:
    mark = hashlib.sha256(_source(name, article).encode()).hexdigest()[:8]
    words = (slugify(article.slug) or slugify(article.title))[:MAX_SLUG].strip("-")
    shelf = slugify(article.category)
    longer = f"{shelf}-{words}" if shelf and words else ""
    for candidate in (words, longer if len(longer) <= MAX_SLUG else ""):
        if candidate and candidate not in taken:
            return candidate
    return f"{words[: MAX_SLUG - 9].strip('-') or 'article'}-{mark}"


def _planned(
    article: Foreign,
    article_id: str,
    plan: Plan,
    places: Places,
    there: _Folder,
    asked: set[str],
    *,
    category: str,
    overwrite: bool,
) -> Planned:
    existing = there.by_id.get(article_id)
    shelf = existing.path.split("/")[0] if existing and "/" in existing.path else _shelf(category or article.category)
    linked = places.link(article, article_id)
    source = _source(plan.source, article)
    text = compose(article, linked.body, shelf, source, [*article.left, *linked.left], asked)
    path = existing.path if existing else f"{shelf}/{article_id}.md"
    before = sha256(existing.data) if existing else None
    action = _action(text, before, plan.state.get(source), overwrite=overwrite)
    parsed, found = parse_article(path, text.encode(), named_channels(text.encode()))
    if parsed is None:
        action = Action.REFUSED
        error = next(f for f in found if f.severity is Severity.ERROR)
        message = f"it cannot be an article: {error.message}"
        plan.findings.append(Finding(article.name, 1, 1, Severity.ERROR, "refused", message, error.fix))
    if action in _WRITTEN:
        plan.state[source] = {"id": article_id, "sha256": sha256(text.encode())}
        if not (plan.folder / shelf / CATEGORY_FILE).exists():
            title = category or article.category or title_from_id(shelf)
            plan.shelves.setdefault(shelf, title_from_id(title) if _FOLDER.fullmatch(title) else title)
    elif action is Action.SAME:
        plan.state[source] = {"id": article_id, "sha256": before or ""}
    return Planned(article, article_id, path, text, action, linked, before)


def _shelf(title: str) -> str:
    name = slugify(title)[:MAX_SLUG].strip("-") or "imported"
    return f"{name}-topics" if name == ELSEWHERE else name


def _action(text: str, before: str | None, entry: Mapping[str, str] | None, *, overwrite: bool) -> Action:
    if before is None:
        return Action.NEW if entry is None or overwrite else Action.REMOVED
    if before == sha256(text.encode()):
        return Action.SAME
    if entry is not None and entry.get("sha256") == before:
        return Action.UPDATED
    return Action.OVERWRITTEN if overwrite else Action.KEPT


def _about(plan: Plan) -> Iterable[Finding]:
    """Return findings about what did not come over, and about files that stay as they are."""
    for item in plan.planned:
        name, left = item.article.name, [*item.article.left, *item.linked.left]
        if left:
            shown = ", ".join(repr(text[:60]) for text in left[:_SHOWN])
            shown += f" and {len(left) - _SHOWN} more" if len(left) > _SHOWN else ""
            fix = "The front matter lists all of it; write what customers need"
            yield Finding(name, 1, 1, Severity.WARNING, "left", f"did not come over: {shown}", fix)
        if item.article.kept:
            keys = ", ".join(item.article.kept)
            yield Finding(name, 1, 1, Severity.ADVICE, "kept", f"kept as comments: {keys}", "Remove what nobody needs")
        if item.action is Action.KEPT:
            message = f"{item.path} was changed since the last import, and stays as it is"
            yield Finding(
                name, 1, 1, Severity.WARNING, "changed-here", message, "Compare them, or import with --overwrite"
            )
        if item.action is Action.REMOVED:
            message = f"{item.id!r} was removed since the last import, and stays away"
            yield Finding(
                name, 1, 1, Severity.ADVICE, "removed-here", message, "To have it again, import with --overwrite"
            )
    for gone in plan.gone:
        message = f"the source does not have {gone!r} anymore; the article stays"
        yield Finding(gone, 1, 1, Severity.ADVICE, "gone", message, f"Keep it, or: kb remove {gone} --redirect ID")


# ------------------------------------------------------------------------------------------------- writing


def _read_state(folder: Path) -> dict[str, dict[str, str]]:
    path = folder / STATE
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
        kept: Mapping[str, Mapping[str, str]] = {_FORMAT: value["articles"]}[value["format"]]
        return {str(k): {"id": str(v["id"]), "sha256": str(v["sha256"])} for k, v in kept.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ArticlesError(
            f"{path}, the record of earlier imports, cannot be read. Restore it from version control; or delete it, "
            "and imported articles count as changed by an editor."
        ) from error


def write(plan: Plan) -> None:
    """Do what a plan says; all articles or none.

    :param plan: The plan.
    :raises ArticlesError: If a file was changed in the meantime, or cannot be written.
    """
    written = [item for item in plan.planned if item.action in _WRITTEN]
    try:
        for item in written:
            shelf = plan.folder / item.path.rsplit("/", 1)[0] if "/" in item.path else plan.folder
            shelf.mkdir(parents=True, exist_ok=True)
            for name, source in item.linked.files.items():
                (shelf / "pictures").mkdir(exist_ok=True)
                if not (shelf / name).exists():
                    replace_file(shelf / name, source.read_bytes())
        for shelf_name, title in plan.shelves.items():
            path = plan.folder / shelf_name / CATEGORY_FILE
            if not path.exists():
                quoted = json.dumps(re.sub(r"\s+", " ", title), ensure_ascii=False)
                replace_file(path, f"title: {quoted}\norder: 1000\n".encode())
        apply_changes(plan.folder, [FileChange(i.path, i.before, i.text) for i in written])
        state = {"format": _FORMAT, "articles": dict(sorted(plan.state.items()))}
        replace_file(plan.folder / STATE, (json.dumps(state, ensure_ascii=False, indent=1) + "\n").encode())
    except OSError as error:
        place = error.filename or plan.folder
        message = f"{place} cannot be written: {error.strerror}. Check its permissions and the disk."
        raise ArticlesError(message) from error
