"""Numbered changes of the tables, run by :func:`kb.database.engine.upgrade`."""
