"""Build the index from the articles: the same as ``kb build``."""

import sys

from kb.cli.main import main

if __name__ == "__main__":
    sys.exit(main(["build", *sys.argv[1:]]))
