"""Group unanswered questions from real messages, and print the largest groups for review.

    python benchmarks/gaps.py --data "$KB_EVAL_DIR/tune/telecom" --names Comcast,Xfinity,AT&T,Verizon,T-Mobile,Sprint

Reads ``judged.jsonl`` (with the best article of each) and ``unjudged.jsonl``, asks all of the index, groups what
counts as unanswered as the journal does, and prints the largest groups. Where messages are judged, it says how pure the
groups are: B-cubed precision and recall, purity, normalised and adjusted mutual information, on the messages whose
judges were sure and that have an article.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from kb.gaps.clustering import DISTANCE, Group, Question, group_questions, near_duplicates, question_key
from kb.gaps.collect import Grouper, grouper_for
from kb.gaps.unanswered import why_unanswered
from kb.retrieval.answering.answerer import IndexAnswerer
from kb.retrieval.answering.live import load_newest
from kb.settings.settings import load_settings

SURE = 2
"""Judges' certainty from which a judgment counts, 1 to 3."""


def main() -> None:
    """Group, print, and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with judged.jsonl and unjudged.jsonl")
    parser.add_argument("--names", default="", help="names of the provider, with commas between")
    parser.add_argument("--distance", type=float, nargs="*", default=[DISTANCE], help="distances to measure")
    parser.add_argument("--days", type=int, default=10, help="also group as if they had come over so many days")
    parser.add_argument("--show", type=int, default=30, help="how many of the largest groups to print")
    parser.add_argument("--each", type=int, default=8, help="how many questions of each")
    given = parser.parse_args()
    index = load_newest(load_settings(), print)
    grouper = grouper_for(index.encoder, index.manifest, index.library, tuple(given.names.split(",")))
    questions, labels = read(given.data, IndexAnswerer(index), grouper)
    for distance in given.distance:
        started = time.perf_counter()
        groups = group_questions(questions, distance=distance)
        took = time.perf_counter() - started
        sizes = [sum(q.asked for q in questions if q.key in set(g.keys)) for g in groups[:30]]
        print(
            f"distance {distance:.2f}: {len(questions)} questions, {len(groups)} groups in {took:.1f} s; "
            f"the 30 largest hold {sum(sizes)}, from {sizes[0]} to {sizes[-1]}"
        )
        print(f"  {measured(groups, labels)}")
    for seed in range(3):
        daily = day_by_day(questions, given.days, seed)
        print(f"over {given.days} days, in order {seed}: {len(daily)} groups\n  {measured(daily, labels)}")
    show(groups[: given.show], questions, given.each)


def day_by_day(questions: Sequence[Question], days: int, seed: int) -> list[Group]:
    """Return the groups when questions arrive day by day, in random order, each day joining the existing groups."""
    order = list(questions)
    random.Random(seed).shuffle(order)
    known: list[Question] = []
    groups: list[Group] = []
    numbers = itertools.count(1)
    for day in range(days):
        new = order[day * len(order) // days : (day + 1) * len(order) // days]
        by_key = {q.key: q for q in (*known, *new)}
        found = group_questions([*known, *new], untouched={q.gap_id for q in known if q.gap_id is not None})
        groups = [replace(group, gap_id=group.gap_id or next(numbers)) for group in found]
        known = [replace(by_key[key], gap_id=group.gap_id) for group in groups for key in group.keys]
    return groups


def read(folder: Path, answerer: IndexAnswerer, grouper: Grouper) -> tuple[list[Question], dict[str, str]]:
    """Return the distinct unanswered questions, with the best article of those that were judged."""
    found: dict[str, Question] = {}
    times: Counter[str] = Counter()
    labels: dict[str, str] = {}
    for name in ("judged.jsonl", "unjudged.jsonl"):
        for line in (folder / name).read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            answer = answerer.ask(row["text"], 10)
            reasons = why_unanswered(answer.outcome.kind, answer.confidence, (), low_below=grouper.low_below)
            if not reasons and "best" not in row:
                continue
            key = question_key(row["text"])
            times[key] += 1
            hits = tuple((hit.article_id, hit.score) for hit in answer.hits)
            found.setdefault(key, Question(key, row["text"], grouper.vector(row["text"]), hits))
            if row.get("best", "none") != "none" and row["sure"] >= SURE:
                labels[key] = row["best"]
    questions = list(found.values())
    same = near_duplicates(questions, [])
    for key, first in same.items():
        times[first] += times[key]
    kept = [Question(q.key, q.text, q.vector, q.hits, times[q.key]) for q in questions if q.key not in same]
    return kept, {same.get(key, key): label for key, label in labels.items()}


def measured(groups: Sequence[Group], labels: dict[str, str]) -> str:
    """Return the agreement of groups and judgments as one line."""
    from sklearn.metrics import adjusted_mutual_info_score, normalized_mutual_info_score

    keys = sorted(labels)
    group_of = {key: n for n, group in enumerate(groups) for key in group.keys}
    truth = np.array([labels[key] for key in keys])
    mine = np.array([group_of[key] for key in keys])
    same, together = truth[:, None] == truth, mine[:, None] == mine
    precision = ((same & together).sum(1) / together.sum(1)).mean()
    recall = ((same & together).sum(1) / same.sum(1)).mean()
    purity = sum(Counter(truth[mine == n]).most_common(1)[0][1] for n in set(mine)) / len(mine)
    return (
        f"{len(keys)} judged: purity {purity:.3f}, NMI {normalized_mutual_info_score(truth, mine):.3f}, "
        f"AMI {adjusted_mutual_info_score(truth, mine):.3f}, B-cubed precision {precision:.3f} recall {recall:.3f} "
        f"F {2 * precision * recall / (precision + recall):.3f}"
    )


def show(groups: Sequence[Group], questions: Sequence[Question], each: int) -> None:
    """Print groups with some of their questions, from the most central to the least central."""
    by_key = {q.key: q for q in questions}
    for n, group in enumerate(groups, start=1):
        members = [by_key[key] for key in group.keys]
        print(f"\n{n}. {sum(q.asked for q in members)} × {group.name}")
        for at in sorted({round(i) for i in np.linspace(0, len(members) - 1, min(each, len(members)))}):
            print(f"     {members[at].asked} × {' '.join(members[at].text.split())[:130]}")


if __name__ == "__main__":
    main()
