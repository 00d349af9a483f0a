"""``kb rename`` and ``kb remove``: an article is moved or deleted, and all links to it follow, or nothing changes.

All new contents are planned and parsed in memory; a plan that adds no error is carried out by
:mod:`kb.content.editing.transaction`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import partial
from pathlib import Path

from kb.common.files import sha256
from kb.content.articles.corpus import Corpus, load_articles, read_corpus
from kb.content.articles.naming import is_translation, translation_path
from kb.content.articles.parse import ParsedArticle, split_front_matter
from kb.content.articles.translations import digest, out_of_date
from kb.content.checks.links import MAX_RELATED, one_way_pairs
from kb.content.checks.lookup import is_published
from kb.content.editing.edit import (
    CannotEdit,
    FileText,
    Target,
    append_item,
    drop_item,
    list_items,
    redirect_links,
    replace_belongs,
    replace_item,
    replace_text,
)
from kb.content.editing.scaffold import check_slug
from kb.content.editing.transaction import FileChange, apply_changes, complete_unfinished, discard_leftovers
from kb.content.markdown.links import links
from kb.content.markdown.render import internal_target
from kb.errors import ArticlesError
from kb.types import Severity


@dataclass(frozen=True, slots=True)
class Move:
    """The result of a rename or a removal."""

    path: str
    """The article under its new id, the one that replaces the removed one, or a signpost that is gone."""
    written: tuple[str, ...]
    """Every file with new content."""
    deleted: tuple[str, ...]


@dataclass
class _Plan:
    """The new texts of a folder before any of them is written."""

    folder: Path
    corpus: Corpus
    channels: Mapping[str, str] | None
    texts: dict[str, str] = field(default_factory=dict)
    """New content by path, in the file's own line ends; only files that change."""
    deleted: list[str] = field(default_factory=list)
    renamed: dict[str, str] = field(default_factory=dict)
    """The new id of an article by its old one."""

    def edit(self, parsed: ParsedArticle, change: Callable[[str], str], path: str = "") -> None:
        """Plan a change of one file's text, to be written to the same path or to another one."""
        file = FileText.of(parsed.data)
        try:
            new = change(file.text)
        except CannotEdit as error:
            raise ArticlesError(f"{parsed.article.path}: {error}. Nothing was changed.") from error
        self.texts[path or parsed.article.path] = file.with_text(new)

    def relate_back(self) -> None:
        """Let articles relate back if the plan would leave a one-way relation, and if there is room."""
        before = set(one_way_pairs(self.corpus))
        planned = read_corpus(self.contents(), self.channels, self.corpus.categories)
        by_id = {parsed.article.id: parsed for parsed in planned.parsed}
        for article_id, other in one_way_pairs(planned):
            if (article_id, other) in before:
                continue
            aim = by_id[other].article
            file = FileText.of(self.contents()[aim.path])
            if len(list_items(file.text, "related")) < MAX_RELATED:
                self.texts[aim.path] = file.with_text(append_item(file.text, "related", article_id))

    def contents(self) -> dict[str, bytes]:
        """Return every file's bytes as they will be."""
        now = {parsed.article.path: parsed.data for parsed in self.corpus.files}
        now.update({path: text.encode() for path, text in self.texts.items()})
        return {path: now[path] for path in sorted(now) if path not in self.deleted}

    def carry_out(self) -> None:
        """Parse the plan, refuse it if it adds an error, and carry it out."""
        planned = read_corpus(self.contents(), self.channels, self.corpus.categories)
        errors = [f for f in planned.findings if f.severity is Severity.ERROR]
        if errors:
            raise ArticlesError(f"Nothing was changed, because it would bring an error: {errors[0]}.", errors)
        self._restamp()
        before = {parsed.article.path: sha256(parsed.data) for parsed in self.corpus.files}
        changes = [FileChange(self._below(path), before.get(path), text) for path, text in sorted(self.texts.items())]
        changes += [FileChange(self._below(path), before[path], None) for path in self.deleted]
        apply_changes(self.folder, changes)

    def _restamp(self) -> None:
        """Keep translations up to date that are so now: their texts get the same changes as the English ones."""
        planned = read_corpus(self.contents(), self.channels, self.corpus.categories)
        fresh = {parsed.article.id for parsed in self.corpus.translations if not parsed.article.is_out_of_date}
        fresh |= {self.renamed.get(article_id, article_id) for article_id in fresh}
        originals = {parsed.article.id: parsed for parsed in planned.parsed}
        for parsed in out_of_date(planned.translations):
            article_id = parsed.article.id
            if article_id in fresh and article_id in originals:
                file = FileText.of(parsed.data)
                text = replace_text(file.text, "translated_from", digest(originals[article_id]))
                self.texts[parsed.article.path] = file.with_text(text)

    def _below(self, path: str) -> str:
        return Path(path).relative_to(self.folder).as_posix()


def recover(folder: Path) -> tuple[str, ...]:
    """Complete a rename or removal that was cut short, or drop one that never began.

    :param folder: The folder of articles.
    :return: The files it was about; empty when there was none.
    :raises ArticlesError: If its journal is damaged or a file was edited since.
    """
    completed = complete_unfinished(folder)
    discard_leftovers(folder)
    return completed


def rename(folder: Path, old: str, new: str, *, channels: Mapping[str, str] | None = None) -> Move:
    """Give an article another id; the earlier one becomes a redirect and every link follows.

    A signpost gets no redirect, since nobody has its address.

    :param folder: The folder of articles.
    :param old: The article's id.
    :param new: Its new id, free so far.
    :param channels: The text that replaces ``{{channel.NAME}}``, by name.
    :return: What was done.
    :raises ArticlesError: If it cannot be done; then nothing was changed.
    """
    plan = _start(folder, channels)
    article = _article(plan.corpus, old)
    check_slug(new)
    _refuse_taken(plan.corpus, article, new)
    path = str(Path(article.article.path).with_name(f"{new}.md"))
    own = _links_to(old, lambda anchor: (new, anchor))

    def renamed(text: str) -> str:
        text = _in_body(text, own)
        return text if article.article.is_signpost else append_item(_without_redirect(text, new), "redirects", old)

    def follows(text: str) -> str:
        return replace_belongs(replace_item(_in_body(text, own), "related", old, new), old, new)

    for parsed in _leading_to(plan.corpus, article):
        plan.edit(parsed, partial(_in_body, change=own) if is_translation(parsed.article.path) else follows)
    plan.edit(article, renamed, path)
    plan.deleted.append(article.article.path)
    plan.renamed[old] = new
    for parsed in _translating(plan.corpus, article):
        plan.edit(parsed, partial(_in_body, change=own), translation_path(path, parsed.article.language))
        plan.deleted.append(parsed.article.path)
    return _done(plan, path)


def remove(folder: Path, article_id: str, redirect_to: str = "", *, channels: Mapping[str, str] | None = None) -> Move:
    """Delete an article; another one takes over its id, its earlier ids and every link to it.

    :param folder: The folder of articles.
    :param article_id: The article or signpost to delete.
    :param redirect_to: The article that customers get instead; for a signpost, what its questions in ``not_for``
        belong to now, or empty.
    :param channels: The text that replaces ``{{channel.NAME}}``, by name.
    :return: What was done.
    :raises ArticlesError: If it cannot be done; then nothing was changed.
    """
    plan = _start(folder, channels)
    gone = _article(plan.corpus, article_id)
    if gone.article.is_signpost:
        return _remove_signpost(plan, gone, redirect_to)
    if not redirect_to:
        raise ArticlesError(
            f"Customers may have kept the address of {article_id!r}. Name the article that they get with --redirect."
        )
    heir = _article(plan.corpus, redirect_to)
    _refuse_heir(gone, heir)
    anchors = {section.anchor for section in heir.article.sections}
    follow = _links_to(article_id, lambda anchor: (redirect_to, anchor if anchor in anchors else ""))

    def inherits(text: str) -> str:
        text = _without_belonging(_without_related(_in_body(text, follow), article_id), article_id)
        for old in (article_id, *gone.article.redirects):
            text = append_item(text, "redirects", old)
        return text

    def follows(text: str, *, already: bool) -> str:
        text = replace_belongs(_in_body(text, follow), article_id, redirect_to)
        return _without_related(text, article_id) if already else replace_item(text, "related", article_id, redirect_to)

    for parsed in _leading_to(plan.corpus, gone):
        if is_translation(parsed.article.path):
            plan.edit(parsed, partial(_in_body, change=follow))
        elif parsed is not heir:
            already = redirect_to in parsed.article.related
            plan.edit(parsed, partial(follows, already=already))
    plan.edit(heir, inherits)
    plan.deleted += _with_translations(plan.corpus, gone)
    plan.relate_back()
    return _done(plan, heir.article.path)


def _remove_signpost(plan: _Plan, gone: ParsedArticle, heir_id: str) -> Move:
    """Delete a signpost; the questions of ``not_for`` that belong to it belong to another one, if there are any."""
    using = [parsed for parsed in _leading_to(plan.corpus, gone) if not is_translation(parsed.article.path)]
    heir = _article(plan.corpus, heir_id) if heir_id else None
    if heir is gone:
        _refuse_heir(gone, gone)
    if using and heir is None:
        names = ", ".join(parsed.article.id for parsed in using)
        raise ArticlesError(
            f"Questions in 'not_for' of {names} belong to {gone.article.id!r}. Say where they belong now with "
            "--redirect, or change them first."
        )
    for parsed in using:
        plan.edit(parsed, partial(replace_belongs, old=gone.article.id, new=heir_id))
    plan.deleted += _with_translations(plan.corpus, gone)
    return _done(plan, gone.article.path)


# --------------------------------------------------------------------------------------------- planning


def _start(folder: Path, channels: Mapping[str, str] | None) -> _Plan:
    recover(folder)
    corpus = load_articles(folder, channels)
    errors = [f for f in corpus.findings if f.severity is Severity.ERROR]
    if errors:
        # A file that cannot be read may link to the article, and that link would be forgotten.
        message = f"Nothing was changed. Correct the errors first ('kb check' lists all), beginning with {errors[0]}."
        raise ArticlesError(message, errors)
    return _Plan(folder, corpus, channels)


def _article(corpus: Corpus, article_id: str) -> ParsedArticle:
    found = next((p for p in corpus.parsed if p.article.id == article_id), None)
    if found is not None:
        return found
    now = next((p.article.id for p in corpus.parsed if article_id in p.article.redirects), None)
    near = get_close_matches(article_id.lower().removesuffix(".md"), [p.article.id for p in corpus.parsed], n=1)
    hint = "'kb check' names every file; an id is its name without .md."
    if now or near:
        hint = f"It is called {now!r} now." if now else f"Did you mean {near[0]!r}?"
    raise ArticlesError(f"There is no article {article_id!r}. {hint}")


def _refuse_taken(corpus: Corpus, article: ParsedArticle, new: str) -> None:
    for parsed in corpus.parsed:
        taken = {parsed.article.id.lower()}
        if parsed is not article:  # its own earlier id may come back
            taken |= {old.lower() for old in parsed.article.redirects}
        if new.lower() in taken:
            raise ArticlesError(f"The id {new!r} is taken by {parsed.article.path}. Choose another one.")


def _refuse_heir(gone: ParsedArticle, heir: ParsedArticle) -> None:
    if gone is heir:
        raise ArticlesError(f"{gone.article.id!r} cannot take its own place. Name another article with --redirect.")
    if heir.article.is_signpost:
        raise ArticlesError(f"{heir.article.id!r} is a signpost, which customers cannot open. Name an article.")
    if is_published(gone.article) and not is_published(heir.article):
        raise ArticlesError(f"{heir.article.id!r} is a draft, which customers cannot open. Publish it first.")


def _leading_to(corpus: Corpus, article: ParsedArticle) -> Iterator[ParsedArticle]:
    """Yield the files of other articles that link or relate to one, or have a question that belongs to it."""
    for parsed in corpus.files:
        targets = (internal_target(link.href) for link in links(parsed.raw_body))
        belongs = (other.belongs for other in parsed.article.not_for)
        related = () if is_translation(parsed.article.path) else parsed.article.related
        named = {*related, *belongs, *(target[0] for target in targets if target)}
        if parsed.article.id != article.article.id and article.article.id in named:
            yield parsed


def _translating(corpus: Corpus, article: ParsedArticle) -> list[ParsedArticle]:
    """Return the translations of one article."""
    return [parsed for parsed in corpus.translations if parsed.article.id == article.article.id]


def _with_translations(corpus: Corpus, gone: ParsedArticle) -> list[str]:
    return [gone.article.path, *(parsed.article.path for parsed in _translating(corpus, gone))]


def _done(plan: _Plan, path: str) -> Move:
    plan.carry_out()
    return Move(path, tuple(sorted(plan.texts)), tuple(plan.deleted))


# --------------------------------------------------------------------------------------- edits of a text


def _links_to(article_id: str, aim: Callable[[str], Target]) -> Callable[[Target], Target | None]:
    """Return a change of links for :func:`redirect_links` that follows one article."""
    return lambda target: aim(target[1]) if target[0] == article_id else None


def _in_body(text: str, change: Callable[[Target], Target | None]) -> str:
    """Return an article's text with the links of its body changed."""
    _, body, body_line = split_front_matter(text)
    front = text.split("\n")[: body_line - 1]
    return "\n".join([*front, redirect_links(body, change)])


def _without_redirect(text: str, article_id: str) -> str:
    """Return the text without a redirect that becomes the article's own id again."""
    return _without_item(text, "redirects", article_id)


def _without_related(text: str, article_id: str) -> str:
    return _without_item(text, "related", article_id)


def _without_belonging(text: str, article_id: str) -> str:
    """Return the text without the questions of ``not_for`` that belong to an article."""
    items = [item.value for item in list_items(text, "not_for")]
    belongs = [item["belongs"].value if isinstance(item, dict) and "belongs" in item else "" for item in items]
    for index in reversed([n for n, owner in enumerate(belongs) if owner == article_id]):
        text = drop_item(text, "not_for", index)
    return text


def _without_item(text: str, key: str, value: str) -> str:
    items = [item.value for item in list_items(text, key)]
    for index in reversed([n for n, item in enumerate(items) if item.lower() == value.lower()]):
        text = drop_item(text, key, index)
    return text
