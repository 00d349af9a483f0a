"""Markdown: safe rendering, and the blocks and links that the checks read."""
