"""The operator's settings: environment variables and site.yaml, read once."""
