"""Answering a query: ranking, confidence, and the live index."""
