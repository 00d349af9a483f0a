"""The MCP server: the help center as tools of an assistant, by the protocol's official SDK."""
