"""What an editor tries before publishing: drafts, a trial index, the check by meaning."""
