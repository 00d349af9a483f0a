"""Tools that every package may use: files, hosts, git, folded text, YAML with positions."""
