"""Care of an installation: backups that are proved by restoring them, and what can be wrong with it."""
