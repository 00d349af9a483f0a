"""Trying articles before publishing them: drafts, trial indexes, and the check by meaning."""
