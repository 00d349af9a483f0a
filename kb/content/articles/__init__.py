"""Articles on disk: front matter, parsing, the corpus."""
