"""The page for writers: the parts of it that need widgets."""
