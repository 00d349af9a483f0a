"""Retention: erase what is older than it may be kept, or everything of one visit."""
