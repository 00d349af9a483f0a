"""One module per family of personal data."""
