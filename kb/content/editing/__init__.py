"""Changes to articles on disk: new, fixed, renamed, removed."""
