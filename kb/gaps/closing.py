"""What keeps an open gap from being closed, in words, and what is excused when it is closed by hand all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kb.gaps.replay import CLOSES_AT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from kb.gaps.records import GapDetail, StoredReplay


def why_not_closed(detail: GapDetail) -> str:
    """Return why a gap cannot be closed by a replay now, and what to do.

    :param detail: The gap.
    :return: Sentences; empty for a gap that is not open, or that a replay proposes to close.
    """
    if not detail.row.state.is_open or detail.row.proposed:
        return ""
    if not detail.questions:
        return "Its questions are no longer kept, so nothing can be asked again. Close it by hand, or dismiss it."
    if not detail.replays:
        return "It was not replayed yet. Build, or run: kb gaps replay"
    replay = detail.replays[0]
    if _has_changed(detail, replay):
        return "Its questions have changed since the last replay. Build, or run: kb gaps replay"
    return " ".join(_reasons(replay))


def _has_changed(detail: GapDetail, replay: StoredReplay) -> bool:
    """Return whether a replay asked questions that the gap no longer has, or would now propose to close it."""
    held = {question.key for question in detail.questions}
    return any(side["key"] not in held for side in replay.details) or _closes(replay)


def _closes(replay: StoredReplay) -> bool:
    return replay.counted > 0 and replay.served / replay.counted >= CLOSES_AT


def _reasons(replay: StoredReplay) -> list[str]:
    repeated = sum(1 for side in replay.details if _only_by_heart(side))
    found = []
    if replay.counted > 1 or not repeated:
        found.append(
            f"Of the {replay.counted} times that its questions were asked, the index {replay.index_version} answers "
            f"{replay.served}; two thirds are needed."
        )
    if repeated:
        many = "One question is" if repeated == 1 else f"{repeated} questions are"
        found.append(
            f"{many} answered only because a title or an example repeats the words: without it, the article is not "
            "found. Give the article examples in other words, or close the gap by hand."
        )
    if not all(side.get("counts", True) for side in replay.details):  # as replays were stored before
        found.append("Some questions were left out because an article repeats them. Build, or run: kb gaps replay")
    return found


def _only_by_heart(side: Mapping[str, Any]) -> bool:
    return bool(side.get("answered")) and not side["served"]


def excused(detail: GapDetail) -> dict[str, int]:
    """Return what a gap's closing by hand excuses: how often each question was asked that its index does not answer.

    :param detail: The gap, while it is open.
    :return: Numbers by the questions' keys; all questions if it was never replayed.
    """
    last = detail.replays[0].details if detail.replays else ()
    answered = {side["key"] for side in last if side.get("answered", side["served"])}
    return {question.key: question.asked for question in detail.questions if question.key not in answered}
