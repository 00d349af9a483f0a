"""Judged questions, runs over them, their figures, and what a change wins and loses."""
