"""Whole pages of plain HTML, and the head of the application's pages."""
