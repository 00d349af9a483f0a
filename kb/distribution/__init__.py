"""Releases: index versions, signed, published to a folder or bucket, and pulled by other machines."""
