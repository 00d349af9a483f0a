"""Fixtures shared with tests/authoring; see tests/checkouts.py."""

from tests.checkouts import checkout, command, zoo

__all__ = ["checkout", "command", "zoo"]
