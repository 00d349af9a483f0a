"""Group questions by meaning, stable from day to day.

Two questions are alike when they read alike (the encoder's vectors) and when the same articles come near them (the
logged ranking). Either alone groups badly: short complaints all read alike, and two needs may share a nearest article.
Groups are average linkage on that mixture, so the similarity of a question to a group is the mean of its similarities
to the members: one product with the group's mean.

In this order, each step keeping the id of the older group:

1. exact and near duplicates become one question, asked several times;
2. a new question joins the old group that it is near enough to, the nearest first;
3. the remaining questions are clustered among themselves (agglomerative, cosine, average linkage);
4. untouched groups and new ones are merged while any two are near enough; the older id stays.

A group that is worked on is never merged or split, and only grows. So is a group that a person has arranged: what was
moved into it is a part of its own, and a new question is compared with each part, so that it follows what it is like.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import numpy.typing as npt

from kb.common.folding import without_accents

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from kb.types import Vector

_Name = TypeVar("_Name")
Features = npt.NDArray[np.float32]
"""float32, shape (n, dim + articles), rows of unit L2 norm."""

DISTANCE = 0.38
"""The greatest mean cosine distance of a group's members; benchmarks/gaps.py shows what other values give."""
_PROFILE_SCALE = 0.05
"""The distance to rank 1 at which an article's score counts e^-1 as much; scores are 0 to 1."""
NEAR_DUPLICATE = 0.97
"""The cosine from which two questions are one."""
_AT_ONCE = 4_000
"""Questions clustered at once: 10,000 take 9 s and 800 MB, 4,000 take one second."""
_BLOCK = 1_000
_MERGED_AT_MOST = 5_000
"""The most groups compared with each other for merging: their similarities take 100 MB."""
_NAME_LENGTHS = (20, 120)
"""The least and most characters of a good name for a group."""
_NEARLY_CENTRAL = 0.85
"""The centrality that a short question needs, as a part of the greatest, to name the group."""

_MARKS = re.compile(r"https?://\S+|[@#]\w+")


@dataclass(frozen=True, slots=True)
class Question:
    """A question that was asked once or more often, after redaction."""

    key: str
    """A digest of its words; see :func:`question_key`."""
    text: str
    vector: Vector
    """The vector of the text of :func:`grouped_text`."""
    hits: tuple[tuple[str, float], ...] = ()
    """Article ids with scores of its ranking, best first."""
    asked: int = 1
    gap_id: int | None = None
    """The gap it belongs to; None for a new question."""
    part: int = 0
    """What a person has put together within the gap; 0 for what was not."""


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that mean the same."""

    gap_id: int | None
    """None for a new group."""
    keys: tuple[str, ...]
    """The keys of its questions, the most central first."""
    name: str
    """The most central question that can be read at a glance."""
    absorbed: tuple[int, ...] = ()
    """Ids of untouched gaps that were merged into this one."""
    parts: Mapping[str, int] = field(default_factory=dict)
    """The part of each question that joined one, by its key."""


def question_key(text: str) -> str:
    """Return a digest that equal questions share: letters and digits, in lower case, without accents or spaces."""
    return hashlib.sha256("".join(re.findall(r"[^\W_]+", without_accents(text.casefold()))).encode()).hexdigest()


def grouped_text(text: str, names: Iterable[str] = ()) -> str:
    """Return the part of a question that is encoded for grouping.

    Addresses, handles, tags and the provider's names are left out: words that every question shares make all of them
    alike.

    :param text: A question, after redaction.
    :param names: The provider's names, as customers write them.
    :return: The text; empty only for an empty question.
    """
    bare = _MARKS.sub(" ", text)
    for name in names:
        if name.strip():
            bare = re.sub(rf"(?<!\w){re.escape(name.strip())}(?:['’]s)?(?!\w)", " ", bare, flags=re.IGNORECASE)
    bare = " ".join(bare.split()).strip(" -/,.:")
    return bare if sum(c.isalpha() for c in bare) >= 4 else text  # noqa: PLR2004 — nothing but a name was asked


def features(questions: Sequence[Question]) -> Features:
    """Return the vectors that are compared: half meaning, half nearest articles.

    :param questions: At least one, with vectors of one length.
    :return: Vectors whose products are mean cosines of the two halves; without hits, meaning alone counts.
    """
    meaning = np.stack([q.vector for q in questions]).astype(np.float32)
    column = {name: n for n, name in enumerate(sorted({a for q in questions for a, _ in q.hits}))}
    profile = np.zeros((len(questions), len(column)), np.float32)
    for row, question in enumerate(questions):
        for article, score in question.hits:
            profile[row, column[article]] = np.exp((score - question.hits[0][1]) / _PROFILE_SCALE)
    both = np.concatenate([_unit(meaning), _unit(profile)], axis=1)
    return _unit(both)


def _unit(matrix: Features) -> Features:
    lengths = np.linalg.norm(matrix, axis=1, keepdims=True)
    return (matrix / np.where(lengths > 0, lengths, 1.0)).astype(np.float32)


def near_duplicates(new: Sequence[Question], old: Sequence[Question]) -> dict[str, str]:
    """Return the questions that repeat another one almost word for word.

    :param new: New questions, in the order in which they were asked.
    :param old: Older questions; they win.
    :return: The key of each question that repeats another, with the key of the other.
    """
    if not new:
        return {}
    known = [*old, *new]
    matrix = np.stack([q.vector for q in known]).astype(np.float32)
    found: dict[str, str] = {}
    for start in range(len(old), len(known), _BLOCK):
        rows = range(start, min(start + _BLOCK, len(known)))
        alike = matrix[rows.start : rows.stop] @ matrix[: rows.stop].T >= NEAR_DUPLICATE
        for at in rows:
            before = alike[at - start, :at]
            if before.any():
                first = known[int(before.argmax())].key
                found[known[at].key] = found.get(first, first)
    return found


def group_questions(
    questions: Sequence[Question], *, untouched: Iterable[int] = (), distance: float = DISTANCE
) -> list[Group]:
    """Group questions; those with a gap stay in it.

    :param questions: Old questions, with the id of their gap, and new ones; keys are unique.
    :param untouched: Ids of gaps that may be merged, because they are not worked on.
    :param distance: See :data:`DISTANCE`.
    :return: All groups, the old ones by id, then the new ones, the most asked first.
    """
    if not questions:
        return []
    matrix = features(questions)
    parts = _old_parts(questions)
    leftover = _join(matrix, parts, [n for n, q in enumerate(questions) if q.gap_id is None], distance)
    members = _by_gap(parts)
    fresh: list[list[int]] = []
    for start in range(0, len(leftover), _AT_ONCE):
        part = leftover[start : start + _AT_ONCE]
        if start:
            named = dict(enumerate(fresh))
            part = _join(matrix, named, part, distance)
            fresh = list(named.values())
        fresh += _cluster(matrix, part, distance)
    kept, absorbed = _merge(matrix, members, fresh, set(untouched), distance)
    joined = {questions[n].key: part for (_, part), rows in parts.items() for n in rows if part}
    groups = [
        replace(_as_group(questions, matrix, rows, gap_id, absorbed.get(n, ())), parts=joined)
        for n, (gap_id, rows) in enumerate(kept)
    ]
    asked = {q.key: q.asked for q in questions}
    old = sorted((g for g in groups if g.gap_id is not None), key=lambda g: g.gap_id or 0)
    new = sorted((g for g in groups if g.gap_id is None), key=lambda g: (-sum(asked[k] for k in g.keys), g.name))
    return [*old, *new]


def described(questions: Sequence[Question]) -> Group:
    """Return questions as one group: in their order, with a name.

    :param questions: At least one, with vectors of one length.
    :return: The group, without an id.
    """
    return _as_group(questions, features(questions), list(range(len(questions))), None, ())


def _old_parts(questions: Sequence[Question]) -> dict[tuple[int, int], list[int]]:
    """Return the rows of each part of each gap."""
    parts: dict[tuple[int, int], list[int]] = {}
    for n, question in enumerate(questions):
        if question.gap_id is not None:
            parts.setdefault((question.gap_id, question.part), []).append(n)
    return parts


def _by_gap(parts: Mapping[tuple[int, int], list[int]]) -> dict[int, list[int]]:
    members: dict[int, list[int]] = {}
    for (gap_id, _), rows in parts.items():
        members.setdefault(gap_id, []).extend(rows)
    return members


def _join(matrix: Features, members: dict[_Name, list[int]], new: list[int], distance: float) -> list[int]:
    """Add new rows to the groups they are near to, by the old members; return the rows near to no group."""
    if not members or not new:
        return new
    names = list(members)
    means = np.stack([matrix[members[name]].mean(axis=0) for name in names])
    likeness = matrix[new] @ means.T
    best = likeness.argmax(axis=1)
    left = []
    for at, row in enumerate(new):
        if 1.0 - float(likeness[at, best[at]]) <= distance:
            members[names[int(best[at])]].append(row)
        else:
            left.append(row)
    return left


def _cluster(matrix: Features, rows: list[int], distance: float) -> list[list[int]]:
    """Return clusters of rows: agglomerative, cosine, average linkage."""
    if len(rows) < 2:  # noqa: PLR2004 — one row is a cluster
        return [rows] if rows else []
    # Of SciPy, not of scikit-learn, which computes the same and keeps 120 MB more in a serving process.
    from scipy.cluster.hierarchy import fcluster, linkage  # noqa: PLC0415 — no page need wait for it

    # Clusters that are exactly as far apart stay apart.
    labels = fcluster(linkage(matrix[rows], "average", metric="cosine"), np.nextafter(distance, 0.0), "distance")
    clusters: dict[int, list[int]] = {}
    for row, label in zip(rows, labels, strict=True):
        clusters.setdefault(int(label), []).append(row)
    return list(clusters.values())


def _merge(
    matrix: Features, members: Mapping[int, list[int]], fresh: list[list[int]], untouched: set[int], distance: float
) -> tuple[list[tuple[int | None, list[int]]], dict[int, tuple[int, ...]]]:
    """Continue average linkage among the groups that may be merged; return all groups and the absorbed ids."""
    fixed: list[tuple[int | None, list[int]]] = [(i, rows) for i, rows in members.items() if i not in untouched]
    free: list[tuple[int | None, list[int]]] = [(i, members[i]) for i in sorted(members) if i in untouched]
    free += [(None, rows) for rows in fresh]
    fixed += free[_MERGED_AT_MOST:]
    del free[_MERGED_AT_MOST:]
    gone: dict[int, list[int]] = {}
    if len(free) > 1:
        means = np.stack([matrix[rows].mean(axis=0) for _, rows in free])
        likeness = means @ means.T
        np.fill_diagonal(likeness, -1.0)
        best = likeness.max(axis=1)
        while 1.0 - float(best.max()) <= distance:
            one = int(best.argmax())
            other = int(likeness[one].argmax())
            keep, drop = min(one, other), max(one, other)  # old gaps come first, the oldest at the start
            gone.setdefault(keep, []).extend(gone.pop(drop, []))
            dropped = free[drop][0]
            if dropped is not None:
                gone[keep].append(dropped)
            free[keep] = (free[keep][0], [*free[keep][1], *free[drop][1]])
            free[drop] = (None, [])
            means[keep] = matrix[free[keep][1]].mean(axis=0)
            row = means @ means[keep]
            row[[n for n, (_, rows) in enumerate(free) if not rows]] = -1.0
            row[keep] = -1.0
            likeness[keep], likeness[:, keep] = row, row
            likeness[drop], likeness[:, drop] = -1.0, -1.0
            best = likeness.max(axis=1)
    kept = [(n, group) for n, group in enumerate(free) if group[1]]
    start = len(fixed)
    absorbed = {start + at: tuple(sorted(gone[n])) for at, (n, _) in enumerate(kept) if gone.get(n)}
    return [*fixed, *(group for _, group in kept)], absorbed


def _as_group(
    questions: Sequence[Question], matrix: Features, rows: list[int], gap_id: int | None, absorbed: tuple[int, ...]
) -> Group:
    asked = np.array([questions[n].asked for n in rows], np.float32)
    mean = (matrix[rows] * asked[:, None]).sum(axis=0) / asked.sum()
    central = matrix[rows] @ mean
    order = sorted(range(len(rows)), key=lambda n: (-round(float(central[n]), 5), questions[rows[n]].key))
    texts = [(questions[rows[n]].text, float(central[n])) for n in order]
    return Group(gap_id, tuple(questions[rows[n]].key for n in order), _name(texts), absorbed)


def _name(texts: Sequence[tuple[str, float]]) -> str:
    """Return the most central text; of those nearly as central, the first that can be read at a glance."""
    least = texts[0][1] * _NEARLY_CENTRAL
    for text, central in texts:
        if central >= least and _NAME_LENGTHS[0] <= len(text) <= _NAME_LENGTHS[1]:
            return " ".join(text.split())
    return " ".join(texts[0][0].split())
