"""The tables, one module per area."""
