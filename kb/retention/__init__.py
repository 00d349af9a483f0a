"""Erasing what is older than it may be kept."""
