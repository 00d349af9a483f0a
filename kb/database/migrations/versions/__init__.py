"""One file a revision, each released one for ever as it is."""
