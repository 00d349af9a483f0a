"""Redaction: personal data is taken out of text before it is stored."""
