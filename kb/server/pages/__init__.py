"""Everything that is not JSON: the first HTML of the pages, plain pages, health, assets."""
