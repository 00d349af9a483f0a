"""Gaps: unanswered questions grouped by meaning, with states and the replays that prove them closed."""
