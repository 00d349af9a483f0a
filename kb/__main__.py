"""``python -m kb``: the same as the command ``kb``."""

from kb.cli.main import run

if __name__ == "__main__":
    run()
