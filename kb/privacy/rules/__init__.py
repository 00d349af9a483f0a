"""The rules of redaction, one module per family of personal data."""
