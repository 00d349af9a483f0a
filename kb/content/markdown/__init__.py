"""Markdown rendered safely, and what the checks read in it."""
