"""The JSON API: its routes, what every request passes first, and its description."""
