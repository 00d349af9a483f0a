"""The states of a gap and the steps between them: a strict machine, each step with who, when and a note.

::

    new ──assign──▶ assigned ──draft──▶ drafting ──claim──▶ claimed ──confirm──▶ verified
                       ▲                                       │                     │
                       └──────────────── reopened ◀────────────┴──────reopen─────────┘
    any open one ──close by hand, with a note──▶ verified
    any open one ──dismiss, with a reason──▶ dismissed ──reopen──▶ reopened

``confirm`` is possible from every open state, but only while a replay proposes it: a gap is verified because its
questions are answered, not because an article was written. Where a replay cannot prove it, a person answers for it by
closing the gap by hand. A gap that was merged into another is at its end; the other goes on.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from kb.errors import GapRefused

if TYPE_CHECKING:
    from collections.abc import Mapping


class GapState(StrEnum):
    """The state of a gap."""

    NEW = "new"
    ASSIGNED = "assigned"
    DRAFTING = "drafting"
    CLAIMED = "claimed"
    """An editor says that an article closes it."""
    VERIFIED = "verified"
    """A replay answered its questions and a lead has confirmed it, or a lead has closed it by hand."""
    REOPENED = "reopened"
    DISMISSED = "dismissed"
    MERGED = "merged"
    """A person has put its questions into another gap."""

    @property
    def is_open(self) -> bool:
        """Whether something still has to be done about it."""
        return self not in (GapState.VERIFIED, GapState.DISMISSED, GapState.MERGED)


class ClosedBy(StrEnum):
    """What a closed gap was closed by."""

    REPLAY = "replay"
    """A replay proved it, and a lead confirmed."""
    HAND = "hand"
    """A lead answers for it, with a note."""


class Step(StrEnum):
    """A step that moves a gap from state to state."""

    ASSIGN = "assign"
    DRAFT = "draft"
    CLAIM = "claim"
    CONFIRM = "confirm"
    CLOSE = "close"
    DISMISS = "dismiss"
    REOPEN = "reopen"


_OPEN = tuple(state for state in GapState if state.is_open)

STEPS: Mapping[Step, tuple[tuple[GapState, ...], GapState]] = {
    Step.ASSIGN: ((GapState.NEW, GapState.ASSIGNED, GapState.REOPENED), GapState.ASSIGNED),
    Step.DRAFT: ((GapState.ASSIGNED, GapState.DRAFTING, GapState.REOPENED), GapState.DRAFTING),
    Step.CLAIM: ((GapState.ASSIGNED, GapState.DRAFTING, GapState.REOPENED), GapState.CLAIMED),
    Step.CONFIRM: (_OPEN, GapState.VERIFIED),
    Step.CLOSE: (_OPEN, GapState.VERIFIED),
    Step.DISMISS: (_OPEN, GapState.DISMISSED),
    Step.REOPEN: ((GapState.CLAIMED, GapState.VERIFIED, GapState.DISMISSED), GapState.REOPENED),
}
"""The states from which each step may be taken, and the state it leads to."""


def after(state: GapState, step: Step) -> GapState:
    """Return the state that a step leads to.

    :param state: The state now.
    :param step: The step.
    :return: The state after it.
    :raises GapRefused: If the step cannot be taken now; the message names the steps that can.
    """
    allowed, target = STEPS[step]
    if state not in allowed:
        possible = ", ".join(steps_from(state)) or "none"
        raise GapRefused(f"A gap that is {state.value} cannot be moved by {step.value!r}. Possible now: {possible}.")
    return target


def steps_from(state: GapState) -> tuple[Step, ...]:
    """Return the steps that may be taken from a state."""
    return tuple(step for step, (allowed, _) in STEPS.items() if state in allowed)
