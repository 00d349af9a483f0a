"""Judged questions, runs over them, their figures, and the impact of a change."""
