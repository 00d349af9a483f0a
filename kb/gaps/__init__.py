"""Gaps: unanswered questions grouped by meaning, their states, and the proof that they stay closed."""
