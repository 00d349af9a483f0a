"""The page for writers: findings, drafts and rankings, as HTML."""
