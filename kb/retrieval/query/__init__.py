"""The query: normalized, corrected, its language, and suggestions."""
