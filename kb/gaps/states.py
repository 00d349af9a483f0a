"""What can become of a gap, step by step: a strict machine, each step with who, when and a note.

::

    new ──assign──▶ assigned ──draft──▶ drafting ──claim──▶ claimed ──confirm──▶ verified
                       ▲                                       │                     │
                       └──────────────── reopened ◀────────────┴──────reopen─────────┘
    any open one ──dismiss, with a reason──▶ dismissed ──reopen──▶ reopened

``confirm`` is possible from every open state, but only while a replay proposes it: that the questions are answered is
what is verified, not that somebody wrote something.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from kb.errors import GapRefused

if TYPE_CHECKING:
    from collections.abc import Mapping


class GapState(StrEnum):
    """Where a gap stands."""

    NEW = "new"
    ASSIGNED = "assigned"
    DRAFTING = "drafting"
    CLAIMED = "claimed"
    """Somebody says that an article closes it."""
    VERIFIED = "verified"
    """A replay answered its questions, and a person has confirmed it."""
    REOPENED = "reopened"
    DISMISSED = "dismissed"

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do something about it."""
        return self not in (GapState.VERIFIED, GapState.DISMISSED)


class Step(StrEnum):
    """What is done to a gap."""

    ASSIGN = "assign"
    DRAFT = "draft"
    CLAIM = "claim"
    CONFIRM = "confirm"
    DISMISS = "dismiss"
    REOPEN = "reopen"


_OPEN = tuple(state for state in GapState if state.is_open)

STEPS: Mapping[Step, tuple[tuple[GapState, ...], GapState]] = {
    Step.ASSIGN: ((GapState.NEW, GapState.ASSIGNED, GapState.REOPENED), GapState.ASSIGNED),
    Step.DRAFT: ((GapState.ASSIGNED, GapState.DRAFTING, GapState.REOPENED), GapState.DRAFTING),
    Step.CLAIM: ((GapState.ASSIGNED, GapState.DRAFTING, GapState.REOPENED), GapState.CLAIMED),
    Step.CONFIRM: (_OPEN, GapState.VERIFIED),
    Step.DISMISS: (_OPEN, GapState.DISMISSED),
    Step.REOPEN: ((GapState.CLAIMED, GapState.VERIFIED, GapState.DISMISSED), GapState.REOPENED),
}
"""From which states a step may be taken, and where it leads."""


def after(state: GapState, step: Step) -> GapState:
    """Return the state that a step leads to.

    :param state: Where the gap stands.
    :param step: What is to be done.
    :return: Where it stands then.
    :raises GapRefused: If the step cannot be taken from there, naming those that can.
    """
    allowed, target = STEPS[step]
    if state not in allowed:
        possible = ", ".join(steps_from(state)) or "none"
        raise GapRefused(f"A gap that is {state.value} cannot be moved by {step.value!r}. Possible now: {possible}.")
    return target


def steps_from(state: GapState) -> tuple[Step, ...]:
    """Return the steps that may be taken from a state."""
    return tuple(step for step, (allowed, _) in STEPS.items() if state in allowed)
