"""The page for support leads: the parts of it that need widgets."""
