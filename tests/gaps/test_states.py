"""The machine of a gap's states."""

from __future__ import annotations

import pytest

from kb.errors import GapRefused
from kb.gaps.states import STEPS, GapState, Step, after, steps_from


def test_the_whole_way() -> None:
    """A gap goes from new to verified, and back."""
    state = GapState.NEW
    seen = [state]
    for step in (Step.ASSIGN, Step.DRAFT, Step.CLAIM, Step.CONFIRM, Step.REOPEN, Step.DRAFT):
        state = after(state, step)
        seen.append(state)
    assert [s.value for s in seen] == [
        "new", "assigned", "drafting", "claimed", "verified", "reopened", "drafting"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("state", "step"),
    [
        (GapState.NEW, Step.DRAFT),
        (GapState.NEW, Step.CLAIM),
        (GapState.NEW, Step.REOPEN),
        (GapState.VERIFIED, Step.DISMISS),
        (GapState.VERIFIED, Step.CONFIRM),
        (GapState.DISMISSED, Step.ASSIGN),
        (GapState.DISMISSED, Step.CONFIRM),
        (GapState.DRAFTING, Step.ASSIGN),
    ],
)
def test_a_step_that_is_not_allowed_is_refused(state: GapState, step: Step) -> None:
    """The message names the possible steps."""
    with pytest.raises(GapRefused, match=rf"that is {state.value} cannot be moved by '{step.value}'") as refused:
        after(state, step)
    for possible in steps_from(state):
        assert possible.value in str(refused.value)


def test_every_state_can_be_left() -> None:
    """Every state has a way out but that of a gap whose questions are in another one."""
    assert [state for state in GapState if not steps_from(state)] == [GapState.MERGED]
    assert steps_from(GapState.DISMISSED) == (Step.REOPEN,)
    assert steps_from(GapState.NEW) == (Step.ASSIGN, Step.CONFIRM, Step.CLOSE, Step.DISMISS)


def test_open_states() -> None:
    """These states need a step by a lead."""
    assert [s.value for s in GapState if not s.is_open] == ["verified", "dismissed", "merged"]
    assert {target for _, target in STEPS.values()} == set(GapState) - {GapState.NEW, GapState.MERGED}
