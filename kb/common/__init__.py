"""Tools that every package may use: files, YAML with positions, threads."""
