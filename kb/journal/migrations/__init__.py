"""Numbered changes of the tables, run by :func:`kb.journal.database.upgrade`."""
