"""The command ``kb``; one module a command, parsing, running and printing apart."""
