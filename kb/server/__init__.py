"""One process for the pages, the JSON API and articles as plain HTML."""
