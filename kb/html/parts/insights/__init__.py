"""The page for support leads: its period, figures, gaps and articles, as HTML."""
