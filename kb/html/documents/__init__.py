"""Whole pages of plain HTML, and what the first HTML of the others says."""
