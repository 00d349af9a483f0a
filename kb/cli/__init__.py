"""The command ``kb``: one module per command, with parsing, running and printing kept apart."""
