"""Articles of other systems: one reader per kind, one record between, one way into the folder of articles."""
