"""Writing in the browser: drafts, review by a second person, publication, history and undo."""
