"""Finding the article that answers a query, and knowing when there is none."""
