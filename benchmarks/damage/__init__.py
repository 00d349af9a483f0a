"""Files of an index that are damaged on disk: which systems notice."""
