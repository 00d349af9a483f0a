"""Import public documentation trees, build an index of each, and ask each a question that one of its articles answers.

    python benchmarks/imports.py --checkouts FOLDER

FOLDER holds a checkout of each repository in TREES, named ``owner+name``, at the commit given there. Prints one row per
tree: what came over, what 'kb check' says, and what was answered. The questions were written before the first of them
was asked, with the article that answers each. Indexes use the quick encoder (``--encoder`` names another).
"""

from __future__ import annotations

import argparse
import tempfile
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kb.content.articles.corpus import load_articles
from kb.content.checks.corpus_check import check_corpus
from kb.content.importing.files import list_files
from kb.content.importing.plan import Plan, plan_import, write
from kb.content.importing.record import Collected
from kb.content.importing.trees import read_markdown
from kb.content.markdown.render import plain_text
from kb.retrieval.answering.answerer import IndexAnswerer
from kb.retrieval.answering.live import load_newest
from kb.retrieval.build.builder import build_index
from kb.settings.settings import Settings, load_settings
from kb.types import Answer, Answered, Clarify, Severity


@dataclass(frozen=True)
class Tree:
    """A public documentation tree, and a question to ask it."""

    repository: str
    commit: str
    folder: str
    pictures: str
    question: str
    answer: str
    """The file of the article that answers the question, below the folder."""


TREES = (
    Tree(
        "bitwarden/help", "18aa730c", "_articles", ".",
        "how do I change my master password", "account/master-password.md",
    ),
    Tree(
        "arduino/help-center-content", "ba74efc7", "content", ".",
        "the port number of my board changes when I plug it in somewhere else",
        "Software Support/IDE Settings/"
        "COM-port-number-changes-when-connecting-board-on-different-ports-or-in-bootloader-mode.md",
    ),
    Tree("jekyll/jekyll", "202df571", "docs", ".", "can I host my site on github pages", "_docs/github-pages.md"),
    Tree(
        "squidfunk/mkdocs-material", "5b36f2ac", "docs", ".",
        "how do I let readers switch to dark mode", "setup/changing-the-colors.md",
    ),
    Tree(
        "getlago/lago-docs", "502a9e78", "docs", "static",
        "how do I give a customer a coupon", "guide/07_coupons.md",
    ),
)  # fmt: skip


def imported(tree: Tree, checkouts: Path, articles: Path) -> Plan:
    """Import a tree, and write its articles."""
    checkout = checkouts / tree.repository.replace("/", "+")
    source = checkout / tree.folder
    about = Collected()
    collected = read_markdown(source, list_files(source, about))
    collected.findings = [*about.findings, *collected.findings]
    plan = plan_import(collected, articles, tree.repository, pictures=[source, checkout / tree.pictures])
    write(plan)
    return plan


def said(answer: Answer) -> str:
    """Return what was answered, in a few words."""
    outcome = answer.outcome
    if isinstance(outcome, Answered):
        return f"answered: {outcome.hit.title}"
    if isinstance(outcome, Clarify):
        return f"offered: {'; '.join(hit.title for hit in outcome.choices)}"
    return f"no answer ({outcome.reason})"


def measure(tree: Tree, checkouts: Path, work: Path, encoder: str) -> None:
    """Import, check, build and ask, and print the row."""
    (work / "site.yaml").write_text(f"name: {tree.repository}\n", encoding="utf-8")
    settings: Settings = load_settings(
        {}, articles=work / "articles", index=work / "index", site_path=work / "site.yaml", encoder=encoder
    )
    started = time.perf_counter()
    plan = imported(tree, checkouts, settings.articles)
    took = time.perf_counter() - started
    parts = " | ".join(f"{part.came:,} of {part.found:,}" for part in plan.tallies().values())
    corpus = load_articles(settings.articles, settings.site.channel_texts())
    errors = sum(f.severity is Severity.ERROR for f in check_corpus(corpus, today=date.today()))  # noqa: DTZ011
    started = time.perf_counter()
    build_index(corpus.library, settings, plain_text)
    built = time.perf_counter() - started
    answer = IndexAnswerer(load_newest(settings, print)).ask(tree.question)
    wanted = next((p.id for p in plan.planned if p.article.name == tree.answer), "")
    rank = next((hit.rank for hit in answer.hits if hit.article_id == wanted), None)
    print(
        f"| {tree.repository}, `{tree.folder}` | {tree.commit} | {parts} | {errors} errors "
        f"| {took:.0f} + {built:.0f} s |"
    )
    place = f"rank {rank}" if rank else "not found" if wanted else "the article did not come over"
    print(f"    {tree.question!r}: {said(answer)} (confidence {answer.confidence:.2f}; {wanted}: {place})", flush=True)


def main() -> None:
    """Read the arguments, and go through the trees."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkouts", type=Path, required=True, help="the folder of the checkouts")
    parser.add_argument("--only", default="", help="a part of a repository's name")
    parser.add_argument("--encoder", default="e5", help="the encoder of the indexes")
    given = parser.parse_args()
    print("| tree | commit | articles | links | pictures | tables | code blocks | kb check | import + build |")
    for tree in TREES:
        if given.only in tree.repository:
            with tempfile.TemporaryDirectory() as work:
                measure(tree, given.checkouts, Path(work), given.encoder)


if __name__ == "__main__":
    main()
