"""Checks of the articles, and their findings."""
