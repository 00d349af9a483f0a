"""A version of the index: what it holds and how it lies on disk."""
