"""Findings: what is wrong with articles, and the fix."""
